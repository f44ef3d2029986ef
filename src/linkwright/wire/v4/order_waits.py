"""What an order waits for and what was decided: notes for everybody, the rest kept beside the document."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from linkwright.business.limits import Excess
from linkwright.orders.model import Order
from linkwright.orders.waits import Decision, Remark, Wait
from linkwright.wire.json import Json, present, write_moment


def notes_of(order: Order) -> list[Json]:
    """Those of the requester and of others, then ours: whatever a patch makes of ours, they stay."""
    ours = [
        {"id": one.id, "author": one.author, "date": write_moment(one.at), "text": one.text, "@type": "Note"}
        for one in order.remarks
    ]
    mine = {one.id for one in order.remarks}
    sent = order.body.get("note") or ()
    return [*(note for note in sent if note.get("id") not in mine), *ours]


def pack_waits(order: Order) -> dict[str, Json]:
    """For the internals of an order; nothing where nobody waits and nothing was decided."""
    return present(
        waits=[_packed(one) for one in order.waits] or None,
        decisions=[_packed(one) for one in order.decisions] or None,
        remarks=[_packed(one) for one in order.remarks] or None,
    )


def read_waits(internals: Mapping[str, Json]) -> dict[str, Any]:
    """The fields of an order that `pack_waits` has written."""
    return {
        "waits": tuple(Wait(**_unpacked(one)) for one in internals.get("waits", ())),
        "decisions": tuple(Decision(**_unpacked(one)) for one in internals.get("decisions", ())),
        "remarks": tuple(Remark(**_unpacked(one)) for one in internals.get("remarks", ())),
    }


def _packed(thing: Wait | Decision | Remark) -> Json:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(thing).items()
        if value is not None
    }


def _unpacked(packed: Mapping[str, Json]) -> dict[str, Any]:
    made: Mapping[str, Any] = {
        "items": tuple,
        "since": datetime.fromisoformat,
        "until": datetime.fromisoformat,
        "at": datetime.fromisoformat,
        "beyond": _excesses,
        "heard": tuple,
    }
    return {name: made[name](value) if name in made else value for name, value in packed.items()}


def _excesses(packed: Iterable[Mapping[str, Json]]) -> tuple[Excess, ...]:
    return tuple(Excess(**one) for one in packed)
