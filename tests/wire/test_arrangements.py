"""Activities, costs, calendars and the order of a roll-out: what is understood, and what is told where it is not."""

from datetime import date
from typing import Any

import pytest

from linkwright.designs.requirement import CostComponent, Requirement, Rollout, Span, Work
from linkwright.plan.model import After
from linkwright.wire.requirements import defaults_from, requirement
from linkwright.wire.wishes import BETWEEN_US, wishes, wishes_for_others
from tests.wire.resources import euro

Json = Any


def wanted(**values: Json) -> Requirement:
    given = [{"name": name, "value": value} for name, value in values.items()]
    return requirement("1", {"serviceCharacteristic": given}, needed_by=None, bundles=None)


def of_catalogue(**values: Json) -> Requirement:
    words = [
        {"name": name, "characteristicValueSpecification": [{"value": value, "isDefault": True}]}
        for name, value in values.items()
    ]
    return defaults_from(words)[0]


LICENCE = {
    "id": "licence",
    "name": "Spectrum licence",
    "kind": "permit",
    "days": 20,
    "leastDays": 15,
    "mostDays": 40,
    "after": ["survey", {"activity": "staging", "lagDays": 2}],
    "skill": "radio",
    "jobs": 2,
    "onSite": False,
    "weather": "summer",
    "frozen": True,
    "each": False,
    "owner": "regulator",
    "cost": euro(350),
    "noReturn": "soft",
    "reference": "licence-5g",
}


def test_an_activity_is_read_with_all_that_it_says() -> None:
    read = wanted(bespokeActivities=[LICENCE])

    assert read.misread == ()
    assert read.cost_currency == "EUR"
    assert read.bespoke_activities == (
        Work(
            id="licence",
            name="Spectrum licence",
            kind="permit",
            days=20,
            least_days=15,
            most_days=40,
            after=(After(activity="survey"), After(activity="staging", lag_days=2)),
            skill="radio",
            jobs=2,
            on_site=False,
            weather="summer",
            frozen=True,
            each=False,
            owner="regulator",
            nrc_minor=35_000,
            no_return="soft",
            reference="licence-5g",
        ),
    )


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"id": "survey"}, "survey"),
        ({"id": "delivery:fibre-1"}, "delivery"),
        ({"id": "deliveries"}, "bespoke"),
        ({"id": "survey", "kind": "Test"}, "test"),
    ],
)
def test_an_activity_that_is_silent_about_its_kind_is_what_its_id_says(said: Json, kind: str) -> None:
    (read,) = wanted(bespokeActivities=said).bespoke_activities or ()

    assert (read.kind, read.days, read.after, read.nrc_minor) == (kind, None, None, None)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"id": None}, "bespokeActivities[1].id is missing"),
        ({"days": "P2D"}, "bespokeActivities[1].days: a number is expected, 'P2D' is given"),
        ({"days": 2.5}, "bespokeActivities[1].days: a whole number is expected, 2.5 is given"),
        ({"days": 2_601}, "up to 2600"),
        ({"kind": "party"}, "bespokeActivities[1].kind: one of survey, permit"),
        ({"leastDays": 21}, "bespokeActivities[1]: leastDays, days and mostDays are expected in this order"),
        ({"mostDays": 19}, "bespokeActivities[1]: leastDays, days and mostDays are expected in this order"),
        ({"days": None}, "bespokeActivities[1].days is missing"),
        ({"after": ["x"]}, "bespokeActivities[1].after: an activity cannot come after itself"),
        ({"after": [{"activity": "y", "lagDays": -1}]}, "bespokeActivities[1].after[0].lagDays: a whole number"),
        ({"after": 7}, "bespokeActivities[1].after: a list of objects is expected, 7 is given"),
        ({"jobs": 0}, "bespokeActivities[1].jobs: a whole number from 1 on"),
        ({"noReturn": "firm"}, "bespokeActivities[1].noReturn: one of soft, hard"),
        ({"lestDays": 1}, "bespokeActivities[1]: 'lestDays' is none of its members"),
        ({"id": "licence"}, "'licence' is the id of several activities"),
        ({"onSite": "maybe"}, "bespokeActivities[1].onSite: true or false is expected, 'maybe' is given"),
    ],
)
def test_an_activity_that_is_not_understood_is_named_by_its_place(wrong: Json, told: str) -> None:
    read = wanted(bespokeActivities=[LICENCE, {**LICENCE, "id": "x", "reference": "y", **wrong}])

    assert read.bespoke_activities is None
    assert len(read.misread) == 1
    assert told in read.misread[0]


