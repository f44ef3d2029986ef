"""How risky it is to go ahead with a design, as one number."""

from dataclasses import dataclass

THIN_MARGIN = 0.0005
"""An availability that is closer to its target than this has no room for an error in the figures."""


@dataclass(frozen=True, kw_only=True)
class Footing:
    """What a design stands on that may fail to come. `margin` is availability minus target, None without a target."""

    planned: int = 0
    partner_legs: int = 0
    shared_risks: int = 0
    margin: float | None = None


def risk_score(footing: Footing) -> int:
    """One for each thing planned and each partner's leg, two for each shared risk and for a thin margin."""
    thin = footing.margin is not None and footing.margin < THIN_MARGIN
    return footing.planned + footing.partner_legs + 2 * footing.shared_risks + 2 * thin
