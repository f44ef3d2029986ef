"""Items with the same facts are designed once, whether a check asks for them or an order."""

from collections.abc import Callable
from typing import cast

import pytest

from linkwright.design.model import Problem
from linkwright.designs.answers import SiteSolution
from linkwright.designs.requirement import Requirement
from linkwright.orders.commit import Commitment
from linkwright.wire.v4.design_words import solution_words
from tests.builders import NOW, a_link, a_network, a_requirement, an_access, an_item, an_order
from tests.designs.answering import Core, a_designer, some_facts
from tests.designs.test_alternatives import requirements
from tests.fakes import FakeBooks, FakeFacts

Way = Callable[[FakeFacts, Core, list[Requirement]], dict[str, SiteSolution]]
SITES = 1000
NAMES = [f"site-{number}" for number in range(SITES)]
MBPS = a_requirement().bandwidth_mbps or 0


@pytest.fixture(scope="module")
def facts() -> FakeFacts:
    """A thousand sites with a fibre of their own, alike but for their names, and room for all of them."""
    access = tuple(an_access(id=f"fibre-of-{name}", place=name) for name in NAMES)
    network = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=SITES * MBPS),))
    return some_facts(*NAMES, facts=network, access=access)


def by_check(facts: FakeFacts, core: Core, wanted: list[Requirement]) -> dict[str, SiteSolution]:
    answer = a_designer(facts, core).answer(wanted, alternatives=True)
    return {item.ref: cast(SiteSolution, item.solution) for item in answer.items}


def by_order(facts: FakeFacts, core: Core, wanted: list[Requirement]) -> dict[str, SiteSolution]:
    items = tuple(an_item(id=one.ref, requirement=one, design_id=None) for one in wanted)
    commitment = Commitment(books=FakeBooks(), designer=a_designer(facts, core), now=lambda: NOW)
    committed = commitment.commit(an_order(items=items))
    assert [item.design_id for item in committed.order.items] == [committed.solutions[name].design_id for name in NAMES]
    return dict(committed.solutions)


@pytest.mark.parametrize(("way", "questions"), [(by_check, 2), (by_order, 1)])
def test_a_thousand_sites_of_one_pattern_are_designed_once(facts: FakeFacts, way: Way, questions: int) -> None:
    """A check asks a second time: for the other designs of the pattern."""
    core = Core()
    solutions = way(facts, core, requirements(*NAMES))
    problems: list[Problem] = core.asked
    assert [len(problem.sites) for problem in problems] == [1] * questions
    first = solutions[NAMES[0]]
    assert "design.reusedFrom" not in solution_words(first)
    for name in NAMES[1:]:
        assert solutions[name].legs[0].access == f"fibre-of-{name}"
        assert solution_words(solutions[name])["design.reusedFrom"] == first.design_id
