"""Several constraints changed together: what makes a case feasible where no single change does."""

from collections.abc import Iterator, Mapping, Sequence

from linkwright.design.case import Case
from linkwright.design.cheapest import cheapest, gap_of, true_design
from linkwright.design.crowd import FREE, Crowd
from linkwright.design.graph import Graph
from linkwright.design.least import Least, least_value
from linkwright.design.limits import Search
from linkwright.design.model import Change, Combination, Problem, Relaxation
from linkwright.design.optimise import is_feasible
from linkwright.design.relaxed import with_value
from linkwright.design.screen import NOTHING_DROPPED

ORDERS = 4
"""In so many orders constraints are put back into force; each may end with other changes."""


def cheapest_combination(
    problem: Problem, graph: Graph, constraints: Sequence[str], search: Search
) -> Combination | None:
    """The changes of some of these constraints, none of which can be left out, with the cheapest design found.

    None where they are not enough all together, where one of them has no value that would be, or time was short.
    """
    if is_feasible(problem, graph, frozenset(constraints), search) is not True:
        return None
    found: list[Combination] = []
    tried: set[tuple[str, ...]] = set()
    for order in _orders(constraints):
        needed = _needed(problem, graph, order, search)
        if tuple(needed) not in tried:
            tried.add(tuple(needed))
            combination = _combination(problem, graph, needed, search)
            found += [] if combination is None else [combination]
        if search.is_over():
            break
    return min(found, key=lambda one: (one.cost_minor, _named(one)), default=None)


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


def _orders(constraints: Sequence[str]) -> Iterator[list[str]]:
    count = min(ORDERS, len(constraints))
    for place in range(count):
        turn = place * len(constraints) // count
        yield [*constraints[turn:], *constraints[:turn]]


def _needed(problem: Problem, graph: Graph, constraints: Sequence[str], search: Search) -> list[str]:
    """What must stay aside when the others are put back into force one after the other."""
    aside = list(constraints)
    for constraint in constraints:
        rest = [one for one in aside if one != constraint]
        if is_feasible(problem, graph, frozenset(rest), search) is True:
            aside = rest
    return aside


def _combination(problem: Problem, graph: Graph, needed: Sequence[str], search: Search) -> Combination | None:
    """Each at its least generous value while those after it are set aside, then the cheapest design of all that."""
    changes: list[Change] = []
    changed_so_far = problem
    for place, constraint in enumerate(needed):
        least = least_value(changed_so_far, graph, constraint, frozenset(needed[place + 1 :]), search)
        if least is None:
            return None
        changes.append(Change(constraint=constraint, value=least.value))
        changed_so_far = with_value(changed_so_far, constraint, least.value)
    changes = _without_superfluous(problem, graph, changes, search)
    problem = _with_all(problem, changes)
    case = Case(problem, graph)
    optimum = cheapest(case, search)
    if optimum.choice is None:
        return None
    design, verdict = true_design(problem, case, optimum.choice)
    gap = gap_of(optimum.choice.value, optimum.bound)
    return Combination(changes=tuple(changes), cost_minor=verdict.cost_minor, gap=gap, design=design)


def _without_superfluous(problem: Problem, graph: Graph, changes: list[Change], search: Search) -> list[Change]:
    """Who asks for less takes less of what is shared, too: what had to stay aside before may be kept then."""
    for change in list(changes) if len(changes) > 1 else ():
        rest = [one for one in changes if one is not change]
        if is_feasible(_with_all(problem, rest), graph, NOTHING_DROPPED, search) is True:
            changes = rest
    return changes


def _with_all(problem: Problem, changes: Sequence[Change]) -> Problem:
    for change in changes:
        problem = with_value(problem, change.constraint, change.value)
    return problem


def _named(combination: Combination) -> tuple[str, ...]:
    return tuple(change.constraint for change in combination.changes)
