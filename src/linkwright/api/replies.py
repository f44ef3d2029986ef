"""Answers as bytes: stored JSON goes out as it lies in the store."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from connexion.lifecycle import ConnexionResponse

JSON = "application/json"


def reply(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> ConnexionResponse:
    """`body` is bytes of JSON or anything that can be written as JSON."""
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return ConnexionResponse(status, content_type=JSON, mimetype=JSON, body=data, headers=dict(headers or {}))


def json_list(bodies: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(bodies) + b"]"


def nothing() -> ConnexionResponse:
    return ConnexionResponse(204)


def etag(version: int) -> str:
    return f'"{version}"'
