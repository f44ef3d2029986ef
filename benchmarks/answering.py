"""What stands around linkwright while orders are measured: systems that answer at once, and listeners of its hub.

One process, HTTP read by hand, so that it takes as little of the cores as it can. It takes every hold, order and
service, and has done it when it is asked again; what `/hold` names stays in progress until `/release`. The first
answers of each operation are held against the contract that the mocks serve it by; a wrong one is a 500, which ends
the measurement.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast
from urllib.parse import parse_qsl

import orjson
import uvloop

from mocks.characteristics import with_values
from mocks.contracts import Contract
from mocks.downstream import ALLOCATE, allocation
from mocks.frame import default_contracts_dir

Json = Any
Reply = tuple[int, Json]

CHECKED_ANSWERS = 50
NOT_FOUND = {"@type": "Error", "code": "notFound", "reason": "Not Found", "status": "404"}
HEARD, TOLD, HOLD, RELEASE = "/heard/", "/told", "/hold", "/release"


@dataclass(kw_only=True)
class Things:
    """One collection: what was made, by id and by the key of its maker."""

    contract: str
    type_: str
    open_state: str | None
    done_state: str
    made: dict[str, Json] = field(default_factory=dict)
    by_key: dict[str, Json] = field(default_factory=dict)


def collections() -> dict[str, Things]:
    return {
        "/tmf-api/resourcePoolManagement/v4/reservation": Things(
            contract="tmf685-v4.yaml", type_="Reservation", open_state=None, done_state="completed"
        ),
        "/tmf-api/resourceOrderingManagement/v4/resourceOrder": Things(
            contract="tmf652-v4.yaml", type_="ResourceOrder", open_state="inProgress", done_state="completed"
        ),
        "/tmf-api/serviceOrdering/v4/serviceOrder": Things(
            contract="tmf641-partner-v4.yaml", type_="ServiceOrder", open_state="inProgress", done_state="completed"
        ),
        "/tmf-api/serviceInventory/v4/service": Things(
            contract="tmf638-v4.yaml", type_="Service", open_state=None, done_state="active"
        ),
    }


class Systems:
    """Pool, resource orders, downstream orders and service inventory behind one address."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._collections = collections()
        self._contracts: dict[str, Contract] = {}
        self._answered: Counter[tuple[str, str]] = Counter()
        self._number, self._parameters = count(1), count()
        self._held: set[str] = set()
        self.heard: Counter[str] = Counter()
        self.completed: dict[str, float] = {}
        self.called: dict[str, list[float]] = {}
        self.waiting: dict[str, str] = {}

    def reply(self, method: str, target: str, body: bytes) -> Reply:
        path, _, query = target.partition("?")
        if path.startswith(HEARD):
            return self._hear(path.removeprefix(HEARD), body)
        if path == TOLD:
            told = {"heard": self.heard, "completed": self.completed, "called": self.called, "waiting": self.waiting}
            return 200, told
        if path in (HOLD, RELEASE):
            return self._hold(path, orjson.loads(body))
        if path.endswith("/hub"):
            return 201, {"id": str(next(self._number)), "callback": orjson.loads(body)["callback"]}
        return self._checked(path, method, self._answer(method, path, query, body))

    def _hear(self, listener: str, body: bytes) -> Reply:
        """The first listener is the one that keeps the time."""
        self.heard[listener] += 1
        if listener == "0" and b"StateChange" in body:
            order = orjson.loads(body)["event"].get("serviceOrder", {})
            if order.get("state") == "completed":
                self.completed[order["id"]] = self._now()
        return 201, {}

    def _hold(self, path: str, named: list[str]) -> Reply:
        """Collections whose things stay open from now on, or ids of things that are done now."""
        if path == HOLD:
            self._held = set(named)
            return 200, {}
        for thing in named:
            del self.waiting[thing]
        return 200, {}

    def _answer(self, method: str, path: str, query: str, body: bytes) -> Reply:
        if (things := self._collections.get(path)) is not None:
            return self._make(path, things, orjson.loads(body)) if method == "POST" else self._list(things, query)
        collection, _, identifier = path.rpartition("/")
        found = self._collections[collection].made.get(identifier) if collection in self._collections else None
        if found is None:
            return 404, NOT_FOUND
        self._note(_key(found))
        if method == "DELETE":
            del self._collections[collection].made[identifier]
            del self._collections[collection].by_key[_key(found)]
            return 204, None
        if identifier not in self.waiting:
            found["state"] = self._collections[collection].done_state
        return 200, found

    def _make(self, path: str, things: Things, wanted: Json) -> Reply:
        key = _key(wanted)
        self._note(key)
        if key in things.by_key:
            return 409, {"@type": "Error", "code": "duplicateExternalId", "reason": "known", "status": "409"}
        identifier = str(next(self._number))
        made = {**wanted, "id": identifier, "href": f"{path}/{identifier}", "@type": things.type_}
        made["state"] = things.open_state or things.done_state
        if wanted.get("category") == ALLOCATE:
            for item in made["serviceOrderItem"]:
                item["service"] = with_values(item["service"], allocation(next(self._parameters)))
        things.made[identifier] = things.by_key[key] = made
        if path.rpartition("/")[2] in self._held:
            self.waiting[identifier] = key
        return 201, made

    def _list(self, things: Things, query: str) -> Reply:
        named = dict(parse_qsl(query))
        key = named.get("externalId") or named.get("relatedEntity.id", "")
        self._note(key)
        return 200, [things.by_key[key]] if key in things.by_key else []

    def _note(self, key: str) -> None:
        """When somebody called about this order."""
        if key:
            self.called.setdefault(key.partition("/")[0], []).append(self._now())

    def _checked(self, path: str, method: str, reply: Reply) -> Reply:
        things = self._collections.get(path) or self._collections.get(path.rpartition("/")[0])
        operation = (method, path if path in self._collections else path.rpartition("/")[0])
        if things is None or self._answered[operation] >= CHECKED_ANSWERS:
            return reply
        self._answered[operation] += 1
        contract = self._contracts.get(things.contract)
        if contract is None:
            contract = self._contracts[things.contract] = Contract(default_contracts_dir() / things.contract)
        fitting = next((op for op in contract.operations if op.method == method and op.matches(path)), None)
        if fitting is None:
            return 404, NOT_FOUND
        faults = contract.answer_faults(fitting.operation_id, reply[0], orjson.loads(orjson.dumps(reply[1])))
        return (500, {"@type": "Error", "code": "contract", "reason": faults}) if faults else reply


