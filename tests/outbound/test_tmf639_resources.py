from typing import Any

import orjson
import pytest
import responses

from linkwright.errors import BadProblem, Unavailable
from linkwright.outbound.tmf639_resources import Tmf639Inventory

from .fakes import BASE_URL, Clock, a_client

RESOURCES = f"{BASE_URL}/tmf-api/resourceInventoryManagement/v4/resource"
Json = dict[str, Any]


def eur(value: float) -> Json:
    return {"unit": "EUR", "value": value}


def a_resource(category: str, name: str, place: str | None = None, **facts: Any) -> Json:
    relations = {kind: facts.pop(kind) for kind in list(facts) if isinstance(facts[kind], list)}
    placed = {} if place is None else {"place": {"id": place, "role": "servedPlace"}}
    return {
        "id": name,
        "href": f"/resource/{name}",
        "category": category,
        "resourceCharacteristic": [{"name": fact, "value": value} for fact, value in facts.items()],
        "resourceRelationship": [
            {"relationshipType": kind, "resource": {"id": other}}
            for kind, others in relations.items()
            for other in others
        ],
        **placed,
    }


def a_pop(name: str) -> Json:
    return a_resource("pop", name, latitudeDeg=50.0, longitudeDeg=8.0, availability=0.9999, delayMs=0.1)


def an_option(name: str, place: str, currency: str = "EUR", **facts: Any) -> Json:
    known = {
        "technology": "fibre",
        "bandwidthMbps": 1000,
        "nrc": {"unit": currency, "value": 900},
        "mrc": {"unit": currency, "value": 310},
        "availability": 0.999,
        "delayMs": 0.3,
        "leadTimeDays": 10,
        "terminatesAt": ["pop-a"],
    }
    return a_resource("accessOption", name, place, **{k: v for k, v in (known | facts).items() if v is not None})


LINK = a_resource(
    "link",
    "link-1",
    lengthKm=100,
    availability=0.999,
    freeCapacityMbps=10_000,
    mrcPerMbps=eur(0.5),
    endA=["pop-a"],
    endZ=["pop-b"],
)
NETWORK = [a_pop("pop-a"), a_pop("pop-b"), LINK]


