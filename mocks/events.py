"""Subscriptions, and the events that go to them in the order in which things happened."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import orjson

from mocks.calls import Answer, Call, Handler, Json, not_found, tmf_error, wire_time
from mocks.faults import Faults
from mocks.paging import passes, wanted_values

PAUSES_S = (0.1, 0.4, 1.0)
"""Between the attempts of one delivery."""
OVERTAKEN_S = 0.5
"""How long an event waits for the next one to overtake it."""
TIMEOUT_S = 10.0

Poster = Callable[[str, bytes], Awaitable[int]]
"""Post a body to an address and give the status; raises OSError or httpx.HTTPError where there is no answer."""


@dataclass(kw_only=True)
class Subscription:
    """`waiting` is delivered first to last by one worker; `overtaken` is an event that waits for the next one."""

    id: str
    contract: str
    callback: str
    query: str | None
    waiting: "asyncio.Queue[Json]" = field(default_factory=asyncio.Queue)
    overtaken: Json = None
    worker: "asyncio.Task[None] | None" = None

    def shown(self) -> dict[str, Json]:
        query = {} if self.query is None else {"query": self.query}
        return {"id": self.id, "callback": self.callback, **query}

    def wants(self, event: Json) -> bool:
        """The query names attributes of the event, as a list's filter does."""
        return passes(event, wanted_values(parse_qsl(self.query or "", keep_blank_values=True)))


class Hub:
    """The subscriptions of one mock, those of each contract by themselves.

    Events go to the callback exactly as it was given. A delivery that fails is tried a few times more, and then lost.
    Subscribing again with the same callback and query gives the subscription that is there.
    """

    def __init__(self, faults: Faults, poster: Poster | None = None) -> None:
        self.faults = faults
        self._client: httpx.AsyncClient | None = None
        self._post = poster or self._post_by_http
        self._subscriptions: dict[str, Subscription] = {}

    def subscriptions(self) -> list[Json]:
        return [{**each.shown(), "contract": each.contract} for each in self._subscriptions.values()]

    def handlers(self) -> Mapping[str, Handler]:
        """The operations of `/hub`, as all contracts name them."""
        return {"registerListener": self._register, "unregisterListener": self._unregister}

    def _register(self, call: Call) -> Answer:
        callback, query = call.body["callback"], call.body.get("query") or None
        if urlsplit(callback).scheme not in ("http", "https"):
            return tmf_error(400, "badCallback", "a callback is an http or https address", callback)
        wished = (call.contract, callback, query)
        same = (old for old in self._subscriptions.values() if (old.contract, old.callback, old.query) == wished)
        subscription = next(same, None) or self._begin(*wished)
        return Answer(201, subscription.shown(), {"Location": call.href("hub", subscription.id)})

    def _begin(self, contract: str, callback: str, query: str | None) -> Subscription:
        new = Subscription(id=str(uuid4()), contract=contract, callback=callback, query=query)
        self._subscriptions[new.id] = new
        new.worker = asyncio.get_running_loop().create_task(self._deliver_all(new))
        return new

    def _unregister(self, call: Call) -> Answer:
        gone = self._subscriptions.get(call.path["id"])
        if gone is None or gone.contract != call.contract:
            return not_found(call.path["id"])
        del self._subscriptions[gone.id]
        _stop(gone)
        return Answer(204)

    def publish(self, contract: str, event_type: str, resource_name: str, resource: Json, now: datetime) -> None:
        """Queue the event for every subscriber of the contract that wants it."""
        event = envelope(event_type, resource_name, resource, now)
        for each in self._subscriptions.values():
            if each.contract == contract and each.wants(event):
                self._queue(each, event)

    async def close(self) -> None:
        """Stop all workers; what is still queued is lost."""
        for each in self._subscriptions.values():
            _stop(each)
        self._subscriptions.clear()
        if self._client is not None:
            await self._client.aclose()

    def _queue(self, to: Subscription, event: Json) -> None:
        faults = self.faults.settings
        if faults.events_dropped:
            return
        for copy in (event, event) if faults.events_twice else (event,):
            if faults.events_reordered and to.overtaken is None:
                to.overtaken = copy
                asyncio.get_running_loop().call_later(OVERTAKEN_S, _release, to)
            else:
                to.waiting.put_nowait(copy)
                _release(to)

    async def _deliver_all(self, to: Subscription) -> None:
        while True:
            event = await to.waiting.get()
            await asyncio.sleep(self.faults.settings.events_late_s)
            await self._deliver(to.callback, orjson.dumps(event))

    async def _deliver(self, callback: str, body: bytes) -> None:
        for pause_s in (*PAUSES_S, None):
            try:
                if 200 <= await self._post(callback, body) < 300:
                    return
            except (OSError, httpx.HTTPError):
                pass  # no answer is a failed attempt like a bad one
            if pause_s is not None:
                await asyncio.sleep(pause_s)

    async def _post_by_http(self, callback: str, body: bytes) -> int:
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False, timeout=TIMEOUT_S)
        answer = await self._client.post(callback, content=body, headers={"Content-Type": "application/json"})
        return answer.status_code


def _release(to: Subscription) -> None:
    if to.overtaken is not None:
        to.waiting.put_nowait(to.overtaken)
        to.overtaken = None


def _stop(subscription: Subscription) -> None:
    if subscription.worker is not None:
        subscription.worker.cancel()


def envelope(event_type: str, resource_name: str, resource: Json, now: datetime) -> Json:
    """An event as TMF APIs say it, with a copy of the resource."""
    moment = wire_time(now)
    return {
        "eventId": str(uuid4()),
        "eventTime": moment,
        "eventType": event_type,
        "timeOcurred": moment,
        "correlationId": resource["id"],
        "domain": resource_name,
        "title": " ".join(_words(event_type)),
        "event": {resource_name: orjson.loads(orjson.dumps(resource))},
    }


def _words(camel: str) -> Iterator[str]:
    word = ""
    for letter in camel:
        if letter.isupper() and word:
            yield word
            word = ""
        word += letter
    yield word
