"""How deep JSON may be nested that others send: whatever walks through it has an end then."""

from typing import Any

import jsonschema_rs

DEEPEST_JSON = 100


def too_deep(value: Any) -> bool:
    """More than `DEEPEST_JSON` objects and lists in each other."""
    return not _NOT_TOO_DEEP.is_valid(value)


def may_be_too_deep(raw: bytes) -> bool:
    """Whether it is worth looking at what a JSON text says."""
    return raw.count(b"{") + raw.count(b"[") > DEEPEST_JSON


def _levels(count: int) -> Any:
    """As a chain of schemas, for the validator walks a document ten times as fast as a loop."""
    levels: dict[str, Any] = {}
    for level in range(1, count + 1):
        below = {"$ref": f"#/definitions/{level - 1}"}
        levels[str(level)] = {"items": below, "additionalProperties": below}
    levels["0"] = {"not": {"type": ["array", "object"]}}
    return jsonschema_rs.Draft4Validator({"$ref": f"#/definitions/{count}", "definitions": levels})


_NOT_TOO_DEEP = _levels(DEEPEST_JSON)
