"""The query grammar of TMF630: filters, fields, sort and paging, read from the raw query string.

A filter is a conjunction of clauses, a clause a disjunction of conditions. `;` between conditions, commas between
values and repeating a name for equality say "or"; `&` says "and". Which documents it selects is said in `matching`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote_plus

from linkwright.errors import InvalidRequest
from linkwright.wire import patterns

Operator = Literal["eq", "gt", "gte", "lt", "lte", "regex"]
DEFAULT_LIMIT = 100
MOST = 1000
MOST_CONDITIONS = 200
MOST_SORT_KEYS = 10
LONGEST_PATH = 300
LONGEST_QUERY = 65_536
SETTINGS = ("fields", "sort", "offset", "limit")
_JOINED = ("fields", "sort")

_SIGNS: Mapping[str, Operator] = {"=": "eq", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
_PIECE = re.compile(r"^\s*([^\s=<>]+?)\s*(>=|<=|=|>|<)(.*)$", re.DOTALL)
_NAMED = re.compile(r"^(.+)\.(eq|gte|gt|lte|lt|regex)$")
_LOST_PLUS = re.compile(r"^(\d{4}-\d\d-\d\dT[\d:.]+) (\d\d:?\d\d)$")


@dataclass(frozen=True, slots=True)
class Condition:
    """`path` is dotted and runs through lists; the condition holds when it holds for any value found there."""

    path: str
    operator: Operator
    value: str


Clause = tuple[Condition, ...]
Filter = tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class SortKey:
    path: str
    descending: bool


@dataclass(frozen=True, slots=True)
class ListQuery:
    """`filter` is empty when everything is wanted; `fields` is None when whole resources are."""

    filter: Filter = ()
    fields: tuple[tuple[str, ...], ...] | None = None
    sort: tuple[SortKey, ...] = ()
    offset: int = 0
    limit: int = DEFAULT_LIMIT


def parse_query(raw: str, *, known: Callable[[str], bool]) -> ListQuery:
    """Read a raw (still encoded) query string.

    Raises:
        InvalidRequest: an attribute that `known` does not know (named), a number out of bounds, an expression that
            is no regular expression of the safe kind, or too much of anything.
    """
    if len(raw) > LONGEST_QUERY:
        raise InvalidRequest(f"A query may have {LONGEST_QUERY} characters at most.")
    settings: dict[str, str] = {}
    clauses: list[Clause] = []
    for part in filter(None, raw.split("&")):
        text = unquote_plus(part)
        name, _, value = text.partition("=")
        name = name.strip()
        if name in SETTINGS:
            settings[name] = f"{settings[name]},{value}" if name in _JOINED and name in settings else value
        else:
            clauses.append(_clause(text, known))
    if sum(map(len, clauses)) > MOST_CONDITIONS:
        raise InvalidRequest(f"A filter may have {MOST_CONDITIONS} conditions at most.")
    return ListQuery(
        filter=_merged(clauses),
        fields=_fields(settings.get("fields")),
        sort=_sort(settings.get("sort"), known),
        offset=_count("offset", settings.get("offset"), 0, 0, None),
        limit=_count("limit", settings.get("limit"), DEFAULT_LIMIT, 1, MOST),
    )


@lru_cache(maxsize=1024)
def event_filter(query: str) -> Filter:
    """What a listener wants to hear of: a filter on the whole event, such as `eventType=…`. Kept, being asked often.

    Raises:
        InvalidRequest: it cannot be read.
    """
    return parse_query(query, known=any_attribute).filter


def any_attribute(path: str) -> bool:
    """For a query that was looked through before: only `.gt` and its like must stay operators."""
    return path.rpartition(".")[2] not in OPERATORS


def wanted_events(query: str, *, known: Callable[[str], bool]) -> Filter:
    """The filter of a new listener; afterwards `event_filter` reads it.

    Raises:
        InvalidRequest: an attribute that `known` does not know, a setting of lists, or it cannot be read.
    """
    names = [unquote_plus(part).partition("=")[0].strip() for part in query.split("&")]
    if meant_for_lists := [name for name in names if name in SETTINGS]:
        raise InvalidRequest(f"{meant_for_lists[0]!r} is for lists: an event is told alone, and whole.")
    return parse_query(query, known=known).filter


def _clause(text: str, known: Callable[[str], bool]) -> Clause:
    """`a=1;a=2`, `a=1;2`, `a=1,2`: everything in one part of the query is joined by OR."""
    conditions: list[Condition] = []
    attribute: tuple[str, Operator] | None = None
    for piece in _split(text, ";"):
        found = _PIECE.match(piece)
        if found:
            attribute = _attribute(found[1], found[2], known)
        elif attribute is None:
            raise InvalidRequest(f"{piece!r} is no filter: attribute, operator and value are expected.", piece)
        conditions += _conditions(*attribute, found[3] if found else piece)
    return tuple(conditions)


def _attribute(name: str, sign: str, known: Callable[[str], bool]) -> tuple[str, Operator]:
    """The path and the operator, which may be a suffix of the name; an attribute of that whole name goes first."""
    named = None if known(name) else _NAMED.match(name)
    path, operator = (named[1], OPERATORS[named[2]]) if named and sign == "=" else (name, _SIGNS[sign])
    if not known(path):
        raise InvalidRequest(f"There is no attribute {path!r} to filter by.", path)
    return path, operator


OPERATORS: Mapping[str, Operator] = {
    "eq": "eq",
    "gt": "gt",
    "gte": "gte",
    "lt": "lt",
    "lte": "lte",
    "regex": "regex",
}


def _conditions(path: str, operator: Operator, text: str) -> list[Condition]:
    if operator == "regex":
        expression = _value(text)
        try:
            patterns.compiled(expression)
        except InvalidRequest as error:
            raise InvalidRequest(str(error), path) from error
        return [Condition(path, operator, expression)]
    return [Condition(path, operator, _value(value)) for value in _split(text, ",")]


def _value(text: str) -> str:
    """One pair of double quotes is taken off; a plus that became a blank in an offset comes back."""
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    lost = _LOST_PLUS.match(text)
    return f"{lost[1]}+{lost[2]}" if lost else text


def _split(text: str, separator: str) -> list[str]:
    """Split outside double quotes."""
    pieces, begin, quoted = [], 0, False
    for position, character in enumerate(text):
        quoted ^= character == '"'
        if character == separator and not quoted:
            pieces.append(text[begin:position])
            begin = position + 1
    return [*pieces, text[begin:]]


def _merged(clauses: Sequence[Clause]) -> Filter:
    """Equality repeated under one name is OR; everything else is AND."""
    merged: list[Clause] = []
    at: dict[str, int] = {}
    for clause in clauses:
        path = clause[0].path if all((c.path, c.operator) == (clause[0].path, "eq") for c in clause) else None
        if path is not None and path in at:
            merged[at[path]] += clause
            continue
        if path is not None:
            at[path] = len(merged)
        merged.append(clause)
    return tuple(merged)


def _fields(text: str | None) -> tuple[tuple[str, ...], ...] | None:
    """A name that does not exist selects nothing; whoever asks for `none` gets what is always there."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    return tuple(tuple(name.split(".")) for name in dict.fromkeys(names)) if names else None


def _sort(text: str | None, known: Callable[[str], bool]) -> tuple[SortKey, ...]:
    """What an attribute is named for a second time says nothing more."""
    keys: dict[str, SortKey] = {}
    for key in filter(None, (part.strip() for part in (text or "").split(","))):
        name = key.lstrip("+-").strip()
        if not known(name):
            raise InvalidRequest(f"There is no attribute {name!r} to sort by.", name)
        keys.setdefault(name, SortKey(name, key.startswith("-")))
    if len(keys) > MOST_SORT_KEYS:
        raise InvalidRequest(f"A list is sorted by {MOST_SORT_KEYS} attributes at most.", "sort")
    return tuple(keys.values())


def _count(name: str, text: str | None, default: int, least: int, most: int | None) -> int:
    if text is None:
        return default
    text = text.strip().strip('"')
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:
        raise InvalidRequest(f"{name} is a whole number from {least} on, not {text!r}.", name)
    return int(text) if most is None else min(int(text), most)
