"""Whether what is configured is of the kind that its setting has."""

from collections.abc import Mapping
from dataclasses import MISSING, Field
from datetime import date
from typing import Any

_WORDS: Mapping[type, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def refuse_wrong_kinds(values: Mapping[str, Any], known: Mapping[str, Field[Any]]) -> None:
    """The default says which kind a setting is of; one without a default is a text, a list has texts or days.

    Raises:
        ValueError: a value is of another kind, or a number below zero; the text names it.
    """
    for name, value in values.items():
        default = known[name].default
        if default is not MISSING:
            _refuse(name, value, default)


def _refuse(name: str, value: Any, default: Any) -> None:
    if isinstance(default, tuple):
        _refuse_list(name, value)
    elif default is None or type(default) in _WORDS:
        kind = str if default is None else type(default)
        if not is_of(value, kind):
            told = "what is given" if "secret" in name else repr(value)
            raise ValueError(f"{name}: {told} is not {_WORDS[kind]}")
        if kind in (int, float) and not 0 <= value < float("inf"):
            raise ValueError(f"{name}: {value!r} is less than nothing, or without end")


def _refuse_list(name: str, value: Any) -> None:
    if not isinstance(value, tuple):
        raise ValueError(f"{name}: {value!r} is no list")
    kind = date if name == "holidays" else str
    if wrong := [one for one in value if type(one) is not kind]:
        raise ValueError(f"{name}: {wrong[0]!r} is no {'day, such as 2026-12-24' if kind is date else 'text'}")


def is_of(value: Any, kind: type) -> bool:
    """Whole numbers are numbers; true and false are none."""
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, int | float) if kind is float else isinstance(value, kind)
