"""Request bodies against the raw contract, by compiled validators.

connexion's own validator takes a hundred times as long and refuses chunked bodies, so its place is taken here.
"""

from collections.abc import Mapping
from typing import Any

import jsonschema_rs
from connexion.datastructures import MediaTypeDict
from connexion.exceptions import BadRequestProblem
from connexion.validators import AbstractRequestBodyValidator

from linkwright.api import bodies
from linkwright.api.contracts import Contract
from linkwright.wire.merge_patch import JSON_PATCH, MERGE_PATCH, PLAIN

MEDIA_TYPES = (PLAIN, MERGE_PATCH, JSON_PATCH)
BODY = "linkwright.body"
MOST_COMPLAINTS = 20
Checks = Mapping[tuple[str, str], Any]


def compiled(contract: Contract) -> Checks:
    """A validator for each (operationId, media type)."""
    return {
        (operation["operationId"], media_type): _compiled(
            contract.document, {"type": "object"} if _is_part(method, media_type) else content["schema"]
        )
        for method, operation in contract.operations()
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items()
    }


def whole_resource(contract: Contract, schema: str) -> Any:
    """A validator for a resource of this schema, as it is stored and answered."""
    return _compiled(contract.document, {"$ref": f"#/components/schemas/{schema}"})


def _is_part(method: str, media_type: str) -> bool:
    """A body that is merged need not be whole anywhere in it: what counts is the resource that comes out."""
    return method == "patch" and media_type != JSON_PATCH


def _compiled(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """`uri` is never enforced: callers send paths and bare hosts."""
    return jsonschema_rs.Draft4Validator(
        {"allOf": [schema], "components": document["components"]},
        validate_formats=True,
        formats={"uri": lambda _: True},
    )


def body_validators(contract: Contract, max_bytes: int) -> MediaTypeDict:
    checks = compiled(contract)
    return MediaTypeDict({media_type: _validator(checks, media_type, max_bytes) for media_type in MEDIA_TYPES})


def _validator(checks: Checks, media_type: str, max_bytes: int) -> type[AbstractRequestBodyValidator]:
    class Body(AbstractRequestBodyValidator):  # type: ignore[misc]
        """Leaves the parsed body in the scope, so that nothing is parsed twice."""

        async def wrap_receive(self, receive: Any, *, scope: Any) -> tuple[Any, Any]:
            raw = await bodies.read(receive, scope, max_bytes)
            body = bodies.parsed(raw)
            check = checks[scope["extensions"]["connexion_routing"]["operation_id"], media_type]
            if complaints := complaints_of(check, body):
                raise BadRequestProblem("; ".join(complaints))
            scope["extensions"][BODY] = body
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
