"""The door's limit: bare Starlette, JSON both ways, rows into SQLite with a grouped commit; no contract, no check."""

import argparse
import asyncio
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.bodies import ORDERS

Row = tuple[str, bytes]


class Group:
    """Rows that arrive while one commit is on its way share the next one."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode=WAL", "synchronous=FULL"):
            self.connection.execute(f"PRAGMA {setting}")
        self.connection.execute("CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, doc BLOB) WITHOUT ROWID")
        self._waiting: list[tuple[Row, asyncio.Future[None]]] = []
        self._busy = False
        self._thread = ThreadPoolExecutor(1)

    async def add(self, row: Row) -> None:
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((row, stored))
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._begin)
        await stored

    def _begin(self) -> None:
        group, self._waiting = self._waiting, []
        done = asyncio.get_running_loop().run_in_executor(self._thread, self._commit, [row for row, _ in group])
        done.add_done_callback(lambda _: self._end(group))

    def _commit(self, rows: list[Row]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT INTO orders VALUES (?, ?)", rows)
        self.connection.execute("COMMIT")

    def _end(self, group: list[tuple[Row, "asyncio.Future[None]"]]) -> None:
        for _, stored in group:
            stored.set_result(None)
        self._busy = bool(self._waiting)
        if self._waiting:
            self._begin()


def application(path: str) -> Starlette:
    group, reader = Group(path), sqlite3.connect(path, check_same_thread=False)

    async def create(request: Request) -> Response:
        doc: dict[str, Any] = orjson.loads(await request.body())
        doc["id"] = str(uuid.uuid4())
        body = orjson.dumps(doc)
        await group.add((doc["id"], body))
        return Response(body, 201, media_type="application/json")

    async def retrieve(request: Request) -> Response:
        found = reader.execute("SELECT doc FROM orders WHERE id = ?", (request.path_params["id"],)).fetchone()
        return Response(found[0] if found else b"{}", 200 if found else 404, media_type="application/json")

    return Starlette(
        routes=[Route(ORDERS, create, methods=["POST"]), Route(f"{ORDERS}/{{id}}", retrieve, methods=["GET"])]
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--database")
    told = parser.parse_args()
    uvicorn.run(application(told.database), port=told.port, log_level="warning", access_log=False)
