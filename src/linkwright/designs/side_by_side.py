"""Items that do not get in each other's way: what is best for each alone is best for all together."""

from collections.abc import Sequence
from dataclasses import replace

from linkwright.design.model import Budget, Design, Link, Outcome, Problem
from linkwright.design.wishes import wishes_of
from linkwright.designs.drawing import Drawing, Drawn

SUMS = ("cost", "npv")
"""Goals of which each item has its own part."""


def side_by_side(drawing: Drawing, possible: Sequence[Drawn], budget: Budget) -> Drawn | None:
    """The designs of all items as one, if that is the best there is for all together; None where that is not certain.

    It is certain where nothing that is bought could be shared and the verifier finds that nothing is used up.
    """
    if len(possible) == 1 and budget == Budget():
        return possible[0]
    assembled = drawing.assemble([one.candidates[0] for one in possible], budget)
    problem = assembled.problem
    if problem.goal.kind not in SUMS or _could_share(problem):
        return None
    design = Design(
        sites=tuple(site for one in possible for site in one.design.sites),
        builds=tuple(sorted({build for one in possible for build in one.design.builds})),
    )
    verdict = drawing.solver.check(problem, design)
    if verdict.violations:
        return None
    bounds = [one.outcome.bound_minor or 0.0 for one in possible]
    gap = 0.0 if sum(bounds) >= verdict.value else (verdict.value - sum(bounds)) / verdict.value
    outcome = Outcome(
        status="optimal" if gap == 0.0 else "feasible",
        design=design,
        verdict=verdict,
        cost_minor=verdict.cost_minor,
        bound_minor=min(sum(bounds), float(verdict.value)),
        gap=gap,
        guards=tuple(sorted({guard for one in possible for guard in one.outcome.guards})),
    )
    candidates = tuple(one.candidates[0] for one in possible)
    return replace(possible[0], candidates=candidates, assembled=assembled, outcome=outcome, inputs=None)


def _could_share(problem: Problem) -> bool:
    """Whether two items could pay together for what is too dear for one, or give each other room.

    That is a build, or the augment of a link, which is of no use to an item that the link carries without it; room is
    what the present service of an item gives back.
    """
    if any(site.frees for site in problem.sites):
        return True
    used = {option.build for option in problem.access_options if option.build is not None}
    if any(build.id in used and (build.nrc_minor or build.mrc_minor) for build in problem.builds):
        return True
    most = max((sum(wish.mbps for wish in wishes_of(site)) for site in problem.sites), default=0)
    return any(link.augment is not None and _least_mbps(link) < most for link in problem.network.links)


def _least_mbps(link: Link) -> int:
    """What a link carries on its worst day, whatever is booked on it."""
    taken = sum(one.removes_mbps for one in link.retirements) + sum(one.mbps for one in link.bookings)
    return link.capacity_mbps - taken
