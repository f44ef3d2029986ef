"""Addresses and sites as a client looks them up: found, not found, and not told apart by what was given."""

from collections.abc import Iterator
from datetime import date

import pytest

from mocks.places import places
from mocks.world import World, build_world
from mocks.world.words import Json

from .asgi_client import AsgiClient

ADDRESS = "/tmf-api/geographicAddressManagement/v4/geographicAddress"
SITE = "/tmf-api/geographicSiteManagement/v4/geographicSite"
STREET = ("streetName", "streetNr", "city", "country")


@pytest.fixture(scope="module")
def world() -> World:
    return build_world("germany50", 7, date(2027, 1, 4))


@pytest.fixture(scope="module")
def register(world: World) -> Iterator[AsgiClient]:
    with AsgiClient(places(world)) as client:
        yield client


def given(address: Json, *names: str) -> dict[str, str]:
    return {name: address[name] for name in names if name in address}


def matches(register: AsgiClient, address: Json, *names: str) -> list[str]:
    answer = register.get(ADDRESS, **given(address, *names))
    assert answer.status_code == 200
    return [found["id"] for found in answer.json()]


def test_the_whole_register_comes_page_by_page(register: AsgiClient, world: World) -> None:
    assert len(world.addresses) > 100
    assert register.all_pages(ADDRESS) == list(world.addresses)


def test_a_whole_address_finds_itself_alone(register: AsgiClient, world: World) -> None:
    for address in world.addresses:
        if "streetNrSuffix" not in address:
            assert matches(register, address, *STREET, "postcode") == [address["id"]]


def test_an_address_is_ambiguous_without_the_postcode_that_tells_it_apart(register: AsgiClient, world: World) -> None:
    twins = [a for a in world.addresses if len(matches(register, a, *STREET)) == 2 and "streetNrSuffix" not in a]
    assert len(twins) >= 2
    assert all(matches(register, twin, *STREET, "postcode") == [twin["id"]] for twin in twins)


def test_an_address_is_ambiguous_without_the_suffix_that_tells_it_apart(register: AsgiClient, world: World) -> None:
    twins = [a for a in world.addresses if "streetNrSuffix" in a]
    assert {a["streetNrSuffix"] for a in twins} == {"a", "b"}
    for twin in twins:
        assert len(matches(register, twin, *STREET, "postcode")) == 2
        assert matches(register, twin, *STREET, "postcode", "streetNrSuffix") == [twin["id"]]


def test_an_address_that_nobody_has_is_not_found(register: AsgiClient) -> None:
    answer = register.get(ADDRESS, city="Atlantis", streetName="Harbour Road")
    assert (answer.status_code, answer.json()) == (200, [])
    assert register.get(f"{ADDRESS}/addr-atlantis-1").status_code == 404


def test_an_address_says_where_it_lies(register: AsgiClient, world: World) -> None:
    hq = register.get(f"{ADDRESS}/addr-nordwind-hq").json()
    west, south, east, north = hq["geographicLocation"]["bbox"]
    assert (west, south) == (east, north)
    pop = next(t for t in world.resources() if t["category"] == "pop" and t["name"] == f"PoP {hq['city']}")
    facts = {c["name"]: c["value"] for c in pop["resourceCharacteristic"]}
    assert abs(facts["latitudeDeg"] - south) < 0.2
    assert abs(facts["longitudeDeg"] - west) < 0.2


def test_the_sites_of_the_customer_are_found_by_the_customer(register: AsgiClient) -> None:
    found = register.get(SITE, **{"relatedParty.id": "nordwind"}).json()
    assert [site["id"] for site in found] == ["nordwind-depot", "nordwind-hq", "nordwind-plant"]
    assert {party["name"] for site in found for party in site["relatedParty"]} == {"Nordwind Logistik GmbH"}


def test_every_site_refers_to_an_address_that_exists(register: AsgiClient, world: World) -> None:
    for site in world.sites:
        (place,) = register.get(f"{SITE}/{site['id']}").json()["place"]
        assert place["@referredType"] == "GeographicAddress"
        assert register.get(f"{ADDRESS}/{place['id']}").status_code == 200


def test_an_unknown_site_is_not_found(register: AsgiClient) -> None:
    assert register.get(f"{SITE}/nordwind-moon").status_code == 404
