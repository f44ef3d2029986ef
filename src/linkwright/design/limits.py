"""How far a search may go, and what it met on the way: nothing is given up without a name for it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from linkwright.design.routes.paths import Effort


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search may go before it gives up with a guard; all but `seconds` are the same on every machine.

    `gap`: so near to its bound, as a share of what it counts, the best choice is good enough.
    """

    labels_a_site: int = 60_000
    rounds: int = 400
    nodes: int = 20_000
    branches: int = 2_000
    columns: int = 30_000
    columns_a_site: int = 6_000
    gap: float = 0.0
    seconds: float = 60.0


@dataclass(slots=True)
class Search:
    """The limits of one question, the time it has left, and the guards that it met."""

    limits: Limits
    clock: Callable[[], float]
    ends: float
    guards: set[str] = field(default_factory=set)

    @classmethod
    def starting(cls, limits: Limits, clock: Callable[[], float], guards: set[str] | None = None) -> Self:
        return cls(limits, clock, clock() + limits.seconds, set() if guards is None else guards)

    def left_s(self) -> float:
        return self.ends - self.clock()

    def is_over(self) -> bool:
        if self.left_s() > 0:
            return False
        self.guards.add(f"time {self.limits.seconds:g} s")
        return True

    def effort(self, most: int | None = None) -> Effort:
        """For one search of one site; `most` for one that only hopes to find something."""
        limit = self.limits.labels_a_site
        return Effort(limit if most is None else min(limit, most), self.is_over)

    def with_labels(self, most: int) -> Self:
        """The same time with fewer labels and guards of its own: for a question that need not be settled."""
        limits = replace(self.limits, labels_a_site=min(most, self.limits.labels_a_site))
        return replace(self, limits=limits, guards=set())

    def note(self, site_id: str, effort: Effort) -> None:
        if effort.spent > self.limits.labels_a_site:
            self.guards.add(f"labels site:{site_id}")

    def forget_all_but(self, guards: Iterable[str]) -> None:
        """A question that was settled in spite of the guards met on the way leaves none behind."""
        self.guards.intersection_update(guards)
