"""The best choice of columns with a proved bound: column generation, integer choice, and enumeration of the gap."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, inf
from typing import TYPE_CHECKING

from linkwright.design.case import Case, Column
from linkwright.design.choice import CHEAPEST, MOST_SITES, Choice, Objective, broken_rows, cost_of, opened_by
from linkwright.design.columns import cheapest_column, columns_by_price
from linkwright.design.paths import Effort
from linkwright.design.prices import Prices

if TYPE_CHECKING:
    from linkwright.design.master import Master, Relaxed

ROUNDING = 1e-5
"""A bound is rounded up to the next integer only if it lies clearly above the last one."""
COLUMNS_ALONE = 300
"""So many columns of a single site are tried one by one before the linear programme is asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search may go before it gives up with a guard; all but `seconds` are the same on every machine."""

    labels_a_site: int = 60_000
    rounds: int = 400
    nodes: int = 20_000
    columns: int = 30_000
    columns_a_site: int = 6_000
    seconds: float = 60.0


@dataclass(slots=True)
class Budgeted:
    """The limits of one question, the time it has left, and the guards that it met."""

    limits: Limits
    clock: Callable[[], float]
    ends: float
    guards: set[str] = field(default_factory=set)

    @classmethod
    def starting(cls, limits: Limits, clock: Callable[[], float]) -> "Budgeted":
        return cls(limits, clock, clock() + limits.seconds)

    def left_s(self) -> float:
        return self.ends - self.clock()

    def is_over(self) -> bool:
        if self.left_s() > 0:
            return False
        self.guards.add(f"time {self.limits.seconds:g} s")
        return True

    def effort(self) -> Effort:
        return Effort(self.limits.labels_a_site)

    def note(self, site_id: str, effort: Effort) -> None:
        if effort.spent > effort.limit:
            self.guards.add(f"labels site:{site_id}")


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best choice (None: there is none, or none was found), a bound for all choices, and whether that settles it.

    `bound` is inf where it is proved that there is no choice.
    """

    choice: Choice | None
    bound: float

    @property
    def is_infeasible(self) -> bool:
        return self.bound == inf


Progress = Callable[[float, int | None], None]


def optimise(
    case: Case,
    objective: Objective,
    search: Budgeted,
    progress: Progress = lambda _bound, _value: None,
    seeds: Sequence[Column] = (),
) -> Optimum:
    """The choice of least objective over all columns of all sites, with a proved bound."""
    return _Search(case, objective, search, progress).run(seeds)


def cheapest_of_each(case: Case, search: Budgeted) -> list[tuple[float, Column | None]]:
    """For each site alone a lower bound of its cost (inf: it has no design) and its cheapest column."""
    prices = Prices(case)
    found = []
    for site in case.sites:
        effort = search.effort()
        found.append(cheapest_column(case, site, prices, effort))
        search.note(site.site.id, effort)
    return found


def all_together(case: Case, columns: Sequence[Column]) -> Choice | None:
    """The cheapest columns as a proved choice, if they fit together and open nothing that costs: nothing can be better."""
    if broken_rows(case, columns) or any(opening.cost_minor for opening in opened_by(case, columns)):
        return None
    return Choice(tuple(columns), (), sum(column.cost_minor for column in columns), proved=True)


@dataclass(slots=True)
class _Proof:
    """The best bound so far, with the prices and least prices that it came from."""

    bound: float = -inf
    prices: Prices | None = None
    least: list[float] = field(default_factory=list)
    relaxed: "Relaxed | None" = None


