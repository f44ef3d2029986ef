"""What a handler may know of its caller and the request, read from the scope of the request that it answers."""

from hashlib import sha256
from typing import Any

import orjson
from connexion import request

from linkwright.api.identity import CALLER, Caller
from linkwright.api.validation import BODY, REPAIRS
from linkwright.errors import InvalidRequest
from linkwright.posting import Post
from linkwright.wire.repairs import Repaired

LONGEST_KEY = 255


def body_of() -> Any:
    """The body as the validator parsed it."""
    return request.scope["extensions"][BODY]


def mended(found: Repaired) -> Any:
    """What was mended is told with the answer, whatever part of the request it was in."""
    request.scope["extensions"][REPAIRS] = (*request.scope["extensions"].get(REPAIRS, ()), *found.notes)
    return found.body


def query_string() -> str:
    """The raw query: connexion's own reading folds repeated names and odd operators together."""
    return str(request.scope["query_string"].decode("latin-1"))


def media_type_of() -> str:
    """Bare and in lower case, as `front` leaves it; the first that an operation declares is assumed where none is."""
    return str(request.headers.get("content-type", "application/json"))


def if_match_of() -> str | None:
    found = request.headers.get("if-match")
    return None if found is None else str(found)


def caller_of() -> Caller:
    found: Caller = request.scope["extensions"][CALLER]
    return found


def actor() -> str | None:
    """Who is behind what is done now; None outside of a request, where nobody but ourselves is."""
    try:
        return caller_of().id
    except (RuntimeError, LookupError):
        return None


def post_of(body: Any) -> Post | None:
    """How a repetition of this request would be recognised; None where its sender names it by nothing.

    The order of members does not count, so that a sender may write the same request anew.
    """
    keys = [f"Idempotency-Key:{_idempotency_key()}"] if "idempotency-key" in request.headers else []
    external_id = body.get("externalId")
    keys += [f"externalId:{external_id}"] if isinstance(external_id, str) and external_id else []
    if not keys:
        return None
    return Post(keys=tuple(keys), digest=sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest())


def _idempotency_key() -> str:
    key = str(request.headers["idempotency-key"]).strip()
    if not 0 < len(key) <= LONGEST_KEY:
        raise InvalidRequest(f"a key of at most {LONGEST_KEY} characters is expected", "Idempotency-Key")
    return key
