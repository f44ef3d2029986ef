"""A lower bound for every arrangement of every site at once: what its accesses, each leg's cheapest way for itself and
the cheapest CPE cost, in a few sums over long arrays. Most arrangements need no closer look.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from linkwright.design.choice.arrange import arrangements
from linkwright.design.choice.case import Case
from linkwright.design.choice.coupling import Uses
from linkwright.design.choice.leg_limits import leg_limits
from linkwright.design.choice.parts import Arrangement, Cpe, Option, SiteCase, cpes_of
from linkwright.design.choice.prices import Prices
from linkwright.design.routes.graph import NO_GROUPS, Aim
from linkwright.remembered import kept_with_its_object

Floats = NDArray[np.float64]
SAFE = 1e-12
"""A bound is lowered by this share: sums in another order round differently."""


class Floors:
    """What stays the same while prices change: the arrangements of all sites, taken apart."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.places: dict[int, list[Arrangement]] = {}
        self._first: dict[int, int] = {}
        self._accesses = _Parts()
        self._extras = _Takes()
        self._cpes = _Cpes()
        self._pops: list[int] = []
        self._legs_of: list[int] = []
        self._legs: list[int] = []
        self._classes: dict[tuple[int, int | None, int, int, int, int], tuple[SiteCase, Aim, int, list[int]]] = {}
        count = 0
        for site in case.sites:
            if _is_plain(case, site):
                places = self._take_apart(site, count)
                self.places[site.index], self._first[site.index] = places, count
                count += len(places)
        self.count = count

    def _take_apart(self, site: SiteCase, first: int) -> list[Arrangement]:
        given_back = self.case.coupling.of_site(site.site)
        known: dict[tuple[int, int, int], int] = {}
        places: list[Arrangement] = []
        for place in arrangements(site):
            shape = site.demand.shapes[place.shape]
            able: Sequence[int] = range(len(site.cpes))
            if len(place.options) == 1:
                able = leg_limits(self.case, site, place).cpes
            if not able:
                continue
            number = first + len(places)
            for option, wish in zip(place.options, shape.wishes, strict=True):
                key = option, wish, place.end
                if key not in known:
                    known[key] = self._add_access(site, site.options[option], wish, place.end)
                self._legs_of.append(number)
                self._legs.append(known[key])
            builds = {site.options[option].build for option in place.options} - {None}
            for build in sorted(filter(None, builds)):
                self._extras.add(number, site.build_uses[build])
            self._extras.add(number, site.ends[place.end].uses)
            self._extras.add(number, given_back)
            self._cpes.add(self.case, site, tuple(able), cpes_of(site, len(place.options)))
            places.append(place)
        return places

    def _add_access(self, site: SiteCase, option: Option, wish: int, end: int) -> int:
        aim, mbps = self.case.aim_of(site, end, wish, NO_GROUPS), site.demand.wishes[wish].mbps
        key = site.site.required_day, site.site.end_day, id(aim), mbps, site.weights.mrc, site.term_months
        number = self._accesses.add(option, option.uses_by_wish[wish])
        self._pops.append(option.pop)
        self._classes.setdefault(key, (site, aim, mbps, []))[3].append(number)
        return number

    def at(self, prices: Prices) -> "FloorsAt":
        """The bounds at some prices."""
        accesses = self._accesses.prices(prices)
        pops = np.array(self._pops, np.int64)
        for site, aim, mbps, members in self._classes.values():
            weight = np.array(prices.routes(site, aim, mbps).tree.weight, np.float64)
            accesses[members] += mbps * weight[pops[members]]
        ways = np.bincount(self._legs_of, weights=accesses[self._legs], minlength=self.count)
        bounds: Floats = ways.astype(np.float64)
        bounds += self._extras.prices(prices, self.count) + self._cpes.prices(prices)
        bounds -= SAFE * np.abs(bounds, where=np.isfinite(bounds), out=np.zeros_like(bounds))
        return FloorsAt(self, bounds)

    def slice_of(self, site: SiteCase) -> slice | None:
        if site.index not in self.places:
            return None
        first = self._first[site.index]
        return slice(first, first + len(self.places[site.index]))


