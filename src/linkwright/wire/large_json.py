"""Large JSON documents read and written in turns, so that no other thread waits for the whole of one.

`orjson` holds the interpreter while it works: to read 16 MB takes it 50 ms and more, to write them 20. A document of
many items is therefore read and written item by item, which takes longer, but lets others in between.
"""

from json import JSONDecodeError, JSONDecoder
from typing import Any

import orjson

LARGE_BYTES = 1_000_000
"""From this size on a document is read in turns."""
MANY = 200
"""Lists of so many elements are written in turns."""

Json = Any
_value_at = JSONDecoder().scan_once  # type: ignore[attr-defined]


def loads(body: bytes) -> Json:
    """Like `orjson.loads`, of a document that `dumps` wrote: there is nothing between its values."""
    if len(body) < LARGE_BYTES or not body.startswith(b"{"):
        return orjson.loads(body)
    try:
        return _object(body.decode())
    except (StopIteration, IndexError, JSONDecodeError):  # somebody else wrote it
        return orjson.loads(body)


def dumps(document: Json) -> bytes:
    """The bytes of `orjson.dumps`."""
    if not isinstance(document, dict) or not any(map(_is_long, document.values())):
        return orjson.dumps(document)
    return orjson.dumps({name: _in_turns(value) if _is_long(value) else value for name, value in document.items()})


def _is_long(value: Json) -> bool:
    return isinstance(value, list) and len(value) >= MANY


def _in_turns(values: list[Json]) -> orjson.Fragment:
    return orjson.Fragment(b"[" + b",".join([orjson.dumps(value) for value in values]) + b"]")


def _object(text: str) -> dict[str, Json]:
    """Each member in turn, and each element of a list that is one."""
    found: dict[str, Json] = {}
    position = 1
    while text[position] != "}":
        name, position = _value_at(text, position)
        if text[position] != ":":
            raise JSONDecodeError("a colon is expected", text, position)
        position += 1
        found[name], position = _list(text, position) if text[position] == "[" else _value_at(text, position)
        position = _next(text, position, "}")
    if position != len(text) - 1:
        raise JSONDecodeError("something follows", text, position)
    return found


def _list(text: str, position: int) -> tuple[list[Json], int]:
    found: list[Json] = []
    position += 1
    while text[position] != "]":
        value, position = _value_at(text, position)
        found.append(value)
        position = _next(text, position, "]")
    return found, position + 1


def _next(text: str, position: int, end: str) -> int:
    """Where the next one begins, or the end is."""
    if text[position] == "," and text[position + 1] != end:
        return position + 1
    if text[position] != end:
        raise JSONDecodeError("a comma is expected", text, position)
    return position