class _Search:
    def __init__(self, case: Case, objective: Objective, search: Budgeted, progress: Progress) -> None:
        self.case = case
        self.objective = objective
        self.search = search
        self.progress = progress
        self.proof = _Proof()
        self.best: Choice | None = None

    def run(self, seeds: Sequence[Column]) -> Optimum:
        first = cheapest_of_each(self.case, self.search)
        if self.objective.unserved is None and any(bound == inf for bound, _ in first):
            return Optimum(None, inf)
        columns = [column for _, column in first if column is not None]
        penalty = 1000 + 20 * max((column.cost_minor for column in columns), default=0)
        self.master = _new_master(self.case, self.objective, penalty)
        self.master.add([*columns, *seeds])
        self._generate()
        if self.objective.unserved is None and not self._make_feasible():
            return Optimum(None, self.proof.bound)
        self._pick()
        if self.best is None and not self._find_any():
            return Optimum(None, self.proof.bound)
        self._close_the_gap()
        return Optimum(self.best, self.proof.bound)

    def _generate(self) -> None:
        """Adds the cheapest column of every site at the present prices, until none would help or the bound is met."""
        for _ in range(self.search.limits.rounds):
            relaxed = self.master.relax()
            columns = self._price(relaxed)
            self.progress(self.proof.bound, None if self.best is None else self.best.value)
            if self.master.add(columns) == 0 or self._is_proved() or self.search.is_over():
                return
        self.search.guards.add(f"rounds {self.search.limits.rounds}")

    def _price(self, relaxed: "Relaxed") -> list[Column]:
        """The columns that are worth more than they cost at these duals; improves the bound on the way."""
        prices = Prices(self.case, self.objective.scale, relaxed.duals)
        least, useful = [], []
        for site, dual in zip(self.case.sites, relaxed.site_duals, strict=True):
            effort = self.search.effort()
            bound, column = cheapest_column(self.case, site, prices, effort)
            self.search.note(site.site.id, effort)
            least.append(bound)
            if column is not None and prices.of_column(column) < dual - 1e-7 * max(1.0, abs(dual)):
                useful.append(column)
        bound = self._whole(self.master.bound(relaxed, least))
        if bound > self.proof.bound or self.proof.prices is None:
            self.proof = _Proof(max(bound, self.proof.bound), prices, least, relaxed)
        return useful

    def _whole(self, bound: float) -> float:
        """Every objective is a sum of integers, so a bound may be rounded up."""
        return bound if bound in (inf, -inf) else float(ceil(bound - ROUNDING - 1e-11 * abs(bound)))

    def _is_proved(self) -> bool:
        return self.best is not None and self.proof.bound >= self.best.value

    def _make_feasible(self) -> bool:
        """Where the programme leaves sites unserved: finds the columns that serve them, or proves that none do."""
        if self.master.relax().unserved < 1e-6:
            self.master.forbid_unserved()
            return True
        helper = _Search(self.case, self._most_sites(), self.search, lambda _bound, _value: None)
        helper.master = _new_master(self.case, helper.objective, 0)
        helper.master.add(self.master.pool)
        helper._generate()
        if helper.proof.bound > 0:
            self.proof.bound = inf
            return False
        self.master.add(helper.master.pool)
        self.master.forbid_unserved()
        self._generate()
        return True

    def _most_sites(self) -> Objective:
        return Objective(scale=0, unserved=1, elastic=self.objective.elastic, excess=0)

    def _pick(self) -> None:
        """The best integer choice over the pool."""
        limits = self.search.limits
        seconds = self.search.left_s() if self.search.left_s() > 0 else 1.0
        choice = self.master.choose(nodes=limits.nodes, seconds=seconds, start=self.best)
        if choice is None:
            return
        if not choice.proved:
            self.search.guards.add(f"nodes {limits.nodes}")
        self._take(choice)

    def _take(self, choice: Choice) -> None:
        if choice.unserved and self.objective.unserved is None:
            return
        if self.best is None or choice.value < self.best.value:
            self.best = choice
            self.progress(self.proof.bound, choice.value)

    def _find_any(self) -> bool:
        """No choice over the pool serves every site: asks for the most sites over all columns."""
        helper = _Search(self.case, self._most_sites(), self.search, lambda _bound, _value: None)
        found = helper.run(self.master.pool)
        if found.bound > 0:
            self.proof.bound = inf
        if found.choice is None or found.choice.unserved:
            return False
        self.master.add(found.choice.columns)
        value = self.master.value_of(found.choice.columns, ())
        self._take(Choice(found.choice.columns, (), value, proved=False))
        self._pick()
        return True

    def _close_the_gap(self) -> None:
        """A column that costs more than the gap above the least of its site is in no better choice; lists all others.

        If the list is complete, the best choice over it is the best of all.
        """
        if self.best is None or self._is_proved() or self.search.is_over():
            return
        listed = list(self._worthwhile(self.best.value))
        if not listed or listed[-1] is None:
            return
        columns = [column for column in listed if column is not None]
        self.master.add(columns)
        keep = _undominated(self.case, columns)
        keep += [column for column in self.best.columns if column not in set(keep)]
        limits = self.search.limits
        seconds = max(1.0, self.search.left_s())
        choice = self.master.choose(keep, nodes=limits.nodes, seconds=seconds, start=self.best)
        if choice is None:
            return
        self._take(choice)
        if choice.proved:
            self.proof.bound = float(self.best.value)
            self.search.guards.discard(f"nodes {limits.nodes}")
        else:
            self.search.guards.add(f"nodes {limits.nodes}")

    def _worthwhile(self, value: int) -> Iterator[Column | None]:
        """Every column that could be part of a choice below `value`; None at the end where the list is not complete."""
        proof, limits = self.proof, self.search.limits
        if proof.prices is None or proof.relaxed is None:
            yield None
            return
        slack = value - 1 - self.master.bound(proof.relaxed, proof.least) + ROUNDING + 1e-9 * abs(value)
        total = 0
        for site, least in zip(self.case.sites, proof.least, strict=True):
            effort = self.search.effort()
            seen = _Seen(self.case)
            looked_at = 0
            for offer in columns_by_price(self.case, site, proof.prices, effort):
                if offer.price > least + slack:
                    break
                looked_at += 1
                if offer.column is None or looked_at > limits.columns_a_site or total > limits.columns:
                    self.search.note(site.site.id, effort)
                    self.search.guards.add("columns")
                    yield None
                    return
                if seen.is_new(offer.column):
                    total += 1
                    yield offer.column


