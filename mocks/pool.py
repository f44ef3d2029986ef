"""The resource pool (TMF685): holds take capacity from the world until they are given up or their time is over."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import Protocol

from mocks.calls import Answer, Call, Handler, Json, created, not_found, tmf_error, wire_time
from mocks.paging import paged, shown
from mocks.roles import Context, Mock, ids

CONTRACT = "tmf685-v4.yaml"
HELD, REJECTED, GIVEN_UP, FAILED = "completed", "rejected", "cancelled", "failed"
KEY_ROLE = "externalId"


class Stock(Protocol):
    """What the pool needs of the world."""

    def capacity(self, resource_id: str) -> int | None:
        """What is free; None where nothing is known of the resource."""
        ...

    def take(self, resource_id: str, quantity: int) -> None: ...

    def give_back(self, resource_id: str, quantity: int) -> None: ...


def pool(stock: Stock, reservations: Sequence[Json] = ()) -> Mock:
    """`reservations` are there from the beginning."""
    return _Pool(stock, reservations)


class _Pool:
    """All of a reservation is held, or nothing of it. Whose time is over is noticed at the next call of any kind.

    One whose period begins later takes nothing before; what is not free by then fails.
    """

    name = "pool"
    contracts = (CONTRACT,)

    def __init__(self, stock: Stock, reservations: Sequence[Json]) -> None:
        self._stock, self._there = stock, reservations
        self._reservations: dict[str, Json] = {}
        self._of_entity: defaultdict[str, dict[str, Json]] = defaultdict(dict)
        self._ends: list[tuple[datetime, str]] = []
        self._starts: list[tuple[datetime, str]] = []
        self._taken: set[str] = set()
        self._context: Context | None = None
        self._next_id = ids("reservation", (reservation["id"] for reservation in reservations))
        self.handlers: Mapping[str, Handler] = {
            "createReservation": self._create,
            "listReservation": self._list,
            "retrieveReservation": self._retrieve,
            "patchReservation": self._patch,
            "deleteReservation": self._delete,
        }

    def on_start(self, context: Context) -> None:
        self._context = context
        for reservation in self._there:
            self._add(reservation)
            self._decide(reservation, context.now())

    def state(self) -> Mapping[str, Json]:
        self._expire()
        return {"reservation": list(self._reservations.values())}

    def load(self, state: Mapping[str, Json]) -> None:
        for reservation in state.get("reservation", ()):
            self._add(reservation)
            if reservation["state"] == HELD:
                self._hold(reservation)
        self._next_id = ids("reservation", self._reservations)

    def forget(self, resource_id: str) -> None:
        self._remove(resource_id)

    # Operations

    def _create(self, call: Call) -> Answer:
        self._expire()
        if (wrong := _wrong(call.body)) is not None:
            return tmf_error(400, "badReservation", "the reservation cannot be read", wrong)
        if (first := self._with_key_of(call.body)) is not None:
            return tmf_error(409, "duplicateExternalId", "this is held already", f"by reservation {first['id']}")
        reservation_id = self._next_id()
        reservation = {
            **call.body,
            "id": reservation_id,
            "href": call.href("reservation", reservation_id),
            "@type": "Reservation",
            "creationDate": wire_time(call.now),
        }
        self._add(reservation)
        self._decide(reservation, call.now)
        self._publish("ReservationCreationEvent", reservation)
        return created(reservation)

    def _list(self, call: Call) -> Answer:
        self._expire()
        entity = dict(call.query).get("relatedEntity.id", ",")
        candidates = self._reservations if "," in entity else self._of_entity.get(entity, {})
        return paged(candidates.values(), call.query)

    def _retrieve(self, call: Call) -> Answer:
        self._expire()
        found = self._reservations.get(call.path["id"])
        return not_found(call.path["id"]) if found is None else shown(found, call.query)

    def _patch(self, call: Call) -> Answer:
        self._expire()
        found = self._reservations.get(call.path["id"])
        if found is None:
            return not_found(call.path["id"])
        wanted = call.body.get("state", found["state"])
        periods = {name: call.body[name] for name in ("reservationPeriod", "validFor") if name in call.body}
        if wanted not in (found["state"], GIVEN_UP) or (found["state"] != HELD and wanted != found["state"]):
            return tmf_error(409, "badState", f"{found['state']} cannot become {wanted}")
        if periods and found["state"] != HELD:
            return tmf_error(409, "badState", f"what is {found['state']} has no new period")
        found.update(periods)
        self._note_end(found)
        if wanted != found["state"]:
            found["cancellationReason"] = call.body.get("cancellationReason", "given up by the requester")
            self._give_up(found, found["cancellationReason"], call.now)
        return Answer(200, found)

    def _delete(self, call: Call) -> Answer:
        self._expire()
        gone = self._remove(call.path["id"])
        if gone is None:
            return not_found(call.path["id"])
        self._publish("ReservationRemoveEvent", gone)
        return Answer(204)

    # What is stored

    def _add(self, reservation: Json) -> None:
        self._reservations[reservation["id"]] = reservation
        for entity in reservation.get("relatedEntity", []):
            self._of_entity[entity["id"]][reservation["id"]] = reservation
        self._note_end(reservation)

    def _remove(self, reservation_id: str) -> Json | None:
        gone = self._reservations.pop(reservation_id, None)
        if gone is not None:
            self._release(gone)
            for entity in gone.get("relatedEntity", []):
                self._of_entity[entity["id"]].pop(reservation_id, None)
        return gone

    def _note_end(self, reservation: Json) -> None:
        if (end := _end(reservation)) is not None:
            heappush(self._ends, (end, reservation["id"]))

    def _expire(self) -> None:
        if self._context is None:
            return
        now = self._context.now()
        while self._starts and self._starts[0][0] <= now:
            due = self._reservations.get(heappop(self._starts)[1])
            if due is not None and due["state"] == HELD:
                self._take(due, FAILED, now)
        while self._ends and self._ends[0][0] <= now:
            due = self._reservations.get(heappop(self._ends)[1])
            end = _end(due) if due else None
            if due is not None and due["state"] == HELD and end is not None and end <= now:
                self._give_up(due, "its time is over", now)

    def _with_key_of(self, body: Json) -> Json | None:
        """The reservation that holds something under the key that `body` has."""
        found = (r for key in _keys(body) for r in self._of_entity.get(key, {}).values() if key in _keys(r))
        return next((reservation for reservation in found if reservation["state"] == HELD), None)

    # Capacity

    def _decide(self, reservation: Json, now: datetime) -> None:
        start, end = _start(reservation), _end(reservation)
        if end is not None and end <= now:
            _put(reservation, REJECTED, "its time is over", now)
        elif start is not None and start > now:
            heappush(self._starts, (start, reservation["id"]))
            _put(reservation, HELD, "everything is held from its beginning on", now)
        else:
            self._take(reservation, REJECTED, now)

    def _take(self, reservation: Json, otherwise: str, now: datetime) -> None:
        """All of it is held, or it is in another state."""
        lacking = self._lacking(_demand(reservation))
        if lacking is not None:
            _put(reservation, otherwise, lacking, now)
            return
        self._hold(reservation)
        reservation["completionDate"] = wire_time(now)
        _put(reservation, HELD, "everything is held", now)

    def _hold(self, reservation: Json) -> None:
        for resource_id, quantity in _demand(reservation).items():
            self._stock.take(resource_id, quantity)
        self._taken.add(reservation["id"])

    def _lacking(self, demand: Mapping[str, int]) -> str | None:
        """Why not everything fits, naming the first resource that is short."""
        for resource_id, quantity in demand.items():
            free = self._stock.capacity(resource_id)
            if free is None:
                return f"{resource_id} is not a resource of this pool"
            if quantity > free:
                return f"{resource_id}: {quantity} asked for, {free} free"
        return None

    def _give_up(self, reservation: Json, reason: str, now: datetime) -> None:
        self._release(reservation)
        reservation["cancellationDate"] = wire_time(now)
        _put(reservation, GIVEN_UP, reason, now)
        self._publish("ReservationStateChangeEvent", reservation)

    def _release(self, reservation: Json) -> None:
        if reservation["id"] in self._taken:
            self._taken.remove(reservation["id"])
            for resource_id, quantity in _demand(reservation).items():
                self._stock.give_back(resource_id, quantity)

    def _publish(self, event_type: str, reservation: Json) -> None:
        if self._context is not None:
            self._context.publish(CONTRACT, event_type, "reservation", reservation)


def _wrong(body: Json) -> str | None:
    for item in body["reservationItem"]:
        if not item.get("relatedEntity"):
            return "an item does not say which resource it holds"
        if item.get("quantity", 1) < 1:
            return "a quantity is at least 1"
    return None


def _demand(reservation: Json) -> Mapping[str, int]:
    """Resource → how much of it, over all items."""
    demand: Counter[str] = Counter()
    for item in reservation["reservationItem"]:
        demand[item["relatedEntity"][0]["id"]] += item.get("quantity", 1)
    return demand


def _keys(reservation: Json) -> Iterator[str]:
    return (entity["id"] for entity in reservation.get("relatedEntity", []) if entity["role"] == KEY_ROLE)


def _end(reservation: Json) -> datetime | None:
    """The earlier of the ends that are given."""
    periods = (reservation.get(name, {}).get("endDateTime") for name in ("reservationPeriod", "validFor"))
    return min((datetime.fromisoformat(end) for end in periods if end), default=None)


def _start(reservation: Json) -> datetime | None:
    written = reservation.get("reservationPeriod", {}).get("startDateTime")
    return datetime.fromisoformat(written) if written else None


def _put(reservation: Json, state: str, reason: str, now: datetime) -> None:
    change = {"state": state, "stateChangeReason": reason, "stateChangeDate": wire_time(now)}
    reservation.update(change)
    reservation["reservationItem"] = [{**item, **change} for item in reservation["reservationItem"]]
