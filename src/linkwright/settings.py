"""All settings in one frozen record. `Settings.load` is the only reader of the environment and of linkwright.toml.

An environment variable `LINKWRIGHT_<NAME>` beats the file, the file beats the default written here.
"""

import ipaddress
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Self, TypeVar

from linkwright.business.limits import Limits
from linkwright.orders.waits import APPROVALS, Approval
from linkwright.partner_settings import Partner as Partner
from linkwright.partner_settings import partner_of
from linkwright.setting_kinds import refuse_wrong_kinds

_Made = TypeVar("_Made")
ASYMMETRIC = frozenset(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)) | {"EdDSA"}
SYSTEMS = ("resources", "catalogue", "services", "places", "pool", "resource-orders", "downstream")


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
        if not isinstance(self.scopes, tuple):
            raise ValueError(f"api_keys.{self.name}: scopes must be a list")


@dataclass(frozen=True, kw_only=True)
class Retention:
    """After so many days is removed what nobody needs any more; 0 keeps it for ever. What is open is never removed.

    `engine_days`: what the engine remembers of runs that are over. `runs_days`: due rows of resources that are final
    or gone. `events_days`: events that no listener waits for. `dead_days`: notifications that were given up.
    `checks_days`: finished checks and queries that no open order refers to, with their designs unless an order does.
    `exchange_bodies_days`: what was said in exchanges with others; `reads_days`: those exchanges that only read.
    """

    engine_days: int = 1
    runs_days: int = 30
    events_days: int = 90
    dead_days: int = 180
    checks_days: int = 730
    exchange_bodies_days: int = 180
    reads_days: int = 365

    def __post_init__(self) -> None:
        for name, days in vars(self).items():
            if not isinstance(days, int) or days < (name == "engine_days"):
                raise ValueError(f"retention.{name}: {days!r} is no number of days that it can be")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`systems` holds the base URL (scheme, host, port, maybe a prefix) of each outward system, see `SYSTEMS`.

    `callback_networks` are private networks (CIDR) that listeners at our hub may live in, `outward_networks` those that
    systems and partners may live in. `callback_secret` signs what listeners get; `callback_secrets` are those of single
    listeners, by the id of the subscription or the host of its callback. `named_callbacks`: events go
    to `{callback}/listener/{eventName}`, not to the callback as it was given. `partial_content`: a page of a list that
    does not show all matches is answered with 206, not 200. `max_page_bytes`: a page of a list ends before it would be
    larger, though not before its first resource. `approval` has the limits beyond which the business or engineering is
    asked. What our own systems could not do waits `fallout_days` for an operator (0: it fails at once). With
    `ask_when_worse` a requester is asked where a new design is worse than agreed, and has `confirmation_days` (0: any
    time) to answer.

    A hold of an order lasts `hold_days` and is extended from `hold_extended_days` before its end on; where that is not
    possible it is a hazard from `hold_hazard_days` before its end on, and critical from `hold_critical_days` on. A soft
    one of a check lasts `soft_hold_hours`. Every `hold_sweep_s` our holds are compared with those of the pool;
    `hold_grace_s`: for so long nothing there is taken for left behind. A post without an answer may arrive until
    `late_post_s` after it was given up.
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
    late_post_s: float = 900.0
    sync_budget_s: float = 5.0
    design_time_limit_s: float = 20.0
    design_workers: int = 1
    max_body_bytes: int = 32 * 1024 * 1024
    max_page_bytes: int = 32 * 1024 * 1024
    max_depth: int = 8
    max_items: int = 10_000
    holidays: tuple[date, ...] = ()
    callback_networks: tuple[str, ...] = ()
    outward_networks: tuple[str, ...] = ()
    callback_secret: str = field(default="", repr=False)
    callback_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    retention: Retention = Retention()
    named_callbacks: bool = False
    partial_content: bool = False
    approval: Mapping[Approval, Limits] = field(default_factory=dict)
    fallout_days: int = 5
    ask_when_worse: bool = True
    confirmation_days: int = 0

    def __post_init__(self) -> None:
        for name in ("design_workers", "tries", "hold_days"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is given, one is needed at least")
        if unknown := set(self.approval) - set(APPROVALS):
            raise ValueError(f"approval: {', '.join(sorted(unknown))} is none of {', '.join(APPROVALS)}")
        if unnamed := set(self.systems) - set(SYSTEMS):
            raise ValueError(f"systems: {', '.join(sorted(unnamed))} is none of {', '.join(SYSTEMS)}")
        if both := sorted({partner.name for partner in self.partners} & set(SYSTEMS)):
            raise ValueError(f"partners.{both[0]}: this is the name of a system")
        _check_networks("callback_networks", self.callback_networks)
        _check_networks("outward_networks", self.outward_networks)

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

    def secret_of(self, subscription_id: str, host: str) -> str | None:
        """What is shared with a listener, the nearest first; None where its notifications are not signed."""
        own = self.callback_secrets
        return own.get(subscription_id) or own.get(host) or self.callback_secret or None

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
            "partners": tuple(partner_of(name, table, environment) for name, table in _tables(written, "partners")),
            "api_keys": tuple(
                _made(f"api_keys.{name}", ApiKey, {"name": name, **table})
                for name, table in _tables(written, "api_keys")
            ),
        }
        values["approval"] = {
            kind: _made(f"approval.{kind}", Limits, table) for kind, table in _tables(written, "approval")
        }
        values["callback_secrets"] = {
            name: _secret(f"callback_secrets.{name}", table) for name, table in _tables(written, "callback_secrets")
        }
        if retention := written.pop("retention", None):
            values["retention"] = _made("retention", Retention, retention)
        if secret_file := written.pop("callback_secret_file", None):
            values["callback_secret"] = _read_secret("callback_secret_file", secret_file)
        if tokens := written.pop("tokens", None):
            values["tokens"] = _made("tokens", Tokens, tokens)
        known = {f.name: f for f in fields(cls)}
        if unknown := written.keys() - known:
            raise ValueError(f"linkwright.toml: unknown setting {min(unknown)!r}")
        plain = _frozen(written) | _from_environment(environment)
        refuse_wrong_kinds(plain, known)
        values |= plain
        values["systems"] = systems | _system_urls(environment)
        return cls(**values)


