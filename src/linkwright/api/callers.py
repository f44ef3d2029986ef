"""What a handler may know of its caller and the request, read from the scope of the request that it answers."""

from contextvars import ContextVar
from hashlib import sha256
from typing import Any

import orjson

from linkwright.api.brevity import LARGE_BYTES, TooMuch
from linkwright.api.identity import CALLER, Caller
from linkwright.errors import InvalidRequest
from linkwright.posting import Post
from linkwright.wire.repairs import Repaired

LONGEST_KEY = 255
BODY, RAW, REPAIRS = "linkwright.body", "linkwright.raw", "linkwright.repairs"
BRIEF, LARGE = "linkwright.brief", "linkwright.large"
SCOPE: ContextVar[Any] = ContextVar("linkwright.scope")
"""The scope of the request that is being answered; what we know of it lies among its extensions."""


def body_of() -> Any:
    """The body as the validator parsed it."""
    return _extensions()[BODY]


def raw_body() -> bytes:
    """The body as it was sent."""
    found: bytes = _extensions()[RAW]
    return found


def has_large_body() -> bool:
    return bool(_extensions().get(LARGE))


def mended(found: Repaired) -> Any:
    """What was mended is told with the answer, whatever part of the request it was in."""
    _extensions()[REPAIRS] = (*_extensions().get(REPAIRS, ()), *found.notes)
    return found.body


def query_string() -> str:
    """The raw query: connexion's own reading folds repeated names and odd operators together.

    What is not percent-encoded, as it should be, is read as UTF-8 where it can be.
    """
    raw: bytes = SCOPE.get()["query_string"]
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def media_type_of() -> str:
    """Bare and in lower case, as `front` leaves it; the first that an operation declares is assumed where none is."""
    return header(SCOPE.get(), b"content-type") or "application/json"


def if_match_of() -> str | None:
    """Several lines are one list."""
    return ", ".join(_headers(b"if-match")) or None


def if_none_match_of() -> str | None:
    return ", ".join(_headers(b"if-none-match")) or None


def accept_of() -> str | None:
    """What the caller wants to read; several lines are one list."""
    return ", ".join(_headers(b"accept")) or None


def caller_of() -> Caller:
    found: Caller = _extensions()[CALLER]
    return found


def actor() -> str | None:
    """Who is behind what is done now; None outside of a request, where nobody but ourselves is."""
    try:
        return caller_of().id
    except LookupError:
        return None


def post_of(body: Any) -> Post | None:
    """How a repetition of this request would be recognised; None where its sender names it by nothing.

    The order of members does not count, so that a sender may write the same request anew.
    """
    key = idempotency_key()
    keys = [] if key is None else [f"Idempotency-Key:{key}"]
    external_id = body.get("externalId")
    keys += [f"externalId:{external_id}"] if isinstance(external_id, str) and external_id else []
    if not keys:
        return None
    return Post(keys=tuple(keys), digest=sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest())


def idempotency_key() -> str | None:
    """What the sender calls this request, None where he does not. Raises InvalidRequest for two names or a long one."""
    given = _headers(b"idempotency-key")
    if not given:
        return None
    key = given[0].strip()
    if len(given) > 1 or not 0 < len(key) <= LONGEST_KEY:
        raise InvalidRequest(f"one key of at most {LONGEST_KEY} characters is expected", "Idempotency-Key")
    return key


def refuse_much(size: int) -> None:
    """So many bytes are not opened on the event loop. Raises TooMuch there."""
    if size > LARGE_BYTES:
        refuse_long()


def refuse_long() -> None:
    """What comes takes long: everybody else would wait for it on the event loop. Raises TooMuch there."""
    if _extensions().get(BRIEF):
        raise TooMuch


def header(scope: Any, wanted: bytes) -> str | None:
    """The first header of that name; names come in lower case."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)


def header_of(name: str) -> str | None:
    """The only header of that name; one that is given twice is none."""
    given = _headers(name.lower().encode())
    return given[0].strip() if len(given) == 1 else None


def _headers(wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in SCOPE.get()["headers"] if name == wanted]


def _extensions() -> Any:
    return SCOPE.get()["extensions"]
