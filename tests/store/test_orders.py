from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from linkwright.business.limits import Excess
from linkwright.designs.parts_of_answers import Before, Given
from linkwright.errors import Conflict, NotFound, StaleVersion
from linkwright.orders.amendment import Amendment
from linkwright.orders.errands import Hint, Task
from linkwright.orders.model import Cancel, QualificationRef
from linkwright.orders.place import OrderDesk
from linkwright.orders.waits import Decision, Remark, Wait
from linkwright.store.audit import trail
from linkwright.store.database import Database
from linkwright.store.standing import standing_orders
from linkwright.store.tables.notices import event
from linkwright.store.tables.resources import doc_entry, document
from tests.builders import NOW, a_requirement, a_solution, an_item, an_order

from .worlds import World


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def a_task(**changes: Any) -> Task:
    return replace(
        Task(key="order-1/reserve/1", order_id="order-1", kind="reserve", system="pool", items=("1",)), **changes
    )


def a_cancel(**changes: Any) -> Cancel:
    plain = Cancel(
        id="cancel-1",
        order_id="order-1",
        state="accepted",
        asked_at=NOW,
        requester="anonymous",
        body={"serviceOrder": {"id": "order-1"}},
    )
    return replace(plain, **changes)


def test_an_order_is_found_again_as_it_was_stored(world: World) -> None:
    order = an_order(external_id="ours-7", requester="bss")
    world.orders.write(lambda tx: tx.add(order))

    found = world.orders.read(lambda tx: tx.order("order-1"))

    assert (found.id, found.version, found.requester, found.external_id) == ("order-1", 1, "bss", "ours-7")
    assert [item.id for item in found.items] == ["1"]
    assert world.events() == ["ServiceOrderCreateEvent"]


def test_an_unknown_order_is_not_found(world: World) -> None:
    for ask in (lambda tx: tx.order("nobody"), lambda tx: tx.withdrawn("nobody")):
        with pytest.raises(NotFound, match="nobody"):
            world.orders.read(ask)
    with pytest.raises(NotFound, match="nobody"):
        world.orders.write(lambda tx: tx.save(an_order(id="nobody")))


def test_saving_gives_the_next_version_and_one_event_for_each_happening(world: World) -> None:
    world.orders.write(lambda tx: tx.add(an_order()))

    def start(tx: Any) -> Any:
        return tx.save(
            replace(tx.order("order-1"), state="inProgress"), "stateChanged", "attributeChanged", field_path="x"
        )

    saved = world.orders.write(start)

    assert saved.version == 2
    assert world.orders.read(lambda tx: tx.order("order-1")).version == 2
    assert world.orders.read(lambda tx: tx.order("order-1")).state == "inProgress"
    assert world.events() == [
        "ServiceOrderCreateEvent",
        "ServiceOrderStateChangeEvent",
        "ServiceOrderAttributeValueChangeEvent",
    ]


def test_saving_without_happening_only_remembers(world: World) -> None:
    world.orders.write(lambda tx: tx.add(an_order()))
    world.orders.write(lambda tx: tx.save(tx.order("order-1")))

    assert world.orders.read(lambda tx: tx.order("order-1")).version == 2
    assert world.events() == ["ServiceOrderCreateEvent"]


def test_whoever_read_an_older_version_cannot_write_over_a_newer_one(world: World) -> None:
    world.orders.write(lambda tx: tx.add(an_order()))
    read = world.orders.read(lambda tx: tx.order("order-1"))
    world.orders.write(lambda tx: tx.save(read))

    for late in (lambda tx: tx.save(read, "stateChanged"), lambda tx: tx.remove(read, False)):
        with pytest.raises(StaleVersion, match="version 1"):
            world.orders.write(late)

    assert world.orders.read(lambda tx: tx.order("order-1")).version == 2
    assert world.events() == ["ServiceOrderCreateEvent"]


def test_a_change_that_fails_leaves_neither_order_nor_event_nor_work(world: World) -> None:
    def fails(tx: Any) -> None:
        tx.add(an_order())
        tx.wake("order", "order-1", NOW)
        raise LookupError

    with pytest.raises(LookupError):
        world.orders.write(fails)

    assert world.events() == []
    assert world.books.due(NOW, 10) == []
    assert world.woken == []


