"""Where a service is wanted: the ways of saying it, and the registers' places."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.designs.requirement import Place, PlaceWanted, Whereabouts
from linkwright.wire.places import ends_wanted, place_wanted, write_place
from linkwright.wire.v4.geography import PARTS, read_address, read_site

Json = Any


def read(*places: Json) -> tuple[PlaceWanted | None, str | None]:
    return place_wanted({"place": list(places)})


@pytest.mark.parametrize(
    "place",
    [
        {"id": "s", "@type": "PlaceRef", "@referredType": "GeographicSite"},
        {"id": "s", "@type": "PlaceRef", "@referredType": "geographicsite"},
        {"id": "s", "@type": "GeographicSiteRef"},
        {"id": "s", "@type": "GeographicSite", "description": "by value, but sites are looked up"},
        {"id": "s", "@type": "Place", "href": "https://x/tmf-api/geographicSiteManagement/v4/geographicSite/s"},
        {"id": "s", "@referredType": "GeographicSite", "@type": "GeographicAddress"},
    ],
)
def test_a_site_is_named_by_its_id(place: Json) -> None:
    assert read(place) == (PlaceWanted(kind="site", id="s"), None)


@pytest.mark.parametrize(
    "place",
    [
        {"id": "a", "@type": "PlaceRef", "@referredType": "GeographicAddress", "city": "repeated for people"},
        {"id": "a", "@type": "GeographicAddressRef", "city": "repeated for people"},
        {"id": "a", "@type": "GeographicAddress", "role": "installation", "name": "north"},
    ],
)
def test_an_address_by_reference_is_named_by_its_id_whatever_stands_beside_it(place: Json) -> None:
    assert read(place) == (PlaceWanted(kind="address", id="a"), None)


def test_an_address_by_value_keeps_its_parts_as_text_and_nothing_else() -> None:
    place = {
        "@type": "GeographicAddress",
        "@schemaLocation": "https://x/schema",
        "role": "installation",
        "name": "north",
        "streetNr": 7,
        "city": "Harbour",
        "postcode": "",
        "geographicLocation": {"type": "point"},
    }
    assert read(place) == (PlaceWanted(kind="value", value={"streetNr": "7", "city": "Harbour"}), None)
    assert read(place | {"id": "a"}) == (
        PlaceWanted(kind="value", id="a", value={"streetNr": "7", "city": "Harbour"}),
        None,
    )


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ({"place": [{"id": "s"}]}, "@referredType"),
        ({"place": [{"id": "s", "@type": "PlaceRef"}]}, "@referredType"),
        ({"place": [{"@type": "PlaceRef", "@referredType": "GeographicSite"}]}, "id of the site is missing"),
        ({"place": [{"@type": "GeographicAddress", "role": "a"}]}, "id of the address is missing"),
        ({"place": [{"id": "", "@type": "GeographicSite", "city": "X"}]}, "id of the site is missing"),
        ({"place": [{"id": "1"}, {"id": "2"}]}, "2 are given"),
        ({"place": "here"}, "list of places"),
        ({"place": 7}, "list of places"),
        ({"place": ["here"]}, "list of places"),
    ],
)
def test_a_place_that_is_not_understood_is_a_sentence_that_says_what_would_be(service: Json, said: str) -> None:
    place, sentence = place_wanted(service)
    assert place is None
    assert sentence is not None
    assert said in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("service", [{}, {"place": []}, {"place": None}, {"place": {}}])
def test_no_place_is_neither_a_place_nor_a_complaint(service: Json) -> None:
    assert place_wanted(service) == (None, None)


def test_a_place_alone_counts_as_a_list_of_one() -> None:
    assert place_wanted({"place": {"id": "s", "@type": "GeographicSite"}}) == (PlaceWanted(kind="site", id="s"), None)


WANTED = st.one_of(
    st.builds(PlaceWanted, kind=st.sampled_from(["site", "address"]), id=st.text(min_size=1, max_size=5)),
    st.builds(
        PlaceWanted,
        kind=st.just("value"),
        id=st.none() | st.just("a"),
        value=st.dictionaries(st.sampled_from(PARTS), st.text(min_size=1, max_size=5), min_size=1),
    ),
)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(WANTED)
def test_a_place_is_read_back_as_it_was_written(wanted: PlaceWanted) -> None:
    assert read(write_place(wanted)) == (wanted, None)


# The registers


def test_a_site_is_filed_under_its_own_id_and_those_of_its_addresses() -> None:
    site = {"id": "s", "name": "North", "place": [{"id": "a"}, {"role": "unknown"}, {"id": "b"}, {"id": "a"}]}
    assert read_site(site) == Place(id="s", name="North", ids=("s", "a", "b"))
    assert read_site({"id": 7}) == Place(id="7", name="7", ids=("7",))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ({"name": "North Quay", "city": "X"}, "North Quay"),
        (
            {"streetName": "Harbour", "streetType": "Road", "streetNr": 7, "postcode": "1", "city": "X"},
            "Harbour Road 7, 1 X",
        ),
        ({"city": "X"}, "X"),
        ({"country": "NO"}, "a"),
    ],
)
def test_an_address_is_called_as_its_register_calls_it_else_by_street_and_town(address: Json, name: str) -> None:
    assert read_address({"id": "a", **address}) == Place(id="a", name=name, ids=("a",))


SITE_A = {"id": "a", "role": "siteA", "@type": "PlaceRef", "@referredType": "GeographicSite"}
SITE_Z = {"id": "z", "role": "SiteZ", "@type": "PlaceRef", "@referredType": "GeographicAddress"}


@pytest.mark.parametrize("places", [[SITE_A, SITE_Z], [SITE_Z, SITE_A]])
def test_two_ends_are_told_apart_by_their_roles(places: list[Json]) -> None:
    near, far, sentence = ends_wanted({"place": places})

    assert (near, far) == (PlaceWanted(kind="site", id="a"), PlaceWanted(kind="address", id="z"))
    assert sentence is None


@pytest.mark.parametrize("places", [[SITE_A, SITE_A], [SITE_A, {**SITE_Z, "role": "hub"}], [SITE_A, 7]])
def test_two_places_that_are_not_two_ends_are_told(places: list[Json]) -> None:
    near, far, sentence = ends_wanted({"place": places})

    assert (near, far) == (None, None)
    assert sentence is not None
    assert sentence.endswith(".")


def test_an_end_that_is_not_understood_is_told() -> None:
    _, far, sentence = ends_wanted({"place": [SITE_A, {"role": "siteZ"}]})

    assert far is None
    assert sentence is not None
    assert "not understood" in sentence


@pytest.mark.parametrize(
    "location",
    [
        {"bbox": [9.98, 53.54, 9.98, 53.54]},
        {"@type": "GeoJsonPoint", "coordinates": [9.98, 53.54]},
        {"geometryType": "Point", "geometry": [{"x": "9.98", "y": "53.54", "z": "0"}]},
    ],
)
def test_a_point_is_read_however_it_is_written(location: Json) -> None:
    at = read_address({"id": "a1", "geographicLocation": location}).at
    assert at is not None
    assert (at.lat_deg, at.lon_deg) == (53.54, 9.98)


@pytest.mark.parametrize(
    "location",
    [
        None,
        "there",
        {},
        {"bbox": [9.0, 53.0, 10.0, 54.0]},
        {"bbox": []},
        {"coordinates": ["x", "y"]},
        {"geometry": [1]},
    ],
)
def test_what_is_no_point_is_not_taken_for_one(location: Json) -> None:
    assert read_address({"id": "a1", "geographicLocation": location}).at is None


def test_a_site_is_where_it_says_itself_or_the_address_that_stands_in_it() -> None:
    inside = {"id": "s1", "place": [{"id": "a1"}, {"id": "a2", "postcode": "20457"}]}
    assert read_site(inside).at == Whereabouts(postcode="20457")
    assert read_site({"id": "s1", "place": [{"id": "a1"}]}).at is None
