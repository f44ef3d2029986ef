"""A lower bound for every arrangement of every site at once: what its accesses, each leg's cheapest way for itself and
the cheapest CPE cost, in a few sums over long arrays. Most arrangements need no closer look.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from linkwright.design.choice.arrange import arrangements
from linkwright.design.choice.case import Case
from linkwright.design.choice.coupling import Uses
from linkwright.design.choice.parts import Arrangement, Cpe, Fixed, Option, SiteCase, cpes_of
from linkwright.design.choice.prices import Prices
from linkwright.design.routes.graph import NO_GROUPS, Aim
from linkwright.remembered import kept_with_its_object

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
KEPT = 3
"""For so many prices of what is beyond accesses it is kept what was learnt."""
Priced = tuple[tuple[int, float], ...]
UNPRICED: Priced = ()
NO_MORE = Fixed(0, 0, 0, 0)
SAFE = 1e-12
"""A bound is lowered by this share: sums in another order round differently."""


class Floors:
    """What stays the same while prices change: the arrangements of all sites, taken apart."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.places: dict[int, list[Arrangement]] = {}
        self._first: dict[int, int] = {}
        self._numbers: dict[int, dict[Arrangement, int]] = {}
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
        self._leg_array, self._leg_owners = np.array(self._legs, np.int64), np.array(self._legs_of, np.int64)
        self._members = [
            (
                site,
                aim,
                mbps,
                np.array(members, np.int64),
                np.array([self._pops[number] for number in members], np.int64),
            )
            for site, aim, mbps, members in self._classes.values()
        ]

    def _take_apart(self, site: SiteCase, first: int) -> list[Arrangement]:
        if not site.cpes:
            return []
        given_back = self.case.coupling.of_site(site.site)
        known: dict[tuple[int, int, int], int] = {}
        places: list[Arrangement] = []
        for place in arrangements(site):
            shape = site.demand.shapes[place.shape]
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
            self._cpes.add(self.case, site, cpes_of(site, len(place.options)))
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
        for site in prices.case.sites:
            if site.later is not None and UNPRICED not in site.learnt:
                self._take_over(site, site.later)
        accesses = self._accesses.prices(prices)
        ways = np.zeros(len(accesses))
        for site, aim, mbps, members, pops in self._members:
            weight = np.array(prices.routes(site, aim, mbps).tree.weight, np.float64)
            ways[members] = mbps * weight[pops]
        paid = self._of_legs(accesses) + self._extras.prices(prices, self.count)
        bounds: Floats = paid + self._of_legs(ways) + self._cpes.prices(prices)
        for priced in self._told(prices):
            beyond = np.full(self.count, -np.inf)
            for site in prices.case.sites:
                if site.floors is self and priced in site.learnt:
                    beyond[self.slice_of(site)] = site.learnt[priced]
            bounds = np.maximum(bounds, paid + beyond)
        bounds -= SAFE * np.abs(bounds, where=np.isfinite(bounds), out=np.zeros_like(bounds))
        return FloorsAt(self, bounds)

    def learn(self, site: SiteCase, prices: Prices, beyond: Iterable[tuple[Arrangement, float]]) -> None:
        """Keeps by arrangement what the search of a column has told of its paths and CPE: what they count at least.

        That stays true while only accesses become dearer or cheaper, and for items that ask for more.
        """
        if prices.scale != 1 or site.index not in self.places:
            return
        if site.floors is not self:
            site.floors, site.learnt = self, {}
        known = site.learnt.get(prices.beyond_accesses)
        if known is None:
            for old in [priced for priced in site.learnt if priced][: 1 - KEPT]:
                del site.learnt[old]
            known = site.learnt[prices.beyond_accesses] = [-inf] * len(self.places[site.index])
        for place, least in beyond:
            number = self._number_of(site, place)
            if number is not None and least > known[number]:
                known[number] = least

    def _take_over(self, site: SiteCase, later: SiteCase) -> None:
        """What was learnt where the site may be there later, and only accesses had a price: it has no more designs now,
        and none is cheaper.
        """
        floors, known = later.floors, later.learnt.get(UNPRICED)
        is_alike = (site.weights, site.term_months) == (later.weights, later.term_months)
        if site.index not in self.places or not isinstance(floors, Floors) or known is None or not is_alike:
            return
        if site.floors is not self:
            site.floors, site.learnt = self, {}
        places = map(site.place_in_later, self.places[site.index])
        numbers = [None if place is None else floors._number_of(later, place) for place in places]
        site.learnt[UNPRICED] = [-inf if number is None else known[number] for number in numbers]

    def _told(self, prices: Prices) -> Iterable[Priced]:
        """What is known at prices of which none is higher is true at these; of money only what is known at the same."""
        if prices.scale != 1:
            return ()
        if prices.of_cost or prices.of_nrc or prices.of_mrc:
            return (prices.beyond_accesses,)
        known = dict.fromkeys(own for site in prices.case.sites if site.floors is self for own in site.learnt)
        now = dict(prices.beyond_accesses)
        return [priced for priced in known if all(price <= now.get(row, 0.0) for row, price in priced)]

    def _of_legs(self, accesses: Floats) -> Floats:
        """The sum over the legs of each arrangement."""
        weights = accesses[self._leg_array]
        return np.bincount(self._leg_owners, weights=weights, minlength=self.count).astype(np.float64)

    def _number_of(self, site: SiteCase, place: Arrangement) -> int | None:
        """The position of an arrangement among those of its site."""
        if site.index not in self._numbers:
            self._numbers[site.index] = {own: number for number, own in enumerate(self.places[site.index])}
        return self._numbers[site.index].get(place)

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
        rows, amounts, parts = self._arrays
        paid = np.array(prices.duals, np.float64)[rows] * amounts
        return np.bincount(parts, weights=paid, minlength=count).astype(np.float64)

    @cached_property
    def _arrays(self) -> tuple[Numbers, Floats, Numbers]:
        """Made when first asked for: nothing is added any more then."""
        return np.array(self.rows, np.int64), np.array(self.amounts, np.float64), np.array(self.parts, np.int64)


