"""Characteristics: what is understood, and what is told where something is not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.designs.requirement import PlaceWanted, Requirement, Rollout, Span, Work
from linkwright.plan.model import After
from linkwright.wire.characteristics import read_parameters, with_parameters
from linkwright.wire.quantities import bandwidth_mbps, both_ways_mbps, money_minor, probability, write_money
from linkwright.wire.requirements import default_values, defaults_from, requirement, write_service
from linkwright.wire.wishes import WORDS, wishes

Json = Any


def a_service(**values: Json) -> Json:
    return {"serviceCharacteristic": [{"name": name, "value": value} for name, value in values.items()]}


def wanted(service: Json, **more: Json) -> Requirement:
    return requirement("1", service, needed_by=more.get("needed_by"), bundles=more.get("bundles"))


@pytest.mark.parametrize(
    ("value", "mbps"),
    [
        ({"down": 100, "up": 20, "unit": "Mbit/s"}, 100),
        ({"down": 20, "up": 100}, 100),
        ({"down": 1, "up": 1, "unit": "Gbit/s"}, 1000),
        ({"down": 1500, "unit": "kbit/s"}, 2),
        ({"value": 3, "unit": "Gbps"}, 3000),
        (50, 50),
        (0.2, 1),
        ("200", 200),
        ("1.5 Gbit/s", 1500),
        ("512kbps", 1),
    ],
)
def test_a_bandwidth_is_the_larger_direction_in_whole_mbit_rounded_up(value: Json, mbps: int) -> None:
    assert bandwidth_mbps(value) == mbps


@pytest.mark.parametrize(
    ("value", "both"),
    [
        ({"down": 100, "up": 20, "unit": "Mbit/s"}, (100, 20)),
        ({"down": 20, "up": 100}, (20, 100)),
        ({"down": 100.2, "up": 100.9}, (101, 101)),
        ({"down": 1, "up": 1, "unit": "Gbit/s"}, (1000, 1000)),
        ({"up": 5}, (5, 5)),
        ("2 Gbit/s", (2000, 2000)),
    ],
)
def test_both_directions_of_a_bandwidth_are_told(value: Json, both: tuple[int, int]) -> None:
    assert both_ways_mbps(value) == both


@pytest.mark.parametrize(
    "value", [{}, {"down": 0}, 10**15, "1e99", {"down": 5, "unit": "furlong"}, "fast", None, True, [], -1, "NaN"]
)
def test_a_bandwidth_that_is_none_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match=r"expected|unit"):
        bandwidth_mbps(value)


@pytest.mark.parametrize(
    ("value", "share"),
    [(99.95, 0.9995), ("99.95", 0.9995), ("99.95 %", 0.9995), (0.9995, 0.9995), (1, 1.0), (100, 1.0)],
)
def test_an_availability_above_one_is_a_percentage(value: Json, share: float) -> None:
    assert probability(value) == share


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.integers(min_value=0, max_value=10**13))
def test_money_comes_back_to_the_last_minor_unit(minor: int) -> None:
    assert money_minor(write_money(minor, "EUR")) == (minor, "EUR")


@pytest.mark.parametrize("value", [12, {"value": 12}, {"unit": "EUR", "value": 1.234}, {"unit": "EUR", "value": -1}])
def test_money_without_currency_or_with_a_third_decimal_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="money"):
        money_minor(value)


def test_every_word_of_a_requirement_is_understood() -> None:
    service = a_service(
        bandwidth={"down": 1, "up": 1, "unit": "Gbit/s"},
        availabilityTarget=99.99,
        latencyMaxMs=30,
        accessDiversity="duct",
        destination=["hub-1", "hub-2"],
        cpePerLeg=True,
        cpeFeatures=["ipsec"],
        termMonths=36,
        neededBy="2027-03-01T00:00:00+02:00",
        budgetOneTime={"unit": "EUR", "value": 25000},
        budgetRecurring={"unit": "EUR", "value": 799.5},
        technologyAllowed=["fibre"],
        technologyForbidden="5g, satellite",
        partnerPreferred=["north"],
        partnerExcluded=["east"],
        colour="blue",
    )
    service["serviceSpecification"] = {"id": "cfs-vpn"}
    service["place"] = [{"id": "s1", "role": "a", "@type": "PlaceRef", "@referredType": "GeographicSite"}]

    read = wanted(service)

    assert read.misread == ()
    assert read == Requirement(
        ref="1",
        specification="cfs-vpn",
        place=PlaceWanted(kind="site", id="s1"),
        destinations=("hub-1", "hub-2"),
        bandwidth_mbps=1000,
        availability=0.9999,
        round_trip_ms=30.0,
        diversity="srlg",
        cpe_per_leg=True,
        cpe_features=("ipsec",),
        term_months=36,
        needed_by=date(2027, 3, 1),
        budget_nrc_minor=2_500_000,
        budget_mrc_minor=79_950,
        budget_currency="EUR",
        technology_allowed=("fibre",),
        technology_forbidden=("5g", "satellite"),
        partner_preferred=("north",),
        partner_excluded=("east",),
        characteristics={one["name"]: one["value"] for one in service["serviceCharacteristic"]},
    )


def test_what_is_not_understood_becomes_a_sentence_and_stops_nothing() -> None:
    read = wanted(a_service(bandwidth="quick", latencyMaxMs=30))

    assert (read.bandwidth_mbps, read.round_trip_ms) == (None, 30.0)
    assert len(read.misread) == 1
    assert "bandwidth" in read.misread[0]
    assert "'quick'" in read.misread[0]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("duct", "srlg"),
        (["duct", "carrier"], "carrier+srlg"),
        ("entry, link", "entry"),
        (["none"], "none"),
        (["Node", "SRLG"], "srlg"),
    ],
)
def test_several_words_of_diversity_may_be_given_and_what_one_includes_is_not_said(value: Json, kept: str) -> None:
    assert wanted(a_service(accessDiversity=value)).diversity == kept


@pytest.mark.parametrize("value", ["moat", ["link", "moat"], [], 7, None, [None]])
def test_another_word_of_diversity_is_told(value: Json) -> None:
    read = wanted(a_service(accessDiversity=value))

    assert read.diversity is None
    assert value is None or "duct, entry, carrier and technology" in read.misread[0]


def test_the_limits_of_quality_are_read_in_our_units() -> None:
    read = wanted(
        a_service(
            jitterMaxMs=5, lossMaxPercent="0.1 %", differentialDelayMaxMs=2, opticalBudgetDb=22.5, maxAlternatives=3
        )
    )

    assert read.misread == ()
    assert (read.jitter_ms, read.loss, read.differential_round_trip_ms) == (5.0, 0.001, 2.0)
    assert (read.optical_db, read.max_alternatives) == (22.5, 3)


def test_a_backup_has_a_technology_and_a_bandwidth_of_its_own() -> None:
    read = wanted(a_service(backup="Mobile", backupBandwidth={"down": 20, "up": 5, "unit": "Mbit/s"}))

    assert (read.misread, read.backup, read.backup_mbps) == ((), "mobile", 20)
    assert "any, mobile, satellite, fibre" in wanted(a_service(backup="pigeon")).misread[0]


@pytest.mark.parametrize("value", [0, 5, -1, 2.5, "many", True, [2]])
def test_a_number_of_legs_that_cannot_be_had_is_told(value: Json) -> None:
    read = wanted(a_service(accessLegs=value))

    assert read.access_legs is None
    assert "accessLegs is not understood" in read.misread[0]
    assert wanted(a_service(accessLegs="3")).access_legs == 3


def test_an_objective_and_its_coefficients_are_read() -> None:
    read = wanted(a_service(objective="NPV", npvNrcFactor=0.98, npvMrcFactor="30.1234"))

    assert (read.misread, read.objective, read.npv_nrc_factor, read.npv_mrc_factor) == ((), "npv", 0.98, 30.123)
    assert "objective" in wanted(a_service(objective="fame")).misread[0]


@pytest.mark.parametrize(
    ("end", "months"), [("2027-03-01", 1), ("2027-03-31", 1), ("2027-04-02", 2), ("2028-03-01", 12)]
)
def test_a_period_says_when_the_service_is_needed_and_for_how_long(end: str, months: int) -> None:
    read = wanted(a_service(serviceStart="2027-03-01", serviceEnd=end, termMonths=36))

    assert (read.needed_by, read.service_end, read.term_months) == (date(2027, 3, 1), date.fromisoformat(end), months)


def test_the_date_that_is_wanted_counts_before_the_start_and_the_start_before_that_of_the_item() -> None:
    both = wanted(a_service(neededBy="2027-02-01", serviceStart="2027-03-01"), needed_by=date(2027, 1, 1))
    start = wanted(a_service(serviceStart="2027-03-01"), needed_by=date(2027, 1, 1))

    assert (both.needed_by, start.needed_by) == (date(2027, 2, 1), date(2027, 3, 1))


def test_a_service_that_ends_before_it_starts_is_told() -> None:
    read = wanted(a_service(serviceStart="2027-03-01", serviceEnd="2027-02-28"))

    assert read.misread == ("The service ends on 2027-02-28, before it starts on 2027-03-01.",)


@pytest.mark.parametrize(
    "relation",
    [
        {"service": {"id": "other"}},
        {"id": "other"},
        {"orderItem": {"itemId": "other"}},
        {"orderItem": {"id": "other"}},
    ],
)
def test_a_relationship_that_binds_two_designs_names_the_other(relation: Json) -> None:
    def related(kind: str) -> Requirement:
        relations = [{"relationshipType": kind, **relation}, {"relationshipType": "reliesOn", "id": "x"}]
        return requirement("1", {"id": "mine"}, needed_by=None, bundles=None, relations=relations)

    assert related("diverseFrom").diverse_from == ("other",)
    assert related("PROTECTS").protects == ("other",)
    assert (related("reliesOn").diverse_from, related("reliesOn").protects) == (None, None)
    assert related("protects").service == "mine"


def test_a_word_that_is_given_twice_with_two_values_is_told() -> None:
    service = {"serviceCharacteristic": [{"name": "termMonths", "value": 12}, {"name": "termMonths", "value": 24}]}
    same = {"serviceCharacteristic": [{"name": "termMonths", "value": 12}, {"name": "termMonths", "value": 12}]}

    assert "twice" in wanted(service).misread[0]
    assert wanted(same).misread == ()


def test_budgets_in_two_currencies_are_told() -> None:
    euro, dollar = {"unit": "EUR", "value": 1}, {"unit": "USD", "value": 1}

    assert "EUR, USD" in wanted(a_service(budgetOneTime=euro, budgetRecurring=dollar)).misread[0]


def test_the_characteristic_counts_before_the_date_of_the_item() -> None:
    fallback = date(2027, 1, 1)

    assert wanted(a_service(neededBy="2027-03-01"), needed_by=fallback).needed_by == date(2027, 3, 1)
    assert wanted({}, needed_by=fallback).needed_by == fallback


def test_what_we_answered_and_allocated_is_no_wish() -> None:
    service = with_parameters(a_service(colour="blue", **{"sla.availability": 0.99}), {"vlanId": 100})

    assert wanted(service).characteristics == {"colour": "blue"}
    assert read_parameters(service) == {"vlanId": 100}
    assert with_parameters(service, {}) == a_service(colour="blue", **{"sla.availability": 0.99})


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ({"id": "s", "@type": "PlaceRef", "@referredType": "GeographicSite"}, PlaceWanted(kind="site", id="s")),
        ({"id": "a", "@type": "PlaceRef", "@referredType": "GeographicAddress"}, PlaceWanted(kind="address", id="a")),
        ({"id": "a", "@type": "GeographicAddress", "name": "x"}, PlaceWanted(kind="address", id="a")),
        ({"id": "s", "@type": "GeographicSite"}, PlaceWanted(kind="site", id="s")),
        ({"id": "s", "href": "https://x/geographicSite/s"}, PlaceWanted(kind="site", id="s")),
        (
            {"@type": "GeographicAddress", "streetName": "Harbour Road", "streetNr": 1, "role": "a"},
            PlaceWanted(kind="value", value={"streetName": "Harbour Road", "streetNr": "1"}),
        ),
    ],
)
def test_a_place_is_read_by_reference_or_by_value(place: Json, found: PlaceWanted) -> None:
    read = wanted({"place": [place]})

    assert (read.place, read.misread) == (found, ())


@pytest.mark.parametrize("places", [[{"id": "x"}], [{"@type": "GeographicSite"}], [{"id": "1"}, {"id": "2"}], "here"])
def test_a_place_that_cannot_be_told_is_a_sentence(places: Json) -> None:
    read = wanted({"place": places})

    assert read.place is None
    assert len(read.misread) == 1


def test_no_place_is_no_sentence() -> None:
    assert wanted({}).misread == ()
    assert wanted(None) == wanted({})


def test_the_catalogue_gives_defaults_and_says_what_is_mandatory() -> None:
    words = [
        {"name": "bandwidth", "minCardinality": 1},
        {
            "name": "latencyMaxMs",
            "minCardinality": 1,
            "characteristicValueSpecification": [{"value": 30}, {"value": 50, "isDefault": True}],
        },
        {"name": "termMonths", "minCardinality": 0},
        {"name": "designPattern", "characteristicValueSpecification": [{"value": "siteToHub", "isDefault": True}]},
    ]

    defaults, mandatory = defaults_from(words)

    assert (defaults.round_trip_ms, defaults.term_months) == (50.0, None)
    assert mandatory == {"bandwidth_mbps"}
    assert default_values(words)["designPattern"] == "siteToHub"


def test_a_default_bandwidth_may_have_its_unit_beside_it() -> None:
    value = {"value": 2, "unitOfMeasure": "Gbit/s", "isDefault": True}

    defaults, _ = defaults_from([{"name": "bandwidth", "characteristicValueSpecification": [value]}])

    assert defaults.bandwidth_mbps == 2000


def test_a_catalogue_may_give_budgets_and_prices_a_currency() -> None:
    price = {"value": {"unit": "EUR", "value": 89}, "isDefault": True}

    defaults, _ = defaults_from([{"name": "priceRecurring", "characteristicValueSpecification": [price]}])

    assert (defaults.price_mrc_minor, defaults.price_currency) == (8_900, "EUR")


NAMES = st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3).map(tuple)
DATES = st.tuples(st.dates(), st.dates()).map(sorted)
EVERY_YEAR = st.dates(date(2000, 1, 1), date(2000, 12, 31))
SPANS = st.lists(
    st.builds(lambda days, hours: Span(start=days[0], end=days[1], hours=hours), DATES, st.sampled_from(["", "08-20"]))
    | st.builds(Span, start=EVERY_YEAR, end=EVERY_YEAR, yearly=st.just(True)),
    min_size=1,
    max_size=2,
).map(tuple)
AFTER = st.builds(After, activity=st.sampled_from(["survey", "delivery:x"]), lag_days=st.integers(0, 9))
WORKS = st.builds(
    Work,
    id=st.sampled_from(["a", "b", "installation"]),
    name=st.sampled_from(["", "Licence"]),
    kind=st.sampled_from(["permit", "installation", "bespoke"]),
    days=st.integers(5, 9),
    least_days=st.none() | st.integers(0, 5),
    most_days=st.none() | st.integers(9, 12),
    after=st.none() | st.lists(AFTER, max_size=2, unique=True).map(tuple),
    skill=st.none() | st.just("rigging"),
    jobs=st.integers(1, 3),
    on_site=st.none() | st.booleans(),
    weather=st.none() | st.just("summer"),
    frozen=st.none() | st.booleans(),
    each=st.booleans(),
    owner=st.sampled_from(["", "customer"]),
    nrc_minor=st.none() | st.integers(0, 10**9),
    no_return=st.none() | st.sampled_from(["soft", "hard"]),
    reference=st.none() | st.just("licence"),
)


def with_currencies(one: Requirement) -> Requirement:
    """Prices and costs have one each, where there are any."""
    priced = one.price_nrc_minor is not None or one.price_mrc_minor is not None
    costs = any(work.nrc_minor is not None for work in one.bespoke_activities or ())
    return replace(one, price_currency="EUR" if priced else None, cost_currency="USD" if costs else None)


REQUIREMENTS = st.builds(
    Requirement,
    ref=st.just("1"),
    specification=st.none() | st.just("cfs"),
    place=st.none()
    | st.builds(PlaceWanted, kind=st.sampled_from(["site", "address"]), id=st.just("p"))
    | st.just(PlaceWanted(kind="value", value={"city": "X"})),
    destinations=st.none() | NAMES,
    bandwidth_mbps=st.none() | st.integers(1, 10**6),
    availability=st.none() | st.sampled_from([0.0, 0.5, 0.9995, 0.99999, 1.0]),
    round_trip_ms=st.none() | st.floats(0.1, 1000),
    diversity=st.none() | st.sampled_from(["none", "link", "node", "srlg", "entry", "carrier", "carrier+srlg"]),
    access_legs=st.none() | st.integers(1, 4),
    cpe_per_leg=st.none() | st.booleans(),
    term_months=st.none() | st.integers(1, 120),
    needed_by=st.none() | st.dates(),
    technology_allowed=st.none() | NAMES,
    jitter_ms=st.none() | st.floats(0.1, 100),
    loss=st.none() | st.sampled_from([0.0, 0.0007, 0.001, 0.29, 1.0]),
    differential_round_trip_ms=st.none() | st.floats(0.1, 100),
    optical_db=st.none() | st.floats(0.1, 100),
    backup=st.none() | st.sampled_from(["none", "any", "mobile", "satellite", "fibre"]),
    backup_mbps=st.none() | st.integers(1, 10**6),
    pattern=st.none() | st.sampled_from(["siteToHub", "pointToPoint", "anyToAny"]),
    objective=st.none() | st.sampled_from(["cost", "date", "availability", "npv"]),
    npv_nrc_factor=st.none() | st.sampled_from([0.0, 0.975, 1.0]),
    npv_mrc_factor=st.none() | st.sampled_from([0.0, 30.125]),
    max_alternatives=st.none() | st.integers(0, 9),
    design_scope=st.none() | st.lists(st.sampled_from(["plan", "cost"]), unique=True, min_size=1).map(tuple),
    site_access=st.none() | SPANS,
    change_freeze=st.none() | SPANS,
    rollout=st.none()
    | st.builds(
        Rollout,
        pilot_items=st.integers(0, 50),
        pilot_days=st.integers(0, 9),
        wave_items=st.none() | st.integers(1, 90),
    ),
    bespoke_activities=st.none() | st.lists(WORKS, max_size=3, unique_by=lambda one: one.id).map(tuple),
    price_nrc_minor=st.none() | st.integers(0, 10**9),
    price_mrc_minor=st.none() | st.integers(0, 10**9),
).map(with_currencies)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(REQUIREMENTS)
def test_a_requirement_that_is_written_as_a_service_is_read_back(one: Requirement) -> None:
    read = requirement("1", write_service(one), needed_by=None, bundles=None)

    assert read.misread == ()
    assert replace(read, characteristics={}) == replace(one, characteristics={})


JUNK = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.dictionaries(st.sampled_from([*WORDS, "budgetOneTime", "priceOneTime"]), JUNK))
def test_no_value_whatever_stops_a_requirement(values: dict[str, Json]) -> None:
    read = wanted(a_service(**values))

    assert all(text.endswith(".") for text in read.misread)
    assert wishes(read).keys() <= values.keys()
