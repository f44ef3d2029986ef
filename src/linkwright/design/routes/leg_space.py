"""Where a leg may go: what the searches of one path, of pairs and of bounds have in common."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import inf

from linkwright.design.routes.delays import longest_ms
from linkwright.design.routes.graph import Routes
from linkwright.design.rules.figures import Sums, within


@dataclass(frozen=True, slots=True)
class LegSpace:
    """Where a leg starts, its prices, what it may still use up, and which groups of its access others must avoid."""

    start: int
    routes: Routes
    allowance: Sums
    groups: frozenset[str]

    def path_price(self, links: Iterable[int]) -> float:
        return sum(self.routes.price[link] for link in links)

    def bounded(self) -> "LegSpace":
        """With a limit on the latency, whether it matters or not, so that it is counted."""
        return replace(self, allowance=within(self.allowance, inf, longest_ms(self.routes.graph)))
