"""Searches for a design of one item that gave up without any: made again at the same prices, each would end the same.

An infeasible item is asked about in several ways, one after the other, most of which set no price on common limits; and
what could be part of a better choice is listed at the prices at which the cheapest was looked for.
"""

from linkwright.design.choice.known_floors import floors_at
from linkwright.design.choice.parts import SiteCase
from linkwright.design.choice.prices import Prices
from linkwright.design.routes.paths import Effort


def given_up_at(site: SiteCase, prices: Prices, effort: Effort) -> float | None:
    """The price from which on nothing is known, where such a search gave up before; None where there was none.

    The effort is spent then, as it would be.
    """
    found = _known(site, prices).get((site, effort.limit))
    if found is not None:
        effort.spent = effort.limit + 1
    return found


def note_given_up(site: SiteCase, prices: Prices, effort: Effort, price: float) -> None:
    """A search that the time ended is none (it has no limit any more), nor one that gets shorter by what is learnt."""
    if effort.spent > effort.limit > 0 and floors_at(prices) is None:
        _known(site, prices)[site, effort.limit] = price


def _known(site: SiteCase, prices: Prices) -> dict[tuple[object, int], float]:
    """Where no limit has a price, that of all such prices."""
    return prices.given_up if any(prices.duals or ()) else site.given_up[prices.scale]