@pytest.mark.parametrize("cost", [12345, {"value": 12345}, {"unit": "EUR", "value": -12345}])
def test_a_cost_that_is_not_understood_is_not_quoted(cost: Json) -> None:
    (told,) = wanted(bespokeActivities=[{"id": "x", "cost": cost}]).misread

    assert "bespokeActivities[0].cost" in told
    assert "12345" not in told


def test_standard_activities_and_costs_are_the_catalogues_and_no_requesters() -> None:
    catalogue = of_catalogue(
        activities=[{"id": "survey", "days": 2}, {"id": "test", "days": 1, "after": "installation"}],
        costComponents=[{"name": "management", "recurringCost": euro(60)}],
    )
    asked = wanted(activities=[{"id": "survey", "days": 0}], costComponents=[{"name": "nothing"}])

    assert catalogue.misread == ()
    assert catalogue.activities == (
        Work(id="survey", kind="survey", days=2, bespoke=False),
        Work(id="test", kind="test", days=1, after=(After(activity="installation"),), bespoke=False),
    )
    assert catalogue.cost_currency == "EUR"
    assert (asked.activities, asked.cost_components, asked.misread) == (None, None, ())
    complete = asked.completed_by(catalogue)
    assert (complete.activities, complete.cost_components) == (catalogue.activities, catalogue.cost_components)


def test_a_cost_that_is_not_stated_is_never_nothing() -> None:
    read = of_catalogue(
        costComponents=[
            {"name": "a", "component": "cpe", "layer": "resource", "per": "cpe", "oneTimeCost": euro(5)},
            {"name": "b", "per": "leg", "oneTimeCost": None, "recurringCost": "unknown"},
            {"name": "c", "oneTimeCost": {"unit": "EUR", "value": None}},
        ]
    )

    assert read.misread == ()
    assert read.cost_components == (
        CostComponent(name="a", component="cpe", layer="resource", per="cpe", nrc_minor=500, mrc_minor=0),
        CostComponent(name="b", per="leg", nrc_minor=None, mrc_minor=None),
        CostComponent(name="c", nrc_minor=None, mrc_minor=0),
    )


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ([{"component": "cpe"}], "costComponents[0].name is missing"),
        ([{"name": "a", "per": "moon"}], "costComponents[0].per: one of site, cpe, leg"),
        ([{"name": "a", "oneTimeCost": 5}], "costComponents[0].oneTimeCost: money"),
        (["a"], "costComponents[0]: an object is expected"),
        ([{"name": "a", "oneTimeCost": euro(1), "recurringCost": euro(1, "USD")}], "several currencies: EUR, USD"),
    ],
)
def test_a_cost_component_that_is_not_understood_is_named_by_its_place(wrong: Json, told: str) -> None:
    assert told in of_catalogue(costComponents=wrong).misread[0]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"from": "2027-06-14", "to": "2027-06-17"}, Span(start=date(2027, 6, 14), end=date(2027, 6, 17))),
        (
            [{"from": "2027-06-14", "to": "2027-06-14", "hours": "08-20"}],
            Span(start=date(2027, 6, 14), end=date(2027, 6, 14), hours="08-20"),
        ),
        ({"from": "11-15", "to": "01-10"}, Span(start=date(2000, 11, 15), end=date(2000, 1, 10), yearly=True)),
        (
            {"from": "--02-29", "to": "--03-01", "yearly": True},
            Span(start=date(2000, 2, 29), end=date(2000, 3, 1), yearly=True),
        ),
        (
            {"from": "2026-11-15", "to": "2027-01-10", "yearly": "true"},
            Span(start=date(2000, 11, 15), end=date(2000, 1, 10), yearly=True),
        ),
    ],
)
def test_days_are_read_as_dates_or_as_days_of_every_year(said: Json, read: Span) -> None:
    both = wanted(siteAccessCalendar=said, changeFreeze=said)

    assert (both.misread, both.site_access, both.change_freeze) == ((), (read,), (read,))