def test_the_event_carries_the_resource_as_it_is_served(world: World) -> None:
    world.orders.write(lambda tx: tx.add(an_order(external_id="ours-7")))

    body, served = world.database.read(
        lambda c: (c.execute(select(event.c.body)).scalar_one(), c.execute(select(document.c.doc)).scalar_one())
    )

    assert orjson.loads(body)["event"]["serviceOrder"] == orjson.loads(served)
    assert orjson.loads(body)["eventType"] == "ServiceOrderCreateEvent"


def test_the_index_follows_the_document(world: World) -> None:
    def entries() -> set[tuple[str, str]]:
        rows = world.database.read(lambda c: c.execute(select(doc_entry.c.path, doc_entry.c.value)).all())
        return {(path, value) for path, value in rows}

    world.orders.write(lambda tx: tx.add(an_order()))
    before = entries()
    done = replace(an_item(), state="completed")
    world.orders.write(lambda tx: tx.save(replace(tx.order("order-1"), items=(done,)), "stateChanged"))

    assert ("serviceOrderItem.state", "$acknowledged") in before
    assert entries() == before - {("serviceOrderItem.state", "$acknowledged")} | {
        ("serviceOrderItem.state", "$completed")
    }


def test_a_removed_order_is_gone_with_its_tasks_and_cancels(world: World) -> None:
    def set_up(tx: Any) -> None:
        tx.add(an_order())
        tx.put_task(a_task())
        tx.add_cancel(a_cancel())

    world.orders.write(set_up)
    world.orders.write(lambda tx: tx.remove(tx.order("order-1"), still_running=False))

    with pytest.raises(NotFound):
        world.orders.read(lambda tx: tx.order("order-1"))
    assert world.orders.read(lambda tx: (tx.tasks("order-1"), tx.cancels("order-1"))) == ((), ())
    assert world.database.read(lambda c: c.execute(select(doc_entry)).all()) == []
    assert world.events()[-1] == "ServiceOrderDeleteEvent"


def test_an_order_that_still_runs_is_withdrawn_and_silent_until_it_is_forgotten(world: World) -> None:
    world.orders.write(lambda tx: (tx.add(an_order()), tx.put_task(a_task())))
    world.orders.write(lambda tx: tx.remove(tx.order("order-1"), still_running=True))

    assert world.orders.read(lambda tx: tx.withdrawn("order-1"))
    world.orders.write(lambda tx: tx.save(tx.order("order-1"), "stateChanged"))
    assert world.events() == ["ServiceOrderCreateEvent", "ServiceOrderDeleteEvent"]
    assert len(world.orders.read(lambda tx: tx.tasks("order-1"))) == 1

    world.orders.write(lambda tx: tx.forget("order-1"))
    with pytest.raises(NotFound):
        world.orders.read(lambda tx: tx.order("order-1"))
    assert world.orders.read(lambda tx: tx.tasks("order-1")) == ()


def test_an_order_that_was_not_withdrawn_says_so(world: World) -> None:
    world.orders.write(lambda tx: tx.add(an_order()))

    assert not world.orders.read(lambda tx: tx.withdrawn("order-1"))


def test_a_task_is_found_again_as_it_was_put(world: World) -> None:
    task = a_task(
        state="sent",
        after=("a", "b"),
        access="fibre-1",
        remote_id="r-1",
        remote_href="http://pool/r-1",
        remote_state="active",
        note="half way",
        attempts=3,
        expires_at=datetime(2026, 12, 1, 12, 30, 0, 250, tzinfo=UTC),
        expected=NOW.date(),
        look_at=NOW,
        parameters={"vlan": 7, "list": [1, 2]},
        stage="order-1/holds",
        parts=("cpe", "build/b1"),
        delivered=("1",),
        failures={"2": "no port"},
        reported={"1": {"availability": 0.999}},
    )
    world.orders.write(lambda tx: tx.put_task(task))

    assert world.orders.read(lambda tx: tx.tasks("order-1")) == (task,)


def test_tasks_come_in_the_order_in_which_they_were_planned(world: World) -> None:
    def plan(*keys: str) -> None:
        world.orders.write(lambda tx: [tx.put_task(a_task(key=key)) for key in keys])

    plan("z", "m")
    plan("a", "m")
    world.orders.write(lambda tx: tx.put_task(a_task(key="z", state="done")))

    tasks = world.orders.read(lambda tx: tx.tasks("order-1"))
    assert [(task.key, task.state) for task in tasks] == [("z", "done"), ("m", "planned"), ("a", "planned")]


