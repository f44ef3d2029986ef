"""Every word by which a request or a fact is said reaches the problem of the design core: a row for each word."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from linkwright.design.ask import Ask
from linkwright.design.model import (
    Augment,
    Booking,
    Budget,
    Design,
    Fibre,
    FieldCapacity,
    Freed,
    LegWish,
    Meeting,
    Outcome,
    Problem,
    Retirement,
    Separation,
    Stock,
    Upgrade,
    Verdict,
    Worth,
)
from linkwright.designs.requirement import Requirement
from linkwright.plan.working_days import WorkingDays
from linkwright.wire.v4.outward import read_access, read_network, read_service
from linkwright.wire.v4.qualification import read_check
from linkwright.wire.wishes import WORDS
from tests.builders import NOW, a_place, a_specification
from tests.designs.answering import Core, a_designer
from tests.fakes import FakeFacts
from tests.test_words import RESOURCES
from tests.wire.resources import a_resource, euro

Json = Any
Lens = Callable[[Problem], Any]
DAYS = WorkingDays(NOW.date())
NEW_YEAR = date(2027, 1, 4)
JANUARY = "2027-01-04T00:00:00Z"
DAY = DAYS.up_to(NEW_YEAR)
OF_PLAN_AND_OPERATION = ("crewPool", "staff", "skillNeed", "course", "weather", "bespokeActivity")
NOT_OF_A_PROBLEM = (
    {("cpeModel", word) for word in ("ports", "powerW", "rackU", "stockLocation")}
    | {("accessOption", word) for word in ("freePorts", "surveyDays", "permitDays")}
    | {(category, word) for category in OF_PLAN_AND_OPERATION for word in RESOURCES[category][0]}
)
"""What is told of a design that uses it, and decides nothing of one item alone."""
PLAIN: Mapping[str, Json] = {"bandwidth": 100, "destination": ["hub"], "termMonths": 36}
FACTS: Mapping[str, Mapping[str, Json]] = {
    "pop": {"latitudeDeg": 50.0, "longitudeDeg": 8.0, "availability": 0.9999, "delayMs": 0.05},
    "link": {"lengthKm": 10.0, "availability": 0.999, "freeCapacityMbps": 1000, "mrcPerMbps": euro(0.1)},
    "sharedRiskGroup": {"availability": 0.9998},
    "plannedUpgrade": {"addsMbps": 400},
    "plannedRetirement": {"removesMbps": 300},
    "paidAugment": {"addsMbps": 900, "nrc": euro(500), "mrc": euro(50), "leadTimeDays": 30},
    "accessOption": {
        "technology": "fibre",
        "bandwidthMbps": 1000,
        "nrc": euro(900),
        "mrc": euro(310),
        "availability": 0.9995,
        "delayMs": 0.1,
        "leadTimeDays": 20,
        "jitterMs": 1.0,
        "lossPercent": 0.01,
        "opticalLossDb": 2.0,
    },
    "sharedBuild": {"nrc": euro(4000), "mrc": euro(10), "leadTimeDays": 15},
    "cpeModel": {"maxMbps": 1000, "nrc": euro(180), "mrc": euro(45), "availability": 0.9999, "delayMs": 0.1},
    "stockArrival": {"pieces": 7},
    "fieldCapacity": {"skill": "install", "crewDays": 12},
}
ATTRIBUTES: Mapping[str, Mapping[str, Json]] = {
    "plannedUpgrade": {"startOperatingDate": JANUARY},
    "plannedRetirement": {"endOperatingDate": "2027-01-01T00:00:00Z"},
    "accessOption": {"place": {"id": "site-1", "role": "x"}},
    "stockArrival": {"startOperatingDate": JANUARY},
    "fieldCapacity": {"endOperatingDate": JANUARY},
}
RELATIONS: Mapping[str, Sequence[tuple[str, str]]] = {
    "link": (("endA", "west"), ("endZ", "hub")),
    "plannedUpgrade": (("upgrades", "cable"),),
    "plannedRetirement": (("retires", "cable"),),
    "paidAugment": (("augments", "cable"),),
    "accessOption": (("terminatesAt", "west"),),
    "stockArrival": (("supplies", "box"),),
}


def a_thing(category: str, name: str, **changes: Json) -> Json:
    """A resource with everything that its category needs; `relations` come beside or in the place of its own."""
    attributes = {word: value for word, value in changes.items() if word in ("place", "relatedParty") or "Oper" in word}
    relations = dict(RELATIONS.get(category, ())) | dict(changes.pop("relations", ()))
    facts = {word: value for word, value in changes.items() if word not in attributes}
    known = {word: value for word, value in {**FACTS[category], **facts}.items() if value is not None}
    attributes = dict(ATTRIBUTES.get(category, {})) | attributes
    return a_resource(category, name, tuple(relations.items()), attributes, **known)


WORLD = {
    name: a_thing(category, name)
    for category, name in (
        ("pop", "west"),
        ("pop", "hub"),
        ("sharedRiskGroup", "bridge"),
        ("link", "cable"),
        ("accessOption", "way"),
        ("cpeModel", "box"),
        ("sharedBuild", "trench"),
    )
} | {"way-2": a_thing("accessOption", "way-2", place={"id": "site-2", "role": "x"})}


class Watched(Core):
    """Also keeps how it was asked, and which problems it had to verify."""

    def __init__(self) -> None:
        super().__init__()
        self.asks: list[Ask] = []
        self.checked: list[Problem] = []

    def solve(self, problem: Problem, ask: Ask, **waits: Any) -> Outcome:
        self.asks.append(ask)
        return super().solve(problem, ask, **waits)

    def check(self, problem: Problem, design: Design) -> Verdict:
        self.checked.append(problem)
        return super().check(problem, design)

    def seen(self, sites: int) -> Problem:
        return next(problem for problem in (*self.asked, *self.checked) if len(problem.sites) == sites)


def the_world(*things: Json, reservations: Sequence[Json] = (), services: Sequence[Json] = ()) -> FakeFacts:
    """Facts as they are read from the inventories, with these things in the place of others or beside them."""
    resources = list({**WORLD, **{one["id"]: one for one in things}}.values())
    network = read_network(resources, read_at=NOW, reservations=reservations)
    access = read_access(resources, read_at=NOW, currency=network.currency)
    assert network.incomplete + access.incomplete == ()
    return FakeFacts(
        facts=network,
        access=access.options,
        known_places={name: a_place(name) for name in ("site-1", "site-2")},
        specifications={"cfs": a_specification()},
        services={one["id"]: read_service(one) for one in services},
    )


def an_item(name: str = "1", place: Json = None, relations: Json = (), **words: Json) -> Json:
    """An item of a check; a word of another name than those of `PLAIN` stands beside them."""
    said = {word: value for word, value in {**PLAIN, **words}.items() if value is not None}
    service = {
        "serviceSpecification": {"id": "cfs"},
        "place": place or [at(f"site-{name}")],
        "serviceCharacteristic": [{"name": word, "value": value} for word, value in said.items()],
    }
    return {"id": name, "service": service, "qualificationItemRelationship": list(relations)}


def at(site: str, role: str = "installation") -> Json:
    return {"id": site, "role": role, "@type": "PlaceRef", "@referredType": "GeographicSite"}


def asked(*items: Json) -> tuple[Requirement, ...]:
    check = {"serviceQualificationItem": list(items)}
    return read_check(check, id="check-1", now=NOW, requester="somebody").requirements


def problem_of(*items: Json, facts: FakeFacts | None = None, sites: int | None = None) -> Problem:
    core = Watched()
    a_designer(facts or the_world(), core).answer(asked(*items))
    return core.seen(sites or len(items))


# Requirements


def site(name: str) -> Lens:
    return lambda problem: getattr(problem.sites[0], name)


def backup(problem: Problem) -> LegWish:
    return problem.sites[0].legs[1]


WISHES: list[tuple[str, Json, Lens, Any]] = [
    ("destination", ["hub", "elsewhere"], site("destinations"), ("hub",)),
    ("bandwidth", {"down": 200, "up": 50, "unit": "Mbit/s"}, site("bandwidth_mbps"), 200),
    ("availabilityTarget", "99.5 %", site("min_availability"), 0.995),
    ("latencyMaxMs", 20, site("max_latency_ms"), 10.0),
    ("accessDiversity", ["entry", "carrier"], site("diversity"), "carrier+entry"),
    ("accessLegs", 3, lambda problem: problem.sites[0].legs, (LegWish(),) * 3),
    ("cpePerLeg", True, site("cpe_per_leg"), True),
    ("cpeFeatures", ["ipv6"], site("features"), ("ipv6",)),
    ("termMonths", 24, lambda problem: problem.term_months, 24),
    ("neededBy", "2027-01-04", site("required_day"), DAY),
    ("budgetOneTime", euro(5000), lambda problem: problem.budget.nrc_minor, 500_000),
    ("budgetRecurring", euro(600), lambda problem: problem.budget.mrc_minor, 60_000),
    ("technologyAllowed", ["fibre", "5g"], site("technologies_allowed"), ("fibre", "5g")),
    ("technologyForbidden", ["satellite"], site("technologies_forbidden"), ("satellite",)),
    ("partnerPreferred", ["north"], site("partners_preferred"), ("north",)),
    ("partnerExcluded", ["south"], site("partners_excluded"), ("south",)),
    ("jitterMaxMs", 5, site("max_jitter_ms"), 5.0),
    ("lossMaxPercent", 0.5, site("max_loss"), 0.005),
    ("differentialDelayMaxMs", 4, site("max_differential_ms"), 2.0),
    ("opticalBudgetDb", 30, site("max_optical_db"), 30.0),
    ("backup", "mobile", lambda p: (backup(p).role, backup(p).technologies), ("backup", ("5g", "4g", "lte"))),
    ("serviceStart", "2027-01-04", site("required_day"), DAY),
    ("objective", "availability", lambda problem: problem.goal.kind, "availability"),
]


@pytest.mark.parametrize(("word", "value", "lens", "expected"), WISHES, ids=[row[0] for row in WISHES])
def test_a_wish_reaches_the_problem(word: str, value: Json, lens: Lens, expected: Any) -> None:
    assert lens(problem_of(an_item(**{word: value}))) == expected


def of_a_period() -> None:
    problem = problem_of(an_item(serviceStart="2026-12-01", serviceEnd="2027-01-04"))
    assert (problem.sites[0].end_day, problem.term_months) == (DAY, 2)


def of_a_backup() -> None:
    assert backup(problem_of(an_item(backup="any", backupBandwidth="20 Mbit/s"))).bandwidth_mbps == 20


def of_discounted_money() -> None:
    problem = problem_of(an_item(objective="npv", npvNrcFactor=1.5, npvMrcFactor=20.25))
    assert problem.goal.worth == Worth(nrc=1.5, mrc=20.25)


def of_two_ends() -> None:
    ends = [at("site-1", "siteA"), at("site-2", "siteZ")]
    problem = problem_of(an_item(place=ends, designPattern="pointToPoint", destination=None))
    assert {option.id: option.end for option in problem.access_options} == {"1:way": "a", "1:way-2": "z"}


def of_any_to_any() -> None:
    items = [an_item(name, designPattern="anyToAny", latencyMaxMs=20) for name in ("1", "2")]
    problem = problem_of(*items)
    assert problem.meets == (Meeting(id="cfs", sites=("1", "2"), nodes=("hub",)),)
    assert [one.max_latency_ms for one in problem.sites] == [5.0, 5.0]


def of_alternatives() -> None:
    core = Watched()
    a_designer(the_world(), core).answer(asked(an_item(maxAlternatives=4)), alternatives=True)
    assert core.asks[0].structures == 5


def of_a_hold() -> None:
    assert problem_of(an_item(holdPolicy="firm")) == problem_of(an_item())


def of_an_activity_with_a_price() -> None:
    problem = problem_of(an_item(bespokeActivities=[{"id": "licence", "days": 20, "cost": euro(5)}]))
    assert problem.sites[0].nrc_minor == 500


def of_nothing_but_the_problem() -> None:
    """What decides nothing of the core's design, so that items which differ in it alone share one."""
    problem = problem_of(
        an_item(
            priceOneTime=euro(600),
            priceRecurring=euro(89),
            designScope=["plan"],
            siteAccessCalendar={"from": "2027-01-04", "to": "2027-01-08"},
            changeFreeze={"from": "11-15", "to": "01-10"},
            bespokeActivities=[{"id": "licence", "days": 20}],
            rollout={"pilotItems": 1},
            activities=[{"id": "survey", "days": 2}],
            costComponents=[{"name": "management", "recurringCost": euro(60)}],
        )
    )
    assert problem == problem_of(an_item())