@pytest.mark.parametrize("value", ["none", [], None])
def test_a_calendar_that_says_nothing_is_silent(value: Json) -> None:
    read = wanted(siteAccessCalendar=value, changeFreeze=value)

    assert (read.misread, read.site_access, read.change_freeze) == ((), None, None)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("weekdays", "a list of objects is expected, 'weekdays' is given"),
        ([{"from": "2027-06-14"}], "siteAccessCalendar[0].to is missing"),
        ([{"from": "2027-06-14", "to": "2027-06-13"}], "it ends on 2027-06-13, before it starts on 2027-06-14"),
        ([{"from": "11-15", "to": "2027-01-10"}], "both dates, or both month and day"),
        ([{"from": "11-15", "to": "01-10", "yearly": False}], "both dates, or both month and day"),
        ([{"from": "02-30", "to": "03-01"}], "siteAccessCalendar[0].from: a month and a day"),
        ([{"from": "2027-06-14", "to": "2027-06-17", "weekdays": ["mon"]}], "'weekdays' is none of its members"),
        ([{"from": "soon", "to": "2027-06-17"}], "siteAccessCalendar[0].from"),
    ],
)
def test_days_that_are_not_understood_are_told(wrong: Json, told: str) -> None:
    read = wanted(siteAccessCalendar=wrong)

    assert read.site_access is None
    assert told in read.misread[0]


def test_a_roll_out_has_a_pilot_and_waves() -> None:
    assert wanted(rollout={"pilotItems": 20, "pilotDays": 5}).rollout == Rollout(pilot_items=20, pilot_days=5)
    assert wanted(rollout={"waveItems": 200}).rollout == Rollout(wave_items=200)
    assert "rollout.waveItems: a whole number from 1 on" in wanted(rollout={"waveItems": 0}).misread[0]
    assert (
        "rollout.pilotDays: a whole number of working days up to 2600"
        in wanted(rollout={"pilotDays": 9_999}).misread[0]
    )
    assert "rollout: 'waves' is none of its members" in wanted(rollout={"waves": 3}).misread[0]


def test_the_parts_of_a_design_that_are_wanted_are_words_that_are_known() -> None:
    assert wanted(designScope=["plan", "Cost", "plan"]).design_scope == ("plan", "cost")
    assert wanted(designScope=[]).design_scope is None
    (told,) = wanted(designScope=["plan", "poems"]).misread
    assert "topology, cpe, assignments, plan, training, support, quality, cost, risk, business, efficiency" in told


def test_a_price_has_its_currency_and_two_are_told() -> None:
    read = wanted(priceOneTime=euro(600), priceRecurring=euro(89.5))

    assert (read.price_nrc_minor, read.price_mrc_minor, read.price_currency) == (60_000, 8_950, "EUR")
    (told,) = wanted(priceOneTime=euro(1), priceRecurring=euro(1, "USD")).misread
    assert told == "The prices are in several currencies: EUR, USD."


def test_costs_of_activities_in_two_currencies_are_told() -> None:
    read = wanted(bespokeActivities=[{"id": "a", "cost": euro(1)}, {"id": "b", "cost": euro(1, "USD")}])

    assert read.misread == ("The costs of activities and components are in several currencies: EUR, USD.",)


def test_what_is_between_the_requester_and_us_is_not_told_to_others() -> None:
    read = wanted(
        bandwidth=100,
        priceOneTime=euro(1),
        priceRecurring=euro(1),
        designScope="plan",
        rollout={"pilotItems": 1},
        bespokeActivities=[{"id": "a", "cost": euro(1)}],
        siteAccessCalendar={"from": "2027-06-14", "to": "2027-06-17"},
        changeFreeze={"from": "11-15", "to": "01-10"},
    )

    assert wishes(read).keys() == {*BETWEEN_US, "bandwidth", "siteAccessCalendar", "changeFreeze"}
    assert wishes_for_others(read).keys() == {"bandwidth", "siteAccessCalendar", "changeFreeze"}
