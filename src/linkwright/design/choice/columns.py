"""Complete designs of one site in order of price: the first that comes is the cheapest, the k-th the k-th cheapest."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from math import inf
from typing import NamedTuple

from linkwright.design.choice.arrange import arrangements
from linkwright.design.choice.budgets import most_of_paths
from linkwright.design.choice.case import Case
from linkwright.design.choice.drafts import columns_of
from linkwright.design.choice.given_up import given_up_at, note_given_up
from linkwright.design.choice.known_floors import floors_at
from linkwright.design.choice.leg_limits import leg_limits
from linkwright.design.choice.leg_prices import LegPrices
from linkwright.design.choice.parts import Arrangement, Column, Option, Paths, SiteCase
from linkwright.design.choice.prices import Prices
from linkwright.design.choice.waiting import LegsPlaced, Stream, least_of_all, place_of
from linkwright.design.routes.graph import NO_GROUPS
from linkwright.design.routes.leg_space import LegSpace
from linkwright.design.routes.leg_stream import LegsStep, legs_by_price
from linkwright.design.routes.pairs import disjoint_pair
from linkwright.design.routes.paths import Effort
from linkwright.design.rules.figures import Sums
from linkwright.design.rules.together import LegLimits

_COLUMN, _BOUND, _ROOT, _STREAM = range(4)
"""What waits in the queue; at the same price a finished column goes first."""


class Offer(NamedTuple):
    """The next column; None where a search gave up: whatever it missed costs `price` or more."""

    price: float
    column: Column | None


def columns_by_price(
    case: Case, site: SiteCase, prices: Prices, effort: Effort, allows: Callable[[Arrangement], bool] | None = None
) -> Iterator[Offer]:
    """Every design of a site that passes its own rules, cheapest first at these prices, ties by ids.

    `allows` leaves arrangements out (None: none of them).

    Arrangements of options wait in a queue with a lower bound of their price; a bound is made sharper only when it is
    the least of all: first by the tree, then by the cheapest path or disjoint pair, then by the ordered streams.
    """
    return _Queue(case, site, prices, effort, allows).offers()


def cheapest_column(
    case: Case, site: SiteCase, prices: Prices, effort: Effort, allows: Callable[[Arrangement], bool] | None = None
) -> tuple[float, Column | None]:
    """A lower bound for the price of every column of a site (inf: it has none), and the cheapest that was found."""
    known = given_up_at(site, prices, effort) if allows is None else None
    if known is not None:
        return known, None
    queue, bound, is_whole = _Queue(case, site, prices, effort, allows), inf, True
    for offer in queue.offers():
        bound, is_whole = min(bound, offer.price), is_whole and offer.column is not None
        if offer.column is not None:
            if is_whole:
                queue.teach(offer)
            return bound, offer.column
    if allows is None:
        note_given_up(site, prices, effort, bound)
    return bound, None


class _Queue:
    def __init__(
        self,
        case: Case,
        site: SiteCase,
        prices: Prices,
        effort: Effort,
        allows: Callable[[Arrangement], bool] | None = None,
    ) -> None:
        self.allows = allows
        self.case = case
        self.site = site
        self.prices = prices
        self.effort = effort
        self.leg_prices = LegPrices(case, site, prices)
        self.heap: list[tuple[float, int, int, object]] = []
        self.pushed = 0
        self.entered: dict[Arrangement, float] = {}
        """The arrangements that were looked at, with the price of their accesses."""
        self.budgets = _budgets(case, site, effort) if allows is not _any else []

    def offers(self) -> Iterator[Offer]:
        if not self.site.cpes:
            return
        waiting = self._waiting()
        upcoming = next(waiting, None)
        while self.heap or upcoming is not None:
            if upcoming is not None and (not self.heap or upcoming[0] <= self.heap[0][0]):
                self._bound(upcoming[1])
                upcoming = next(waiting, None)
                continue
            price, rank, _, item = heapq.heappop(self.heap)
            if isinstance(item, Column):
                yield Offer(price, item)
            elif isinstance(item, LegsPlaced):
                self._sharpen(price, item) if rank == _BOUND else self._root(price, item)
            elif isinstance(item, Stream) and self._next(price, item):
                yield Offer(price, None)

    def _waiting(self) -> Iterator[tuple[float, Arrangement]]:
        """The arrangements with a bound that is at hand, the least first; where there is none, all come first."""
        floors = floors_at(self.prices)
        known = None if floors is None else floors.in_order(self.site)
        waiting = ((-inf, place) for place in arrangements(self.site)) if known is None else known
        allowed = waiting if self.allows is None else (own for own in waiting if self.allows(own[1]))
        return (own for own in allowed if self._is_affordable(own[1])) if self.budgets else allowed

    def teach(self, cheapest: Offer) -> None:
        """Keeps what is known after the first offer of the arrangements that were looked at."""
        floors = floors_at(self.prices)
        if floors is None or cheapest.column is None:
            return
        least = dict.fromkeys(self.entered, inf)
        for price, item in ((cheapest.price, cheapest.column), *((price, item) for price, _, _, item in self.heap)):
            place = place_of(item)
            if place is not None:
                least[place] = min(least[place], price)
        floors.floors.learn(self.site, self.prices, ((p, own - self.entered[p]) for p, own in least.items()))

    def _is_affordable(self, place: Arrangement) -> bool:
        """Whether the least that these legs take of each budget, whatever their ways and CPE, is there at all."""
        limits = self.case.hard_limit
        return all(budget.least(place) <= limits[row] for row, budget in self.budgets)

    def least(self, place: Arrangement) -> float:
        """A lower bound for the price of all designs over these legs."""
        legs = self._legs(place)
        cpe = self._least_cpe(legs)
        found = self._cheapest_paths(legs) if cpe < inf else None
        return inf if found is None else legs.price + legs.unit * found[0] + cpe

    def _push(self, price: float, rank: int, item: object) -> None:
        self.pushed += 1
        heapq.heappush(self.heap, (price, rank, self.pushed, item))

    def _legs(self, place: Arrangement) -> LegsPlaced:
        shape = self.site.demand.shapes[place.shape]
        options = tuple(self.site.options[number] for number in place.options)
        routes, unit = self.leg_prices.routes(place, shape)
        return LegsPlaced(place, shape, options, routes, unit, self.leg_prices.of_accesses(place, shape, options))

    def _bound(self, place: Arrangement) -> None:
        legs = self._legs(place)
        self.entered[place] = legs.price
        price = legs.price + legs.unit * legs.alone()
        if price < inf:
            self._push(price, _BOUND, legs)

    def _limits(self, legs: LegsPlaced, cpes: tuple[int, ...] | None = None) -> LegLimits:
        return leg_limits(self.case, self.site, legs.place, cpes)

    def _least_cpe(self, legs: LegsPlaced) -> float:
        """The least price of a CPE that could do with these legs; inf where none could."""
        return self._least_of(legs, self._limits(legs).cpes)

    def _least_of(self, legs: LegsPlaced, cpes: Iterable[int]) -> float:
        site = self.site
        return min((self.prices.of_cpe(site, site.cpes[number], len(legs.options)) for number in cpes), default=inf)

    def _most(self, legs: LegsPlaced, cpes: tuple[int, ...] | None = None) -> float:
        """What the paths of these legs may cost at most, in the prices of their routes."""
        site, able = self.site, self._limits(legs, cpes).cpes
        return most_of_paths(self.case, site, legs.place, [site.cpes[n] for n in able], self.prices) / legs.unit

    def _sharpen(self, price: float, legs: LegsPlaced) -> None:
        cpe = self._least_cpe(legs)
        found = self._cheapest_paths(legs) if cpe < inf else None
        if found is not None and found[0] <= self._most(legs):
            self._push(max(price, legs.price + legs.unit * found[0] + cpe), _ROOT, legs)

    def _cheapest_paths(self, legs: LegsPlaced) -> tuple[float, Paths] | None:
        """A bound for the ways of all legs and, where only the first rule was looked at, ways that cost just that."""
        if len(legs.options) == 1 or not legs.shape.apart.by_link:
            ways = [routes.shortest(option.pop) for routes, option in zip(legs.routes, legs.options, strict=True)]
            found = tuple(way for way in ways if way is not None)
            return None if len(found) < len(ways) else (legs.alone(), found)
        one, two = (option.pop for option in legs.options[:2])
        joined = legs.routes[0].joined(legs.routes[1])
        pair = disjoint_pair(joined.routes, one, two, by_node=legs.shape.apart.by_node)
        if pair is None:
            return None
        price: float = pair.price + joined.beyond_from(0, one) + joined.beyond_from(1, two)
        rest = zip(legs.routes[2:], legs.options[2:], strict=True)
        price += sum(routes.tree.weight[option.pop] for routes, option in rest)
        if len(legs.options) > 2 and all(routes is legs.routes[0] for routes in legs.routes):
            price = max(price, least_of_all(legs))
        is_whole = len(legs.options) == 2 and joined.beyond is None
        return None if price == inf else (price, (pair.one, pair.two) if is_whole else ())

    def _root(self, price: float, legs: LegsPlaced) -> None:
        """The cheapest paths with every CPE; then all paths, for each kind of CPE in an order of their own.

        What a cheap CPE leaves to the paths may be far less than a dear one does.
        """
        found = self._cheapest_paths(legs)
        if found is None:
            return
        seen: Paths = ()
        if found[1] and self._are_apart(legs, found[1]):
            seen = found[1]
            self._finish(price, legs, seen, self._limits(legs).cpes)
        for cpes in self._kinds(legs):
            cpe = self._least_of(legs, cpes)
            self._push(
                max(price, legs.price + legs.unit * found[0] + cpe), _STREAM, Stream(legs, seen, cpes, cpe, None)
            )

    def _kinds(self, legs: LegsPlaced) -> Iterable[tuple[int, ...]]:
        """The CPE models that could do, those together that leave the same to the paths."""
        kinds: dict[Sums, tuple[int, ...]] = {}
        for number in self._limits(legs).cpes:
            sums = self.site.cpes[number].sums
            kinds[sums] = (*kinds.get(sums, ()), number)
        return kinds.values()

    def _are_apart(self, legs: LegsPlaced, paths: Paths) -> bool:
        """Whether paths, disjoint already where they must be, keep apart in their groups too."""
        kinds = legs.shape.apart.kinds
        if len(paths) == 1 or not kinds:
            return True
        marks = self.site.ends[legs.place.end].graph.marks_of(kinds)
        groups = [
            self._marks(legs, option).union(*(marks[link] for link in path))
            for option, path in zip(legs.options, paths, strict=True)
        ]
        return sum(map(len, groups)) == len(frozenset().union(*groups))

    def _marks(self, legs: LegsPlaced, option: Option) -> frozenset[str]:
        return self.site.marks(option, legs.shape.apart.kinds) if len(legs.options) > 1 else NO_GROUPS

    def _finish(self, price: float, legs: LegsPlaced, paths: Paths, cpes: tuple[int, ...]) -> None:
        """Queues the column of each of these CPE models with which these paths pass."""
        for number, column in columns_of(self.case, self.site, legs.place, paths):
            if number in cpes:
                self._push(max(price, self.prices.of_column(column)), _COLUMN, column)

    def _next(self, price: float, stream: Stream) -> bool:
        """Takes one step of a stream; True where it gave up."""
        legs = stream.legs
        if stream.steps is None:
            stream.steps, stream.most = self._steps(legs, stream.cpes), self._most(legs, stream.cpes)
        step = next(stream.steps, None)
        if step is None or step.price > stream.most:
            return False
        if step.paths is None:
            return True
        if step.paths and step.paths != stream.seen:
            self._finish(price, legs, step.paths, stream.cpes)
        self._push(max(price, legs.price + legs.unit * step.price + stream.cpe), _STREAM, stream)
        return False

    def _steps(self, legs: LegsPlaced, cpes: tuple[int, ...]) -> Iterator[LegsStep]:
        limits = self._limits(legs, cpes)
        spaces = [
            LegSpace(option.pop, routes, allowance, self._marks(legs, option))
            for option, routes, allowance in zip(legs.options, legs.routes, limits.allowances, strict=True)
        ]
        end = self.site.ends[legs.place.end]
        go_on = self.site.demand.has_differential and len(end.goals) > 1
        return legs_by_price(legs.shape.apart, spaces, limits.together, self.effort, go_on=go_on)


def _any(_place: Arrangement) -> bool:
    return True


def _budgets(case: Case, site: SiteCase, effort: Effort) -> list[tuple[int, _Queue]]:
    """For an only site each budget with what tells how much legs take of it; beside others one takes only a part."""
    if len(case.sites) != 1:
        return []
    found = []
    for row in (case.coupling.nrc, case.coupling.mrc, case.coupling.total):
        if row is not None:
            duals = [0] * len(case.coupling.rows)
            duals[row] = 1
            found.append((row, _Queue(case, site, Prices(case, 0, duals), effort, _any)))
    return found
