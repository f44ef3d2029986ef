"""What everything costs a site while others compete for it: true cost plus the prices of the common limits."""

from collections.abc import Sequence

from linkwright.design.case import Case, Column, Cpe, Option, SiteCase, cpes_of
from linkwright.design.coupling import Uses
from linkwright.design.graph import Routes

Class = tuple[int, ...]
"""Which priced rows a site runs into, and its bandwidth where that makes a difference: it sees the same link prices."""


class Prices:
    """One vector of prices and the routes that follow from it.

    `scale` is 1 where true cost counts and 0 where only the limits do; `duals` is a price for each row of the
    coupling, not negative. Without duals all prices are integers and comparisons are exact.
    """

    def __init__(self, case: Case, scale: int = 1, duals: Sequence[float] | None = None) -> None:
        self.case = case
        self.scale = scale
        self.duals = duals
        coupling = case.coupling
        self.of_cost: float = scale
        self.of_nrc: float = 0
        self.of_mrc: float = 0
        if duals is not None:
            self.of_cost += 0 if coupling.total is None else duals[coupling.total]
            self.of_nrc = 0 if coupling.nrc is None else duals[coupling.nrc]
            self.of_mrc = 0 if coupling.mrc is None else duals[coupling.mrc]
        self._loads = self._priced_loads()
        self._crowds = self._priced_crowds()
        self._unlimited = self._money_of_links()
        self._links: dict[Class, list[float]] = {}
        self._routes: dict[tuple[int, Class], Routes] = {}

    def routes(self, site: SiteCase) -> Routes:
        site_class = self._class(site)
        key = id(site.aim), site_class
        if key not in self._routes:
            self._routes[key] = Routes(site.aim, self._link_prices(site_class))
        return self._routes[key]

    def of_option(self, option: Option) -> float:
        return self.of_money(option) + self.of_uses(option.uses)

    def of_cpe(self, site: SiteCase, cpe: Cpe, legs: int) -> float:
        return cpes_of(site, legs) * self.of_money(cpe)

    def of_column(self, column: Column) -> float:
        return self.scale * column.cost_minor + self.of_uses(column.uses)

    def of_money(self, part: Option | Cpe) -> float:
        return self.of_cost * part.cost_minor + self.of_nrc * part.nrc_minor + self.of_mrc * part.mrc_minor

    def of_uses(self, uses: Uses) -> float:
        duals = self.duals
        return 0 if duals is None else sum(duals[row] * amount for row, amount in uses)

    def _priced_loads(self) -> list[tuple[int, int, float]]:
        """(day, link, price of a Mbit/s) of the limits of links that have a price, the last day first."""
        if self.duals is None:
            return []
        priced = [(day, link, self.duals[row]) for link, rows in self.case.coupling.links.items() for day, row in rows]
        return sorted((entry for entry in priced if entry[-1] > 0), reverse=True)

    def _priced_crowds(self) -> list[tuple[int, int, int, float]]:
        """(day, Mbit/s above which a leg counts, link, price of a leg) of the limits of number that have a price."""
        if self.duals is None:
            return []
        priced = [
            (day, above_mbps, link, self.duals[row])
            for link, rows in self.case.coupling.crowds.items()
            for day, row, above_mbps in rows
        ]
        return sorted(entry for entry in priced if entry[-1] > 0)

    def _money_of_links(self) -> Sequence[float]:
        """What a Mbit/s costs on each link as long as there is room on it."""
        if self.of_cost == 1 and self.of_mrc == 0:
            return self.case.link_cost_minor
        a_month = self.of_cost * self.case.problem.term_months + self.of_mrc
        return [a_month * mrc_minor for mrc_minor in self.case.graph.link_mrc_minor]

    def _class(self, site: SiteCase) -> Class:
        required_day, mbps = site.site.required_day, site.site.bandwidth_mbps
        loads = sum(1 for day, _, _ in self._loads if day >= required_day)
        crowds = [
            number
            for number, (day, above_mbps, _, _) in enumerate(self._crowds)
            if day >= required_day and mbps > above_mbps
        ]
        return (loads, mbps, *crowds) if crowds else (loads,)

    def _link_prices(self, site_class: Class) -> Sequence[float]:
        """Of a Mbit/s on each link; the price of a leg is divided by its bandwidth."""
        if site_class not in self._links:
            loads, *crowded = site_class
            prices = list(self._unlimited)
            for _, link, price in self._loads[:loads]:
                prices[link] += price
            for number in crowded[1:]:
                _, _, link, price = self._crowds[number]
                prices[link] += price / crowded[0]
            self._links[site_class] = prices
        return self._links[site_class]
