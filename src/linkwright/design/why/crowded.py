"""Minimal conflicts of many items that compete: what they share first, then what a few of them ask for themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from linkwright.design.model import Problem
from linkwright.design.why.asked import Asked
from linkwright.design.why.conflicts import AT_MOST, within_items
from linkwright.design.why.crowd import MANY, Crowd
from linkwright.design.why.larger import Larger
from linkwright.design.why.narrowed import within
from linkwright.design.why.shrunk import shrunk

OWN_RULES = "own rules"
"""The guard of a conflict that own rules of more items belong to than are looked at one by one."""
FEW_ENOUGH = 4 * MANY
"""Items of a proof among which it is looked for the few that are enough for a conflict."""


@dataclass(frozen=True, slots=True)
class Crowding:
    """Common limits that cannot be kept as long as all items keep their own rules, and the conflict that comes of it.

    `items` are those that it is about. `is_minimal` is false where a part of it may be one in the larger problem.
    """

    shared: list[str]
    conflict: list[str]
    items: Problem
    is_minimal: bool = True


def crowdings(crowd: Crowd, larger: Larger | None) -> Iterator[Crowding]:
    """Each without the common limits of those before it; minimal for the `larger` problem, None: for this one."""
    wanted = larger or Larger.of(lambda: crowd.problem, crowd.case.graph, crowd.search)
    for shared in list(_of_shared(crowd)):
        if not wanted.holds(shared):
            yield _with_own_rules(crowd, shared, wanted)
        elif larger is None:
            yield Crowding(shared, shared, crowd.problem)
        else:
            kept, is_minimal = larger.shrunk(shared, [site.id for site in crowd.problem.sites])
            yield Crowding(kept, kept, crowd.problem, is_minimal)


def _of_shared(crowd: Crowd) -> Iterator[list[str]]:
    """Minimal sets of common limits that cannot be kept, each without the members of those before it."""
    aside: set[str] = set()
    for _ in range(AT_MOST):
        core = crowd.core(aside) if crowd.fails(aside) else None
        if core is None:
            return
        for constraint in sorted(core):
            if constraint in core and crowd.fails(rest := crowd.names - core | {constraint}):
                core = crowd.core(rest) or core
        yield sorted(core)
        aside |= core


def _with_own_rules(crowd: Crowd, shared: list[str], wanted: Larger) -> Crowding:
    """The conflict that they make with own rules of a few items; a guard where these are too many."""
    asked = Asked(crowd.case.graph, crowd.search, labels=wanted.asked.labels)
    few = _few(crowd, shared, asked)
    if few is None:
        crowd.search.guards.add(f"{OWN_RULES} {shared[0]}")
        return Crowding(shared, shared, crowd.problem)
    others = {one for one in asked.everything(few) if not one.startswith("site:") and one not in shared}
    conflict, is_minimal = wanted.shrunk(within_items(few, frozenset(others), set(), asked), [s.id for s in few.sites])
    return Crowding([one for one in conflict if one in shared], conflict, few, is_minimal)


def _few(crowd: Crowd, shared: list[str], asked: Asked) -> Problem | None:
    """So few items that any one of them less could be served in spite of these limits; None where that takes many."""
    problem, proof = crowd.problem, crowd.proof(crowd.names.difference(shared))
    if proof is None or len(proof.sites) > FEW_ENOUGH:
        return None

    def fail(names: list[str]) -> bool:
        some = within(problem, names)
        everything = asked.everything(some) if names else ()
        aside = (one for one in everything if not one.startswith("site:") and one not in shared)
        return bool(names) and asked.fails(some, aside)

    names = [problem.sites[number].id for number in proof.sites]
    if not fail(names):
        return None
    names = shrunk(names, lambda some: fail(list(some)))
    return within(problem, names) if len(names) <= MANY else None
