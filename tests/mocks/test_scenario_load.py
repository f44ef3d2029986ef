"""Whole scenarios: those that come along can be used, and what is wrong with another one is said."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from mocks.characteristics import values_of
from mocks.clock import FileClock, set_clock_file
from mocks.partner_desk import PartnerDesk
from mocks.pool import pool
from mocks.scenario import BadScenario, load, load_all, names
from mocks.scenario.facts import holidays_of, reservations_of, world_of
from mocks.scenario.format import Partner
from mocks.scenario.market import ScenarioMarket
from mocks.scenario.settings import toml_of
from mocks.world.words import fact

SMALLEST = "{name: mine, title: Mine, clock: 2027-05-03T08:00:00Z"
MBPS_100 = {"bandwidth": {"down": 100, "up": 100, "unit": "Mbit/s"}}


def written(folder: Path, more: str = "") -> str:
    (folder / "scenario.yaml").write_text(f"{SMALLEST}{more}}}")
    return str(folder)


@pytest.mark.parametrize("name", names())
def test_what_comes_along_can_be_used_with_all_of_its_twins(name: str) -> None:
    loaded = load_all(name)
    assert len(loaded) > 3
    assert all(one.steps for one in loaded)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (", fact: {}", "fact"),
        (", steps: [{name: nothing}]", "a step has one of"),
        (", steps: [{expect: [{of: x}]}]", "comparison"),
        (", facts: {resources: [{category: pop, id: a, place: nowhere}]}", "nowhere"),
        (", facts: {sites: [{id: a}, {id: a}]}", "twice"),
        (", partners: {north: {covers: [nowhere]}}", "nowhere"),
        (", partners: {pool: {}}", "name of a system"),
        (", faults: {pool: {explodes: true}}", "explodes"),
    ],
)
def test_what_is_wrong_is_said(more: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadScenario, match=said):
        load(written(tmp_path, more))


def test_a_scenario_and_a_twin_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadScenario, match="neither a folder nor one of"):
        load("nobody")
    with pytest.raises(BadScenario, match="other"):
        load(written(tmp_path, ", twins: {other: {title: Other, steps: []}}"), "nobody")


def test_a_twin_is_like_another_one_first(tmp_path: Path) -> None:
    sites = ", facts: {sites: [{id: a}, {id: b}, {id: c}]}, steps: [{name: go, expect: []}]"
    first = "first: {title: First, changes: [{remove: facts.sites(a)}], steps: [go]}"
    second = "second: {title: Second, like: first, changes: [{remove: facts.sites(b)}], steps: [go]}"
    loaded = load(written(tmp_path, f"{sites}, twins: {{{first}, {second}}}"), "second")
    assert [site.id for site in loaded.scenario.facts.sites] == ["c"]
    assert loaded.title == "Second"
    assert [step.name for step in loaded.steps] == ["go"]


def test_facts_are_told_in_full(tmp_path: Path) -> None:
    resource = (
        "{category: accessOption, id: acc, place: s, facts: {nrc: 900, technology: fibre}, "
        "relations: {terminatesAt: p}, attributes: {startOperatingDate: 2027-06-01}, supplier: north}"
    )
    world = world_of(load(written(tmp_path, f", facts: {{sites: [{{id: s}}], resources: [{resource}]}}")).scenario)
    told = world.resource("acc")
    assert told is not None
    assert fact(told, "nrc") == {"unit": "EUR", "value": 900.0}
    assert told["startOperatingDate"] == "2027-06-01T00:00:00Z"
    assert told["place"]["@referredType"] == "GeographicSite"
    assert told["relatedParty"][0]["id"] == "north"
    assert [one["id"] for one in world.addresses] == ["address-of-s"]


def test_a_booking_is_a_reservation_of_somebody_else(tmp_path: Path) -> None:
    booking = "{id: other, resource: acc, category: accessOption, from: 2027-06-10, until: 2027-06-17}"
    scenario = load(written(tmp_path, f", facts: {{bookings: [{booking}]}}")).scenario
    (reservation,) = reservations_of(scenario)
    assert reservation["reservationPeriod"] == {
        "startDateTime": "2027-06-10T00:00:00Z",
        "endDateTime": "2027-06-17T23:59:59Z",
    }
    assert reservation["reservationItem"][0]["relatedEntity"][0]["id"] == "acc"
    assert pool(world_of(scenario), [reservation]).name == "pool"


def market_of(**partner: object) -> ScenarioMarket:
    return ScenarioMarket({"north": Partner.model_validate(partner)}, {"s": "address-of-s"})


def an_offer(**other: object) -> dict[str, object]:
    offer: dict[str, object] = {
        "places": ["s"], "technology": "fibre", "bandwidthMbps": 100, "availability": 0.999, "delayMs": 1,
        "leadTimeDays": 5, "handoverPop": "p",
    }  # fmt: skip
    return offer | other


def test_a_partner_offers_the_first_that_is_enough_and_states_no_price_that_it_has_not() -> None:
    slow, fast = an_offer(technology="leo", bandwidthMbps=50, mrc=110), an_offer(nrc=85, mrc=52)
    market = market_of(offers=[slow, fast])
    best = market.offer("north", "address-of-s", MBPS_100)
    assert best is not None
    assert (best.technology, best.nrc, best.mrc) == ("fibre", Decimal("85.00"), Decimal("52.00"))
    other = market.offer("north", "s", {**MBPS_100, "technologyAllowed": ["leo"]})
    assert other is not None
    assert (other.technology, other.nrc, other.mrc) == ("leo", None, Decimal("110.00"))
    assert market.offer("north", "s", {**MBPS_100, "technologyAllowed": ["5g"]}) is None


def test_a_partner_refuses_with_its_reason_and_covers_no_other_place() -> None:
    market = market_of(refusals=[{"places": ["s"], "reason": "no duct"}])
    with pytest.raises(ValueError, match="no duct"):
        market.offer("north", "s", MBPS_100)
    assert market.covers("north", "address-of-s")
    assert not market.covers("north", "t")


def test_settings_are_toml_with_the_partners_at_their_places(tmp_path: Path) -> None:
    more = (
        ", settings: {holidays: [2027-05-06], hold_days: 60, business: {discount_rate: 0.09}}"
        ", facts: {sites: [{id: s}]}, partners: {north: {covers: [s], settings: {max_per_s: 5}}}"
    )
    loaded = load(written(tmp_path, more))
    urls = {"pool": "http://p", "north": "http://n"}
    toml = tomllib.loads(toml_of(loaded.scenario, urls, within={"clock_file": "c"}))
    assert str(toml.pop("holidays")[0]) == "2027-05-06"
    assert toml == {
        "hold_days": 60,
        "clock_file": "c",
        "business": {"discount_rate": 0.09},
        "systems": {"pool": "http://p"},
        "partners": {"north": {"url": "http://n", "area": [{"places": ["s"]}], "max_per_s": 5}},
    }


def test_the_clock_follows_its_file_and_can_be_set_by_hand(tmp_path: Path) -> None:
    file, first = tmp_path / "clock.json", datetime(2027, 5, 3, 8, tzinfo=UTC)
    set_clock_file(file, first)
    clock = FileClock(file)
    assert 0 <= (clock() - first).total_seconds() < 5
    later = datetime(2027, 6, 1, tzinfo=UTC)
    set_clock_file(file, later)
    assert 0 <= (clock() - later).total_seconds() < 5
    file.write_text("nonsense")
    assert 0 <= (clock() - later).total_seconds() < 5
    clock.set(first)
    assert clock() == first


def test_a_clock_file_without_a_moment_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    file.write_text('{"at": "2027-05-03T08:00:00Z"}')
    with pytest.raises(ValueError, match=r"clock\.json"):
        FileClock(file)


def test_a_backup_of_which_no_bandwidth_is_asked_is_offered_too() -> None:
    market = market_of(offers=[an_offer(technology="leo", bandwidthMbps=50), an_offer(bandwidthMbps=1000)])
    backup = market.offer("north", "s", {"technologyAllowed": ["leo", "geo"]})
    assert backup is not None
    assert backup.technology == "leo"


def test_what_tells_no_limit_can_be_held_without_an_end(tmp_path: Path) -> None:
    cpe = "{category: cpeModel, id: cpe, facts: {maxMbps: 100}}"
    pops = "{category: pop, id: many, facts: {availability: 1}}, {category: pop, id: two, facts: {freePorts: 2}}"
    world = world_of(load(written(tmp_path, f", facts: {{resources: [{cpe}, {pops}]}}")).scenario)
    for one in ("cpe", "many"):
        world.take(one, 1000)
        assert (world.capacity(one) or 0) > 1000
        world.give_back(one, 1000)
    world.take("two", 2)
    assert world.capacity("two") == 0


def test_so_many_items_can_hold_an_access_as_it_has_free_ports(tmp_path: Path) -> None:
    accesses = (
        "{category: accessOption, id: one, place: s, facts: {nrc: 1}}, "
        "{category: accessOption, id: three, place: s, facts: {freePorts: 3}}"
    )
    world = world_of(load(written(tmp_path, f", facts: {{sites: [{{id: s}}], resources: [{accesses}]}}")).scenario)
    assert (world.capacity("one"), world.capacity("three")) == (1, 3)
    world.take("three", 2)
    told = world.resource("three")
    assert told is not None
    assert (fact(told, "freePorts"), told["usageState"]) == (1, "idle")


def test_nobody_works_on_the_holidays_of_the_regions_in_a_scenario(tmp_path: Path) -> None:
    more = ", settings: {holidays: [2027-05-07], holiday_regions: [CH-TI]}"
    free = holidays_of(load(written(tmp_path, more)).scenario)
    assert {date(2027, 5, 7), date(2027, 3, 19), date(2027, 1, 6)} <= free
    assert date(2027, 3, 26) not in free, "no holiday there"


def test_a_site_tells_its_time_zone(tmp_path: Path) -> None:
    sites = ", facts: {sites: [{id: s, timeZone: Asia/Tokyo}, {id: t}]}"
    there, elsewhere = world_of(load(written(tmp_path, sites)).scenario).sites
    assert [one["timeZone"] for one in there["calendar"]] == ["Asia/Tokyo"]
    assert "calendar" not in elsewhere


def test_an_offer_says_its_currency_and_how_long_it_holds() -> None:
    francs = {"unit": "CHF", "value": 700}
    market = market_of(offers=[an_offer(nrc=francs, mrc=francs, validDays=5)])
    check = {
        "serviceQualificationItem": [{"id": "1", "service": {"place": [{"id": "s"}], **characteristics(MBPS_100)}}]
    }
    desk = PartnerDesk("north", AsWorld(market))
    (answer,) = desk.answered(check, datetime(2027, 5, 3, tzinfo=UTC))["serviceQualificationItem"]
    assert answer["expirationDate"].startswith("2027-05-08")
    assert values_of(answer["service"])["offer.nrc"] == {"unit": "CHF", "value": 700.0}


class AsWorld:
    """What a partner's desk asks a world."""

    def __init__(self, market: ScenarioMarket) -> None:
        self.partner_covers, self.partner_offer = market.covers, market.offer


def characteristics(values: Mapping[str, object]) -> dict[str, object]:
    return {"serviceCharacteristic": [{"name": name, "value": value} for name, value in values.items()]}
