"""Questions of one explanation are asked once."""

from dataclasses import replace

import pytest

from linkwright.design.limits import Limits, Search
from linkwright.design.model import Problem
from linkwright.design.routes.graph import compile_graph
from linkwright.design.solve import solve
from linkwright.design.why import asked as module
from linkwright.design.why.asked import Asked
from tests.design.pieces import a_case, a_network, a_site, an_option


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, ...], frozenset[str]]]:
    """What is really asked, by items and what is set aside."""
    found: list[tuple[tuple[str, ...], frozenset[str]]] = []
    real = module.served

    def noted(problem, graph, dropped, search):  # type: ignore[no-untyped-def]
        found.append((tuple(site.id for site in problem.sites), dropped))
        return real(problem, graph, dropped, search)

    monkeypatch.setattr(module, "served", noted)
    return found


def late_and_narrow(*sites: str) -> Problem:
    ways = [an_option(f"{site}-1", site, "h", lead_days=130, bandwidth_mbps=5) for site in sites]
    return a_case(a_network("h"), [a_site(site) for site in sites], ways)


def asked_of(problem: Problem) -> Asked:
    return Asked(compile_graph(problem.network), Search.starting(Limits(), lambda: 0.0))


def test_what_cannot_be_served_is_not_asked_again_with_less_set_aside(questions: list[object]) -> None:
    problem = late_and_narrow("s")
    asked = asked_of(problem)
    assert asked.fails(problem, ["site:s/date", "site:s/latency"])
    assert asked.fails(problem, ["site:s/date"])
    assert asked.fails(problem)
    assert len(questions) == 1


def test_what_can_be_served_is_not_asked_again_with_more_set_aside(questions: list[object]) -> None:
    problem = late_and_narrow("s")
    asked = asked_of(problem)
    assert asked.is_feasible(problem, ["site:s/date", "site:s/bandwidth"])
    assert asked.is_feasible(problem, ["site:s/date", "site:s/bandwidth", "site:s/latency"])
    assert len(questions) == 1


def test_what_a_design_keeps_need_not_be_set_aside_for_it(questions: list[object]) -> None:
    problem = late_and_narrow("s")
    asked = asked_of(problem)
    assert asked.is_feasible(problem, asked.everything(problem))
    assert asked.is_feasible(problem, ["site:s/date", "site:s/bandwidth"])
    assert len(questions) == 1
    assert asked.fails(problem, ["site:s/date"])
    assert asked.fails(problem, ["site:s/bandwidth"])
    assert len(questions) == 3


def test_the_rules_of_items_that_are_not_there_make_no_difference(questions: list[object]) -> None:
    both = late_and_narrow("s", "t")
    one = replace(both, sites=both.sites[:1])
    asked = asked_of(both)
    assert asked.fails(one, ["site:s/date"])
    assert asked.fails(one, ["site:s/date", "site:t/date"])
    assert asked.fails(both, ["site:s/date"])
    assert [items for items, _ in questions] == [("s",), ("s", "t")]  # type: ignore[misc, attr-defined]


def test_a_question_that_a_guard_left_open_is_not_kept(questions: list[object]) -> None:
    problem = late_and_narrow("s")
    moments = iter([0.0, 100.0, *[0.0] * 50])
    asked = Asked(compile_graph(problem.network), Search.starting(Limits(), lambda: next(moments)))
    assert asked.is_feasible(problem) is None
    assert asked.is_feasible(problem) is False


def test_an_item_that_fails_for_itself_is_explained_without_the_others(
    questions: list[tuple[tuple[str, ...], frozenset[str]]],
) -> None:
    ways = [an_option("1", "a", "h", lead_days=130), *(an_option(f"w-{n}", f"b{n}", "h") for n in range(20))]
    problem = a_case(a_network("h"), [a_site("a"), *(a_site(f"b{n}") for n in range(20))], ways)
    outcome = solve(problem)
    assert [reason.constraint for reason in outcome.reasons if reason.option is None] == ["site:a/date"]
    assert {items for items, _ in questions} == {("a",)}
