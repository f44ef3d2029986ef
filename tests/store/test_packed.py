"""Large documents and events are stored packed; nobody who reads them can tell."""

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from linkwright.api.ports import Kind
from linkwright.designs.answers import Answer
from linkwright.orders.waits import Wait
from linkwright.store import packed as packing
from linkwright.store.database import Database
from linkwright.store.documents import SqlDocuments
from linkwright.store.packed import PACKED_BYTES, packed, packed_within, size_of, unpacked
from linkwright.store.replays import SqlReplays
from linkwright.store.resources import Resource, insert_resource
from linkwright.store.retention import SqlRetention
from linkwright.store.standing import standing_orders
from linkwright.store.subscriptions import NamedOutbox
from linkwright.store.tables.notices import event
from linkwright.store.tables.resources import document
from linkwright.wire.costs import without_costs
from linkwright.wire.filters import Condition, ListQuery, SortKey
from tests.builders import NOW, a_question, an_order
from tests.store.worlds import World, keys

ORDER: Kind = "serviceOrder"
TEXTS = (b"", b"{}", b'{"a":"\xc3\xbc"}', b"x" * (PACKED_BYTES - 1), b"x" * PACKED_BYTES, b'{"n":1}' * 200_000)
LONG = {"note": [{"id": "n", "text": "long " * 500}], "relatedParty": [{"id": "theirs", "@type": "RelatedParty"}]}
COSTLY = {"note": [{"id": "n", "text": "long " * 500}], "priceOneTime": 70_000, "oneTimeCost": 9}
PACKED, PLAIN = 1_000, 10**9


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


