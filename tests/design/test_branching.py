"""Branching where nothing can be listed: bounds rise, and never above the best choice."""

from dataclasses import replace

import pytest

from linkwright.design.choice import branching
from linkwright.design.choice.case import Case
from linkwright.design.choice.choice import CHEAPEST
from linkwright.design.choice.gap import Room
from linkwright.design.choice.growing import Node
from linkwright.design.choice.optimise import optimise
from linkwright.design.limits import Limits, Search
from linkwright.design.model import Problem
from tests.design.medium import a_medium_problem
from tests.design.tiny import SCARCE_KINDS, a_problem

LITTLE = Limits(columns=0, columns_a_site=0)
"""Nothing can be listed, so only branches are left."""


def _search(limits: Limits) -> Search:
    return Search.starting(limits, lambda: 0.0)


def _crowded(seed: int) -> Problem:
    """Sites that get into each other's way, with nothing to open that costs."""
    problem = a_medium_problem("germany50", sites=12, seed=seed, room=0.5)
    network = problem.network
    return replace(
        problem,
        sites=tuple(
            replace(site, max_latency_ms=1.5 * site.max_latency_ms, min_availability=site.min_availability - 0.002)
            for site in problem.sites
            if site.diversity == "none"
        ),
        network=replace(network, links=tuple(replace(link, augment=None) for link in network.links)),
        builds=tuple(replace(build, nrc_minor=0, mrc_minor=0) for build in problem.builds),
    )


def test_without_lists_branches_come_to_no_other_end(monkeypatch: pytest.MonkeyPatch) -> None:
    settled = 0
    for kind in SCARCE_KINDS:
        for seed in range(6):
            problem = a_problem(seed, (kind, "links"), sites=3)
            best = optimise(Case(problem), CHEAPEST, _search(Limits()))
            with monkeypatch.context() as patched:
                patched.setattr(branching, "A_FEW", Room(0, 0))
                found = optimise(Case(problem), CHEAPEST, _search(LITTLE))
            assert found.bound <= best.bound
            assert found.choice is None or best.choice is not None
            if found.is_settled:
                settled += 1
                assert (found.choice and found.choice.value) == (best.choice and best.choice.value)
    assert settled > 20


def test_branches_on_what_sites_use_raise_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branching, "A_FEW", Room(0, 0))
    problem = _crowded(5)
    before = optimise(Case(problem), CHEAPEST, _search(replace(LITTLE, branches=1)))
    after = optimise(Case(problem), CHEAPEST, _search(LITTLE))
    assert after.choice is not None
    assert before.bound < after.bound <= after.choice.value


def test_a_branch_allows_only_what_it_says() -> None:
    case = Case(_crowded(1))
    choice = optimise(case, CHEAPEST, _search(replace(LITTLE, branches=1))).choice
    assert choice is not None
    column = choice.columns[0]
    option, other = column.options[0], column.options[0] + 1
    for part, is_there in ((("option", option), True), (("option", other), False), (("cpe", column.cpe), True)):
        assert Node(used={column.site: {part: is_there}}).allows(column)
        assert not Node(used={column.site: {part: not is_there}}).allows(column)
        assert Node(used={column.site + 1: {part: not is_there}}).allows(column)