def test_a_task_is_found_by_the_id_that_the_other_system_gave(world: World) -> None:
    world.orders.write(lambda tx: (tx.put_task(a_task(key="1", remote_id="r-1")), tx.put_task(a_task(key="2"))))

    found = world.orders.read(lambda tx: (tx.task_of("pool", "r-1"), tx.task_of("pool", "r-2"), tx.task_of("x", "r-1")))

    assert found == (a_task(key="1", remote_id="r-1"), None, None)


def test_cancels_belong_to_their_order_and_tell_when_their_state_changes(world: World) -> None:
    world.orders.write(lambda tx: (tx.add_cancel(a_cancel()), tx.add_cancel(a_cancel(id="other", order_id="order-2"))))

    def go_on(tx: Any) -> Cancel:
        (cancel,) = tx.cancels("order-1")
        same = tx.save_cancel(cancel)
        saved: Cancel = tx.save_cancel(replace(same, state="inProgress"))
        return saved

    assert world.orders.write(go_on).version == 3
    (cancel,) = world.orders.read(lambda tx: tx.cancels("order-1"))
    assert (cancel.id, cancel.state, cancel.version) == ("cancel-1", "inProgress", 3)
    assert world.events() == [
        "CancelServiceOrderCreateEvent",
        "CancelServiceOrderCreateEvent",
        "CancelServiceOrderStateChangeEvent",
    ]
    with pytest.raises(StaleVersion):
        world.orders.write(lambda tx: tx.save_cancel(a_cancel()))


def test_designs_are_written_once(world: World) -> None:
    first, second = a_solution(), a_solution(version=2, nrc_minor=1)
    world.orders.write(lambda tx: tx.put_designs([first, replace(first, nrc_minor=7)], "bss"))
    assert world.orders.read(lambda tx: tx.design("design-1")) == first

    world.orders.write(lambda tx: tx.put_designs([second], "bss"))
    assert world.orders.read(lambda tx: tx.design("design-1")) == second
    assert world.orders.read(lambda tx: tx.design("design-2")) is None


def test_an_event_is_heard_once_until_it_is_forgotten(world: World) -> None:
    task = a_task(key="order-1/procure/1/x", system="north", state="sent", remote_id="po-1")
    later, hint = NOW + timedelta(hours=1), Hint(event_id="e-1", remote_id="po-1")

    def hear(system: str, hint: Hint, at: datetime) -> bool:
        return bool(world.orders.write(lambda tx: tx.hear(system, hint, task, at)))

    world.orders.write(lambda tx: tx.put_task(task))
    assert world.orders.read(lambda tx: tx.task(task.key)) == task
    assert world.orders.read(lambda tx: tx.task("another")) is None
    assert world.orders.read(lambda tx: tx.last_heard("order-1")) is None
    assert [hear("north", hint, NOW), hear("north", hint, later), hear("south", hint, later)] == [True, False, True]
    assert world.orders.read(lambda tx: tx.last_heard("order-1")) == later
    heard = world.orders.read(lambda tx: tx.heard("order-1"))
    assert [(one.system, one.event_id, one.task_key) for one in heard] == [
        ("north", "e-1", task.key),
        ("south", "e-1", task.key),
    ]
    assert world.orders.read(lambda tx: tx.heard("order-2")) == ()

    world.orders.write(lambda tx: tx.followed(heard[:1]))
    assert world.orders.read(lambda tx: tx.heard("order-1")) == heard[1:]
    assert not hear("north", hint, later)

    world.orders.write(lambda tx: tx.forget_heard(later))
    assert hear("north", hint, later)
    assert not hear("south", hint, later)


def test_our_subscription_at_a_peer_is_remembered(world: World) -> None:
    assert world.orders.read(lambda tx: tx.peer_hub("partner-a")) is None

    world.orders.write(lambda tx: tx.put_peer_hub("partner-a", "s-1"))
    world.orders.write(lambda tx: tx.put_peer_hub("partner-a", "s-2"))

    assert world.orders.read(lambda tx: tx.peer_hub("partner-a")) == "s-2"


