"""Items of three and four legs that stand in for each other: how available they could be is told without a guard."""

from dataclasses import replace

import pytest

from linkwright.design.model import LegWish, Problem
from linkwright.design.solve import solve
from linkwright.design.why.relaxed import with_value
from tests.design.tiny2_plain import Dice, an_option, plain


def _legs(dice: Dice) -> tuple[LegWish, ...]:
    return tuple(
        LegWish(
            role="backup" if place and dice.random() < 0.6 else "primary",
            bandwidth_mbps=dice.choice((None, 2, 4)),
            max_latency_ms=dice.choice((None, None, 3.0, 5.0)),
        )
        for place in range(dice.choice((3, 3, 4)))
    )


def _drawn(seed: int) -> Problem:
    """One item of three or four legs, nearly as many accesses, risk groups that these share with links."""
    dice = Dice(f"legs {seed}")
    problem = plain(dice, f"legs-{seed}", dice.choice(("ring", "two-connected")), 1, dice.choice((5, 6)))
    (site,) = problem.sites
    options = tuple(
        replace(
            an_option(dice, site, problem.network, number), srlgs=tuple(dice.sample(("g0", "g1"), dice.choice((0, 1))))
        )
        for number in range(dice.choice((3, 4, 4)))
    )
    links = tuple(replace(link, srlgs=dice.choice(((), (), ("g0",), ("g1",)))) for link in problem.network.links)
    wanted = replace(
        site,
        legs=_legs(dice),
        diversity=dice.choice(("none", "none", "link", "node", "srlg")),
        min_availability=dice.choice((0.999, 0.9995, 0.9999)),
    )
    return replace(problem, network=replace(problem.network, links=links), access_options=options, sites=(wanted,))


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_no_question_about_a_few_legs_is_left_open(first: int) -> None:
    for seed in range(first, first + 10):
        problem = _drawn(seed)
        outcome = solve(problem, relax=True)
        assert outcome.guards == (), problem.name
        for relaxation in outcome.relaxations:
            again = solve(with_value(problem, relaxation.constraint, relaxation.value))
            assert (again.status, again.cost_minor) == ("optimal", relaxation.cost_minor), problem.name
