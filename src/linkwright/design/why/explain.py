"""Why not, as data: a minimal set of constraints that cannot be kept together, and what each would have to be.

Constraints are tried by setting them aside. A set is minimal when it cannot be kept, but would be with any one of its
members set aside.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from linkwright.design.choice.optimise import is_feasible
from linkwright.design.limits import Search
from linkwright.design.model import Problem, Reason
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.screen import NOTHING_DROPPED, Dropped
from linkwright.design.why.asked import Asked
from linkwright.design.why.certain import note_what_is_certain
from linkwright.design.why.conflicts import conflicts_of
from linkwright.design.why.crowd import FREE, MANY, Crowd, crowd_of
from linkwright.design.why.crowded import Crowding, crowdings
from linkwright.design.why.larger import FEW_LABELS, Larger
from linkwright.design.why.least import Least, constraints_of, least_value
from linkwright.design.why.narrowed import only, within
from linkwright.design.why.relaxed import limit_of
from linkwright.design.why.sightings import sightings

TOGETHER = "together"
"""The guard of items of which it is not known whether they could be served without those that cannot be alone."""


@dataclass(frozen=True, slots=True)
class Why:
    """Reasons, those first that alone would help, and for each of these the least generous value that is enough.

    A reason names a member of a conflict, or what was seen on the way. `blamed` are those members among which it is
    looked for what helps. `is_minimal` is false where a conflict may have a part that is one in the larger problem, or
    time was over before it was known.
    """

    reasons: tuple[Reason, ...] = ()
    least: Mapping[str, Least] = field(default_factory=dict)
    conflicts: tuple[tuple[str, ...], ...] = ()
    blamed: tuple[str, ...] = ()
    is_minimal: bool = True


def why_not(
    problem: Problem,
    wanted: Problem | Larger,
    graph: Graph,
    search: Search,
    crowd: Crowd | None = None,
    labels: int | None = None,
) -> Why:
    """Why an infeasible problem is so: its conflicts that have nothing in common, one after the other.

    `wanted` is the larger problem that it is part of: conflicts are minimal for that one. What is `Larger` has many
    items, and is asked only once the conflicts are found.

    With one conflict only, each member that alone would help comes first. With more, no single one helps, and what a
    constraint would need is told for the case that only its own conflict mattered. `crowd` is what is known of the
    problem already. `labels` is given for one of very many explanations: so few are looked at for a least value, and
    what items share is named only where an item's own rules alone do not forbid it.
    """
    larger = wanted if isinstance(wanted, Larger) else None
    if problem is wanted or larger is not None:
        crowd = crowd_of(problem, graph, search) if crowd is None else crowd
        if crowd is not None and _are_many(crowd):
            return _why_crowded(crowd, larger)
    asked = _asked_about(problem, Asked(graph, search, labels=labels))
    everything = asked.everything(problem)
    conflicts, is_minimal = _all_conflicts(problem, problem if isinstance(wanted, Larger) else wanted, asked), True
    if larger is not None:
        items = [site.id for site in problem.sites]
        made = [larger.shrunk(conflict, items) for conflict in conflicts]
        conflicts, is_minimal = [conflict for conflict, _ in made], all(is_known for _, is_known in made)
    is_minimal = is_minimal and not (conflicts and search.is_over())
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
    return Why(tuple(reasons), least, tuple(map(tuple, conflicts)), blamed, is_minimal)


def _asked_about(problem: Problem, asked: Asked) -> Asked:
    if len(problem.sites) == 1 and not asked.search.is_over():
        note_what_is_certain(problem, asked)
    return asked


def why_not_together(problem: Problem, able: Sequence[str], graph: Graph, search: Search) -> Why:
    """Why these items of an infeasible problem cannot be served together, whatever becomes of the others.

    Nothing is told where they can be; a guard tells where that is not known.
    """
    some = within(problem, able)
    crowd = crowd_of(some, graph, search)
    answer = is_feasible(some, graph, NOTHING_DROPPED, search) if crowd is None else crowd.is_feasible(())
    if answer is None:
        search.guards.add(TOGETHER)
    if answer is not False:
        return Why()
    larger = Larger.of(lambda: problem, graph, search) if len(problem.sites) > MANY else None
    return noted(why_not(some, larger or problem, graph, search, crowd), search)


def noted(why: Why, search: Search) -> Why:
    """The same about several items; a guard tells where its conflicts are not known to be minimal."""
    if not why.is_minimal:
        search.guards.add(f"minimal {TOGETHER}")
    return why


def _all_conflicts(problem: Problem, wanted: Problem, asked: Asked) -> list[list[str]]:
    """Where few labels are allowed, those of what items share only if there is none among own rules."""
    found: list[list[str]] = []
    if asked.labels is not None:
        common = [one for one in asked.everything(problem) if not one.startswith("site:")]
        found = list(conflicts_of(problem, wanted, asked, common))
    found = found or list(conflicts_of(problem, wanted, asked))
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


def _why_crowded(crowd: Crowd, larger: Larger | None) -> Why:
    """The conflicts among what many items share, with own rules of a few where these belong to them.

    Of own rules it is told only what they would need: what helps is looked for among what is shared.
    """
    found = list(crowdings(crowd, larger))
    blamed = [name for one in found for name in one.shared]
    helpful = [name for name in blamed if crowd.is_feasible((name,))] if len(found) == 1 else []
    reasons: list[Reason] = []
    least: dict[str, Least] = {}
    for one in found:
        others = dict.fromkeys(crowd.names.difference(one.shared), FREE)
        for constraint in sorted(one.shared, key=lambda name: (name not in helpful, name)):
            value = crowd.least(constraint, {} if constraint in helpful else others)
            if value is not None and constraint in helpful:
                least[constraint] = value
            reasons.append(_reason(crowd.problem, constraint, value))
        reasons += _of_own_rules(one, crowd)
    conflicts = tuple(tuple(one.conflict) for one in found)
    return Why(tuple(reasons), least, conflicts, tuple(blamed), all(one.is_minimal for one in found))


def _of_own_rules(found: Crowding, crowd: Crowd) -> Iterator[Reason]:
    """What they would need if nothing outside their conflict were in the way, and what each option shows."""
    graph, search, own = crowd.case.graph, crowd.search, [name for name in found.conflict if name not in found.shared]
    for name in own:
        aside = frozenset(constraints_of(found.items, graph)).difference(found.conflict)
        yield _reason(crowd.problem, name, _least(found.items, graph, name, aside, search, FEW_LABELS))
    for name in own:
        yield from sightings(crowd.problem, graph, name, search)


def _reason(problem: Problem, constraint: str, found: Least | None) -> Reason:
    limit = limit_of(problem, constraint) if found is None or found.limit is None else found.limit
    needed = None if found is None or isinstance(found.value, str) else found.value
    return Reason(constraint=constraint, limit=limit, needed=needed)


def _without_any_way(problem: Problem, everything: Sequence[str], asked: Asked) -> Iterator[Reason]:
    """The sites that could not be served even if nothing were asked of them."""
    for site in problem.sites:
        if asked.fails(only(problem, [site.id]), everything):
            yield Reason(constraint=f"site:{site.id}/served", limit=1, needed=0)
