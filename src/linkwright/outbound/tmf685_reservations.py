"""Holds of capacity in the resource pool (TMF685), our own and those of others."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from linkwright.designs.requirement import Json
from linkwright.errors import Refused
from linkwright.holds.model import Found, Hold, Reserved, Wanted
from linkwright.orders.errands import Errand, Seen
from linkwright.outbound.http import Client, segment
from linkwright.outbound.keyed_errands import KeyedErrands, keyed_in, removed
from linkwright.outbound.lookup import by_id, made_once, matching
from linkwright.outbound.own_changes import about
from linkwright.wire.v4.outward import (
    read_found,
    read_hold_end,
    read_hold_progress,
    read_reserved,
    write_hold,
    write_hold_periods,
    write_reservation,
)

BASE = "tmf-api/resourcePoolManagement/v4"
RESERVATIONS = f"{BASE}/reservation"
NEEDED = "id,state,reservationPeriod,validFor,reservationItem"
TO_RECONCILE = "id,state,reservationPeriod,validFor,relatedEntity,creationDate"
GIVEN_UP = {"state": "cancelled"}


def reservations(client: Client) -> Iterator[Json]:
    """Everything that is reserved, by whomever; a pool may well tell more of it than is needed."""
    return matching(client, RESERVATIONS, {"fields": NEEDED}, lambda _: True)


class Reservations(KeyedErrands):
    """Tasks of the kind `reserve`. A hold that nobody gives back ends by itself after `hold`.

    `holder` is the name of this installation: holds without it are never taken for ours.
    """

    def __init__(
        self,
        system: str,
        client: Client,
        *,
        now: Callable[[], datetime],
        hold: timedelta,
        holder: str | None = None,
    ) -> None:
        super().__init__(
            system,
            client,
            BASE,
            "reservation",
            write=lambda errand: write_reservation(errand, now() + hold, holder),
            read=_read_held,
            given_up=GIVEN_UP,
            ends=read_hold_end,
        )

    def extend(self, errand: Errand, until: datetime) -> datetime | None:
        """Ask for a later end; the end that it has afterwards, None for none."""
        task = errand.task
        if task.remote_id is None:
            raise Refused(task.system, "nobody knows which hold is meant")
        periods = write_hold_periods(errand.solutions[task.items[0]], until)
        path = f"{RESERVATIONS}/{segment(task.remote_id)}"
        return read_hold_end(self._client.patch(path, periods, key=f"{task.placed_as}/until/{until.isoformat()}").body)


class HoldPool:
    """Implements `holds.ports.Pool`. `forget` is told what each hold is about, as by `HeededErrands`."""

    def __init__(
        self,
        client: Client,
        *,
        holder: str,
        forget: Callable[[Iterable[str], Iterable[str]], None] = lambda _places, _resources: None,
    ) -> None:
        self._client, self._holder, self._forget = client, holder, forget

    def place(self, wanted: Wanted) -> Reserved:
        key = wanted.hold.key
        try:
            made = made_once(
                self._client,
                RESERVATIONS,
                lambda: write_hold(wanted, self._holder),
                key=key,
                find=lambda: keyed_in(self._client, RESERVATIONS, key),
            )
        finally:
            self._forget(*about([wanted.solution]))
        return read_reserved(made)

    def find(self, hold: Hold) -> Reserved | None:
        found = self._found(hold.key, hold.remote_id)
        return None if found is None else read_reserved(found)

    def release(self, key: str, remote_id: str | None) -> None:
        found = self._found(key, remote_id)
        if found is not None:
            removed(self._client, RESERVATIONS, str(found["id"]), key, GIVEN_UP)

    def ours(self) -> Iterator[Found]:
        params = {"fields": TO_RECONCILE, "relatedEntity.id": self._holder}
        for doc in matching(self._client, RESERVATIONS, params, lambda _: True):
            found = read_found(doc, self._holder)
            if found is not None:
                yield found

    def _found(self, key: str, remote_id: str | None) -> Json:
        if remote_id is None:
            return keyed_in(self._client, RESERVATIONS, key)
        return by_id(self._client, RESERVATIONS, remote_id)


def _read_held(errand: Errand, doc: Json) -> Seen:
    return replace(read_hold_progress(errand, doc), expires_at=read_hold_end(doc))
