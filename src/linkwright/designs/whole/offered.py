"""What may be offered once the plan and the money of each design are known."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from linkwright.designs.answers import ItemAnswer, Proposal, Relaxed, SiteSolution
from linkwright.designs.parts_of_answers import Finding

NOT_WORTH_IT = "SD-FIN-01"


def rejected(answer: ItemAnswer) -> ItemAnswer:
    """Without the designs that break the rules for money; not qualified where nothing is left."""
    kept = tuple(one for one in answer.proposals if not _is_rejected(one.solution))
    kept = tuple(replace(one, id=str(number)) for number, one in enumerate(kept, start=1))
    case = None if answer.solution is None else answer.solution.case
    if answer.solution is None and answer.proposals and not kept:
        case = answer.proposals[0].solution.case
    elif case is None or case.verdict != "rejected":
        return replace(answer, proposals=kept) if len(kept) < len(answer.proposals) else answer
    why = Finding(code=NOT_WORTH_IT, label="" if case is None else case.verdict_reason)
    return replace(answer, result="unqualified", solution=None, proposals=(), findings=(why, *answer.findings))


def _is_rejected(solution: SiteSolution) -> bool:
    return solution.case is not None and solution.case.verdict == "rejected"


def without(answer: ItemAnswer, never: Collection[str]) -> ItemAnswer | None:
    """With the next design in the place of the first, where that can never be done; None where there is no other."""
    if answer.ref not in never or not answer.proposals:
        return None
    first, *others = answer.proposals
    others = [replace(one, id=str(number)) for number, one in enumerate(others, start=1)]
    if answer.solution is not None:
        return replace(answer, solution=first.solution, proposals=tuple(others)) if first.dimension is None else None
    return replace(answer, proposals=tuple(others)) if answer.result == "alternate" and others else None


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
