"""A small identity provider: keys, and tokens right and wrong."""

from datetime import datetime
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

ISSUER, AUDIENCE = "https://id.example", "linkwright"


class Issuer:
    """Implements `api.tokens.KeySource` with what it publishes now; `reads` counts how often it was asked."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.published: dict[str, Any] = {"first": RSAKey.generate_key(2048, {"kid": "first"})}
        self.reads = 0

    def keys(self, kid: str | None) -> KeySet:
        self.reads += 1
        return KeySet(list(self.published.values()))

    def rotate(self, kid: str) -> None:
        """From now on only this new key is published."""
        self.published = {kid: ECKey.generate_key("P-256", {"kid": kid})}

    def token(
        self, *, key: Any = None, alg: str | None = None, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A valid token unless told otherwise; a claim that is None is left out."""
        key = key or next(iter(self.published.values()))
        alg = alg or ("RS256" if isinstance(key, RSAKey) else "ES256")
        usual = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "exp": int(self.now.timestamp()) + 600,
            "client_id": "bss",
            "scope": "serviceOrdering:read serviceOrdering:write",
        }
        told = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode({"alg": alg, "kid": key.kid, **(header or {})}, told, key, algorithms=[alg])


def symmetric_key() -> OctKey:
    return OctKey.import_key("0123456789abcdef0123456789abcdef", {"kid": "first"})
