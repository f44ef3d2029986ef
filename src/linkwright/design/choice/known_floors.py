"""Bounds for all arrangements of all sites, where there are enough sites for long arrays to be worth making."""

from typing import TYPE_CHECKING

from linkwright.design.choice.prices import Prices
from linkwright.remembered import kept_with_its_object

if TYPE_CHECKING:
    from linkwright.design.choice.floors import FloorsAt

MANY_SITES = 20


@kept_with_its_object
def floors_at(prices: Prices) -> "FloorsAt | None":
    """The bounds at these prices; None where there are too few sites for that."""
    if len(prices.case.sites) < MANY_SITES:
        return None
    from linkwright.design.choice.floors import floors_of  # numpy is not needed for a few sites

    return floors_of(prices.case).at(prices)
