"""Things that we make in another system which has no place for an external id: our key stands among its entities."""

from collections.abc import Callable, Mapping
from datetime import datetime

from linkwright.designs.requirement import Json
from linkwright.errors import Refused
from linkwright.orders.errands import Errand, Seen, Sent
from linkwright.outbound.http import Client, HttpRefused, segment
from linkwright.outbound.hubs import register
from linkwright.outbound.lookup import NOT_THERE, by_id, made_once, matching
from linkwright.wire.v4.outward import has_key

NO_DELETE: frozenset[int] = frozenset({405, 501})


def _never(_: Json) -> datetime | None:
    return None


class KeyedErrands:
    """Implements `orders.ports.Errands` for one collection. What is undone is deleted, or patched to `given_up`."""

    def __init__(
        self,
        system: str,
        client: Client,
        base: str,
        collection: str,
        *,
        write: Callable[[Errand], Json],
        read: Callable[[Errand, Json], Seen],
        given_up: Mapping[str, str],
        ends: Callable[[Json], datetime | None] = _never,
    ) -> None:
        self._system, self._client, self._base, self._things = system, client, base, f"{base}/{collection}"
        self._write, self._read, self._given_up, self._ends = write, read, dict(given_up), ends

    def send(self, errand: Errand) -> Sent:
        key = errand.task.placed_as
        made = made_once(
            self._client,
            self._things,
            lambda: self._write(errand),
            key=key,
            find=lambda: self._find(key),
            first=errand.first,
        )
        return Sent(remote_id=str(made["id"]), href=made.get("href"), expires_at=self._ends(made))

    def look(self, errand: Errand) -> Seen:
        made = self._made(errand)
        return (
            self._read(errand, made) if made else Seen(state="unknown", remote_state="", text="It is not known there.")
        )

    def undo(self, errand: Errand) -> Seen:
        made = self._made(errand)
        if made is not None:
            self._remove(str(made["id"]), errand.task.placed_as)
        return Seen(state="done", remote_state="", text="Nothing is left of it there.")

    def subscribe(self, system: str, callback: str) -> str | None:
        if system != self._system:
            raise Refused(system, f"it is not {self._system}, the only system of these tasks")
        return register(self._client, self._base, callback)

    def _made(self, errand: Errand) -> Json:
        if errand.task.remote_id is None:
            return self._find(errand.task.placed_as)
        return by_id(self._client, self._things, errand.task.remote_id)

    def _find(self, key: str) -> Json:
        return keyed_in(self._client, self._things, key)

    def _remove(self, identifier: str, key: str) -> None:
        removed(self._client, self._things, identifier, key, self._given_up)


def keyed_in(client: Client, collection: str, key: str) -> Json:
    """What there is under our key, None where nothing is."""
    return next(matching(client, collection, {"relatedEntity.id": key}, lambda one: has_key(one, key)), None)


def removed(client: Client, collection: str, identifier: str, key: str, given_up: Mapping[str, str]) -> None:
    """Deleted, or where that is not offered patched to `given_up`; what is gone is no harm."""
    path = f"{collection}/{segment(identifier)}"
    try:
        client.delete(path)
    except HttpRefused as refused:
        if refused.status in NO_DELETE:
            client.patch(path, dict(given_up), key=f"{key}/undo")
        elif refused.status != NOT_THERE:
            raise
