"""Request bodies against the raw contract, by compiled validators.

connexion's own validator takes a hundred times as long and refuses chunked bodies, so its place is taken here.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs
import orjson

from linkwright.api.contracts import Contract
from linkwright.errors import InvalidRequest
from linkwright.wire.merge_patch import JSON_PATCH
from linkwright.wire.repairs import Repaired, repaired

MOST_COMPLAINTS = 20
LISTED_BYTES = 4096
"""Of a longer body one mistake is told: the validator makes all of them at once, which takes long and much room."""
STRICT = "x-strict-required"
"""What the published schemas demand beyond ours: a body without it is looked through for slips that can be mended."""
NOT_NULL = "x-strict-not-null"
"""What the conformance profile wants to have a value: a body with a null there is looked through too."""


class Check:
    """One schema in two profiles. Almost every body passes the strict one; the tolerant one is made when it must be."""

    def __init__(self, document: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
        self._schema, self._components = schema, document["components"]

    def read(self, body: Any) -> Repaired:
        """The body, mended where its sender made a slip that is known.

        Raises:
            InvalidRequest: it breaks the contract; the text names the first twenty places, of a long body the first.
        """
        if self._strict.is_valid(body):
            return Repaired(body=body, notes=())
        mended = repaired(body, self._schema, self._components["schemas"])
        if complaints := complaints_of(self._tolerant, mended.body):
            raise InvalidRequest("; ".join(complaints))
        return mended

    @cached_property
    def _strict(self) -> Any:
        """Made for the first body of its kind: all of them together would make every start slower."""
        return _compiled(self._schema, _strict(self._components))

    @cached_property
    def _tolerant(self) -> Any:
        return _compiled(self._schema, self._components)


def body_checks(contract: Contract, method: str, operation: Mapping[str, Any]) -> Mapping[str, Check]:
    """By media type, in the order of the contract; empty where it knows no body."""
    return {
        media_type: Check(contract.document, {"type": "object"} if _is_part(method, media_type) else content["schema"])
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items()
    }


def whole_resource(contract: Contract, schema: str) -> Check:
    """For a resource of this schema, as it is stored and answered."""
    return Check(contract.document, {"$ref": f"#/components/schemas/{schema}"})


def _is_part(method: str, media_type: str) -> bool:
    """A body that is merged need not be whole anywhere in it: what counts is the resource that comes out."""
    return method == "patch" and media_type != JSON_PATCH


def _strict(components: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**components, "schemas": {name: _stricter(schema) for name, schema in components["schemas"].items()}}


def _stricter(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    required = sorted({*schema.get("required", ()), *schema.get(STRICT, ())})
    not_null = {
        name: {"allOf": [schema["properties"][name], {"not": {"enum": [None]}}]} for name in schema.get(NOT_NULL, ())
    }
    stricter = {**schema, "required": required} if required else dict(schema)
    return stricter | ({"properties": {**schema["properties"], **not_null}} if not_null else {})


def _compiled(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Any:
    """`uri` is never enforced: callers send paths and bare hosts."""
    return jsonschema_rs.Draft4Validator(
        {"allOf": [schema], "components": components}, validate_formats=True, formats={"uri": lambda _: True}
    )


def complaints_of(check: Any, body: Any) -> list[str]:
    """What is wrong, each with the path in the caller's words; the first twenty, of a long body the first."""
    if check.is_valid(body):
        return []
    errors = _first(check, body) if len(orjson.dumps(body)) > LISTED_BYTES else check.iter_errors(body)
    told = zip(errors, range(MOST_COMPLAINTS), strict=False)
    return [f"{_path(error.instance_path)}: {_short(error.message)}" for error, _ in told]


def _first(check: Any, body: Any) -> list[Any]:
    try:
        check.validate(body)
    except jsonschema_rs.ValidationError as error:
        return [error]
    return []


def _path(parts: list[str | int]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return path.removeprefix(".") or "body"


def _short(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:100]} … {message[-90:]}"