OTHER_WISHES: Mapping[str, Callable[[], None]] = {
    "serviceEnd": of_a_period,
    "backupBandwidth": of_a_backup,
    "npvNrcFactor, npvMrcFactor": of_discounted_money,
    "designPattern": of_two_ends,
    "designPattern of many": of_any_to_any,
    "maxAlternatives": of_alternatives,
    "holdPolicy": of_a_hold,
    "bespokeActivities of many": of_an_activity_with_a_price,
    "priceOneTime, priceRecurring, designScope, siteAccessCalendar, changeFreeze, bespokeActivities, rollout, "
    "activities, costComponents": of_nothing_but_the_problem,
}


@pytest.mark.parametrize("reach", OTHER_WISHES.values(), ids=OTHER_WISHES)
def test_a_wish_that_is_more_than_one_field_reaches_the_problem(reach: Callable[[], None]) -> None:
    reach()


def test_every_wish_that_is_understood_has_a_row() -> None:
    others = {word for row in OTHER_WISHES for word in row.removesuffix(" of many").split(", ")}
    assert {row[0] for row in WISHES} | others == WORDS.keys()


@pytest.mark.parametrize("word", ["diverseFrom", "protects"])
def test_what_items_ask_of_each_other_reaches_the_problem(word: str) -> None:
    problem = problem_of(an_item("1"), an_item("2", relations=[{"id": "1", "relationshipType": word}]))
    assert problem.apart == (Separation(a="1", b="2", diversity="node"),)


