"""Events: how ours are told to listeners, and how those of peers are understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import orjson

from linkwright.errors import InvalidRequest
from linkwright.orders.errands import Hint
from linkwright.wire.json import Json, moment_of, write_moment
from linkwright.wire.v4.errands import KEY_ROLE


@dataclass(frozen=True, kw_only=True)
class Told:
    """A published event and what triggers it; `never_yet` where nothing that we do comes to that."""

    event: str
    when: str
    never_yet: bool = False


EVENTS: Mapping[str, Mapping[str, Told]] = {
    "serviceOrder": {
        "created": Told(event="ServiceOrderCreateEvent", when="a POST is stored"),
        "attributeChanged": Told(
            event="ServiceOrderAttributeValueChangeEvent", when="a PATCH, or a new expectedCompletionDate"
        ),
        "stateChanged": Told(
            event="ServiceOrderStateChangeEvent", when="a new state of the order or of one of its items"
        ),
        "deleted": Told(event="ServiceOrderDeleteEvent", when="a DELETE"),
        "informationRequired": Told(
            event="ServiceOrderInformationRequiredEvent", when="an item becomes pending: its requester is asked"
        ),
        "milestone": Told(event="ServiceOrderMilestoneEvent", when="a milestone is reached"),
        "jeopardy": Told(event="ServiceOrderJeopardyEvent", when="an alert is new, says something else, or is over"),
    },
    "cancelServiceOrder": {
        "created": Told(event="CancelServiceOrderCreateEvent", when="a POST is stored"),
        "stateChanged": Told(event="CancelServiceOrderStateChangeEvent", when="a new state of the cancel"),
        "informationRequired": Told(
            event="CancelServiceOrderInformationRequiredEvent",
            when="a cancel cannot be decided without its requester",
            never_yet=True,
        ),
    },
    "checkServiceQualification": {
        "created": Told(event="CheckServiceQualificationCreateEvent", when="a POST is stored"),
        "attributeChanged": Told(event="CheckServiceQualificationAttributeValueChangeEvent", when="a PATCH"),
        "stateChanged": Told(event="CheckServiceQualificationStateChangeEvent", when="a new state of the check"),
        "deleted": Told(event="CheckServiceQualificationDeleteEvent", when="a DELETE"),
        "informationRequired": Told(
            event="CheckServiceQualificationInformationRequiredEvent",
            when="a check cannot be answered without its requester",
            never_yet=True,
        ),
    },
    "queryServiceQualification": {
        "created": Told(event="QueryServiceQualificationCreateEvent", when="a POST is stored"),
        "stateChanged": Told(
            event="QueryServiceQualificationStateChangeEvent", when="a new state of the query, or a PATCH"
        ),
        "deleted": Told(event="QueryServiceQualificationDeleteEvent", when="a DELETE"),
    },
}
"""The published events, by resource and happening: the one place that says what triggers each."""

_DOMAINS: Mapping[str, str] = {
    "serviceOrder": "serviceOrdering",
    "cancelServiceOrder": "serviceOrdering",
    "checkServiceQualification": "serviceQualification",
    "queryServiceQualification": "serviceQualification",
}
_NOUNS: Mapping[str, str] = {
    "serviceOrder": "Service order",
    "cancelServiceOrder": "Cancel of a service order",
    "checkServiceQualification": "Service qualification check",
    "queryServiceQualification": "Service qualification query",
}
_VERBS: Mapping[str, str] = {
    "created": "was created",
    "attributeChanged": "was changed",
    "stateChanged": "has a new state",
    "deleted": "was removed",
    "informationRequired": "needs information",
    "milestone": "reached a milestone",
    "jeopardy": "is in jeopardy",
}


@dataclass(frozen=True, kw_only=True)
class PeerEvent:
    """What a peer's event says, as far as it says it. `at` is the peer's own clock."""

    event_type: str | None
    event_id: str | None
    resource_kind: str | None
    resource_id: str | None
    external_id: str | None
    state: str | None
    at: datetime | None


LONGEST_ID = 255
"""Characters of an event's id that are kept; a longer one is known by its digest."""


