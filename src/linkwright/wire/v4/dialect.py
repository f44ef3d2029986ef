"""How a partner says our words, where he deviates from docs/words.md: names, bandwidths and dates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from linkwright.wire import quantities
from linkwright.wire.json import Json, write_day

Bandwidth = Literal["object", "mbps", "kbps", "text", "quantity"]
Dates = Literal["date", "date-time"]
WANTED, OFFERED = "bandwidth", "offer.bandwidthMbps"
DAYS = frozenset({"neededBy", "serviceStart", "serviceEnd"})
KBPS_PER_MBPS = 1000

_BANDWIDTHS: Mapping[str, Callable[[int], Json]] = {
    "mbps": lambda mbps: mbps,
    "kbps": lambda mbps: mbps * KBPS_PER_MBPS,
    "text": lambda mbps: f"{mbps} Mbps",
    "quantity": lambda mbps: {"amount": mbps, "units": "Mbps"},
}


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """`names`: what he calls our characteristics. `bandwidth` and `dates`: how he writes them.

    Raises:
        ValueError: two of our words would be one of his.
    """

    bandwidth: Bandwidth = "object"
    dates: Dates = "date"
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self._ours) < len(self.names):
            raise ValueError("names: two of our words have the same name")

    def said(self, values: Mapping[str, Json]) -> dict[str, Json]:
        """Characteristics of ours, as he reads them."""
        return {self.names.get(name, name): self._said(name, value) for name, value in values.items()}

    def heard(self, values: Mapping[str, Json]) -> dict[str, Json]:
        """Characteristics of his, in our words."""
        ours = {self._ours.get(name, name): value for name, value in values.items()}
        if self.bandwidth == "kbps" and isinstance(ours.get(OFFERED), int | float | str):
            return ours | {OFFERED: {"value": ours[OFFERED], "unit": "kbit/s"}}
        return ours

    def _said(self, name: str, value: Json) -> Json:
        if name in DAYS and self.dates == "date-time":
            return write_day(quantities.day(value))
        if name in (WANTED, OFFERED) and self.bandwidth != "object":
            return _BANDWIDTHS[self.bandwidth](quantities.bandwidth_mbps(value))
        return value

    @cached_property
    def _ours(self) -> Mapping[str, str]:
        return {his: ours for ours, his in self.names.items()}


OURS = Dialect()
