"""What the environment says: `LINKWRIGHT_<NAME>`, each as the kind that its setting has."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from linkwright.setting_tables import read_secret

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
    **dict.fromkeys(("host", "public_url", "database", "engine_database", "callback_secret", "clock_file"), str),
}


_SWITCHES = ("named_callbacks", "partial_content", "ask_when_worse")
_POSITIONS: Mapping[str, bool] = {"true": True, "false": False}


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
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
        values["callback_secret"] = read_secret("LINKWRIGHT_CALLBACK_SECRET_FILE", secret_file)
    if days := environment.get("LINKWRIGHT_HOLIDAYS"):
        values["holidays"] = tuple(date.fromisoformat(day.strip()) for day in days.split(","))
    return values


def figures(environment: Mapping[str, str], table: str, kinds: Mapping[str, type]) -> dict[str, Any]:
    """What is said of the settings of a table: `LINKWRIGHT_<TABLE>_<NAME>`, each as its kind."""
    given = {name: environment.get(f"LINKWRIGHT_{table.upper()}_{name.upper()}") for name in kinds}
    return {name: _converted(f"{table}_{name}", kinds[name], text) for name, text in given.items() if text}


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


def system_urls(environment: Mapping[str, str], systems: Iterable[str]) -> dict[str, str]:
    """`LINKWRIGHT_RESOURCE_ORDERS_URL` and its like, one for each system."""
    names = {system: f"LINKWRIGHT_{system.upper().replace('-', '_')}_URL" for system in systems}
    return {system: environment[name].rstrip("/") for system, name in names.items() if environment.get(name)}
