"""What a partner offers by its own catalogue (TMF633), which may say more than what is configured for it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

import structlog

from linkwright.designs.facts import Asked
from linkwright.designs.footprints import Footprint
from linkwright.designs.requirement import Json, Requirement, Spot
from linkwright.errors import LinkwrightError, Unavailable
from linkwright.outbound.cache import Kept
from linkwright.outbound.http import Client
from linkwright.outbound.lookup import matching
from linkwright.outbound.tmf633_catalogue import ACTIVE, SPECIFICATIONS
from linkwright.wire.v4.outward import read_offered

READ_AGAIN = timedelta(minutes=1)
"""So long a catalogue that does not answer is left alone."""
LONGEST_READING = timedelta(minutes=2)
"""However many pages it has: all questions to the partner wait meanwhile."""
log = structlog.get_logger(__name__)


class OwnCatalogue:
    """Its specifications, by the ids that ours have, for `fresh_s` seconds; without an answer those `declared`.

    A catalogue that lists nothing says nothing.
    """

    def __init__(
        self, client: Client, *, declared: frozenset[str], fresh_s: float, now: Callable[[], datetime]
    ) -> None:
        self._client, self._declared, self._now = client, declared, now
        self._offered = Kept(self._read, freshness_s=fresh_s, now=now)
        self._again_at = now()

    def why_not(self, requirement: Requirement, spot: Spot) -> tuple[Asked, str] | None:
        """Why the partner need not be asked about it. May read the catalogue."""
        return Footprint(specifications=self._specifications()).why_not(requirement, spot)

    def _specifications(self) -> frozenset[str]:
        if self._now() < self._again_at:
            return self._declared
        try:
            return self._offered.get() or self._declared
        except LinkwrightError as error:
            self._again_at = self._now() + READ_AGAIN
            log.warning("the catalogue of a partner cannot be read", partner=self._client.system, said=str(error))
            return self._declared

    def _read(self) -> frozenset[str]:
        return read_offered(self._in_time(matching(self._client, SPECIFICATIONS, ACTIVE, lambda _: True)))

    def _in_time(self, listed: Iterable[Json]) -> Iterator[Json]:
        until = self._now() + LONGEST_READING
        for one in listed:
            if self._now() > until:
                raise Unavailable(self._client.system, "its catalogue does not end in time")
            yield one
