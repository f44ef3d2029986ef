"""What of the rules of one item plainly cannot be kept, each by itself: seen on its ways, without a search."""

from collections.abc import Iterator

from linkwright.design.choice.case import Case
from linkwright.design.choice.ideal import figure_of, ideal_of_site
from linkwright.design.model import Problem
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.figures import UNSOUND
from linkwright.design.rules.rules import OwnRule
from linkwright.design.rules.screen import (
    NOTHING_DROPPED,
    Demand,
    choosy_items,
    cpe_refusals,
    demand_of,
    option_refusals,
)
from linkwright.design.why.asked import Asked


def note_what_is_certain(problem: Problem, asked: Asked) -> None:
    """Questions about the only item of a problem that need not be asked: one rule in force is enough to fail."""
    (site,) = problem.sites
    everything = frozenset(asked.everything(problem))
    for dimension in _certain(problem, demand_of(site, NOTHING_DROPPED), asked.graph, everything):
        asked.failed.setdefault((site.id,), []).append(everything - {f"site:{site.id}/{dimension}"})


def _certain(problem: Problem, demand: Demand, graph: Graph, everything: frozenset[str]) -> Iterator[str]:
    yield from (rule.dimension for rule in demand.of_option if _refuses_all_options(problem, demand, rule))
    for rule in demand.of_cpe:
        refused = (any(r.dimension == rule.dimension for r in cpe_refusals(demand, one)) for one in problem.cpe_models)
        if all(refused):
            yield rule.dimension
    free = Case(problem, graph, everything)
    yield from (rule.dimension for rule in demand.of_legs if _is_out_of_reach(free, demand, rule))


def _refuses_all_options(problem: Problem, demand: Demand, rule: OwnRule) -> bool:
    lead_days = {build.id: build.lead_days for build in problem.builds}
    is_choosy = demand.site.id in choosy_items(problem)
    return all(
        any(r.dimension == rule.dimension for r in option_refusals(demand, wish, option, lead_days, is_choosy))
        for option in problem.access_options
        for wish in demand.wishes
    )


def _is_out_of_reach(free: Case, demand: Demand, rule: OwnRule) -> bool:
    """Whether no leg of any item like it has so good a figure, whatever it costs and breaks."""
    number, limit = figure_of(rule), rule.limit(demand.site)
    if number is None or number == UNSOUND or limit is None:
        return False
    ideal = ideal_of_site(free, number)
    return ideal is not None and ideal - limit > rule.close
