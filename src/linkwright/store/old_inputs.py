"""What designs were computed from, once no stored design names it any more, and the networks that nothing shares."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Connection, Integer, bindparam, delete, select, tuple_

from linkwright.store.database import Database
from linkwright.store.design_inputs import keep_others_out
from linkwright.store.prepared import Prepared, statement
from linkwright.store.tables.designs import design, design_input, design_network
from linkwright.store.times import stamp
from linkwright.wire.design_document import input_named_in

EVERY = timedelta(days=1)
INPUTS_AT_ONCE, DESIGNS_AT_ONCE, WRITTEN_AT_ONCE = 500, 200, 100
_MOST = bindparam("most", type_=Integer)

_INPUTS = statement(
    select(design_input.c.id, design_input.c.created_at)
    .where(design_input.c.id > bindparam("after_id"))
    .order_by(design_input.c.id)
    .limit(_MOST)
)
_DESIGNS = statement(
    select(design.c.design_id.label("id"), design.c.version, design.c.doc)
    .where(tuple_(design.c.design_id, design.c.version) > tuple_(bindparam("after_id"), bindparam("after_version")))
    .order_by(design.c.design_id, design.c.version)
    .limit(_MOST)
)
_DROP_INPUT = statement(
    delete(design_input).where(design_input.c.id == bindparam("of_id"), design_input.c.created_at < bindparam("before"))
)
_NETWORKS = statement(select(design_network.c.id))
_USED_NETWORKS = statement(select(design_input.c.network_id).distinct())
_DROP_NETWORK = statement(delete(design_network).where(design_network.c.id == bindparam("of_id")))


class OldInputs:
    """No column of a design says what it was computed from, so a walk reads all of them, once a day.

    A design that is stored meanwhile makes its inputs young again, so that they are not removed.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._walk: Iterator[None] | None = None
        self._ended_at: datetime | None = None

    def remove(self, before: datetime) -> bool:
        """Go on with the walk; False at its end, and until the next one is due."""
        if self._walk is None:
            if self._has_rest():
                return False
            self._walk = self._steps(stamp(before))
        try:
            next(self._walk)
        except StopIteration:
            self._walk, self._ended_at = None, self._now()
            return False
        except Exception:
            self._walk = None
            raise
        return True

    def _has_rest(self) -> bool:
        return self._ended_at is not None and timedelta() <= self._now() - self._ended_at < EVERY

    def _steps(self, before: str) -> Iterator[None]:
        """A batch after each."""
        old: set[str] = set()
        for inputs in self._pages(_INPUTS, {"after_id": ""}, INPUTS_AT_ONCE):
            old.update(row.id for row in inputs if row.created_at < before)
            yield
        if old:
            for designs in self._pages(_DESIGNS, {"after_id": "", "after_version": 0}, DESIGNS_AT_ONCE):
                old.difference_update(input_named_in(orjson.loads(row.doc)) for row in designs)
                yield
        unnamed = sorted(old)
        for first in range(0, len(unnamed), WRITTEN_AT_ONCE):
            part = unnamed[first : first + WRITTEN_AT_ONCE]
            self._database.write(partial(_without_inputs, part, before))
            yield
        if self._database.read(_unused_networks):
            self._database.write(_without_unused_networks)

    def _pages(self, rows_of: Prepared, first: Mapping[str, Any], most: int) -> Iterator[Sequence[Any]]:
        after = {**first, "most": most}
        while True:
            page = self._database.read(lambda connection: rows_of.rows(connection, after))  # noqa: B023 - read at once
            if page:
                yield page
            if len(page) < most:
                return
            after |= {name: getattr(page[-1], name.removeprefix("after_")) for name in first}


def _without_inputs(ids: Sequence[str], before: str, connection: Connection) -> None:
    _DROP_INPUT.run_many(connection, [{"of_id": id, "before": before} for id in ids])


def _unused_networks(connection: Connection) -> set[str]:
    there = {row.id for row in _NETWORKS.rows(connection, {})}
    return there - {row.network_id for row in _USED_NETWORKS.rows(connection, {})} if there else there


def _without_unused_networks(connection: Connection) -> None:
    keep_others_out(connection)
    _DROP_NETWORK.run_many(connection, [{"of_id": id} for id in _unused_networks(connection)])
