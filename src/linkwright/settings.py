"""All settings in one frozen record. `Settings.load` is the only reader of the environment and of linkwright.toml.

An environment variable `LINKWRIGHT_<NAME>` beats the file, the file beats the default written here.
"""

import ipaddress
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, Self

from linkwright.access_settings import ApiKey, Tokens
from linkwright.business.limits import Limits
from linkwright.business.risk_facts import Rate, RiskCode
from linkwright.business.rules import Finance
from linkwright.business_settings import finance_of, rates_of
from linkwright.environment_settings import from_environment, system_urls
from linkwright.free_days import refuse_unknown_regions
from linkwright.orders.waits import APPROVALS, Approval
from linkwright.partner_settings import Partner, partner_of
from linkwright.retention_settings import Retention
from linkwright.setting_kinds import refuse_wrong_kinds
from linkwright.setting_tables import frozen, given_secret, made, read_secret, tables_of

SYSTEMS = ("resources", "catalogue", "services", "places", "pool", "resource-orders", "downstream", "service-quality")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`systems` holds the base URL (scheme, host, port, maybe a prefix) of each outward system, see `SYSTEMS`.

    `callback_networks` are private networks (CIDR) that listeners at our hub may live in, `outward_networks` those that
    systems and partners may live in. `callback_secret` signs what listeners get; `callback_secrets` are those of single
    listeners, by the id of the subscription or the host of its callback. `named_callbacks`: events go
    to `{callback}/listener/{eventName}`, not to the callback as it was given. `partial_content`: a page of a list that
    does not show all matches is answered with 206, not 200. `max_page_bytes`: a page of a list ends before it would be
    larger, though not before its first resource. `approval` has the limits beyond which the business or engineering is
    asked, `business` the rules of a business case, `risk` the rates that replace those of the register.
    `holiday_regions` (`DE`, `DE-BY`): their public holidays are free days beside the `holidays`. What our own systems
    could not do waits `fallout_days` for an operator (0: it fails at once). With `ask_when_worse` a requester is asked
    where a new design is worse than agreed, and has `confirmation_days` (0: any time) to answer.

    A hold of an order lasts `hold_days` and is extended from `hold_extended_days` before its end on; where that is not
    possible it is a hazard from `hold_hazard_days` before its end on, and critical from `hold_critical_days` on. A soft
    one of a check lasts `soft_hold_hours`. Every `hold_sweep_s` our holds are compared with those of the pool;
    `hold_grace_s`: for so long nothing there is taken for left behind. A post without an answer may arrive until
    `late_post_s` after it was given up. `clock_file` moves the clock, for rehearsals on loopback only.
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
    holiday_regions: tuple[str, ...] = ()
    callback_networks: tuple[str, ...] = ()
    outward_networks: tuple[str, ...] = ()
    callback_secret: str = field(default="", repr=False)
    callback_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    retention: Retention = field(default_factory=Retention)
    named_callbacks: bool = False
    partial_content: bool = False
    approval: Mapping[Approval, Limits] = field(default_factory=dict)
    business: Finance = field(default_factory=Finance)
    risk: Mapping[RiskCode, Rate] = field(default_factory=dict)
    fallout_days: int = 5
    ask_when_worse: bool = True
    confirmation_days: int = 0
    clock_file: str | None = None

    def __post_init__(self) -> None:
        for name in ("design_workers", "tries", "hold_days"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is given, one is needed at least")
        refuse_unknown_regions(self.holiday_regions)
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
            "partners": tuple(partner_of(name, table, environment) for name, table in tables_of(written, "partners")),
            "api_keys": tuple(
                made(f"api_keys.{name}", ApiKey, {"name": name, **table})
                for name, table in tables_of(written, "api_keys")
            ),
        }
        values["approval"] = {
            kind: made(f"approval.{kind}", Limits, table) for kind, table in tables_of(written, "approval")
        }
        values["callback_secrets"] = {
            name: given_secret(f"callback_secrets.{name}", table)
            for name, table in tables_of(written, "callback_secrets")
        }
        if (table := written.pop("retention", None)) is not None:
            values["retention"] = made("retention", Retention, table)
        values["business"] = finance_of(written.pop("business", {}), environment)
        values["risk"] = rates_of(tables_of(written, "risk"), environment)
        if secret_file := written.pop("callback_secret_file", None):
            values["callback_secret"] = read_secret("callback_secret_file", secret_file)
        if tokens := written.pop("tokens", None):
            values["tokens"] = made("tokens", Tokens, tokens)
        known = {f.name: f for f in fields(cls)}
        if unknown := written.keys() - known:
            raise ValueError(f"linkwright.toml: unknown setting {min(unknown)!r}")
        plain = frozen(written) | from_environment(environment, known)
        refuse_wrong_kinds(plain, known)
        values |= plain
        values["systems"] = systems | system_urls(environment, SYSTEMS)
        return cls(**values)


def _check_networks(name: str, networks: Iterable[str]) -> None:
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error


def is_loopback(host: str) -> bool:
    """Can only this machine reach what is bound to this host?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
