"""The linkwright.toml of a scenario: where the mocks are, and what the scenario sets."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mocks.scenario.format import Scenario

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def toml_of(scenario: Scenario, urls: Mapping[str, str], *, within: Mapping[str, Any]) -> str:
    """As a file; `within` are further settings, and win. Who declares his places is asked about these only."""
    settings = {**scenario.settings, **within}
    systems = {name: url for name, url in urls.items() if name not in scenario.partners}
    partners = {}
    for name, partner in scenario.partners.items():
        area = {"area": [{"places": partner.places}]} if partner.declares and "area" not in partner.settings else {}
        partners[name] = {"url": urls[name], **area, **partner.settings}
    tables = {name: value for name, value in settings.items() if isinstance(value, Mapping)}
    plain = {name: value for name, value in settings.items() if name not in tables}
    given = {**tables, "systems": {**systems, **tables.get("systems", {})}}
    lines = [f"{_key(name)} = {_value(value)}" for name, value in plain.items()]
    lines += [line for name, table in given.items() for line in _table(_key(name), table)]
    lines += [line for name, table in partners.items() for line in _table(f"partners.{_key(name)}", table)]
    return "\n".join(lines) + "\n"


def _table(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield f"[{path}]"
    for name, value in table.items():
        yield f"{_key(name)} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)


def _value(value: Any) -> str:
    """Days are days of TOML, everything else as JSON writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    return json.dumps(value)