class FloorsAt:
    def __init__(self, floors: Floors, bounds: Floats) -> None:
        self.floors = floors
        self.bounds = bounds

    def least(self, site: SiteCase) -> float:
        """No design of the site costs less; nothing is known of sites that are not plain."""
        own = self.floors.slice_of(site)
        if own is None:
            return -np.inf
        return float(self.bounds[own].min(initial=np.inf))

    def in_order(self, site: SiteCase) -> Iterator[tuple[float, Arrangement]] | None:
        """The arrangements of a site with their bounds, the least first."""
        own = self.floors.slice_of(site)
        if own is None:
            return None
        bounds, places = self.bounds[own], self.floors.places[site.index]
        order = np.argsort(bounds, kind="stable").tolist()
        return ((float(bounds[number]), places[number]) for number in order if bounds[number] < np.inf)


class _Takes:
    """Uses of many parts, one after the other."""

    def __init__(self) -> None:
        self.parts: list[int] = []
        self.rows: list[int] = []
        self.amounts: list[int] = []

    def add(self, part: int, uses: Uses) -> None:
        for row, amount in uses:
            self.parts.append(part)
            self.rows.append(row)
            self.amounts.append(amount)

    def prices(self, prices: Prices, count: int) -> Floats:
        if prices.duals is None or not self.parts:
            return np.zeros(count)
        known = len(self.rows)
        paid = np.array(prices.duals, np.float64)[self.rows] * np.array(self.amounts[:known], np.float64)
        return np.bincount(self.parts, weights=paid, minlength=count).astype(np.float64)


class _Parts:
    """Money and uses of many parts."""

    def __init__(self) -> None:
        self.money: list[tuple[int, int, int, int]] = []
        self.takes = _Takes()

    def add(self, part: Option | Cpe, uses: Uses, pieces: int = 1) -> int:
        number = len(self.money)
        self.money.append(
            (pieces * part.worth, pieces * part.cost_minor, pieces * part.nrc_minor, pieces * part.mrc_minor)
        )
        self.takes.add(number, uses)
        return number

    def prices(self, prices: Prices) -> Floats:
        money = np.array(self.money, np.float64).reshape(len(self.money), 4)
        weights = np.array([prices.scale, prices.of_cost, prices.of_nrc, prices.of_mrc], np.float64)
        paid: Floats = money @ weights + self.takes.prices(prices, len(self.money))
        return paid


class _Cpes:
    """For each arrangement the models that could do; many share the same."""

    def __init__(self) -> None:
        self.group_of: list[int] = []
        self._groups: dict[tuple[object, ...], int] = {}
        self._first: list[int] = []
        self._parts = _Parts()

    def add(self, case: Case, site: SiteCase, able: tuple[int, ...], pieces: int) -> None:
        models = [site.cpes[number] for number in able]
        key = tuple(cpe.id for cpe in models), pieces, site.weights, site.term_months, site.site.required_day
        if key not in self._groups:
            self._groups[key] = len(self._groups)
            self._first.append(len(self._parts.money))
            for cpe in models:
                self._parts.add(cpe, case.coupling.of_cpe(site.site, cpe.id, pieces), pieces)
        self.group_of.append(self._groups[key])

    def prices(self, prices: Prices) -> Floats:
        if not self.group_of:
            return np.zeros(0)
        least: Floats = np.minimum.reduceat(self._parts.prices(prices), self._first)
        return least[self.group_of]


@kept_with_its_object
def floors_of(case: Case) -> Floors:
    """The arrays of a case, made when first asked for."""
    return Floors(case)


def _is_plain(case: Case, site: SiteCase) -> bool:
    """Whether a leg's price is that of its access and its way, the same for all sites that ask the same."""
    plain_ends: Iterable[bool] = (not end.far for end in site.ends)
    return not site.is_point_to_point and all(plain_ends) and site.site.id not in case.coupling.separated
