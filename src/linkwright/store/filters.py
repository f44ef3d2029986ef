"""From the filters of TMF630 to conditions that the database can decide.

A condition that no column and no index entry can decide is left to `wire.matching.matches` in memory; what the others
say still narrows the rows that have to be looked at. The form of a condition is kept apart from its value, so that a
statement is built and compiled once for all requests of its form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import eq, ge, gt, le, lt
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from linkwright.api.ports import Kind
from linkwright.errors import InvalidRequest
from linkwright.store.searchable import (
    AFTER_TEXT,
    COLUMNS,
    DATE_PATHS,
    INDEXED,
    LONGEST,
    TEXT,
    entry,
    is_plain,
    searchable,
)
from linkwright.store.tables.resources import doc_entry, document
from linkwright.wire.filters import Condition, Filter, Operator, SortKey
from linkwright.wire.matching import rank, values_at

Json = Any

MOST_CONDITIONS = 200

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {"eq": eq, "gt": gt, "gte": ge, "lt": lt, "lte": le}


@dataclass(frozen=True, slots=True)
class Form:
    """A comparison without its value: with the id, with a column of the row, or with an entry of the side index."""

    place: Literal["id", "column", "entry"]
    path: str
    operator: Operator


Forms = tuple[tuple[Form, ...], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """It holds for every document for which the condition holds; `exact`: and for no other."""

    form: Form
    value: str
    exact: bool


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """`forms` hold for every match. `undecided` are the paths of which they do not say everything."""

    forms: Forms
    values: Mapping[str, str]
    undecided: tuple[str, ...]


def narrowed(kind: Kind, wanted: Filter) -> Narrowed:
    """What the database can say of a filter.

    Raises:
        InvalidRequest: there are more than `MOST_CONDITIONS` conditions.
    """
    if sum(map(len, wanted)) > MOST_CONDITIONS:
        raise InvalidRequest(f"A filter may have {MOST_CONDITIONS} conditions at most.", wanted[0][0].path)
    forms: list[tuple[Form, ...]] = []
    values: list[str] = []
    undecided: list[str] = []
    for clause in wanted:
        terms = [_term(kind, condition) for condition in clause]
        known = [term for term in terms if term is not None]
        undecided += [c.path for c, term in zip(clause, terms, strict=True) if term is None or not term.exact]
        if len(known) == len(terms):
            forms.append(tuple(term.form for term in known))
            values += [term.value for term in known]
    named = {_name(position): value for position, value in enumerate(values)}
    return Narrowed(forms=tuple(forms), values=named, undecided=tuple(undecided))


def _term(kind: Kind, condition: Condition) -> Term | None:
    path, operator, value = condition.path, condition.operator, condition.value
    ranges = operator not in ("eq", "regex") and isinstance(rank(value), str)
    if operator == "eq" and path == "id":
        return Term(Form("id", path, operator), value, exact=True) if is_plain(value) else None
    if (operator == "eq" and path in COLUMNS[kind]) or (ranges and path == DATE_PATHS[kind]):
        text = searchable(value)
        return Term(Form("column", path, operator), text, exact=0 < len(text) < LONGEST)
    if (operator == "eq" or ranges) and path in INDEXED[kind]:
        text = entry(value)
        return Term(Form("entry", path, operator), text, exact=len(text) <= LONGEST)
    return None


def conditions(kind: Kind, forms: Forms) -> list[ColumnElement[bool]]:
    """The forms as conditions on `document`; their values have the names that `Narrowed.values` gives them."""
    built: list[ColumnElement[bool]] = []
    position = 0
    for clause in forms:
        alternatives = []
        for form in clause:
            alternatives.append(_condition(kind, form, bindparam(_name(position))))
            position += 1
        built.append(or_(*alternatives))
    return built


def is_at_hand(kind: Kind, forms: Forms) -> bool:
    """True if one index has the matches together, in the order of a page that is not sorted."""
    indexes = {"state", DATE_PATHS[kind]}, {"externalId"}, {"id"}
    alone = [clause[0] for clause in forms if len(clause) == 1 and clause[0].place != "entry"]
    return len(alone) == len(forms) and any({form.path for form in alone} <= paths for paths in indexes)


def _name(position: int) -> str:
    return f"wanted_{position}"


def _condition(kind: Kind, form: Form, value: ColumnElement[Any]) -> ColumnElement[bool]:
    compare = _COMPARE[form.operator]
    if form.place == "id":
        return document.c.id == value
    if form.place == "column":
        compared: ColumnElement[bool] = compare(COLUMNS[kind][form.path], value)
        return and_(compared, document.c.date != "") if form.operator in ("lt", "lte") else compared
    return _has_entry(kind, form, compare(doc_entry.c.value, value))


def _has_entry(kind: Kind, form: Form, compared: ColumnElement[bool]) -> ColumnElement[bool]:
    """Numbers and texts are not compared: a range of texts ends where their entries do."""
    found = select(doc_entry.c.id).where(doc_entry.c.kind == kind, doc_entry.c.path == form.path, compared)
    if form.operator in ("gt", "gte"):
        found = found.where(doc_entry.c.value < AFTER_TEXT)
    elif form.operator in ("lt", "lte"):
        found = found.where(doc_entry.c.value >= TEXT)
    return document.c.id.in_(found)


@lru_cache(maxsize=512)
def order_by(kind: Kind, sort: tuple[SortKey, ...]) -> list[ColumnElement[Any]] | None:
    """The order of a page, oldest first unless sorted; None if a key is no column.

    Ties are broken by id, in the direction of the first key, so that an index can be read backwards.
    """
    if any(key.path not in COLUMNS[kind] for key in sort):
        return None
    keys = [_directed(COLUMNS[kind][key.path], key.descending) for key in sort] or [document.c.date.asc()]
    return [*keys, _directed(document.c.id, bool(sort) and sort[0].descending)]


def _directed(column: ColumnElement[Any], descending: bool) -> ColumnElement[Any]:
    return column.desc() if descending else column.asc()


def sort_value(kind: Kind, path: str, doc: Json) -> tuple[int, float | str]:
    """What a document is sorted by in memory: nothing before numbers before text, of a list its first value.

    Attributes that are columns sort as text, like the database sorts them.
    """
    value = next(iter(values_at(doc, path.split("."))), None)
    if value is None:
        return (0, "")
    if path in COLUMNS[kind]:
        return (2, searchable(value)) if searchable(value) else (0, "")
    ranked = rank(value)
    return (1, ranked) if isinstance(ranked, float) else (2, ranked)
