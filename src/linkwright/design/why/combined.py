"""Several constraints changed together: what makes a case feasible where no single change does."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
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
from linkwright.design.why.least import Least
from linkwright.design.why.narrowed import only
from linkwright.design.why.priced import Priced, as_changed, as_if_alone, least_changes, with_changes
from linkwright.design.why.products import FEW_LABELS, Products
from linkwright.design.why.relaxed import with_value
from linkwright.design.why.severally import Severally, severally
from linkwright.design.why.shrunk import shrunk

CUT_OFF = "combinations"
"""The guard of an answer that may miss the cheapest combination."""
MOST_MISSES = 8
"""Of ways of groups that do not go together so many are tried in vain."""
MOST_APART = 100
"""Of more items than this it is not asked what is cheapest for all, only for each that is stuck."""
ORDERS = 4
"""In so many orders constraints are put back into force, where not all least sets are known."""


def cheapest_combination(problem: Problem, graph: Graph, among: Changeable, search: Search) -> Combination | None:
    """The changes of some of these constraints, none of which can be left out, with the cheapest design.

    None where they are not enough all together, or time was short. A guard tells that there may be a cheaper one.
    """
    asked = Asked(graph, search, instead=among.instead)
    several, best = _severally(problem, among, asked)
    if best is None and not search.is_over():
        best = _of_all_together(problem, among, asked, several)
    return None if best is None else best.combination


def _severally(problem: Problem, among: Changeable, asked: Asked) -> tuple[Severally, Priced | None]:
    """The cheapest combination where groups of items can be mended without each other, and what is known of them."""
    search = asked.search
    if search.is_over():
        return Severally(), None
    with _part_of_time(asked):
        several = severally(problem, among, asked)
    search.guards |= several.guards
    if not several.go_together:
        return several, None
    best, is_proved = Products(problem, several, among.names, asked).best()
    if not is_proved:
        search.guards.add(CUT_OFF)
    return several, best


def _of_all_together(problem: Problem, among: Changeable, asked: Asked, several: Severally) -> Priced | None:
    """Set by set, those first of which a design may be cheapest.

    Before all sets are looked for: what the ways of groups lead to, or else some that orders of constraints lead to.
    """
    search, found, best = asked.search, several.whole, None
    if found is None or not found.are_all:
        if several.ways:
            with _part_of_time(asked):
                best = Products(problem, several, among.names, asked).best(MOST_MISSES)[0]
        if best is None and several.conflicts:
            best = _by_orders(problem, among, several.conflicts, asked, several)
        with _part_of_time(asked):
            asked.search = asked.search.with_labels(FEW_LABELS) if len(problem.sites) > 1 else asked.search
            found = corrections(problem, among, asked, several.conflicts, several.alone)
    if not found.are_all:
        search.guards.add(CUT_OFF)
        best = best or _by_orders(problem, among, found.conflicts, asked, several)
    for bound, needed in _cheapest_first(problem, found.sets, asked):
        if best is not None and best.value < bound:
            break
        if search.is_over():
            search.guards.add(CUT_OFF)
            break
        priced = _with_least_values(problem, needed, asked, several)
        if priced is None:
            search.guards.add(CUT_OFF)
        best = _better(best, priced)
    return best


def _better(one: Priced | None, other: Priced | None) -> Priced | None:
    return min((own for own in (one, other) if own is not None), key=lambda own: own.rank, default=None)


@contextmanager
def _part_of_time(asked: Asked) -> Iterator[None]:
    """At most half of the time that is left, and guards of its own."""
    search = asked.search
    asked.search = replace(search, ends=search.ends - search.left_s() / 2, guards=set())
    yield
    asked.search = search


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
    """The cheapest combination where items can be mended without each other; else the cheapest changes of each item.

    Where that is not enough, common limits are changed as well. A guard tells that there may be a cheaper combination.
    """
    if len(problem.sites) <= MOST_APART:
        among = changeable(problem, graph)
        best = _severally(problem, among, Asked(graph, search, instead=among.instead))[1]
        if best is not None:
            return best.combination
    search.guards.add(CUT_OFF)
    changes: list[Change] = []
    for site_id, why in stuck:
        own = _own_changes(only(problem, [site_id]), graph, site_id, why, search)
        if not own or search.is_over():
            return None
        changes += [change for change in own if change.constraint.startswith("site:")]
    changed = with_changes(problem, changes)
    priced = as_changed(changed, graph, changes, search)
    if priced is None and not search.is_over():
        priced = _with_common_limits(problem, graph, changes, search)
    return None if priced is None else priced.combination


def _with_common_limits(problem: Problem, graph: Graph, own: Sequence[Change], search: Search) -> Priced | None:
    """These changes, as far as they are needed still, and the least common limits beside them."""
    among = changeable(problem, graph)
    asked, after = (Asked(graph, search, instead=among.instead) for _ in range(2))
    changed = with_changes(problem, own)
    common = [name for name in among.names if not name.startswith("site:")]
    if not after.is_feasible(changed, common):
        return None
    raised = shrunk(common, lambda kept: after.is_feasible(changed, kept) is True)
    needed = _put_back(problem, [*(change.constraint for change in own), *raised], asked)
    in_order = [name for name in among.names if name in needed]
    changes = least_changes(problem, in_order, asked, problem)
    return None if changes is None else as_changed(with_changes(problem, changes), graph, changes, search)


def _own_changes(alone: Problem, graph: Graph, site_id: str, why: Why, search: Search) -> Sequence[Change]:
    """The cheapest changes of an item's own rules that serve it, were it alone: one of them if one is enough.

    Where its own rules are not enough, of common limits, too.
    """
    own = [one for one in why.blamed if one.startswith(f"site:{site_id}/")]
    single = [Change(constraint=one, value=why.least[one].value) for one in own if one in why.least]
    if not single:
        found = cheapest_combination(alone, graph, changeable(alone, graph, own), search)
        found = found or cheapest_combination(alone, graph, changeable(alone, graph), search)
        return () if found is None else found.changes
    made = (as_changed(with_value(alone, one.constraint, one.value), graph, [one], search) for one in single)
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


def _by_orders(
    problem: Problem, among: Changeable, conflicts: Sequence[Sequence[str]], asked: Asked, several: Severally
) -> Priced | None:
    """The best of the least sets that are left over when constraints are put back into force, in several orders."""
    blamed = {name for conflict in conflicts for name in conflict}
    some = [name for name in among.names if name in blamed]
    enough = some if asked.is_feasible(problem, some) else among.names
    known: list[set[str]] = []
    best: Priced | None = None
    for turn in range(min(ORDERS, len(enough))):
        start = turn * len(enough) // min(ORDERS, len(enough))
        aside = set(_put_back(problem, [*enough[start:], *enough[:start]], asked))
        if aside in known or asked.search.is_over():
            continue
        known.append(aside)
        needed = [name for name in enough if name in aside]
        best = _better(best, _with_least_values(problem, needed, asked, several))
    return best


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
    """With what a design costs at least once they are set aside; of a single one that need not be known.

    Where time is short, not all of them, and a guard says so.
    """
    if len(sets) == 1:
        return [(-inf, sets[0])]
    bounds: list[tuple[float, Sequence[str]]] = []
    with _part_of_time(asked):
        soon = asked.search.with_labels(FEW_LABELS)
        for needed in sets:
            if soon.is_over():
                break
            changed, aside = asked.freed(problem, needed)
            bounds.append((cheapest(Case(changed, asked.graph, aside), soon).bound, needed))
    if len(bounds) < len(sets):
        asked.search.guards.add(CUT_OFF)
    return sorted(bounds)


def _with_least_values(problem: Problem, needed: Sequence[str], asked: Asked, several: Severally) -> Priced | None:
    """Each at its least generous value while those after it are set aside, then the cheapest design of all that."""
    known = as_if_alone(needed, several.alone)
    if known is not None:
        priced = as_changed(with_changes(problem, known), asked.graph, known, asked.search)
        if priced is not None:
            return priced
    changes = least_changes(problem, needed, asked, problem)
    if changes is None:
        return None
    return as_changed(with_changes(problem, changes), asked.graph, changes, asked.search)
