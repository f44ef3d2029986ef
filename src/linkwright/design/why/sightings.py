"""What each access option of a site shows of a constraint that stands in the way: the figures a planner looks for."""

from collections.abc import Iterator
from dataclasses import replace

from linkwright.design.choice.case import Case
from linkwright.design.choice.ideal import figure_of, ideal_of_option
from linkwright.design.choice.optimise import is_feasible
from linkwright.design.limits import Search
from linkwright.design.model import Problem, Reason, Site
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.figures import UNSOUND
from linkwright.design.rules.rules import BY_DIMENSION, OwnRule
from linkwright.design.rules.screen import BANDWIDTHS, NOTHING_DROPPED, choosy_items, demand_of, option_refusals
from linkwright.design.why.least import constraints_of, least_value
from linkwright.design.why.narrowed import offers_of
from linkwright.design.why.relaxed import limit_of
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
        return list(_too_weak(problem, graph, site, rule, search))
    return []


def _refused(problem: Problem, site: Site, constraint: str, aspect: str) -> Iterator[Reason]:
    """Of several legs that an option is refused for the first of those that ask least."""
    lead_days = {build.id: build.lead_days for build in problem.builds}
    is_choosy, demand = site.id in choosy_items(problem), demand_of(site, NOTHING_DROPPED)
    for option in sorted(problem.access_options, key=lambda option: option.id):
        if option.site != site.id:
            continue
        refusals = (r for wish in demand.wishes for r in option_refusals(demand, wish, option, lead_days, is_choosy))
        aspects = BANDWIDTHS if aspect == "bandwidth" else (aspect,)
        about = [refusal for refusal in refusals if refusal.dimension in aspects]
        if about:
            refusal = min(about, key=lambda one: one.limit or 0) if aspect in BANDWIDTHS else about[0]
            yield Reason(constraint=constraint, limit=refusal.limit, needed=refusal.needed, option=option.id)


def _too_weak(problem: Problem, graph: Graph, site: Site, rule: OwnRule, search: Search) -> Iterator[Reason]:
    single = replace(site, diversity="none", legs=site.legs[:1])
    alone = replace(problem, sites=(single,), access_options=tuple(offers_of(problem, site.id)))
    constraint, figure = f"site:{site.id}/{rule.dimension}", figure_of(rule)
    limit, rest = rule.limit(single), frozenset(constraints_of(alone, graph)) - {constraint}
    case = Case(alone, graph, rest | {constraint})
    (own,) = case.sites
    for option in own.options:
        ideal = None if figure is None else ideal_of_option(case, own, option, figure)
        if ideal is None or limit is None:
            continue
        needed: float | None = ideal.value
        if not ideal.is_reached:
            needed = _searched(alone, graph, constraint, option.id, rest, search)
        if needed is not None and (limit - needed if figure == UNSOUND else needed - limit) > rule.close:
            yield Reason(constraint=constraint, limit=limit_of(problem, constraint), needed=needed, option=option.id)


def _searched(
    alone: Problem, graph: Graph, constraint: str, option: str, rest: frozenset[str], search: Search
) -> float | None:
    """What a single leg over this option reaches; None where that is enough, or is not known."""
    kept = tuple(one for one in alone.access_options if one.id == option or is_far(one))
    narrow = replace(alone, access_options=kept)
    if is_feasible(narrow, graph, rest, search) is not False:
        return None
    best = least_value(narrow, graph, constraint, rest, search)
    return None if best is None or isinstance(best.value, str) else float(best.value)
