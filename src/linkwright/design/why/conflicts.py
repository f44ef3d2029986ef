"""Minimal conflicts, found by setting constraints aside: what cannot be kept, but could be without any one member."""

from collections.abc import Iterable, Iterator

from linkwright.design.choice.choice import Core
from linkwright.design.model import Problem
from linkwright.design.rules.screen import Dropped
from linkwright.design.why.asked import Asked
from linkwright.design.why.matters import have_ways
from linkwright.design.why.narrowed import within
from linkwright.design.why.shrunk import shrunk

AT_MOST = 6
"""So many conflicts of one problem are looked for; whoever mends these can ask again."""


def conflicts_of(problem: Problem, wanted: Problem, asked: Asked, never: Iterable[str] = ()) -> Iterator[list[str]]:
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
    hint = Core((0,), frozenset()) if _is_known_alone(problem, aside, asked) else asked.why(problem, aside)
    if hint is None or (not have_ways(problem) and asked.fails(problem, asked.everything(problem))):
        return []
    crowd = within(problem, [problem.sites[number].id for number in hint.sites])
    common = {c for c in asked.everything(crowd) if not c.startswith("site:")}
    unneeded = common - hint.constraints
    if (crowd is not problem or unneeded - aside) and not asked.fails(crowd, aside | unneeded):
        crowd, unneeded = problem, set()
    core = within_items(crowd, aside, unneeded, asked)
    if wanted.sites == crowd.sites or (len(crowd.sites) == 1 and not common.intersection(core)):
        return core
    everything = asked.everything(wanted)
    if not have_ways(wanted) and asked.fails(wanted, everything):
        return core
    return shrunk(core, lambda kept: asked.fails(wanted, set(everything) - set(kept)))


def _is_known_alone(problem: Problem, aside: Dropped, asked: Asked) -> bool:
    """Whether it is known already that the only item cannot be served."""
    return len(problem.sites) == 1 and any(aside <= known for known in asked.failed.get((problem.sites[0].id,), ()))


def within_items(crowd: Problem, aside: Dropped, unneeded: set[str], asked: Asked) -> list[str]:
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
