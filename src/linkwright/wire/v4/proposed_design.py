"""The design that is proposed for an item of an order which cannot be ready in time with the one that it has."""

from collections.abc import Mapping, Sequence

from linkwright.wire.json import Json
from linkwright.wire.v4.design_words import design_reference

PROPOSED_ROLE = "proposedDesign"


def with_proposal(service: Mapping[str, Json], design_id: str | None, base_url: str) -> dict[str, Json]:
    """The service with a reference to the design that is proposed for it now, and to no other one."""
    entities = service.get("relatedEntity") or ()
    others = [one for one in entities if one.get("role") != PROPOSED_ROLE]
    if design_id is None:
        return dict(service) if len(others) == len(entities) else _related(service, others)
    return _related(service, [*others, design_reference(design_id, base_url, PROPOSED_ROLE)])


def _related(service: Mapping[str, Json], entities: Sequence[Json]) -> dict[str, Json]:
    rest = {name: value for name, value in service.items() if name != "relatedEntity"}
    return {**rest, "relatedEntity": list(entities)} if entities else rest
