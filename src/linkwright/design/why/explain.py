"""Why not, as data: a minimal set of constraints that cannot be kept together, and what each would have to be.

Constraints are tried by setting them aside. A set is minimal when it cannot be kept, but would be with any one of its
members set aside; such a set is found by deletion (Chinneck, Feasibility and Infeasibility in Optimization, 2008),
in halves so that the many constraints that do not matter go together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from linkwright.design.limits import Search
from linkwright.design.model import Problem, Reason
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.screen import Dropped
from linkwright.design.why.asked import Asked
from linkwright.design.why.crowd import FREE, MANY, Crowd, crowd_of
from linkwright.design.why.least import Least, least_value
from linkwright.design.why.narrowed import only
from linkwright.design.why.relaxed import limit_of
from linkwright.design.why.sightings import sightings

AT_MOST = 6
"""So many conflicts of one problem are looked for; whoever mends these can ask again."""


@dataclass(frozen=True, slots=True)
class Why:
    """Reasons, those first that alone would help, and for each of these the least generous value that is enough.

    `blamed` are the members of all conflicts: a reason names one of them, or what was seen on the way.
    """

    reasons: tuple[Reason, ...] = ()
    least: Mapping[str, Least] = field(default_factory=dict)
    blamed: tuple[str, ...] = ()
    crowd: Crowd | None = None
    """Where many items compete: what was found out about them."""


def why_not(
    problem: Problem,
    wanted: Problem,
    graph: Graph,
    search: Search,
    crowd: Crowd | None = None,
    labels: int | None = None,
) -> Why:
    """Why an infeasible problem is so: its conflicts that have nothing in common, one after the other.

    `wanted` is the larger problem that it is part of: conflicts are minimal for that one.

    With one conflict only, each member that alone would help comes first. With more, no single one helps, and what a
    constraint would need is told for the case that only its own conflict mattered. `crowd` is what is known of the
    problem already. `labels` is given for one of very many explanations: so few are looked at for a least value, and
    what items share is named only where an item's own rules alone do not forbid it.
    """
    if problem is wanted:
        crowd = crowd_of(problem, graph, search) if crowd is None else crowd
        if crowd is not None and _are_many(crowd):
            return _why_crowded(crowd)
    asked = Asked(graph, search, labels=labels)
    everything = asked.everything(problem)
    conflicts = _all_conflicts(problem, wanted, asked)
    helpful: list[str] = []
    if len(conflicts) == 1:
        helpful = [constraint for constraint in conflicts[0] if asked.is_feasible(problem, (constraint,)) is True]
    reasons: list[Reason] = []
    least: dict[str, Least] = {}
    for conflict in conflicts:
        for constraint in sorted(conflict, key=lambda c: c not in helpful):
            aside = frozenset() if constraint in helpful else frozenset(everything) - set(conflict)
            found = _least(problem, graph, constraint, aside, search, labels)
            if found is not None and constraint in helpful:
                least[constraint] = found
            reasons.append(_reason(problem, constraint, found))
    for constraint in [reason.constraint for reason in reasons]:
        reasons += sightings(problem, graph, constraint, search)
    if not reasons:
        reasons += _without_any_way(problem, everything, asked)
    blamed = tuple(constraint for conflict in conflicts for constraint in conflict)
    return Why(tuple(reasons), least, blamed)


def _all_conflicts(problem: Problem, wanted: Problem, asked: Asked) -> list[list[str]]:
    """Where few labels are allowed, those of what items share only if there is none among own rules."""
    found: list[list[str]] = []
    if asked.labels is not None:
        common = [one for one in asked.everything(problem) if not one.startswith("site:")]
        found = list(_conflicts(problem, wanted, asked, common))
    found = found or list(_conflicts(problem, wanted, asked))
    asked.gave_up = False
    return found


def _least(
    problem: Problem, graph: Graph, constraint: str, aside: Dropped, search: Search, labels: int | None
) -> Least | None:
    """The least value; where few labels are allowed, one that is enough, and a guard if less might be, too."""
    if labels is None:
        return least_value(problem, graph, constraint, aside, search)
    soon = search.with_labels(labels)
    found = least_value(problem, graph, constraint, aside, soon)
    if soon.guards:
        search.guards.add(f"least {constraint}")
    return found


def _are_many(crowd: Crowd) -> bool:
    """Whether a proof leans on more items than could be asked one by one."""
    return crowd.fails(()) and crowd.stuck > MANY


def _why_crowded(crowd: Crowd) -> Why:
    """The conflicts among what many items share; what each of them asks for itself is taken as given."""
    conflicts = list(_crowded(crowd))
    helpful = [name for name in conflicts[0] if crowd.is_feasible((name,))] if len(conflicts) == 1 else []
    reasons: list[Reason] = []
    least: dict[str, Least] = {}
    for conflict in conflicts:
        others = dict.fromkeys(crowd.names.difference(conflict), FREE)
        for constraint in sorted(conflict, key=lambda name: (name not in helpful, name)):
            found = crowd.least(constraint, {} if constraint in helpful else others)
            if found is not None and constraint in helpful:
                least[constraint] = found
            reasons.append(_reason(crowd.problem, constraint, found))
    blamed = tuple(constraint for conflict in conflicts for constraint in conflict)
    return Why(tuple(reasons), least, blamed, crowd)


def _crowded(crowd: Crowd) -> Iterator[list[str]]:
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


def _conflicts(problem: Problem, wanted: Problem, asked: Asked, never: Iterable[str] = ()) -> Iterator[list[str]]:
    """Minimal sets of constraints that cannot be kept, each without the members of those before it, and of `never`."""
    aside = set(never)
    for number in range(AT_MOST):
        conflict = conflict_beside(problem, wanted, frozenset(aside), asked)
        if not conflict or (asked.gave_up and number):
            return
        yield conflict
        aside |= set(conflict)
        if asked.search.is_over():
            return


def conflict_beside(problem: Problem, wanted: Problem, aside: Dropped, asked: Asked) -> list[str]:
    """One minimal conflict among the constraints that are not set aside; none if there is no such, or no remedy."""
    hint = asked.why(problem, aside)
    if hint is None or asked.fails(problem, asked.everything(problem)):
        return []
    crowd = only(problem, [problem.sites[number].id for number in hint.sites])
    common = {c for c in asked.everything(crowd) if not c.startswith("site:")}
    unneeded = common - hint.constraints
    if not asked.fails(crowd, aside | unneeded):
        crowd, unneeded = problem, set()
    core = _within(crowd, aside, unneeded, asked)
    if wanted.sites == crowd.sites or (len(crowd.sites) == 1 and not common.intersection(core)):
        return core
    everything = asked.everything(wanted)
    if asked.fails(wanted, everything):
        return core
    return shrunk(core, lambda kept: asked.fails(wanted, set(everything) - set(kept)))


def _within(crowd: Problem, aside: Dropped, unneeded: set[str], asked: Asked) -> list[str]:
    """A minimal conflict of these items. The rules of each item by itself are tried all at once before anything else:
    where many compete, these seldom matter."""
    everything = asked.everything(crowd)
    own = [constraint for constraint in everything if constraint.startswith("site:")]
    candidates = [constraint for constraint in everything if constraint not in aside | unneeded]
    for cleared in (own, [c for c in own if not c.endswith("/diversity")]) if len(crowd.sites) > 1 else ():
        if asked.fails(crowd, aside.union(unneeded, cleared)):
            candidates = [constraint for constraint in candidates if constraint not in cleared]
            break
    return shrunk(candidates, lambda kept: asked.fails(crowd, set(everything) - set(kept)))


def _reason(problem: Problem, constraint: str, found: Least | None) -> Reason:
    limit = limit_of(problem, constraint) if found is None or found.limit is None else found.limit
    needed = None if found is None or isinstance(found.value, str) else found.value
    return Reason(constraint=constraint, limit=limit, needed=needed)


def _without_any_way(problem: Problem, everything: Sequence[str], asked: Asked) -> Iterator[Reason]:
    """The sites that could not be served even if nothing were asked of them."""
    for site in problem.sites:
        if asked.fails(only(problem, [site.id]), everything):
            yield Reason(constraint=f"site:{site.id}/served", limit=1, needed=0)


def shrunk(items: Sequence[str], holds: Callable[[Sequence[str]], bool]) -> list[str]:
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