def test_budgets_of_items_and_of_their_sum_reach_the_problem_of_all() -> None:
    bundle = {
        "id": "all",
        "service": {
            "isBundle": True,
            "serviceCharacteristic": [{"name": "budgetOneTime", "value": euro(9000)}],
        },
        "qualificationItemRelationship": [{"id": name, "relationshipType": "bundles"} for name in ("1", "2")],
    }
    problem = problem_of(an_item("1", budgetRecurring=euro(600)), an_item("2"), bundle, sites=2)
    assert problem.budget == Budget(nrc_minor=900_000)
    assert [one.budget for one in problem.sites] == [Budget(mrc_minor=60_000), None]


# Facts


def node(name: str) -> Lens:
    return lambda problem: getattr(next(one for one in problem.network.nodes if one.id == "west"), name)


def cable(name: str) -> Lens:
    return lambda problem: getattr(problem.network.links[0], name)


def fibre(name: str) -> Lens:
    return lambda problem: getattr(problem.network.links[0].fibre or Fibre(db_per_km=-1.0), name)


def group(name: str) -> Lens:
    return lambda problem: getattr(problem.network.srlgs[0], name)


def way(name: str) -> Lens:
    return lambda problem: getattr(next(one for one in problem.access_options if one.id == "1:way"), name)


