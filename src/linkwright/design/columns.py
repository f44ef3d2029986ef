"""Complete designs of one site in order of price: the first that comes is the cheapest, the k-th the k-th cheapest."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import inf
from typing import NamedTuple

from linkwright.design.case import Case, Column, Option, SiteCase
from linkwright.design.graph import Routes
from linkwright.design.leg_limits import leg_limits
from linkwright.design.pair_stream import Kind, LegSpace, pairs_by_price
from linkwright.design.pairs import disjoint_pair
from linkwright.design.paths import Effort, paths_by_price
from linkwright.design.prices import Prices
from linkwright.design.together import LegLimits

Paths = tuple[tuple[int, ...], ...]
_COLUMN, _BOUND, _ROOT, _STREAM = range(4)
"""What waits in the queue; at the same price a finished column goes first."""


class Offer(NamedTuple):
    """The next column; None where a search gave up: whatever it missed costs `price` or more."""

    price: float
    column: Column | None


def columns_by_price(case: Case, site: SiteCase, prices: Prices, effort: Effort) -> Iterator[Offer]:
    """Every design of a site that passes its own rules, cheapest first at these prices, ties by ids.

    Options (or pairs of them) wait in a queue with a lower bound of their price; a bound is made sharper only when it
    is the least of all: first by the tree, then by the cheapest path or disjoint pair, then by the ordered streams.
    """
    return _Queue(case, site, prices, effort).offers()


def cheapest_column(case: Case, site: SiteCase, prices: Prices, effort: Effort) -> tuple[float, Column | None]:
    """A lower bound for the price of every column of a site (inf: it has none), and the cheapest that was found."""
    bound = inf
    for offer in columns_by_price(case, site, prices, effort):
        bound = min(bound, offer.price)
        if offer.column is not None:
            return bound, offer.column
    return bound, None


@dataclass(frozen=True, slots=True)
class _Legs:
    """One option, or two, with what they cost at these prices without paths and CPE."""

    kind: Kind
    numbers: tuple[int, ...]
    options: tuple[Option, ...]
    price: float


class _Queue:
    def __init__(self, case: Case, site: SiteCase, prices: Prices, effort: Effort) -> None:
        self.case = case
        self.site = site
        self.prices = prices
        self.effort = effort
        self.mbps = site.site.bandwidth_mbps
        self.routes: Routes = prices.routes(site)
        self.heap: list[tuple[float, int, int, object]] = []
        self.pushed = 0

    def offers(self) -> Iterator[Offer]:
        if not self.site.cpes:
            return
        for legs in self._arrangements():
            self._bound(legs)
        while self.heap:
            price, rank, _, item = heapq.heappop(self.heap)
            if isinstance(item, Column):
                yield Offer(price, item)
            elif isinstance(item, _Legs):
                self._sharpen(item) if rank == _BOUND else self._root(price, item)
            elif isinstance(item, _Stream) and self._next(price, item):
                yield Offer(price, None)

    def _push(self, price: float, rank: int, item: object) -> None:
        self.pushed += 1
        heapq.heappush(self.heap, (price, rank, self.pushed, item))

    def _arrangements(self) -> Iterator[_Legs]:
        """One option, or every two that can stand together at all."""
        site, prices = self.site, self.prices
        price = [prices.of_option(option) for option in site.options]
        for kind in site.demand.kinds:
            for numbers in combinations(range(len(site.options)), 1 if kind == "none" else 2):
                options = tuple(site.options[number] for number in numbers)
                if _compatible(kind, options):
                    builds = {option.build for option in options if option.build is not None}
                    opened = sum(prices.of_uses(site.build_uses[build]) for build in sorted(builds))
                    yield _Legs(kind, numbers, options, sum(price[number] for number in numbers) + opened)

    def _limits(self, legs: _Legs) -> LegLimits:
        return leg_limits(self.case, self.site, legs.kind, legs.numbers)

    def _least_cpe(self, legs: _Legs) -> float:
        """The least price of a CPE that could do with these legs; inf where none could."""
        site, able = self.site, self._limits(legs).cpes
        return min((self.prices.of_cpe(site, site.cpes[number], len(legs.options)) for number in able), default=inf)

    def _bound(self, legs: _Legs) -> None:
        """Each leg's cheapest way for itself: never more than what two diverse legs cost."""
        weight = self.routes.tree.weight
        price = legs.price + self.mbps * sum(weight[option.pop] for option in legs.options)
        if price < inf:
            self._push(price, _BOUND, legs)

    def _sharpen(self, legs: _Legs) -> None:
        cpe = self._least_cpe(legs)
        found = self._cheapest_paths(legs) if cpe < inf else None
        if found is not None:
            self._push(legs.price + self.mbps * found[0] + cpe, _ROOT, legs)

    def _cheapest_paths(self, legs: _Legs) -> tuple[float, Paths] | None:
        """The cheapest way of one leg, or the cheapest disjoint ways of two, before any other rule is looked at."""
        routes = self.routes
        if len(legs.options) == 1 or legs.kind == "any":
            ways = [routes.shortest(option.pop) for option in legs.options]
            found = tuple(way for way in ways if way is not None)
            if len(found) < len(ways):
                return None
            return sum(routes.tree.weight[option.pop] for option in legs.options), found
        one, two = legs.options
        pair = disjoint_pair(routes, one.pop, two.pop, by_node=legs.kind != "link")
        return None if pair is None else (pair.price, (pair.one, pair.two))

    def _root(self, price: float, legs: _Legs) -> None:
        found = self._cheapest_paths(legs)
        if found is not None and _apart(self.site, legs, found[1]):
            self._finish(legs, *found)
            self._push(price, _STREAM, _Stream(legs, found[1], None))
        elif found is not None:
            self._push(price, _STREAM, _Stream(legs, (), None))

    def _finish(self, legs: _Legs, ways: float, paths: Paths) -> None:
        """Queues the column of each CPE model with which these paths pass."""
        site, prices = self.site, self.prices
        base = legs.price + self.mbps * ways
        for number, column in self.case.columns(site, legs.numbers, paths):
            self._push(base + prices.of_cpe(site, site.cpes[number], len(paths)), _COLUMN, column)

    def _next(self, price: float, stream: "_Stream") -> bool:
        """Takes one step of a stream; True where it gave up."""
        if stream.steps is None:
            stream.steps = self._steps(stream.legs)
        step = next(stream.steps, None)
        if step is None:
            return False
        ways, paths = step
        if paths is None:
            return True
        if paths != stream.seen:
            self._finish(stream.legs, ways, paths)
        least = stream.legs.price + self.mbps * ways + self._least_cpe(stream.legs)
        self._push(max(price, least), _STREAM, stream)
        return False

    def _steps(self, legs: _Legs) -> Iterator[tuple[float, Paths | None]]:
        routes, limits = self.routes, self._limits(legs)
        if limits.together is None:
            start, allowance = legs.options[0].pop, limits.allowances[0]
            for step in paths_by_price(routes.aim, routes.price, routes.tree, start, allowance, self.effort):
                yield step.price, None if step.links is None else (step.links,)
            return
        one, two = [
            LegSpace(option.pop, allowance, option.groups)
            for option, allowance in zip(legs.options, limits.allowances, strict=True)
        ]
        for pair_step in pairs_by_price(routes, legs.kind, one, two, limits.together, self.effort):
            pair = pair_step.pair
            yield pair_step.price, None if pair is None else (pair.one, pair.two)


@dataclass(slots=True)
class _Stream:
    legs: _Legs
    seen: Paths
    steps: Iterator[tuple[float, Paths | None]] | None


def _compatible(kind: Kind, options: tuple[Option, ...]) -> bool:
    """What two access options must not share, wherever their paths lead: the PoP, and for `srlg` a risk group."""
    if kind in ("none", "any", "link"):
        return True
    one, two = options
    if one.pop == two.pop:
        return False
    return kind == "node" or one.groups.isdisjoint(two.groups)


def _apart(site: SiteCase, legs: _Legs, paths: Paths) -> bool:
    """Whether paths of two legs, disjoint already, keep apart in their risk groups too."""
    if legs.kind != "srlg":
        return True
    one, two = [
        option.groups | site.aim.path(option.pop, path).groups for option, path in zip(legs.options, paths, strict=True)
    ]
    return one.isdisjoint(two)
