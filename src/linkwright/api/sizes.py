"""How many items a request may have, nested ones included."""

from typing import Any

from linkwright.errors import InvalidRequest

MOST_ITEMS = 10_000


def refuse_too_many(resource: Any, name: str, most: int) -> None:
    """Raises InvalidRequest, which names the list `name` and both numbers."""
    count = 0
    level = [resource]
    while level:
        level = [item for parent in level for item in _items(parent, name)]
        count += len(level)
    if count > most:
        raise InvalidRequest(f"{most} items at most are accepted, {count} are given", name)


def _items(parent: Any, name: str) -> list[Any]:
    """Where the contract does not know the name, anything may stand there."""
    found = parent.get(name) if isinstance(parent, dict) else None
    return found if isinstance(found, list) else []