class _Parts:
    """Money and uses of many parts."""

    def __init__(self) -> None:
        self.money: list[tuple[int, int, int, int]] = []
        self.takes = _Takes()

    def add(self, part: Option | Cpe, uses: Uses, pieces: int = 1, fixed: Fixed = NO_MORE) -> int:
        number = len(self.money)
        self.money.append(
            (
                fixed.worth + pieces * part.worth,
                fixed.cost_minor + pieces * part.cost_minor,
                fixed.nrc_minor + pieces * part.nrc_minor,
                fixed.mrc_minor + pieces * part.mrc_minor,
            )
        )
        self.takes.add(number, uses)
        return number

    def prices(self, prices: Prices) -> Floats:
        weights = np.array([prices.scale, prices.of_cost, prices.of_nrc, prices.of_mrc], np.float64)
        paid: Floats = self._money @ weights + self.takes.prices(prices, len(self.money))
        return paid

    @cached_property
    def _money(self) -> Floats:
        return np.array(self.money, np.float64).reshape(len(self.money), 4)


class _Cpes:
    """For each arrangement the models of its site; many share the same."""

    def __init__(self) -> None:
        self.group_of: list[int] = []
        self._groups: dict[tuple[object, ...], int] = {}
        self._first: list[int] = []
        self._parts = _Parts()

    def add(self, case: Case, site: SiteCase, pieces: int) -> None:
        models = tuple(cpe.id for cpe in site.cpes)
        key = models, pieces, site.fixed, site.weights, site.term_months, site.site.required_day
        if key not in self._groups:
            self._groups[key] = len(self._groups)
            self._first.append(len(self._parts.money))
            for cpe in site.cpes:
                self._parts.add(cpe, case.coupling.of_cpe(site.site, cpe.id, pieces), pieces, site.fixed)
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
