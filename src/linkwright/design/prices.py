"""What everything costs a site while others compete for it: true cost plus the prices of the common limits."""

from collections.abc import Sequence

from linkwright.design.case import Case, Column, Cpe, Option, SiteCase, cpes_of
from linkwright.design.coupling import Uses
from linkwright.design.graph import Routes


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
        if duals is not None:
            self.of_cost += 0 if coupling.total is None else duals[coupling.total]
            self.of_nrc = 0 if coupling.nrc is None else duals[coupling.nrc]
        self._priced = self._priced_links()
        self._links: dict[int, Sequence[float]] = {}
        self._routes: dict[tuple[int, int], Routes] = {}

    def routes(self, site: SiteCase) -> Routes:
        period = self._period(site.site.required_day)
        key = id(site.aim), period
        if key not in self._routes:
            self._routes[key] = Routes(site.aim, self._link_prices(period))
        return self._routes[key]

    def of_option(self, option: Option) -> float:
        return self.of_money(option.cost_minor, option.nrc_minor) + self.of_uses(option.uses)

    def of_cpe(self, site: SiteCase, cpe: Cpe, legs: int) -> float:
        return cpes_of(site, legs) * self.of_money(cpe.cost_minor, cpe.nrc_minor)

    def of_column(self, column: Column) -> float:
        return self.scale * column.cost_minor + self.of_uses(column.uses)

    def of_money(self, cost_minor: int, nrc_minor: int) -> float:
        return self.of_cost * cost_minor + self.of_nrc * nrc_minor

    def of_uses(self, uses: Uses) -> float:
        duals = self.duals
        return 0 if duals is None else sum(duals[row] * amount for row, amount in uses)

    def _priced_links(self) -> list[tuple[int, int, float]]:
        """(day, link, price) of the link rows that have a price, the last day first."""
        if self.duals is None:
            return []
        return sorted(
            (
                (day, link, self.duals[row])
                for link, rows in self.case.coupling.links.items()
                for day, row in rows
                if self.duals[row] > 0
            ),
            reverse=True,
        )

    def _period(self, required_day: int) -> int:
        """How many priced rows a site of this day runs into; sites with the same number see the same prices."""
        return sum(1 for day, _, _ in self._priced if day >= required_day)

    def _link_prices(self, period: int) -> Sequence[float]:
        if period not in self._links:
            true = self.case.link_cost_minor
            prices = true if self.of_cost == 1 else [self.of_cost * cost_minor for cost_minor in true]
            if period:
                prices = list(prices)
                for _, link, price in self._priced[:period]:
                    prices[link] += price
            self._links[period] = prices
        return self._links[period]
