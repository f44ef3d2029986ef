"""Reservations (TMF685) as holds: how one stands, which are ours, and what a check is told of its own."""

from collections.abc import Mapping
from datetime import datetime

from linkwright.designs.parts_of_answers import Held
from linkwright.holds.model import Found, Reserved
from linkwright.wire.json import Json, moment_of, present, write_moment
from linkwright.wire.v4.bookings import HOLDS_NOTHING
from linkwright.wire.v4.errands import KEY_ROLE
from linkwright.wire.v4.progress import read_hold_end, read_order_progress
from linkwright.wire.v4.resource_domain import HOLDER_ROLE


def read_reserved(doc: Mapping[str, Json]) -> Reserved:
    """How one reservation stands."""
    seen = read_order_progress(doc)
    return Reserved(
        remote_id=str(doc["id"]),
        state="held" if seen.state == "done" else "void" if seen.state == "failed" else "open",
        href=doc.get("href"),
        expires_at=read_hold_end(doc),
        text=seen.text,
    )


def read_found(doc: Json, holder: str) -> Found | None:
    """A reservation with the mark of this holder and a key of ours; None for all others, whatever the list says."""
    if not isinstance(doc, Mapping) or not doc.get("id") or _entity(doc, HOLDER_ROLE) != holder:
        return None
    key = _entity(doc, KEY_ROLE)
    if key is None:
        return None
    return Found(
        remote_id=str(doc["id"]),
        key=key,
        is_void=str(doc.get("state") or "").lower() in HOLDS_NOTHING,
        made_at=_moment(doc.get("creationDate")),
        expires_at=read_hold_end(doc),
    )


def hold_words(hold: Held) -> dict[str, Json]:
    """What is held for the one who asked for it, or that nothing is, and why."""
    if hold.reservation is None:
        return {"hold.type": "none", "hold.reason": hold.why_not}
    told = present(expires=None if hold.expires is None else write_moment(hold.expires))
    return {"hold.type": hold.policy, "hold.reservationId": [hold.reservation]} | {
        f"hold.{name}": value for name, value in told.items()
    }


def _entity(doc: Mapping[str, Json], role: str) -> str | None:
    named = (one for one in doc.get("relatedEntity") or () if isinstance(one, Mapping))
    return next((str(one["id"]) for one in named if one.get("role") == role and one.get("id")), None)


def _moment(written: Json) -> datetime | None:
    try:
        return moment_of(written) if isinstance(written, str) else None
    except ValueError:
        return None
