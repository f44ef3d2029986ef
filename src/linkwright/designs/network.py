"""The facts about the network, its accesses and its stock as the design core has them: dates become day numbers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from linkwright.design.model import (
    AccessOption,
    Augment,
    Booking,
    CpeModel,
    FieldCapacity,
    Link,
    Network,
    Node,
    Retirement,
    RiskKind,
    Srlg,
    Stock,
    Upgrade,
)
from linkwright.designs.facts import (
    AccessFact,
    CapacityBooking,
    CpeFact,
    NetworkFacts,
    PaidAugment,
    PlannedRetirement,
    PlannedUpgrade,
    StockArrival,
)
from linkwright.plan.working_days import WorkingDays
from linkwright.remembered import remembered

End = Literal["a", "z"]
CARRIER = "carrier:"


def option_of(
    key: str,
    site: str,
    fact: AccessFact,
    days: WorkingDays,
    *,
    mbps: int,
    end: End = "a",
    carriers: bool = False,
    bookings: Sequence[CapacityBooking] = (),
) -> AccessOption:
    """An access option at one end of an item; with `carriers` it also stands in a group for each that carries it.

    `mbps` is what it counts for the item, and `bookings` are those of this access.
    """
    return AccessOption(
        id=key,
        site=site,
        kind=fact.technology,
        pop=fact.pop,
        bandwidth_mbps=mbps,
        nrc_minor=fact.nrc_minor,
        mrc_minor=fact.mrc_minor,
        availability=fact.availability,
        delay_ms=fact.delay_ms,
        lead_days=lead_day(fact, days),
        srlgs=tuple(dict.fromkeys((*fact.srlgs, *fact.entries, *(_carriers(fact) if carriers else ())))),
        build=fact.build,
        partner=fact.partner,
        work=fact.work,
        end=end,
        jitter_ms=fact.jitter_ms or 0.0,
        loss=fact.loss or 0.0,
        optical_db=fact.optical_db,
        undeclared=fact.undeclared,
        until_day=None if fact.usable_until is None else days.up_to(fact.usable_until),
        bookings=tuple(_dated(booking, days) for booking in bookings),
        existing=fact.existing,
    )


def _dated(booking: CapacityBooking, days: WorkingDays) -> Booking:
    """On a day without work it counts for the working days around."""
    return Booking(
        from_day=max(days.up_to(booking.start), 0),
        to_day=days.last if booking.until is None else min(days.from_(booking.until), days.last),
        mbps=booking.quantity,
    )


@remembered
def bookings_of(facts: NetworkFacts) -> Mapping[str, list[CapacityBooking]]:
    """By the resource that they hold."""
    found: dict[str, list[CapacityBooking]] = defaultdict(list)
    for booking in facts.bookings:
        found[booking.resource].append(booking)
    return dict(found)


def _carriers(fact: AccessFact) -> tuple[str, ...]:
    return tuple(CARRIER + name for name in fact.carried_by)


def lead_day(fact: AccessFact, days: WorkingDays) -> int:
    """The day number on which this access is ready when it is ordered today; behind the horizon it never is."""
    planned = fact.usable_from is not None and fact.usable_from > days.as_of
    start = days.after(fact.usable_from) if planned and fact.usable_from else 0
    if fact.calendar:
        return days.from_(days.date_of(start) + timedelta(days=fact.lead_days))
    return start + fact.lead_days


def network_of(
    facts: NetworkFacts, options: Sequence[AccessOption], accesses: Iterable[AccessFact], days: WorkingDays
) -> Network:
    """Links with today's capacity, dated changes and augments.

    A group that only a partner knows has no failures of its own beyond those in the partner's figure.
    """
    own = _own_network(facts, days)
    known = {group.id for group in facts.srlgs}
    foreign = sorted({group for option in options for group in option.srlgs} - known)
    if not foreign:
        return own
    entries = {entry for fact in accesses for entry in fact.entries}
    return replace(
        own,
        srlgs=own.srlgs + tuple(Srlg(id=group, availability=1.0, kind=_kind(group, entries)) for group in foreign),
    )


def _kind(group: str, entries: set[str]) -> RiskKind:
    if group.startswith(CARRIER):
        return "carrier"
    return "entry" if group in entries else "risk"


@remembered
def _own_network(facts: NetworkFacts, days: WorkingDays) -> Network:
    """The same object for the same facts and days: what the core has made of it is found again."""
    upgrades: dict[str, list[PlannedUpgrade]] = defaultdict(list)
    for upgrade in facts.upgrades:
        upgrades[upgrade.link].append(upgrade)
    retirements: dict[str, list[PlannedRetirement]] = defaultdict(list)
    for retirement in facts.retirements:
        retirements[retirement.link].append(retirement)
    augments = {augment.link: augment for augment in reversed(facts.augments)}
    booked = bookings_of(facts)
    links = tuple(
        _link(link, upgrades[link.id], retirements[link.id], augments.get(link.id), booked.get(link.id, ()), days)
        for link in facts.links
    )
    nodes = tuple(_without_booked_ports(node, booked.get(node.id, ())) for node in facts.nodes)
    return Network(nodes=nodes, links=links, srlgs=facts.srlgs)


def _without_booked_ports(node: Node, bookings: Sequence[CapacityBooking]) -> Node:
    """A port that is booked for any time is nobody else's at any time: the core counts ports without days."""
    if node.ports is None or not bookings:
        return node
    return replace(node, ports=max(node.ports - sum(booking.quantity for booking in bookings), 0))


