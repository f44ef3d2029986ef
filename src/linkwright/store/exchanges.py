"""What was said between us and other systems, for whoever has to account for it (`outbound.recording.ExchangeBook`)."""

import queue
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, bindparam, select, update

from linkwright.errors import LinkwrightError
from linkwright.exchanges import Exchange, Said
from linkwright.store.database import Database
from linkwright.store.prepared import numbered_row, statement
from linkwright.store.tables.trail import exchange
from linkwright.store.times import moment, stamp

MOST_WAITING = 10_000
BATCH = 200
GATHER_S = 0.2
_ENDED = ("outcome", "status", "failure", "ms", "answer", "answer_bytes", "answer_sha256")

_ADD = statement(numbered_row(exchange).inline())
_OPEN = statement(numbered_row(exchange).returning(exchange.c.seq))
_CLOSE = statement(
    update(exchange)
    .where(exchange.c.seq == bindparam("of_seq"))
    .values({name: bindparam(f"new_{name}") for name in _ENDED})
)
_OF = statement(select(exchange).where(exchange.c.id == bindparam("of_id")).order_by(exchange.c.at, exchange.c.seq))

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class KeptExchange:
    """One exchange as it is kept; `request` and `answer` are None where there is only their size and digest."""

    at: datetime
    system: str
    method: str
    path: str
    key: str | None
    outcome: str
    status: int | None
    failure: str
    ms: int | None
    request: bytes | None
    request_bytes: int
    request_sha256: str
    answer: bytes | None
    answer_bytes: int
    answer_sha256: str


class SqlExchanges:
    """`opened` and `closed` return once it is on disk; what is `noted` is written by a thread, which `start` begins."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: queue.Queue[Exchange] = queue.Queue(MOST_WAITING)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="linkwright-exchanges", daemon=True)
        self.lost = 0
        """So many reads are missing, because the database did not keep up or did not answer."""

    def opened(self, begun: Exchange) -> int:
        row = _row(begun)
        return int(self._database.write(lambda connection: _OPEN.rows(connection, row)[0][0]))

    def closed(self, number: int, ended: Exchange) -> None:
        row = _row(ended)
        values = {"of_seq": number} | {f"new_{name}": row[name] for name in _ENDED}
        self._database.write(lambda connection: _CLOSE.run(connection, values))

    def noted(self, ended: Exchange) -> None:
        try:
            self._waiting.put_nowait(ended)
        except queue.Full:
            self._lose(1)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float) -> None:
        """Write what waits and end."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        self._write_all()

    def write_waiting(self) -> int:
        """Write what waits at this moment, at most a batch; how much that was."""
        rows: list[dict[str, Any]] = []
        while len(rows) < BATCH:
            try:
                rows.append(_row(self._waiting.get_nowait()))
            except queue.Empty:
                break
        if rows:
            self._write(rows)
        return len(rows)

    def _write(self, rows: Sequence[dict[str, Any]]) -> None:
        try:
            self._database.write(lambda connection: _ADD.run_many(connection, rows))
        except LinkwrightError as error:
            self._lose(len(rows))
            log.warning("exchanges could not be kept", count=len(rows), error=str(error))

    def _write_on(self) -> None:
        while not self._stopped.wait(GATHER_S):
            self._write_all()

    def _write_all(self) -> None:
        while self.write_waiting() == BATCH:
            pass

    def _lose(self, count: int) -> None:
        self.lost += count


def exchanges_of(database: Database, resource_id: str) -> list[KeptExchange]:
    """Everything that was said to other systems for a resource, oldest first."""

    def found(connection: Connection) -> list[KeptExchange]:
        return [_kept(row) for row in _OF.rows(connection, {"of_id": resource_id})]

    return database.read(found)


def _row(of: Exchange) -> dict[str, Any]:
    return {
        "at": stamp(of.at),
        "system": of.system,
        "method": of.method,
        "path": of.path,
        "key": of.key,
        "kind": of.kind,
        "id": of.id,
        "outcome": of.outcome,
        "status": of.status,
        "failure": of.failure,
        "ms": of.ms,
        **_body("request", of.request),
        **_body("answer", of.answer),
    }


def _body(name: str, body: Said) -> dict[str, Any]:
    return {name: body.text, f"{name}_bytes": body.size_bytes, f"{name}_sha256": body.sha256}


def _kept(row: Any) -> KeptExchange:
    return KeptExchange(
        at=moment(row.at),
        system=row.system,
        method=row.method,
        path=row.path,
        key=row.key,
        outcome=row.outcome,
        status=row.status,
        failure=row.failure,
        ms=row.ms,
        request=zlib.decompress(row.request) if row.request is not None else None,
        request_bytes=row.request_bytes,
        request_sha256=row.request_sha256,
        answer=zlib.decompress(row.answer) if row.answer is not None else None,
        answer_bytes=row.answer_bytes,
        answer_sha256=row.answer_sha256,
    )
