"""Every least set of constraints that would have to be changed: enough all together, and none can be left out.

What is enough has a member in common with each conflict. So the least sets that meet every conflict known are asked in
turn; where one is not enough, there is another conflict beside it (Reiter, A theory of diagnosis, 1987).
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linkwright.design.choice.optimise import is_feasible
from linkwright.design.model import Change, Problem
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.screen import NOTHING_DROPPED, Dropped
from linkwright.design.why.asked import Asked
from linkwright.design.why.conflicts import conflict_beside
from linkwright.design.why.least import ANY_OPTICAL_DB, constraints_of
from linkwright.design.why.priced import Alone, as_if_alone, with_changes
from linkwright.design.why.relaxed import Value
from linkwright.design.why.shrunk import shrunk
from linkwright.design.why.valued import has_values, is_choosy, values_of

MOST_SETS = 4_000
"""With more sets that meet the known conflicts than this, not all that would be enough is told."""
DEMANDS = ("date", "period", "bandwidth", "backup_bandwidth")
"""Whoever asks for less of these takes less of what is shared, so they are not only set aside."""


@dataclass(frozen=True, slots=True)
class Changeable:
    """Constraints that could have another value, in the order in which least values are looked for.

    `instead`: of some the most generous value.
    """

    names: Sequence[str]
    instead: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Corrections:
    """The least sets that would be enough, whether these are all, and the conflicts that were found on the way."""

    sets: Sequence[Sequence[str]]
    are_all: bool
    conflicts: Sequence[Sequence[str]]


def changeable(problem: Problem, graph: Graph, among: Iterable[str] | None = None) -> Changeable:
    """Of these constraints (None: of all) those that could have another value.

    A smaller CPE is asked for with a smaller bandwidth.
    """
    named = None if among is None else {one.replace("/cpe_bandwidth", "/bandwidth") for one in among}
    names: list[str] = []
    instead: dict[str, Value] = {}
    for constraint in constraints_of(problem, graph):
        dimension = constraint.rpartition("/")[2]
        if (named is not None and constraint not in named) or dimension == "cpe_bandwidth":
            continue
        values = values_of(problem, constraint)
        if values is None or values:
            names.append(constraint)
        if values and dimension in DEMANDS:
            instead[constraint] = values[-1]
        if dimension == "optical":
            instead[constraint] = ANY_OPTICAL_DB
    return Changeable(names, instead)


def corrections(
    problem: Problem,
    among: Changeable,
    asked: Asked,
    known: Iterable[Sequence[str]] = (),
    alone: Alone | None = None,
) -> Corrections:
    """The least sets of these constraints that would be enough, all of them where there are not too many.

    `known` are conflicts that need not be found again, `alone` the least values of single items: that these are enough
    is told sooner than that it is enough to set something aside.
    """
    if asked.fails(problem, among.names):
        return Corrections((), are_all=True, conflicts=())
    places = {constraint: place for place, constraint in enumerate(among.names)}
    conflicts = [conflict for conflict in known if places.keys() >= set(conflict)]
    sets = [frozenset[str]()]
    for conflict in conflicts:
        sets = sets if len(sets) > MOST_SETS else _meeting(sets, conflict)
    waiting = _in_turn(sets, places)
    enough, left_open = set[Dropped](), set[Dropped]()
    while waiting and len(sets) <= MOST_SETS and not asked.gave_up and not asked.search.is_over():
        _, _, aside = heapq.heappop(waiting)
        if _are_enough(problem, as_if_alone(sorted(aside), alone or {}), asked):
            enough.add(aside)
            continue
        answer, conflict = _asked_about(problem, aside, among, asked)
        if answer is False:
            conflicts.append(conflict)
            before, sets = set(sets), _meeting(sets, conflict)
            there = set(sets)
            waiting = [own for own in waiting if own[-1] in there]
            waiting = list(heapq.merge(sorted(waiting), _in_turn(there - before, places)))
        else:
            (enough if answer else left_open).add(aside)
    found = sorted(sorted(one, key=places.__getitem__) for one in enough)
    return Corrections(found, are_all=len(sets) <= MOST_SETS and set(sets) <= enough, conflicts=conflicts)


def _are_enough(problem: Problem, changes: Sequence[Change] | None, asked: Asked) -> bool:
    if not changes:
        return False
    return is_feasible(with_changes(problem, changes), asked.graph, NOTHING_DROPPED, asked.search) is True


def _in_turn(sets: Iterable[Dropped], places: Mapping[str, int]) -> list[tuple[int, list[int], Dropped]]:
    """The small ones first, then those of the first places; a heap as it is."""
    return sorted((len(one), sorted(places[name] for name in one), one) for one in sets)


def _asked_about(
    problem: Problem, aside: Dropped, among: Changeable, asked: Asked
) -> tuple[bool | None, Sequence[str]]:
    """Whether these are enough, None where that is left open; if not, what is in conflict beside them."""
    if not asked.is_feasible(problem, aside):
        conflict = conflict_beside(problem, problem, aside, asked)
        changed = [name for name in among.names if name in conflict]
        return False if changed else None, changed
    answer = has_values(problem, aside, asked) if any(is_choosy(problem, one) for one in aside) else True
    if answer is not False:
        return answer, ()

    def fails(kept: Iterable[str]) -> bool:
        return has_values(problem, frozenset(among.names).difference(kept), asked) is False

    return False, shrunk([name for name in among.names if name not in aside], fails)


def _meeting(sets: Sequence[Dropped], conflict: Sequence[str]) -> list[Dropped]:
    """The least sets that meet one conflict more: one that is grown can only hold others of its new member.

    Where there are too many, only some of them.
    """
    kept = [one for one in sets if not one.isdisjoint(conflict)]
    missing = [one for one in sets if one.isdisjoint(conflict)]
    grown: list[Dropped] = []
    for member in conflict:
        if len(kept) + len(grown) > MOST_SETS:
            break
        same = [one for one in kept if member in one]
        grown += [one | {member} for one in missing if not any(other <= one | {member} for other in same)]
    return kept + grown