def test_a_reference_to_no_check_is_no_design(world: World) -> None:
    ref = QualificationRef(check_id="check-1", item_id="1")

    assert world.orders.read(lambda tx: tx.qualified(ref)) is None


def test_a_woken_piece_of_work_is_due_at_its_earliest_time(world: World) -> None:
    hour = timedelta(hours=1)
    world.orders.write(lambda tx: tx.wake("order", "order-1", NOW + hour))
    assert world.books.due(NOW, 10) == []

    world.orders.write(lambda tx: tx.wake("order", "order-1", NOW))
    world.orders.write(lambda tx: tx.wake("order", "order-1", NOW + 2 * hour))

    (row,) = world.books.due(NOW, 10)
    assert (row.kind, row.key, row.due_at) == ("order", "order-1", NOW)
    assert world.orders.read(lambda tx: tx.attempts("order", "order-1")) == (3, 0)
    assert world.woken == [("order", "order-1", NOW + n * hour) for n in (1, 0, 2)]


def test_work_comes_oldest_first_and_no_more_than_asked_for(world: World) -> None:
    for minutes, key in ((3, "c"), (1, "a"), (2, "b")):
        world.orders.write(lambda tx, m=minutes, k=key: tx.wake("order", k, NOW + timedelta(minutes=m)))

    assert [row.key for row in world.books.due(NOW + timedelta(hours=1), 2)] == ["a", "b"]


def test_settled_work_is_due_no_more_or_later(world: World) -> None:
    later = NOW + timedelta(hours=1)
    world.orders.write(lambda tx: (tx.wake("order", "a", NOW), tx.wake("order", "b", NOW)))
    world.orders.write(lambda tx: (tx.settle("order", "a", 1, None), tx.settle("order", "b", 1, later)))

    assert world.books.due(NOW, 10) == []
    assert [(row.key, row.due_at) for row in world.books.due(later, 10)] == [("b", later)]


def test_a_stimulus_that_came_during_a_run_is_not_settled_away(world: World) -> None:
    world.orders.write(lambda tx: tx.wake("order", "a", NOW))
    revision, _ = world.orders.read(lambda tx: tx.attempts("order", "a"))
    world.orders.write(lambda tx: tx.wake("order", "a", NOW))

    world.orders.write(lambda tx: tx.settle("order", "a", revision, None, failed=True))

    assert [row.key for row in world.books.due(NOW, 10)] == ["a"]
    assert world.orders.read(lambda tx: tx.attempts("order", "a")) == (2, 0)


def test_failures_in_a_row_are_counted_until_one_run_ends_well_or_a_stimulus_comes(world: World) -> None:
    def attempts() -> int:
        return int(world.orders.read(lambda tx: tx.attempts("order", "a"))[1])

    def settle(revision: int, failed: bool) -> None:
        world.orders.write(lambda tx: tx.settle("order", "a", revision, NOW, failed=failed))

    assert world.orders.read(lambda tx: tx.attempts("order", "a")) == (0, 0)
    world.orders.write(lambda tx: tx.wake("order", "a", NOW))
    settle(1, failed=True)
    settle(1, failed=True)
    assert attempts() == 2
    settle(1, failed=False)
    assert attempts() == 0
    settle(1, failed=True)
    world.orders.write(lambda tx: tx.wake("order", "a", NOW))
    assert attempts() == 0


def test_what_an_order_waits_for_and_what_was_decided_is_found_again(world: World, database: Database) -> None:
    excess = Excess(measure="risk", value=4, limit=3)
    partly = {"beyond": (excess,), "until": NOW, "task": "t", "heard": ("a", "b")}
    wait = Wait(kind="engineering", items=("1",), since=NOW, text="why", **partly)
    decision = Decision(
        kind="business", items=("1",), verdict="approved", by="Ann", at=NOW, reason="so", beyond=(excess,)
    )
    by_hand = Decision(kind="fallout", items=("1",), verdict="done", by="Ann", at=NOW, parameters={"vlanId": 7})
    remark = Remark(id="r/1", author="Ann", at=NOW, text="hello")
    held = an_order(
        state="held", items=(an_item(state="held"),), waits=(wait,), decisions=(decision, by_hand), remarks=(remark,)
    )
    other = an_order(id="order-2", state="inProgress", items=(an_item(state="inProgress"),))
    world.orders.write(lambda tx: (tx.add(held), tx.add(other)))

    found = world.orders.read(lambda tx: tx.order("order-1"))

    assert (found.waits, found.decisions, found.remarks) == ((wait,), (decision, by_hand), (remark,))
    assert [note["text"] for note in found.body["note"]] == ["hello"]
    assert [order.id for order in standing_orders(database, ("held",))] == ["order-1"]
    assert standing_orders(database, ("pending",)) == []


