"""What happens to a resource is told in the transaction in which it happens: an event, and a row for each listener.

The rows of a resource come in the order of its versions: the write that changed it holds its row until the commit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, select

from linkwright.api.ports import Api, Kind
from linkwright.orders.model import Happening
from linkwright.store import audit
from linkwright.store.outbox import put_in_queue
from linkwright.store.packed import packed_within
from linkwright.store.prepared import numbered_row, statement
from linkwright.store.resources import Resource, insert_resource, overwrite_resource, read_resource
from linkwright.store.tables.notices import event, subscription
from linkwright.store.times import stamp
from linkwright.store.work import Work
from linkwright.wire.filters import event_filter
from linkwright.wire.matching import matches
from linkwright.wire.v4.events import write_event

Json = Any

API_OF: Mapping[Kind, Api] = {
    "serviceOrder": "serviceOrdering",
    "cancelServiceOrder": "serviceOrdering",
    "checkServiceQualification": "serviceQualificationManagement",
    "queryServiceQualification": "serviceQualificationManagement",
}

_EVENT = statement(numbered_row(event).inline())
_HERE = b"\0"
"""Stands nowhere in JSON."""
_LISTENERS = statement(
    select(subscription.c.id, subscription.c.query, subscription.c.requester)
    .where(subscription.c.api == bindparam("of_api"), subscription.c.state == "active")
    .order_by(subscription.c.id)
)


def store_new(work: Work, *way: Resource) -> None:
    """Store a resource as it is at the end of `way`, with an event for its creation and each state since."""
    texts = [step.stored() for step in way]
    insert_resource(work.connection, way[-1], texts[-1])
    happened: Happening = "created"
    for step, stored in zip(way, texts, strict=True):
        _tell(work, step, stored, (happened,), None)
        happened = "stateChanged"


def store_changed(
    work: Work, resource: Resource, happenings: Sequence[Happening], field_path: str | None = None
) -> None:
    """Write over the version before, with an event for each happening; a withdrawn resource is silent."""
    stored = resource.stored()
    overwrite_resource(work, resource, stored)
    if happenings and not read_resource(work, resource.kind, resource.id).hidden:
        _tell(work, resource, stored, happenings, field_path)


def tell(work: Work, resource: Resource, happenings: Sequence[Happening]) -> None:
    """Only the events: the resource is stored, or taken away, by the caller."""
    _tell(work, resource, resource.stored(), happenings, None)


def _tell(
    work: Work, resource: Resource, stored: bytes, happenings: Sequence[Happening], field_path: str | None
) -> None:
    at = work.now()
    audit.note(work.connection, at, work.actor, happenings, resource.kind, resource.id, resource.version)
    listeners = _LISTENERS.rows(work.connection, {"of_api": API_OF[resource.kind]})
    for happening in happenings:
        event_id = work.new_id()
        told = write_event(happening, resource.kind, resource.doc, event_id=event_id, at=at, field_path=field_path)
        _keep(work, resource, told, stored, event_id, at)
        _queue(work, resource, told, listeners, event_id, at)


def _keep(work: Work, resource: Resource, told: Json, stored: bytes, event_id: str, at: datetime) -> None:
    row = {
        "event_id": event_id,
        "event_type": told["eventType"],
        "resource_kind": resource.kind,
        "resource_id": resource.id,
        "at": stamp(at),
        "body": _stored(told, resource.doc, stored),
        "requester": resource.requester,
    }
    _EVENT.run(work.connection, row)


def _stored(told: Json, doc: Json, stored: bytes) -> bytes:
    """What is stored of the event; the resource in it is written already, and large."""
    written = {name: orjson.Fragment(_HERE) if value is doc else value for name, value in told["event"].items()}
    before, _, after = orjson.dumps(told | {"event": written}).partition(_HERE)
    return packed_within(before, stored, after)


def _queue(work: Work, resource: Resource, told: Json, listeners: Iterable[Any], event_id: str, at: datetime) -> None:
    concerned = [
        listener.id
        for listener in listeners
        if listener.requester in (None, resource.requester) and matches(event_filter(listener.query), told)
    ]
    put_in_queue(work.connection, [(listener, event_id) for listener in concerned], stamp(at))
    work.listeners.update(concerned)
