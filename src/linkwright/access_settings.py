"""Who may call: the tables `[tokens]` and `[api_keys.NAME]` of linkwright.toml."""

import re
from dataclasses import dataclass

ASYMMETRIC = frozenset(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)) | {"EdDSA"}


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Where bearer tokens come from. `algorithms` are those that are taken; only asymmetric ones can be.

    Raises:
        ValueError: an address or name is empty, or an algorithm would let anybody sign who can read the keys.
    """

    issuer: str
    audience: str
    jwks_url: str
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256", "EdDSA")

    def __post_init__(self) -> None:
        if not (self.issuer and self.audience and self.jwks_url):
            raise ValueError("tokens: issuer, audience and jwks_url are all needed")
        if wrong := [name for name in self.algorithms if name not in ASYMMETRIC]:
            raise ValueError(f"tokens: {', '.join(wrong)} cannot be taken, only {', '.join(sorted(ASYMMETRIC))}")


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A caller that shows a key. `sha256` is the digest of the key in hexadecimal: the key itself is not kept."""

    name: str
    sha256: str
    scopes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise ValueError(f"api_keys.{self.name}: sha256 must be 64 hexadecimal digits")
        if not isinstance(self.scopes, tuple) or not all(isinstance(scope, str) for scope in self.scopes):
            raise ValueError(f"api_keys.{self.name}: scopes must be a list of texts")
