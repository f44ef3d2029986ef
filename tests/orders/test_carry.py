"""One task and the system that carries it out: placed, looked at, taken back, and what goes wrong on the way."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linkwright.errors import Refused, Unavailable
from linkwright.orders.errands import Errand, Task
from linkwright.orders.tasks import planned_tasks
from linkwright.orders.work import Pauses
from tests.builders import NOW, an_order
from tests.orders.world import PAUSES, World, two_items


@pytest.fixture
def world() -> World:
    """An order whose tasks are planned and have not gone out."""
    world = World()
    items = two_items(state="inProgress")

    def change(tx: Any) -> None:
        tx.add(an_order(state="inProgress", items=items))
        designs = {item.id: tx.design(item.design_id) for item in items}
        for task in planned_tasks("order-1", designs):
            tx.put_task(task)

    world.books.write(change)
    return world


def sent(world: World, key: str) -> Task:
    world.carrier.send(world.work, world.task(key))
    return world.task(key)


def looked_at(world: World, key: str) -> Task:
    world.carrier.look(world.work, world.task(key))
    return world.task(key)


def undone(world: World, key: str) -> Task:
    world.carrier.undo(world.work, world.task(key))
    return world.task(key)


def alerts(world: World) -> list[tuple[str, str]]:
    return [(one.name, one.severity) for one in world.order.jeopardies]


@pytest.mark.parametrize(("attempts", "pause_s"), [(0, 1), (1, 2), (4, 16), (8, 256), (9, 300), (10_000, 300)])
def test_pauses_double_up_to_the_longest(attempts: int, pause_s: int) -> None:
    pauses = Pauses(first=timedelta(seconds=1), longest=timedelta(minutes=5))
    assert pauses.after(attempts) == timedelta(seconds=pause_s)


def test_a_long_first_pause_does_not_grow_beyond_all_measure() -> None:
    pauses = Pauses(first=timedelta(days=1), longest=timedelta(days=30))
    assert pauses.after(10_000) == timedelta(days=30)


def test_a_task_is_written_as_sent_before_it_goes_out(world: World) -> None:
    seen: list[str] = []
    world.outside["reserve"].meanwhile = lambda _: seen.append(world.task("reserve/1").state)
    task = sent(world, "reserve/1")
    assert seen == ["sent"]
    assert (task.state, task.remote_id, task.look_at) == ("sent", "remote/order-1/reserve/1", NOW)


def test_an_errand_carries_the_designs_of_its_items_and_what_is_done(world: World) -> None:
    errands: list[Errand] = []
    world.outside["provide"].meanwhile = errands.append
    world.books.put_task(replace(world.task("reserve/1"), state="done"))
    sent(world, "provide")
    (errand,) = errands
    assert errand.solutions.keys() == {"1", "2"}
    assert errand.done.keys() == {"order-1/reserve/1"}
    assert errand.task.state == "sent"


def test_only_the_first_try_of_a_task_is_the_first(world: World) -> None:
    tries: list[bool] = []
    world.outside["reserve"].meanwhile = lambda errand: tries.append(errand.first)

    def twice(_name: str, call: Callable[[], Any]) -> Any:
        call()
        return call()

    object.__setattr__(world.carrier, "retried", twice)
    sent(world, "reserve/1")
    sent(world, "reserve/1")
    assert tries == [True, False, False, False]


def test_what_was_placed_is_told_by_the_look_that_follows(world: World) -> None:
    for key in ("reserve/1", "reserve/2"):
        work = world.carrier.send(world.work, world.task(key))
    assert [one.id for one in world.order.references] == ["remote/order-1/reserve/1"]
    world.carrier.look(work, world.task("reserve/2"))
    assert [one.id for one in world.order.references] == ["remote/order-1/reserve/1", "remote/order-1/reserve/2"]


def test_only_the_items_that_are_left_are_ordered(world: World) -> None:
    one, two = world.order.items
    world.books.write(lambda tx: tx.save(replace(tx.order("order-1"), items=(replace(one, state="failed"), two))))
    assert sent(world, "provide").items == ("2",)


def test_a_task_of_which_no_item_is_left_does_not_go_out(world: World) -> None:
    one, two = world.order.items
    world.books.write(lambda tx: tx.save(replace(tx.order("order-1"), items=(replace(one, state="cancelled"), two))))
    assert sent(world, "reserve/1").state == "undone"
    assert world.posts() == []


def test_a_system_that_does_not_answer_is_tried_again_and_told(world: World) -> None:
    world.outside["reserve"].down = True
    task = sent(world, "reserve/1")
    assert (task.state, task.remote_id, task.attempts) == ("sent", None, 1)
    assert task.look_at == NOW + PAUSES.first
    assert alerts(world) == [("DOWNSTREAM_FALLOUT", "Normal")]
    assert world.told()[-1] == ("jeopardy", "inProgress")


def test_a_partner_that_does_not_answer_is_told_as_silent(world: World) -> None:
    world.outside["procure"].down = True
    sent(world, "procure/1/offer-1")
    assert alerts(world) == [("PARTNER_SILENT", "Normal")]


def test_the_same_silence_is_not_told_again(world: World) -> None:
    world.outside["reserve"].down = True
    for _ in range(3):
        sent(world, "reserve/1")
        world.clock.time += timedelta(minutes=1)
    assert len(world.order.jeopardies) == 1
    assert [happening for happening, _ in world.told()].count("jeopardy") == 1
    assert world.task("reserve/1").attempts == 3


def test_a_refusal_fails_the_items_with_a_code_of_its_own(world: World) -> None:
    world.refuse("procure")
    task = sent(world, "procure/1/offer-1")
    assert task.state == "failed"
    failed = [item for item in world.order.items if item.state == "failed"]
    assert [item.id for item in failed] == list(task.items)
    assert {fault.code for item in failed for fault in item.faults} == {"SD-PTR-02"}


def test_a_task_waits_until_the_other_side_is_done(world: World) -> None:
    world.outside["reserve"].looks_until_done = 2
    sent(world, "reserve/1")
    waiting = looked_at(world, "reserve/1")
    assert (waiting.state, waiting.remote_state, waiting.look_at) == ("sent", "inProgress", NOW + PAUSES.first)
    done = looked_at(world, "reserve/1")
    assert (done.state, done.remote_state, done.look_at) == ("done", "completed", None)


def test_news_shortens_the_pauses_again(world: World) -> None:
    world.outside["reserve"].looks_until_done = 10
    sent(world, "reserve/1")
    assert [looked_at(world, "reserve/1").attempts for _ in range(3)] == [1, 2, 3]
    world.books.put_task(replace(world.task("reserve/1"), remote_state="acknowledged"))
    assert looked_at(world, "reserve/1").attempts == 1


def test_a_look_that_fails_keeps_the_task_and_looks_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    sent(world, "reserve/1")

    def broken(_errand: Any) -> Any:
        raise Refused("pool", "no right to read")

    monkeypatch.setattr(world.outside["reserve"], "look", broken)
    task = looked_at(world, "reserve/1")
    assert (task.state, task.look_at) == ("sent", NOW + PAUSES.first)
    assert "no right to read" in task.note
    assert world.order.items[0].state == "inProgress"


def test_what_the_other_side_does_not_know_is_placed_again_after_a_pause(world: World) -> None:
    """A list that shows a new order only after a while must not be flooded with tries."""
    sent(world, "reserve/1")
    world.outside["reserve"].placed.clear()
    lost = looked_at(world, "reserve/1")
    assert (lost.state, lost.remote_id, lost.look_at) == ("sent", None, NOW + PAUSES.first)
    assert sent(world, "reserve/1").remote_id == "remote/order-1/reserve/1"


def test_a_task_is_taken_back_whether_or_not_it_is_known_to_have_arrived(world: World) -> None:
    sent(world, "procure/1/offer-1")
    world.books.put_task(replace(world.task("procure/1/offer-1"), remote_id=None))
    assert undone(world, "procure/1/offer-1").state == "undone"
    assert world.placed() == []


def test_taking_back_waits_for_a_system_that_is_silent(world: World) -> None:
    sent(world, "provide")
    world.outside["provide"].down = True
    task = undone(world, "provide")
    assert (task.state, task.look_at) == ("undoing", NOW + PAUSES.first)
    world.answers_again("provide")
    assert undone(world, "provide").state == "undone"


@pytest.mark.parametrize("raises", [False, True])
def test_what_cannot_be_taken_back_is_an_alert_and_an_error_told_once(
    world: World, raises: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(world, "provide")
    world.outside["provide"].refuses_undo = True

    def refuses(errand: Any) -> Any:
        raise Refused(errand.task.system, "too late")

    if raises:
        monkeypatch.setattr(world.outside["provide"], "undo", refuses)
    for _ in range(3):
        task = undone(world, "provide")
        world.clock.time += timedelta(minutes=1)
    assert (task.state, task.attempts) == ("undoing", 3)
    assert alerts(world) == [("DOWNSTREAM_FALLOUT", "Critical")]
    (fault,) = world.order.faults
    assert fault.code == "DOWNSTREAM_FALLOUT"
    assert "too late" in fault.message


def test_each_system_is_asked_once_for_its_events(world: World) -> None:
    for key in ("reserve/1", "reserve/2", "procure/1/offer-1"):
        sent(world, key)
    assert world.books.hubs == {
        "pool": "hub-of-pool-for-http://us/listener/pool",
        "partner-north": "hub-of-partner-north-for-http://us/listener/partner-north",
    }


@pytest.mark.parametrize("answer", [None, Refused("pool", "no hub"), Unavailable("pool", "silent")])
def test_a_system_without_a_hub_is_served_all_the_same(
    world: World, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def subscribe(_system: str, _callback: str) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(world.outside["reserve"], "subscribe", subscribe)
    assert sent(world, "reserve/1").remote_id is not None
    assert world.books.hubs == {}


def test_what_changes_nothing_is_not_written(world: World) -> None:
    writes, version = world.books.writes, world.order.version
    work = world.carrier.store(world.work)
    assert work == world.work
    assert (world.books.writes, world.order.version) == (writes, version)


def test_a_task_alone_is_stored_without_a_new_version_of_its_order(world: World) -> None:
    version = world.order.version
    world.carrier.store(world.work, replace(world.task("provide"), note="half way"))
    assert (world.task("provide").note, world.order.version) == ("half way", version)


def test_a_system_that_says_how_long_to_wait_is_left_in_peace_for_so_long(world: World) -> None:
    busy = Unavailable("pool", "gave 429")
    busy.retry_after_s = 1800.0

    def refuse(_errand: Errand) -> None:
        raise busy

    world.outside["reserve"].meanwhile = refuse
    task = sent(world, "reserve/1")
    assert task.look_at == task.not_before == NOW + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("told_s", "pause_s"), [(None, 2), (0.0, 2), (1.0, 2), (90.0, 90), (3600.0, 3600), (1e9, 24 * 3600)]
)
def test_what_is_asked_for_counts_where_it_is_longer_up_to_a_day(told_s: float | None, pause_s: int) -> None:
    assert PAUSES.after(1, told_s) == timedelta(seconds=pause_s)


def test_news_does_not_end_the_wait_that_a_system_asked_for(world: World) -> None:
    until = NOW + timedelta(minutes=30)
    sent(world, "reserve/1")
    world.books.put_task(replace(world.task("reserve/1"), look_at=until, not_before=until))
    world.books.write(lambda tx: tx.wake("order", "order-1", NOW))
    world.advance()
    assert world.task("reserve/1").state == "sent"
    world.clock.time = until
    world.advance()
    assert world.task("reserve/1").state != "sent"
