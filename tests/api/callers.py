"""Callers with scopes, and how a test says which of them asks."""

from collections.abc import Mapping
from typing import Any

from linkwright.access_settings import ApiKey
from linkwright.api.api_keys import digest_of
from linkwright.api.identity import Caller


class ByName:
    """A gate that believes what the header X-Caller says: the id of a caller, or a name of its own."""

    def __init__(self, *callers: Caller, **named: Caller) -> None:
        self._callers = {caller.id: caller for caller in callers} | named

    async def admit(self, scope: Mapping[str, Any]) -> Caller:
        return self._callers[dict(scope["headers"])[b"x-caller"].decode()]


def said_to_be(name: str) -> dict[str, str]:
    return {"X-Caller": name}


def an_api_key(name: str, key: str, *scopes: str) -> ApiKey:
    """What is configured for whoever shows this key."""
    return ApiKey(name=name, sha256=digest_of(key), scopes=scopes)


def showing(key: str) -> dict[str, str]:
    return {"X-API-Key": key}
