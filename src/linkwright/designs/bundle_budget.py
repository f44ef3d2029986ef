"""What designs that are proposed for an item make of its bundle: the sums with them, and what its budget says of these.

A budget keeps none of them away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from linkwright.design.model import Budget
from linkwright.designs.answers import ItemAnswer, Proposal, SiteSolution, WholeSolution
from linkwright.designs.item import own_budget
from linkwright.designs.reasons import over_budget
from linkwright.designs.requirement import Requirement


def beside_budgets(
    requirements: Sequence[Requirement],
    answers: Mapping[str, ItemAnswer],
    whole_of: Mapping[str, WholeSolution],
) -> Mapping[str, ItemAnswer]:
    """The answers of alternate items with what each proposal would make of the sums and the budget of their bundle,
    counted beside the designs of all its items that have one, and what is paid once for them. An item with its own
    budget is compared with that. Of several bundles it is told of the first that has a budget, or else of the first.
    """
    told = dict(answers)
    wanted = {one.ref: one for one in requirements if not one.is_bundle}
    bundles = [one for one in requirements if one.is_bundle]
    for bundle in sorted(bundles, key=lambda one: own_budget(one) == Budget()):
        refs = bundle.members_among(list(answers))
        designed = tuple(one for ref in refs if (one := answers[ref].solution) is not None)
        others = _Others(designed=designed, whole=whole_of.get(bundle.ref))
        for ref in refs:
            told[ref] = _told(told[ref], own_budget(bundle), wanted[ref], others)
    return told


def paid_once_minor(whole: WholeSolution | None) -> int:
    """What is in the sum of a bundle, and in none of its items."""
    return 0 if whole is None else whole.nrc_minor - sum(one.nrc_minor or 0 for one in whole.members)


@dataclass(frozen=True, kw_only=True)
class _Others:
    """What a bundle has beside a proposal."""

    designed: tuple[SiteSolution, ...]
    whole: WholeSolution | None

    def sums_with(self, solution: SiteSolution) -> tuple[int, int]:
        all_ = (*self.designed, solution)
        return sum(one.nrc_minor for one in all_) + paid_once_minor(self.whole), sum(one.mrc_minor for one in all_)

    def unpriced_with(self, solution: SiteSolution) -> tuple[str, ...]:
        all_ = (*self.designed, solution)
        case = None if self.whole is None else self.whole.case
        common = () if case is None else tuple(one for one in case.lines if one.item is None)
        is_missing = {
            "nrc": any(one.without_nrc for one in all_) or any(one.nrc_minor is None for one in common),
            "mrc": any(one.without_mrc for one in all_) or any(one.mrc_minor is None for one in common),
        }
        return tuple(price for price, is_so in is_missing.items() if is_so)


def _told(answer: ItemAnswer, budget: Budget, wanted: Requirement, others: _Others) -> ItemAnswer:
    if answer.result != "alternate" or not answer.proposals:
        return answer
    is_bound = budget != Budget() and own_budget(wanted) == Budget()
    if answer.proposals[0].bundle_nrc_minor is None:
        proposals = (_with_sums(one, others) for one in answer.proposals)
        answer = replace(answer, proposals=tuple(_with_variance(one, budget) if is_bound else one for one in proposals))
    if not is_bound:
        return answer
    first = answer.proposals[0].solution
    beyond = over_budget(*others.sums_with(first), budget, first.currency)
    return replace(answer, findings=(*answer.findings, *beyond))


def _with_sums(proposal: Proposal, others: _Others) -> Proposal:
    nrc_minor, mrc_minor = others.sums_with(proposal.solution)
    unpriced = others.unpriced_with(proposal.solution)
    return replace(proposal, bundle_nrc_minor=nrc_minor, bundle_mrc_minor=mrc_minor, bundle_unpriced=unpriced)


def _with_variance(proposal: Proposal, budget: Budget) -> Proposal:
    once, monthly = proposal.bundle_nrc_minor, proposal.bundle_mrc_minor
    return replace(
        proposal,
        over_nrc_minor=None if budget.nrc_minor is None or once is None else once - budget.nrc_minor,
        over_mrc_minor=None if budget.mrc_minor is None or monthly is None else monthly - budget.mrc_minor,
    )
