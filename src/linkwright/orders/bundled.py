"""Items of an order that have others below them: bundles of these, with totals and a design of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from linkwright.designs.answers import Answer, Totals, WholeSolution
from linkwright.designs.requirement import Requirement
from linkwright.orders.model import Order, OrderItem
from linkwright.orders.states import leaves


def bundles_of(order: Order, concerned: frozenset[str], answered: frozenset[str]) -> tuple[Requirement, ...]:
    """The outermost ones, as far as all that is concerned below them is answered now."""
    found = []
    for item in order.items:
        below = tuple(leaf.id for leaf in leaves(item.children) if leaf.id in concerned)
        if below and answered.issuperset(below):
            found.append(replace(item.requirement, ref=item.id, service=None, change=None, bundles=below))
    return tuple(found)


def totals_of(answer: Answer | None, bundles: Sequence[Requirement], first: str | None) -> dict[str, Totals]:
    """By the item on which they stand: each bundle, or without one the `first`; none where there is no solution."""
    if answer is None or answer.totals is None:
        return {}
    place = bundles[0].ref if bundles else first
    told = {**({} if place is None else {place: answer.totals}), **answer.further}
    return {ref: totals for ref, totals in told.items() if totals.whole is not None}


def wholes_of(totals: Mapping[str, Totals]) -> tuple[WholeSolution, ...]:
    return tuple(one.whole for one in totals.values() if one.whole is not None)


def with_totals(items: Sequence[OrderItem], totals: Mapping[str, Totals]) -> tuple[OrderItem, ...]:
    """A bundle has the design of all below it as its own."""
    return tuple(_with_total(item, totals) for item in items)


def _with_total(item: OrderItem, totals: Mapping[str, Totals]) -> OrderItem:
    if item.children:
        item = replace(item, children=with_totals(item.children, totals))
    told = totals.get(item.id)
    if told is None:
        return item
    whole = told.whole if item.children else None
    return replace(item, totals=told, design_id=item.design_id if whole is None else whole.design_id)
