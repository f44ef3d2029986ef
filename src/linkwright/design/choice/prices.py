"""What everything costs a site while others compete for it: true cost plus the prices of the common limits."""

from collections.abc import Sequence
from functools import cached_property

from linkwright.design.choice.case import Case, Column, Cpe, Option, SiteCase, cpes_of
from linkwright.design.choice.coupling import Uses
from linkwright.design.choice.parts import Fixed
from linkwright.design.routes.graph import Aim, Routes

Class = tuple[int, ...]
"""What a month is worth, which priced rows a leg runs into, and its bandwidth where that makes a difference: legs of
one class see the same link prices."""


class Prices:
    """One vector of prices and the routes that follow from it.

    `scale` is 1 where the goal counts and 0 where only the limits do; `duals` is a price for each row of the coupling,
    not negative; rows that were made later have none. Without duals all prices are integers and comparisons are exact.
    """

    def __init__(self, case: Case, scale: int = 1, duals: Sequence[float] | None = None) -> None:
        self.case = case
        self.scale = scale
        self.duals = duals
        self.given_up: dict[tuple[object, int], float] = {}
        """From which price on nothing is known, by site and labels of a search."""
        coupling = case.coupling
        self.of_cost: float = 0
        self.of_nrc: float = 0
        self.of_mrc: float = 0
        if duals is not None:
            self.of_cost = 0 if coupling.total is None else duals[coupling.total]
            self.of_nrc = 0 if coupling.nrc is None else duals[coupling.nrc]
            self.of_mrc = 0 if coupling.mrc is None else duals[coupling.mrc]
        self._loads = self._priced_loads()
        self._crowds = self._priced_crowds()
        self._separated = self._priced_separations()
        self._links: dict[Class, list[float]] = {}
        self._routes: dict[tuple[int, Class], Routes] = {}

    @property
    def are_money(self) -> bool:
        """Whether no limit has a price."""
        return self.scale == 1 and (self.duals is None or not any(self.duals))

    @cached_property
    def beyond_accesses(self) -> tuple[tuple[int, float], ...]:
        """(row, price) of the limits that have a price and from which more than accesses takes."""
        duals = self.duals or ()
        known = len(duals)
        rows = self.case.coupling.beyond_accesses() if duals else ()
        return tuple((row, duals[row]) for row in rows if row < known and duals[row])

    def routes(self, site: SiteCase, aim: Aim | None = None, mbps: int | None = None) -> Routes:
        """The ways to an aim of a site (its only one) for a leg of this bandwidth (the site's)."""
        aim = aim or site.aim
        leg_class = self._class(site, site.site.bandwidth_mbps if mbps is None else mbps)
        key = id(aim), leg_class
        if key not in self._routes:
            self._routes[key] = self._made(aim, leg_class)
        return self._routes[key]

    def of_option(self, option: Option) -> float:
        return self.of_money(option) + self.of_uses(option.uses)

    def of_cpe(self, site: SiteCase, cpe: Cpe, legs: int) -> float:
        """Of all pieces, with what the item costs anyway."""
        pieces = cpes_of(site, legs)
        money = pieces * self.of_money(cpe) + self.of_money(site.fixed)
        return money + self.of_uses(self.case.coupling.of_cpe(site.site, cpe.id, pieces))

    def of_column(self, column: Column) -> float:
        return self.scale * column.worth + self.of_uses(column.uses)

    def of_money(self, part: Option | Cpe | Fixed) -> float:
        limited = self.of_cost * part.cost_minor + self.of_nrc * part.nrc_minor + self.of_mrc * part.mrc_minor
        return self.scale * part.worth + limited

    def of_uses(self, uses: Uses) -> float:
        duals = self.duals
        if duals is None:
            return 0
        known = len(duals)
        return sum(duals[row] * amount for row, amount in uses if row < known)

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

    def _priced_separations(self) -> dict[str, list[tuple[int, float]]]:
        """By site (link, price) of what only it or another may pass."""
        if self.duals is None or not self.case.coupling.passed:
            return {}
        from linkwright.design.choice.apart_prices import prices_of_links

        return prices_of_links(self.case, self.duals)

    def _class(self, site: SiteCase, mbps: int) -> Class:
        start, end = site.site.required_day, site.site.end_day
        loads = sum(1 for day, _, _ in self._loads if day >= start)
        later = 0 if end is None else sum(1 for day, _, _ in self._loads if day > end)
        crowds = [
            number
            for number, (day, above_mbps, _, _) in enumerate(self._crowds)
            if day >= start and (end is None or day <= end) and mbps > above_mbps
        ]
        separated = site.index if site.site.id in self._separated else -1
        own = site.weights.mrc, site.term_months, later, loads, separated
        return (*own, mbps, *crowds) if crowds or separated >= 0 else own

    def _made(self, aim: Aim, leg_class: Class) -> Routes:
        weight, term, later, loads, separated, *crowded = leg_class
        a_month = self._a_month(weight, term)
        is_shared = later >= loads and separated < 0 and not crowded and aim.graph is self.case.graph
        if is_shared and isinstance(a_month, int):
            return aim.undisturbed(a_month)
        return Routes(aim, self._link_prices(leg_class))

    def _a_month(self, weight: int, term: int) -> float:
        """What each minor unit a month counts."""
        return self.scale * weight + self.of_cost * term + self.of_mrc

    def _link_prices(self, leg_class: Class) -> Sequence[float]:
        """Of a Mbit/s on each link; the price of a leg is divided by its bandwidth."""
        if leg_class not in self._links:
            weight, term, later, loads, separated, *crowded = leg_class
            a_month = self._a_month(weight, term)
            prices = [a_month * mrc_minor for mrc_minor in self.case.graph.link_mrc_minor]
            for _, link, price in self._loads[later:loads]:
                prices[link] += price
            for number in crowded[1:]:
                _, _, link, price = self._crowds[number]
                prices[link] += price / crowded[0]
            if separated >= 0:
                for link, price in self._separated[self.case.sites[separated].site.id]:
                    prices[link] += price / crowded[0]
            self._links[leg_class] = prices
        return self._links[leg_class]
