"""What an item could ask less for, where what stands in the way is blamed on what it shares with others.

A full link is blamed on the link; but whoever waits for its upgrade, or asks for less, needs no larger one.
"""

from collections.abc import Container, Iterator

from linkwright.design.choice.optimise import is_feasible
from linkwright.design.limits import Search
from linkwright.design.model import Problem
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.rules import BY_DIMENSION
from linkwright.design.rules.screen import NOTHING_DROPPED
from linkwright.design.why.least import Least, least_value
from linkwright.design.why.narrowed import site_of
from linkwright.design.why.relaxed import easiest

DEMANDS = {
    "date": ("date",),
    "period": ("period",),
    "bandwidth": ("bandwidth", "cpe_bandwidth"),
    "backup_bandwidth": ("backup_bandwidth",),
    "backup": ("backup",),
    "diversity": ("diversity",),
}
"""Whoever asks for less of these takes less of what is shared; each with the constraints of which it is a remedy."""


def lesser_demands(
    problem: Problem, graph: Graph, site_id: str, known: Container[str], search: Search
) -> Iterator[tuple[str, Least]]:
    """The least generous change of each demand of an item that alone makes an infeasible problem feasible.

    `known` are constraints of which that has been told already.
    """
    site = site_of(problem, site_id)
    for dimension, same in DEMANDS.items():
        rule, constraint = BY_DIMENSION[dimension], f"site:{site_id}/{dimension}"
        if rule.values is None or not rule.is_asked(site) or any(f"site:{site_id}/{one}" in known for one in same):
            continue
        values = rule.values(problem, site)
        if values and is_feasible(easiest(problem, constraint, values[-1]), graph, NOTHING_DROPPED, search):
            least = least_value(problem, graph, constraint, NOTHING_DROPPED, search)
            if least is not None:
                yield constraint, least