def build(name: str) -> Lens:
    return lambda problem: getattr(problem.builds[0], name)


def box(name: str) -> Lens:
    return lambda problem: getattr(problem.cpe_models[0], name)


def crews(problem: Problem) -> tuple[FieldCapacity, ...]:
    return problem.field_capacity


UPGRADE, RETIREMENT = Upgrade(day=DAY, adds_mbps=400), Retirement(day=DAY, removes_mbps=300)
AUGMENT = Augment(adds_mbps=900, nrc_minor=50_000, mrc_minor=5_000, lead_days=30)
STOCK = (Stock(by_day=DAY - 1, pieces=2), Stock(by_day=DAYS.last, pieces=9))
CREWS = (FieldCapacity(skill="install", by_day=DAY, crew_days=12),)
LIT = {"attenuationDbPerKm": 0.2}
Row = tuple[str, str, Json, Lens, Any]
OF_THINGS: list[Row] = [
    ("pop", "latitudeDeg", {"latitudeDeg": 51.5}, node("lat_deg"), 51.5),
    ("pop", "longitudeDeg", {"longitudeDeg": 9.5}, node("lon_deg"), 9.5),
    ("pop", "availability", {"availability": 0.999}, node("availability"), 0.999),
    ("pop", "delayMs", {"delayMs": 0.2}, node("delay_ms"), 0.2),
    ("pop", "freePorts", {"freePorts": 3}, node("ports"), 3),
    ("pop", "jitterMs", {"jitterMs": 0.3}, node("jitter_ms"), 0.3),
    ("pop", "lossPercent", {"lossPercent": 1}, node("loss"), 0.01),
    ("link", "lengthKm", {"lengthKm": 77.0}, cable("length_km"), 77.0),
    ("link", "availability", {"availability": 0.99}, cable("availability"), 0.99),
    ("link", "freeCapacityMbps", {"freeCapacityMbps": 640}, cable("capacity_mbps"), 640),
    ("link", "mrcPerMbps", {"mrcPerMbps": euro(0.25)}, cable("mrc_minor_per_mbps"), 25),
    ("link", "jitterMs", {"jitterMs": 0.4}, cable("jitter_ms"), 0.4),
    ("link", "lossPercent", {"lossPercent": 2}, cable("loss"), 0.02),
    ("link", "attenuationDbPerKm", LIT, fibre("db_per_km"), 0.2),
    ("link", "splices", LIT | {"splices": 5, "spliceDb": 0.1}, fibre("splices"), 5),
    ("link", "spliceDb", LIT | {"splices": 2, "spliceDb": 0.1}, fibre("splice_db"), 0.1),
    ("link", "connectors", LIT | {"connectors": 4, "connectorDb": 0.5}, fibre("connectors"), 4),
    ("link", "connectorDb", LIT | {"connectors": 2, "connectorDb": 0.5}, fibre("connector_db"), 0.5),
    ("link", "marginDb", LIT | {"marginDb": 3.0}, fibre("margin_db"), 3.0),
    ("link", "endA", {"relations": [("endA", "hub"), ("endZ", "west")]}, cable("a"), "hub"),
    ("link", "endZ", {"relations": [("endA", "hub"), ("endZ", "west")]}, cable("z"), "west"),
    ("link", "sharesRisk", {"relations": [("sharesRisk", "bridge")]}, cable("srlgs"), ("bridge",)),
    ("sharedRiskGroup", "availability", {"availability": 0.97}, group("availability"), 0.97),
    ("sharedRiskGroup", "kindOfRisk", {"kindOfRisk": "entry"}, group("kind"), "entry"),
    ("plannedUpgrade", "addsMbps", {}, cable("upgrades"), (UPGRADE,)),
    ("plannedUpgrade", "startOperatingDate", {}, cable("upgrades"), (UPGRADE,)),
    ("plannedUpgrade", "upgrades", {}, cable("upgrades"), (UPGRADE,)),
    ("plannedRetirement", "removesMbps", {}, cable("retirements"), (RETIREMENT,)),
    ("plannedRetirement", "endOperatingDate", {}, cable("retirements"), (RETIREMENT,)),
    ("plannedRetirement", "retires", {}, cable("retirements"), (RETIREMENT,)),
    ("paidAugment", "addsMbps", {}, cable("augment"), AUGMENT),
    ("paidAugment", "nrc", {}, cable("augment"), AUGMENT),
    ("paidAugment", "mrc", {}, cable("augment"), AUGMENT),
    ("paidAugment", "leadTimeDays", {}, cable("augment"), AUGMENT),
    ("paidAugment", "augments", {}, cable("augment"), AUGMENT),
    ("accessOption", "technology", {"technology": "5g"}, way("kind"), "5g"),
    ("accessOption", "bandwidthMbps", {"bandwidthMbps": 300}, way("bandwidth_mbps"), 300),
    ("accessOption", "upMbps", {"bandwidthMbps": 300, "upMbps": 120}, way("bandwidth_mbps"), 120),
    ("accessOption", "nrc", {"nrc": euro(12)}, way("nrc_minor"), 1_200),
    ("accessOption", "mrc", {"mrc": euro(13)}, way("mrc_minor"), 1_300),
    ("accessOption", "availability", {"availability": 0.98}, way("availability"), 0.98),
    ("accessOption", "delayMs", {"delayMs": 0.7}, way("delay_ms"), 0.7),
    ("accessOption", "leadTimeDays", {"leadTimeDays": 3}, way("lead_days"), 3),
    ("accessOption", "leadTimeCalendarDays", {"leadTimeDays": None, "leadTimeCalendarDays": 7}, way("lead_days"), 5),
    ("accessOption", "crewDays", {"crewDays": {"install": 2}}, way("work"), {"install": 2}),
    ("accessOption", "jitterMs", {"jitterMs": 2.5}, way("jitter_ms"), 2.5),
    ("accessOption", "lossPercent", {"lossPercent": 3}, way("loss"), 0.03),
    ("accessOption", "opticalLossDb", {"opticalLossDb": 4.5}, way("optical_db"), 4.5),
    ("accessOption", "startOperatingDate", {"startOperatingDate": "2027-01-01"}, way("lead_days"), DAY + 20),
    ("accessOption", "endOperatingDate", {"endOperatingDate": JANUARY}, way("until_day"), DAY),
    ("accessOption", "terminatesAt", {"relations": [("terminatesAt", "hub")]}, way("pop"), "hub"),
    ("accessOption", "sharesRisk", {"relations": [("sharesRisk", "bridge")]}, way("srlgs"), ("bridge",)),
    ("accessOption", "needsBuild", {"relations": [("needsBuild", "trench")]}, way("build"), "trench"),
    ("accessOption", "relatedParty", {"relatedParty": [{"id": "north", "role": "supplier"}]}, way("partner"), "north"),
    ("sharedBuild", "nrc", {"nrc": euro(70)}, build("nrc_minor"), 7_000),
    ("sharedBuild", "mrc", {"mrc": euro(8)}, build("mrc_minor"), 800),
    ("sharedBuild", "leadTimeDays", {"leadTimeDays": 44}, build("lead_days"), 44),
    ("sharedBuild", "maxSites", {"maxSites": 6}, build("max_sites"), 6),
    ("sharedBuild", "capacityMbps", {"capacityMbps": 5000}, build("capacity_mbps"), 5000),
    ("cpeModel", "maxMbps", {"maxMbps": 500}, box("max_mbps"), 500),
    ("cpeModel", "nrc", {"nrc": euro(3)}, box("nrc_minor"), 300),
    ("cpeModel", "mrc", {"mrc": euro(4)}, box("mrc_minor"), 400),
    ("cpeModel", "availability", {"availability": 0.96}, box("availability"), 0.96),
    ("cpeModel", "delayMs", {"delayMs": 0.9}, box("delay_ms"), 0.9),
    ("cpeModel", "features", {"features": ["ipsec"]}, box("features"), ("ipsec",)),
    ("cpeModel", "stock", {"stock": 4}, box("stock"), (Stock(by_day=DAYS.last, pieces=4),)),
    ("cpeModel", "restockDays", {"stock": 4, "restockDays": 9}, box("stock"), (Stock(by_day=8, pieces=4),)),
    ("cpeModel", "jitterMs", {"jitterMs": 0.6}, box("jitter_ms"), 0.6),
    ("cpeModel", "lossPercent", {"lossPercent": 4}, box("loss"), 0.04),
    ("stockArrival", "pieces", {}, box("stock"), STOCK),
    ("stockArrival", "startOperatingDate", {}, box("stock"), STOCK),
    ("stockArrival", "supplies", {}, box("stock"), STOCK),
    ("fieldCapacity", "skill", {}, crews, CREWS),
    ("fieldCapacity", "crewDays", {}, crews, CREWS),
    ("fieldCapacity", "endOperatingDate", {}, crews, CREWS),
]
NAMES = {"pop": "west", "link": "cable", "sharedRiskGroup": "bridge", "accessOption": "way", "cpeModel": "box"}


