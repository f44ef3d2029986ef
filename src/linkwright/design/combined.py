"""Several constraints changed together: what makes a case feasible where no single change does."""

from collections.abc import Iterator, Mapping, Sequence

from linkwright.design.case import Case
from linkwright.design.cheapest import cheapest, gap_of, true_design
from linkwright.design.common import is_rule
from linkwright.design.crowd import FREE, Crowd
from linkwright.design.explain import Why
from linkwright.design.graph import Graph
from linkwright.design.least import Least, least_value
from linkwright.design.limits import Search
from linkwright.design.model import Change, Combination, Problem, Relaxation
from linkwright.design.narrowed import only
from linkwright.design.optimise import is_feasible
from linkwright.design.relaxed import with_value

ORDERS = 4
"""In so many orders constraints are put back into force; each may end with other changes."""


def cheapest_combination(
    problem: Problem, graph: Graph, constraints: Sequence[str], search: Search
) -> Combination | None:
    """The changes of some of these constraints, none of which can be left out, with the cheapest design found.

    None where they are not enough all together, where one of them has no value that would be, or time was short. What
    is a rule without numbers stays as it is.
    """
    constraints = [one for one in constraints if one.startswith("site:") or not is_rule(one)]
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
    return _as_changed(problem, graph, changes, search)


def _own_changes(alone: Problem, graph: Graph, site_id: str, why: Why, search: Search) -> Sequence[Change]:
    """The cheapest changes of an item's own rules that serve it, were it alone: one of them if one is enough."""
    found: list[Combination | None] = []
    own = [one for one in why.blamed if one.startswith(f"site:{site_id}/")]
    for constraint in own:
        least = why.least.get(constraint)
        if least is not None:
            change = Change(constraint=constraint, value=least.value)
            found.append(_as_changed(with_value(alone, constraint, least.value), graph, [change], search))
    if not found:
        found.append(cheapest_combination(alone, graph, own, search))
    known = [combination for combination in found if combination is not None]
    best = min(known, key=lambda one: (one.cost_minor, _named(one)), default=None)
    return () if best is None else best.changes


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
    for place, constraint in enumerate(needed):
        least = least_value(problem, graph, constraint, frozenset(needed[place + 1 :]), search)
        if least is None:
            return None
        changes.append(Change(constraint=constraint, value=least.value))
        problem = with_value(problem, constraint, least.value)
    return _as_changed(problem, graph, changes, search)


def _as_changed(problem: Problem, graph: Graph, changes: Sequence[Change], search: Search) -> Combination | None:
    """These changes with the best design of the problem that they have made."""
    case = Case(problem, graph)
    optimum = cheapest(case, search)
    if optimum.choice is None:
        return None
    design, verdict = true_design(problem, case, optimum.choice)
    gap = gap_of(optimum.choice.value, optimum.bound)
    return Combination(changes=tuple(changes), cost_minor=verdict.cost_minor, gap=gap, design=design)


def _named(combination: Combination) -> tuple[str, ...]:
    return tuple(change.constraint for change in combination.changes)
