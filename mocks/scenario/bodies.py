"""What the customer's system sends: checks, orders and changes of these as TMF645 and TMF641 have them."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mocks.scenario.actions import Cancel, Change, ChangedItem, Check, Item, Order, OrderItem
from mocks.scenario.expectations import OneOrMore, several
from mocks.scenario.look import Fetch, Missing, is_bundle, items_of, look, service_of
from mocks.scenario.tree import BadScenario, read_file, repeated
from mocks.world.words import euro

Json = Any
MONEY = ("budgetOneTime", "budgetRecurring", "priceOneTime", "priceRecurring")
"""Wishes that are money; a plain number of them is euros."""
COPIED = ("name", "isBundle", "serviceSpecification", "place", "serviceCharacteristic", "relatedEntity")
"""Of a checked service, into an order."""
FIRST_PROPOSAL = "proposal(1)"


def check_body(check: Check, folder: Path) -> Json:
    """The body of a check: the file that it names, or its request with its items written in full."""
    if check.file is not None:
        return repeated(read_file((folder if folder.is_dir() else folder.parent) / check.file))
    items = [_item(item, check.items) for item in check.items]
    return {
        "instantSyncQualification": False,
        "provideAlternative": True,
        "provideUnavailabilityReason": True,
        **check.request,
        "serviceQualificationItem": items,
    }


def _item(item: Item, items: Sequence[Item]) -> Json:
    related = [
        {"id": other, "relationshipType": kind, "@type": "QualificationItemRelationship"}
        for kind, other in _relations(item, items)
    ]
    relations = {"qualificationItemRelationship": related} if related else {}
    return {"id": item.id, "service": _service(item), **relations, **item.more}


def _order_item(item: OrderItem, items: Sequence[Item]) -> Json:
    related = [
        {"relationshipType": kind, "orderItem": {"itemId": other, "@type": "ServiceOrderItemRef"}}
        for kind, other in _relations(item, items)
    ]
    relations = {"serviceOrderItemRelationship": related} if related else {}
    return {"id": item.id, "action": item.action, "service": _service(item), **relations, **item.more}


def _service(item: Item) -> Json:
    service: dict[str, Json] = {}
    if item.bundles is not None:
        service["isBundle"] = True
    if item.specification is not None:
        service["serviceSpecification"] = {"id": item.specification, "@type": "ServiceSpecificationRef"}
    place_id, kind = (item.site, "GeographicSite") if item.site else (item.address, "GeographicAddress")
    if place_id is not None:
        service["place"] = [{"id": place_id, "role": "installation", "@type": "PlaceRef", "@referredType": kind}]
    if item.wishes:
        service["serviceCharacteristic"] = _wishes(item.wishes)
    return service


def _wishes(wishes: Mapping[str, Json]) -> list[Json]:
    return [
        {"name": name, "value": euro(value) if name in MONEY and isinstance(value, int | float) else value}
        for name, value in wishes.items()
    ]


def _relations(item: Item, items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """(type, id of the other item)."""
    others = [other.id for other in items if other.id != item.id]
    bundled: OneOrMore = others if item.bundles == "all" else item.bundles or []
    for kind, named in {"bundles": bundled, **item.relations}.items():
        for other in several(named):
            yield kind, other


def new_order_body(order: Order) -> Json:
    """An order of what nobody checked before."""
    return {**order.request, "serviceOrderItem": [_order_item(item, order.items) for item in order.items]}


def change_body(change: Change, stored: Json) -> Json:
    """The PATCH of an order as it is stored; of its items those that change are sent, with all that they want.

    Raises:
        BadScenario: the order has no such item.
    """
    kept = {item["id"]: item for item in items_of(stored)}
    if unknown := [one.id for one in change.items if one.id not in kept]:
        raise BadScenario(f"the order has no item {unknown[0]}")
    items = [_changed(kept[one.id], one) for one in change.items]
    items += [_order_item(item, change.adds) for item in change.adds]
    return {**change.request, **({"serviceOrderItem": items} if items else {})}


def _changed(item: Json, change: ChangedItem) -> Json:
    if not change.wishes:
        return {"id": item["id"], **change.more}
    service = item.get("service", {})
    others = [one for one in service.get("serviceCharacteristic", []) if one.get("name") not in change.wishes]
    wished = _wishes({name: value for name, value in change.wishes.items() if value is not None})
    return {"id": item["id"], "service": {"serviceCharacteristic": [*others, *wished]}, **change.more}


def order_body(order: Order, check: Json, fetch: Fetch) -> Json:
    """The order of what was answered: each item's own service, or that of the proposal which is chosen.

    Raises:
        BadScenario: nothing is left to be ordered, or a chosen proposal is not there.
    """
    chosen = list(_chosen(order, check, fetch))
    if not chosen:
        raise BadScenario("nothing of the check can be ordered")
    return {
        **order.request,
        "externalReference": [
            {
                "id": reference,
                "name": "feasibility check",
                "externalReferenceType": "serviceQualification",
                "@type": "ExternalReference",
            }
            for _, reference, _ in chosen
        ],
        "serviceOrderItem": [
            {"id": item_id, "action": "add", "service": {name: service[name] for name in COPIED if name in service}}
            for item_id, _, service in chosen
        ],
    }


def _chosen(order: Order, check: Json, fetch: Fetch) -> Iterator[tuple[str, str, Json]]:
    """(item, reference, service) of everything that is ordered."""
    for item in items_of(check):
        item_id, result = item["id"], item.get("qualificationResult")
        if is_bundle(item) or (item_id not in order.only if order.only is not None else result not in order.results):
            continue
        rule = order.choose.get(item_id) or order.choose.get("*") or ("" if result == "qualified" else FIRST_PROPOSAL)
        if not rule:
            yield item_id, f"{check['id']}/{item_id}", item["service"]
            continue
        proposal = look(item, rule, fetch)
        if isinstance(proposal, Missing):
            raise BadScenario(f"{item_id}: there is no {rule}")
        yield item_id, f"{check['id']}/{item_id}/{proposal['id']}", service_of(proposal)


def cancel_body(cancel: Cancel, order: Json) -> Json:
    """The patterns among its items stand for those of the order that are like them."""
    ref = {"id": order["id"], "href": order["href"], "@type": "ServiceOrderRef", "@referredType": "ServiceOrder"}
    body = {"cancellationReason": cancel.reason or "not wanted any more", "serviceOrder": ref}
    if cancel.items is None:
        return body
    ordered = [str(item["id"]) for item in items_of(order)]
    named = (name for one in cancel.items for name in [n for n in ordered if fnmatchcase(n, one)] or [one])
    return {**body, "serviceOrderItem": [{"id": name} for name in dict.fromkeys(named)]}
