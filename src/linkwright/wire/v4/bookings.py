"""The resource pool (TMF685) as facts: who has capacity for a time that is still to come.

What a reservation holds today is missing from what the inventory (TMF639) calls free. One that begins later is not, and
counts from its beginning to its end. What of it cannot be read is taken for the worst: a beginning for today, an end
for never.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from linkwright.designs.facts import CapacityBooking
from linkwright.wire.json import Json, moment_of
from linkwright.wire.v4.progress import read_hold_end

HOLDS_NOTHING = frozenset({"rejected", "cancelled", "failed"})
PERIODS = ("reservationPeriod", "validFor")


def read_bookings(reservations: Iterable[Json], *, today: date) -> tuple[CapacityBooking, ...]:
    """The bookings that begin after `today`, in the order of their ids."""
    found = [one for doc in reservations if isinstance(doc, Mapping) for one in _bookings(doc, today)]
    return tuple(sorted(found, key=lambda one: (one.id, one.resource, one.quantity)))


def _bookings(doc: Mapping[str, Json], today: date) -> Iterator[CapacityBooking]:
    start = _start(doc, today)
    lapses = read_hold_end(doc)
    if start is None or _is_void(doc) or (lapses is not None and lapses.date() < today):
        return
    until = _until(doc, lapses)
    for item in doc.get("reservationItem") or ():
        held: Mapping[str, Json] = next(iter(item.get("relatedEntity") or ()), {})
        if held.get("id") and not _is_void(item):
            yield CapacityBooking(
                id=str(doc.get("id") or ""),
                resource=str(held["id"]),
                quantity=_quantity(item.get("quantity")),
                start=start,
                until=until,
            )


def _until(doc: Mapping[str, Json], lapses: datetime | None) -> date | None:
    """A hold that lapses before its period begins may still be extended: until then its own period counts."""
    ends = read_hold_end({"reservationPeriod": doc.get("reservationPeriod")}) or lapses
    return None if ends is None else ends.date()


def _is_void(thing: Mapping[str, Json]) -> bool:
    return str(thing.get("state") or "").lower() in HOLDS_NOTHING


def _start(doc: Mapping[str, Json], today: date) -> date | None:
    """None for one that has begun."""
    periods = (doc.get(name) for name in PERIODS)
    written = next((p["startDateTime"] for p in periods if isinstance(p, Mapping) and p.get("startDateTime")), None)
    if written is None:
        return None
    try:
        start = moment_of(str(written)).date()
    except ValueError:
        return today
    return start if start > today else None


def _quantity(given: Json) -> int:
    """One where nothing else is said."""
    return given if isinstance(given, int) and given > 0 else 1
