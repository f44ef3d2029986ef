"""All settings in one frozen record. `Settings.load` is the only reader of the environment and of linkwright.toml.

An environment variable `LINKWRIGHT_<NAME>` beats the file, the file beats the default written here.
"""

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Self

ASYMMETRIC = frozenset(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)) | {"EdDSA"}
SYSTEMS = ("resources", "catalogue", "services", "places", "pool", "resource-orders", "downstream")


@dataclass(frozen=True, kw_only=True)
class Partner:
    """A partner that offers TMF645 and TMF641 below `url`. `max_orders`: orders that it takes in one design."""

    name: str
    url: str
    max_orders: int | None = None
    answer_within_s: float = 10.0


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


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`systems` holds the base URL (scheme, host, port, maybe a prefix) of each outward system, see `SYSTEMS`.

    `callback_networks` are private networks (CIDR) that listeners at our hub may live in. `named_callbacks`: events go
    to `{callback}/listener/{eventName}`, not to the callback as it was given. `partial_content`: a page of a list that
    does not show all matches is answered with 206, not 200. `max_page_bytes`: a page of a list ends before it would be
    larger, though not before its first resource.

    A hold of an order lasts `hold_days` and is extended from `hold_extended_days` before its end on; where that is not
    possible it is a hazard from `hold_hazard_days` before its end on, and critical from `hold_critical_days` on. A soft
    one of a check lasts `soft_hold_hours`. Every `hold_sweep_s` our holds are compared with those of the pool;
    `hold_grace_s`: for so long nothing there is taken for left behind.
    """

    host: str = "127.0.0.1"
    port: int = 8640
    public_url: str | None = None
    database: str = "sqlite:///linkwright.db"
    engine_database: str | None = None
    systems: Mapping[str, str] = field(default_factory=dict)
    partners: tuple[Partner, ...] = ()
    tokens: Tokens | None = None
    api_keys: tuple[ApiKey, ...] = ()
    connect_timeout_s: float = 2.0
    read_timeout_s: float = 10.0
    tries: int = 4
    first_pause_s: float = 0.2
    network_freshness_s: float = 300.0
    access_freshness_s: float = 60.0
    answer_validity_days: int = 30
    hold_days: int = 14
    hold_extended_days: float = 4.0
    hold_hazard_days: float = 2.0
    hold_critical_days: float = 1.0
    soft_hold_hours: float = 24.0
    hold_sweep_s: float = 300.0
    hold_grace_s: float = 300.0
    first_look_s: float = 1.0
    longest_look_s: float = 300.0
    sync_budget_s: float = 5.0
    design_time_limit_s: float = 20.0
    design_workers: int = 1
    max_body_bytes: int = 32 * 1024 * 1024
    max_page_bytes: int = 32 * 1024 * 1024
    max_depth: int = 8
    max_items: int = 10_000
    holidays: tuple[date, ...] = ()
    callback_networks: tuple[str, ...] = ()
    named_callbacks: bool = False
    partial_content: bool = False

    def __post_init__(self) -> None:
        if self.design_workers < 1:
            raise ValueError(f"design_workers: {self.design_workers} is given, one is needed at least")

    @property
    def asks_who_calls(self) -> bool:
        return self.tokens is not None or bool(self.api_keys)

    @property
    def engine_url(self) -> str:
        """The engine's own database: a file beside the store's on SQLite, the same one on PostgreSQL."""
        if self.engine_database is not None:
            return self.engine_database
        if not self.database.startswith("sqlite"):
            return self.database
        return f"{self.database.removesuffix('.db')}-engine.db"

    @property
    def base_url(self) -> str:
        """The address under which callers reach us, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @classmethod
    def load(cls, environment: Mapping[str, str], file: Path | None = None) -> Self:
        """Read linkwright.toml (where it exists) and the environment.

        Raises:
            ValueError: an unknown name in the file, or a value of the wrong kind; the text names it.
        """
        written = tomllib.loads(file.read_text()) if file is not None and file.exists() else {}
        systems = dict(written.pop("systems", {}))
        values: dict[str, Any] = {
            "systems": systems,
            "partners": tuple(Partner(name=name, **table) for name, table in _tables(written, "partners")),
            "api_keys": tuple(ApiKey(name=name, **_frozen(table)) for name, table in _tables(written, "api_keys")),
        }
        if tokens := written.pop("tokens", None):
            values["tokens"] = Tokens(**_frozen(tokens))
        known = {f.name: f for f in fields(cls)}
        for name, value in written.items():
            if name not in known:
                raise ValueError(f"linkwright.toml: unknown setting {name!r}")
            values[name] = value
        values = _frozen(values)
        for name, value in _from_environment(environment).items():
            values[name] = value
        values["systems"] = systems | _system_urls(environment)
        return cls(**values)


def _tables(written: dict[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    return sorted(written.pop(name, {}).items())


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    """The same with tuples for the lists of TOML."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}


_KINDS: Mapping[str, type] = {
    **dict.fromkeys(
        (
            "port",
            "tries",
            "answer_validity_days",
            "hold_days",
            "design_workers",
            "max_body_bytes",
            "max_page_bytes",
            "max_depth",
            "max_items",
        ),
        int,
    ),
    **dict.fromkeys(
        (
            "connect_timeout_s",
            "read_timeout_s",
            "first_pause_s",
            "network_freshness_s",
            "access_freshness_s",
            "hold_extended_days",
            "hold_hazard_days",
            "hold_critical_days",
            "soft_hold_hours",
            "hold_sweep_s",
            "hold_grace_s",
            "first_look_s",
            "longest_look_s",
            "sync_budget_s",
            "design_time_limit_s",
        ),
        float,
    ),
    **dict.fromkeys(("host", "public_url", "database", "engine_database"), str),
}


_SWITCHES = ("named_callbacks", "partial_content")
_POSITIONS: Mapping[str, bool] = {"true": True, "false": False}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, kind in _KINDS.items():
        text = environment.get(f"LINKWRIGHT_{name.upper()}")
        if text:
            values[name] = _converted(name, kind, text)
    for name in _SWITCHES:
        if text := environment.get(f"LINKWRIGHT_{name.upper()}"):
            values[name] = _position(name, text)
    if networks := environment.get("LINKWRIGHT_CALLBACK_NETWORKS"):
        values["callback_networks"] = tuple(network.strip() for network in networks.split(","))
    if days := environment.get("LINKWRIGHT_HOLIDAYS"):
        values["holidays"] = tuple(date.fromisoformat(day.strip()) for day in days.split(","))
    return values


def _converted(name: str, kind: type, text: str) -> Any:
    try:
        return kind(text)
    except ValueError as error:
        raise ValueError(f"LINKWRIGHT_{name.upper()}: {text!r} is not a {kind.__name__}") from error


def _position(name: str, text: str) -> bool:
    try:
        return _POSITIONS[text.lower()]
    except KeyError as error:
        raise ValueError(f"LINKWRIGHT_{name.upper()}: {text!r} is neither true nor false") from error


def _system_urls(environment: Mapping[str, str]) -> dict[str, str]:
    """`LINKWRIGHT_RESOURCE_ORDERS_URL` and its like, one for each system."""
    names = {system: f"LINKWRIGHT_{system.upper().replace('-', '_')}_URL" for system in SYSTEMS}
    return {system: environment[name].rstrip("/") for system, name in names.items() if environment.get(name)}


def is_loopback(host: str) -> bool:
    """Can only this machine reach what is bound to this host?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