@pytest.mark.parametrize(
    ("category", "changes", "lens", "expected"),
    [(category, changes, lens, expected) for category, _, changes, lens, expected in OF_THINGS],
    ids=[f"{category} {word}" for category, word, *_ in OF_THINGS],
)
def test_a_fact_reaches_the_problem(category: str, changes: Json, lens: Lens, expected: Any) -> None:
    name = {"sharedBuild": "trench", **NAMES}.get(category, "one-more")
    stocked = [a_thing("cpeModel", "box", stock=2)] if category == "stockArrival" else []
    facts = the_world(*stocked, a_thing(category, name, **changes))
    assert lens(problem_of(an_item(), facts=facts)) == expected


def test_every_fact_has_a_row() -> None:
    listed = {
        (category, word)
        for category, (facts, relations) in RESOURCES.items()
        for word in facts | relations
        if word.isalpha()
    }
    assert {(category, word) for category, word, *_ in OF_THINGS} - {("accessOption", "relatedParty")} == (
        listed - NOT_OF_A_PROBLEM
    )


# Reservations and services


def a_reservation(resource: str, quantity: int, **period: str) -> Json:
    return {
        "id": f"r-{resource}",
        "state": "completed",
        "reservationPeriod": period,
        "reservationItem": [{"quantity": quantity, "relatedEntity": [{"id": resource, "role": "reserved"}]}],
    }


