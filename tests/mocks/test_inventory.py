"""The inventories and the catalogue as a client reads them; every answer is checked against its contract."""

from collections.abc import Iterator
from datetime import date

import pytest

from mocks.catalogue import catalogue
from mocks.resources import resources
from mocks.services import services
from mocks.world import World, build_world
from mocks.world.words import fact

from .asgi_client import AsgiClient

RESOURCE = "/tmf-api/resourceInventoryManagement/v4/resource"
SPECIFICATION = "/tmf-api/serviceCatalogManagement/v4/serviceSpecification"
SERVICE = "/tmf-api/serviceInventory/v4/service"
A_SERVICE = {
    "state": "designed",
    "serviceSpecification": {"id": "cfs-vpn-site"},
    "relatedParty": [{"id": "nordwind", "role": "customer", "@referredType": "Organization"}],
    "serviceCharacteristic": [{"name": "externalId", "value": "order-1/item-1"}],
}


@pytest.fixture
def world() -> World:
    return build_world("polska", 7, date(2027, 1, 4))


@pytest.fixture
def inventory(world: World) -> Iterator[AsgiClient]:
    with AsgiClient(resources(world)) as client:
        yield client


@pytest.fixture
def shelf(world: World) -> Iterator[AsgiClient]:
    with AsgiClient(services(world)) as client:
        yield client


def test_all_resources_come_page_by_page(inventory: AsgiClient, world: World) -> None:
    assert len(world.resources()) > 100
    assert inventory.all_pages(RESOURCE) == world.resources()


def test_a_category_can_be_asked_for_alone(inventory: AsgiClient) -> None:
    assert len(inventory.all_pages(RESOURCE, category="link")) == 18
    assert len(inventory.all_pages(RESOURCE, category="link,pop")) == 30


def test_access_options_are_found_by_their_place(inventory: AsgiClient) -> None:
    found = inventory.all_pages(RESOURCE, **{"place.id": "nordwind-plant,addr-nordwind-plant"})
    assert [fact(option, "technology") for option in found] == ["5g", "fibre-build"]


def test_a_resource_is_read_by_its_id_with_the_wanted_fields(inventory: AsgiClient) -> None:
    assert inventory.get(f"{RESOURCE}/pop-lodz").json()["name"] == "PoP Lodz"
    few = inventory.get(f"{RESOURCE}/pop-lodz", fields="category").json()
    assert few == {"id": "pop-lodz", "href": f"{RESOURCE}/pop-lodz", "@type": "Resource", "category": "pop"}


def test_an_unknown_resource_is_not_found(inventory: AsgiClient) -> None:
    answer = inventory.get(f"{RESOURCE}/pop-atlantis")
    assert (answer.status_code, answer.json()["status"]) == (404, "404")


@pytest.mark.parametrize(
    ("category", "counted"), [("link", "freeCapacityMbps"), ("pop", "freePorts"), ("cpeModel", "stock")]
)
def test_what_is_taken_is_missing_from_what_is_served(
    inventory: AsgiClient, world: World, category: str, counted: str
) -> None:
    before = next(t for t in inventory.all_pages(RESOURCE, category=category) if fact(t, counted))
    url = f"{RESOURCE}/{before['id']}"
    world.take(before["id"], 1)
    assert fact(inventory.get(url).json(), counted) == fact(before, counted) - 1
    world.give_back(before["id"], 1)
    assert inventory.get(url).json() == before


def test_a_taken_access_option_is_shown_as_reserved(inventory: AsgiClient, world: World) -> None:
    url = f"{RESOURCE}/acc-nordwind-plant-5g"
    world.take("acc-nordwind-plant-5g", 1)
    assert inventory.get(url).json()["resourceStatus"] == "reserved"
    world.give_back("acc-nordwind-plant-5g", 1)
    assert inventory.get(url).json()["resourceStatus"] == "available"


def test_the_catalogue_lists_what_is_sold_and_knows_what_was(
    world: World,
) -> None:
    with AsgiClient(catalogue(world)) as reader:
        active = reader.all_pages(SPECIFICATION, lifecycleStatus="Active")
        assert [s["id"] for s in active] == ["cfs-internet-access", "cfs-vpn-site"]
        assert reader.get(f"{SPECIFICATION}/cfs-leased-line").json()["lifecycleStatus"] == "Retired"
        assert reader.get(f"{SPECIFICATION}/cfs-unheard-of").status_code == 404


def test_no_service_exists_before_one_is_made(shelf: AsgiClient) -> None:
    assert shelf.all_pages(SERVICE) == []


def test_a_service_is_kept_and_found_again(shelf: AsgiClient) -> None:
    made = shelf.post(SERVICE, A_SERVICE)
    assert made.status_code == 201
    assert shelf.get(made.headers["Location"]).json() == made.json()
    assert made.json() == {**A_SERVICE, "id": made.json()["id"], "href": made.json()["href"]}
    shelf.post(SERVICE, {**A_SERVICE, "relatedParty": [], "serviceCharacteristic": []})
    for name, value in (("relatedParty.id", "nordwind"), ("serviceCharacteristic.value", "order-1/item-1")):
        assert shelf.all_pages(SERVICE, **{name: value}) == [made.json()]


def test_the_same_key_gets_the_same_service(shelf: AsgiClient) -> None:
    first = shelf.post(SERVICE, A_SERVICE, key="order-1/service")
    again = shelf.post(SERVICE, A_SERVICE, key="order-1/service")
    assert again.json() == first.json()
    assert len(shelf.all_pages(SERVICE)) == 1


def test_a_service_without_state_or_specification_is_refused(shelf: AsgiClient) -> None:
    assert shelf.post(SERVICE, {"state": "designed"}).status_code == 400
    assert shelf.post(SERVICE, {"serviceSpecification": {"id": "cfs-vpn-site"}}).status_code == 400


def test_a_patch_merges_and_cannot_move_the_service(shelf: AsgiClient) -> None:
    made = shelf.post(SERVICE, {**A_SERVICE, "floor": 3, "serviceSpecification": {"id": "a", "version": "1"}}).json()
    change = {"id": "other", "state": "active", "floor": None, "serviceSpecification": {"id": "b"}}
    changed = shelf.patch(f"{SERVICE}/{made['id']}", change)
    assert changed.status_code == 200
    assert changed.json()["id"] == made["id"]
    assert changed.json()["state"] == "active"
    assert "floor" not in changed.json()
    assert changed.json()["serviceSpecification"] == {"id": "b", "version": "1"}
    assert changed.json()["relatedParty"] == A_SERVICE["relatedParty"]
    assert shelf.get(f"{SERVICE}/{made['id']}").json() == changed.json()


def test_a_deleted_service_is_gone(shelf: AsgiClient) -> None:
    made = shelf.post(SERVICE, A_SERVICE).json()
    url = f"{SERVICE}/{made['id']}"
    assert shelf.delete(url).status_code == 204
    assert [shelf.get(url).status_code, shelf.patch(url, {}).status_code, shelf.delete(url).status_code] == [404] * 3
