"""The resource inventory (TMF639) as facts of a design, in the words of docs/words.md.

A resource that lacks a mandatory fact, or that stands on one that does, is left out and named; nothing is guessed.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TypeVar

from linkwright.design.model import Build, CpeModel, Link, Node, RiskKind, Srlg
from linkwright.designs.facts import (
    AccessFact,
    AccessFacts,
    CpeFact,
    CrewFact,
    NetworkFacts,
    PaidAugment,
    PlannedRetirement,
    PlannedUpgrade,
    StockArrival,
)
from linkwright.wire.json import Json
from linkwright.wire.v4.bookings import read_bookings
from linkwright.wire.v4.fibre import read_fibre
from linkwright.wire.v4.inventory_facts import Currency, Resource
from linkwright.wire.v4.operator import OPERATOR_CATEGORIES, read_operator

T = TypeVar("T")
NETWORK_CATEGORIES = (
    "pop",
    "link",
    "sharedRiskGroup",
    "plannedUpgrade",
    "plannedRetirement",
    "paidAugment",
    "cpeModel",
    "stockArrival",
    "sharedBuild",
    "fieldCapacity",
    *OPERATOR_CATEGORIES,
)
KINDS_OF_RISK: Mapping[str, RiskKind] = {"risk": "risk", "duct": "risk", "entry": "entry", "carrier": "carrier"}
ACCESS_CATEGORY = "accessOption"
NOT_BEFORE_START = frozenset({"pop", "link", "cpeModel", "sharedBuild", "crewPool", "staff"})
"""Things that cannot be designed on before their `startOperatingDate`."""


def read_network(resources: Iterable[Json], *, read_at: datetime, reservations: Iterable[Json] = ()) -> NetworkFacts:
    """All resources but the access options, in any order; what is of another category is ignored.

    `reservations` are those of the resource pool (TMF685).

    Raises:
        BadProblem: prices in two currencies.
    """
    reading = _Reading(resources, read_at.date(), Currency())
    srlgs = reading.all("sharedRiskGroup", _group)
    nodes = reading.all("pop", _node)
    groups, pops = {srlg.id for srlg in srlgs}, {node.id for node in nodes}
    links = reading.all("link", lambda r: _link(r, pops, groups))
    names = {link.id for link in links}
    cpe = reading.all("cpeModel", _cpe)
    models = {fact.model.id for fact in cpe}
    facts = {
        "nodes": nodes,
        "links": links,
        "srlgs": srlgs,
        "upgrades": reading.all("plannedUpgrade", lambda r: _upgrade(r, names)),
        "augments": reading.all("paidAugment", lambda r: _augment(r, names)),
        "cpe": cpe,
        "builds": reading.all("sharedBuild", _build),
        "crews": reading.all("fieldCapacity", _crew),
        "retirements": reading.all("plannedRetirement", lambda r: _retirement(r, names)),
        "arrivals": reading.all("stockArrival", lambda r: _arrival(r, models)),
        "bookings": read_bookings(reservations, today=read_at.date()),
        "operator": read_operator(reading.all),
    }
    return NetworkFacts(
        **facts,  # type: ignore[arg-type]  # each list has the type of its field
        currency=reading.currency.unit or "",
        read_at=read_at,
        snapshot=hashlib.sha256(repr(facts).encode()).hexdigest(),
        incomplete=tuple(reading.incomplete),
    )


def read_access(resources: Iterable[Json], *, read_at: datetime, currency: str | None = None) -> AccessFacts:
    """Access options. `currency` is that of the network, where it is known.

    Raises:
        BadProblem: prices in two currencies.
    """
    reading = _Reading(resources, read_at.date(), Currency(currency or None))
    return AccessFacts(options=reading.all(ACCESS_CATEGORY, _access), incomplete=tuple(reading.incomplete))


class _Reading:
    """Resources by category, in the order of their ids; `incomplete` grows while they are read."""

    def __init__(self, resources: Iterable[Json], today: date, currency: Currency) -> None:
        self.currency, self.incomplete = currency, list[str]()
        self._today = today
        self._found: dict[str, dict[str, Resource]] = {}
        for doc in resources:
            if isinstance(doc, Mapping) and doc.get("id"):
                resource = Resource(doc, currency)
                self._found.setdefault(resource.category, {})[resource.id] = resource

    def all(self, category: str, read: Callable[[Resource], T]) -> tuple[T, ...]:
        return tuple(self._read(self._found.get(category, {}), read))

    def _read(self, found: Mapping[str, Resource], read: Callable[[Resource], T]) -> Iterator[T]:
        for name in sorted(found):
            try:
                if not self._is_out(found[name]):
                    yield read(found[name])
            except ValueError as error:
                self.incomplete.append(f"{found[name].label} is left out: {error}.")

    def _is_out(self, resource: Resource) -> bool:
        if resource.is_gone(self._today):
            return True
        start = resource.day("startOperatingDate") if resource.category in NOT_BEFORE_START else None
        return start is not None and start > self._today


def _group(resource: Resource) -> Srlg:
    said = resource.text_or_none("kindOfRisk") or "risk"
    kind = KINDS_OF_RISK.get(said.lower())
    if kind is None:
        raise ValueError(f"kindOfRisk is none of {', '.join(KINDS_OF_RISK)}")
    return Srlg(id=resource.id, availability=resource.availability(), kind=kind)


def _node(resource: Resource) -> Node:
    return Node(
        id=resource.id,
        lat_deg=resource.degrees("latitudeDeg", 90),
        lon_deg=resource.degrees("longitudeDeg", 180),
        availability=resource.availability(),
        delay_ms=resource.number("delayMs"),
        ports=resource.whole_or_none("freePorts"),
        jitter_ms=resource.number_or("jitterMs", 0.0),
        loss=resource.percent_or_none("lossPercent") or 0.0,
    )


def _link(resource: Resource, pops: set[str], groups: set[str]) -> Link:
    a, z, srlgs = resource.one_related("endA"), resource.one_related("endZ"), resource.related("sharesRisk")
    _known("pop", (a, z), pops)
    _known("sharedRiskGroup", srlgs, groups)
    if a == z:
        raise ValueError("both ends are the same pop")
    return Link(
        id=resource.id,
        a=a,
        z=z,
        length_km=resource.number("lengthKm"),
        availability=resource.availability(),
        mrc_minor_per_mbps=resource.money("mrcPerMbps"),
        capacity_mbps=resource.whole("freeCapacityMbps"),
        srlgs=srlgs,
        jitter_ms=resource.number_or("jitterMs", 0.0),
        loss=resource.percent_or_none("lossPercent") or 0.0,
        fibre=read_fibre(resource),
    )


def _retirement(resource: Resource, links: set[str]) -> PlannedRetirement:
    return PlannedRetirement(
        id=resource.id,
        link=_known_one("link", resource.one_related("retires"), links),
        removes_mbps=resource.whole("removesMbps"),
        until=resource.day_needed("endOperatingDate"),
    )


def _arrival(resource: Resource, models: set[str]) -> StockArrival:
    return StockArrival(
        id=resource.id,
        model=_known_one("cpeModel", resource.one_related("supplies"), models),
        pieces=resource.whole("pieces"),
        on=resource.day_needed("startOperatingDate"),
    )


def _upgrade(resource: Resource, links: set[str]) -> PlannedUpgrade:
    return PlannedUpgrade(
        id=resource.id,
        link=_known_one("link", resource.one_related("upgrades"), links),
        adds_mbps=resource.whole("addsMbps"),
        in_service=resource.day_needed("startOperatingDate"),
    )


def _augment(resource: Resource, links: set[str]) -> PaidAugment:
    return PaidAugment(
        id=resource.id,
        link=_known_one("link", resource.one_related("augments"), links),
        adds_mbps=resource.whole("addsMbps"),
        nrc_minor=resource.money("nrc"),
        mrc_minor=resource.money("mrc"),
        lead_days=resource.days("leadTimeDays"),
    )


def _cpe(resource: Resource) -> CpeFact:
    model = CpeModel(
        id=resource.id,
        max_mbps=resource.whole("maxMbps"),
        features=resource.names("features"),
        nrc_minor=resource.money("nrc"),
        mrc_minor=resource.money("mrc"),
        availability=resource.availability(),
        delay_ms=resource.number("delayMs"),
        jitter_ms=resource.number_or("jitterMs", 0.0),
        loss=resource.percent_or_none("lossPercent") or 0.0,
    )
    return CpeFact(
        model=model,
        ports=resource.whole_or_none("ports"),
        power_w=resource.number_or_none("powerW"),
        rack_u=resource.number_or_none("rackU"),
        stock=resource.whole_or_none("stock"),
        stock_location=resource.text_or_none("stockLocation"),
        restock_days=resource.days("restockDays") if resource.has("restockDays") else None,
    )


def _build(resource: Resource) -> Build:
    return Build(
        id=resource.id,
        nrc_minor=resource.money("nrc"),
        mrc_minor=resource.money("mrc"),
        lead_days=resource.days("leadTimeDays"),
        max_sites=resource.whole_or_none("maxSites"),
        capacity_mbps=resource.whole_or_none("capacityMbps"),
    )


def _crew(resource: Resource) -> CrewFact:
    return CrewFact(
        skill=resource.text("skill"),
        until=resource.day_needed("endOperatingDate"),
        crew_days=resource.whole("crewDays"),
    )


def _access(resource: Resource) -> AccessFact:
    calendar = not resource.has("leadTimeDays") and resource.has("leadTimeCalendarDays")
    ports = resource.whole_or_none("freePorts")
    partner, srlgs = resource.supplier(), resource.related("sharesRisk")
    says_risks = partner is None or bool(srlgs)
    lead_days = resource.days("leadTimeCalendarDays" if calendar else "leadTimeDays")
    survey_days, permit_days = resource.whole_or_none("surveyDays") or 0, resource.whole_or_none("permitDays") or 0
    if survey_days + permit_days > (0 if calendar else lead_days):
        raise ValueError("surveyDays and permitDays are no part of leadTimeDays")
    down, up = resource.whole("bandwidthMbps"), resource.whole_or_none("upMbps")
    return AccessFact(
        id=resource.id,
        place=resource.place(),
        technology=resource.text("technology"),
        pop=resource.one_related("terminatesAt"),
        bandwidth_mbps=down,
        nrc_minor=resource.money("nrc"),
        mrc_minor=resource.money("mrc"),
        availability=resource.availability(),
        delay_ms=resource.number("delayMs"),
        lead_days=lead_days,
        survey_days=survey_days,
        permit_days=permit_days,
        calendar=calendar,
        usable_from=resource.day("startOperatingDate"),
        srlgs=srlgs,
        risks_declared=says_risks,
        entry_declared=says_risks,
        build=resource.one_or_none_related("needsBuild"),
        partner=partner,
        work=resource.work(),
        jitter_ms=resource.number_or_none("jitterMs"),
        loss=resource.percent_or_none("lossPercent"),
        optical_db=resource.number_or_none("opticalLossDb"),
        up_mbps=None if up == down else up,
        usable_until=resource.day("endOperatingDate"),
        in_use=resource.is_in_use if ports is None else ports < 1,
        ports=1 if ports is None else ports,
    )


def _known_one(category: str, name: str, known: set[str]) -> str:
    _known(category, (name,), known)
    return name


def _known(category: str, names: Iterable[str], known: set[str]) -> None:
    """What a resource stands on has to be there, complete and in service."""
    if missing := [name for name in names if name not in known]:
        raise ValueError(f"{category} {', '.join(missing)} is unknown, incomplete or not in service")
