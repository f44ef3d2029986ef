"""The attributes of a resource: which of them exist in its schema, and what is left of it when some are selected."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from linkwright.wire.filters import LONGEST_PATH, OPERATORS
from linkwright.wire.json import Json

ALWAYS = ("id", "href", "@type")


def outermost(fields: Sequence[Sequence[str]]) -> frozenset[str]:
    """The members of a resource in which all that is selected lies."""
    return frozenset((*ALWAYS, *(path[0] for path in fields)))


def project(document: Json, fields: Sequence[Sequence[str]] | None) -> Json:
    """Only the selected attributes, nested ones through lists; id, href and @type are always there."""
    if fields is None:
        return document
    wanted: _Wanted = {name: {} for name in ALWAYS}
    for path in fields:
        _want(wanted, path)
    return _picked(document, wanted)


_Wanted = dict[str, Any]
"""Names and what is wanted below each; nothing below means all of it."""


def _want(wanted: _Wanted, path: Sequence[str]) -> None:
    for name in path[:-1]:
        if wanted.get(name) == {}:
            return
        wanted = wanted.setdefault(name, {})
    wanted[path[-1]] = {}


def _picked(value: Json, wanted: _Wanted) -> Json:
    if isinstance(value, list):
        return [_picked(one, wanted) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _picked(member, wanted[name]) if wanted[name] else member
        for name, member in value.items()
        if name in wanted
    }


def known_attributes(schemas: Mapping[str, Json], name: str) -> Callable[[str], bool]:
    """Does a dotted path exist in this schema? Follows references, so recursive types have paths of any depth.

    `schemas` are the component schemas of an OpenAPI document. Below an attribute of any type, any path exists that
    does not end like an operator.
    """

    def knows(path: str) -> bool:
        return len(path) <= LONGEST_PATH and _exists(schemas, {"$ref": name}, path.split("."))

    return knows


def known_in_events(schemas: Mapping[str, Json]) -> Callable[[str], bool]:
    """Does a dotted path exist in any event of this API?"""
    each = [known_attributes(schemas, name) for name in schemas if name.endswith("Event")]
    return lambda path: any(knows(path) for knows in each)


def _exists(schemas: Mapping[str, Json], schema: Json, path: Sequence[str]) -> bool:
    while "$ref" in schema or schema.get("type") == "array":
        schema = schemas[schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else schema["items"]
    if not path:
        return True
    properties = schema.get("properties")
    if properties is None:
        return "type" not in schema and path[-1] not in OPERATORS
    return path[0] in properties and _exists(schemas, properties[path[0]], path[1:])
