"""PATCH of an order that is being fulfilled, through the desk itself: what is noted, and what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from linkwright.orders.errands import Task
from linkwright.orders.model import Cancel, Replacement
from linkwright.orders.place import OrderDesk
from linkwright.orders.states import with_leaves
from linkwright.wire.merge_patch import JSON_PATCH, MERGE_PATCH

from .answers import error
from .fakes import NOW, FakeDesk, FakeDeskBooks
from .world import ORDERS, Client, World, an_item, an_order_body

ORDER = f"{ORDERS}/serviceOrder/id-1"
FASTER = [{"name": "bandwidth", "value": {"down": 200, "up": 200, "unit": "Mbit/s"}}]
PATCH = {"serviceOrderItem": [{"id": "1", "service": {"serviceCharacteristic": FASTER}}]}


class Books(FakeDeskBooks):
    """With tasks and cancels beside the orders."""

    stored_tasks: tuple[Task, ...] = ()
    open_cancels: tuple[Cancel, ...] = ()

    def tasks(self, _order_id: str) -> tuple[Task, ...]:
        return self.stored_tasks

    def cancels(self, _order_id: str) -> tuple[Cancel, ...]:
        return self.open_cancels

    def design(self, _design_id: str) -> None:
        return None


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    world.books = books = Books(world.desk)  # type: ignore[attr-defined]
    real = OrderDesk(books=books, now=lambda: NOW, new_id=world.new_id)  # type: ignore[arg-type]
    world.desk.amend = real.amend  # type: ignore[method-assign]
    yield world
    world.close()


@pytest.fixture
def client(world: World) -> Iterator[Client]:
    with Client(world.app) as client:
        body = an_order_body(serviceOrderItem=[an_item("1"), an_item("2")])
        assert client.post(f"{ORDERS}/serviceOrder", body).status_code == 201
        begin(world.desk)
        yield client


def begin(desk: FakeDesk) -> None:
    order = desk.orders["id-1"]
    items = {one.id: replace(one, state="inProgress", design_id=f"design-{one.id}") for one in order.items}
    running = replace(order, state="inProgress", items=with_leaves(order.items, items), version=order.version + 1)
    desk.put(running, over=order.version)


def noted(world: World) -> list[str]:
    return [one.item for one in world.desk.orders["id-1"].amendments]


def operations(*of: Any) -> list[Any]:
    return [dict(zip(("op", "path", "value"), one, strict=False)) for one in of]


def test_the_items_that_change_are_noted_and_shown_at_once(client: Client, world: World) -> None:
    answer = client.patch(ORDER, PATCH)
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] != '"1"'
    first = answer.json()["serviceOrderItem"][0]
    assert (first["state"], noted(world)) == ("inProgress", ["1"])
    assert first["service"]["relatedEntity"][0]["id"] == "design-1"


def test_a_json_patch_does_the_same(client: Client, world: World) -> None:
    change = operations(("add", "/serviceOrderItem/1/service/serviceCharacteristic", FASTER))
    assert client.patch(ORDER, change, JSON_PATCH).status_code == 200
    assert noted(world) == ["2"]


def test_what_is_sent_back_as_it_is_changes_nothing(client: Client, world: World) -> None:
    assert client.patch(ORDER, client.get(ORDER).json() | {"description": "new"}).status_code == 200
    assert noted(world) == []


def test_an_item_may_be_added(client: Client, world: World) -> None:
    answer = client.patch(ORDER, {"serviceOrderItem": [an_item("3")]})
    assert answer.status_code == 200, answer.text
    assert [one["state"] for one in answer.json()["serviceOrderItem"]] == ["inProgress"] * 3
    assert noted(world) == ["3"]


@pytest.mark.parametrize(
    ("patch", "media_type"),
    [
        (operations(("remove", "/serviceOrderItem/0")), JSON_PATCH),
        ({"serviceOrderItem": [an_item("2")]}, MERGE_PATCH),
    ],
)
def test_an_item_is_not_removed(client: Client, world: World, patch: Any, media_type: str) -> None:
    before = client.get(ORDER).json()
    error(client.patch(ORDER, patch, media_type), 409, "Items 1", "cancelServiceOrder")
    assert client.get(ORDER).json() == before


def test_past_the_point_of_no_return_nothing_of_the_patch_is_stored(client: Client, world: World) -> None:
    done = Task(key="k", order_id="id-1", kind="procure", system="north", items=("1",), state="done")
    world.books.stored_tasks = (done,)  # type: ignore[attr-defined]
    error(client.patch(ORDER, PATCH | {"description": "new"}), 409, "1 (it has passed", "north", "Nothing was changed")
    assert "new" not in client.get(ORDER).text


def test_an_unknown_design_is_not_accepted(client: Client, world: World) -> None:
    entity = {"id": "design-7", "role": "serviceDesign", "@referredType": "Document"}
    patch = {"serviceOrderItem": [{"id": "1", "service": {"relatedEntity": [entity]}}]}
    error(client.patch(ORDER, patch), 409, "design-7 was not proposed")


@pytest.mark.parametrize("with_a_change", [False, True])
def test_the_proposed_design_is_accepted_by_itself(client: Client, world: World, with_a_change: bool) -> None:
    order = world.desk.orders["id-1"]
    offered = replace(order.items[0], replacement=Replacement(news="late", text="earlier", design_id="design-7"))
    items = with_leaves(order.items, {"1": offered})
    world.desk.put(replace(order, items=items, version=order.version + 1), over=order.version)
    _, proposed = client.get(ORDER).json()["serviceOrderItem"][0]["service"]["relatedEntity"]
    service = {"relatedEntity": [proposed | {"role": "serviceDesign"}]}
    service |= {"serviceCharacteristic": FASTER} if with_a_change else {}
    answer = client.patch(ORDER, {"serviceOrderItem": [{"id": "1", "service": service}]})
    if with_a_change:
        error(answer, 409, "without another change")
    else:
        assert answer.status_code == 200, answer.text
        (wish,) = world.desk.orders["id-1"].amendments
        assert (wish.state, wish.design_id) == ("accepted", "design-7")


def test_the_action_of_an_item_stays(client: Client) -> None:
    patch = {"serviceOrderItem": [{"id": "1", "action": "noChange", "service": {"id": "s-1"}}]}
    error(client.patch(ORDER, patch), 409, "its action stays")


@pytest.mark.parametrize("state", ["assessingCancellation", "pendingCancellation"])
def test_while_it_is_being_cancelled_items_stay(client: Client, world: World, state: Any) -> None:
    order = world.desk.orders["id-1"]
    world.desk.put(replace(order, state=state, version=order.version + 1), over=order.version)
    error(client.patch(ORDER, PATCH), 409, state)
    assert client.patch(ORDER, {"description": "still"}).status_code == 200
