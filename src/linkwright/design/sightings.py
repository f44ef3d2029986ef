"""What each access option of a site shows of a constraint that stands in the way: the figures a planner looks for."""

from collections.abc import Iterator
from dataclasses import replace

from linkwright.design.graph import Graph
from linkwright.design.least import constraints_of, least_value
from linkwright.design.limits import Search
from linkwright.design.model import Problem, Reason, Site
from linkwright.design.optimise import is_feasible
from linkwright.design.relaxed import limit_of
from linkwright.design.rules import BY_DIMENSION
from linkwright.design.screen import NOTHING_DROPPED, choosy_items, demand_of, option_refusals
from linkwright.design.wishes import is_far, wishes_of


def sightings(problem: Problem, graph: Graph, constraint: str, search: Search) -> list[Reason]:
    """One reason for each access option that breaks this constraint of its site taken by itself, in order of ids.

    For latency and availability: the best that the option reaches as a single leg, every other rule set aside.
    """
    if not constraint.startswith("site:"):
        return []
    site_id, _, aspect = constraint.removeprefix("site:").rpartition("/")
    site = next(site for site in problem.sites if site.id == site_id)
    rule = BY_DIMENSION.get(aspect)
    if rule is not None and rule.stage == "option":
        return list(_refused(problem, site, constraint, aspect))
    if rule is not None and (rule.figure is not None or (aspect == "availability" and len(wishes_of(site)) == 1)):
        return list(_too_weak(problem, graph, site, constraint, search))
    return []


def _refused(problem: Problem, site: Site, constraint: str, aspect: str) -> Iterator[Reason]:
    """Of several legs the first that an option is refused for."""
    lead_days = {build.id: build.lead_days for build in problem.builds}
    is_choosy, demand = site.id in choosy_items(problem), demand_of(site, NOTHING_DROPPED)
    for option in sorted(problem.access_options, key=lambda option: option.id):
        if option.site != site.id:
            continue
        refusals = (r for wish in demand.wishes for r in option_refusals(demand, wish, option, lead_days, is_choosy))
        refusal = next((r for r in refusals if r.dimension == aspect), None)
        if refusal is not None:
            yield Reason(constraint=constraint, limit=refusal.limit, needed=refusal.needed, option=option.id)


def _too_weak(problem: Problem, graph: Graph, site: Site, constraint: str, search: Search) -> Iterator[Reason]:
    for option in sorted(problem.access_options, key=lambda option: option.id):
        if option.site != site.id or is_far(option):
            continue
        single = replace(site, diversity="none", legs=site.legs[:1])
        far = (other for other in problem.access_options if other.site == site.id and is_far(other))
        alone = replace(problem, sites=(single,), access_options=(option, *far))
        rest = frozenset(constraints_of(alone, graph)) - {constraint}
        if is_feasible(alone, graph, rest, search) is False:
            best = least_value(alone, graph, constraint, rest, search)
            if best is not None and not isinstance(best.value, str):
                limit = limit_of(problem, constraint)
                yield Reason(constraint=constraint, limit=limit, needed=best.value, option=option.id)
