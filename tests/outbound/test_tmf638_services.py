"""Services that are there: found by their ids, few or many, or nobody is asked."""

from typing import Any

import orjson
import pytest
import responses

from linkwright.errors import Refused
from linkwright.outbound.tmf638_services import AT_ONCE, SERVICES, Tmf638Services

from .fakes import BASE_URL, a_client

URL = f"{BASE_URL}/{SERVICES}"


def a_service(name: str) -> Any:
    return {"id": name, "state": "active"}


def test_one_service_is_read_by_its_id(peer: responses.RequestsMock) -> None:
    peer.get(f"{URL}/s-1", json=a_service("s-1"))
    assert Tmf638Services(a_client()).named(["s-1"]).keys() == {"s-1"}


def test_a_service_that_is_not_there_is_left_out(peer: responses.RequestsMock) -> None:
    peer.get(f"{URL}/s-1", status=404, json={"code": "404", "reason": "not there"})
    assert Tmf638Services(a_client()).named(["s-1"]) == {}


def test_many_services_are_read_some_at_a_time_even_where_the_filter_is_ignored(peer: responses.RequestsMock) -> None:
    everything = [a_service(f"s-{number}") for number in range(AT_ONCE + 2)]
    asked: list[int] = []

    def answer(request: Any) -> tuple[int, dict[str, str], bytes]:
        asked.append(len(request.params["id"].split(",")))
        return 200, {"X-Total-Count": str(len(everything))}, orjson.dumps(everything)

    peer.add_callback(responses.GET, URL, answer)
    wanted = [one["id"] for one in everything]
    found = Tmf638Services(a_client()).named([*wanted, *wanted[:3]])
    assert asked == [AT_ONCE, 2]
    assert list(found) == wanted


def test_without_an_inventory_what_may_be_new_is_new_and_what_is_there_cannot_be_found() -> None:
    assert Tmf638Services(None).named([], ["s-1", "s-2"]) == {}
    with pytest.raises(Refused, match="no address"):
        Tmf638Services(None).named(["s-1"], ["s-2"])
