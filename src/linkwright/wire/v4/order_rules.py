"""The rules of a service order's items that a schema cannot express."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from linkwright.errors import InvalidRequest
from linkwright.wire.json import Json, an_object, joined, objects, text

MOST_DEPTH = 8
RELATIONSHIP = "serviceOrderItemRelationship"
NEEDS_A_SERVICE = frozenset({"modify", "delete", "noChange"})
ACTIONS = NEEDS_A_SERVICE | {"add"}
WITHOUT_SEQUENCE = frozenset({"diversefrom", "protects", "bundles"})
"""Relationships between items that may well be mutual."""
MOST_NAMED = 8


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
    _check_dependencies(items, order.get("id"))


def depends_on(item: Mapping[str, Json], order_id: Json, path: str = "serviceOrderItem") -> tuple[str, ...]:
    """Ids of the items of the same order that must go before this one; a new order has no id yet."""
    if RELATIONSHIP not in item:
        return ()
    found = []
    for here, relation in objects(item, RELATIONSHIP, path):
        other = an_object(relation.get("orderItem"), joined(here, "orderItem"))
        named = other.get("itemId") or other.get("id")
        in_sequence = str(relation.get("relationshipType", "")).lower() not in WITHOUT_SEQUENCE
        if named and in_sequence and _is_of_order(other, order_id):
            found.append(str(named))
    return tuple(dict.fromkeys(found))


def _is_of_order(item_reference: Mapping[str, Json], order_id: Json) -> bool:
    """The order at hand is meant where none is named."""
    named = item_reference.get("serviceOrderId") or str(item_reference.get("serviceOrderHref") or "").rpartition("/")[2]
    return not named or named == order_id


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


def _check_dependencies(items: Sequence[tuple[str, Mapping[str, Json]]], order_id: Json) -> None:
    """Items that are named exist, and no item waits for itself, however far around."""
    related = [(path, item) for path, item in items if RELATIONSHIP in item]
    if not related:
        return
    waits = {str(item["id"]): depends_on(item, order_id, path) for path, item in items}
    for path, item in related:
        missing = [other for other in waits[str(item["id"])] if other not in waits]
        if missing:
            where = f"{path}.{RELATIONSHIP}"
            raise InvalidRequest(f"there is no item {_told(missing, ', ')} in this order", where)
    if circle := _circle(waits):
        text_of = _told([*circle, circle[0]], " → ")
        raise InvalidRequest(f"items depend on each other in a circle: {text_of}", "serviceOrderItem")


def _circle(waits: Mapping[str, Sequence[str]]) -> list[str]:
    """One circle of ids, each waiting for the next, or nothing. Takes time as there are items and relationships."""
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1][:0:-1]
        on_it = set(circle)
        first = circle.index(next(name for name in waits if name in on_it))
        return circle[first:] + circle[:first]
    return []


def _told(names: Sequence[str], separator: str) -> str:
    """The first and the last of many."""
    shown = names if len(names) <= MOST_NAMED else [*names[: MOST_NAMED - 2], "…", names[-2], names[-1]]
    return separator.join(shown)
