"""The delivery of CPE, beside the other activities of an item: when do its pieces leave the stock?"""

from dataclasses import dataclass, replace

from linkwright.plan.model import Activity, After


@dataclass(frozen=True, kw_only=True)
class Drafts:
    """The activities of one item, and those that are done once for all items."""

    own: tuple[Activity, ...]
    common: tuple[Activity, ...]


def with_cpe_in_time(drawn: Drafts) -> Drafts:
    """Pieces leave the stock on the first day of a delivery that takes time, and else when they are needed."""
    return _just_in_time(_each_its_own_pieces(drawn))


def _each_its_own_pieces(all_: Drafts) -> Drafts:
    """Where the delivery is one for all items the pieces of each leave the stock when they are installed."""
    shared = next((one for one in all_.common if one.stock), None)
    taker = next((one for one in all_.own if one.kind == "installation"), None)
    if shared is None or taker is None:
        return all_
    taken = replace(taker, stock=shared.stock, pieces=shared.pieces)
    return Drafts(
        own=tuple(taken if one is taker else one for one in all_.own),
        common=tuple(replace(one, stock=None, pieces=0) if one is shared else one for one in all_.common),
    )


def _just_in_time(all_: Drafts) -> Drafts:
    """CPE whose delivery takes no time leaves the stock when what needs it begins.

    That is the only activity that waits for it, or the installation where none does.
    """
    brought = next((one for one in all_.own if one.kind == "logistics" and one.stock), None)
    if brought is None or brought.days or brought.most_days or brought.windows or brought.weather:
        return all_
    behind = [one for one in (*all_.common, *all_.own) if any(link.activity == brought.id for link in one.after)]
    takers = [one for one in behind if one.kind != "handover"]
    if not takers and not brought.after:
        takers = [one for one in all_.own if one.kind == "installation"][:1]
    links = {(link.activity, bool(link.lag_days)) for one in takers for link in one.after}
    if len(takers) != 1 or takers[0].item is None or (brought.id, True) in links:
        return all_
    [taker] = takers

    def linked(one: Activity) -> Activity:
        if one is taker:
            after = (*(link for link in one.after if link.activity != brought.id), *brought.after)
            brings = replace(brought, after=(), stock=None, pieces=0)
            taken = replace(one, stock=brought.stock, pieces=brought.pieces, brings=brings)
        else:
            named = ((taker.id if link.activity == brought.id else link.activity, link.lag_days) for link in one.after)
            after = tuple(After(activity=name, lag_days=lag) for name, lag in named)
            taken = one
        return replace(taken, after=tuple(dict.fromkeys(after)))

    own = tuple(linked(one) for one in all_.own if one is not brought)
    return Drafts(own=own, common=tuple(linked(one) for one in all_.common))