def test_a_decision_is_in_the_audit_trail_with_its_reason(world: World, database: Database) -> None:
    world.orders.write(lambda tx: tx.add(an_order()))
    world.actor = "Ann"
    world.orders.write(lambda tx: tx.audit(tx.order("order-1"), "approved", "a good customer"))

    created, approved = trail(database, "order-1")

    assert (created.action, created.reason) == ("created", "")
    assert (approved.actor, approved.action, approved.version, approved.reason) == (
        "Ann",
        "approved",
        1,
        "a good customer",
    )


def test_what_is_wanted_otherwise_is_found_again(world: World) -> None:
    asked = Amendment(item="1", was="mark")
    designed = Amendment(item="2", state="designed", was="mark", design_id="design-2", hold="order-1/reserve/2/2")
    order = an_order(amendments=(asked, designed), superseded=("order-1/procure/1/a",))
    world.orders.write(lambda tx: (tx.add(order), tx.add(an_order(id="order-2"))))

    found, plain = (world.orders.read(lambda tx, name=name: tx.order(name)) for name in ("order-1", "order-2"))

    assert (found.amendments, found.superseded) == ((asked, designed), ("order-1/procure/1/a",))
    assert (plain.amendments, plain.superseded) == ((), ())


def test_a_wish_is_stored_with_a_due_run_and_its_event_or_not_at_all(world: World) -> None:
    """By the desk, over the document as it was patched."""
    desk = OrderDesk(books=world.orders, now=lambda: NOW, new_id=world.new_id)
    running = an_order(state="inProgress", items=(an_item(state="inProgress"),))
    task = a_task(key="order-1/procure/1/a", kind="procure", system="north", state="sent")

    def begun(tx: Any) -> None:
        tx.add(running)
        tx.put_task(task)

    world.orders.write(begun)
    before = world.orders.read(lambda tx: tx.order("order-1"))
    after = replace(before, items=(replace(before.items[0], requirement=a_requirement(bandwidth_mbps=200)),))

    desk.amend(before, after, ("serviceOrderItem",))

    stored = world.orders.read(lambda tx: tx.order("order-1"))
    assert [(one.item, one.state) for one in stored.amendments] == [("1", "asked")]
    assert world.events()[-1] == "ServiceOrderAttributeValueChangeEvent"
    assert world.woken[-1] == ("order", "order-1", NOW)

    world.orders.write(lambda tx: tx.put_task(replace(task, state="done")))
    more = replace(stored, items=(replace(stored.items[0], requirement=a_requirement(bandwidth_mbps=300)),))
    with pytest.raises(Conflict, match="point of no return"):
        desk.amend(stored, more, ("serviceOrderItem",))
    assert world.orders.read(lambda tx: tx.order("order-1")).version == stored.version


@pytest.mark.parametrize("action", ["add", "modify", "delete"])
def test_what_a_task_does_for_its_items_is_kept(world: World, action: Any) -> None:
    world.orders.write(lambda tx: tx.put_task(a_task(action=action)))
    assert world.orders.read(lambda tx: tx.tasks("order-1")) == (a_task(action=action),)


def test_a_service_that_is_released_is_kept_beside_its_item(world: World) -> None:
    given = Given(resource="north:q-1", category="accessOption", quantity=1, supplier="north", order="po-1")
    before = Before(service="s-1", change="delete", released=(given,))
    body = {"serviceOrderItem": [{"id": "1", "action": "delete", "service": {"id": "s-1"}}]}
    item = an_item(action="delete", service_id="s-1", design_id=None, leaving=before)
    world.orders.write(lambda tx: tx.add(an_order(items=(item,), body=body)))
    (stored,) = world.orders.read(lambda tx: tx.order("order-1")).items
    assert stored.leaving == before
