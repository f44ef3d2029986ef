"""The service catalogue (TMF633)."""

from collections.abc import Callable
from datetime import datetime

from linkwright.designs.requirement import Specification
from linkwright.outbound.cache import Kept, KeptByKey
from linkwright.outbound.http import Client
from linkwright.outbound.lookup import by_id, matching
from linkwright.wire.v4.catalogue import read_specification

SPECIFICATIONS = "tmf-api/serviceCatalogManagement/v4/serviceSpecification"
ACTIVE = {"lifecycleStatus": "Active"}


class Tmf633Catalogue:
    """Implements `designs.ports.Catalogue`. Specifications are kept for a while; that one is missing is not."""

    def __init__(self, client: Client, *, now: Callable[[], datetime], freshness_s: float) -> None:
        self._client, self._now = client, now
        self._by_id: KeptByKey[str, Specification] = KeptByKey(freshness_s=freshness_s, now=now)
        self._designable = Kept(self._read_designable, freshness_s=freshness_s, now=now)

    def specification(self, specification_id: str) -> Specification | None:
        if (kept := self._by_id.fresh([specification_id]).get(specification_id)) is not None:
            return kept
        began, found = self._now(), by_id(self._client, SPECIFICATIONS, specification_id)
        if found is None:
            return None
        read = read_specification(found)
        self._by_id.keep({specification_id: read}, began)
        return read

    def designable(self) -> tuple[Specification, ...]:
        return self._designable.get()

    def _read_designable(self) -> tuple[Specification, ...]:
        listed = matching(self._client, SPECIFICATIONS, ACTIVE, lambda _: True)
        read = {specification.id: specification for specification in map(read_specification, listed)}
        return tuple(read[key] for key in sorted(read) if read[key].designable)
