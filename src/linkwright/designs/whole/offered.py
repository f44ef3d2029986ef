"""What may be offered once the plan and the money of each design are known."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date

from linkwright.design.model import Budget
from linkwright.designs.answers import ItemAnswer, Proposal, Relaxed, SiteSolution, numbered
from linkwright.designs.dimensions import Dimension
from linkwright.designs.jointly import beyond_own_budget
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.reasons import over_budget

NOT_WORTH_IT, OVER_BUDGET = "SD-FIN-01", "SD-BUD-01"
BUDGET: Dimension = "budget_nrc"


def rejected(answer: ItemAnswer) -> ItemAnswer:
    """Without the designs that break the rules for money; not qualified where nothing is left."""
    return _judged(answer, _not_worth_it)


def within_budget(answer: ItemAnswer) -> ItemAnswer:
    """The same of designs that are beyond their own budget with what is paid once beside them.

    A larger budget that is offered is made as large as that.
    """
    paid = replace(answer, proposals=tuple(map(_paid_for, answer.proposals)))
    if paid.proposals and paid.proposals != answer.proposals:
        told = tuple(one for one in paid.findings if one.code != OVER_BUDGET)
        paid = replace(paid, findings=(*_over_wanted(paid.proposals), *told))
    return _judged(paid if paid != answer else answer, beyond_own_budget)


def _judged(answer: ItemAnswer, why: Callable[[SiteSolution], tuple[Finding, ...]]) -> ItemAnswer:
    """Without the designs against which there is a reason."""
    kept = tuple(one for one in answer.proposals if not why(one.solution))
    judged = answer.solution
    if judged is None and answer.proposals and not kept:
        judged = answer.proposals[0].solution
    if judged is None or not (reasons := why(judged)):
        return answer if len(kept) == len(answer.proposals) else replace(answer, proposals=numbered(kept))
    return replace(answer, result="unqualified", solution=None, proposals=(), findings=(*reasons, *answer.findings))


def _not_worth_it(solution: SiteSolution) -> tuple[Finding, ...]:
    if solution.case is None or solution.case.verdict != "rejected":
        return ()
    return (Finding(code=NOT_WORTH_IT, label=solution.case.verdict_reason),)


def _paid_for(proposal: Proposal) -> Proposal:
    solution, cost_minor = proposal.solution, proposal.solution.nrc_minor
    allowed = solution.requirement.budget_nrc_minor
    if allowed is None or cost_minor <= allowed or not _offers_budget(proposal):
        return proposal
    further = tuple(replace(one, offered=cost_minor) if one.dimension == BUDGET else one for one in proposal.further)
    return replace(
        proposal,
        solution=replace(solution, requirement=replace(solution.requirement, budget_nrc_minor=cost_minor)),
        offered=cost_minor if proposal.dimension == BUDGET else proposal.offered,
        further=further,
    )


def _offers_budget(proposal: Proposal) -> bool:
    return any(one.dimension == BUDGET for one in proposal.relaxed)


def _over_wanted(proposals: Iterable[Proposal]) -> tuple[Finding, ...]:
    """What the cheapest of those that want a larger budget exceeds of the one that there is."""
    offers = [(one, relaxed) for one in proposals for relaxed in one.relaxed if relaxed.dimension == BUDGET]
    one, relaxed = min(offers, key=lambda offer: offer[1].offered)
    return over_budget(relaxed.offered, 0, Budget(nrc_minor=relaxed.wanted), one.solution.currency)


def without(answer: ItemAnswer, never: Collection[str]) -> ItemAnswer | None:
    """With the next design in the place of the first, where that can never be done; None where there is no other."""
    if answer.ref not in never or not answer.proposals:
        return None
    first, *rest = answer.proposals
    others = numbered(rest)
    if answer.solution is not None:
        return replace(answer, solution=first.solution, proposals=others) if first.dimension is None else None
    return replace(answer, proposals=others) if answer.result == "alternate" and others else None


def in_time_after_all(answer: ItemAnswer) -> ItemAnswer:
    """As asked for, where nothing but the date was given up and the plan keeps it."""
    if answer.solution is not None or answer.result != "alternate":
        return answer
    for proposal in answer.proposals:
        plan = proposal.solution.plan
        if plan is None or [one.dimension for one in proposal.relaxed] != ["date"]:
            continue
        wanted = date.fromisoformat(proposal.wanted)
        if plan.ready <= wanted:
            solution = by(proposal.solution, wanted)
            return replace(answer, result="qualified", solution=solution, proposals=(), findings=(), cut_short=())
    return answer


def by(solution: SiteSolution, day: date) -> SiteSolution:
    """The design as one of a requirement that wants that day."""
    return replace(
        solution,
        needed_by=day,
        requirement=replace(solution.requirement, needed_by=day, deliver_by=None, used_from=None),
    )


def dated(proposal: Proposal) -> Proposal:
    """What is offered is offered by the day on which its plan ends, where that is later than what is wanted."""
    solution = proposal.solution
    wanted, plan = solution.requirement.needed_by, solution.plan
    if plan is None or wanted is None or (plan.ready <= wanted and proposal.dimension != "date"):
        return proposal
    ready, offered = by(solution, plan.ready), plan.ready.isoformat()
    if proposal.dimension == "date":
        return replace(proposal, solution=ready, offered=offered)
    if any(one.dimension == "date" for one in proposal.further):
        further = [replace(one, offered=offered) if one.dimension == "date" else one for one in proposal.further]
        return replace(proposal, solution=ready, further=tuple(further))
    late = Relaxed(dimension="date", wanted=wanted.isoformat(), offered=offered)
    if proposal.dimension is None:
        return replace(proposal, solution=ready, dimension="date", wanted=late.wanted, offered=late.offered)
    return replace(proposal, solution=ready, further=(*proposal.further, late))
