"""The differences of two designs to be read: the main figures of both, then every difference in words, by section."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from linkwright.documents.blocks import Block, Cell, Document, Paragraph, Section, Table, columns, some
from linkwright.documents.diff import Change
from linkwright.documents.sections import title_of
from linkwright.documents.words import amid, count, day, lost, money, percent, shown, told
from linkwright.wire.design_document import wanted_of
from linkwright.wire.json import Json

MOST_SHOWN = 500
_STEP = re.compile(r"([A-Za-z][A-Za-z0-9]*)|\[([^\[\]]*)\]|\.")
_UNITS: Mapping[str, str] = {"Ms": "ms", "Mbps": "Mbit/s", "Days": "d", "Km": "km", "Db": "dB", "Months": "months"}
"""What the end of a member's name says of its figure."""
_MAIN: Mapping[str, str] = {
    "ready": "Ready for service",
    "oneTimeCostMinor": "Cost once",
    "recurringCostMinor": "Cost a month",
    "availability": "Availability",
    "latencyOneWayMs": "Latency one way",
    "confidence": "Confidence",
    "cpe": "CPE",
    "validUntil": "On offer until",
}
NOTHING = "none"


def difference_document(was: Json, now: Json, found: Sequence[Change]) -> Document:
    by_section: dict[str, list[tuple[Cell, ...]]] = {}
    for change in found:
        what, name = _in_words(change.path)
        row = (what, value_of(name, change.was, was), value_of(name, change.now, now))
        by_section.setdefault(change.section, []).append(row)
    sections = [_section(title, rows) for title, rows in by_section.items()]
    return Document(
        title=title_of(now),
        subtitle="Two designs compared",
        facts=(("Was", _identity(was)), ("Is", _identity(now))),
        sections=(_summary(was, now, found), *sections),
    )


def _identity(doc: Json) -> str:
    version, computed = doc.get("version"), doc.get("computedAt")
    told_of = [str(doc.get("designId"))]
    told_of += [f"version {version}"] if version is not None else []
    return ", ".join([*told_of, f"computed on {day(computed)}"] if computed else told_of)


def _summary(was: Json, now: Json, found: Sequence[Change]) -> Section:
    told_of = f"{count(len(found), 'difference')} between the two." if found else "The two designs are the same."
    rows = tuple(
        (title, value_of(name, was.get(name), was), value_of(name, now.get(name), now))
        for name, title in _MAIN.items()
        if (name in was or name in now) and was.get(name) != now.get(name)
    )
    blocks: list[Block] = [Paragraph(text=told_of, lead=True)]
    blocks += [Table(columns=columns("Figure", "#Was", "#Is"), rows=rows, caption="The main figures")] if rows else []
    return Section(id="summary", title="Summary", clauses=(), blocks=tuple(blocks))


def _section(title: str, rows: list[tuple[Cell, ...]]) -> Section:
    few, rest = some(rows, MOST_SHOWN, "differences")
    blocks: list[Block] = [Table(columns=columns("What", "Was", "Is"), rows=few), *rest]
    return Section(id=title.lower().replace(" ", "-"), title=title, clauses=(), blocks=tuple(blocks))


def _in_words(path: str) -> tuple[str, str]:
    """`Legs, north-1/a: ready` of `legs[north-1/a].ready`, and the last name; another path stays as it is."""
    steps, end = list(_STEP.finditer(path)), 0
    for step in steps:
        if step.start() != end:
            return path, ""
        end = step.end()
    if end != len(path):
        return path, ""
    names = [amid(_bare(step[1])) if step[1] else step[2] for step in steps if step[1] or step[2]]
    last = next((step[1] for step in reversed(steps) if step[1]), "")
    words = ", ".join(names)
    return words[:1].upper() + words[1:], last


def _bare(name: str) -> str:
    end = next((end for end in ("Minor", *_UNITS) if name.endswith(end)), "")
    return name.removesuffix(end)


def value_of(name: str, value: Any, doc: Json) -> str:
    """As the document itself would tell it."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _figure(name, value, doc)
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(told(one) for one in value) or NOTHING
    if isinstance(value, Mapping):
        parts = (f"{amid(_bare(key))} {value_of(key, part, doc)}" for key, part in value.items())
        return shown("; ".join(parts))
    return shown(told(value if isinstance(value, str) else orjson.dumps(value).decode()))


def _figure(name: str, value: float, doc: Json) -> str:
    if name.endswith("Minor"):
        return money(value, _currency_of(name, doc))
    if name == "availability":
        return percent(value)
    if name == "loss":
        return lost(value)
    unit = next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")
    return f"{value:,.12g} {unit}".strip()


def _currency_of(name: str, doc: Json) -> str:
    wanted = wanted_of(doc)
    kind = next((kind for kind in ("budget", "price") if name.startswith(kind)), None)
    return str(wanted.get(f"{kind}Currency") if kind else doc.get("currency", ""))
