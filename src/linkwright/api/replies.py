"""Answers as bytes: stored JSON goes out as it lies in the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

JSON = "application/json"
EMPTY = frozenset({204, 304})
_JSON_HEADER = (b"content-type", JSON.encode())


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that can send itself. connexion's own class guesses types and copies headers three times on its way."""

    status_code: int
    body: bytes
    headers: Mapping[str, str]
    media_type: str = JSON

    @property
    def mimetype(self) -> str | None:
        """None where there is nothing to be of a type."""
        return None if self.status_code in EMPTY else self.media_type

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self._raw_headers()})
        await send({"type": "http.response.body", "body": self.body})

    def _raw_headers(self) -> list[tuple[bytes, bytes]]:
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers.items()]
        if self.status_code not in EMPTY:
            kind = _JSON_HEADER if self.media_type is JSON else (b"content-type", self.media_type.encode())
            raw += (kind, (b"content-length", b"%d" % len(self.body)))
        return raw


def reply(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """`body` is bytes of JSON or anything that can be written as JSON."""
    return Reply(status, body if isinstance(body, bytes) else orjson.dumps(body), headers or {})


def json_list(bodies: Sequence[bytes]) -> bytes:
    return b"[" + b",".join(bodies) + b"]"


def nothing() -> Reply:
    return Reply(204, b"", {})


def etag(version: int) -> str:
    return f'"{version}"'
