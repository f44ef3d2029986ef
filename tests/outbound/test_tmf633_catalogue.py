from typing import Any

import pytest
import responses

from linkwright.errors import Unavailable
from linkwright.outbound.tmf633_catalogue import Tmf633Catalogue

from .fakes import BASE_URL, Clock, a_client

SPECIFICATIONS = f"{BASE_URL}/tmf-api/serviceCatalogManagement/v4/serviceSpecification"
Json = dict[str, Any]


def a_characteristic(name: str, default: Any = None, least: int = 0) -> Json:
    values = [] if default is None else [{"isDefault": True, "value": default}]
    return {"name": name, "minCardinality": least, "characteristicValueSpecification": values}


def a_specification(name: str = "cfs-1", **changes: Any) -> Json:
    return {
        "id": name,
        "name": "Site of a network",
        "lifecycleStatus": "Active",
        "specCharacteristic": [
            a_characteristic("designPattern", "siteToHub"),
            a_characteristic("destination", ["pop-a"]),
            a_characteristic("bandwidth", least=1),
            a_characteristic("availabilityTarget", 99.5),
        ],
    } | changes


def catalogue(clock: Clock | None = None) -> Tmf633Catalogue:
    return Tmf633Catalogue(a_client("catalogue"), now=clock or Clock(), freshness_s=60)


def test_a_specification_says_what_is_designed_where_the_requester_is_silent(peer: responses.RequestsMock) -> None:
    peer.get(f"{SPECIFICATIONS}/cfs-1", json=a_specification())
    found = catalogue().specification("cfs-1")
    assert found is not None
    assert (found.name, found.designable, found.why_not) == ("Site of a network", True, "")
    assert (found.defaults.destinations, found.defaults.availability) == (("pop-a",), 0.995)
    assert found.mandatory == {"bandwidth_mbps"}


@pytest.mark.parametrize(
    ("changes", "why_not"),
    [
        ({"lifecycleStatus": "Retired"}, "is Retired instead of Active"),
        ({"lifecycleStatus": None}, "is without a lifecycle status instead of Active"),
        (
            {"specCharacteristic": []},
            "has no default for designPattern among those that can be designed (anyToAny, pointToPoint, siteToHub)",
        ),
    ],
)
def test_a_specification_that_cannot_be_designed_says_why(
    peer: responses.RequestsMock, changes: Json, why_not: str
) -> None:
    peer.get(f"{SPECIFICATIONS}/cfs-1", json=a_specification(**changes))
    found = catalogue().specification("cfs-1")
    assert found is not None
    assert (found.designable, found.why_not) == (False, why_not)


def test_a_default_that_is_not_understood_makes_a_specification_undesignable(peer: responses.RequestsMock) -> None:
    words = [a_characteristic("designPattern", "siteToHub"), a_characteristic("bandwidth", "much")]
    peer.get(f"{SPECIFICATIONS}/cfs-1", json=a_specification(specCharacteristic=words))
    found = catalogue().specification("cfs-1")
    assert found is not None
    assert found.designable is False
    assert "bandwidth" in found.why_not


def test_a_specification_that_nobody_knows_is_none_and_asked_for_again(peer: responses.RequestsMock) -> None:
    peer.get(f"{SPECIFICATIONS}/cfs-1", status=404)
    peer.get(f"{SPECIFICATIONS}/cfs-1", json=a_specification())
    asked = catalogue()
    assert asked.specification("cfs-1") is None
    assert asked.specification("cfs-1") is not None


def test_a_specification_is_kept_while_it_is_fresh(peer: responses.RequestsMock) -> None:
    peer.get(f"{SPECIFICATIONS}/cfs-1", json=a_specification())
    clock = Clock()
    asked = catalogue(clock)
    for _ in range(3):
        asked.specification("cfs-1")
    assert len(peer.calls) == 1
    clock.pass_s(60)
    asked.specification("cfs-1")
    assert len(peer.calls) == 2


def test_what_can_be_designed_is_listed_in_the_order_of_its_ids(peer: responses.RequestsMock) -> None:
    retired = a_specification("cfs-0", lifecycleStatus="Retired")
    peer.get(SPECIFICATIONS, json=[a_specification("cfs-2"), retired, a_specification("cfs-1")])
    assert [found.id for found in catalogue().designable()] == ["cfs-1", "cfs-2"]
    assert peer.calls[0].request.params["lifecycleStatus"] == "Active"


def test_a_catalogue_that_is_down_is_no_empty_catalogue(peer: responses.RequestsMock) -> None:
    peer.get(SPECIFICATIONS, status=500)
    with pytest.raises(Unavailable):
        catalogue().designable()