def _new_master(case: Case, objective: Objective, penalty: int) -> "Master":
    """Loads the solver only now: that takes longer than most problems of one site."""
    from linkwright.design.master import Master

    return Master(case, objective, penalty)


class _Seen:
    """Columns of one site that take the same from every limit: only the cheapest of them matters."""

    def __init__(self, case: Case) -> None:
        coupling = case.coupling
        self.money = {row for row in (coupling.nrc, coupling.total) if row is not None}
        self.kept: dict[tuple[tuple[int, int], ...], list[tuple[int, int]]] = {}

    def is_new(self, column: Column) -> bool:
        key = tuple(use for use in column.uses if use[0] not in self.money)
        figures = column.cost_minor, column.nrc_minor if self.money else 0
        others = self.kept.setdefault(key, [])
        if any(cost <= figures[0] and nrc <= figures[1] for cost, nrc in others):
            return False
        others.append(figures)
        return True


def _undominated(case: Case, columns: Sequence[Column]) -> list[Column]:
    """Leaves out what another column of the site beats: not dearer, and no more of any limit."""
    by_site: dict[int, list[Column]] = {}
    for column in columns:
        by_site.setdefault(column.site, []).append(column)
    kept: list[Column] = []
    for site in sorted(by_site):
        of_site: list[tuple[Column, dict[int, int]]] = []
        for column in sorted(by_site[site], key=lambda own: (own.cost_minor, len(own.uses))):
            uses = dict(column.uses)
            beaten = any(all(amount <= uses.get(row, 0) for row, amount in other.items()) for _, other in of_site[:200])
            if not beaten:
                of_site.append((column, uses))
        kept += [column for column, _ in of_site]
    return kept


def cheapest_alone(case: Case, search: Budgeted) -> Optimum | None:
    """The best choice of a case with one site, without any linear programme; None where too many columns tie it up.

    What a build costs is simply added to the columns that use it, so columns come in order of what they cost in all
    but for augments, and the first price above the best sum ends the search.
    """
    site = case.sites[0]
    duals = [0] * len(case.coupling.rows)
    for opening in case.coupling.openings:
        for row, amount in opening.uses:
            if opening.kind == "build" and amount < 0:
                duals[row] = opening.cost_minor
    best: Choice | None = None
    effort = search.effort()
    for number, offer in enumerate(columns_by_price(case, site, Prices(case, 1, duals), effort)):
        if best is not None and offer.price >= best.value:
            break
        if offer.column is None or number > COLUMNS_ALONE:
            return None
        if not broken_rows(case, [offer.column]):
            value = cost_of(case, [offer.column])
            if best is None or value < best.value:
                best = Choice((offer.column,), (), value, proved=True)
    return Optimum(best, inf if best is None else float(best.value))


def feasible(case: Case, search: Budgeted) -> bool:
    """Whether every site can be served; what a guard left open counts as no."""
    first = cheapest_of_each(case, search)
    columns = [column for _, column in first if column is not None]
    if len(columns) < len(first):
        return False
    if not broken_rows(case, columns):
        return True
    if len(case.sites) == 1:
        alone = cheapest_alone(case, search)
        if alone is not None:
            return alone.choice is not None
    found = optimise(case, MOST_SITES, search)
    return found.choice is not None and not found.choice.unserved
