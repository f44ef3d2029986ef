"""A design that had expired and was made again: is it still what its requester has agreed to? Pure."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime

from linkwright.designs.answers import SiteSolution
from linkwright.orders.meant import meant
from linkwright.orders.model import Order, OrderItem, State
from linkwright.orders.standing import OURSELVES, with_decision, with_remark, with_standing, with_state, without_some
from linkwright.orders.states import leaves
from linkwright.orders.waits import Decision, Wait, WaitKind

GIVEN_UP: frozenset[State] = frozenset({"cancelled", "failed", "rejected"})
QUESTIONS: tuple[WaitKind, ...] = ("information",)


def with_questions(
    order: Order,
    expired: Mapping[str, SiteSolution],
    solutions: Mapping[str, SiteSolution],
    now: datetime,
    until: datetime | None,
    *,
    why: str,
) -> Order:
    """Each item whose new design is dearer or later than agreed waits for its requester, who is told what is new.

    `why` its design was made anew: "had expired".
    """
    by_id = {leaf.id: leaf for leaf in leaves(order.items)}
    for item, old in expired.items():
        if item not in solutions:
            continue
        dearer, later = _dearer(old, solutions[item]), _later(order, by_id[item], old, solutions[item])
        if not (dearer or later):
            continue
        text = (
            f"The design of item {item} {why}, and the new one is not what was agreed: "
            f"{'; '.join([*dearer, *later])}. Confirm item {item} (state inProgress) or cancel it."
        )
        about = "BUDGET_EXCEEDED/question" if dearer else "question"
        order = with_remark(order, f"{about}/{item}", OURSELVES, now, text)
        wait = Wait(kind="information", items=(item,), since=now, until=until, text=text)
        order = replace(order, waits=(*order.waits, wait))
    return order


def _dearer(old: SiteSolution, new: SiteSolution) -> list[str]:
    """Agreed is what the old design cost, or the budget where one was given."""
    wanted = new.requirement
    amounts = (
        ("one-time cost", old.nrc_minor, wanted.budget_nrc_minor, new.nrc_minor),
        ("recurring cost a month", old.mrc_minor, wanted.budget_mrc_minor, new.mrc_minor),
    )
    return [
        f"{word} {was / 100:,.2f} {old.currency} then, {now / 100:,.2f} {new.currency} now"
        for word, was, budget, now in amounts
        if new.currency != old.currency or now > max(was, budget or was)
    ]


def _later(order: Order, leaf: OrderItem, old: SiteSolution, new: SiteSolution) -> list[str]:
    """Agreed is the date that was asked for, or a later one that the old design had already."""
    wanted = _wanted_by(order, leaf)
    if wanted is None or new.ready <= max(wanted, old.ready):
        return []
    return [f"ready {old.ready.isoformat()} then, {new.ready.isoformat()} now, wanted by {wanted.isoformat()}"]


def _wanted_by(order: Order, leaf: OrderItem) -> date | None:
    dates = [leaf.requirement.needed_by, order.requested_completion.date() if order.requested_completion else None]
    return min((day for day in dates if day is not None), default=None)


def over_budget(item: OrderItem, solutions: Mapping[str, SiteSolution]) -> str:
    """By how much its designs, and those of all below it, are beyond its budget; empty where they are not, or nobody
    can tell. What is given up costs nothing."""
    alive = (leaf.id for leaf in leaves((item,)) if leaf.state not in GIVEN_UP)
    designs = [solutions[ref] for ref in alive if ref in solutions]
    wanted, currencies = item.requirement, {one.currency for one in designs}
    if len(currencies) != 1 or not currencies.issuperset({wanted.budget_currency} - {None}):
        return ""
    amounts = (
        ("one-time cost", sum(one.nrc_minor for one in designs), wanted.budget_nrc_minor),
        ("recurring cost a month", sum(one.mrc_minor for one in designs), wanted.budget_mrc_minor),
    )
    return "; ".join(
        f"{word} {cost / 100:,.2f} {designs[0].currency}, budget {budget / 100:,.2f}"
        for word, cost, budget in amounts
        if budget is not None and cost > budget
    )


def confirmed(order: Order, items: Collection[str], *, by: str, reason: str, now: datetime) -> Order:
    """The requester takes the items as they are designed now. Raises Conflict where nobody asked him."""
    for wait, named in meant(order, items, QUESTIONS, "confirmed"):
        decision = Decision(kind=wait.kind, items=named, verdict="confirmed", by=by, at=now, reason=reason)
        order = with_decision(order, decision, f"Confirmed: {', '.join(named)}.")
        order = without_some(order, ((wait, named),))
    return order


def declined(order: Order, items: Collection[str], *, by: str, reason: str, now: datetime) -> Order:
    """The requester does not want the items any more. Raises Conflict where nobody asked him."""
    for wait, named in meant(order, items, QUESTIONS, "refused"):
        decision = Decision(kind=wait.kind, items=named, verdict="refused", by=by, at=now, reason=reason)
        order = with_decision(order, decision, f"Not wanted as designed now: {', '.join(named)}.")
        order = with_state(order, named, "cancelled")
    return with_standing(order)
