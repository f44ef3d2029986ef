"""Several constraints changed together: what makes a case feasible where no single change does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import cheapest, gap_of, true_design
from linkwright.design.limits import Search
from linkwright.design.model import Change, Combination, Problem, Relaxation
from linkwright.design.routes.graph import Graph
from linkwright.design.why.asked import Asked
from linkwright.design.why.corrections import Changeable, changeable, corrections
from linkwright.design.why.crowd import FREE, Crowd
from linkwright.design.why.explain import Why
from linkwright.design.why.least import Least, least_value
from linkwright.design.why.narrowed import only
from linkwright.design.why.relaxed import with_value

CUT_OFF = "combinations"
"""The guard of an answer that may miss the cheapest combination."""
ORDERS = 4
"""In so many orders constraints are put back into force, where not all least sets are known."""
FEW_LABELS = 4_000
"""Of a search for what a design costs at least."""


def cheapest_combination(problem: Problem, graph: Graph, among: Changeable, search: Search) -> Combination | None:
    """The changes of some of these constraints, none of which can be left out, with the cheapest design.

    None where they are not enough all together, or time was short. A guard tells that there may be a cheaper one.
    """
    if search.is_over():
        return None
    asked = Asked(graph, search, instead=among.instead)
    sets = _least_sets(problem, among, asked)
    best: _Priced | None = None
    for bound, needed in _cheapest_first(problem, sets, asked):
        if best is not None and best.value < bound:
            break
        if search.is_over():
            search.guards.add(CUT_OFF)
            break
        priced = _with_least_values(problem, needed, asked)
        if priced is None:
            search.guards.add(CUT_OFF)
        elif best is None or priced.rank < best.rank:
            best = priced
    return None if best is None else best.combination


def crowded_combination(crowd: Crowd, constraints: Sequence[str]) -> Combination | None:
    """The same for limits that many items share; these are put back into force in one order only."""
    if not crowd.is_feasible(constraints):
        return None
    needed = list(constraints)
    for constraint in constraints:
        rest = [one for one in needed if one != constraint]
        if crowd.is_feasible(rest):
            needed = rest
    changes: dict[str, Least] = {}
    for place, constraint in enumerate(needed):
        more = {**raised_by(changes), **dict.fromkeys(needed[place + 1 :], FREE)}
        least = crowd.least(constraint, more)
        if least is None:
            return None
        changes[constraint] = least
    return changed(crowd, changes)


def of_many_items(
    problem: Problem, graph: Graph, stuck: Sequence[tuple[str, Why]], search: Search
) -> Combination | None:
    """For each item that cannot be served alone the cheapest changes of its own, then the best design of all items.

    None where an item needs more than its own rules changed, or where all these changes are not enough for all
    together.
    """
    changes: list[Change] = []
    for site_id, why in stuck:
        own = _own_changes(only(problem, [site_id]), graph, site_id, why, search)
        if not own or search.is_over():
            return None
        changes += own
    for change in changes:
        problem = with_value(problem, change.constraint, change.value)
    priced = _as_changed(problem, graph, changes, search)
    return None if priced is None else priced.combination


def _own_changes(alone: Problem, graph: Graph, site_id: str, why: Why, search: Search) -> Sequence[Change]:
    """The cheapest changes of an item's own rules that serve it, were it alone: one of them if one is enough."""
    own = [one for one in why.blamed if one.startswith(f"site:{site_id}/")]
    single = [Change(constraint=one, value=why.least[one].value) for one in own if one in why.least]
    if not single:
        found = cheapest_combination(alone, graph, changeable(alone, graph, own), search)
        return () if found is None else found.changes
    made = (_as_changed(with_value(alone, one.constraint, one.value), graph, [one], search) for one in single)
    best = min((one for one in made if one is not None), key=lambda one: one.rank, default=None)
    return () if best is None else best.combination.changes


