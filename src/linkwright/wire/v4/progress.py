"""How an order or hold of ours stands in another system, whatever its API and its version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from linkwright.orders.errands import Errand, Seen
from linkwright.orders.model import Severity
from linkwright.orders.standing import OURSELVES
from linkwright.wire.characteristics import is_answered, read_characteristics
from linkwright.wire.json import Json, day_of, moment_of
from linkwright.wire.wishes import WORDS

DONE = frozenset({"completed", "done"})
FAILED = frozenset({"failed", "rejected", "cancelled", "partial"})
MIXED = frozenset({"failed", "partial"})
ITEM_LISTS = ("serviceOrderItem", "orderItem", "reservationItem")
OFFERED = "offer."
ASKING = "pending"
SEVERITIES: Sequence[Severity] = ("Normal", "Hazard", "Critical")
State = Literal["waiting", "done", "failed"]


def read_order_progress(doc: Json) -> Seen:
    """Done, failed or still waiting; a state that nobody knows is waited for.

    The text of an order that is `pending` is what is asked of us. Alerts are the other side's warning, all in one.
    `parameters` are the characteristics of each item's service that are neither wishes nor words of a design or
    offer: what the other system added. An order that ends mixed is done for the items that say so, and for no others.
    """
    doc = doc if isinstance(doc, Mapping) else {}
    remote_state = str(doc.get("state") or "")
    plain, items = _plain(doc), {str(item.get("id")): item for item in items_of(doc)}
    delivered = tuple(name for name, item in items.items() if _plain(item) in DONE)
    state: State = "done" if plain in DONE else "failed" if plain in FAILED else "waiting"
    if plain in MIXED and delivered:
        state = "done"
        lost = [name for name in items if name not in delivered]
    else:
        lost = [name for name, item in items.items() if _plain(item) in FAILED] if state != "failed" else []
    warnings = list(_warnings(doc))
    return Seen(
        state=state,
        remote_state=remote_state,
        text="; ".join(dict.fromkeys(_texts(doc))) or (_last_note(doc) if plain == ASKING else ""),
        expected=_expected(doc),
        warning="; ".join(dict.fromkeys(text for _, text in warnings)),
        severity=max((severity for severity, _ in warnings), key=SEVERITIES.index, default="Normal"),
        parameters={item: added for item, added in _parameters(doc) if added},
        delivered=delivered if state == "waiting" else (),
        failures={name: _why_lost(items[name]) for name in lost},
    )


def read_order_of(_errand: Errand, doc: Json) -> Seen:
    """An order whose items are called as ours are."""
    return read_order_progress(doc)


def read_hold_progress(_errand: Errand, doc: Json) -> Seen:
    """A hold is for one item of ours and is given as a whole, or not at all."""
    seen = read_order_progress(doc)
    return replace(seen, state="failed" if seen.failures else seen.state, delivered=(), failures={})


def _plain(doc: Mapping[str, Json]) -> str:
    return str(doc.get("state") or "").strip().lower()


def _why_lost(item: Mapping[str, Json]) -> str:
    told = "; ".join(dict.fromkeys(_errors(item)))
    return told or f"the item is {item.get('state') or 'not said to be completed'}"


def read_hold_end(doc: Json) -> datetime | None:
    """When a reservation ends by itself, as far as it says so."""
    ends = []
    for name in ("reservationPeriod", "validFor"):
        period = doc.get(name) if isinstance(doc, Mapping) else None
        if isinstance(period, Mapping) and isinstance(period.get("endDateTime"), str):
            try:
                ends.append(moment_of(period["endDateTime"]))
            except ValueError:
                continue
    return min(ends, default=None)


def _texts(doc: Mapping[str, Json]) -> Iterator[str]:
    for holder in (doc, *items_of(doc)):
        yield from _errors(holder)
    for name in ("cancellationReason", "stateChangeReason"):
        if doc.get(name):
            yield str(doc[name])


def _last_note(doc: Mapping[str, Json]) -> str:
    """Where nothing else is said, what is asked for stands in the note that was written last, and not by us."""
    notes = [note for note in _objects(doc, "note") if note.get("text") and note.get("author") != OURSELVES]
    return str(max(notes, key=lambda note: str(note.get("date") or ""))["text"]) if notes else ""


def _warnings(doc: Mapping[str, Json]) -> Iterator[tuple[Severity, str]]:
    """Alerts of the other side; one whose type nobody knows is a plain one."""
    for alert in _objects(doc, "jeopardyAlert"):
        told = alert.get("message") or alert.get("name")
        if told:
            kind = str(alert.get("jeopardyType") or "").strip().casefold()
            yield next((one for one in SEVERITIES if one.casefold() == kind), "Normal"), str(told)


def _errors(holder: Mapping[str, Json]) -> Iterator[str]:
    told = holder.get("errorMessage") or ()
    for one in told if isinstance(told, list) else [told]:
        if isinstance(one, Mapping) and (text := one.get("message") or one.get("reason")):
            yield str(text)


def _expected(doc: Mapping[str, Json]) -> date | None:
    written = doc.get("expectedCompletionDate")
    try:
        return day_of(written) if isinstance(written, str) and written else None
    except ValueError:
        return None


def _parameters(doc: Mapping[str, Json]) -> Iterator[tuple[str, dict[str, Json]]]:
    for item in items_of(doc):
        service = item.get("service")
        values = read_characteristics(service.get("serviceCharacteristic")) if isinstance(service, Mapping) else {}
        yield str(item.get("id")), {name: value for name, value in values.items() if _is_added(name)}


def _is_added(name: str) -> bool:
    return name not in WORDS and not is_answered(name) and not name.startswith(OFFERED)


def items_of(doc: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    for name in ITEM_LISTS:
        yield from _objects(doc, name)


def _objects(doc: Mapping[str, Json], name: str) -> Iterator[Mapping[str, Json]]:
    listed = doc.get(name)
    yield from (one for one in listed if isinstance(one, Mapping)) if isinstance(listed, list) else ()
