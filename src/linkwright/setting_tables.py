"""What stands in linkwright.toml: its tables as records, its lists as tuples, and secrets in files of their own."""

from collections.abc import Callable, Mapping
from inspect import signature
from pathlib import Path
from typing import Any, TypeVar

_Made = TypeVar("_Made")


def tables_of(written: dict[str, Any], name: str) -> list[tuple[str, dict[str, Any]]]:
    tables = written.pop(name, {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise ValueError(f"{name}: tables are expected, such as [{name}.NAME]")
    return sorted(tables.items())


def made(name: str, kind: Callable[..., _Made], table: Mapping[str, Any]) -> _Made:
    if not isinstance(table, Mapping):
        raise ValueError(f"{name}: a table is expected, such as [{name}]")
    refuse_unknown(name, table, set(signature(kind).parameters))
    try:
        return kind(**frozen(table))
    except TypeError as error:
        raise ValueError(f"{name}: {str(error).rpartition('__init__() ')[2]}") from error
    except ValueError as error:
        told = str(error)
        raise ValueError(told if told.startswith(name) else f"{name}: {told}") from error


def refuse_unknown(where: str, table: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(table.keys() - known):
        raise ValueError(f"{where}: unknown setting {unknown[0]!r}")


def given_secret(name: str, table: Mapping[str, str]) -> str:
    if len(table) != 1 or not (table.get("secret") or table.get("file")):
        raise ValueError(f"{name}: either secret or file is needed")
    return table.get("secret") or read_secret(name, table["file"])


def read_secret(name: str, file: str) -> str:
    try:
        if secret := Path(file).read_text().strip():
            return secret
    except OSError as error:
        raise ValueError(f"{name}: {file} cannot be read") from error
    raise ValueError(f"{name}: {file} is empty")


def frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    """The same with tuples for the lists of TOML."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
