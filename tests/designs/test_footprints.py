"""Which partners need not be asked, from what they declare."""

from typing import Any

import pytest

from linkwright.designs.footprints import Area, Footprint
from linkwright.designs.requirement import Place, Whereabouts
from tests.builders import a_requirement

BERLIN = Whereabouts(postcode="10115", city="Berlin", country="Germany", lat_deg=52.532, lon_deg=13.384)


def a_place_at(at: Whereabouts | None = BERLIN) -> Place:
    return Place(id="site-1", name="site-1", ids=("site-1", "addr-1"), at=at)


@pytest.mark.parametrize(
    ("area", "has"),
    [
        ({}, True),
        ({"places": ("addr-1",)}, True),
        ({"places": ("site-2",)}, False),
        ({"postcodes": ("10115",)}, True),
        ({"postcodes": ("101*",)}, True),
        ({"postcodes": ("1011",)}, False),
        ({"postcodes": ("20*", "30*")}, False),
        ({"cities": ("  berlin ",)}, True),
        ({"cities": ("Hamburg",)}, False),
        ({"countries": ("GERMANY",)}, True),
        ({"countries": ("Germany",), "postcodes": ("20*",)}, False),
        ({"circles": ((52.5200, 13.4050, 5.0),)}, True),
        ({"circles": ((52.5200, 13.4050, 1.0),)}, False),
        ({"boxes": ((52.0, 13.0, 53.0, 14.0),)}, True),
        ({"boxes": ((52.0, 14.0, 53.0, 15.0),)}, False),
        ({"boxes": ((52.0, 14.0, 53.0, 15.0),), "circles": ((52.5200, 13.4050, 5.0),)}, True),
    ],
)
def test_a_place_is_in_an_area_that_fits_every_kind_of_words(area: Any, has: bool) -> None:
    assert Area(**area).has(a_place_at()) is has


@pytest.mark.parametrize(("lon_deg", "has"), [(179.5, True), (-179.5, True), (0.0, False)])
def test_a_box_may_reach_over_the_date_line(lon_deg: float, has: bool) -> None:
    fiji = Whereabouts(lat_deg=-17.0, lon_deg=lon_deg)
    assert Area(boxes=((-20.0, 179.0, -10.0, -179.0),)).has(a_place_at(fiji)) is has


@pytest.mark.parametrize(
    "area",
    [
        {"postcodes": ("101*",)},
        {"cities": ("Berlin",)},
        {"countries": ("Germany",)},
        {"circles": ((52.5, 13.4, 5.0),)},
        {"boxes": ((52.0, 13.0, 53.0, 14.0),)},
    ],
)
@pytest.mark.parametrize("at", [None, Whereabouts()])
def test_what_is_not_known_of_a_place_is_no_reason_not_to_ask(area: Any, at: Whereabouts | None) -> None:
    footprint = Footprint(areas=(Area(**area),))
    assert footprint.areas[0].has(a_place_at(at)) is None
    assert footprint.why_not(a_requirement(), a_place_at(at)) is None
    assert footprint.needs_addresses


def test_what_is_known_may_be_enough_to_say_no() -> None:
    area = Area(countries=("France",), postcodes=("101*",))
    assert area.has(a_place_at(Whereabouts(country="Germany"))) is False


def test_several_areas_are_added_to_each_other() -> None:
    footprint = Footprint(areas=(Area(cities=("Hamburg",)), Area(places=("site-1",))))
    assert footprint.why_not(a_requirement(), a_place_at()) is None
    assert not Footprint(areas=footprint.areas[1:]).needs_addresses


def test_nothing_declared_is_everything() -> None:
    assert Footprint().why_not(a_requirement(), a_place_at(None)) is None


def test_a_place_outside_has_no_coverage() -> None:
    why = Footprint(areas=(Area(cities=("Hamburg",)),)).why_not(a_requirement(), a_place_at())
    assert why is not None
    assert why[0] == "noCoverage"


@pytest.mark.parametrize(
    ("declared", "wishes", "asked"),
    [
        ({"specifications": frozenset({"cfs"})}, {}, True),
        ({"specifications": frozenset({"other"})}, {}, False),
        ({"specifications": frozenset({"other"})}, {"specification": None}, True),
        ({"technologies": frozenset({"fibre"})}, {}, True),
        ({"technologies": frozenset({"fibre"})}, {"technology_forbidden": ("fibre",)}, False),
        ({"technologies": frozenset({"fibre", "leo"})}, {"technology_forbidden": ("fibre",)}, True),
        ({"technologies": frozenset({"fibre"})}, {"technology_allowed": ("leo",)}, False),
        ({"technologies": frozenset({"fibre"})}, {"technology_allowed": ("leo", "fibre")}, True),
    ],
)
def test_what_a_partner_does_not_offer_it_is_not_asked_for(declared: Any, wishes: Any, asked: bool) -> None:
    why = Footprint(**declared).why_not(a_requirement(**wishes), a_place_at())
    assert (why is None) is asked
    assert why is None or why[0] == "notAsked"
