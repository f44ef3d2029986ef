"""A resource, and queries on it of which every attribute is known."""

from typing import Any

from linkwright.wire.filters import ListQuery, parse_query
from linkwright.wire.matching import matches

Json = Any

ORDER: Json = {
    "id": "o-1",
    "href": "/serviceOrder/o-1",
    "@type": "ServiceOrder",
    "state": "held",
    "priority": "1",
    "description": "ring twice, then wait; thanks",
    "orderDate": "2026-03-01T10:00:00.000Z",
    "quantity": 12,
    "note": [{"id": "n1", "text": "first"}, {"id": "n2", "text": "second"}],
    "serviceOrderItem": [
        {"id": "1", "action": "add", "service": {"name": "north", "isBundle": True}},
        {"id": "2", "action": "delete", "service": {"name": "south", "place": [{"id": "p-7"}]}},
    ],
}


def anything(path: str) -> bool:
    """Every attribute, but no operator, is known."""
    return path.rpartition(".")[2] not in {"eq", "gt", "gte", "lt", "lte", "regex"}


def parsed(raw: str) -> ListQuery:
    return parse_query(raw, known=anything)


def selects(raw: str, document: Json = ORDER) -> bool:
    return matches(parsed(raw).filter, document)
