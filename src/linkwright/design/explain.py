"""Why not, as data: a minimal set of constraints that cannot be kept together, and what each would have to be.

Constraints are tried by setting them aside. A set is minimal when it cannot be kept, but would be with any one of its
members set aside; such a set is found by deletion (Chinneck, Feasibility and Infeasibility in Optimization, 2008),
in halves so that the many constraints that do not matter go together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from linkwright.design.graph import Graph
from linkwright.design.least import Least, constraints_of, least_value
from linkwright.design.limits import Search
from linkwright.design.model import Problem, Reason
from linkwright.design.optimise import is_feasible, why_infeasible
from linkwright.design.relaxed import limit_of
from linkwright.design.screen import Dropped
from linkwright.design.sightings import sightings

AT_MOST = 6
"""So many conflicts of one problem are looked for; whoever mends these can ask again."""


@dataclass(frozen=True, slots=True)
class Why:
    """Reasons, those first that alone would help, and for each of these the least generous value that is enough."""

    reasons: tuple[Reason, ...] = ()
    least: Mapping[str, Least] = field(default_factory=dict)


def why_not(problem: Problem, wanted: Problem, graph: Graph, search: Search) -> Why:
    """Why an infeasible problem is so: its conflicts that have nothing in common, one after the other.

    `wanted` is the larger problem that it is part of: conflicts are minimal for that one.

    With one conflict only, each member that alone would help comes first. With more, no single one helps, and what a
    constraint would need is told for the case that only its own conflict mattered.
    """
    everything = constraints_of(problem, graph)
    conflicts = list(_conflicts(problem, wanted, graph, search))
    helpful: list[str] = []
    if len(conflicts) == 1:
        helpful = [c for c in conflicts[0] if is_feasible(problem, graph, frozenset({c}), search) is True]
    reasons: list[Reason] = []
    least: dict[str, Least] = {}
    for conflict in conflicts:
        for constraint in sorted(conflict, key=lambda c: c not in helpful):
            aside = frozenset() if constraint in helpful else frozenset(everything) - set(conflict)
            found = least_value(problem, graph, constraint, aside, search)
            if found is not None and constraint in helpful:
                least[constraint] = found
            reasons.append(_reason(problem, constraint, found))
    for constraint in [reason.constraint for reason in reasons]:
        reasons += sightings(problem, graph, constraint, search)
    if not reasons:
        reasons += _without_any_way(problem, graph, everything, search)
    return Why(tuple(reasons), least)


def _conflicts(problem: Problem, wanted: Problem, graph: Graph, search: Search) -> Iterator[list[str]]:
    """Minimal sets of constraints that cannot be kept, each without the members of those before it."""
    aside: set[str] = set()
    for _ in range(AT_MOST):
        conflict = _conflict(problem, wanted, graph, frozenset(aside), search)
        if not conflict:
            return
        yield conflict
        aside |= set(conflict)
        if search.is_over():
            return


def _conflict(problem: Problem, wanted: Problem, graph: Graph, aside: Dropped, search: Search) -> list[str]:
    """One minimal conflict among the constraints that are not set aside; none if there is no such, or no remedy."""

    def fails(within: Problem, dropped: Iterable[str] = ()) -> bool:
        """Whether it is proved; what a guard leaves open counts as no, so that no constraint is blamed too much."""
        return is_feasible(within, graph, aside | frozenset(dropped), search) is False

    everything = constraints_of(wanted, graph)
    hint = why_infeasible(problem, graph, aside, search)
    if hint is None or fails(problem, everything):
        return []
    suspects = _only(problem, [problem.sites[number].id for number in hint.sites])
    cleared = {c for c in everything if not c.startswith("site:") and c not in hint.constraints}
    if not fails(suspects, cleared):
        suspects, cleared = problem, set()
    crowd = _fewest_sites(suspects, lambda part: fails(part, cleared))
    candidates = [c for c in constraints_of(crowd, graph) if c not in aside and c not in cleared]
    core = _shrink(candidates, lambda kept: fails(crowd, set(everything) - set(kept)))
    if wanted.sites == crowd.sites or fails(wanted, everything):
        return core
    return _shrink(core, lambda kept: fails(wanted, set(everything) - set(kept)))


def _reason(problem: Problem, constraint: str, found: Least | None) -> Reason:
    limit = limit_of(problem, constraint) if found is None or found.limit is None else found.limit
    needed = None if found is None or isinstance(found.value, str) else found.value
    return Reason(constraint=constraint, limit=limit, needed=needed)


def _fewest_sites(problem: Problem, fails: Callable[[Problem], bool]) -> Problem:
    """The problem without the sites that the conflict does not need."""

    needed = _shrink([site.id for site in problem.sites], lambda ids: bool(ids) and fails(_only(problem, ids)))
    return _only(problem, needed)


def _only(problem: Problem, site_ids: Iterable[str]) -> Problem:
    wanted = set(site_ids)
    return replace(problem, sites=tuple(site for site in problem.sites if site.id in wanted))


def _without_any_way(problem: Problem, graph: Graph, everything: Sequence[str], search: Search) -> Iterator[Reason]:
    """The sites that could not be served even if nothing were asked of them."""
    for site in problem.sites:
        if is_feasible(_only(problem, [site.id]), graph, frozenset(everything), search) is False:
            yield Reason(constraint=f"site:{site.id}/served", limit=1, needed=0)


def _shrink(items: Sequence[str], holds: Callable[[Sequence[str]], bool]) -> list[str]:
    """A minimal part of `items` for which `holds` is still true; it must be true of all of them."""
    kept = list(items)
    size = max(1, len(kept) // 2)
    position = 0
    while position < len(kept):
        without = kept[:position] + kept[position + size :]
        if holds(without):
            kept = without
        elif size > 1:
            size = max(1, size // 2)
            continue
        else:
            position += 1
        size = max(1, min(size * 2, (len(kept) - position + 1) // 2))
    return kept
