"""Who has to learn what before the services can be run, and the items that wait for it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from linkwright.business.risk_facts import ScarceSkill
from linkwright.designs.answers import ItemAnswer, SiteSolution
from linkwright.designs.facts import NetworkFacts
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.whole.late import NO_STAFF
from linkwright.designs.whole.planning import Planned
from linkwright.designs.whole.shared_work import ACCEPTED, Skills
from linkwright.operations.model import SkillNeed, Training
from linkwright.operations.training import SkillGap, Uses, training
from linkwright.plan.working_days import WorkingDays


@dataclass(frozen=True, kw_only=True)
class People:
    """The courses of one request, the skills that no course teaches, and the skills that each item is run with."""

    training: tuple[Training, ...] = ()
    gaps: tuple[SkillGap, ...] = ()
    skills: Skills = field(default_factory=dict)
    days: WorkingDays | None = None

    def of(self, refs: Collection[str]) -> "People":
        """Of some items: what is taught for them."""
        needed = {one for ref in refs for one in self.skills.get(ref, ())}
        taught = (one for one in self.training if (one.team, one.skill) in needed)
        return replace(self, training=tuple(taught))

    def training_for(self, ref: str) -> tuple[Training, ...]:
        return tuple(one for one in self.training if (one.team, one.skill) in self.skills.get(ref, frozenset()))

    def scarce(self, ref: str) -> tuple[ScarceSkill, ...]:
        """What has to be learned for this item."""
        return tuple(
            ScarceSkill(
                team=one.team,
                skill=one.skill,
                people=one.people,
                needed=one.needed_by,
                trained=one.end,
                course_days=self._between(one.start, one.end) + 1,
                float_days=self._between(one.end, one.needed_by) - 1,
            )
            for one in self.training_for(ref)
        )

    def judged(self, answers: Mapping[str, ItemAnswer]) -> dict[str, ItemAnswer]:
        """Nobody is offered what nobody could run."""
        untaught = {(gap.team, gap.skill): gap for gap in self.gaps}
        return {ref: self._judged(answer, untaught) for ref, answer in answers.items()}

    def _judged(self, answer: ItemAnswer, untaught: Mapping[tuple[str, str], SkillGap]) -> ItemAnswer:
        missing = [gap for who, gap in untaught.items() if who in self.skills.get(answer.ref, frozenset())]
        if not missing or not answer.can_be_had:
            return answer
        told = tuple(Finding(code=NO_STAFF, label=f"{gap.label[0].upper()}{gap.label[1:]}.") for gap in missing)
        return replace(answer, result="unqualified", solution=None, proposals=(), findings=(*told, *answer.findings))

    def _between(self, one: date, other: date) -> int:
        return 0 if self.days is None else self.days.from_(other) - self.days.from_(one)


def taught(network: NetworkFacts, days: WorkingDays, solutions: Sequence[SiteSolution], planned: Planned) -> People:
    """`planned` is the plan without any training: when people are needed.

    That is once the first item can be used, or the pilot is over. Where a course ends later, what is run by these
    people waits for it.
    """
    needs, operator = network.operator.needs, network.operator
    if not needs or planned.whole is None:
        return People(days=days)
    needed_by = {one.requirement.ref: _needs(one, needs, planned) for one in solutions}
    applying = [need for need in needs if any(need in some for some in needed_by.values())]
    skills = {ref: frozenset((need.team, need.skill) for need in some) for ref, some in needed_by.items()}
    uses = _uses(solutions, planned, days)
    first = days.from_(_needed(planned))
    plan_of = partial(training, applying, operator.staff, operator.courses, ordered=days.date_of(0), days=days)
    found = plan_of(uses, by_day=first)
    if late := [days.from_(gap.trained) for gap in found.gaps if gap.trained is not None]:
        by_day = max(first, *late)
        later = {kind: max(day, by_day) for kind, day in uses.activities.items()}
        found = plan_of(replace(uses, activities=later), by_day=by_day)
    return People(training=found.trainings, gaps=found.gaps, skills=skills, days=days)


def _needed(planned: Planned) -> date:
    plans = planned.plans.values()
    whole = planned.whole
    accepted = [] if whole is None else [step.ready for step in whole.steps if step.id == ACCEPTED]
    return accepted[0] if accepted else min(plan.ready for plan in plans)


def _needs(solution: SiteSolution, needs: Sequence[SkillNeed], planned: Planned) -> tuple[SkillNeed, ...]:
    """What those have to know who run this item."""
    technologies = {leg.technology for leg in solution.legs}
    plan = planned.plans.get(solution.requirement.ref)
    kinds = {step.kind for step in plan.steps} if plan is not None else set()
    specification = solution.requirement.specification
    return tuple(need for need in needs if need.applies_to(technologies, (specification,), kinds))


def _uses(solutions: Sequence[SiteSolution], planned: Planned, days: WorkingDays) -> Uses:
    starts: dict[str, int] = {}
    for plan in planned.plans.values():
        for step in plan.steps:
            day = days.from_(step.start)
            starts[step.kind] = min(day, starts.get(step.kind, day))
    return Uses(
        technologies=frozenset(leg.technology for one in solutions for leg in one.legs),
        specifications=frozenset(
            one.requirement.specification for one in solutions if one.requirement.specification is not None
        ),
        activities=starts,
    )
