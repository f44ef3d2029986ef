"""The delivery of CPE, beside the other activities of an item: when do its pieces leave the stock?

On the first day of a delivery that takes time, or that several activities wait for; else when they are needed. One
delivery for all items waits until the pieces of all of them are there.
"""

from collections.abc import Iterable
from dataclasses import replace

from linkwright.designs.whole.drafts import Drafts
from linkwright.plan.model import Activity, After

FROM_STOCK = "logistics:stock"
"""The pieces of an item that come in a delivery for all."""


def with_cpe_in_time(drawn: Drafts, ref: str) -> Drafts:
    brought = next((one for one in drawn.all if one.kind == "logistics" and one.stock), None)
    if brought is None:
        return drawn
    drawn = _installed_after(drawn, brought)
    return _with_own_pieces(drawn, brought, ref) if brought.item is None else _just_in_time(drawn, brought)


def _with_own_pieces(drawn: Drafts, brought: Activity, ref: str) -> Drafts:
    """What is done for all waits for what each item takes from the stock by itself."""
    wave = next((one.wave for one in drawn.own), None)
    pieces = Activity(
        id=f"{ref}/{FROM_STOCK}",
        name="CPE from the stock",
        kind="logistics",
        days=0,
        stock=brought.stock,
        pieces=brought.pieces,
        item=ref,
        wave=wave,
    )
    common = replace(brought, stock=None, pieces=0, after=(*brought.after, After(activity=pieces.id)))
    return Drafts(own=(pieces, *drawn.own), common=_with(drawn.common, brought, common))


def _installed_after(drawn: Drafts, brought: Activity) -> Drafts:
    """Whatever is said of an installation, it comes after the CPE, unless that is said to come after it."""
    for one in drawn.all:
        if one.kind != "installation" or brought.id in drawn.ahead_of(one.id) or one.id in drawn.ahead_of(brought.id):
            continue
        later = replace(one, after=(*one.after, After(activity=brought.id)))
        drawn = Drafts(own=_with(drawn.own, one, later), common=_with(drawn.common, one, later))
    return drawn


def _just_in_time(drawn: Drafts, brought: Activity) -> Drafts:
    """Where only one activity waits for a delivery that takes no time, the pieces leave the stock when it begins.

    Handovers, which wait for everything, then wait for that one instead.
    """
    links = [(one, link) for one in drawn.all for link in one.after if link.activity == brought.id]
    takers = {one.id: one for one, _ in links if one.kind != "handover"}
    handovers = {one.id for one, _ in links if one.kind == "handover"}
    is_bound = brought.days or brought.most_days or brought.windows or brought.weather
    if is_bound or len(takers) != 1 or any(link.lag_days for _, link in links):
        return drawn
    [taker] = takers.values()
    if taker.item is None or handovers & drawn.ahead_of(taker.id) or taker.id in drawn.ahead_of(brought.id):
        return drawn

    def linked(one: Activity) -> Activity:
        others = tuple(link for link in one.after if link.activity != brought.id)
        if one.id == taker.id:
            brings = replace(brought, after=(), stock=None, pieces=0)
            after = tuple(dict.fromkeys((*others, *brought.after)))
            return replace(one, after=after, stock=brought.stock, pieces=brought.pieces, brings=brings)
        is_named = len(others) == len(one.after) or taker.id in {link.activity for link in others}
        return replace(one, after=others if is_named else (*others, After(activity=taker.id)))

    own = tuple(linked(one) for one in drawn.own if one.id != brought.id)
    return Drafts(own=own, common=tuple(linked(one) for one in drawn.common))


def _with(all_: Iterable[Activity], old: Activity, new: Activity) -> tuple[Activity, ...]:
    return tuple(new if one is old else one for one in all_)
