"""The rules of a service order's items that a schema cannot express."""

from collections import Counter
from collections.abc import Iterator, Mapping

from linkwright.errors import InvalidRequest
from linkwright.wire.json import Json, an_object, joined, objects, text

MOST_DEPTH = 8
NEEDS_A_SERVICE = frozenset({"modify", "delete", "noChange"})
ACTIONS = NEEDS_A_SERVICE | {"add"}
WITHOUT_SEQUENCE = frozenset({"diversefrom", "protects", "bundles"})
"""Relationships between items that may well be mutual."""


def check_items(order: Mapping[str, Json], max_depth: int = MOST_DEPTH) -> None:
    """Complain about the first rule that is broken, with the path to the item that breaks it."""
    items = list(_walk(order, "", 1, max_depth))
    if not items:
        raise InvalidRequest("at least one item is expected", "serviceOrderItem")
    counts = Counter(item["id"] for _, item in items)
    for path, item in items:
        if counts[item["id"]] > 1:
            raise InvalidRequest(f"the item id {item['id']!r} is used {counts[item['id']]} times", f"{path}.id")
        _check_action(path, item)
    _check_dependencies(items)


def depends_on(item: Mapping[str, Json], path: str = "serviceOrderItem") -> tuple[str, ...]:
    """Ids of the items of the same order that must go before this one."""
    found = []
    for here, relation in objects(item, "serviceOrderItemRelationship", path):
        other = an_object(relation.get("orderItem"), joined(here, "orderItem"))
        named = other.get("itemId") or other.get("id")
        if str(relation.get("relationshipType", "")).lower() not in WITHOUT_SEQUENCE and named:
            found.append(str(named))
    return tuple(dict.fromkeys(found))


def _walk(parent: Mapping[str, Json], path: str, depth: int, most: int) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for here, item in objects(parent, "serviceOrderItem", path):
        if depth > most:
            raise InvalidRequest(f"items are nested deeper than {most} levels", here)
        if text(item, "id", here) is None:
            raise InvalidRequest("the id of the item is missing", joined(here, "id"))
        yield here, item
        yield from _walk(item, here, depth + 1, most)


def _check_action(path: str, item: Mapping[str, Json]) -> None:
    action = item.get("action")
    if action not in ACTIONS:
        raise InvalidRequest("one of add, modify, delete and noChange is expected", f"{path}.action")
    service = an_object(item.get("service"), f"{path}.service")
    if action in NEEDS_A_SERVICE and text(service, "id", f"{path}.service") is None:
        raise InvalidRequest(f"the action {action} needs the id of the service that it is about", f"{path}.service.id")


def _check_dependencies(items: list[tuple[str, Mapping[str, Json]]]) -> None:
    """Items that are named exist, and no item waits for itself, however far around."""
    waits = {str(item["id"]): depends_on(item, path) for path, item in items}
    for path, item in items:
        missing = [other for other in waits[str(item["id"])] if other not in waits]
        if missing:
            where = f"{path}.serviceOrderItemRelationship"
            raise InvalidRequest(f"there is no item {', '.join(missing)} in this order", where)
    if circle := _circle(waits):
        text_of = " → ".join([*circle, circle[0]])
        raise InvalidRequest(f"items depend on each other in a circle: {text_of}", "serviceOrderItem")


def _circle(waits: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One circle of ids, or nothing. What waits for nothing (any more) is taken away until only circles are left."""
    left = dict(waits)
    while free := [name for name, others in left.items() if not any(other in left for other in others)]:
        for name in free:
            del left[name]
    if not left:
        return []
    trail = [next(iter(left))]
    while (following := next(other for other in left[trail[-1]] if other in left)) not in trail:
        trail.append(following)
    return trail[trail.index(following) :]