PERIOD = {"startDateTime": JANUARY, "endDateTime": "2027-01-07T23:59:59Z"}
BOOKED = Booking(from_day=DAY, to_day=DAY + 3, mbps=250)
OF_RESERVATIONS: list[tuple[str, Json, Lens, Any]] = [
    ("of a link", a_reservation("cable", 250, **PERIOD), cable("bookings"), (BOOKED,)),
    (
        "of an access",
        a_reservation("way", 1, **PERIOD),
        way("bookings"),
        (Booking(from_day=DAY, to_day=DAY + 3, mbps=1),),
    ),
    ("of ports", a_reservation("west", 2, **PERIOD), node("ports"), 3),
    (
        "of pieces",
        a_reservation("box", 3, **PERIOD),
        box("stock"),
        (Stock(by_day=DAY - 1, pieces=4), Stock(by_day=DAYS.last, pieces=1)),
    ),
    (
        "for ever",
        a_reservation("cable", 9, startDateTime=JANUARY),
        cable("bookings"),
        (Booking(from_day=DAY, to_day=DAYS.last, mbps=9),),
    ),
    ("begun", a_reservation("cable", 9, endDateTime=JANUARY), cable("bookings"), ()),
    ("given up", a_reservation("cable", 9, **PERIOD) | {"state": "cancelled"}, cable("bookings"), ()),
]


