"""The resource inventory as facts: complete ones are used, others are named and left out."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from linkwright.design.model import Build, CpeModel, Fibre, Link, Node, Srlg
from linkwright.designs.facts import (
    AccessFact,
    AccessFacts,
    CpeFact,
    CrewFact,
    CrewPool,
    NetworkFacts,
    OperatorFacts,
    PaidAugment,
    PlannedRetirement,
    PlannedUpgrade,
    StockArrival,
    WeatherFact,
)
from linkwright.designs.requirement import Work
from linkwright.errors import BadProblem
from linkwright.operations.model import CourseFact, SkillNeed, StaffFact
from linkwright.plan.model import After
from linkwright.wire.v4.outward import read_access, read_network
from tests.builders import NOW
from tests.wire.resources import a_link, a_pop, a_resource, an_option, euro

Json = Any


def network(*resources: Json) -> NetworkFacts:
    return read_network(resources, read_at=NOW)


def access(*resources: Json, currency: str | None = None) -> AccessFacts:
    return read_access(resources, read_at=NOW, currency=currency)


POPS = (a_pop("a"), a_pop("z", freePorts=4))


def test_every_category_is_read() -> None:
    facts = network(
        *POPS,
        a_link("l", (("endA", "a"), ("endZ", "z"), ("sharesRisk", "g"))),
        a_resource("sharedRiskGroup", "g", availability=0.9998, kindOfRisk="duct"),
        a_resource(
            "plannedUpgrade",
            "u",
            [("upgrades", "l")],
            {"startOperatingDate": "2027-01-15T00:00:00Z"},
            addsMbps=500,
        ),
        a_resource("paidAugment", "p", [("augments", "l")], addsMbps=1000, nrc=euro(10), mrc=euro(1), leadTimeDays=30),
        a_resource(
            "cpeModel",
            "c",
            maxMbps=1000,
            nrc=euro(180),
            mrc=euro(45),
            availability=0.9999,
            delayMs=0.1,
            features=["ipsec"],
            powerW=30,
            stock=7,
        ),
        a_resource("sharedBuild", "b", nrc=euro(8000), mrc=euro(40), leadTimeDays=60, maxSites=3),
        a_resource(
            "fieldCapacity", "f", (), {"endOperatingDate": "2026-12-31T00:00:00Z"}, skill="install", crewDays=40
        ),
        a_resource("teapot", "t"),
    )

    assert facts.incomplete == ()
    assert [node.id for node in facts.nodes] == ["a", "z"]
    assert facts.nodes[1] == Node(id="z", lat_deg=50.0, lon_deg=8.0, availability=0.9999, delay_ms=0.05, ports=4)
    assert facts.links == (
        Link(
            id="l",
            a="a",
            z="z",
            length_km=10.0,
            availability=0.999,
            mrc_minor_per_mbps=15,
            capacity_mbps=1000,
            srlgs=("g",),
        ),
    )
    assert facts.srlgs == (Srlg(id="g", availability=0.9998),)
    assert facts.upgrades == (PlannedUpgrade(id="u", link="l", adds_mbps=500, in_service=date(2027, 1, 15)),)
    assert facts.augments == (
        PaidAugment(id="p", link="l", adds_mbps=1000, nrc_minor=1000, mrc_minor=100, lead_days=30),
    )
    model = CpeModel(
        id="c",
        max_mbps=1000,
        features=("ipsec",),
        nrc_minor=18_000,
        mrc_minor=4_500,
        availability=0.9999,
        delay_ms=0.1,
    )
    assert facts.cpe == (CpeFact(model=model, power_w=30.0, stock=7),)
    assert facts.builds == (Build(id="b", nrc_minor=800_000, mrc_minor=4_000, lead_days=60, max_sites=3),)
    assert facts.crews == (CrewFact(skill="install", until=date(2026, 12, 31), crew_days=40),)
    assert (facts.currency, facts.read_at) == ("EUR", NOW)


@pytest.mark.parametrize("missing", ["latitudeDeg", "longitudeDeg", "availability", "delayMs"])
def test_a_pop_without_a_fact_is_left_out_with_all_that_stands_on_it(missing: str) -> None:
    facts = network(a_pop("a", **{missing: None}), a_pop("z"), a_link("l"))

    assert [node.id for node in facts.nodes] == ["z"]
    assert facts.links == ()
    assert [text.split(" is left out")[0] for text in facts.incomplete] == ["pop a", "link l"]
    assert missing in facts.incomplete[0]


@pytest.mark.parametrize("missing", ["lengthKm", "availability", "freeCapacityMbps", "mrcPerMbps"])
def test_a_link_without_a_fact_is_never_filled_with_zero(missing: str) -> None:
    facts = network(*POPS, a_link("l", **{missing: None}))

    assert facts.links == ()
    assert facts.incomplete == (f"link l is left out: {missing} is missing.",)


@pytest.mark.parametrize(
    ("link", "why"),
    [
        (a_link("l", (("endA", "a"),)), "endZ"),
        (a_link("l", (("endA", "a"), ("endZ", "a"))), "same pop"),
        (a_link("l", (("endA", "a"), ("endZ", "z"), ("sharesRisk", "g"))), "sharedRiskGroup g"),
        (a_link("l", availability=1.2), "probability"),
        (a_link("l", lengthKm=-1), "negative"),
        (a_link("l", mrcPerMbps=0.15), "money"),
        (a_link("l", attributes={"startOperatingDate": "someday"}), "no date"),
    ],
)
def test_a_link_that_makes_no_sense_is_left_out_with_the_reason(link: Json, why: str) -> None:
    facts = network(*POPS, link)

    assert facts.links == ()
    assert why in facts.incomplete[0]


@pytest.mark.parametrize(
    "attributes",
    [
        {"operationalState": "disable"},
        {"endOperatingDate": "2026-11-01T00:00:00Z"},
        {"startOperatingDate": "2026-12-01T00:00:00Z"},
    ],
)
def test_what_is_not_in_service_is_silently_not_there(attributes: Json) -> None:
    facts = network(*POPS, a_link("l", attributes=attributes))

    assert (facts.links, facts.incomplete) == ((), ())


def test_an_end_that_lies_ahead_does_not_matter_yet() -> None:
    assert network(*POPS, a_link("l", attributes={"endOperatingDate": "2026-11-02T00:00:00Z"})).links


def test_equal_facts_have_an_equal_snapshot_in_whatever_order_they_come() -> None:
    one, other = network(*POPS, a_link("l"), a_link("m")), network(a_link("m"), a_link("l"), *reversed(POPS))

    assert one.snapshot == other.snapshot
    assert one.snapshot != network(*POPS, a_link("l"), a_link("m", freeCapacityMbps=1)).snapshot


def test_the_time_of_reading_is_no_part_of_the_snapshot() -> None:
    later = read_network(POPS, read_at=datetime(2026, 11, 3, tzinfo=UTC))

    assert later.snapshot == network(*POPS).snapshot


def test_two_currencies_contradict_each_other() -> None:
    with pytest.raises(BadProblem, match="USD"):
        network(*POPS, a_link("l"), a_link("m", mrcPerMbps=euro(1, "USD")))
    with pytest.raises(BadProblem, match="EUR"):
        access(an_option(), currency="USD")


def test_an_access_option_is_read_with_all_that_it_says() -> None:
    option = an_option(
        relations=(("terminatesAt", "a"), ("sharesRisk", "g"), ("needsBuild", "b")),
        attributes={
            "startOperatingDate": "2027-01-15T00:00:00Z",
            "relatedParty": [{"id": "north", "role": "supplier"}],
        },
        crewDays={"install": 1},
    )

    assert access(option).options == (
        AccessFact(
            id="acc-1",
            place="s1",
            technology="fibre",
            pop="a",
            bandwidth_mbps=1000,
            nrc_minor=90_000,
            mrc_minor=31_050,
            availability=0.9995,
            delay_ms=0.1,
            lead_days=20,
            usable_from=date(2027, 1, 15),
            srlgs=("g",),
            build="b",
            partner="north",
            work={"install": 1},
        ),
    )


def test_a_lead_time_in_calendar_days_is_told_apart() -> None:
    (option,) = access(an_option(leadTimeDays=None, leadTimeCalendarDays=14)).options

    assert (option.lead_days, option.calendar) == (14, True)


def test_survey_and_permits_are_part_of_the_lead_time() -> None:
    (option,) = access(an_option(leadTimeDays=10, surveyDays=3, permitDays=7)).options

    assert (option.lead_days, option.survey_days, option.permit_days) == (10, 3, 7)


@pytest.mark.parametrize(
    ("option", "why"),
    [
        (an_option(nrc=None), "nrc is missing"),
        (an_option(leadTimeDays=None), "leadTimeDays is missing"),
        (an_option(relations=(("terminatesAt", "a"), ("terminatesAt", "z"))), "exactly one relation terminatesAt"),
        (an_option(attributes={"place": None}), "place is missing"),
        (an_option(crewDays={"install": "many"}), "crewDays"),
        (an_option(leadTimeDays=9, surveyDays=3, permitDays=7), "surveyDays and permitDays are no part of"),
        (an_option(leadTimeDays=None, leadTimeCalendarDays=90, permitDays=7), "surveyDays and permitDays are no part"),
    ],
)
def test_an_access_option_that_is_not_complete_is_named(option: Json, why: str) -> None:
    facts = access(option)

    assert facts.options == ()
    assert facts.incomplete[0].startswith("accessOption acc-1 is left out: ")
    assert why in facts.incomplete[0]


def test_a_group_says_which_kind_of_risk_is_shared() -> None:
    kinds = {"g1": "Entry", "g2": "carrier", "g3": "duct", "g4": "risk", "g5": "comet"}
    facts = network(*(a_resource("sharedRiskGroup", g, availability=1, kindOfRisk=kind) for g, kind in kinds.items()))

    assert [(group.id, group.kind) for group in facts.srlgs] == [
        ("g1", "entry"),
        ("g2", "carrier"),
        ("g3", "risk"),
        ("g4", "risk"),
    ]
    assert facts.incomplete == ("sharedRiskGroup g5 is left out: kindOfRisk is none of risk, duct, entry, carrier.",)


def test_jitter_loss_and_fibre_are_read_and_are_nothing_or_unknown_where_they_are_not_said() -> None:
    fibre = {"attenuationDbPerKm": 0.21, "splices": 4, "spliceDb": 0.05, "connectors": 2, "connectorDb": 0.3}
    links = (a_link("l", jitterMs=0.2, lossPercent="0.01 %", marginDb=1, **fibre), a_link("m"))
    facts = network(a_pop("a", jitterMs=0.1, lossPercent=0.1), a_pop("z"), *links)

    assert (facts.nodes[0].jitter_ms, facts.nodes[0].loss, facts.nodes[1].jitter_ms) == (0.1, 0.001, 0.0)
    lit, dark = facts.links
    assert (lit.jitter_ms, lit.loss) == (0.2, 0.0001)
    assert lit.fibre == Fibre(db_per_km=0.21, splices=4, splice_db=0.05, connectors=2, connector_db=0.3, margin_db=1.0)
    assert (dark.jitter_ms, dark.loss, dark.fibre) == (0.0, 0.0, None)


@pytest.mark.parametrize("joint", ["splice", "connector"])
@pytest.mark.parametrize(("pieces", "each", "is_known"), [(4, None, False), (None, 0.1, False), (0, None, True)])
def test_light_through_joints_that_are_half_known_is_not_known(
    joint: str, pieces: int | None, each: float | None, is_known: bool
) -> None:
    given = {f"{joint}s": pieces, f"{joint}Db": each}
    facts = {name: value for name, value in given.items() if value is not None}
    (link,) = network(a_pop("a"), a_pop("z"), a_link("l", attenuationDbPerKm=0.2, **facts)).links
    assert (link.fibre is not None) is is_known


def test_an_access_says_what_it_does_to_packets_and_light_and_how_long_it_is_there() -> None:
    until = {"endOperatingDate": "2027-06-30T00:00:00Z"}
    (option,) = access(an_option(jitterMs=0.4, lossPercent=2, opticalLossDb=3.5, attributes=until)).options
    (plain,) = access(an_option()).options

    assert (option.jitter_ms, option.loss, option.optical_db) == (0.4, 0.02, 3.5)
    assert option.usable_until == date(2027, 6, 30)
    assert (plain.jitter_ms, plain.loss, plain.optical_db, plain.usable_until) == (None, None, None, None)


def test_capacity_that_goes_and_stock_that_comes_are_read_with_their_dates() -> None:
    model = {"maxMbps": 1000, "nrc": euro(1), "mrc": euro(1), "availability": 1, "delayMs": 0, "jitterMs": 0.3}
    facts = network(
        *POPS,
        a_link("l"),
        a_resource("plannedRetirement", "r", [("retires", "l")], {"endOperatingDate": "2027-06-30"}, removesMbps=400),
        a_resource("plannedRetirement", "past", [("retires", "l")], {"endOperatingDate": "2026-06-30"}, removesMbps=4),
        a_resource("cpeModel", "c", **model),
        a_resource("stockArrival", "s", [("supplies", "c")], {"startOperatingDate": "2027-02-01"}, pieces=20),
        a_resource("stockArrival", "t", [("supplies", "d")], {"startOperatingDate": "2027-02-01"}, pieces=20),
    )

    assert facts.retirements == (PlannedRetirement(id="r", link="l", removes_mbps=400, until=date(2027, 6, 30)),)
    assert facts.arrivals == (StockArrival(id="s", model="c", pieces=20, on=date(2027, 2, 1)),)
    assert facts.incomplete == ("stockArrival t is left out: cpeModel d is unknown, incomplete or not in service.",)
    assert facts.cpe[0].model.jitter_ms == 0.3


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (a_link("l", lossPercent=101), "lossPercent"),
        (a_link("l", jitterMs=-1), "jitterMs"),
        (a_link("l", attenuationDbPerKm=0.2, splices="many"), "splices"),
        (a_resource("plannedRetirement", "r", [("retires", "m")], removesMbps=4), "endOperatingDate"),
    ],
)
def test_a_quality_that_is_none_leaves_the_resource_out(resource: Json, why: str) -> None:
    (told,) = network(*POPS, a_link("m"), resource).incomplete

    assert why in told


@pytest.mark.parametrize(("state", "in_use"), [("idle", False), ("active", True), ("Busy", True), (None, False)])
def test_the_usage_state_says_whether_somebody_has_an_access(state: str | None, in_use: bool) -> None:
    (option,) = access(an_option(attributes={"usageState": state, "place": {"id": "p"}})).options
    assert option.in_use is in_use


@pytest.mark.parametrize(("ports", "in_use"), [(0, True), (1, False), (4, False)])
def test_an_access_that_states_its_free_ports_is_in_use_when_none_is_left(ports: int, in_use: bool) -> None:
    attributes = {"usageState": "active", "place": {"id": "p"}}
    (option,) = access(an_option(attributes=attributes, freePorts=ports)).options
    assert (option.ports, option.in_use) == (ports, in_use)


@pytest.mark.parametrize(
    ("supplier", "relations", "undeclared"),
    [
        ("north", [("terminatesAt", "a")], ("srlg", "entry")),
        ("north", [("terminatesAt", "a"), ("sharesRisk", "duct")], ()),
        (None, [("terminatesAt", "a")], ()),
    ],
)
def test_a_partner_who_names_nothing_that_its_access_shares_has_not_declared_it(
    supplier: str | None, relations: list[tuple[str, str]], undeclared: tuple[str, ...]
) -> None:
    option = an_option()
    option["resourceRelationship"] = a_resource("accessOption", "x", relations)["resourceRelationship"]
    if supplier is not None:
        option["relatedParty"] = [{"id": supplier, "role": "supplier"}]
    (read,) = access(option).options
    assert read.undeclared == undeclared


OPERATOR: dict[str, Json] = {
    "crewPool": {"skill": "install", "crews": 3},
    "staff": {"team": "noc", "skill": "sdwan", "people": 1},
    "skillNeed": {"team": "noc", "skill": "sdwan", "people": 3},
    "course": {"skill": "sdwan", "durationDays": 3, "seats": 2},
    "weather": {"months": [9, 4, "5", 9]},
    "bespokeActivity": {"days": 20},
}


def of_the_operator(category: str, attributes: Json = None, **changes: Json) -> NetworkFacts:
    facts = {name: value for name, value in {**OPERATOR[category], **changes}.items() if value is not None}
    return network(a_resource(category, "x", attributes=attributes, **facts))


def test_whom_and_what_an_operator_builds_and_runs_services_with_is_read() -> None:
    facts = network(*(a_resource(category, category, **said) for category, said in OPERATOR.items()))

    assert facts.incomplete == ()
    assert facts.operator == OperatorFacts(
        pools=(CrewPool(id="crewPool", skill="install", crews=3),),
        weather=(WeatherFact(id="weather", months=(4, 5, 9)),),
        staff=(StaffFact(team="noc", skill="sdwan", people=1),),
        needs=(SkillNeed(id="skillNeed", team="noc", skill="sdwan", people=3),),
        courses=(CourseFact(id="course", name="course", skill="sdwan", days=3, seats=2),),
        works=(Work(id="bespokeActivity", name="bespokeActivity", days=20),),
    )
    assert facts.snapshot != network().snapshot


def test_what_an_operator_may_say_beside_is_read() -> None:
    start = {"startOperatingDate": "2027-01-11T00:00:00Z", "name": "SD-WAN in three days"}
    course = of_the_operator("course", start, nrc=euro(450)).operator.courses[0]
    need = of_the_operator("skillNeed", technology="5g", specification="cfs", activity="test").operator.needs[0]

    assert of_the_operator("crewPool", jobsPerDay=2).operator.pools[0].jobs_per_day == 2
    assert of_the_operator("weather", reserveDays=4).operator.weather[0].reserve_days == 4
    assert (course.name, course.nrc_minor, course.available_from) == (
        "SD-WAN in three days",
        45_000,
        date(2027, 1, 11),
    )
    assert (need.technology, need.specification, need.activity) == ("5g", "cfs", "test")


@pytest.mark.parametrize("category", ["crewPool", "staff"])
def test_people_who_come_later_are_not_there_yet(category: str) -> None:
    later = of_the_operator(category, {"startOperatingDate": "2027-01-11T00:00:00Z"})

    assert (later.operator, later.incomplete) == (OperatorFacts(), ())


def test_an_activity_of_the_inventory_has_the_members_of_any_activity() -> None:
    facts = of_the_operator(
        "bespokeActivity",
        {"name": "Spectrum licence"},
        id="not-mine",
        kind="permit",
        after=["survey", {"activity": "staging", "lagDays": 1}],
        cost=euro(350),
        noReturn="soft",
        colour="blue",
    )

    assert facts.operator.works == (
        Work(
            id="x",
            name="Spectrum licence",
            kind="permit",
            days=20,
            after=(After(activity="survey"), After(activity="staging", lag_days=1)),
            nrc_minor=35_000,
            no_return="soft",
        ),
    )


@pytest.mark.parametrize(
    ("category", "missing"), [(category, name) for category, said in OPERATOR.items() for name in said]
)
def test_a_fact_of_the_operator_that_is_missing_leaves_the_resource_out(category: str, missing: str) -> None:
    facts = of_the_operator(category, **{missing: None})

    assert facts.operator == OperatorFacts()
    assert facts.incomplete == (f"{category} x is left out: {missing} is missing.",)


@pytest.mark.parametrize(
    ("category", "wrong", "why"),
    [
        ("crewPool", {"jobsPerDay": 0}, "jobsPerDay: a whole number from 1 on"),
        ("crewPool", {"crews": -1}, "crews is negative"),
        ("course", {"seats": 0}, "seats: a whole number from 1 on"),
        ("course", {"durationDays": "P3D"}, "durationDays: a number is expected"),
        ("weather", {"months": []}, "months: a list of months"),
        ("weather", {"months": [0, 3]}, "months: a whole number from 1 on"),
        ("weather", {"months": [13]}, "months: months from 1 to 12"),
        ("bespokeActivity", {"kind": "party"}, "activity.kind: one of survey"),
        ("bespokeActivity", {"mostDays": 3}, "in this order of size"),
    ],
)
def test_a_fact_of_the_operator_that_makes_no_sense_is_told(category: str, wrong: Json, why: str) -> None:
    facts = of_the_operator(category, **wrong)

    assert facts.operator == OperatorFacts()
    assert why in facts.incomplete[0]


@pytest.mark.parametrize(("category", "price"), [("course", "nrc"), ("bespokeActivity", "cost")])
def test_a_price_of_the_operator_in_a_second_currency_contradicts_the_others(category: str, price: str) -> None:
    priced = a_resource(category, "x", **OPERATOR[category], **{price: euro(5, "USD")})

    with pytest.raises(BadProblem, match="one currency"):
        network(*POPS, a_link("l"), priced)


def test_stock_that_is_filled_up_says_after_how_many_days() -> None:
    facts = {"maxMbps": 1000, "nrc": euro(1), "mrc": euro(1), "availability": 0.9999, "delayMs": 0.1}

    assert network(a_resource("cpeModel", "c", **facts)).cpe[0].restock_days is None
    assert network(a_resource("cpeModel", "c", **facts, restockDays=30)).cpe[0].restock_days == 30


@pytest.mark.parametrize(("up", "read"), [(None, None), (20, 20), (1000, None)])
def test_an_access_says_what_it_has_upstream_where_that_is_not_the_same(up: int | None, read: int | None) -> None:
    (option,) = access(an_option(upMbps=up)).options

    assert (option.bandwidth_mbps, option.up_mbps) == (1000, read)
