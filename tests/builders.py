"""Valid things to start from: a test changes only what it is about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from linkwright.design.model import CpeModel, Link, Node
from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import AccessFact, CpeFact, NetworkFacts
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.requirement import Place, PlaceWanted, Requirement, Specification
from linkwright.orders.model import Order, OrderItem
from linkwright.qualifications.model import Question

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def a_requirement(**changes: Any) -> Requirement:
    plain = Requirement(
        ref="1",
        specification="cfs",
        place=PlaceWanted(kind="site", id="site-1"),
        destinations=("hub",),
        bandwidth_mbps=100,
        availability=0.99,
        round_trip_ms=30.0,
        diversity="none",
        term_months=36,
        needed_by=date(2027, 3, 1),
    )
    return replace(plain, **changes)


def a_place(name: str = "site-1") -> Place:
    return Place(id=name, name=name, ids=(name, f"address-of-{name}"))


def a_specification(**changes: Any) -> Specification:
    return replace(Specification(id="cfs", name="CFS", designable=True, defaults=Requirement(ref="")), **changes)


def an_access(**changes: Any) -> AccessFact:
    plain = AccessFact(
        id="fibre-1",
        place="site-1",
        technology="fibre",
        pop="west",
        bandwidth_mbps=1000,
        nrc_minor=90_000,
        mrc_minor=31_000,
        availability=0.999,
        delay_ms=0.1,
        lead_days=20,
    )
    return replace(plain, **changes)


def a_node(name: str, **changes: Any) -> Node:
    return replace(Node(id=name, lat_deg=50.0, lon_deg=8.0, availability=0.99999, delay_ms=0.05), **changes)


def a_link(name: str, a: str, z: str, **changes: Any) -> Link:
    plain = Link(
        id=name,
        a=a,
        z=z,
        length_km=100.0,
        availability=0.9995,
        mrc_minor_per_mbps=10,
        capacity_mbps=1000,
    )
    return replace(plain, **changes)


def a_network(**changes: Any) -> NetworkFacts:
    """West and east both reach the hub, and each other."""
    cpe = CpeModel(
        id="cpe-1",
        max_mbps=1000,
        features=("ipv4",),
        nrc_minor=18_000,
        mrc_minor=4_500,
        availability=0.9999,
        delay_ms=0.1,
    )
    plain = NetworkFacts(
        nodes=(a_node("west"), a_node("east"), a_node("hub")),
        links=(
            a_link("west-hub", "west", "hub"),
            a_link("east-hub", "east", "hub"),
            a_link("west-east", "west", "east"),
        ),
        srlgs=(),
        upgrades=(),
        augments=(),
        cpe=(CpeFact(model=cpe, ports=4),),
        builds=(),
        crews=(),
        currency="EUR",
        read_at=NOW,
        snapshot="snapshot-1",
    )
    return replace(plain, **changes)


def a_leg(**changes: Any) -> LegSolution:
    plain = LegSolution(
        access="fibre-1",
        technology="fibre",
        supplier="own",
        pop="west",
        nodes=("west", "hub"),
        links=("west-hub",),
        length_km=100.0,
        latency_ms=0.8,
        availability=0.998,
        nrc_minor=90_000,
        mrc_minor=32_000,
        ready=date(2026, 11, 30),
    )
    return replace(plain, **changes)


def a_solution(**changes: Any) -> SiteSolution:
    plain = SiteSolution(
        design_id="design-1",
        version=1,
        requirement=a_requirement(),
        place=a_place(),
        cpe="cpe-1",
        cpe_quantity=1,
        legs=(a_leg(),),
        latency_ms=0.8,
        availability=0.998,
        weakest="access:fibre-1",
        shared_risks=(),
        nrc_minor=108_000,
        mrc_minor=36_500,
        currency="EUR",
        ready=date(2026, 11, 30),
        needed_by=date(2027, 3, 1),
        gap=0.0,
        snapshot="snapshot-1",
        computed_at=NOW,
        valid_until=NOW + timedelta(days=30),
    )
    return replace(plain, **changes)


def an_item(**changes: Any) -> OrderItem:
    plain = OrderItem(id="1", action="add", state="acknowledged", requirement=a_requirement(), design_id="design-1")
    return replace(plain, **changes)


def an_order(**changes: Any) -> Order:
    plain = Order(
        id="order-1", state="acknowledged", items=(an_item(),), ordered_at=NOW, requester="anonymous", body={}
    )
    return replace(plain, **changes)


def a_question(**changes: Any) -> Question:
    plain = Question(
        id="check-1",
        kind="check",
        state="accepted",
        requirements=(a_requirement(),),
        asked_at=NOW,
        requester="anonymous",
        body={},
        wants_alternatives=True,
        wants_reasons=True,
    )
    return replace(plain, **changes)
