"""Several constraints changed together: what makes a case feasible where no single change does."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import inf

from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import cheapest
from linkwright.design.choice.optimise import is_feasible
from linkwright.design.limits import Search
from linkwright.design.model import Change, Combination, Problem
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.screen import BANDWIDTHS, NOTHING_DROPPED
from linkwright.design.why.asked import Asked
from linkwright.design.why.corrections import Changeable, changeable, corrections
from linkwright.design.why.explain import Why
from linkwright.design.why.narrowed import only
from linkwright.design.why.priced import Priced, as_changed, as_if_alone, least_changes, with_changes
from linkwright.design.why.products import FEW_LABELS, Products
from linkwright.design.why.raised import with_limits_raised
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
    several, best, is_proved = _severally(problem, among, asked)
    if not is_proved:
        search.guards.add(CUT_OFF)
    if not several.go_together and not search.is_over():
        best = _of_all_together(problem, among, asked, several, best)
    return None if best is None else _told(problem, _without_idle(problem, best, asked), asked)


def _without_idle(problem: Problem, best: Priced, asked: Asked) -> Priced:
    """Without the smaller bandwidth of an item whose backup is given up, where that backup alone had asked for more.

    A CPE for it counted as long as giving it up only meant to set a rule aside, so there may be a cheaper combination.
    """
    changes = best.combination.changes
    for change in changes:
        item, _, dimension = change.constraint.rpartition("/")
        rest = tuple(other for other in changes if other.constraint != change.constraint)
        if dimension not in BANDWIDTHS or not any(other.constraint == f"{item}/backup" for other in rest):
            continue
        changed = with_changes(problem, rest)
        if is_feasible(changed, asked.graph, NOTHING_DROPPED, asked.search):
            asked.search.guards.add(CUT_OFF)
            changes, best = rest, as_changed(changed, asked.graph, rest, asked.search) or best
    return best


def _told(problem: Problem, best: Priced, asked: Asked) -> Combination:
    """With its guards; what was found with little search is designed again with more."""
    search, changes = asked.search, best.combination.changes
    search.guards |= best.guards
    if best.combination.gap > 0 and not search.is_over():
        best = _better(best, as_changed(with_changes(problem, changes), asked.graph, changes, search)) or best
    return best.combination


def _severally(problem: Problem, among: Changeable, asked: Asked) -> tuple[Severally, Priced | None, bool]:
    """What is known of groups of items that can be mended without each other, and the best of their ways.

    And whether it is proved that there is nothing cheaper; if not, nothing is left to try unless all are taken as one.
    """
    search = asked.search
    if search.is_over():
        return Severally(), None, True
    with _part_of_time(asked):
        several = severally(problem, among, asked)
    search.guards |= several.guards
    soon = None
    if several.grow is not None:
        with _part_of_time(asked):
            soon = _found_soon(problem, among, asked, several)
        with _part_of_time(asked):
            several = several.grow()
        search.guards |= several.guards
    if not several.go_together:
        return several, soon, True
    best, is_proved = Products(problem, several, among.names, asked).best()
    return several, best if is_proved else _better(best, soon), is_proved


def _found_soon(problem: Problem, among: Changeable, asked: Asked, several: Severally) -> Priced | None:
    """The cheapest way of each item with what is not enough raised beside it, or other ways that go together."""
    first = [change for ways in several.ways.values() for change in ways[0].changes]
    own = [change for change in first if change.constraint.startswith("site:")]
    raised = with_limits_raised(problem, own, among.names, asked)
    with _part_of_time(asked):
        return Products(problem, several, among.names, asked).best(MOST_MISSES, raised)[0]


def _of_all_together(
    problem: Problem, among: Changeable, asked: Asked, several: Severally, best: Priced | None
) -> Priced | None:
    """Set by set, those first of which a design may be cheapest.

    Before all sets are looked for: the best that is known, or what some orders of constraints lead to.
    """
    search, found = asked.search, several.whole
    if found is None or not found.are_all:
        if several.conflicts:
            with _part_of_time(asked):
                best = _better(best, _by_orders(problem, among, several.conflicts, asked, several))
                search.guards |= {guard for guard in asked.search.guards if not guard.startswith("time ")}
        with _part_of_time(asked):
            asked.search = asked.search.with_labels(FEW_LABELS) if len(problem.sites) > 1 else asked.search
            found = corrections(problem, among, asked, several.conflicts, several.alone)
    if not found.are_all:
        search.guards.add(CUT_OFF)
        best = best or _by_orders(problem, among, found.conflicts, asked, several)
    soon, best = best, None if found.are_all else best
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
    return _better(best, soon) if CUT_OFF in search.guards else best


def _better(one: Priced | None, other: Priced | None) -> Priced | None:
    return min((own for own in (one, other) if own is not None), key=lambda own: own.rank, default=None)


@contextmanager
def _part_of_time(asked: Asked) -> Iterator[None]:
    """At most half of the time that is left, and guards of its own."""
    search = asked.search
    asked.search = replace(search, ends=search.ends - search.left_s() / 2, guards=set())
    yield
    asked.search = search


def of_many_items(
    problem: Problem, graph: Graph, stuck: Sequence[tuple[str, Why]], search: Search
) -> Combination | None:
    """The cheapest combination where items can be mended without each other; else the cheapest changes of each item.

    Where that is not enough, common limits are changed as well. A guard tells that there may be a cheaper combination.
    """
    if len(problem.sites) <= MOST_APART:
        among = changeable(problem, graph)
        asked = Asked(graph, search, instead=among.instead)
        several, best, is_proved = _severally(problem, among, asked)
        if not (is_proved and several.go_together):
            search.guards.add(CUT_OFF)
        if best is not None:
            return _told(problem, best, asked)
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
