"""Orders that we place in another system: a service order (TMF641) and a resource order (TMF652) live alike.

An order is placed once, whatever happens on the way: before a post that is not the first, and after a post whose
answer was lost, it is looked up by its external id.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from linkwright.designs.requirement import Json
from linkwright.errors import Refused
from linkwright.orders.errands import Errand, Seen, Sent
from linkwright.outbound.http import Client, HttpRefused
from linkwright.outbound.hubs import register
from linkwright.outbound.lookup import CONFLICT, by_id, made_blindly, made_once, matching

GONE: frozenset[str] = frozenset({"cancelled", "rejected", "failed"})
DELIVERED: frozenset[str] = frozenset({"completed", "partial", "done"})
LEAVING: frozenset[str] = frozenset({"assessingcancellation", "pendingcancellation"})
OVER: frozenset[str] = frozenset({"done", "terminatedwitherror"})
NO_LIST: frozenset[int] = frozenset({400, 405, 501})
UNLISTED: Json = MappingProxyType({"state": "unlisted"})


@dataclass(frozen=True, kw_only=True)
class OrderApi:
    """What an order API calls its things. `base`: its path; `order` is the collection and the word in a cancel."""

    base: str
    order: str
    cancel: str


class _Unlisted(Exception):
    """This system does not list its orders."""


class OrderErrands:
    """Implements `orders.ports.Errands` for the order systems in `clients`, by the name that tasks call them.

    `release` writes the order that gives back what another has delivered; without it a delivery stays.
    """

    def __init__(
        self,
        api: OrderApi,
        clients: Mapping[str, Client],
        write: Callable[[Errand], Json],
        read: Callable[[Errand, Json], Seen],
        *,
        release: Callable[[Errand], Json] | None = None,
        idempotent: Collection[str] = (),
    ) -> None:
        self._idempotent = frozenset(idempotent)
        self._listing: set[str] = set()  # by these a lost order can be found again: the first try needs no look-up
        self._api, self._clients, self._write, self._read, self._release = api, clients, write, read, release
        self._orders, self._cancels = f"{api.base}/{api.order}", f"{api.base}/{api.cancel}"

    def send(self, errand: Errand) -> Sent:
        """Raises `Uncertain` like `made_blindly` where orders cannot be listed."""
        placed = self._made(errand, errand.task.key, self._write)
        return Sent(remote_id=str(placed["id"]), href=placed.get("href"))

    def look(self, errand: Errand) -> Seen:
        placed = self._placed(self._client(errand.task.system), errand)
        return (
            self._read(errand, placed)
            if placed
            else Seen(state="unknown", remote_state="", text="It is not known there.")
        )

    def undo(self, errand: Errand) -> Seen:
        client = self._client(errand.task.system)
        placed = self._placed(client, errand)
        if placed is None:
            return Seen(state="unknown", remote_state="", text="Nothing was placed there.")
        seen = self._read(errand, placed)
        if self._release is not None and _is_delivered(seen):
            return self._read(errand, self._made(errand, f"{errand.task.key}/release", self._release))
        left = _left(errand, seen)
        return left if left.state != "waiting" or _is_leaving(left) else self._cancelled(client, errand, placed)

    def _made(self, errand: Errand, key: str, write: Callable[[Errand], Json]) -> Json:
        client = self._client(errand.task.system)
        keyed = replace(errand, task=replace(errand.task, key=key))

        def find() -> Json:
            try:
                found = self._find(client, key)
            except HttpRefused as refused:
                if refused.status in NO_LIST:
                    raise _Unlisted from refused
                raise
            self._listing.add(client.system)
            return found

        first = errand.first and client.system in self._listing
        try:
            return made_once(client, self._orders, lambda: write(keyed), key=key, find=find, first=first)
        except _Unlisted:
            safe, sent = client.system in self._idempotent, errand.again or first
            return made_blindly(client, self._orders, lambda: write(keyed), key=key, safe=safe, again=sent)

    def subscribe(self, system: str, callback: str) -> str | None:
        return register(self._client(system), self._api.base, callback)

    def _client(self, system: str) -> Client:
        client = self._clients.get(system)
        if client is None:
            raise Refused(system, "no address is configured for it")
        return client

    def _placed(self, client: Client, errand: Errand) -> Json:
        """The order as it is there now; None where it is not."""
        if errand.task.remote_id is None:
            return self._find(client, errand.task.key)
        return by_id(client, self._orders, errand.task.remote_id)

    def _find(self, client: Client, key: str) -> Json:
        ours = matching(client, self._orders, {"externalId": key}, lambda order: order.get("externalId") == key)
        return next(ours, None)

    def _cancelled(self, client: Client, errand: Errand, placed: Json) -> Seen:
        """Ask for the cancel once, then believe the order; a cancel that is over while the order lives was denied."""
        cancel = self._newest_cancel(client, placed)
        if cancel is None or cancel is UNLISTED:
            cancel = self._ask_cancel(client, errand.task.key, placed)
        left = _left(errand, self._read(errand, self._placed(client, errand) or placed))
        if left.state != "waiting" or _is_leaving(left):
            return left
        if str(cancel.get("state", "")).casefold() in OVER:
            text = str(cancel.get("completionMessage") or "The cancel was denied.")
            return Seen(state="failed", remote_state=left.remote_state, text=text)
        return left

    def _newest_cancel(self, client: Client, placed: Json) -> Json:
        """The newest cancel of this order; None where there is none, `UNLISTED` where cancels cannot be listed."""
        order, order_id = self._api.order, str(placed["id"])
        ours = matching(
            client, self._cancels, {f"{order}.id": order_id}, lambda c: c.get(order, {}).get("id") == order_id
        )
        try:
            return next(reversed(list(ours)), None)
        except HttpRefused as refused:
            if refused.status in NO_LIST:
                return UNLISTED
            raise

    def _ask_cancel(self, client: Client, key: str, placed: Json) -> Json:
        """The cancel that was made; a conflict means that one is open already, or that it is too late for one."""
        reference = {"id": str(placed["id"]), "href": placed.get("href") or f"/{self._orders}/{placed['id']}"}
        try:
            return client.post(self._cancels, {self._api.order: reference}, key=f"{key}/cancel").body or UNLISTED
        except HttpRefused as refused:
            if refused.status != CONFLICT:
                raise
            denied = {"state": "done", "completionMessage": refused.detail}
            return self._newest_cancel(client, placed) or denied


def _left(errand: Errand, seen: Seen) -> Seen:
    """What is left of an order that is to be undone."""
    state = seen.remote_state.casefold()
    if state in GONE:
        return Seen(state="done", remote_state=seen.remote_state, text=seen.text)
    if _is_delivered(seen):
        return Seen(
            state="failed",
            remote_state=seen.remote_state,
            text="It is delivered and cannot be cancelled.",
            delivered=tuple(item for item in errand.task.items if item not in seen.failures),
            failures=seen.failures,
        )
    return Seen(state="waiting", remote_state=seen.remote_state, text=seen.text, expected=seen.expected)


def _is_delivered(seen: Seen) -> bool:
    return seen.remote_state.casefold() in DELIVERED


def _is_leaving(seen: Seen) -> bool:
    return seen.remote_state.casefold() in LEAVING
