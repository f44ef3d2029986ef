"""The rest of the answer: plan, money, risk, people and operation of what was designed, for each item and for all.

What the plan, the money or the people forbid changes the answer; that it does, by how much and what would be enough is
told like every other reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from linkwright.business.cash import business_case
from linkwright.business.model import BusinessCase, CostLine, Stream
from linkwright.business.rules import Finance
from linkwright.designs.answers import Finding, ItemAnswer, Proposal, Relaxed, SiteSolution, WholeSolution
from linkwright.designs.gather import Facts
from linkwright.designs.requirement import Requirement, Rollout
from linkwright.designs.whole.costs import cost_lines, stream_of
from linkwright.designs.whole.late import Lateness
from linkwright.designs.whole.people import People, taught
from linkwright.designs.whole.planning import Planned, Planning
from linkwright.designs.whole.risks import risks_of
from linkwright.designs.whole.running import objectives_of, operations_of
from linkwright.designs.whole.together import Together
from linkwright.plan.model import Plan

MANY = 30
"""Among more items each has its case without the table of months: that of all together has it."""


@dataclass(frozen=True, kw_only=True)
class Assessed:
    answers: Mapping[str, ItemAnswer]
    whole: WholeSolution | None = None


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One set of facts and the operator's rules for money."""

    facts: Facts
    finance: Finance
    new_id: Callable[[], str]
    known: dict[object, BusinessCase] = field(default_factory=dict, repr=False)
    """The cases of items that cost, and bring in, the same at the same time."""

    def of(self, requirements: Sequence[Requirement], answers: Mapping[str, ItemAnswer]) -> Assessed:
        """What several items share is planned for those that can be had: as asked for, or as first offered instead."""
        chosen = [one for ref in answers if (one := _chosen(answers[ref])) is not None]
        if not chosen:
            return Assessed(answers=answers)
        bundle = next((one for one in requirements if one.is_bundle), None)
        rollout = _rollout(requirements)
        planned = replace(self._planning, samples=0).of(chosen, rollout=rollout)
        people = taught(self.facts.network, self.facts.days, chosen, planned)
        planned = self._planning.of(chosen, rollout=rollout, training=people.training, skills=people.skills)
        is_alone = len(chosen) == 1
        done = {
            one.requirement.ref: self._assessed(one, planned, people, detailed=len(chosen) <= MANY)
            for one in chosen
            if one.requirement.ref in planned.plans
        }
        changed = {ref: self._with(answer, done, planned, people) for ref, answer in answers.items()}
        judged = people.judged(changed)
        if is_alone and bundle is None:
            return Assessed(answers=self._worth_it(judged))
        names = [one.ref for one in requirements if not one.is_bundle]
        together = Together(bundle=bundle, refs=names, planned=planned, people=people, finance=self.finance)
        whole = together.of(judged, done, design_id=self.new_id(), computed_at=self.facts.now)
        return Assessed(answers=judged, whole=whole)

    @property
    def _planning(self) -> Planning:
        return Planning(network=self.facts.network, days=self.facts.days)

    def _with(
        self, answer: ItemAnswer, done: Mapping[str, SiteSolution], planned: Planned, people: People
    ) -> ItemAnswer:
        """With the rest of each of its designs; other designs than the chosen one are planned by themselves."""
        first = done.get(answer.ref)
        if answer.solution is not None:
            answer = replace(answer, solution=first or answer.solution)
            others = answer.proposals
        else:
            others = answer.proposals[1:]
        alone = [replace(one, solution=self._alone(one.solution, people)) for one in others]
        if answer.solution is None and answer.proposals:
            alone = [replace(answer.proposals[0], solution=first or answer.proposals[0].solution), *alone]
        answer = replace(answer, proposals=tuple(map(_dated, alone)))
        return Lateness(planning=self._planning).judged(answer, planned.never.get(answer.ref))

    def _alone(self, solution: SiteSolution, people: People) -> SiteSolution:
        planning = replace(self._planning, samples=0)
        planned = planning.of([solution], training=people.training, skills=people.skills)
        if solution.requirement.ref not in planned.plans:
            return solution
        return self._assessed(solution, planned, people, detailed=True)

    def _assessed(self, solution: SiteSolution, planned: Planned, people: People, *, detailed: bool) -> SiteSolution:
        ref = solution.requirement.ref
        plan = planned.plans[ref]
        timed = replace(solution, plan=plan, ready=plan.ready, valid_until=_valid_until(solution, plan))
        timed = replace(timed, case=self._case(timed, plan, detailed=detailed))
        timed = replace(timed, risks=risks_of(timed, self.facts.network, self.facts.days, people))
        return replace(timed, operations=operations_of(timed, people), objectives=objectives_of(timed))

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
            return self._computed(lines, stream, solution.currency, plan.ordered)
        return replace(known, lines=lines)

    def _computed(self, lines: Sequence[CostLine], stream: Stream, currency: str, ordered: date) -> BusinessCase:
        return business_case(lines, [stream], currency=currency, ordered=ordered, rates=self.finance)

    def _worth_it(self, answers: Mapping[str, ItemAnswer]) -> Mapping[str, ItemAnswer]:
        """An item that stands alone has to keep the operator's rules for money by itself."""
        return {ref: rejected(answer) for ref, answer in answers.items()}


def rejected(answer: ItemAnswer) -> ItemAnswer:
    """Not qualified where the rules for money are broken."""
    case = answer.solution.case if answer.solution is not None else None
    if case is None or case.verdict != "rejected":
        return answer
    why = Finding(code="SD-FIN-01", label=case.verdict_reason)
    return replace(answer, result="unqualified", solution=None, proposals=(), findings=(why, *answer.findings))


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


def _dated(proposal: Proposal) -> Proposal:
    """What is offered is offered by the day on which its plan ends, where that is later than what is wanted."""
    solution = proposal.solution
    wanted, plan = solution.requirement.needed_by, solution.plan
    if plan is None or wanted is None or (plan.ready <= wanted and proposal.dimension != "date"):
        return proposal
    by = plan.ready
    ready = replace(
        solution, needed_by=by, requirement=replace(solution.requirement, needed_by=by, deliver_by=None, used_from=None)
    )
    if proposal.dimension == "date":
        return replace(proposal, solution=ready, offered=by.isoformat())
    if any(one.dimension == "date" for one in proposal.further):
        further = [replace(one, offered=by.isoformat()) if one.dimension == "date" else one for one in proposal.further]
        return replace(proposal, solution=ready, further=tuple(further))
    late = Relaxed(dimension="date", wanted=wanted.isoformat(), offered=by.isoformat())
    if proposal.dimension is None:
        return replace(proposal, solution=ready, dimension="date", wanted=late.wanted, offered=late.offered)
    return replace(proposal, solution=ready, further=(*proposal.further, late))
