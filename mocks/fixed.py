"""Handlers for a collection that never changes."""

from collections.abc import Mapping, Sequence

from mocks.calls import Answer, Call, Handler, Json, not_found
from mocks.paging import paged, shown


def read_only(resource_type: str, items: Sequence[Json]) -> Mapping[str, Handler]:
    """The operations `list…` and `retrieve…` of a type, over these items."""
    by_id = {item["id"]: item for item in items}

    def list_all(call: Call) -> Answer:
        return paged(items, call.query)

    def retrieve(call: Call) -> Answer:
        found = by_id.get(call.path["id"])
        return not_found(call.path["id"]) if found is None else shown(found, call.query)

    return {f"list{resource_type}": list_all, f"retrieve{resource_type}": retrieve}
