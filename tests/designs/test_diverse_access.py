"""Many places with diverse access and mobile backup: exact figures, planned capacity, a day that cannot be kept."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from linkwright.design.model import CpeModel, Link, Node, Srlg
from linkwright.designs.answers import Answer, ItemAnswer, Proposal, SiteSolution
from linkwright.designs.facts import AccessFact, CapacityBooking, CpeFact, PartnerAnswer
from linkwright.designs.requirement import CostComponent, Requirement
from linkwright.wire.v4.commercial_words import in_bundle_words
from linkwright.wire.v4.design_words import solution_words, totals_words
from tests.builders import NOW, a_network, a_place, a_requirement, a_specification, an_access
from tests.designs.answering import answer_to, codes, item_of, labels
from tests.fakes import FakeFacts

HOLIDAYS = tuple(
    date.fromisoformat(day)
    for day in ("2026-12-25", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-06", "2027-05-17")
)
MANAGED = CostComponent(name="Management", nrc_minor=0, mrc_minor=60_00)
DEFAULTS = Requirement(
    ref="",
    bandwidth_mbps=100,
    availability=0.995,
    round_trip_ms=50.0,
    diversity="none",
    term_months=36,
    destinations=("core",),
    cost_components=(MANAGED,),
)
SMALL = tuple(f"b{number}" for number in range(1, 11))
EDGES = ("edge", "edge-2")
LIMITS = {"round_trip_ms": 30.0, "jitter_ms": 5.0, "loss": 0.001}


def a_fibre(name: str, place: str, **changes: object) -> AccessFact:
    plain = an_access(
        id=name,
        place=place,
        pop="edge",
        nrc_minor=900_00,
        mrc_minor=310_00,
        availability=0.999,
        delay_ms=4.0,
        jitter_ms=1.0,
        loss=0.0001,
        lead_days=20,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def a_mobile(place: str) -> AccessFact:
    return an_access(
        id=f"5g-{place}",
        place=place,
        technology="5g",
        pop="core",
        bandwidth_mbps=100,
        up_mbps=20,
        nrc_minor=250_00,
        mrc_minor=38_00,
        availability=0.995,
        delay_ms=11.0,
        jitter_ms=4.0,
        loss=0.0005,
        lead_days=5,
    )


def offered(partner: str, ref: str, fact: AccessFact) -> PartnerAnswer:
    quote = f"{partner}-{ref}"
    offer = replace(fact, id=f"{partner}:{quote}", partner=partner, quote=quote)
    return PartnerAnswer(
        partner=partner, ref=ref, asked="offered", offer=offer, valid_until=NOW + timedelta(days=300), took_s=0.1
    )


def some_places() -> FakeFacts:
    ducts = tuple(Srlg(id=name, availability=0.9998) for name in ("k1", "k2", "k7"))
    nodes = tuple(
        Node(id=name, lat_deg=50.0, lon_deg=8.0, availability=up, delay_ms=0.0)
        for name, up in (("edge", 0.99995), ("edge-2", 0.99995), ("core", 0.99999))
    )
    links = tuple(
        Link(
            id=f"{edge}-core",
            a=edge,
            z="core",
            length_km=0.0,
            availability=1.0,
            mrc_minor_per_mbps=0,
            capacity_mbps=10_000,
        )
        for edge in EDGES
    )
    box = CpeModel(
        id="box",
        max_mbps=1000,
        features=(),
        nrc_minor=180_00,
        mrc_minor=45_00,
        availability=0.9999,
        delay_ms=0.0,
    )
    large = {"availability": 0.9995, "nrc_minor": 1500_00, "mrc_minor": 620_00}
    own = [a_fibre(f"fibre-{place}", place) for place in SMALL[:8]]
    own[7] = replace(own[7], usable_from=date(2027, 1, 15), lead_days=15)
    own += [
        a_fibre("dc-a-1", "dc-a", srlgs=("k1",), **large),
        a_fibre("dc-a-2", "dc-a", pop="edge-2", srlgs=("k2",), **large),
        a_fibre("dc-b-1", "dc-b", srlgs=("k7",), **large),
        a_fibre("dc-b-2", "dc-b", pop="edge-2", srlgs=("k7",), **large),
    ]
    own += [a_mobile(place) for place in SMALL]
    north = a_fibre("", "dc-b", pop="edge-2", availability=0.9995, nrc_minor=3800_00, mrc_minor=910_00, lead_days=60)
    nearby = a_fibre("", "b9", nrc_minor=2400_00, mrc_minor=410_00, lead_days=45)
    late = a_fibre("", "b10", nrc_minor=4100_00, mrc_minor=520_00, lead_days=140)
    high = an_access(
        place="b10",
        technology="leo",
        pop="core",
        bandwidth_mbps=50,
        up_mbps=10,
        nrc_minor=0,
        mrc_minor=110_00,
        unpriced=("nrc",),
        availability=0.985,
        delay_ms=22.5,
        jitter_ms=4.0,
        loss=0.0008,
        lead_days=10,
    )
    return FakeFacts(
        facts=a_network(nodes=nodes, links=links, srlgs=ducts, cpe=(CpeFact(model=box),)),
        access=tuple(own),
        known_places={place: a_place(place) for place in ("dc-a", "dc-b", *SMALL)},
        specifications={"cfs": a_specification(defaults=DEFAULTS)},
        answers=(
            offered("north", "dc-b", north),
            offered("metro", "b9", nearby),
            offered("metro", "b10", late),
            offered("sat", "b10", high),
        ),
    )


def at(place: str, **changes: object) -> Requirement:
    plain = a_requirement(ref=place, place=None, destinations=None, diversity=None, term_months=None)
    wanted = replace(plain, place=replace(a_requirement().place, id=place), **LIMITS)  # type: ignore[type-var,arg-type]
    return replace(wanted, **changes)  # type: ignore[arg-type]


def large(place: str) -> Requirement:
    return at(place, bandwidth_mbps=1000, availability=0.9999, diversity="srlg", cpe_per_leg=True)


def small(place: str, **changes: object) -> Requirement:
    return at(place, availability=0.9995, backup="mobile", **changes)


BUNDLE = Requirement(
    ref="all", bundles=(), budget_nrc_minor=25_000_00, budget_mrc_minor=8_000_00, budget_currency="EUR"
)


@cache
def of_all() -> Answer:
    wanted = [large("dc-a"), large("dc-b"), *map(small, SMALL)]
    bundle = replace(BUNDLE, bundles=tuple(one.ref for one in wanted))
    return answer_to(some_places(), bundle, *wanted, holidays=HOLIDAYS)


def solved(ref: str) -> SiteSolution:
    item = item_of(of_all(), ref)
    assert item.solution is not None, labels(item)
    return item.solution


def of_late() -> tuple[ItemAnswer, Proposal, Proposal]:
    item = item_of(of_all(), "b10")
    later, in_time = item.proposals
    return item, later, in_time


def percent(share: float | None) -> float:
    assert share is not None
    return round(100 * share, 5)


def test_all_but_one_have_what_they_asked_for() -> None:
    results = {item.ref: item.result for item in of_all().items}
    assert results == {**dict.fromkeys(("dc-a", "dc-b", *SMALL), "qualified"), "b10": "alternate", "all": "alternate"}


def test_availability_is_exact_with_and_without_the_backup() -> None:
    plain = solved("b1")
    assert (percent(plain.availability), percent(plain.availability_without_backup)) == (99.98848, 99.88402)
    assert (percent(solved("dc-a").availability), percent(solved("dc-b").availability)) == (99.99893, 99.99894)
    assert solved("dc-a").availability_without_backup is None
    words = solution_words(plain)
    assert words["sla.withoutBackup"] == plain.availability_without_backup
    assert words["access.role"] == ["primary", "backup"]


def test_both_legs_in_one_duct_are_not_diverse() -> None:
    facts = some_places()
    facts.answers = ()
    item = item_of(answer_to(facts, large("dc-b"), holidays=HOLIDAYS), "dc-b")
    assert (item.result, codes(item)[0]) == ("alternate", "SD-DIV-01")
    assert "k7" in labels(item)
    (both,) = [one for one in item.proposals if "diversity" in {own.dimension for own in one.relaxed}]
    assert percent(both.solution.availability) == 99.97896


def test_a_partner_on_another_way_is_told_as_diverse_and_the_cheaper_way_as_not_used() -> None:
    solution = solved("dc-b")
    assert {leg.supplier for leg in solution.legs} == {"own", "north"}
    assert solution.ready == date(2027, 1, 27)
    words = solution_words(solution)
    assert {"duct", "carrier"} <= set(words["access.diversityAchieved"])
    (other,) = words["access.notUsed"]
    assert other["access"] in ("dc-b-1", "dc-b-2")
    assert "shares k7 with dc-b-" in other["why"]


def test_what_is_planned_is_told_with_its_day() -> None:
    solution = solved("b8")
    assert (solution.ready, solution.planned_in_service) == (date(2027, 2, 8), date(2027, 1, 15))
    assert solution.confidence == "yellow"
    words = solution_words(solution)
    assert (words["capacity.basis"], words["capacity.plannedInService"]) == ("planned", "2027-01-15")
    assert solved("b9").ready == date(2027, 1, 6)


def test_headroom_is_what_the_whole_request_leaves() -> None:
    """Ten working legs of 100 Mbit/s less one that is not designed, and one of each large place."""
    loads = dict.fromkeys(EDGES, 0)
    for item in of_all().items:
        for leg in item.solution.legs if item.solution is not None else ():
            for link in leg.links:
                mbps = leg.mbps or item.solution.requirement.bandwidth_mbps or 0  # type: ignore[union-attr]
                loads[link.removesuffix("-core")] += mbps
    for ref in ("b1", "dc-a"):
        edges = {link.removesuffix("-core") for leg in solved(ref).legs for link in leg.links}
        assert solved(ref).headroom_mbps == min(10_000 - loads[edge] for edge in edges)


def test_what_a_backup_offers_is_told_though_no_bandwidth_is_asked_of_it() -> None:
    words = solution_words(solved("b1"))
    assert words["access.bandwidth"] == [
        {"down": 1000, "up": 1000, "unit": "Mbit/s"},
        {"down": 100, "up": 20, "unit": "Mbit/s"},
    ]


def test_a_backup_is_explained_where_it_is_needed() -> None:
    arrangement = solved("b1").arrangement
    assert arrangement is not None
    assert arrangement.kind == "special"
    assert "availability 99.95000 % wanted, 99.50000 % is standard" in arrangement.why
    (backup,) = [one for one in arrangement.why if "backup" in one]
    assert backup.startswith("a backup (mobile) wanted, none is standard; without it the availability is 99.88402")
    assert backup.endswith("less than the 99.95000 % wanted, so it is necessary")


def test_what_asks_for_no_more_than_the_defaults_is_standard() -> None:
    plain = at("b1", bandwidth_mbps=None, availability=None, round_trip_ms=60.0, jitter_ms=None, loss=None)
    item = item_of(answer_to(some_places(), plain, holidays=HOLIDAYS), "b1")
    assert item.solution is not None
    words = solution_words(item.solution)
    assert (words["design.arrangement"], "design.arrangementReason" in words) == ("standard", False)


def test_a_later_day_keeps_all_else_and_what_is_there_in_time_is_offered_beside() -> None:
    item, later, in_time = of_late()
    assert codes(item)[0] == "SD-TIM-01"
    assert "2027-05-25" in labels(item)
    assert [(one.dimension, one.offered) for one in later.relaxed] == [("date", "2027-05-25")]
    assert [leg.technology for leg in later.solution.legs] == ["fibre", "5g"]
    relaxed = {one.dimension: (one.wanted, one.offered) for one in in_time.relaxed}
    assert relaxed == {
        "bandwidth": (100, {"down": 100, "up": 20}),
        "latency": (30.0, 45.0),
        "backup": ("mobile", "satellite"),
    }
    assert in_time.solution.ready <= date(2027, 3, 1)
    assert [leg.technology for leg in in_time.solution.legs] == ["5g", "leo"]
    assert percent(in_time.solution.availability) == 99.98150
    assert (in_time.solution.requirement.bandwidth_mbps, in_time.solution.requirement.up_mbps) == (100, 20)


def test_a_price_that_nobody_states_is_no_part_of_a_sum_that_looks_whole() -> None:
    item, _, in_time = of_late()
    (missing,) = [one.label for one in item.findings if one.code == "SD-INF-01"]
    assert "one-time price" in missing
    assert "sat" in missing
    assert (in_time.solution.confidence, in_time.solution.without_nrc) == ("red", ("sat:sat-b10",))
    words = solution_words(in_time.solution)
    assert "commercial.oneTimeCost" not in words
    assert words["commercial.oneTimeCostKnown"] == {"unit": "EUR", "value": 430}
    assert words["commercial.recurringCost"] == {"unit": "EUR", "value": 253}
    assert words["commercial.missingPrices"] == ["sat:sat-b10 oneTimeCost"]
    breakdown = {one["part"]: one for one in words["commercial.costBreakdown"]}
    assert "oneTimeCost" not in breakdown["sat:sat-b10"]
    assert breakdown["Management"]["recurringCost"] == {"unit": "EUR", "value": 60}


def test_the_budget_of_the_bundle_is_told_with_both_proposals_and_keeps_neither_away() -> None:
    item, later, in_time = of_late()
    totals = of_all().totals
    assert totals is not None
    nrc_minor, mrc_minor = totals.nrc_minor, totals.mrc_minor
    assert nrc_minor + 430_00 == 22_920_00
    assert nrc_minor + later.solution.nrc_minor == 27_020_00
    assert mrc_minor + in_time.solution.mrc_minor == 7_500_00
    assert mrc_minor + later.solution.mrc_minor == 7_910_00
    assert in_bundle_words(later) == {
        "design.solution.oneTimeCost": {"unit": "EUR", "value": 27_020},
        "design.solution.recurringCost": {"unit": "EUR", "value": 7_910},
        "commercial.budgetOneTimeVariance": {"unit": "EUR", "value": 2_020},
        "commercial.budgetRecurringVariance": {"unit": "EUR", "value": -90},
    }
    assert set(in_bundle_words(in_time)) == {
        "design.solution.oneTimeCostKnown",
        "design.solution.recurringCost",
        "commercial.budgetOneTimeVarianceKnown",
        "commercial.budgetRecurringVariance",
    }
    assert "SD-BUD-01" in codes(item)
    assert "27,020.00 EUR" in labels(item)
    assert "commercial.oneTimeCost" in totals_words(totals, BUNDLE)


def test_a_way_without_a_price_is_never_used_where_another_one_does() -> None:
    facts = some_places()
    fast = replace(a_fibre("", "b1", mrc_minor=1_00), unpriced=("nrc",), nrc_minor=0)
    facts.answers = (offered("metro", "b1", fast),)
    item = item_of(answer_to(facts, small("b1"), holidays=HOLIDAYS), "b1")
    assert item.result == "qualified"
    assert item.solution is not None
    assert [leg.access for leg in item.solution.legs] == ["fibre-b1", "5g-b1"]
    assert [(one.access, "one-time price" in one.why) for one in item.solution.not_used] == [("metro:metro-b1", True)]


def test_a_way_without_a_price_is_offered_where_there_is_no_other() -> None:
    facts = some_places()
    facts.access = ()
    only = replace(a_fibre("", "b1"), unpriced=("mrc",), mrc_minor=0)
    facts.answers = (offered("metro", "b1", only),)
    item = item_of(answer_to(facts, at("b1"), holidays=HOLIDAYS), "b1")
    assert (item.result, codes(item)) == ("alternate", ["SD-INF-01"])
    (proposal,) = item.proposals
    assert (proposal.relaxed, proposal.solution.without_mrc) == ((), ("metro:metro-b1",))


def test_at_most_as_many_proposals_are_made_as_are_wanted() -> None:
    one = item_of(answer_to(some_places(), small("b10", max_alternatives=1), holidays=HOLIDAYS), "b10")
    assert [[own.dimension for own in each.relaxed] for each in one.proposals] == [["date"]]


@pytest.mark.parametrize(
    ("budget", "result"), [({"budget_mrc_minor": 453_00}, "qualified"), ({"budget_mrc_minor": 452_99}, "alternate")]
)
def test_what_is_fixed_counts_against_a_budget(budget: dict[str, int], result: str) -> None:
    """310 and 38 for the accesses, 45 for the CPE, 60 for the management."""
    item = item_of(answer_to(some_places(), small("b1", **budget), holidays=HOLIDAYS), "b1")
    assert item.result == result


def test_a_component_without_a_price_leaves_the_sum_open() -> None:
    unknown = CostComponent(name="Licence", component="licence", per="leg", nrc_minor=5_00, mrc_minor=None)
    wanted = small("b1", cost_components=(MANAGED, unknown))
    item = item_of(answer_to(some_places(), wanted, holidays=HOLIDAYS), "b1")
    assert (item.result, codes(item)) == ("qualified", ["SD-INF-01"])
    assert "monthly price of Licence" in labels(item)
    assert item.solution is not None
    assert item.solution.nrc_minor == 900_00 + 250_00 + 180_00 + 2 * 5_00
    words = solution_words(item.solution)
    assert "commercial.recurringCost" not in words
    assert words["commercial.recurringCostKnown"] == {"unit": "EUR", "value": 453}
    answer = answer_to(some_places(), wanted, holidays=HOLIDAYS)
    assert answer.totals is not None
    assert "commercial.recurringCostKnown" in totals_words(answer.totals, BUNDLE)


def test_a_way_that_others_have_booked_or_that_is_not_permitted_is_told_with_the_reason() -> None:
    facts = some_places()
    cheap = {"nrc_minor": 0, "mrc_minor": 1_00}
    booked = a_fibre("booked", "b1", pop="edge-2", **cheap)
    facts.access += (
        booked,
        a_fibre("used", "b1", in_use=True, **cheap),
        a_fibre("slow", "b1", delay_ms=20.0, **cheap),
        a_fibre("thin", "b1", bandwidth_mbps=50, up_mbps=10, **cheap),
        a_fibre("late", "b1", lead_days=200, **cheap),
        a_fibre("radio", "b1", technology="radio", **cheap),
        a_fibre("theirs", "b1", partner="east", **cheap),
        a_fibre("unknown", "b1", jitter_ms=None, **cheap),
    )
    booking = CapacityBooking(id="r", resource="booked", quantity=1, start=date(2027, 2, 20), until=date(2027, 3, 17))
    facts.facts = replace(facts.facts, bookings=(booking,))
    wanted = small("b1", technology_forbidden=("radio",), partner_excluded=("east",))
    item = item_of(answer_to(facts, wanted, holidays=HOLIDAYS), "b1")
    assert item.solution is not None, labels(item)
    told = {one.access: one.why for one in item.solution.not_used}
    assert told == {
        "booked": "booked by others from 2027-02-20 until 2027-03-17, needed from 2027-03-01",
        "used": "somebody has it already",
        "slow": "latency 40 ms > 30 ms",
        "thin": "50/10 Mbit/s < 100 Mbit/s",
        "late": told["late"],
        "radio": "radio is not permitted for this leg",
        "theirs": "partner east is excluded, or another one is preferred",
        "unknown": "its jitter is not known",
    }
    assert told["late"].startswith("ready on 2027-08-")
    assert told["late"].endswith("needed by 2027-03-01")


def test_what_costs_no_less_is_not_told_as_not_used() -> None:
    facts = some_places()
    facts.access += (a_fibre("dear", "b1", mrc_minor=999_00), a_fibre("same", "b1"))
    item = item_of(answer_to(facts, small("b1"), holidays=HOLIDAYS), "b1")
    assert item.solution is not None
    assert item.solution.not_used == ()
