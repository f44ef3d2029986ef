"""What each access option of a site shows of a constraint that stands in the way: the figures a planner looks for."""

from collections.abc import Iterator
from dataclasses import replace

from linkwright.design.graph import Graph
from linkwright.design.least import constraints_of, least_value
from linkwright.design.limits import Search
from linkwright.design.model import Problem, Reason, Site
from linkwright.design.optimise import is_feasible
from linkwright.design.relaxed import limit_of
from linkwright.design.screen import NOTHING_DROPPED, demand_of, option_refusals


def sightings(problem: Problem, graph: Graph, constraint: str, search: Search) -> list[Reason]:
    """One reason for each access option that breaks this constraint of its site taken by itself, in order of ids.

    For latency and availability: the best that the option reaches as a single leg, every other rule set aside.
    """
    if not constraint.startswith("site:"):
        return []
    site_id, _, aspect = constraint.removeprefix("site:").rpartition("/")
    site = next(site for site in problem.sites if site.id == site_id)
    if aspect in ("date", "bandwidth"):
        return list(_refused(problem, site, constraint, aspect))
    if aspect == "latency" or (aspect == "availability" and site.diversity == "none"):
        return list(_too_weak(problem, graph, site, constraint, search))
    return []


def _refused(problem: Problem, site: Site, constraint: str, aspect: str) -> Iterator[Reason]:
    lead_days = {build.id: build.lead_days for build in problem.builds}
    demand = demand_of(site, NOTHING_DROPPED)
    for option in sorted(problem.access_options, key=lambda option: option.id):
        for refusal in option_refusals(demand, option, lead_days) if option.site == site.id else ():
            if refusal.dimension == aspect:
                yield Reason(constraint=constraint, limit=refusal.limit, needed=refusal.needed, option=option.id)


def _too_weak(problem: Problem, graph: Graph, site: Site, constraint: str, search: Search) -> Iterator[Reason]:
    for option in sorted(problem.access_options, key=lambda option: option.id):
        if option.site != site.id:
            continue
        single = replace(site, diversity="none")
        alone = replace(problem, sites=(single,), access_options=(option,))
        rest = frozenset(constraints_of(alone, graph)) - {constraint}
        if is_feasible(alone, graph, rest, search) is False:
            best = least_value(alone, graph, constraint, rest, search)
            if best is not None and not isinstance(best.value, str):
                limit = limit_of(problem, constraint)
                yield Reason(constraint=constraint, limit=limit, needed=best.value, option=option.id)
