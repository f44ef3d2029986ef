"""Large JSON documents read and written in turns, so that no other thread waits for the whole of one.

`orjson` holds the interpreter while it works: to read 16 MB takes it 50 ms and more, to write them 20. A document of
many items is therefore read and written item by item, which takes longer, but lets others in between.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import orjson

LARGE_BYTES = 1_000_000
"""From this size on a document is read in turns."""
MANY = 200
"""Lists of so many elements are written in turns."""

DEEP = 24
"""What is nested deeper is read at once."""

Json = Any


@dataclass(frozen=True, eq=False)
class Made:
    """A list whose elements are made whenever it is walked, so that they need not all live at the same time."""

    elements: Callable[[], Iterable[Json]]

    def __iter__(self) -> Iterator[Json]:
        return iter(self.elements())


class _NotAsWritten(Exception):
    """Not by `dumps`, or too deep."""


def _nested(levels: int) -> bytes:
    """Matches an object or a list with at most so many of them in each other."""
    quoted, between = rb'"(?:[^"\\]++|\\.)*+"', rb'[^"\[\]{}]*+'
    found = quoted
    for _ in range(levels):
        found = quoted + rb"|[\[{]" + between + rb"(?:(?:" + found + rb")" + between + rb")*+[\]}]"
    return found


_VALUE = re.compile(_nested(DEEP) + rb'|[^"\[\]{},:]++', re.DOTALL)
"""Finds the end of a value without a copy of anything; whether it is one is left to `orjson`."""


def loads(body: bytes, only: Collection[str] | None = None) -> Json:
    """Like `orjson.loads`, of a document that `dumps` wrote: there is nothing between its values.

    Of a large one nothing is kept but the members that `only` names, where it names any.
    """
    if len(body) < LARGE_BYTES or not body.startswith(b"{"):
        return orjson.loads(body)
    try:
        return _object(body, only)
    except (_NotAsWritten, orjson.JSONDecodeError):  # somebody else wrote it
        return orjson.loads(body)


def dumps(document: Json) -> bytes:
    """The bytes of `orjson.dumps`."""
    written = BytesIO()  # grows in place, and its value is no copy
    written.writelines(pieces(document))
    return written.getvalue()


def pieces(document: Json) -> Iterator[bytes]:
    """The same, one piece after the other."""
    if not isinstance(document, dict) or not any(map(_is_long, document.values())):
        yield orjson.dumps(document)
        return
    for number, (name, value) in enumerate(document.items()):
        yield (b",%b:" if number else b"{%b:") % orjson.dumps(name)
        if _is_long(value):
            yield from _in_turns(value)
        else:
            yield orjson.dumps(value)
    yield b"}"


def _is_long(value: Json) -> bool:
    return isinstance(value, Made) or (isinstance(value, list) and len(value) >= MANY)


def _in_turns(values: Iterable[Json]) -> Iterator[bytes]:
    yield b"["
    for number, value in enumerate(values):
        yield b"," + orjson.dumps(value) if number else orjson.dumps(value)
    yield b"]"


def _object(body: bytes, only: Collection[str] | None) -> dict[str, Json]:
    """Each member in turn, and each element of a list that is one."""
    found: dict[str, Json] = {}
    position = 1
    while body[position : position + 1] != b"}":
        begin, position = position, _end_of_value(body, position)
        name = orjson.loads(body[begin:position])
        if not isinstance(name, str) or body[position : position + 1] != b":":
            raise _NotAsWritten
        position += 1
        is_kept = only is None or name in only
        read = _list if body[position : position + 1] == b"[" else _value
        value, position = read(body, position, is_kept)
        if is_kept:
            found[name] = value
        position = _next(body, position, b"}")
    if position != len(body) - 1:
        raise _NotAsWritten
    return found


def _list(body: bytes, position: int, is_kept: bool) -> tuple[list[Json], int]:
    """The elements if they are wanted, else none."""
    found: list[Json] = []
    position += 1
    while body[position : position + 1] != b"]":
        value, position = _value(body, position, is_kept)
        if is_kept:
            found.append(value)
        position = _next(body, position, b"]")
    return found, position + 1


def _value(body: bytes, position: int, is_kept: bool) -> tuple[Json, int]:
    end = _end_of_value(body, position)
    return orjson.loads(body[position:end]) if is_kept else None, end


def _end_of_value(body: bytes, position: int) -> int:
    found = _VALUE.match(body, position)
    if found is None:
        raise _NotAsWritten
    return found.end()


def _next(body: bytes, position: int, end: bytes) -> int:
    """Where the next one begins, or the end is."""
    here = body[position : position + 1]
    if here == b"," and body[position + 1 : position + 2] != end:
        return position + 1
    if here != end:
        raise _NotAsWritten
    return position
