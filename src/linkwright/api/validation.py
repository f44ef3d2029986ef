"""Request bodies against the raw contract, by compiled validators.

connexion's own validator takes a hundred times as long and refuses chunked bodies, so its place is taken here.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs
from connexion.datastructures import MediaTypeDict
from connexion.validators import AbstractRequestBodyValidator

from linkwright.api import bodies
from linkwright.api.contracts import Contract
from linkwright.errors import InvalidRequest
from linkwright.wire.merge_patch import JSON_PATCH, MERGE_PATCH, PLAIN
from linkwright.wire.repairs import Repaired, repaired

MEDIA_TYPES = (PLAIN, MERGE_PATCH, JSON_PATCH)
BODY, REPAIRS = "linkwright.body", "linkwright.repairs"
MOST_COMPLAINTS = 20
STRICT = "x-strict-required"
"""What the published schemas demand beyond ours: a body without it is looked through for slips that can be mended."""


class Check:
    """One schema in two profiles. Almost every body passes the strict one; the tolerant one is made when it must be."""

    def __init__(self, document: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
        self._schema, self._components = schema, document["components"]
        self._strict = _compiled(schema, _strict(self._components))

    def read(self, body: Any) -> Repaired:
        """The body, mended where its sender made a slip that is known.

        Raises:
            InvalidRequest: it breaks the contract; the text names the first twenty places.
        """
        if self._strict.is_valid(body):
            return Repaired(body=body, notes=())
        mended = repaired(body, self._schema, self._components["schemas"])
        if complaints := complaints_of(self._tolerant, mended.body):
            raise InvalidRequest("; ".join(complaints))
        return mended

    @cached_property
    def _tolerant(self) -> Any:
        return _compiled(self._schema, self._components)


Checks = Mapping[tuple[str, str], Check]


def compiled(contract: Contract) -> Checks:
    """A check for each (operationId, media type)."""
    return {
        (operation["operationId"], media_type): Check(
            contract.document, {"type": "object"} if _is_part(method, media_type) else content["schema"]
        )
        for method, operation in contract.operations()
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items()
    }


def whole_resource(contract: Contract, schema: str) -> Check:
    """For a resource of this schema, as it is stored and answered."""
    return Check(contract.document, {"$ref": f"#/components/schemas/{schema}"})


def _is_part(method: str, media_type: str) -> bool:
    """A body that is merged need not be whole anywhere in it: what counts is the resource that comes out."""
    return method == "patch" and media_type != JSON_PATCH


def _strict(components: Mapping[str, Any]) -> Mapping[str, Any]:
    schemas = {
        name: {**schema, "required": sorted({*schema.get("required", ()), *schema[STRICT]})}
        if STRICT in schema
        else schema
        for name, schema in components["schemas"].items()
    }
    return {**components, "schemas": schemas}


def _compiled(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Any:
    """`uri` is never enforced: callers send paths and bare hosts."""
    return jsonschema_rs.Draft4Validator(
        {"allOf": [schema], "components": components}, validate_formats=True, formats={"uri": lambda _: True}
    )


def body_validators(contract: Contract, max_bytes: int) -> MediaTypeDict:
    checks = compiled(contract)
    return MediaTypeDict({media_type: _validator(checks, media_type, max_bytes) for media_type in MEDIA_TYPES})


def _validator(checks: Checks, media_type: str, max_bytes: int) -> type[AbstractRequestBodyValidator]:
    class Body(AbstractRequestBodyValidator):  # type: ignore[misc]
        """Leaves the parsed body in the scope, so that nothing is parsed twice, and what was mended in it."""

        async def wrap_receive(self, receive: Any, *, scope: Any) -> tuple[Any, Any]:
            raw = await bodies.read(receive, scope, max_bytes)
            check = checks[scope["extensions"]["connexion_routing"]["operation_id"], media_type]
            found = check.read(bodies.parsed(raw))
            scope["extensions"][BODY], scope["extensions"][REPAIRS] = found.body, found.notes
            return self._insert_messages(receive, messages=[{"type": "http.request", "body": raw}]), scope

    return Body


def complaints_of(check: Any, body: Any) -> list[str]:
    """What is wrong, each with the path in the caller's words; the first twenty."""
    if check.is_valid(body):
        return []
    errors = [error for error, _ in zip(check.iter_errors(body), range(MOST_COMPLAINTS), strict=False)]
    return [f"{_path(error.instance_path)}: {_short(error.message)}" for error in errors]


def _path(parts: list[str | int]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return path.removeprefix(".") or "body"


def _short(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:100]} … {message[-90:]}"
