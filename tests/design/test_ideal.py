"""The best that a single leg reaches is the best of all that there are."""

import pytest

from linkwright.design.choice.case import Case
from linkwright.design.choice.ideal import ideal_of_option
from linkwright.design.model import Design, Problem, Site
from linkwright.design.routes.graph import compile_graph
from linkwright.design.rules.figures import JITTER, LATENCY, LOSS, UNSOUND
from linkwright.design.verify.check import check
from linkwright.design.why.least import constraints_of
from linkwright.design.why.narrowed import only
from tests.design.tiny2 import seeded, site_designs

SEEDS = range(700, 780)


def _best(problem: Problem, site: Site) -> dict[str, dict[int, float]]:
    """By option the best figures of all single legs over it."""
    found: dict[str, dict[int, float]] = {}
    for design in site_designs(problem, site, 1):
        (report,) = check(problem, Design(sites=(design,))).sites
        (leg,) = report.legs
        best = found.setdefault(design.legs[0].access, {})
        for figure, value in ((LATENCY, leg.latency_ms), (JITTER, leg.jitter_ms), (LOSS, leg.loss)):
            best[figure] = min(best.get(figure, value), value)
        best[UNSOUND] = max(best.get(UNSOUND, 0.0), report.availability)
    return found


@pytest.mark.parametrize("figure", [LATENCY, JITTER, LOSS, UNSOUND])
def test_no_single_leg_over_an_option_betters_its_ideal_and_one_reaches_it(figure: int) -> None:
    compared = 0
    for seed in SEEDS:
        problem = seeded(seed, most=400)
        graph = compile_graph(problem.network)
        for site in problem.sites:
            if site.legs:
                continue
            alone = only(problem, [site.id])
            case = Case(alone, graph, frozenset(constraints_of(alone, graph)))
            best = _best(problem, site)
            for option in case.sites[0].options:
                ideal = ideal_of_option(case, case.sites[0], option, figure)
                if option.id not in best:
                    assert ideal is None
                    continue
                assert ideal is not None
                assert ideal.is_reached
                assert ideal.value == pytest.approx(best[option.id][figure], rel=0, abs=1e-9)
                compared += 1
    assert compared > 300