def _tables(written: dict[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    tables = written.pop(name, {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise ValueError(f"{name}: tables are expected, such as [{name}.NAME]")
    return sorted(tables.items())


def _made(name: str, kind: Callable[..., _Made], table: Mapping[str, Any]) -> _Made:
    try:
        return kind(**_frozen(table))
    except TypeError as error:
        raise ValueError(f"{name}: {str(error).rpartition('__init__() ')[2]}") from error
    except ValueError as error:
        told = str(error)
        raise ValueError(told if told.startswith(name) else f"{name}: {told}") from error


def _secret(name: str, table: Mapping[str, str]) -> str:
    if len(table) != 1 or not (table.get("secret") or table.get("file")):
        raise ValueError(f"{name}: either secret or file is needed")
    return table.get("secret") or _read_secret(name, table["file"])


def _read_secret(name: str, file: str) -> str:
    try:
        if secret := Path(file).read_text().strip():
            return secret
    except OSError as error:
        raise ValueError(f"{name}: {file} cannot be read") from error
    raise ValueError(f"{name}: {file} is empty")


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
            "fallout_days",
            "confirmation_days",
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
            "late_post_s",
            "sync_budget_s",
            "design_time_limit_s",
        ),
        float,
    ),
    **dict.fromkeys(("host", "public_url", "database", "engine_database", "callback_secret"), str),
}


_SWITCHES = ("named_callbacks", "partial_content", "ask_when_worse")
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
    for name in ("callback_networks", "outward_networks"):
        if networks := environment.get(f"LINKWRIGHT_{name.upper()}"):
            values[name] = tuple(network.strip() for network in networks.split(","))
    if secret_file := environment.get("LINKWRIGHT_CALLBACK_SECRET_FILE"):
        values["callback_secret"] = _read_secret("LINKWRIGHT_CALLBACK_SECRET_FILE", secret_file)
    if days := environment.get("LINKWRIGHT_HOLIDAYS"):
        values["holidays"] = tuple(date.fromisoformat(day.strip()) for day in days.split(","))
    return values


def _check_networks(name: str, networks: Iterable[str]) -> None:
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error


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
