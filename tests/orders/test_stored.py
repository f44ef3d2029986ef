"""The same flows over the real store: what is read back from a document is enough to go on, and no change is lost."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import orjson
import pytest

from linkwright.api.patching import Before
from linkwright.api.service_order import order_amender
from linkwright.business.limits import Limits
from linkwright.designs.answers import ItemAnswer
from linkwright.errors import Conflict, InvalidRequest, NotFound, StaleVersion, Unavailable
from linkwright.orders.model import Cancel, Order
from linkwright.store.database import Database
from linkwright.store.documents import SqlDocuments
from linkwright.store.standing import standing_orders
from linkwright.wire.filters import parse_query
from linkwright.wire.v4.service_order import read_order
from tests.builders import NOW, a_leg, a_requirement, a_solution
from tests.orders.plans import an_event_plan
from tests.orders.world import AVAILABLE, KINDS, PARTNER_LEG, World, a_cancel
from tests.store.worlds import BASE_URL
from tests.store.worlds import World as Store


class StoredWorld(World):
    def __init__(self, database: Database) -> None:
        self.store = Store(database)
        super().__init__(self.store.orders)
        self.documents = SqlDocuments(database)
        self.desk = replace(self.desk, new_id=self.store.new_id)
        bought = a_solution(design_id="fresh", legs=(a_leg(), PARTNER_LEG))
        self.designer.answers = {"1": ItemAnswer(ref="1", result="qualified", solution=bought)}

    def place(self) -> None:
        item = {"id": "1", "action": "add", "service": {"serviceSpecification": {"id": "cfs"}}}
        self.desk.place(read_order({"serviceOrderItem": [item]}, id="order-1", now=NOW, requester="bss"))

    def patch(self, changes: Callable[[Any], dict[str, Any]]) -> None:
        stored = self.documents.get("serviceOrder", "order-1")
        assert stored is not None
        document = orjson.loads(stored.body)
        changed = changes(document)
        before = Before(stored=stored, document=document)
        order_amender(self.desk, self.operators, BASE_URL)(document | changed, before, tuple(changed))

    def add_note(self, text: str) -> None:
        self.patch(lambda document: {"note": [*document.get("note", []), {"id": text, "text": text}]})

    def notes(self) -> list[str]:
        return [note["id"] for note in self.order.body.get("note", [])]

    @property
    def order(self) -> Order:
        return self.store.orders.read(lambda tx: tx.order("order-1"))

    def task_states(self) -> dict[str, str]:
        """By kind."""
        return {task.kind: task.state for task in self.store.orders.read(lambda tx: tx.tasks("order-1"))}

    @property
    def cancel(self) -> Cancel:
        return self.store.orders.read(lambda tx: tx.cancels("order-1"))[0]

    @property
    def due_at(self) -> Any:
        rows = self.store.books.due(NOW + timedelta(days=10_000), 1)
        return rows[0].due_at if rows else None


@pytest.fixture
def world(tmp_path: Path) -> Iterator[StoredWorld]:
    database = Database(f"sqlite:///{tmp_path / 'linkwright.db'}")
    database.migrate()
    yield StoredWorld(database)
    database.close()


def test_a_cancelled_order_that_is_not_taken_back_says_where_to_operators_and_requester(world: StoredWorld) -> None:
    world.asks(business=Limits(currency="EUR", one_time_minor=0))
    world.place()
    world.until_due()
    world.outside["reserve"].refuses_undo = True
    world.operators.reject("order-1", by="Ann", reason="no")
    world.until_due()
    assert (world.order.state, world.task_states()["reserve"]) == ("cancelled", "undoing")
    (listed,) = standing_orders(world.store.database, ("held",))
    ((kind, text),) = ((wait.kind, wait.text) for wait in listed.waits)
    assert (kind, text) == ("undo", "reserve at pool cannot be taken back: too late")
    stored = world.documents.get("serviceOrder", "order-1")
    assert stored is not None
    served = orjson.loads(stored.body)
    (alert,) = (one for one in served["jeopardyAlert"] if one["jeopardyType"] == "Critical")
    assert (served["state"], alert["message"]) == ("cancelled", "pool: cannot be taken back: too late")
    assert ("reserve at pool", "cannot be taken back: too late") in [
        (one["reason"], one["message"]) for one in served["errorMessage"]
    ]


def test_a_note_before_every_errand_and_a_silence_change_nothing_in_the_end(world: StoredWorld) -> None:
    world.designer.fails = [Unavailable("resources", "silent")] * 2
    for kind in KINDS:
        world.outside[kind].meanwhile = lambda errand: _note_once(world, errand.task.key)
    world.place()
    world.until_quiet()
    assert world.order.state == "completed"
    assert sorted(world.notes()) == sorted(world.posts())
    assert len(world.posts()) == len(set(world.posts())) == 6
    assert len(world.order.jeopardies) == 1
    assert world.store.events().count("ServiceOrderJeopardyEvent") == 1


def test_what_a_design_says_of_the_order_is_told(world: StoredWorld) -> None:
    world.place()
    world.advance()
    told = [orjson.loads(body) for body in world.store.event_bodies()]
    changes = [event for event in told if event["eventType"] == "ServiceOrderAttributeValueChangeEvent"]
    assert [event["fieldPath"] for event in changes] == ["expectedCompletionDate"]
    assert changes[0]["event"]["serviceOrder"]["expectedCompletionDate"] == "2026-11-30T00:00:00.000Z"


def test_how_an_item_goes_by_its_plan_is_kept_through_changes_of_its_requester(world: StoredWorld) -> None:
    plan, leg = an_event_plan("offer-1"), replace(PARTNER_LEG, ready=date(2027, 6, 8))
    bought = a_solution(design_id="fresh", legs=(a_leg(), leg), plan=plan, objectives=(AVAILABLE,))
    world.designer.answers = {"1": ItemAnswer(ref="1", result="qualified", solution=bought)}
    world.waits_for("procure", "provide")
    world.outside["procure"].says = {"expected": date(2027, 6, 14)}
    world.place()
    world.until_due()
    for _ in range(3):
        world.until_due()
    course = world.order.items[0].course
    assert course is not None
    assert (course.late, [one.kind for one in course.points]) == ({"delivery:offer-1": 4}, ["soft", "hard"])
    world.patch(lambda _: {"requestedCompletionDate": "2027-12-01T00:00:00Z"})
    assert world.order.items[0].course == course
    served = world.order.body["serviceOrderItem"][0]["service"]["serviceCharacteristic"]
    (work,) = next(one["value"] for one in served if one["name"] == "plan.workItems")
    assert (work["id"], work["state"]) == ("licence", "planned")
    told = [orjson.loads(body) for body in world.store.event_bodies()]
    paths = [event["fieldPath"] for event in told if event["eventType"].endswith("AttributeValueChangeEvent")]
    assert "serviceOrderItem.service.serviceCharacteristic" in ",".join(paths).split(",")
    world.answers_again("procure", "provide")
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.order.items[0].course.days_late < 0  # type: ignore[union-attr, operator]


def _note_once(world: StoredWorld, text: str) -> None:
    if text not in world.notes():
        world.add_note(text)


LATE_LEG = replace(PARTNER_LEG, ready=date(2026, 12, 8))


def _waiting(world: StoredWorld) -> None:
    """For its partner, who has promised the last leg."""
    needed = a_requirement(needed_by=date(2026, 12, 18))
    design = a_solution(design_id="fresh", legs=(a_leg(), LATE_LEG), requirement=needed, ready=date(2026, 12, 15))
    world.designer.answers = {"1": ItemAnswer(ref="1", result="qualified", solution=design)}
    world.waits_for("procure")
    world.place()
    world.advance()


def _says(world: StoredWorld, **says: Any) -> list[Any]:
    """The events that tell what the partner says now."""
    before = len(world.store.event_bodies())
    world.outside["procure"].says = says
    world.all_due()
    world.advance()
    return [orjson.loads(body) for body in world.store.event_bodies()[before:]]


def _item(told: Any) -> Any:
    return told["event"]["serviceOrder"]["serviceOrderItem"][0]


def _entities(told: Any) -> dict[str, str]:
    return {one["role"]: one["id"] for one in _item(told)["service"]["relatedEntity"]}


def test_a_later_day_of_a_partner_and_another_design_are_told_and_kept(world: StoredWorld) -> None:
    _waiting(world)
    hop = a_solution(design_id="second-hop", legs=(a_leg(), a_leg(access="hop")), ready=date(2026, 12, 17))
    world.designer.answers = {"1": ItemAnswer(ref="1", result="qualified", solution=hop)}
    told = _says(world, expected=date(2026, 12, 14))
    assert {one["eventType"] for one in told} == {
        "ServiceOrderJeopardyEvent",
        "ServiceOrderAttributeValueChangeEvent",
    }
    assert told[-1]["event"]["serviceOrder"]["expectedCompletionDate"] == "2026-12-21T00:00:00.000Z"
    assert next(one["fieldPath"] for one in told if "fieldPath" in one) == "expectedCompletionDate"
    assert _entities(told[-1]) == {"serviceDesign": "fresh", "proposedDesign": "second-hop"}
    (item,) = world.order.items
    assert (item.design_id, item.proposed_design_id) == ("fresh", "second-hop")
    design = world.store.orders.read(lambda tx: tx.design("second-hop"))
    assert design is not None
    assert (design.replaces, design.version) == ("fresh", 2)

    world.add_note("patched")
    assert _says(world, expected=date(2026, 12, 14)) == []
    assert len(world.designer.asked) == 2
    told = _says(world, expected=date(2026, 12, 8))
    assert "jeopardyAlert" not in told[-1]["event"]["serviceOrder"]
    assert _entities(told[-1]) == {"serviceDesign": "fresh"}
    assert world.order.items[0].replacement is None


def test_what_a_partner_asks_is_a_note_of_the_order_that_stays(world: StoredWorld) -> None:
    _waiting(world)
    world.add_note("of the requester")
    told = _says(world, remote_state="pending", text="Which floor?")
    assert {one["eventType"] for one in told} == {
        "ServiceOrderStateChangeEvent",
        "ServiceOrderInformationRequiredEvent",
    }
    order = told[-1]["event"]["serviceOrder"]
    assert (order["state"], _item(told[-1])["state"]) == ("pending", "pending")
    assert next(one["fieldPath"] for one in told if "fieldPath" in one) == "note"
    assert [(note.get("author"), note["text"]) for note in order["note"]] == [
        (None, "of the requester"),
        (PARTNER_LEG.supplier, "Which floor?"),
    ]
    world.add_note("The third.")
    world.answers_again("procure")
    world.until_quiet()
    assert world.order.state == "completed"
    assert [note["text"] for note in world.order.body["note"]] == ["of the requester", "The third.", "Which floor?"]


def test_a_final_order_takes_its_notes(world: StoredWorld) -> None:
    world.place()
    world.until_quiet()
    world.add_note("thanks")
    with pytest.raises(Conflict, match="allowed: note"):
        world.patch(lambda _: {"description": "late"})
    assert (world.notes(), world.order.state) == (["thanks"], "completed")


def test_a_patched_order_is_found_by_what_it_says_now(world: StoredWorld) -> None:
    def found(asked: str) -> int:
        return world.documents.page("serviceOrder", parse_query(asked, known=lambda _: True)).total

    world.place()
    world.patch(lambda _: {"relatedParty": [{"id": "p-1", "name": "Nord"}, {"id": "p-2"}], "priority": "1"})
    assert (found("relatedParty.id=p-1"), found("relatedParty.id=p-2"), found("priority=1")) == (1, 1, 1)
    world.patch(lambda _: {"relatedParty": [{"id": "p-2"}, {"id": "p-3"}], "priority": "2"})
    told = [found(f"relatedParty.id=p-{number}") for number in (1, 2, 3)]
    assert (told, found("relatedParty.name=Nord"), found("priority=1"), found("priority=2")) == ([0, 1, 1], 0, 0, 1)


def test_a_patch_of_an_order_that_is_withdrawn_meanwhile_is_not_made(world: StoredWorld) -> None:
    world.waits_for("procure", "provide")
    world.place()
    world.advance()
    with pytest.raises(StaleVersion):
        world.patch(lambda _: world.desk.withdraw("order-1") or {"description": "late"})
    assert world.store.orders.read(lambda tx: tx.withdrawn("order-1"))


def test_a_denied_cancel_leaves_the_order_as_it_was(world: StoredWorld) -> None:
    world.waits_for("implement")
    world.place()
    world.advance()
    before = world.order
    world.desk.cancel(a_cancel())
    world.advance()
    assert (world.order.state, world.order.items) == (before.state, before.items)
    assert (world.cancel.state, world.cancel.effective_at) == ("done", None)
    world.answers_again("implement")
    world.until_quiet()
    assert world.order.state == "completed"


def test_what_cannot_be_taken_back_is_told_once(world: StoredWorld) -> None:
    world.waits_for("procure", "provide")
    world.place()
    world.advance()
    world.outside["procure"].refuses_undo = True
    world.desk.cancel(a_cancel(reason="moved away"))
    for _ in range(4):
        world.until_due()
    assert (world.order.state, len(world.order.faults), len(world.order.jeopardies)) == ("pendingCancellation", 1, 1)
    assert world.store.events().count("ServiceOrderJeopardyEvent") == 1
    world.answers_again("procure")
    world.until_quiet()
    assert (world.order.state, world.cancel.state, world.placed()) == ("cancelled", "done", [])
    assert world.order.cancel_reason == "moved away"


def test_a_withdrawn_order_is_gone_for_everybody_but_its_run(world: StoredWorld) -> None:
    world.waits_for("procure", "provide")
    world.place()
    world.advance()
    world.outside["procure"].down = True
    world.desk.withdraw("order-1")
    with pytest.raises(NotFound):
        world.desk.withdraw("order-1")
    with pytest.raises(InvalidRequest):
        world.desk.cancel(a_cancel())
    world.until_due()
    world.answers_again("procure")
    world.until_quiet()
    assert world.placed() == []
    with pytest.raises(NotFound):
        _ = world.order


def test_of_many_changes_at_the_same_time_none_is_lost(world: StoredWorld) -> None:
    world.place()

    def add(text: str) -> None:
        while True:
            try:
                return world.add_note(text)
            except StaleVersion:
                continue

    names = [f"note-{number}" for number in range(8)]
    writers = [Thread(target=add, args=(name,)) for name in names]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(world.notes()) == names
    assert world.order.version == 1 + len(names)


def test_an_approval_outlives_the_process_and_goes_on_in_the_next(world: StoredWorld) -> None:
    world.asks(business=Limits(currency="EUR", one_time_minor=1))
    world.place()
    world.until_quiet()
    assert (world.order.state, world.due_at) == ("held", None)
    world.patch(lambda document: {"note": [*document["note"], {"id": "mine", "text": "please"}]})
    assert len(world.order.waits) == 1
    world.operators.approve("order-1", by="Ann", reason="a good customer")
    assert world.due_at is not None
    world.until_quiet()
    assert world.order.state == "completed"
    assert "mine" in world.notes()
    assert [decision.by for decision in world.order.decisions] == ["Ann"]


def test_a_fallout_is_tried_again_with_what_is_stored(world: StoredWorld) -> None:
    world.refuse("provide")
    world.place()
    world.advance()
    assert world.order.state == "held"
    world.answers_again("provide")
    world.operators.retry("order-1", by="Ann")
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.outside["provide"].posts == ["order-1/provide/2"]


def test_a_question_to_the_requester_is_told_as_an_event_that_names_what_is_missing(world: StoredWorld) -> None:
    old = a_solution(design_id="old", valid_until=NOW - timedelta(days=1), nrc_minor=1)
    world.store.orders.write(lambda tx: tx.put_designs((old,), "bss"))
    entity = {"id": "old", "role": "serviceDesign", "@referredType": "Document"}
    item = {"id": "1", "action": "add", "service": {"relatedEntity": [entity]}}
    world.desk.place(read_order({"serviceOrderItem": [item]}, id="order-1", now=NOW, requester="bss"))
    world.until_quiet()
    assert world.order.state == "pending"
    told = [orjson.loads(body) for body in world.store.event_bodies()]
    (asked,) = [event for event in told if event["eventType"] == "ServiceOrderInformationRequiredEvent"]
    assert asked["fieldPath"] == "serviceOrderItem.state"
    assert "then" in asked["event"]["serviceOrder"]["note"][-1]["text"]
