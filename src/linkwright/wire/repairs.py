"""The tolerant profile: what real senders get wrong so often that refusing it would help nobody.

Walks a body along its schema and mends it; every repair is noted, so that nothing is changed in silence. Whatever else
is wrong stays as it is, for the validator to complain about.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from linkwright.wire.json import Json, joined

Schemas = Mapping[str, Json]
DATE_TIME = "date-time"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_LOCAL = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|z|[+-]\d\d:?\d\d)?")
_DROPPED = object()


@dataclass(frozen=True, kw_only=True)
class Repaired:
    """`notes` say where what was mended, in the sender's own path; empty where `body` is as it was given."""

    body: Json
    notes: tuple[str, ...]


def repaired(body: Json, schema: Json, schemas: Schemas) -> Repaired:
    """The body with every known slip mended. `schemas` are the component schemas that `schema` refers to."""
    walk = _Walk(schemas)
    mended = walk.value(body, schema, "")
    return Repaired(body=mended, notes=tuple(walk.notes))


def ignored(given: Mapping[str, Json], ours: Collection[str], path: str = "") -> tuple[str, ...]:
    """A note for each attribute that a requester says of something new although only we do."""
    return tuple(f"{joined(path, name)}: set by us alone, and ignored" for name in given if name in ours)


@dataclass(frozen=True)
class _Walk:
    schemas: Schemas
    notes: list[str] = field(default_factory=list)

    def value(self, value: Json, schema: Json, path: str) -> Json:
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        schema = self.schemas[name] if name else schema
        if isinstance(value, list) and schema.get("type") == "array":
            items = schema.get("items", {})
            mended = [self.value(one, items, f"{path}[{position}]") for position, one in enumerate(value)]
            return [one for one in mended if one is not _DROPPED]
        if isinstance(value, Mapping):
            return self._object(value, schema, name, path)
        if isinstance(value, str) and schema.get("format") == DATE_TIME:
            return self._moment(value, path)
        return value

    def _object(self, value: Mapping[str, Json], schema: Json, name: str, path: str) -> Json:
        properties = schema.get("properties", {})
        kept: dict[str, Json] = {}
        for member, one in value.items():
            here, known = joined(path, member), properties.get(member)
            mended = one if known is None else self.value(one, known, here)
            if mended is not _DROPPED:
                kept[member] = mended
        return _OF_TYPE.get(name, _as_it_is)(kept, path, self.notes)

    def _moment(self, value: str, path: str) -> Json:
        if not value.strip():
            self.notes.append(f"{path}: an empty date is taken as absent")
            return _DROPPED
        if _DATE.fullmatch(value):
            self.notes.append(f"{path}: a date alone is taken as its midnight in UTC")
            return f"{value}T00:00:00Z"
        found = _LOCAL.fullmatch(value)
        if found is None:
            return value
        day, clock, offset = found[1], found[2], found[3] or "Z"
        written = f"{day}T{clock if clock.count(':') == 2 else clock + ':00'}{_offset(offset)}"
        if written.upper() != value.upper():
            self.notes.append(f"{path}: read as {written}")
            return written
        return value


def _offset(written: str) -> str:
    return written if ":" in written or written in "Zz" else f"{written[:3]}:{written[3:]}"


def _as_it_is(value: dict[str, Json], _path: str, _notes: list[str]) -> Json:
    return value


def _party(value: dict[str, Json], path: str, notes: list[str]) -> Json:
    """Who has a role here is a party; without one it is the id itself that stands for a role."""
    assumed = {"@type": "RelatedParty", "@referredType": "Party" if value.get("role") else "PartyRole"}
    missing = {name: one for name, one in assumed.items() if not value.get(name)}
    notes += [f"{path}.{name}: {one} is assumed" for name, one in missing.items()]
    return {**value, **missing}


def _item_reference(value: dict[str, Json], path: str, notes: list[str]) -> Json:
    """One of `id` and `itemId` stands for both."""
    named = value.get("itemId") or value.get("id")
    if not named or (value.get("id") and value.get("itemId")):
        return value
    notes.append(f"{path}: id and itemId are taken for the same")
    return {**value, "id": named, "itemId": named}


def _item_relationship(value: dict[str, Json], path: str, notes: list[str]) -> Json:
    """A reference that names no item leads nowhere; one that is wrong in itself is left to the validator."""
    other = value.get("orderItem")
    if not isinstance(other, Mapping) or other.get("id") or other.get("itemId"):
        return value
    if not all(isinstance(one, str) for one in other.values()):
        return value
    notes.append(f"{path}.orderItem: names no item and is left out")
    return {name: one for name, one in value.items() if name != "orderItem"}


def _feature(value: dict[str, Json], path: str, notes: list[str]) -> Json:
    """The standard wants a characteristic: what the feature says of itself is said in one."""
    if value.get("featureCharacteristic", []) != []:
        return value
    notes.append(f"{path}.featureCharacteristic: isEnabled alone is assumed")
    enabled = {"name": "isEnabled", "value": value.get("isEnabled", True), "valueType": "boolean"}
    return {**value, "featureCharacteristic": [enabled]}


def _characteristic(value: dict[str, Json], path: str, notes: list[str]) -> Json:
    """One that is null wishes nothing; the conformance profile has none in an answer."""
    if value.get("value", _DROPPED) is not None:
        return value
    notes.append(f"{path}: its value is null, so it is left out")
    return _DROPPED


_OF_TYPE: Mapping[str, Callable[[dict[str, Json], str, list[str]], Json]] = {
    "Characteristic": _characteristic,
    "RelatedParty": _party,
    "ServiceOrderItemRef": _item_reference,
    "ServiceOrderItemRelationship": _item_relationship,
    "Feature": _feature,
}
