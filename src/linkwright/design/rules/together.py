"""What the legs of a service must reach together: bounds on their losses that no paths can escape.

Legs that share parts fail together more often than legs that share none, so whatever independent legs of these losses
cannot reach, the real ones cannot either. Loss is minus the logarithm of availability: it adds up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import expm1, inf, log1p, prod

from linkwright.design.rules.figures import Sums
from linkwright.design.units import AVAILABILITY_TOLERANCE

ROUNDING = 1e-14


@dataclass(frozen=True, slots=True)
class Together:
    """`down`: with this probability all legs may be down at once, the parts that they have in common left out.

    `before` is the loss of each leg in front of its path, `least` the least loss of each path alone, `least_sum` that
    of the first two if they are diverse. The parts in common are taken off `before`, because the paths contain them.
    No two legs may differ in latency by more than `gap_ms`; `access_ms` is what each has in front of its path.
    """

    down: float
    before: tuple[float, ...]
    least: tuple[float, ...]
    least_sum: float
    gap_ms: float = inf
    access_ms: tuple[float, ...] = ()

    def most_ms(self, leg: int, other: int, other_ms: float) -> float:
        """How long the path of a leg may take at most beside another that takes so long."""
        if self.gap_ms == inf:
            return inf
        return other_ms + self.access_ms[other] + self.gap_ms - self.access_ms[leg]

    def least_ms(self, leg: int, other: int, other_ms: float) -> float:
        """How long the path of a leg must take at least beside another that takes so long."""
        return -inf if self.gap_ms == inf else other_ms + self.access_ms[other] - self.gap_ms - self.access_ms[leg]

    def turned(self) -> "Together":
        """The same of two legs in the other order."""
        return replace(self, before=self.before[::-1], least=self.least[::-1], access_ms=self.access_ms[::-1])

    def allows(self, loss: float = 0.0, both_lose: float = 0.0) -> bool:
        """Whether the paths of two legs could be good enough that lose so much, the first alone or both together.

        The product of the two unavailabilities is least at one end of what their sum leaves open: it is a concave
        function of how the sum is divided.
        """
        one = self.before[0] + max(loss, self.least[0])
        two = self.before[1] + self.least[1]
        both = sum(self.before) + max(both_lose, self.least_sum)
        return min(_both_down(one, max(two, both - one)), _both_down(max(one, both - two), two)) <= self.down

    def most_loss(self, leg: int, losses: Sequence[float]) -> float:
        """What the path of a leg may lose at most, if the paths of all lose at least this much; inf: anything."""
        if self.down < 0:
            return -inf
        others_down = prod(
            -expm1(-max(0.0, before + loss))
            for number, (before, loss) in enumerate(zip(self.before, losses, strict=True))
            if number != leg
        )
        if self.down >= others_down:
            return inf
        return -log1p(-self.down / others_down) - self.before[leg]

    def after_first(self, loss: float) -> "Together":
        """What the other legs must reach together, if the path of the first loses so much."""
        first = -expm1(-max(0.0, self.before[0] + loss))
        down = self.down if self.down < 0 else 1.0 if self.down >= first else self.down / first
        both = sum(self.least[1:3])
        return Together(down, self.before[1:], self.least[1:], both, self.gap_ms, self.access_ms[1:])

    def of_first(self, legs: int) -> "Together":
        """What the first legs must reach, if those after them are as good as they can be."""
        if legs == len(self.before):
            return self
        rest = prod(
            -expm1(-max(0.0, before + least))
            for before, least in zip(self.before[legs:], self.least[legs:], strict=True)
        )
        down = self.down if self.down < 0 else 1.0 if self.down >= rest else self.down / rest
        return replace(
            self, down=down, before=self.before[:legs], least=self.least[:legs], access_ms=self.access_ms[:legs]
        )


@dataclass(frozen=True, slots=True)
class LegLimits:
    """What the path of each leg may use up, all legs together, and by their positions the CPE models that could do.

    Without CPE models a bound has ruled the legs out.
    """

    allowances: tuple[Sums, ...]
    cpes: tuple[int, ...]
    together: Together | None = None


def _both_down(loss: float, other_loss: float) -> float:
    """Probability that two independent legs are down at once.

    >>> round(_both_down(0.01, 0.02), 6)
    0.000197
    """
    return expm1(-max(0.0, loss)) * expm1(-max(0.0, other_loss))


def all_down_at_most(service: float, shared: float) -> float:
    """How often all legs may be down behind parts of availability `shared`, for `service` to be reached.

    Negative where the shared parts alone are not good enough.

    >>> round(all_down_at_most(0.99, 1.0), 9)
    0.01
    """
    needed = service - AVAILABILITY_TOLERANCE
    if needed <= 0:
        return 1.0
    return -inf if shared <= 0 else 1 - needed / shared + ROUNDING
