"""Column generation: a pool of columns that grows until no other would help, and the best choice that it holds so far.

The linear programme over the pool tells what the common limits are worth; at those prices the cheapest column of every
site is asked for. That improves the pool and the proved bound alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from typing import TYPE_CHECKING

from linkwright.design.choice.case import Arrangement, Case, Column, SiteCase
from linkwright.design.choice.choice import Choice, Objective, Relaxed
from linkwright.design.choice.columns import cheapest_column, columns_by_price
from linkwright.design.choice.incumbent import dive
from linkwright.design.choice.known_floors import floors_at
from linkwright.design.choice.prices import Prices
from linkwright.design.limits import Search
from linkwright.design.routes.paths import Effort

if TYPE_CHECKING:
    from linkwright.design.choice.master import Master

ROUNDING = 1e-5
"""A bound is rounded up to the next integer only if it lies clearly above the last one."""
PICKED = 1e-4
"""A choice is first looked for so near to the bound: few columns could be in that."""
NEAR = 1e-3
"""Nearer to the bound than this share of it no early choice is looked for."""

Progress = Callable[[float, int | None], None]
"""Is told the bound and the value of the best choice so far."""


def silent(_bound: float, _value: int | None) -> None:
    """Progress that nobody watches."""


Part = tuple[str, int | str]
"""An option or a CPE model, as a column of a site names it."""


def parts_of(column: Column) -> list[Part]:
    return [*(("option", number) for number in column.options), ("cpe", column.cpe)]


@dataclass(slots=True)
class Node:
    """A branch: what is opened or left closed, its best bound so far, and the prices that this bound came from."""

    fixed: Mapping[int, bool] = field(default_factory=dict)
    used: Mapping[int, Mapping[Part, bool]] = field(default_factory=dict)
    """By site the parts that its design must use, or must not."""
    bound: float = 0.0
    raw_bound: float = -inf
    """`bound` before it was rounded up."""
    prices: Prices | None = None
    least: list[float] = field(default_factory=list)
    relaxed: Relaxed | None = None

    def allows_place(self, site: int, place: Arrangement) -> bool:
        """Whether a design of these options can be allowed at all."""
        used = self.used.get(site, {})
        return all((name in place.options) == is_used for (kind, name), is_used in used.items() if kind == "option")

    def allows(self, column: Column) -> bool:
        used = self.used.get(column.site)
        return used is None or all((part in parts_of(column)) == is_used for part, is_used in used.items())


class Growing:
    """One question to the optimiser: its pool, its bound, and its best choice."""

    def __init__(self, case: Case, objective: Objective, search: Search, progress: Progress, enough: float) -> None:
        self.case = case
        self.objective = objective
        self.search = search
        self.progress = progress
        self.enough = enough
        self.root = Node()
        self.bound = 0.0
        """Nothing counts less than nothing, so zero is always a bound."""
        self.best: Choice | None = None
        self.picked_from = 0
        """So many columns were known when the best choice of them was last looked for."""

    def start(self, columns: Sequence[Column], penalty: int) -> None:
        self.master = _new_master(self.case, self.objective, penalty)
        self.master.add(columns)

    def generate(self, node: Node) -> None:
        """Adds the cheapest column of every site at the present prices, until none would help or the bound is met."""
        self.enter(node)
        for number in range(self.search.limits.rounds):
            relaxed = self.master.relax(max(0.1, self.search.left_s()))
            if relaxed is None or (node.prices is not None and relaxed.value <= node.bound):
                return
            if node is self.root and number & (number - 1) == 0:
                self._dive(relaxed)
                if self.is_hopeless(node):
                    return
            columns = self._price(node, relaxed)
            if node is self.root:
                self.raise_bound(node.bound)
            if self.master.add(columns) == 0 or self.is_hopeless(node) or self.search.is_over():
                return
            if self.is_near_enough():
                return
        self.search.guards.add(f"rounds {self.search.limits.rounds}")

    def enter(self, node: Node) -> None:
        """From now on the programmes are those of this branch."""
        shut = (
            [number for number, column in enumerate(self.master.pool) if not node.allows(column)] if node.used else []
        )
        self.master.fix(node.fixed, shut)

    def _dive(self, relaxed: Relaxed) -> None:
        """An early choice, unless there is a near one already, or one is asked for that there cannot be yet."""
        if self.enough < inf and relaxed.unserved > ROUNDING:
            return
        if self.best is not None and self.best.value <= self.bound + NEAR * abs(self.bound):
            return
        choice = dive(self.master, relaxed, self.search)
        if choice is not None:
            self.master.add(choice.columns)
            self.take(choice)

    def _price(self, node: Node, relaxed: Relaxed) -> list[Column]:
        """The columns that are worth more than they cost at these duals; improves the bound on the way.

        Where time runs out the bound stays as it is.
        """
        prices = Prices(self.case, self.objective.scale, relaxed.duals)
        least, useful = [], []
        floors = floors_at(prices)
        for site, dual in zip(self.case.sites, relaxed.site_duals, strict=True):
            floor = -inf if floors is None else floors.least(site)
            if floor >= dual - 1e-9 * max(1.0, abs(dual)):
                least.append(floor)
                continue
            effort = self.search.effort()
            bound, column = self._cheapest(node, site, prices, effort)
            self.search.note(site.site.id, effort)
            least.append(bound)
            if column is not None and prices.of_column(column) < dual - 1e-7 * max(1.0, abs(dual)):
                useful.append(column)
            if self.search.is_over() and len(least) < len(self.case.sites):
                return useful
        bound = self.master.bound(relaxed, least)
        if bound > node.raw_bound or node.prices is None:
            node.raw_bound, node.prices, node.least, node.relaxed = bound, prices, least, relaxed
            node.bound = max(node.bound, _whole(bound))
        return useful

    def _cheapest(self, node: Node, site: SiteCase, prices: Prices, effort: Effort) -> tuple[float, Column | None]:
        """What `cheapest_column` tells, of the columns that the branch allows."""
        if site.index not in node.used:
            return cheapest_column(self.case, site, prices, effort)
        bound = inf
        for offer in columns_by_price(
            self.case, site, prices, effort, lambda place: node.allows_place(site.index, place)
        ):
            if offer.column is None or node.allows(offer.column):
                bound = min(bound, offer.price)
            if offer.column is not None and node.allows(offer.column):
                return bound, offer.column
        return bound, None

    def is_hopeless(self, node: Node) -> bool:
        return node.bound >= self.enough or (self.best is not None and node.bound >= self.best.value)

    def is_near_enough(self) -> bool:
        """Whether the best choice is as near to the bound as was asked for; asked only where it is not met."""
        gap, best = self.search.limits.gap, self.best
        if not gap or best is None or not self.objective.scale or self.objective.elastic is not None:
            return False
        if best.value - self.bound > gap * best.value:
            return False
        self.search.guards.add(f"gap {gap:g}")
        return True

    def pick(self) -> None:
        """The best integer choice over the pool, or over what of it could make a better one.

        Mostly there is one near the bound, and few columns could be in that; only where there is none all are asked.
        """
        if self.best is not None and (self.search.is_over() or self.is_near_enough()):
            return
        self.picked_from = len(self.master.pool)
        if not self._pick_near():
            choice, is_proved = self._chosen(None if self.best is None else self._promising(self.best.value))
            if choice is None and not is_proved:
                self.search.guards.add(f"nodes {self.search.limits.nodes}")
            self.take(choice)

    def _pick_near(self) -> bool:
        """Whether there is a choice near the bound; then none of the pool is better than the best one now."""
        near = self.root.bound + PICKED * abs(self.root.bound)
        if not self.objective.scale or self.objective.unserved is not None or self.root.prices is None:
            return False
        if self.best is not None and self.best.value <= near:
            return False
        choice, is_proved = self._chosen(self._promising(near))
        self.take(choice)
        return is_proved and self.best is not None and self.best.value <= near

    def _chosen(self, columns: list[Column] | None) -> tuple[Choice | None, bool]:
        seconds = max(1.0, self.search.left_s())
        return self.master.choose(columns, nodes=self.search.limits.nodes, seconds=seconds, start=self.best)

    def _promising(self, value: float) -> list[Column] | None:
        """The columns of the pool whose price leaves a chance for a choice better than this; None: all of them."""
        root, slack = self.root, slack_of(self.root, value)
        prices = root.prices
        if prices is None:
            return None
        return [column for column in self.master.pool if prices.of_column(column) <= root.least[column.site] + slack]

    def take(self, choice: Choice | None) -> None:
        if choice is None or (choice.unserved and self.objective.unserved is None):
            return
        if self.best is None or choice.value < self.best.value:
            self.best = choice
            self.tell()

    def raise_bound(self, bound: float) -> None:
        self.bound = max(self.bound, bound)
        self.tell()

    def tell(self) -> None:
        self.progress(self.bound, None if self.best is None else self.best.value)


def slack_of(node: Node, value: float) -> float:
    """How far above the least of its site the price of a column may lie that is in a choice better than this."""
    return value - 1 - node.raw_bound + ROUNDING + 1e-9 * abs(value)


def _whole(bound: float) -> float:
    """Every objective is a sum of integers, so a bound may be rounded up."""
    return bound if bound in (inf, -inf) else float(ceil(bound - ROUNDING - 1e-11 * abs(bound)))


def _new_master(case: Case, objective: Objective, penalty: int) -> "Master":
    """Loads the solver only now: that takes longer than most problems of one site."""
    from linkwright.design.choice.master import Master

    return Master(case, objective, penalty)
