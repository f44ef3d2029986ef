"""Approval by policy: what has to be asked before anything firm is ordered, and what was granted. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from linkwright.business.limits import WORSE, Excess, Figures, Limits, Measure, beyond
from linkwright.business.risk import Footing, risk_score
from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import OWN
from linkwright.orders.errands import Task
from linkwright.orders.meant import meant
from linkwright.orders.model import Fault, Milestone, Order, OrderItem
from linkwright.orders.standing import (
    OURSELVES,
    with_decision,
    with_faults,
    with_remark,
    with_standing,
    with_state,
    without_some,
)
from linkwright.orders.states import FINAL, leaves
from linkwright.orders.waits import APPROVALS, Approval, Decision, Wait

Policy = Mapping[Approval, Limits]
NOT_BEGUN = frozenset({"planned", "undone"})
REFUSED = "SD-POL-01"
BUSINESS_CASE = "businessCaseApproved"
_WORDS = {
    "oneTimeCost": "one-time cost",
    "recurringCost": "recurring cost a month",
    "totalCost": "cost over the term",
    "risk": "risk",
    "confidence": "confidence",
}


def figures_of(solution: SiteSolution) -> Figures:
    footing = Footing(
        planned=sum(leg.planned or leg.build is not None for leg in solution.legs) + len(solution.augments),
        partner_legs=sum(leg.supplier != OWN for leg in solution.legs),
        shared_risks=len(solution.shared_risks),
        margin=solution.margin,
    )
    return Figures(
        currency=solution.currency,
        one_time_minor=solution.nrc_minor,
        recurring_minor=solution.mrc_minor,
        total_minor=solution.total_minor,
        risk=risk_score(footing),
        confidence=solution.confidence,
        partial=_partial(solution),
    )


def _partial(solution: SiteSolution) -> tuple[Measure, ...]:
    """The sums in which a price is missing."""
    once: tuple[Measure, ...] = ("oneTimeCost",) if solution.without_nrc else ()
    monthly: tuple[Measure, ...] = ("recurringCost",) if solution.without_mrc else ()
    return (*once, *monthly, "totalCost") if once or monthly else ()


def asked(
    order: Order, tasks: Iterable[Task], solutions: Mapping[str, SiteSolution], policy: Policy, now: datetime
) -> Order:
    """Items whose holds are given wait for every approval that their design needs and that nobody has given yet."""
    if policy:
        amended = {one.item for one in order.amendments}
        held = [leaf.id for leaf in _with_holds(order, tasks) if leaf.state == "inProgress" and leaf.id not in amended]
        order = asked_of(order, {item: solutions[item] for item in held if item in solutions}, policy, now)
    return _with_business_case(order, tasks, solutions, policy, now)


def asked_of(order: Order, solutions: Mapping[str, SiteSolution], policy: Policy, now: datetime) -> Order:
    """These items wait for every approval that these designs need and that nobody has given yet."""
    for item, solution in solutions.items() if policy else ():
        figures = figures_of(solution)
        for kind, limits in policy.items():
            open_ = tuple(one for one in beyond(limits, figures) if not _is_granted(order, kind, item, one))
            if open_:
                order = _waiting(order, item, kind, open_, now)
    return with_standing(order)


def to_approve(order: Order, tasks: Iterable[Task], solutions: Mapping[str, SiteSolution], policy: Policy) -> list[str]:
    """Items that will be asked about as soon as their holds are given: until then nothing firm goes out for them."""
    if not policy:
        return []
    begun = {item for task in tasks if task.kind != "reserve" and task.state not in NOT_BEGUN for item in task.items}
    return [
        leaf.id
        for leaf in leaves(order.items)
        if leaf.state == "inProgress" and leaf.id in solutions and leaf.id not in begun
        for figures in [figures_of(solutions[leaf.id])]
        if any(
            not _is_granted(order, kind, leaf.id, one)
            for kind, limits in policy.items()
            for one in beyond(limits, figures)
        )
    ]


def _with_holds(order: Order, tasks: Iterable[Task]) -> list[OrderItem]:
    """Items whose holds are given, and for which nothing firm has been ordered."""
    reserved = ("done", "failed", "undone")
    early = {item for task in tasks if task.kind == "reserve" and task.state not in reserved for item in task.items}
    begun = {item for task in tasks if task.kind != "reserve" and task.state not in NOT_BEGUN for item in task.items}
    return [leaf for leaf in leaves(order.items) if leaf.id not in early and leaf.id not in begun]


def _is_granted(order: Order, kind: Approval, item: str, excess: Excess) -> bool:
    """An approval counts for whatever is no worse than what was approved."""
    return any(
        excess.is_within(passed)
        for decision in order.decisions
        if decision.verdict == "approved" and decision.kind == kind and item in decision.items
        for passed in decision.beyond
    )


def _waiting(order: Order, item: str, kind: Approval, open_: tuple[Excess, ...], now: datetime) -> Order:
    text = f"Item {item} needs {kind} approval: {'; '.join(told(one) for one in open_)}."
    about = "BUDGET_EXCEEDED/approval" if any(one.is_money for one in open_) else "approval"
    order = with_remark(order, f"{about}/{kind}/{item}", OURSELVES, now, text)
    wait = Wait(kind=kind, items=(item,), since=now, text=text, beyond=open_)
    return replace(order, waits=(*order.waits, wait))


def told(excess: Excess) -> str:
    """The figure with its limit, in words."""
    word = _WORDS[excess.measure]
    part = "unknown, of which are known " if excess.is_partial else ""
    if excess.is_money:
        return (
            f"{word} {part}{excess.value / 100:,.2f} {excess.currency}, limit {excess.limit / 100:,.2f} "
            f"{excess.limit_currency}"
        )
    if excess.measure == "confidence":
        return f"{word} {WORSE[excess.value]}, limit {WORSE[excess.limit]}"
    return f"{word} {excess.value}, limit {excess.limit}"


def _with_business_case(
    order: Order, tasks: Iterable[Task], solutions: Mapping[str, SiteSolution], policy: Policy, now: datetime
) -> Order:
    """The milestone is reached when nothing is left to be asked of the business, and something is left of the order.

    Where nothing is ever asked of it, the rules for business cases have to accept what is left.
    """
    if any(one.name == BUSINESS_CASE for one in order.milestones):
        return order
    judged = {leaf.id for leaf in _with_holds(order, tasks)} | {
        item for task in tasks if task.kind != "reserve" and task.state not in NOT_BEGUN for item in task.items
    }
    left = [leaf for leaf in leaves(order.items) if leaf.state == "completed" or leaf.state not in FINAL]
    designed = {leaf.id for leaf in left if leaf.id in solutions}
    if not designed or any(leaf.state == "acknowledged" for leaf in left):
        return order
    if not designed <= judged or any(wait.kind in ("business", "information") for wait in order.waits):
        return order
    if "business" in policy:
        given = sum(one.kind == "business" and one.verdict == "approved" for one in order.decisions)
        text = f"Business approvals given: {given}." if given else "No item needs business approval."
    elif all((case := solutions[item].case) is not None and case.verdict == "accepted" for item in designed):
        text = f"Business cases accepted by their rules: {len(designed)}."
    else:
        return order
    reached = Milestone(id=BUSINESS_CASE, name=BUSINESS_CASE, status="reached", at=now, message=text)
    return replace(order, milestones=(*order.milestones, reached))


def approved(
    order: Order, items: Collection[str], kinds: Collection[Approval], *, by: str, reason: str, now: datetime
) -> Order:
    """Approvals of these kinds are given to the named items; the order itself where they were given before.

    Raises:
        Conflict: an item waits for no such approval, or was refused one.
    """
    for wait, named in meant(order, items, kinds or APPROVALS, "approved"):
        decision = Decision(
            kind=wait.kind, items=named, verdict="approved", by=by, at=now, reason=reason, beyond=wait.beyond
        )
        order = with_decision(order, decision, f"{wait.kind.capitalize()} approval given to {_named(named)}.")
        order = without_some(order, ((wait, named),))
    return order


def refused(
    order: Order, items: Collection[str], kinds: Collection[Approval], *, by: str, reason: str, now: datetime
) -> Order:
    """The named items are cancelled; the order itself where they were refused before. Raises Conflict like `approved`.

    Whoever refuses one approval refuses the item, whatever else it waits for. Of an item with a design in force only
    the new one is refused.
    """
    kept = set[str]()
    for wait, named in meant(order, items, kinds or APPROVALS, "refused"):
        decision = Decision(
            kind=wait.kind, items=named, verdict="refused", by=by, at=now, reason=reason, beyond=wait.beyond
        )
        order = with_decision(order, decision, f"{wait.kind.capitalize()} approval refused to {_named(named)}.")
        fault = Fault(code=REFUSED, reason=f"{wait.kind} approval refused", message=f"{by}: {reason}", at=now)
        kept |= {one.item for one in order.amendments if one.item in named and one.design_id and one.lost is None}
        gone = [item for item in named if item not in kept]
        order = with_faults(with_state(order, gone, "cancelled"), gone, fault)
    order = with_standing(_with_denied(order, kept))
    return without_some(order, [(wait, kept) for wait in order.waits if wait.kind in APPROVALS])


def _named(items: Sequence[str]) -> str:
    return f"item{'s' if len(items) > 1 else ''} {', '.join(items)}"


def _with_denied(order: Order, items: Collection[str]) -> Order:
    """The new designs of these items do not come into force."""
    denied = tuple(replace(one, state="denied") if one.item in items else one for one in order.amendments)
    return replace(order, amendments=denied)
