"""Answered checks and queries that are old enough to be removed, and what keeps some of them."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, get_args

from sqlalchemy import Connection, Integer, bindparam, select, tuple_

from linkwright.errors import NotFound
from linkwright.moves import TASK
from linkwright.orders.states import FINAL, ORDER
from linkwright.qualifications.model import Kind as QuestionKind
from linkwright.store import audit, claims, designs
from linkwright.store.database import Database
from linkwright.store.packed import unpacked
from linkwright.store.prepared import Prepared, statement
from linkwright.store.questions import RESOURCES
from linkwright.store.resources import delete_resource, read_resource
from linkwright.store.tables.resources import document
from linkwright.store.times import stamp
from linkwright.store.work import Work

BATCH = 1000
WRITTEN_AT_ONCE = 50
ORDERS_AT_ONCE = 200
OURSELVES, REMOVED = "linkwright", "removed by age"
ENDED = sorted(state for state, following in TASK.items() if not following)
OPEN = sorted(set(ORDER) - FINAL)
BEGINNING = {"after_date": "", "after_id": ""}
_MOST = bindparam("most", type_=Integer)
_WORDS = re.compile(rb"[^\s\"/,?#&=<>{}\[\]]+")

_OLD = statement(
    select(document.c.id, document.c.date)
    .where(
        document.c.kind == bindparam("of_kind"),
        document.c.hidden == bindparam("of_hidden"),
        document.c.state == bindparam("of_state"),
        document.c.date < bindparam("before"),
        tuple_(document.c.date, document.c.id) > tuple_(bindparam("after_date"), bindparam("after_id")),
    )
    .order_by(document.c.date, document.c.id)
    .limit(_MOST)
)
_OPEN_ORDERS = statement(
    select(document.c.id, document.c.date, document.c.doc, document.c.internals)
    .where(
        document.c.kind == "serviceOrder",
        document.c.state == bindparam("of_state"),
        tuple_(document.c.date, document.c.id) > tuple_(bindparam("after_date"), bindparam("after_id")),
    )
    .order_by(document.c.date, document.c.id)
    .limit(_MOST)
)


@dataclass(frozen=True, kw_only=True)
class _Old:
    kind: QuestionKind
    id: str
    designs: tuple[str, ...]


class OldQuestions:
    """An order may name a check in several ways; whichever it is, the id stands in its document.

    Where the walk stands is memory: what was kept is looked at again once it has come to its end.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._after: dict[tuple[QuestionKind, str], dict[str, str]] = {}

    def remove(self, before: datetime) -> bool:
        """Look at the next ones that are old, and remove those that may go; False at the end of the walk."""
        old = self._old(stamp(before))
        if not old:
            self._after.clear()
            return False
        named = self._named_by_open_orders({name.encode() for one in old for name in (one.id, *one.designs)})
        free = [one for one in old if one.id.encode() not in named]
        for first in range(0, len(free), WRITTEN_AT_ONCE):
            part = free[first : first + WRITTEN_AT_ONCE]
            self._database.write(partial(self._drop, part, named))
        return True

    def _old(self, before: str) -> list[_Old]:
        for kind in get_args(QuestionKind):
            for state in ENDED:
                of = {"of_kind": RESOURCES[kind], "of_hidden": False, "of_state": state, "before": before}
                if found := self._next(kind, state, of):
                    return found
        return []

    def _next(self, kind: QuestionKind, state: str, of: dict[str, Any]) -> list[_Old]:
        values = of | self._after.get((kind, state), BEGINNING) | {"most": BATCH}

        def look(connection: Connection) -> list[_Old]:
            rows = _OLD.rows(connection, values)
            if rows:
                self._after[kind, state] = {"after_date": rows[-1].date, "after_id": rows[-1].id}
            return [_Old(kind=kind, id=row.id, designs=designs.designs_of(connection, row.id)) for row in rows]

        return self._database.read(look)

    def _named_by_open_orders(self, ids: set[bytes]) -> set[bytes]:
        """Ids that stand anywhere in an open order."""
        named: set[bytes] = set()
        for state in OPEN:
            for row in self._pages(_OPEN_ORDERS, {"of_state": state}, ORDERS_AT_ONCE):
                for text in (unpacked(row.doc), row.internals):
                    named |= ids.intersection(_WORDS.findall(text))
        return named

    def _pages(self, rows_of: Prepared, values: dict[str, Any], most: int) -> Iterator[Any]:
        after = BEGINNING
        while True:
            page = self._database.read(partial(_rows, rows_of, values | after | {"most": most}))
            yield from page
            if len(page) < most:
                return
            after = {"after_date": page[-1].date, "after_id": page[-1].id}

    def _drop(self, old: Sequence[_Old], named: set[bytes], connection: Connection) -> None:
        work = Work(connection=connection, base_url="", new_id=str, now=self._now, actor=OURSELVES)
        for one in old:
            with suppress(NotFound):
                self._dropped(work, one, named)

    def _dropped(self, work: Work, old: _Old, named: set[bytes]) -> None:
        resource = RESOURCES[old.kind]
        version = read_resource(work, resource, old.id).version
        designs.forget_answers(work.connection, old.id)
        designs.drop_designs(work.connection, [one for one in old.designs if one.encode() not in named])
        delete_resource(work, resource, old.id)
        claims.release_keys(work.connection, resource, old.id)
        audit.note(work.connection, self._now(), OURSELVES, (REMOVED,), resource, old.id, version)


def _rows(rows_of: Prepared, values: dict[str, Any], connection: Connection) -> list[Any]:
    return rows_of.rows(connection, values)
