"""What the legs of one item pay at some prices: for their accesses, and for each link that they lead over."""

from collections.abc import Sequence

from linkwright.design.choice.apart_prices import uses_of_accesses
from linkwright.design.choice.case import Case
from linkwright.design.choice.parts import Arrangement, Option, SiteCase
from linkwright.design.choice.prices import Prices
from linkwright.design.routes.graph import Routes
from linkwright.design.rules.screen import Shape


class LegPrices:
    """Prices of links are shared by all items that see the same ones, where each leg asks for the same and ends at a
    destination; otherwise each leg has its own, in money and not for each Mbit/s."""

    def __init__(self, case: Case, site: SiteCase, prices: Prices) -> None:
        self.case = case
        self.site = site
        self.prices = prices
        self._routes: dict[tuple[int, int, frozenset[str], int, bool], Routes] = {}
        self._of_legs: dict[tuple[int, int], tuple[tuple[Routes, ...], int]] = {}
        self._accesses: dict[tuple[int, str], float] = {}
        self._given_back = prices.of_uses(case.coupling.of_site(site.site))

    def of_accesses(self, place: Arrangement, shape: Shape, options: Sequence[Option]) -> float:
        """Near accesses with what they take from items apart, the builds that these wait for, what it takes to end
        there, less what the item gives back."""
        site, prices = self.site, self.prices
        price = sum(self._of_access(option, wish) for option, wish in zip(options, shape.wishes, strict=True))
        builds = {option.build for option in options if option.build is not None}
        if builds:
            price += sum(prices.of_uses(site.build_uses[build]) for build in sorted(builds))
        if prices.duals is not None and site.site.id in self.case.coupling.separated:
            price += prices.of_uses(uses_of_accesses(self.case, site, options))
        return price + prices.of_uses(site.ends[place.end].uses) + self._given_back

    def routes(self, place: Arrangement, shape: Shape) -> tuple[tuple[Routes, ...], int]:
        """For each leg its routes, and for how many Mbit/s their prices are."""
        key = place.shape, place.end
        if key not in self._of_legs:
            self._of_legs[key] = self._find(place.end, shape)
        return self._of_legs[key]

    def _find(self, end: int, shape: Shape) -> tuple[tuple[Routes, ...], int]:
        site, wishes = self.site, self.site.demand.wishes
        mbps = {wishes[wish].mbps for wish in shape.wishes}
        if len(mbps) == 1 and not site.ends[end].far:
            (unit,) = mbps
            aim = self.case.aim_of(site, end, shape.wishes[0], frozenset())
            return (self.prices.routes(site, aim, unit),) * len(shape.wishes), unit
        return tuple(self._own(end, wish, shape) for wish in shape.wishes), 1

    def _of_access(self, option: Option, wish: int) -> float:
        key = wish, option.id
        if key not in self._accesses:
            uses = option.uses_by_wish[wish]
            self._accesses[key] = self.prices.of_money(option) + self.prices.of_uses(uses)
        return self._accesses[key]

    def _own(self, end: int, wish: int, shape: Shape) -> Routes:
        """Wishes that see the same links at the same prices share their routes."""
        legs = len(shape.wishes)
        kinds = shape.apart.kinds if legs > 1 else frozenset[str]()
        aim = self.case.aim_of(self.site, end, wish, kinds)
        far = self.site.ends[end].far
        mbps = self.site.demand.wishes[wish].mbps
        shared = self.prices.routes(self.site, aim, mbps).price
        price = [mbps * own for own in shared]
        price += [self._of_access(own, wish) + self._of_far_build(own, far, shape) for own in far]
        for known in self._routes.values():
            if known.aim is aim and known.price == price:
                return known
        return self._routes.setdefault((end, wish, kinds, legs, shape.apart.by_link), Routes(aim, price))

    def _of_far_build(self, option: Option, far: Sequence[Option], shape: Shape) -> float:
        """The share of a leg in the build that its far access waits for; never more than the build together."""
        build = option.build
        if build is None or any(near.build == build for near in self.site.options):
            return 0.0
        users = sum(other.build == build for other in far) if shape.apart.by_link else len(shape.wishes)
        return self.prices.of_uses(self.site.build_uses[build]) / min(users, len(shape.wishes))
