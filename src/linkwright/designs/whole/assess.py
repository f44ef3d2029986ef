"""The rest of the answer: plan, money, risk, people and operation of what was designed, for each item and for all.

What the plan, the money or the people forbid changes the answer; that it does, by how much and what would be enough is
told like every other reason.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property

from linkwright.business.cash import business_case
from linkwright.business.model import BusinessCase, CostLine, Risk, Stream
from linkwright.business.register import register
from linkwright.business.risk_facts import Rate, RiskCode
from linkwright.business.rules import Finance
from linkwright.designs.answers import ItemAnswer, SiteSolution, WholeSolution
from linkwright.designs.gather import Facts
from linkwright.designs.requirement import Requirement, Rollout
from linkwright.designs.whole.costs import cost_lines, stream_of
from linkwright.designs.whole.late import Lateness
from linkwright.designs.whole.offered import dated, in_time_after_all, rejected, within_budget, without
from linkwright.designs.whole.paid_once import PaidOnce, bearers_of, bundled
from linkwright.designs.whole.people import People, taught
from linkwright.designs.whole.planning import Planned, Planning
from linkwright.designs.whole.risks import risk_facts_of
from linkwright.designs.whole.running import objectives_of, operations_of
from linkwright.designs.whole.together import Together
from linkwright.plan.model import Plan

MANY = 30
"""Among more items each has its case without the table of months: that of all together has it."""

MOST_AGAIN = 3
"""So often answers are judged anew at most."""


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """`wholes` are the solutions of the bundles, or that of all items without one."""

    answers: Mapping[str, ItemAnswer]
    wholes: tuple[WholeSolution, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One set of facts, and the operator's rules for money and rates of risks."""

    facts: Facts
    finance: Finance
    risk_rates: Mapping[RiskCode, Rate]
    new_id: Callable[[], str]
    known: dict[object, BusinessCase] = field(default_factory=dict, repr=False)
    """The cases of items that cost, and bring in, the same at the same time."""

    def of(self, requirements: Sequence[Requirement], answers: Mapping[str, ItemAnswer]) -> Assessed:
        """What several items share is planned for those that can be had: as asked for, or as first offered instead."""
        asked = [one.ref for one in requirements if one.ref in answers]
        chosen = [one for ref in asked if (one := _chosen(answers[ref])) is not None]
        if not chosen:
            return Assessed(answers=answers)
        rollout = _rollout(requirements)
        people = People(days=self.facts.days)
        if self.facts.network.operator.needs:
            planned = self._quick.of(chosen, rollout=rollout)
            people = taught(self.facts.network, self.facts.days, chosen, planned)
        planned = self._planning.of(chosen, rollout=rollout, training=people.training, skills=people.skills)
        if swapped := {ref: other for ref in planned.never if (other := without(answers[ref], planned.never))}:
            return self.of(requirements, {**answers, **swapped})
        paid = PaidOnce(bearers=bearers_of(requirements, chosen), chosen=chosen, people=people)
        shared = _Shared(planned=planned, people=people, paid=paid, rollout=rollout, items=len(chosen))
        judged, done, shared = self._judged(requirements, answers, shared)
        return Assessed(answers=judged, wholes=tuple(self._wholes(requirements, judged, done, shared)))

    def _judged(
        self, requirements: Sequence[Requirement], answers: Mapping[str, ItemAnswer], shared: "_Shared"
    ) -> "tuple[Mapping[str, ItemAnswer], Mapping[str, SiteSolution], _Shared]":
        """With the designs that were planned. What somebody was to pay who is refused in the end the others pay: then
        they are judged once more. Where that does not end soon each is judged as if he paid all."""
        planned, paid = shared.planned, shared.paid
        done = {
            one.requirement.ref: self._assessed(one, planned, shared)
            for one in paid.chosen
            if one.requirement.ref in planned.plans
        }
        changed = {ref: self._with(answer, done, shared) for ref, answer in answers.items()}
        judged = shared.people.judged(changed)
        judged = {ref: within_budget(answer) if ref in paid.bearers else answer for ref, answer in judged.items()}
        inside = bundled(requirements)
        judged = {ref: answer if ref in inside else rejected(answer) for ref, answer in judged.items()}
        judged = {ref: paid.told(answer) for ref, answer in judged.items()}
        refused = {one.requirement.ref for one in paid.chosen if judged[one.requirement.ref].result == "unqualified"}
        left = [one for one in paid.chosen if one.requirement.ref not in refused]
        if not refused or not left or not paid.is_split:
            return judged, done, shared
        again, bearers = shared.again + 1, bearers_of(requirements, left)
        paid = PaidOnce(bearers=bearers, chosen=left, people=shared.people, each_all=again == MOST_AGAIN)
        answers = {**answers, **{ref: judged[ref] for ref in refused}}
        return self._judged(requirements, answers, replace(shared, paid=paid, again=again))

    def _wholes(
        self,
        requirements: Sequence[Requirement],
        judged: Mapping[str, ItemAnswer],
        done: Mapping[str, SiteSolution],
        shared: "_Shared",
    ) -> Iterator[WholeSolution]:
        others = [one.ref for one in requirements if not one.is_bundle]
        bundles: list[Requirement | None] = [one for one in requirements if one.is_bundle]
        if not bundles and shared.items > 1:
            bundles = [None]
        for bundle in bundles:
            names = others if bundle is None else bundle.members_among(others)
            together = Together(
                bundle=bundle,
                refs=names,
                planned=shared.planned,
                people=shared.people.of(names),
                paid=shared.paid,
                finance=self.finance,
                days=self.facts.days,
            )
            whole = together.of(judged, done, design_id=self.new_id(), computed_at=self.facts.now)
            if whole is not None:
                yield whole

    @cached_property
    def _planning(self) -> Planning:
        return Planning(network=self.facts.network, days=self.facts.days)

    @cached_property
    def _quick(self) -> Planning:
        return replace(self._planning, samples=0)

    def _with(self, answer: ItemAnswer, done: Mapping[str, SiteSolution], shared: "_Shared") -> ItemAnswer:
        """With the rest of each of its designs; other designs than the chosen one among all other items."""
        first = done.get(answer.ref)
        if answer.solution is not None:
            answer = replace(answer, solution=first or answer.solution)
            others = answer.proposals
        else:
            others = answer.proposals[1:]
        alone = [replace(one, solution=self._alone(one.solution, shared)) for one in others]
        if answer.solution is None and answer.proposals:
            alone = [replace(answer.proposals[0], solution=first or answer.proposals[0].solution), *alone]
        answer = in_time_after_all(before := replace(answer, proposals=tuple(alone)))
        if answer is not before and answer.solution is not None and shared.items == 1:
            answer = replace(answer, solution=self._alone(answer.solution, shared))
        answer = replace(answer, proposals=tuple(map(dated, answer.proposals)))
        answer = Lateness(planning=self._planning).judged(answer, shared.planned.never.get(answer.ref))
        return self._planned_for_its_date(answer, shared)

    def _planned_for_its_date(self, answer: ItemAnswer, shared: "_Shared") -> ItemAnswer:
        """With the room that each plan has before the date that is offered; who shares a plan keeps it as it is."""
        return replace(
            answer,
            proposals=tuple(
                replace(one, solution=self._alone(one.solution, shared))
                if any(it.dimension == "date" for it in one.relaxed) and (number or shared.items == 1)
                else one
                for number, one in enumerate(answer.proposals)
            ),
        )

    def _alone(self, solution: SiteSolution, shared: "_Shared") -> SiteSolution:
        people, is_only = shared.people, shared.items == 1
        planned = (self._planning if is_only else self._quick).of(
            [solution],
            rollout=shared.rollout if is_only else None,
            training=people.training,
            skills=people.skills,
            beside=None if is_only else shared.planned.placed,
        )
        if solution.requirement.ref not in planned.plans:
            return solution
        return self._assessed(solution, planned, shared)

    def _assessed(self, solution: SiteSolution, planned: Planned, shared: "_Shared") -> SiteSolution:
        plan, people = planned.plans[solution.requirement.ref], shared.people
        timed = replace(solution, plan=plan, ready=plan.ready, valid_until=_valid_until(solution, plan))
        timed = shared.paid.with_own(timed)
        timed = replace(timed, case=self._case(timed, plan, detailed=shared.is_detailed))
        timed = replace(timed, risks=self._risks(timed, plan, people))
        return replace(timed, operations=operations_of(timed, people), objectives=objectives_of(timed))

    def _risks(self, solution: SiteSolution, plan: Plan, people: People) -> tuple[Risk, ...]:
        """The greatest exposure first."""
        facts = risk_facts_of(solution, plan, self.facts.network, self.facts.days, people)
        return register(facts, rates=self.risk_rates)

    def _case(self, solution: SiteSolution, plan: Plan, *, detailed: bool) -> BusinessCase:
        lines, stream = cost_lines(solution), stream_of(solution, plan)
        if detailed:
            return self._computed(lines, stream, solution.currency, plan.ordered)
        alike = (tuple(replace(line, item=None) for line in lines), replace(stream, item=""))
        if alike not in self.known:
            known = self._computed(lines, stream, solution.currency, plan.ordered)
            self.known[alike] = replace(known, cash_flow=(), sensitivity=())
        known = self.known[alike]
        if known.missing:  # these name the item
            own = self._computed(lines, stream, solution.currency, plan.ordered)
            return replace(own, cash_flow=(), sensitivity=())
        return replace(known, lines=lines)

    def _computed(self, lines: Sequence[CostLine], stream: Stream, currency: str, ordered: date) -> BusinessCase:
        return business_case(lines, [stream], currency=currency, ordered=ordered, rates=self.finance)


@dataclass(frozen=True, kw_only=True)
class _Shared:
    """What was planned for `items` together, and how often that was judged anew."""

    planned: Planned
    people: People
    paid: PaidOnce
    rollout: Rollout | None
    items: int
    again: int = 0

    @property
    def is_detailed(self) -> bool:
        return self.items <= MANY


def _chosen(answer: ItemAnswer) -> SiteSolution | None:
    """What is planned for: the design as asked for, or the first that is offered instead."""
    if answer.solution is not None:
        return answer.solution
    return answer.proposals[0].solution if answer.result == "alternate" and answer.proposals else None


def _rollout(requirements: Sequence[Requirement]) -> Rollout | None:
    return next((one.rollout for one in requirements if one.rollout is not None), None)


def _valid_until(solution: SiteSolution, plan: Plan) -> datetime:
    """Not longer than an order would still be in time."""
    if plan.latest_order is None:
        return solution.valid_until
    last = datetime.combine(plan.latest_order, time(23, 59, 59), tzinfo=solution.valid_until.tzinfo)
    return min(solution.valid_until, max(last, solution.computed_at))
