"""API keys: long random texts that the operator hands out. We keep their digests only."""

import secrets
from collections.abc import Mapping
from hashlib import sha256

from linkwright.api.identity import Caller
from linkwright.errors import Unauthorized

KEY_BYTES = 32
LONGEST_KEY = 512


def new_key() -> str:
    """A key with 256 bits of chance: its plain digest cannot be turned back."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest_of(key: str) -> str:
    return sha256(key.encode()).hexdigest()


class ApiKeys:
    """`callers` by the digest of their key. A look-up by digest tells nothing by the time it takes."""

    def __init__(self, callers: Mapping[str, Caller]) -> None:
        self._callers = dict(callers)

    def caller(self, key: str) -> Caller:
        found = self._callers.get(digest_of(key)) if len(key) <= LONGEST_KEY else None
        if found is None:
            raise Unauthorized("The API key is not known.")
        return found
