"""What the paths of an item may cost at most within all budgets, where nothing but money has a price."""

from collections.abc import Sequence
from math import inf

from linkwright.design.choice.case import Case
from linkwright.design.choice.parts import Arrangement, Cpe, Option, SiteCase, cpes_of
from linkwright.design.choice.prices import Prices
from linkwright.design.model import Budget

ROUNDING = 1e-6
"""Share of a price by which adding up in another order may change it."""


def most_of_paths(case: Case, site: SiteCase, place: Arrangement, cpes: Sequence[Cpe], prices: Prices) -> float:
    """The highest price of the paths of all legs, far accesses included, with the best of these CPE models; inf where
    there is no such limit, -inf where the accesses and the CPE alone cost too much."""
    nrc, mrc, total = _limits(case, site)
    if min(nrc, mrc, total) == inf:
        return inf
    options: list[Option] = [site.options[number] for number in place.options]
    pieces, term, rows = cpes_of(site, len(options)), site.term_months, case.coupling
    once = site.fixed.nrc_minor + sum(own.nrc_minor for own in options) + pieces * min(cpe.nrc_minor for cpe in cpes)
    monthly = site.fixed.mrc_minor + sum(own.mrc_minor for own in options)
    monthly += pieces * min(cpe.mrc_minor for cpe in cpes)
    in_all = site.fixed.cost_minor + sum(own.nrc_minor + term * own.mrc_minor for own in options)
    in_all += pieces * min(cpe.nrc_minor + term * cpe.mrc_minor for cpe in cpes)
    taken = (rows.nrc, once), (rows.mrc, monthly), (rows.total, in_all)
    if not case.fits(tuple((row, minor) for row, minor in taken if row is not None)):
        return -inf
    nrc, mrc, total = nrc - once, mrc - monthly, total - in_all
    if min(nrc, mrc, total) < 0:
        return -inf
    if not prices.are_money:
        return inf
    weights, is_far = site.weights, bool(site.ends[place.end].far)
    nrc, mrc = min(nrc, total) if is_far else 0.0, min(mrc, total / term if term else inf)
    most = weights.nrc * nrc + weights.mrc * mrc if mrc < inf and nrc < inf else inf
    if term and weights.nrc * term == weights.mrc:
        most = min(most, weights.nrc * total)
    return most * (1 + ROUNDING)


def _limits(case: Case, site: SiteCase) -> tuple[float, float, float]:
    """What the item may cost once, each month, and in all, by its own budgets and by those of all items."""
    kept, own, rows = {rule.dimension for rule in site.demand.of_legs}, site.site.budget or Budget(), case.coupling
    nrc, mrc, total = (
        min(
            inf if most is None or f"budget_{name}" not in kept else float(most),
            inf if row is None else case.hard_limit[row],
        )
        for name, most, row in (
            ("nrc", own.nrc_minor, rows.nrc),
            ("mrc", own.mrc_minor, rows.mrc),
            ("total", own.total_minor, rows.total),
        )
    )
    return nrc, mrc, total