def event_name(happening: str, resource_kind: str) -> str:
    """A happening for which the standard has no event of this resource is told as a change of state."""
    told = EVENTS[resource_kind]
    return told.get(happening, told["stateChanged"]).event


def write_event(
    happening: str, resource_kind: str, doc: Json, *, event_id: str, at: datetime, field_path: str | None = None
) -> Json:
    """The envelope with the whole resource in it: `doc` itself, not a copy."""
    name, when = event_name(happening, resource_kind), write_moment(at)
    told = {
        "eventId": event_id,
        "eventTime": when,
        "timeOcurred": when,
        "eventType": name,
        "correlationId": _correlation(resource_kind, doc),
        "domain": _DOMAINS[resource_kind],
        "title": f"{_NOUNS[resource_kind]} {doc['id']} {_VERBS[happening]}",
        "event": {resource_kind: doc},
    }
    if field_path and name.endswith(("AttributeValueChangeEvent", "InformationRequiredEvent")):
        told["fieldPath"] = field_path
    return told


def read_peer_event(body: Json) -> PeerEvent:
    """Tolerant: version 4 and 5 names, the resource under its name or bare in `event`, whatever is missing is None.

    Raises:
        InvalidRequest: it is no object, or has no object `event`.
    """
    event = body.get("event") if isinstance(body, Mapping) else None
    if not isinstance(event, Mapping):
        raise InvalidRequest("an object with the resource in it is expected", "event")
    kind, resource = _resource(event)
    subject = _subject(resource)
    return PeerEvent(
        event_type=_word(body, "eventType"),
        event_id=_word(body, "eventId") or _word(body, "id"),
        resource_kind=kind,
        resource_id=_word(subject, "id"),
        external_id=_word(subject, "externalId") or _key_among_entities(subject),
        state=_word(resource, "state"),
        at=_at(body),
    )


def read_hint(body: Json) -> Hint | None:
    """What an event is about, as far as that can be said; None where it names nothing.

    A cancel is about the order that it names. An event without an id of its own, or with a very long one, is known by
    all of its content. Raises InvalidRequest like `read_peer_event`.
    """
    told = read_peer_event(body)
    if told.resource_id is None and told.external_id is None:
        return None
    event_id = told.event_id
    if event_id is None or len(event_id) > LONGEST_ID:
        event_id = sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Hint(event_id=event_id, remote_id=told.resource_id, key=told.external_id)


def _correlation(resource_kind: str, doc: Json) -> str:
    """Everything about one order hangs together, its cancels too."""
    found: str = doc["serviceOrder"]["id"] if resource_kind == "cancelServiceOrder" else doc["id"]
    return found


def _resource(event: Mapping[str, Json]) -> tuple[str | None, Mapping[str, Json]]:
    if "id" in event:
        kind = _word(event, "@type")
        return (kind[:1].lower() + kind[1:] if kind else None), event
    return next(((name, value) for name, value in event.items() if isinstance(value, Mapping)), (None, {}))


def _subject(resource: Mapping[str, Json]) -> Mapping[str, Json]:
    """The order that a cancel is about, else the resource itself."""
    orders = (resource.get(name) for name in ("serviceOrder", "resourceOrder"))
    return next((order for order in orders if isinstance(order, Mapping) and "id" in order), resource)


def _key_among_entities(resource: Mapping[str, Json]) -> str | None:
    """Our key, of what has no attribute for it."""
    entities = resource.get("relatedEntity")
    named = [one for one in entities if isinstance(one, Mapping)] if isinstance(entities, list) else []
    return next((_word(one, "id") for one in named if one.get("role") == KEY_ROLE), None)


def _word(parent: Mapping[str, Json], name: str) -> str | None:
    value = parent.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


def _at(body: Mapping[str, Json]) -> datetime | None:
    for name in ("eventTime", "timeOcurred", "timeOccurred"):
        written = _word(body, name)
        if written is not None:
            try:
                return moment_of(written)
            except ValueError:
                continue
    return None
