"""Designs whose plan ends after the date that is wanted: why, what would be enough, and what is offered instead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from linkwright.designs.answers import ItemAnswer, Proposal, SiteSolution, numbered
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.requirement import Requirement, Span
from linkwright.designs.whole.never import Never
from linkwright.designs.whole.offered import by
from linkwright.designs.whole.planning import Planning
from linkwright.plan.model import Plan
from linkwright.wording import in_working_days

LATE, OUTSIDE, FROZEN, NO_STAFF, MISSING = "SD-TIM-01", "SD-TIM-02", "SD-TIM-03", "SD-SKL-01", "SD-INF-01"


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """Judges answers by the plans of their designs."""

    planning: Planning

    def judged(self, answer: ItemAnswer, never: Never | None) -> ItemAnswer:
        """An item whose plan is too late is offered the date of the plan; one that can never be done is not."""
        solution = answer.solution
        if solution is None:
            return self._instead(answer, never)
        if never is not None:
            why = self._never(solution, never)
            return replace(answer, result="unqualified", solution=None, proposals=(), findings=(why, *answer.findings))
        wanted, plan = solution.requirement.needed_by, solution.plan
        if plan is None or wanted is None or plan.ready <= wanted:
            planned = [one for one in answer.proposals if one.solution.plan is not None]
            return replace(answer, proposals=numbered(planned)) if len(planned) < len(answer.proposals) else answer
        in_time = [one for one in answer.proposals if _is_in_time(one, wanted)]
        if (asked_for := next((one for one in in_time if not one.relaxed), None)) is not None:
            others = (one for one in in_time if one is not asked_for)
            return replace(answer, solution=asked_for.solution, proposals=numbered(others))
        proposal = Proposal(
            id="1",
            solution=by(solution, plan.ready),
            dimension="date",
            wanted=wanted.isoformat(),
            offered=plan.ready.isoformat(),
        )
        return replace(
            answer,
            result="alternate",
            solution=None,
            proposals=numbered([proposal, *in_time]),
            findings=(self.why_late(solution, plan, wanted), *answer.findings),
        )

    def _instead(self, answer: ItemAnswer, never: Never | None) -> ItemAnswer:
        """Nothing is offered that can never be done; where what follows an access makes it late, that is the reason."""
        if not answer.proposals:
            return answer
        first = answer.proposals[0].solution
        offered = [one for one in answer.proposals if one.solution.plan is not None]
        if not offered and never is not None:
            why = self._never(first, never)
            return replace(answer, result="unqualified", proposals=(), findings=(why, *answer.findings))
        kept = numbered(offered)
        wanted, plan = offered[0].wanted, offered[0].solution.plan
        if offered[0].dimension != "date" or plan is None or not _is_bound(offered[0].solution.requirement):
            return replace(answer, proposals=kept)
        why = self.why_late(offered[0].solution, plan, date.fromisoformat(wanted))
        others = tuple(one for one in answer.findings if one.code != LATE)
        return replace(answer, proposals=kept, findings=(why, *others))

    def why_late(self, solution: SiteSolution, plan: Plan, wanted: date) -> Finding:
        """What makes it late: the days on which nobody may work at the place, a change freeze, or the work itself."""
        late = self.planning.days.up_to(plan.ready) - self.planning.days.up_to(wanted)
        chain = _chain(plan)
        told = f"ready on {plan.ready}, {in_working_days(late)} after {wanted}; the driving chain is {chain}"
        then = f"would be feasible if it were needed by {plan.ready}"
        if any(name.startswith("training:") for name in plan.critical_path):
            return Finding(code=NO_STAFF, label=f"Nobody is trained in time: {told}; {then}.")
        if self._in_time(solution, wanted):
            waits = f" {plan.bottleneck}" if plan.bottleneck else ""
            return Finding(code=LATE, label=f"Beside the other items the plan ends late:{waits} {told}; {then}.")
        if solution.requirement.site_access and self._in_time(solution, wanted, "site"):
            spans = _spans(solution.requirement.site_access)
            few = f"The access days of the place ({spans}) are too late or too few"
            return Finding(code=OUTSIDE, label=f"{few}: {told}; {then}.")
        if solution.requirement.change_freeze and self._in_time(solution, wanted, "freeze"):
            spans = _spans(solution.requirement.change_freeze)
            freeze = f"The change freeze ({spans}) is in the way"
            return Finding(code=FROZEN, label=f"{freeze}: {told}; {then}, or without the freeze.")
        return Finding(code=LATE, label=f"The plan ends late: {told}; {then}.")

    def _in_time(self, solution: SiteSolution, wanted: date, *without: str) -> bool:
        """By itself."""
        free = replace(self.planning, without=self.planning.without.union(without), samples=0)
        plan = free.of([solution]).plans.get(solution.requirement.ref)
        return plan is not None and plan.ready <= wanted

    def _never(self, solution: SiteSolution, never: Never) -> Finding:
        if never.unknown:
            told = f"{never.unknown[0].upper()}{never.unknown[1:]}"
            return Finding(code=MISSING, label=f"{told}; would be answered if the activities said so.")
        if never.beyond_days:
            last = self.planning.days.date_of(self.planning.days.last)
            return Finding(
                code=LATE,
                label=f"{never.activity} would end {in_working_days(never.beyond_days)} after {last}, the last day "
                "that is planned for; would be feasible if the work took so many working days less.",
            )
        free = {
            word: replace(self.planning, without=self.planning.without | {word}, samples=0).of([solution])
            for word in ("site", "freeze")
        }
        plan = free["site"].plans.get(solution.requirement.ref)
        if plan is not None and solution.requirement.site_access:
            days = next((step.days for step in plan.steps if step.id == never.activity), 0)
            takes, spans = in_working_days(days), _spans(solution.requirement.site_access)
            return Finding(
                code=OUTSIDE,
                label=f"{never.activity} takes {takes} without a break, and the access days of the place ({spans}) "
                f"have none that long; would be feasible with access on {takes} in a row, such as from "
                f"{_start(plan, never.activity)} on.",
            )
        plan = free["freeze"].plans.get(solution.requirement.ref)
        if plan is not None and solution.requirement.change_freeze:
            return Finding(
                code=FROZEN,
                label=f"{never.activity} finds no days outside the change freeze "
                f"({_spans(solution.requirement.change_freeze)}); would be feasible without it from "
                f"{_start(plan, never.activity)} on.",
            )
        return Finding(
            code=LATE,
            label=f"{never.activity} can never be done: what it waits for ({never.waits_for}) does not come within the "
            f"time that is planned for; would be feasible if there were more of it.",
        )


def _is_bound(wanted: Requirement) -> bool:
    """Whether something follows the accesses, or binds the days on which it can be done."""
    return bool(wanted.activities or wanted.bespoke_activities or wanted.site_access or wanted.change_freeze)


def _is_in_time(proposal: Proposal, wanted: date) -> bool:
    plan = proposal.solution.plan
    return plan is not None and plan.ready <= wanted


def _chain(plan: Plan) -> str:
    steps = {step.id: step for step in plan.steps}
    told = [steps[name] for name in plan.critical_path if name in steps]
    return ", then ".join(f"{step.name} ({step.start} to {step.end})" for step in told if step.days) or "empty"


def _start(plan: Plan, activity: str) -> date:
    return next((step.start for step in plan.steps if step.id == activity), plan.start)


def _spans(spans: Sequence[Span]) -> str:
    return ", ".join(f"{one.start} to {one.end}{' every year' if one.yearly else ''}" for one in spans)
