"""What partners answered, as long as it holds, and how often, how fast and how late they were."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import ceil, log
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, select

from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.partner_book import Heard
from linkwright.store.database import Database
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.partners import partner_answer, partner_delivery, partner_tally
from linkwright.store.times import stamp
from linkwright.wire.design_document import read_partner_answer, write_partner_answer

REUSED = "reused"
NEVER_ASKED = 0
"""The bucket of what took no time."""
WIDTH, FIRST_S = 1.1, 0.001
"""A bucket ends a tenth later than the one before."""
_AT_ONCE = 500
_SWEEP_EVERY = timedelta(hours=1)

_PUT = upsert(partner_answer, ("partner", "key"), lambda new: {"place": new.place, "until": new.until, "doc": new.doc})
_COUNT = upsert(
    partner_tally,
    ("partner", "month", "answer", "bucket"),
    lambda new: {"questions": partner_tally.c.questions + new.questions},
)
_DELIVER = upsert(partner_delivery, ("key",), lambda _: {})
_SWEEP = statement(delete(partner_answer).where(partner_answer.c.until <= bindparam("past")))
_FORGET = statement(delete(partner_answer).where(partner_answer.c.place == bindparam("at")))


class SqlPartnerBook:
    """Implements `designs.partner_book.PartnerBook`."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._sweep_at, self._lock = now(), threading.Lock()

    def fresh(self, partner: str, keys: Sequence[str]) -> Mapping[str, PartnerAnswer]:
        of_partner = select(partner_answer.c.key, partner_answer.c.doc).where(
            partner_answer.c.partner == partner, partner_answer.c.until > stamp(self._now())
        )

        def look(connection: Connection) -> list[Any]:
            firsts = range(0, len(keys), _AT_ONCE)
            wanted = (of_partner.where(partner_answer.c.key.in_(keys[first : first + _AT_ONCE])) for first in firsts)
            return [row for one in wanted for row in connection.execute(one)]

        return {row.key: read_partner_answer(orjson.loads(row.doc)) for row in self._database.read(look)}

    def keep(self, partner: str, heard: Sequence[Heard]) -> None:
        """One transaction. Rows are written in the order of their keys, so that two writers wait for each other."""
        kept = [
            {
                "partner": partner,
                "key": one.key,
                "place": one.place,
                "until": stamp(one.until),
                "doc": orjson.dumps(write_partner_answer(one.answer)),
            }
            for one in sorted(heard, key=lambda one: one.key)
            if one.until is not None
        ]
        counted = Counter((one.answer.asked, bucket_of(one.answer.took_s)) for one in heard)
        rows = [self._counted(partner, *kind, count) for kind, count in sorted(counted.items())]
        sweep = self._sweeps()

        def change(connection: Connection) -> None:
            _PUT.run_many(connection, kept)
            _COUNT.run_many(connection, rows)
            if sweep:
                _SWEEP.run(connection, {"past": stamp(self._now())})

        self._database.write(change)

    def reused(self, partner: str, count: int) -> None:
        row = self._counted(partner, REUSED, NEVER_ASKED, count)
        self._database.write(lambda connection: _COUNT.run(connection, row))

    def forget(self, place_ids: Iterable[str]) -> None:
        places = [{"at": place} for place in sorted(set(place_ids))]
        self._database.write(lambda connection: _FORGET.run_many(connection, places))

    def delivered(self, partner: str, key: str, promised: date, actual: date) -> None:
        row = {"key": key, "partner": partner, "promised": promised.isoformat(), "actual": actual.isoformat()}
        self._database.write(lambda connection: _DELIVER.run(connection, row))

    def _counted(self, partner: str, answer: str, bucket: int, count: int) -> Mapping[str, object]:
        month = self._now().strftime("%Y-%m")
        return {"partner": partner, "month": month, "answer": answer, "bucket": bucket, "questions": count}

    def _sweeps(self) -> bool:
        """Now and then what holds no longer is removed."""
        with self._lock:
            if self._now() < self._sweep_at:
                return False
            self._sweep_at = self._now() + _SWEEP_EVERY
            return True


def bucket_of(seconds: float) -> int:
    return NEVER_ASKED if seconds <= 0 else max(ceil(log(seconds / FIRST_S, WIDTH)), NEVER_ASKED + 1)


def end_of(bucket: int) -> float:
    """The longest time of a bucket, in seconds."""
    return 0.0 if bucket == NEVER_ASKED else FIRST_S * WIDTH**bucket
