"""What designs that are proposed for an item make of its bundle: the sums with them, and what its budget says of these.

A budget keeps none of them away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from linkwright.design.model import Budget
from linkwright.designs.answers import ItemAnswer, Proposal, SiteSolution
from linkwright.designs.item import own_budget
from linkwright.designs.reasons import over_budget
from linkwright.designs.requirement import Requirement


def beside_budgets(requirements: Sequence[Requirement], answers: Mapping[str, ItemAnswer]) -> Mapping[str, ItemAnswer]:
    """The answers of alternate items with what each proposal would make of the sums and the budget of their bundle,
    counted beside the designs of all its items that have one. An item with its own budget is compared with that."""
    told = dict(answers)
    for bundle in requirements:
        if bundle.is_bundle:
            wanted = {one.ref: one for one in requirements if not one.is_bundle}
            refs = bundle.members_among(list(answers))
            designed = [one for ref in refs if (one := answers[ref].solution) is not None]
            for ref in refs:
                told[ref] = _told(told[ref], own_budget(bundle), wanted[ref], designed)
    return told


def _told(answer: ItemAnswer, budget: Budget, wanted: Requirement, designed: Sequence[SiteSolution]) -> ItemAnswer:
    if answer.result != "alternate":
        return answer
    proposals = tuple(_with_sums(one, designed) for one in answer.proposals)
    if budget == Budget() or own_budget(wanted) != Budget():
        return replace(answer, proposals=proposals)
    proposals = tuple(_with_variance(one, budget) for one in proposals)
    first = proposals[0].solution
    nrc_minor, mrc_minor = _sums([*designed, first])
    beyond = over_budget(nrc_minor, mrc_minor, budget, first.currency)
    return replace(answer, proposals=proposals, findings=(*answer.findings, *beyond))


def _with_sums(proposal: Proposal, designed: Sequence[SiteSolution]) -> Proposal:
    nrc_minor, mrc_minor = _sums([*designed, proposal.solution])
    return replace(proposal, bundle_nrc_minor=nrc_minor, bundle_mrc_minor=mrc_minor)


def _with_variance(proposal: Proposal, budget: Budget) -> Proposal:
    once, monthly = proposal.bundle_nrc_minor, proposal.bundle_mrc_minor
    return replace(
        proposal,
        over_nrc_minor=None if budget.nrc_minor is None or once is None else once - budget.nrc_minor,
        over_mrc_minor=None if budget.mrc_minor is None or monthly is None else monthly - budget.mrc_minor,
    )


def _sums(solutions: Sequence[SiteSolution]) -> tuple[int, int]:
    return sum(one.nrc_minor for one in solutions), sum(one.mrc_minor for one in solutions)