@pytest.mark.parametrize(
    ("reservation", "lens", "expected"),
    [row[1:] for row in OF_RESERVATIONS],
    ids=[row[0] for row in OF_RESERVATIONS],
)
def test_a_reservation_reaches_the_problem(reservation: Json, lens: Lens, expected: Any) -> None:
    things = (a_thing("pop", "west", freePorts=5), a_thing("cpeModel", "box", stock=4))
    facts = the_world(*things, reservations=[reservation])
    assert lens(problem_of(an_item(), facts=facts)) == expected


def a_service(name: str = "s-1", **changes: Json) -> Json:
    """As the inventory serves it."""
    words = {
        **PLAIN,
        "access.path": [["cable"]],
        "access.entryPoint": ["west"],
        "access.provider": ["own"],
        "cpe.model": "box",
        "cpe.quantity": 1,
    }
    return {
        "id": name,
        "state": "active",
        "serviceSpecification": {"id": "cfs"},
        "place": [at("site-1")],
        "serviceCharacteristic": [{"name": word, "value": value} for word, value in words.items()],
        "supportingResource": [{"id": "way", "@referredType": "accessOption"}],
    } | changes


FREED = (Freed(link="cable", mbps=100), Freed(pop="west", ports=1))


def test_a_service_that_is_changed_reaches_the_problem() -> None:
    change = {"id": "1", "service": {"id": "s-1", "href": "/service/s-1"}}
    problem = problem_of(change, facts=the_world(services=[a_service()]))
    assert problem.sites[0].frees == FREED
    assert (way("existing")(problem), way("nrc_minor")(problem), way("lead_days")(problem)) == (True, 0, 0)
    (there,) = [model for model in problem.cpe_models if model.id == "box@1"]
    assert (there.nrc_minor, there.mrc_minor) == (0, 4_500)


def test_a_service_that_is_released_reaches_the_problem_of_the_others() -> None:
    release = {"id": "1", "service": {"id": "s-1", "state": "terminated"}}
    problem = problem_of(release, an_item("2"), facts=the_world(services=[a_service()]), sites=1)
    assert problem.frees == FREED
    release["expectedServiceAvailabilityDate"] = JANUARY
    dated = problem_of(release, an_item("2"), facts=the_world(services=[a_service()]), sites=1)
    assert dated.frees == (Freed(link="cable", mbps=100, day=DAY), Freed(pop="west", ports=1))
