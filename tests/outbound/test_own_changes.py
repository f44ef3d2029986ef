"""Our own holds and orders are seen by the next check."""

from collections.abc import Iterable

import orjson
import pytest
import responses

from linkwright.designs.requirement import Place, Spot
from linkwright.errors import Unavailable
from linkwright.orders.errands import Errand
from linkwright.outbound.own_changes import HeededErrands
from linkwright.outbound.tmf639_resources import Tmf639Inventory
from tests.builders import NOW, a_leg, a_solution
from tests.fakes import FakeErrands
from tests.wire.errands import a_task, an_errand

from .fakes import Clock, a_client
from .test_tmf639_resources import RESOURCES, a_pop, an_option

PLACE = Place(id="s1", name="Head office", ids=("s1", "a1"), far=Spot(id="s2", name="Plant", ids=("s2",)))


class Forgotten:
    def __init__(self) -> None:
        self.places: list[str] = []
        self.resources: list[str] = []

    def __call__(self, place_ids: Iterable[str], resource_ids: Iterable[str]) -> None:
        self.places += place_ids
        self.resources += resource_ids


def a_hold() -> Errand:
    return an_errand(a_task("reserve"), item_1=a_solution(place=PLACE))


@pytest.mark.parametrize("call", ["send", "undo"])
def test_what_is_held_or_given_back_changes_both_of_its_places(call: str) -> None:
    forgotten = Forgotten()
    getattr(HeededErrands(FakeErrands(clock=lambda: NOW), forgotten), call)(a_hold())
    assert forgotten.places == ["s1", "a1", "s2"]
    assert forgotten.resources == ["fibre-1", "west", "west-hub", "cpe-1"]


@pytest.mark.parametrize("call", ["send", "undo"])
def test_a_call_whose_answer_is_lost_may_have_arrived(call: str) -> None:
    forgotten = Forgotten()
    with pytest.raises(Unavailable):
        getattr(HeededErrands(FakeErrands(clock=lambda: NOW, down=True), forgotten), call)(a_hold())
    assert forgotten.places == ["s1", "a1", "s2"]


def test_what_goes_on_changes_nothing_until_it_ends() -> None:
    forgotten = Forgotten()
    errands = HeededErrands(FakeErrands(clock=lambda: NOW, looks_until_done=2), forgotten)
    errands.send(a_hold())
    forgotten.places.clear()
    assert errands.look(a_hold()).state == "waiting"
    assert forgotten.places == []
    assert errands.look(a_hold()).state == "done"
    assert forgotten.places == ["s1", "a1", "s2"]


def test_our_own_hold_is_seen_by_the_next_question_about_the_place(peer: responses.RequestsMock) -> None:
    usage = ["idle"]
    option = an_option("o1", "s1")

    def resources(request: object) -> tuple[int, dict[str, str], str]:
        asked = request.params["category"]  # type: ignore[attr-defined]
        known = {"pop": [a_pop("pop-a")], "accessOption": [option | {"usageState": usage[0]}]}
        return 200, {}, orjson.dumps(known.get(asked, [])).decode()

    peer.add_callback("GET", RESOURCES, resources)
    inventory = Tmf639Inventory(
        a_client("resources"), now=(clock := Clock()), network_freshness_s=300, access_freshness_s=60
    )
    assert [one.in_use for one in inventory.access_at(["s1"]).options] == [False]

    class Pool(FakeErrands):
        def send(self, errand: Errand):  # type: ignore[no-untyped-def]
            usage[0] = "busy"
            return super().send(errand)

    clock.pass_s(1)
    HeededErrands(Pool(clock=lambda: NOW), inventory.forget).send(a_hold())
    clock.pass_s(1)
    assert [one.in_use for one in inventory.access_at(["s1"]).options] == [True]


def test_our_own_hold_is_seen_in_the_network_where_only_what_it_uses_is_read_again(
    peer: responses.RequestsMock,
) -> None:
    free = {"pop-a": 3, "pop-b": 3}
    asked: list[dict[str, str]] = []

    def resources(request: object) -> tuple[int, dict[str, str], str]:
        params: dict[str, str] = request.params  # type: ignore[attr-defined]
        asked.append({name: params[name] for name in ("category", "id") if name in params})
        pops = [a_pop(name) for name in free if name in params.get("id", name).split(",")]
        for pop in pops:
            pop["resourceCharacteristic"].append({"name": "freePorts", "value": free[pop["id"]]})
        listed = pops if params["category"] == "pop" else []
        return 200, {"X-Total-Count": str(len(listed))}, orjson.dumps(listed).decode()

    peer.add_callback("GET", RESOURCES, resources)
    inventory = Tmf639Inventory(a_client("resources"), now=Clock(), network_freshness_s=300, access_freshness_s=60)

    class Pool(FakeErrands):
        def send(self, errand: Errand):  # type: ignore[no-untyped-def]
            free["pop-a"] -= 1
            return super().send(errand)

    before = inventory.network()
    assert [node.ports for node in before.nodes] == [3, 3]
    asked.clear()
    hold = an_errand(a_task("reserve"), item_1=a_solution(place=PLACE, legs=(a_leg(pop="pop-a"),)))
    HeededErrands(Pool(clock=lambda: NOW), inventory.forget).send(hold)
    after = inventory.network()
    assert [node.ports for node in after.nodes] == [2, 3]
    assert after.snapshot != before.snapshot
    assert asked == [{"category": "pop", "id": "pop-a"}]
    assert inventory.network() is after
    inventory.forget([], ["pop-a"])
    assert inventory.network() is after


def test_what_could_not_be_read_again_is_asked_for_once_more(peer: responses.RequestsMock) -> None:
    answers = [(200, [a_pop("pop-a")]), (503, []), (200, [])]

    def resources(request: object) -> tuple[int, dict[str, str], str]:
        params: dict[str, str] = request.params  # type: ignore[attr-defined]
        status, listed = answers.pop(0) if params["category"] == "pop" else (200, [])
        return status, {"X-Total-Count": str(len(listed))}, orjson.dumps(listed).decode()

    peer.add_callback("GET", RESOURCES, resources)
    inventory = Tmf639Inventory(a_client("resources"), now=Clock(), network_freshness_s=300, access_freshness_s=60)
    assert len(inventory.network().nodes) == 1
    inventory.forget([], ["pop-a"])
    with pytest.raises(Unavailable):
        inventory.network()
    assert inventory.network().nodes == ()
