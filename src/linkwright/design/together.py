"""What two legs must reach together: bounds on their losses that no two paths can escape, however they are chosen.

Two legs that share parts fail together more often than two that share none, so whatever two independent legs of these
losses cannot reach, the real ones cannot either. Loss is minus the logarithm of availability: it adds up.
"""

from dataclasses import dataclass
from math import expm1, inf, log1p

from linkwright.design.paths import Allowance
from linkwright.design.units import AVAILABILITY_TOLERANCE

ROUNDING = 1e-14


@dataclass(frozen=True, slots=True)
class Together:
    """`down`: with this probability both legs may be down at once, the parts that they have in common left out.

    `before` is the loss of each leg in front of its path, `least` the least loss of each path alone, `least_sum` that
    of any two that are diverse. The parts in common are taken off `before`, because the paths contain them.
    """

    down: float
    before: tuple[float, float]
    least: tuple[float, float]
    least_sum: float

    def allows(self, loss: float = 0.0, both_lose: float = 0.0) -> bool:
        """Whether two paths could be good enough of which the first, and both together, lose at least this much.

        The product of the two unavailabilities is least at one end of what their sum leaves open: it is a concave
        function of how the sum is divided.
        """
        one = self.before[0] + max(loss, self.least[0])
        two = self.before[1] + self.least[1]
        both = sum(self.before) + max(both_lose, self.least_sum)
        return min(_both_down(one, max(two, both - one)), _both_down(max(one, both - two), two)) <= self.down

    def most_loss(self, leg: int, other_loss: float) -> float:
        """What the path of a leg may lose at most, if that of the other leg loses at least this much; inf: anything."""
        if self.down < 0:
            return -inf
        other_down = -expm1(-max(0.0, self.before[1 - leg] + other_loss))
        if self.down >= other_down:
            return inf
        return -log1p(-self.down / other_down) - self.before[leg]


@dataclass(frozen=True, slots=True)
class LegLimits:
    """What the path of each leg may use up, two legs together, and by their positions the CPE models that could do.

    Without CPE models a bound has ruled the legs out.
    """

    allowances: tuple[Allowance, ...]
    cpes: tuple[int, ...]
    together: Together | None = None


def _both_down(loss: float, other_loss: float) -> float:
    """Probability that two independent legs are down at once.

    >>> round(_both_down(0.01, 0.02), 6)
    0.000197
    """
    return expm1(-max(0.0, loss)) * expm1(-max(0.0, other_loss))


def both_down_at_most(service: float, shared: float) -> float:
    """How often two legs may both be down behind parts of availability `shared`, for `service` to be reached.

    Negative where the shared parts alone are not good enough.

    >>> round(both_down_at_most(0.99, 1.0), 9)
    0.01
    """
    needed = service - AVAILABILITY_TOLERANCE
    if needed <= 0:
        return 1.0
    return -inf if shared <= 0 else 1 - needed / shared + ROUNDING
