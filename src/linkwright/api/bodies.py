"""The body of a request: read within its limit, and parsed once."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import orjson
from connexion.exceptions import BadRequestProblem, ProblemException

from linkwright.wire.depth import DEEPEST_JSON, may_be_too_deep, too_deep

LONGEST_TEXT = 1_000_000
"""Characters of one text or name; what is kept is searched, compared and sent on."""
MOST_SIGNS = 2_000_000
"""Commas and opening brackets: a value follows each, which costs many times its bytes in memory and a look of ours.

Those in texts count too, for telling them apart would take longer than the rest.
"""
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
LEAST, MOST = -(2**63), 2**64 - 1
"""Whole numbers beyond become floating point when they are parsed: their last digits would be lost."""
_ALL_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_MANY_ZEROS = b"0" * len(str(-LEAST))
_RUN = re.compile(rb"-?\d{%d,}+" % len(_MANY_ZEROS))
_WHOLE = re.compile(rb"(?<![.eE+-])-?\d++(?![.eE])")


async def read(receive: Any, scope: Any, max_bytes: int) -> bytes:
    """The whole body, chunked or not. Of one that is larger than the limit no more is kept or waited for.

    Raises:
        ProblemException: 413 for more than the limit, 400 where the sender left before the end, 415 for one that is
            packed.
    """
    packed = b", ".join(value for name, value in scope["headers"] if name == b"content-encoding").strip().lower()
    if packed not in (b"", b"identity"):
        raise ProblemException(status=415, title="Packed", detail="A body is taken without Content-Encoding only.")
    declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if declared.isdigit() and (len(declared) > 18 or int(declared) > max_bytes):
        raise _too_large(max_bytes)
    raw = bytearray()
    more = True
    while more:
        part = await receive()
        if part["type"] == "http.disconnect":
            raise BadRequestProblem("The body ended before its end.")
        raw += part.get("body", b"")
        more = part.get("more_body", False)
        if len(raw) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(raw)


def _too_large(max_bytes: int) -> ProblemException:
    return ProblemException(status=413, title="Content Too Large", detail=f"A body may have {max_bytes} bytes at most.")


def parsed(raw: bytes) -> Any:
    """The JSON value of a body.

    Raises:
        BadRequestProblem: no JSON, too many values, nested too deep, a text that is too long, a whole number beyond
            64 bits, or a character that not every database keeps (NUL).
    """
    if not raw.strip():
        raise BadRequestProblem("A JSON body is expected.")
    if len(raw) > MOST_SIGNS and sum(map(raw.count, (b",", b"[", b"{"))) > MOST_SIGNS:
        raise BadRequestProblem(f"The body has more than {MOST_SIGNS} commas and opening brackets.")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequestProblem(f"The body is not JSON: {error}.") from error
    if b"\\u0000" in raw and _NUL.search(raw):
        raise BadRequestProblem("The body holds a NUL character.")
    if _MANY_ZEROS in raw.translate(_ALL_ZEROS):
        _refuse_beyond(raw)
    if may_be_too_deep(raw) and too_deep(body):
        raise BadRequestProblem(f"The body is nested deeper than {DEEPEST_JSON} levels.")
    if len(raw) > LONGEST_TEXT and not _NOT_TOO_LONG.is_valid(body):
        raise BadRequestProblem(f"A text in the body has more than {LONGEST_TEXT} characters.")
    return body


def _refuse_beyond(raw: bytes) -> None:
    """Raises BadRequestProblem."""
    for number in _long_numbers(raw):
        if len(number) > len(_MANY_ZEROS) + 1 or not LEAST <= int(number) <= MOST:
            told = number.decode() if len(number) <= 60 else f"{number[:40].decode()}…"
            raise BadRequestProblem(f"A whole number lies between {LEAST} and {MOST}, {told} does not: send a text.")


def _long_numbers(raw: bytes) -> Iterator[bytes]:
    """Whole numbers of many digits in a JSON text; after an odd number of quotes one stands in a text."""
    plain = raw.replace(rb"\\", b"").replace(rb"\"", b"")
    at = quotes = 0
    for run in _RUN.finditer(plain):
        quotes += plain.count(b'"', at, run.start())
        at = run.end()
        if quotes % 2 == 0 and (number := _WHOLE.match(plain, run.start())):
            yield number[0]


_NOT_TOO_LONG = jsonschema_rs.Draft7Validator(
    {
        "maxLength": LONGEST_TEXT,
        "propertyNames": {"maxLength": LONGEST_TEXT},
        "items": {"$ref": "#"},
        "additionalProperties": {"$ref": "#"},
    }
)
