"""What of a document can be searched by without opening it: columns of its row, and entries of the side index.

All of it is text by the contract, so stored texts are the `written` forms of the wire's filter rules, made fit for
both databases: PostgreSQL stores no NUL and indexes no long text. Equal texts stay equal and their order by code point
stays as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from linkwright.api.ports import Kind
from linkwright.store.tables.resources import document
from linkwright.wire.large_json import Made
from linkwright.wire.matching import instant, rank, written

Json = Any

LONGEST = 500
"""Longer texts are cut: whoever compares with one of this length has to look into the document."""

REMEMBERED_LENGTH = 80
NUMBER, TEXT, AFTER_TEXT = "#", "$", "%"
"""First character of an index entry: what reads like a number has no place in the order of texts."""

DATE_PATHS: Mapping[Kind, str | None] = {
    "serviceOrder": "orderDate",
    "cancelServiceOrder": None,
    "checkServiceQualification": "checkServiceQualificationDate",
    "queryServiceQualification": "queryServiceQualificationDate",
}

_COLUMNS = {
    "state": document.c.state,
    "externalId": document.c.external_id,
    "category": document.c.category,
    "priority": document.c.priority,
}
COLUMNS = {kind: _COLUMNS | ({date: document.c.date} if date else {}) for kind, date in DATE_PATHS.items()}
"""The attributes that are columns, by kind."""

INDEXED: Mapping[Kind, Sequence[str]] = {
    "serviceOrder": (
        "relatedParty.id",
        "relatedParty.name",
        "externalReference.id",
        "orderRelationship.id",
        "requestedStartDate",
        "requestedCompletionDate",
        "expectedCompletionDate",
        "startDate",
        "completionDate",
        "serviceOrderItem.state",
        "serviceOrderItem.service.id",
        "serviceOrderItem.service.name",
        "serviceOrderItem.service.serviceSpecification.id",
    ),
    "cancelServiceOrder": ("serviceOrder.id", "requestedCancellationDate", "effectiveCancellationDate"),
    "checkServiceQualification": (
        "relatedParty.id",
        "relatedParty.name",
        "qualificationResult",
        "expectedQualificationDate",
        "effectiveQualificationDate",
        "expirationDate",
        "serviceQualificationItem.state",
        "serviceQualificationItem.qualificationResult",
        "serviceQualificationItem.service.serviceSpecification.id",
    ),
    "queryServiceQualification": (
        "relatedParty.id",
        "relatedParty.name",
        "expectedQualificationDate",
        "effectiveQualificationDate",
        "expirationDate",
    ),
}
"""The other attributes that are found without looking into every document, by kind."""

Entry = tuple[str, str]


@dataclass(slots=True)
class _Node:
    """What is indexed at one place of a document and below it; `path` is None where only what lies below is."""

    path: str | None = None
    below: "dict[str, _Node]" = field(default_factory=dict)


def _tree(paths: Iterable[str]) -> dict[str, _Node]:
    root = _Node()
    for path in paths:
        node = root
        for name in path.split("."):
            node = node.below.setdefault(name, _Node())
        node.path = path
    return root.below


_TREES = {kind: _tree(paths) for kind, paths in INDEXED.items()}


def searchable(value: Json) -> str:
    """The stored text of a scalar."""
    return _searchable(value) if _is_short(value) else _made_searchable(value)


def _made_searchable(value: Json) -> str:
    text = written(value)
    if "\0" in text or "\1" in text:
        text = text.replace("\1", "\1\2").replace("\0", "\1\1")  # keeps the order, and no two texts become one
    return text[:LONGEST]


def is_plain(text: str) -> bool:
    """True if only this very text is equal to it: no instant, not empty, nothing that no column can hold."""
    return text != "" and "\0" not in text and instant(text) is None


def entry(value: Json) -> str:
    """The stored text of a scalar in the side index."""
    return _entry(value) if _is_short(value) else _made_entry(value)


def _made_entry(value: Json) -> str:
    return (NUMBER if isinstance(rank(value), float) else TEXT) + searchable(value)


def _is_short(value: Json) -> bool:
    """Resources name the same parties, products and states again and again; to a cache of numbers true would be 1."""
    return type(value) is str and len(value) <= REMEMBERED_LENGTH


_searchable = lru_cache(maxsize=4096)(_made_searchable)
_entry = lru_cache(maxsize=4096)(_made_entry)


def index_entries(kind: Kind, doc: Json) -> set[Entry]:
    """(path, text) of everything indexed in a document, each once."""
    found: set[Entry] = set()
    for name, node in _TREES[kind].items():
        if name in doc:
            _collect(doc[name], node, found)
    return found


def changed_entries(kind: Kind, before: Json, after: Json) -> tuple[set[Entry], set[Entry]]:
    """The entries of a document that its new form has no more, and those that it has for the first time."""
    gone: set[Entry] = set()
    come: set[Entry] = set()
    for name, node in _TREES[kind].items():
        old, new = before.get(name), after.get(name)
        if old != new:
            _collect(old, node, gone)
            _collect(new, node, come)
    return gone - come, come - gone


def _collect(value: Json, node: _Node, found: set[Entry]) -> None:
    """As `wire.matching.values_at` finds them, all paths in one walk."""
    if isinstance(value, dict):
        for name, below in node.below.items():
            if name in value:
                _collect(value[name], below, found)
    elif isinstance(value, list | Made):
        for one in value:
            _collect(one, node, found)
    elif value is not None and node.path is not None:
        found.add((node.path, entry(value)))


def promoted(kind: Kind, doc: Json, date: str) -> dict[str, str]:
    """The columns of a document by name; empty where it has no such attribute. `date` counts for kinds without one."""
    row = {column.name: _first(doc, path) for path, column in COLUMNS[kind].items()}
    return row if "date" in row else row | {"date": date}


def _first(doc: Json, name: str) -> str:
    value = doc.get(name)
    return searchable(value) if value is not None and not isinstance(value, list | dict) else ""