def _key(thing: Mapping[str, Json]) -> str:
    if "externalId" in thing:
        return str(thing["externalId"])
    return next((str(one["id"]) for one in thing.get("relatedEntity", ()) if one.get("role") == "externalId"), "")


class Door(asyncio.Protocol):
    """One connection: requests one after the other, as our clients send them."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems
        self._got = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (head := self._got.find(b"\r\n\r\n")) >= 0:
            end = head + 4 + _length(bytes(self._got[:head]).lower())
            if len(self._got) < end:
                return
            method, target, _ = bytes(self._got[: self._got.find(b"\r\n")]).decode().split(" ", 2)
            body = bytes(self._got[head + 4 : end])
            del self._got[:end]
            self._send(*self._systems.reply(method, target, body))

    def _send(self, status: int, content: Json) -> None:
        body = b"" if content is None else orjson.dumps(content)
        total = f"x-total-count: {len(content)}\r\n" if isinstance(content, list) else ""
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{total}content-length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


def _length(head: bytes) -> int:
    at = head.find(b"content-length:")
    return int(head[at + 15 :].partition(b"\r\n")[0]) if at >= 0 else 0


async def _serve(port: int) -> None:
    systems = Systems()
    server = await asyncio.get_running_loop().create_server(lambda: Door(systems), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--database")
    uvloop.run(_serve(parser.parse_args().port))