def changed(crowd: Crowd, changes: Mapping[str, Least]) -> Combination | None:
    """The cheapest design once these limits have these values."""
    problem = crowd.problem
    for constraint, least in changes.items():
        problem = with_value(problem, constraint, least.value)
    case, optimum = crowd.cheapest(raised_by(changes))
    if optimum.choice is None:
        return None
    design, verdict = true_design(problem, case, optimum.choice)
    return Combination(
        changes=tuple(Change(constraint=constraint, value=least.value) for constraint, least in changes.items()),
        cost_minor=verdict.cost_minor,
        gap=gap_of(optimum.choice.value, optimum.bound),
        design=design,
    )


def of_one_change(made: Combination) -> Relaxation:
    """A combination of one change as what it is."""
    (change,) = made.changes
    return Relaxation(
        constraint=change.constraint,
        value=change.value,
        cost_minor=made.cost_minor,
        gap=made.gap,
        design=made.design,
    )


def raised_by(changes: Mapping[str, Least]) -> dict[str, int]:
    """By how much each of these limits is raised."""
    return {constraint: int(least.value) - int(least.limit or 0) for constraint, least in changes.items()}


@dataclass(frozen=True, slots=True)
class _Priced:
    """`value` is what the goal counts: the cost, or another sum of money."""

    value: int
    combination: Combination

    @property
    def rank(self) -> tuple[int, int, tuple[str, ...]]:
        names = tuple(change.constraint for change in self.combination.changes)
        return self.value, self.combination.cost_minor, names


def _least_sets(problem: Problem, among: Changeable, asked: Asked) -> list[Sequence[str]]:
    """All that would be enough; where these are too many, or take more than half of the time, at least some."""
    search = asked.search
    asked.search = replace(search, ends=search.ends - search.left_s() / 2, guards=set())
    found = corrections(problem, among, asked)
    asked.search = search
    sets = list(found.sets)
    if not found.are_all:
        search.guards.add(CUT_OFF)
        enough = found.blamed if asked.is_feasible(problem, found.blamed) else among.names
        for turn in range(min(ORDERS, len(enough))):
            start = turn * len(enough) // min(ORDERS, len(enough))
            aside = _put_back(problem, [*enough[start:], *enough[:start]], asked)
            more = [name for name in among.names if name in aside]
            sets += [] if more in sets else [more]
    return sets


def _put_back(problem: Problem, constraints: Sequence[str], asked: Asked) -> list[str]:
    """What must stay aside when the others are put back into force one after the other."""
    aside = list(constraints)
    for constraint in constraints:
        rest = [one for one in aside if one != constraint]
        if asked.is_feasible(problem, rest):
            aside = rest
    return aside


def _cheapest_first(
    problem: Problem, sets: Sequence[Sequence[str]], asked: Asked
) -> Sequence[tuple[float, Sequence[str]]]:
    """With what a design costs at least once they are set aside; of a single one that need not be known."""
    if len(sets) == 1:
        return [(-inf, sets[0])]
    soon = asked.search.with_labels(FEW_LABELS)
    freed = (asked.freed(problem, needed) for needed in sets)
    bounds = [cheapest(Case(changed, asked.graph, aside), soon).bound for changed, aside in freed]
    return sorted(zip(bounds, sets, strict=True))


def _with_least_values(problem: Problem, needed: Sequence[str], asked: Asked) -> _Priced | None:
    """Each at its least generous value while those after it are set aside, then the cheapest design of all that."""
    changes: list[Change] = []
    for place, constraint in enumerate(needed):
        others, aside = asked.freed(problem, needed[place + 1 :])
        least = least_value(others, asked.graph, constraint, aside, asked.search)
        if least is None:
            return None
        changes.append(Change(constraint=constraint, value=least.value))
        problem = with_value(problem, constraint, least.value)
    return _as_changed(problem, asked.graph, changes, asked.search)


def _as_changed(problem: Problem, graph: Graph, changes: Sequence[Change], search: Search) -> _Priced | None:
    """These changes with the best design of the problem that they have made."""
    case = Case(problem, graph)
    optimum = cheapest(case, search)
    if optimum.choice is None:
        return None
    design, verdict = true_design(problem, case, optimum.choice)
    gap = gap_of(optimum.choice.value, optimum.bound)
    made = Combination(changes=tuple(changes), cost_minor=verdict.cost_minor, gap=gap, design=design)
    return _Priced(verdict.value, made)