class Register:
    """An inventory with filters by category and place; `deaf` ignores them. Remembers what it was asked."""

    def __init__(self, peer: responses.RequestsMock, *resources: Json) -> None:
        self.resources = list(resources)
        self.asked: list[dict[str, str]] = []
        self.deaf = False
        peer.assert_all_requests_are_fired = False
        peer.add_callback(responses.GET, RESOURCES, self._answer)

    def _answer(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        params = request.params
        self.asked.append({k: v for k, v in params.items() if k not in ("offset", "limit")})
        found = [one for one in self.resources if self.deaf or self._fits(one, params)]
        offset = int(params["offset"])
        page = found[offset : offset + min(int(params["limit"]), 2)]
        return 200, {"X-Total-Count": str(len(found))}, orjson.dumps(page)

    def _fits(self, one: Json, params: dict[str, str]) -> bool:
        places = params.get("place.id", "").split(",")
        return one["category"] == params["category"] and (places == [""] or one["place"]["id"] in places)


def inventory(clock: Clock | None = None) -> Tmf639Inventory:
    return Tmf639Inventory(a_client("resources"), now=clock or Clock(), network_freshness_s=300, access_freshness_s=60)


@pytest.mark.parametrize("deaf", [False, True])
def test_the_network_is_read_category_by_category_whatever_the_inventory_makes_of_filters(
    peer: responses.RequestsMock, deaf: bool
) -> None:
    register = Register(peer, *NETWORK, an_option("acc-1", "addr-1"))
    register.deaf = deaf
    clock = Clock()
    facts = inventory(clock).network()
    assert [node.id for node in facts.nodes] == ["pop-a", "pop-b"]
    assert [(link.id, link.mrc_minor_per_mbps) for link in facts.links] == [("link-1", 50)]
    assert (facts.currency, facts.read_at, facts.incomplete) == ("EUR", clock(), ())
    assert {asked["category"] for asked in register.asked} >= {"pop", "link", "sharedRiskGroup", "fieldCapacity"}


def test_the_network_is_kept_no_longer_than_its_freshness_limit(peer: responses.RequestsMock) -> None:
    register, clock = Register(peer, *NETWORK), Clock()
    facts = inventory(clock)
    before = facts.network()
    register.resources.append(a_pop("pop-c"))
    clock.pass_s(299)
    assert facts.network() is before
    clock.pass_s(1)
    assert len(facts.network().nodes) == 3


def test_equal_facts_have_equal_snapshots_whenever_and_in_whatever_order_they_are_read(
    peer: responses.RequestsMock,
) -> None:
    register, clock = Register(peer, *NETWORK), Clock()
    facts = inventory(clock)
    first = facts.network().snapshot
    register.resources.reverse()
    clock.pass_s(300)
    assert facts.network().snapshot == first
    register.resources.append(a_pop("pop-c"))
    clock.pass_s(300)
    assert facts.network().snapshot != first


def test_an_incomplete_resource_is_left_out_and_named(peer: responses.RequestsMock) -> None:
    Register(peer, *NETWORK, a_resource("pop", "pop-x", latitudeDeg=50.0))
    facts = inventory().network()
    assert "pop-x" not in {node.id for node in facts.nodes}
    assert len(facts.incomplete) == 1
    assert "pop-x" in facts.incomplete[0]


def test_prices_in_two_currencies_contradict_each_other(peer: responses.RequestsMock) -> None:
    Register(peer, *NETWORK, an_option("acc-1", "addr-1", currency="CHF"))
    with pytest.raises(BadProblem, match="CHF"):
        inventory().access_at(["addr-1"])


def test_only_options_of_the_places_that_are_asked_for_come_back(peer: responses.RequestsMock) -> None:
    register = Register(peer, *NETWORK, *(an_option(f"acc-{n}", f"addr-{n}") for n in range(4)))
    facts = inventory().access_at(["addr-1", "site-9", "addr-3", "addr-1"])
    assert [(option.id, option.place) for option in facts.options] == [("acc-1", "addr-1"), ("acc-3", "addr-3")]
    assert {"category": "accessOption", "place.id": "addr-1,addr-3,site-9"} in register.asked


def test_an_inventory_that_ignores_the_place_filter_gives_no_stranger_an_option(peer: responses.RequestsMock) -> None:
    register = Register(peer, *NETWORK, an_option("acc-1", "addr-1"), an_option("acc-2", "addr-2"))
    register.deaf = True
    assert [option.id for option in inventory().access_at(["addr-2"]).options] == ["acc-2"]


def test_very_many_places_are_asked_for_in_several_calls(peer: responses.RequestsMock) -> None:
    places = [f"addr-{n:03}" for n in range(120)]
    register = Register(peer, *NETWORK, *(an_option(f"acc-{place}", place) for place in places))
    assert len(inventory().access_at(places).options) == 120
    asked = {one["place.id"] for one in register.asked if "place.id" in one}
    assert [len(one.split(",")) for one in sorted(asked)] == [50, 50, 20]


def test_access_is_kept_place_by_place_also_where_there_is_none(peer: responses.RequestsMock) -> None:
    register, clock = Register(peer, *NETWORK, an_option("acc-1", "addr-1")), Clock()
    facts = inventory(clock)
    facts.access_at(["addr-1", "addr-2"])
    register.asked.clear()
    assert [option.id for option in facts.access_at(["addr-2", "addr-1", "addr-3"]).options] == ["acc-1"]
    assert [one["place.id"] for one in register.asked] == ["addr-3"]
    clock.pass_s(60)
    register.asked.clear()
    facts.access_at(["addr-1"])
    assert [one.get("place.id") for one in register.asked] == ["addr-1"]


def test_an_incomplete_option_is_named(peer: responses.RequestsMock) -> None:
    Register(peer, *NETWORK, an_option("acc-1", "addr-1", availability=None))
    facts = inventory().access_at(["addr-1"])
    assert facts.options == ()
    assert "acc-1" in facts.incomplete[0]
    assert "availability" in facts.incomplete[0]


def test_an_inventory_that_is_down_is_told_and_asked_again(peer: responses.RequestsMock) -> None:
    peer.get(RESOURCES, status=503)
    facts = inventory()
    with pytest.raises(Unavailable):
        facts.network()
    peer.reset()
    Register(peer, *NETWORK)
    assert len(facts.network().nodes) == 2
