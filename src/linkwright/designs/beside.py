"""What is left beside a design of others, which stays as it is: a problem without what they use."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, TypeVar

from linkwright.design.model import (
    Augment,
    Booking,
    Budget,
    Build,
    CpeModel,
    Design,
    FieldCapacity,
    Freed,
    Link,
    Node,
    Partner,
    Problem,
    SiteReport,
    Verdict,
)
from linkwright.design.wishes import wishes_of
from linkwright.designs.assemble import Assembled
from linkwright.designs.ready import spent_by

T = TypeVar("T")
Window = tuple[int, int]
"""The first and the last day on which something is used."""
Amount = tuple[tuple[str, Window], int]
"""Of a thing, on these days, so much."""
Used = Mapping[str, Mapping[Window, int]]
"""By `link:L` and the like, and the days: how much of it is used."""


class Room:
    """Makes of a problem of one item, or of some, the same problem beside the others.

    `used` is what all use, `own` what of that the items themselves do, `bought` what the others pay for, and `frees`
    what their present services give back; `left` is what they leave of a common budget.
    """

    def __init__(self, *, used: Used, own: Used, bought: Design, frees: tuple[Freed, ...], left: Budget | None) -> None:
        self._used, self._own = used, own
        self._bought, self._frees, self._left = bought, frees, left
        self._made: dict[tuple[str, int], tuple[Any, Any]] = {}

    def __call__(self, problem: Problem) -> Problem:
        network, frees = problem.network, (*problem.frees, *self._frees)
        ports: Counter[str] = Counter()
        for freed in frees:
            ports[freed.pop or ""] += freed.ports
        nodes = self._once(f"nodes {sorted(ports.items())}", network.nodes, lambda node: self._node(node, ports))
        links = self._once("links", network.links, self._link)
        beside = replace(
            problem,
            network=replace(network, nodes=nodes, links=links),
            cpe_models=self._cpe_models(problem.cpe_models),
            builds=self._once("builds", problem.builds, self._build),
            partners=tuple(map(self._partner, problem.partners)),
            field_capacity=self._once("field", problem.field_capacity, self._crew),
            frees=tuple(freed for freed in frees if freed.pop is None),
        )
        if self._left is None:
            return beside
        if problem.budget != Budget():  # that of its only item
            beside = replace(beside, sites=tuple(replace(one, budget=problem.budget) for one in problem.sites))
        return replace(beside, budget=self._left)

    @property
    def gives(self) -> bool:
        """Whether the others give as well as take: what they pay for, or what their present services give back."""
        return bool(self._bought.builds or self._bought.augments or self._frees)

    def _once(self, name: str, things: tuple[T, ...], changed: Callable[[T], T]) -> tuple[T, ...]:
        """The same object for the same things: items of the same facts are found again by it."""
        key = name, id(things)
        if key not in self._made:
            self._made[key] = things, tuple(map(changed, things))
        made: tuple[T, ...] = self._made[key][1]
        return made

    def _some_of(self, name: str, things: tuple[T, ...], is_there: Callable[[T], bool]) -> tuple[T, ...]:
        key = name, id(things)
        if key not in self._made:
            self._made[key] = things, tuple(filter(is_there, things))
        some: tuple[T, ...] = self._made[key][1]
        return some

    def _taken(self, thing: str) -> Mapping[Window, int]:
        return _without(self._used, self._own, thing)

    def _total(self, thing: str) -> int:
        return sum(self._taken(thing).values())

    def _until(self, thing: str, day: int) -> int:
        """What those use of it who are needed by this day."""
        return sum(amount for (first, _), amount in self._taken(thing).items() if first <= day)

    def _node(self, node: Node, freed: Mapping[str, int]) -> Node:
        """With the ports that are given back: these count without days."""
        change = freed.get(node.id, 0) - self._total(f"pop:{node.id}")
        return node if node.ports is None or not change else replace(node, ports=max(node.ports + change, 0))

    def _link(self, link: Link) -> Link:
        loads = self._taken(f"link:{link.id}")
        bookings = (Booking(from_day=first, to_day=last, mbps=mbps) for (first, last), mbps in sorted(loads.items()))
        there = replace(link, bookings=(*link.bookings, *bookings)) if loads else link
        if link.augment is None or link.id not in self._bought.augments:
            return there
        paid = Augment(adds_mbps=link.augment.adds_mbps, nrc_minor=0, mrc_minor=0, lead_days=link.augment.lead_days)
        return replace(there, augment=paid)

    def _build(self, build: Build) -> Build:
        if build.id in self._bought.builds:
            build = replace(build, nrc_minor=0, mrc_minor=0)
        sites, mbps = self._total(f"build:{build.id}"), self._total(f"build-mbps:{build.id}")
        if build.max_sites is not None and sites:
            build = replace(build, max_sites=build.max_sites - sites)
        return replace(build, capacity_mbps=build.capacity_mbps - mbps) if build.capacity_mbps and mbps else build

    def _partner(self, partner: Partner) -> Partner:
        taken = self._total(f"partner:{partner.id}")
        return partner if partner.max_orders is None else replace(partner, max_orders=partner.max_orders - taken)

    def _cpe_models(self, models: tuple[CpeModel, ...]) -> tuple[CpeModel, ...]:
        """Those of which others leave any, now or later: nobody can be offered one of the rest, whatever he asks."""
        there = self._once("cpe", models, self._cpe_model)
        return self._some_of("cpe there", there, lambda model: not model.stock or any(o.pieces for o in model.stock))

    def _cpe_model(self, model: CpeModel) -> CpeModel:
        thing = f"cpe:{model.id}"
        if not model.stock or not self._taken(thing):
            return model
        stock = (replace(one, pieces=max(one.pieces - self._until(thing, one.by_day), 0)) for one in model.stock)
        return replace(model, stock=tuple(stock))

    def _crew(self, crew: FieldCapacity) -> FieldCapacity:
        taken = self._until(f"field:{crew.skill}", crew.by_day)
        return replace(crew, crew_days=max(crew.crew_days - taken, 0)) if taken else crew


class Others:
    """What each item of a design uses, so that the room beside all of them, or all but some, is quickly found."""

    def __init__(
        self, assembled: Assembled, design: Design, verdict: Verdict, *, last_day: int, budget: Budget
    ) -> None:
        """`budget` binds the sum of all items."""
        self._assembled, self._design, self._verdict, self._last_day = assembled, design, verdict, last_day
        self._budget = budget
        self._sites = {site.id: site for site in assembled.problem.sites}
        self._options = {option.id: option for option in assembled.problem.access_options}
        self._work = {option.id: option.work for option in assembled.problem.access_options if option.work}
        self._cpe = {site.site: site.cpe for site in design.sites}
        same: dict[Amount, Amount] = {}  # sites use much the same, and there are many of them
        self._of = {
            report.site: tuple(same.setdefault(one, one) for one in self._used_by(report)) for report in verdict.sites
        }
        self._all = _summed(chain.from_iterable(self._of.values()))
        self._frees = [
            (report.site, replace(freed, day=self._sites[report.site].required_day))
            for report in verdict.sites
            for freed in self._sites[report.site].frees
        ]

    def times(self, access: str, without: Collection[str] = ()) -> int:
        """How often an access of the inventory is used."""
        return self._number(f"access:{access}", self._own(without))

    def room(self, without: Collection[str] = ()) -> Room:
        """Beside all items, or all but these."""
        own = self._own(without)
        bought = Design(
            sites=(),
            builds=tuple(name for name in self._design.builds if self._number(f"build:{name}", own)),
            augments=tuple(name for name in self._design.augments if self._number(f"link:{name}", own)),
        )
        return Room(
            used=self._all,
            own=own,
            bought=bought,
            frees=tuple(freed for ref, freed in self._frees if ref not in without),
            left=self._left((one for one in self._verdict.sites if one.site not in without), bought),
        )

    def _own(self, without: Collection[str]) -> Used:
        return _summed(chain.from_iterable(self._of.get(ref, ()) for ref in without))

    def _number(self, thing: str, own: Used) -> int:
        return sum(_without(self._all, own, thing).values())

    def _left(self, reports: Iterable[SiteReport], bought: Design) -> Budget | None:
        problem, budget = self._assembled.problem, self._budget
        if budget == Budget():
            return None
        paid = [(one.nrc_minor, one.mrc_minor, self._sites[one.site].term_months) for one in reports]
        paid += [(one.nrc_minor, one.mrc_minor, None) for one in problem.builds if one.id in bought.builds]
        augments = (link.augment for link in problem.network.links if link.id in bought.augments)
        paid += [(one.nrc_minor, one.mrc_minor, None) for one in augments if one is not None]
        nrc, mrc = sum(once for once, _, _ in paid), sum(monthly for _, monthly, _ in paid)
        total = sum(once + (term or problem.term_months) * monthly for once, monthly, term in paid)
        return Budget(
            nrc_minor=_less(budget.nrc_minor, nrc),
            total_minor=_less(budget.total_minor, total),
            mrc_minor=_less(budget.mrc_minor, mrc),
        )

    def _used_by(self, report: SiteReport) -> Iterator[Amount]:
        site, cpe = self._sites[report.site], self._cpe[report.site]
        days = site.required_day, self._last_day if site.end_day is None else site.end_day
        kept = self._assembled.kept_cpe.get(cpe)
        if kept is not None:
            yield (f"cpe:{kept.model}", days), kept.missing
        for thing, amount in spent_by(report, site, cpe, self._work):
            yield (thing, days), amount
        builds = set[str]()
        for leg, wish in zip(report.legs, wishes_of(site), strict=True):
            yield from (((f"link:{link}", days), wish.mbps) for link in leg.path)
            for access in (name for name in (leg.access, leg.far) if name is not None):
                option, fact = self._options[access], self._assembled.facts[access]
                yield (f"pop:{option.pop}", days), 1
                if fact.quote is None and not option.existing:
                    yield (f"access:{fact.id}", days), 1
                if option.partner is not None and not option.existing:
                    yield (f"partner:{option.partner}", days), 1
                if option.build is not None:
                    builds.add(option.build)
                    yield (f"build-mbps:{option.build}", days), wish.mbps
        yield from (((f"build:{name}", days), 1) for name in builds)


def _summed(used: Iterable[Amount]) -> Used:
    found: dict[str, dict[Window, int]] = {}
    for (thing, window), amount in used:
        amounts = found.setdefault(thing, {})
        amounts[window] = amounts.get(window, 0) + amount
    return found


def _without(used: Used, own: Used, thing: str) -> Mapping[Window, int]:
    """What others use of a thing, where they use any of it."""
    amounts, mine = used.get(thing, {}), own.get(thing, {})
    rest = {window: amount - mine.get(window, 0) for window, amount in amounts.items()} if mine else amounts
    return {window: amount for window, amount in rest.items() if amount > 0}


def _less(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(limit - used, 0)
