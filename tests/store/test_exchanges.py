"""The trail of what was said to other systems."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from linkwright.exchanges import Exchange, Said
from linkwright.outbound.redaction import said
from linkwright.store.database import Database
from linkwright.store.exchanges import MOST_WAITING, SqlExchanges, exchanges_of
from linkwright.store.tables.trail import exchange
from tests.builders import NOW


def an_exchange(**changes: Any) -> Exchange:
    facts: dict[str, Any] = {
        "at": NOW,
        "system": "pool",
        "method": "POST",
        "path": "/reservation",
        "key": "order-1/reserve/1",
        "kind": "order",
        "id": "order-1",
        "outcome": "open",
        "request": said(b'{"n":1}'),
    }
    return Exchange(**facts | changes)


def test_a_write_is_there_before_its_answer_and_complete_after_it(database: Database) -> None:
    trail = SqlExchanges(database)
    number = trail.opened(an_exchange())
    (begun,) = exchanges_of(database, "order-1")
    assert (begun.outcome, begun.status, begun.request, begun.answer) == ("open", None, b'{"n":1}', None)

    trail.closed(number, an_exchange(outcome="answered", status=201, ms=12, answer=said(b'{"id":"r-1"}')))

    (ended,) = exchanges_of(database, "order-1")
    assert (ended.at, ended.system, ended.method, ended.path) == (NOW, "pool", "POST", "/reservation")
    assert (ended.key, ended.outcome, ended.status, ended.ms) == ("order-1/reserve/1", "answered", 201, 12)
    assert (ended.request, ended.answer, ended.answer_bytes) == (b'{"n":1}', b'{"id":"r-1"}', 12)


def test_each_write_has_a_number_of_its_own(database: Database) -> None:
    trail = SqlExchanges(database)
    first, second = trail.opened(an_exchange()), trail.opened(an_exchange())
    trail.closed(second, an_exchange(outcome="refused", status=400, failure="gave 400"))
    assert first != second
    assert [one.outcome for one in exchanges_of(database, "order-1")] == ["open", "refused"]


def test_the_trail_is_in_the_order_in_which_it_was_said_although_reads_are_written_later(database: Database) -> None:
    trail = SqlExchanges(database)
    trail.start()
    trail.opened(an_exchange(at=NOW + timedelta(seconds=1), path="/second"))
    trail.noted(an_exchange(method="GET", outcome="answered", path="/first"))
    trail.stop(10.0)
    assert [one.path for one in exchanges_of(database, "order-1")] == ["/first", "/second"]


def test_reads_are_written_together_and_none_is_forgotten_at_the_end(database: Database) -> None:
    trail = SqlExchanges(database)
    trail.start()
    for number in range(450):
        trail.noted(an_exchange(method="GET", outcome="answered", path=f"/{number}"))
    trail.stop(10.0)
    assert [one.path for one in exchanges_of(database, "order-1")] == [f"/{number}" for number in range(450)]
    assert trail.lost == 0


def test_reads_that_nobody_can_keep_up_with_are_counted_and_hold_nobody(sqlite_database: Database) -> None:
    trail = SqlExchanges(sqlite_database)
    for _ in range(MOST_WAITING + 3):
        trail.noted(an_exchange())
    assert trail.lost == 3


def test_what_is_about_no_resource_is_kept_all_the_same(database: Database) -> None:
    trail = SqlExchanges(database)
    trail.noted(an_exchange(kind=None, id=None, request=Said(size_bytes=70_000, sha256="ab")))
    assert trail.write_waiting() == 1
    rows = database.read(lambda connection: connection.execute(select(exchange)).all())
    assert [(row.id, row.request, row.request_bytes, row.request_sha256) for row in rows] == [
        (None, None, 70_000, "ab")
    ]


@pytest.mark.parametrize("method", ["opened", "closed"])
def test_a_write_that_cannot_be_kept_is_an_error(method: str, sqlite_database: Database) -> None:
    sqlite_database.write(lambda connection: exchange.drop(connection))
    trail = SqlExchanges(sqlite_database)
    with pytest.raises(Exception, match="database"):
        trail.opened(an_exchange()) if method == "opened" else trail.closed(1, an_exchange())
