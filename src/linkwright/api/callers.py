"""What a handler may know of its caller and the request, read from the scope of the request that it answers."""

from typing import Any

from connexion import request

from linkwright.api.identity import CALLER, Caller
from linkwright.api.validation import BODY


def body_of() -> Any:
    """The body as the validator parsed it."""
    return request.scope["extensions"][BODY]


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


def requester() -> str:
    return caller_of().id
