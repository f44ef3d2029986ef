"""Bearer tokens: JWTs of the operator's identity provider, checked against its published keys."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from linkwright.api.identity import Caller
from linkwright.errors import Unauthorized

LEEWAY_S = 30
LONGEST_TOKEN = 8192
REMEMBERED = 10_000
REMEMBERED_S = 60.0
"""A checked token is believed so long without another look at its signature; then a withdrawn key is noticed."""
CLIENT_CLAIMS = ("client_id", "azp", "sub")


class KeySource(Protocol):
    """The provider's keys. Raises `Unavailable` when they cannot be read at all."""

    def keys(self, kid: str | None) -> KeySet:
        """The key set as it was read last; read again where it has no key `kid`, but not too often."""
        ...


class Tokens:
    """`algorithms` is the whole list of those that are taken: the token's own word on it does not count."""

    def __init__(
        self,
        *,
        issuer: str,
        audience: str,
        algorithms: Sequence[str],
        keys: KeySource,
        now: Callable[[], datetime],
    ) -> None:
        self._algorithms, self._keys, self._now = tuple(algorithms), keys, now
        self._claims = JWTClaimsRegistry(
            now=lambda: int(now().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
        )
        self._lock = threading.Lock()
        self._checked: OrderedDict[bytes, tuple[float, float, Caller]] = OrderedDict()

    def remembered(self, token: str) -> Caller | None:
        """The caller of a token that was checked a moment ago and has not expired; costs next to nothing."""
        digest, now_s = sha256(token.encode()).digest(), self._now().timestamp()
        with self._lock:
            checked_at, expires_at, caller = self._checked.get(digest, (0.0, 0.0, None))
        fresh = caller is not None and 0 <= now_s - checked_at < REMEMBERED_S and now_s < expires_at + LEEWAY_S
        return caller if fresh else None

    def caller(self, token: str) -> Caller:
        """Check a token; may read the provider's keys, so not on the event loop.

        Raises:
            Unauthorized: the text says what is wrong with it, and nothing of what is in it.
            Unavailable: the provider's keys cannot be read.
        """
        if len(token) > LONGEST_TOKEN:
            raise Unauthorized("The token is too long.")
        try:
            claims = jwt.decode(token, self._key_for, algorithms=self._algorithms).claims
            self._claims.validate(claims)
            expires_at = float(claims["exp"])
        except (JoseError, ValueError, TypeError, OverflowError) as error:
            raise Unauthorized(f"The token is not valid: {_why(error)}.") from error
        caller = _caller_of(claims)
        self._remember(token, expires_at, caller)
        return caller

    def _key_for(self, signature: Any) -> Any:
        kid = signature.headers().get("kid")
        keys = self._keys.keys(kid if isinstance(kid, str) else None)
        if kid is None:
            if len(keys.keys) != 1:
                raise ValueError("it does not name its key")
            return keys.keys[0]
        found = next((key for key in keys.keys if key.kid == kid), None)
        if found is None:
            raise ValueError("its key is not known")
        return found

    def _remember(self, token: str, expires_at: float, caller: Caller) -> None:
        with self._lock:
            self._checked[sha256(token.encode()).digest()] = (self._now().timestamp(), expires_at, caller)
            while len(self._checked) > REMEMBERED:
                self._checked.popitem(last=False)


def _caller_of(claims: dict[str, Any]) -> Caller:
    client = next((claims[name] for name in CLIENT_CLAIMS if isinstance(claims.get(name), str) and claims[name]), None)
    if client is None:
        raise Unauthorized(f"The token names no client: one of {', '.join(CLIENT_CLAIMS)} is expected.")
    given = claims.get("scope") or claims.get("scp")
    scopes = given.split() if isinstance(given, str) else given if isinstance(given, list) else []
    return Caller(client, frozenset(one for one in scopes if isinstance(one, str)))


def _why(error: Exception) -> str:
    """A short reason in our words; the library's own may quote the token."""
    return _REASONS.get(getattr(error, "error", ""), str(error) if type(error) is ValueError else "it is malformed")


_REASONS = {
    "bad_signature": "its signature is wrong",
    "unsupported_algorithm": "its algorithm is not allowed",
    "expired_token": "it has expired",
    "invalid_claim": "its issuer, audience or time is not the expected one",
    "missing_claim": "it lacks issuer, audience or expiry",
    "invalid_token": "it is not valid yet",
}