def _link(
    link: Link,
    upgrades: Sequence[PlannedUpgrade],
    retirements: Sequence[PlannedRetirement],
    paid: PaidAugment | None,
    bookings: Sequence[CapacityBooking],
    days: WorkingDays,
) -> Link:
    there = sum(u.adds_mbps for u in upgrades if u.in_service <= days.as_of)
    later = [u for u in upgrades if u.in_service > days.as_of]
    return replace(
        link,
        capacity_mbps=link.capacity_mbps + there,
        upgrades=tuple(Upgrade(day=days.from_(u.in_service), adds_mbps=u.adds_mbps) for u in later),
        retirements=tuple(Retirement(day=days.after(r.until), removes_mbps=r.removes_mbps) for r in retirements),
        bookings=tuple(_dated(booking, days) for booking in bookings),
        augment=None
        if paid is None
        else Augment(
            adds_mbps=paid.adds_mbps,
            nrc_minor=paid.nrc_minor,
            mrc_minor=paid.mrc_minor,
            lead_days=paid.lead_days,
        ),
    )


@remembered
def field_capacity(facts: NetworkFacts, days: WorkingDays) -> tuple[FieldCapacity, ...]:
    return tuple(
        FieldCapacity(skill=crew.skill, by_day=days.up_to(crew.until), crew_days=crew.crew_days) for crew in facts.crews
    )


@remembered
def cpe_models(facts: NetworkFacts, days: WorkingDays) -> tuple[CpeModel, ...]:
    """The models of which there is any, now or later, with the pieces that there are by a day.

    From the day on which as many can be had as are wanted nothing is limited.
    """
    arrivals: dict[str, list[StockArrival]] = defaultdict(list)
    for arrival in facts.arrivals:
        arrivals[arrival.model].append(arrival)
    for model, bookings in bookings_of(facts).items():
        arrivals[model] += [StockArrival(id=b.id, model=model, pieces=-b.quantity, on=b.start) for b in bookings]
    stocked = ((cpe, _stock(cpe, arrivals[cpe.model.id], days)) for cpe in facts.cpe)
    return tuple(
        replace(cpe.model, stock=stock) if stock else cpe.model
        for cpe, stock in stocked
        if cpe.stock is None or cpe.restock_days is not None or any(line.pieces for line in stock)
    )


def _stock(cpe: CpeFact, arrivals: Sequence[StockArrival], days: WorkingDays) -> tuple[Stock, ...]:
    """Before each arrival there is what there was; after the last one nothing more comes. What is booked leaves."""
    if cpe.stock is None:
        return ()
    pieces, lines = cpe.stock, []
    for arrival in sorted(arrivals, key=lambda one: (one.on, one.id)):
        if days.from_(arrival.on) > 0:
            lines.append(Stock(by_day=days.from_(arrival.on) - 1, pieces=max(pieces, 0)))
        pieces += arrival.pieces
    lines.append(Stock(by_day=days.last, pieces=max(pieces, 0)))
    return tuple(lines) if cpe.restock_days is None else _before(cpe.restock_days, lines)


def _before(day: int, lines: Sequence[Stock]) -> tuple[Stock, ...]:
    """Only what limits items that are required before that day."""
    kept = [line for line in lines if line.by_day < day]
    later = lines[len(kept) :]
    if later and day > 0 and (not kept or kept[-1].by_day < day - 1):
        kept.append(replace(later[0], by_day=day - 1))
    return tuple(kept)