@pytest.fixture
def from_bytes(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """From which size on a text is packed from now on."""
    return lambda size: monkeypatch.setattr(packing, "PACKED_BYTES", size)


def in_pieces(text: bytes, size: int = 1_000) -> Iterator[bytes]:
    return (text[first : first + size] for first in range(0, len(text), size))


@pytest.mark.parametrize("text", TEXTS, ids=len)
def test_a_text_is_what_it_was_and_only_a_large_one_is_packed(text: bytes) -> None:
    stored = packed(in_pieces(text))
    assert (unpacked(stored), size_of(stored)) == (text, len(text))
    assert packed([text])[:1] == stored[:1]
    if len(text) < PACKED_BYTES:
        assert stored == text
    else:
        assert len(stored) < len(text) / 10


@pytest.mark.parametrize("text", TEXTS, ids=len)
@pytest.mark.parametrize(("before", "after"), [(b"", b""), (b'{"event":', b"}"), (b"x" * 70_000, b"y" * 70_000)])
def test_a_stored_text_is_part_of_a_larger_one(text: bytes, before: bytes, after: bytes) -> None:
    whole = packed_within(b"<", packed_within(before, packed([text]), after), b">")
    expected = b"<" + before + text + after + b">"
    assert (unpacked(whole), size_of(whole)) == (expected, len(expected))


def test_a_text_is_never_there_twice() -> None:
    size = 20_000_000

    def peak_bytes(act: Callable[[], bytes]) -> tuple[bytes, int]:
        tracemalloc.start()
        made = act()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return made, peak

    stored, while_packing = peak_bytes(lambda: packed(b"%09d," % (number % 100) for number in range(size // 10)))
    text, while_unpacking = peak_bytes(lambda: unpacked(stored))
    assert len(text) == size
    assert while_packing < size / 2
    assert while_unpacking < size * 1.1


def happenings(world: World) -> None:
    """Two orders, of which one is large, and what becomes of them."""
    world.orders.write(lambda tx: tx.add(an_order(body=LONG, requester="bss")))
    world.orders.write(lambda tx: tx.add(an_order(id="order-2")))
    world.orders.write(lambda tx: tx.save(replace(tx.order("order-1"), state="inProgress"), "stateChanged"))


def test_events_and_documents_are_the_same_however_they_are_stored(
    world: World, from_bytes: Callable[[int], None]
) -> None:
    seen = []
    for size in (PLAIN, PACKED):
        from_bytes(size)
        happenings(world)
        seen.append([orjson.loads(body)["event"] for body in world.event_bodies()])
        stored = SqlDocuments(world.database).get(ORDER, "order-1")
        assert stored is not None
        seen[-1].append(orjson.loads(stored.body))
        assert world.event_bodies()[-1].endswith(b'"event":{"serviceOrder":' + stored.body + b"}}")
        world.database.write(lambda c: (c.execute(event.delete()), c.execute(document.delete())))
    assert seen[0] == seen[1]


def test_an_order_is_read_from_what_is_packed(world: World, from_bytes: Callable[[int], None]) -> None:
    from_bytes(PACKED)
    wait = Wait(kind="engineering", items=("1",), since=NOW, text="why")
    world.orders.write(lambda tx: tx.add(an_order(state="held", waits=(wait,), body=LONG)))
    assert _stored(world, document.c.doc)[:1] == b"\0"
    assert world.orders.read(lambda tx: tx.order("order-1")).body["note"] == LONG["note"]
    (standing,) = standing_orders(world.database, ("held",))
    assert (standing.waits, standing.body["note"]) == ((wait,), LONG["note"])


def test_a_check_that_a_packed_order_refers_to_stays(world: World, from_bytes: Callable[[int], None]) -> None:
    """As long as the order is open."""
    from_bytes(PACKED)
    reference = [{"@type": "ExternalReference", "externalReferenceType": "serviceQualification", "id": "check-1/1"}]
    nothing = Answer(items=(), totals=None, valid_until=None, computed_at=NOW)
    world.questions.write(lambda tx: tx.add(a_question(state="done", done_at=NOW, answer=nothing)))
    world.orders.write(lambda tx: tx.add(an_order(body=LONG | {"externalReference": reference})))

    def left() -> list[str]:
        cleaner = SqlRetention(world.database, now=lambda: NOW + timedelta(days=1))
        while cleaner.questions(NOW + timedelta(days=1)):
            pass
        return keys(world, document.c.id)

    assert left() == ["check-1", "order-1"]
    world.orders.write(lambda tx: tx.save(replace(tx.order("order-1"), state="rejected"), "stateChanged"))
    assert left() == ["order-1"]


@pytest.mark.parametrize("size", [PLAIN, PACKED])
def test_a_listener_gets_the_event_as_it_happened(world: World, size: int, from_bytes: Callable[[int], None]) -> None:
    """One that was stored before any was packed, too."""
    from_bytes(size)
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "").id
    world.orders.write(lambda tx: tx.add(an_order(body=LONG)))
    from_bytes(PACKED)

    (row,) = world.outbox.head(listener, 9)
    told = orjson.loads(row.body)
    assert (told["eventType"], told["eventId"]) == ("ServiceOrderCreateEvent", row.event_id)
    assert told["event"]["serviceOrder"]["note"] == LONG["note"]
    assert [row.body] == world.event_bodies()
    assert (_stored(world, event.c.body) == row.body) == (size == PLAIN)
    assert NamedOutbox(world.database).callback(listener) == "http://cb/listener/serviceOrderCreateEvent"


@pytest.mark.parametrize("size", [PLAIN, PACKED])
@pytest.mark.parametrize("requester", [None, "bss"])
def test_costs_are_left_out_of_what_is_packed_too(
    world: World, size: int, requester: str | None, from_bytes: Callable[[int], None]
) -> None:
    from_bytes(size)
    listener = world.subscriptions.add("serviceOrdering", "http://cb", "", requester, costs=False).id
    world.orders.write(lambda tx: tx.add(an_order(body=COSTLY, requester="bss")))

    (row,) = world.outbox.head(listener, 9)
    (whole,) = map(orjson.loads, world.event_bodies())
    assert whole["event"]["serviceOrder"]["priceOneTime"] == 70_000
    assert orjson.loads(row.body) == without_costs(whole, own=requester is not None) != whole


@pytest.mark.parametrize("size", [PLAIN, PACKED])
@pytest.mark.parametrize(
    ("query", "orders"),
    [
        ("", ["order-1", "order-2", "order-1"]),
        ("event.serviceOrder.relatedParty.id=theirs", ["order-1", "order-1"]),
        ("eventType=ServiceOrderStateChangeEvent", ["order-1"]),
    ],
)
def test_what_is_replayed_is_chosen_by_what_is_in_it(
    world: World, size: int, query: str, orders: list[str], from_bytes: Callable[[int], None]
) -> None:
    from_bytes(size)
    listener = world.subscriptions.add("serviceOrdering", "http://cb", query).id
    happenings(world)
    before = world.outbox.head(listener, 9)
    world.outbox.delivered([row.seq for row in before])

    SqlReplays(world.database, now=lambda: NOW).replay(listener, dead=False, since=NOW)

    again = world.outbox.head(listener, 9)
    assert [orjson.loads(row.body)["event"]["serviceOrder"]["id"] for row in again] == orders
    assert [(row.event_id, row.body) for row in again] == [(row.event_id, row.body) for row in before]


def test_packed_events_go_when_they_are_old(world: World, from_bytes: Callable[[int], None]) -> None:
    from_bytes(PACKED)
    happenings(world)
    SqlRetention(world.database, now=lambda: NOW).events(NOW + timedelta(days=1))
    assert keys(world, event.c.event_id) == []


IN_EVERY_WAY = [
    ListQuery(limit=4),
    ListQuery(limit=4, filter=((Condition("description", "regex", "x"),),)),
    ListQuery(limit=4, sort=(SortKey("quantity", False),)),
]


@pytest.mark.parametrize("query", IN_EVERY_WAY)
@pytest.mark.parametrize("size", [PLAIN, PACKED])
@pytest.mark.parametrize(("page_bytes", "expected"), [(10**6, [1, 2, 3, 4]), (8_000, [1, 2]), (10, [1])])
def test_a_page_is_as_large_as_its_texts_not_as_what_is_stored_of_them(
    database: Database,
    query: ListQuery,
    size: int,
    page_bytes: int,
    expected: list[int],
    from_bytes: Callable[[int], None],
) -> None:
    from_bytes(size)
    docs = [
        {"id": str(number), "orderDate": "2026-03-01", "quantity": number, "description": "x" * 3_000}
        for number in range(1, 5)
    ]
    given: dict[str, Any] = {"kind": ORDER, "version": 1, "requester": "bss", "date": "", "internals": {}}
    resources = [Resource(id=doc["id"], doc=doc, **given) for doc in docs]
    database.write(lambda c: [insert_resource(c, one, one.stored()) for one in resources])

    page = SqlDocuments(database, page_bytes=page_bytes).page(ORDER, query)

    assert page.total == 4
    assert page.bodies == [orjson.dumps(docs[number - 1]) for number in expected]


def _stored(world: World, column: Any) -> bytes:
    stored: bytes = world.database.read(lambda c: c.execute(select(column)).scalar_one())
    return stored
