"""What the environment says: `LINKWRIGHT_<NAME>`, each as the type that its setting has."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field
from datetime import date
from typing import Any

from linkwright.setting_tables import read_secret

_POSITIONS: Mapping[str, bool] = {"true": True, "false": False}


def from_environment(environment: Mapping[str, str], known: Mapping[str, Field[Any]]) -> dict[str, Any]:
    """What is said of those settings that one text can say: the type of each says how it is read."""
    values: dict[str, Any] = {}
    for name, setting in known.items():
        read = _READERS.get(setting.type)
        if read is not None and (text := environment.get(f"LINKWRIGHT_{name.upper()}")):
            values[name] = read(name, text)
    if secret_file := environment.get("LINKWRIGHT_CALLBACK_SECRET_FILE"):
        values["callback_secret"] = read_secret("LINKWRIGHT_CALLBACK_SECRET_FILE", secret_file)
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


def _listed(_: str, text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(","))


_READERS: Mapping[Any, Callable[[str, str], Any]] = {
    int: lambda name, text: _converted(name, int, text),
    float: lambda name, text: _converted(name, float, text),
    bool: _position,
    str: lambda _, text: text,
    str | None: lambda _, text: text,
    tuple[str, ...]: _listed,
    tuple[date, ...]: lambda name, text: tuple(map(date.fromisoformat, _listed(name, text))),
}


def system_urls(environment: Mapping[str, str], systems: Iterable[str]) -> dict[str, str]:
    """`LINKWRIGHT_RESOURCE_ORDERS_URL` and its like, one for each system."""
    names = {system: f"LINKWRIGHT_{system.upper().replace('-', '_')}_URL" for system in systems}
    return {system: environment[name].rstrip("/") for system, name in names.items() if environment.get(name)}
