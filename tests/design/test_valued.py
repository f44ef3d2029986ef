"""What has no most generous value: values of several such constraints are tried together."""

import pytest

from linkwright.design.choice.optimise import is_feasible
from linkwright.design.limits import Limits, Search
from linkwright.design.model import Problem
from linkwright.design.routes.graph import Graph, compile_graph
from linkwright.design.rules.screen import Dropped
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why import valued
from linkwright.design.why.asked import Asked
from linkwright.design.why.corrections import changeable
from linkwright.design.why.priced import with_changes
from linkwright.design.why.severally import Severally
from linkwright.design.why.valued import MOST_TOGETHER, has_values, least_beside
from tests.design.pieces import a_case, a_network, a_site, an_option
from tests.design.tiny_all import drawn_from
from tests.design.tiny_changes import cheapest_changes


def asked_of(problem: Problem) -> Asked:
    graph = compile_graph(problem.network)
    return Asked(graph, Search.starting(Limits(), lambda: 0.0), instead=changeable(problem, graph).instead)


def late_and_soon_gone() -> Problem:
    """One access comes late and stays too short; the other comes later still, and never is large enough."""
    ways = [
        an_option("1", "s", "h", lead_days=120, until_day=130),
        an_option("2", "s", "h", lead_days=140, until_day=145, bandwidth_mbps=5),
    ]
    return a_case(a_network("h"), [a_site("s", end_day=200)], ways)


def test_a_period_begins_after_the_date_that_changes_with_it() -> None:
    problem = late_and_soon_gone()
    asked = asked_of(problem)
    assert has_values(problem, ["site:s/date", "site:s/period"], asked)
    assert has_values(problem, ["site:s/period"], asked) is False
    assert has_values(problem, ["site:s/date"], asked) is False
    assert least_beside(problem, "site:s/date", ["site:s/period"], asked) == 120
    (combination,) = solve(problem, relax=True).combinations
    assert {change.constraint: change.value for change in combination.changes} == {
        "site:s/date": 120,
        "site:s/period": 130,
    }


def test_an_access_that_is_gone_before_its_item_may_start_needs_no_period() -> None:
    """It is there from day 120 on, and until day 110."""
    way = an_option("1", "s", "h", lead_days=120, until_day=110)
    problem = a_case(a_network("h"), [a_site("s", end_day=200)], [way])
    assert has_values(problem, ["site:s/date", "site:s/period"], asked_of(problem)) is False
    outcome = solve(problem, relax=True)
    assert (outcome.relaxations, outcome.combinations, outcome.guards) == ((), (), ())


def test_values_of_many_are_tried_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """All items at once are asked about: of all values together there are more than are tried."""
    monkeypatch.setattr("linkwright.design.why.combined.severally", lambda *_: Severally())
    names = ("a", "b", "c")
    ways = [an_option(f"{name}-{nrc}", name, "h", nrc=nrc, until_day=150) for name in names for nrc in (3, 5)]
    sites = [a_site(name, end_day=200, diversity="entry") for name in names]
    problem = a_case(a_network("h"), sites, ways)
    outcome = solve(problem, relax=True)
    (combination,) = outcome.combinations
    assert {change.constraint: change.value for change in combination.changes} == {
        f"site:{name}/{dimension}": value
        for name in names
        for dimension, value in (("period", 150), ("diversity", "link"))
    }
    assert (outcome.guards, combination.cost_minor) == ((), 24)


def test_values_of_one_that_begin_and_end_are_the_same_by_trying_everything() -> None:
    problem = drawn_from(261, ("period", "temporary", "legs", "backup", "steps", "ports", "words")).problem
    outcome = solve(problem, relax=True)
    known = cheapest_changes(problem)
    assert known is not None
    (combination,) = outcome.combinations
    assert (outcome.guards, check(with_changes(problem, combination.changes), combination.design).value) == (
        (),
        known.value,
    )
    assert frozenset(change.constraint for change in combination.changes) in known.changed


@pytest.mark.parametrize("seed", [6000947, 6000959])
def test_tiny_problems_of_services_that_end_are_decided(seed: int) -> None:
    problem = drawn_from(seed).problem
    outcome = solve(problem, relax=True)
    (combination,) = outcome.combinations
    assert outcome.guards == ()
    assert check(with_changes(problem, combination.changes), combination.design).violations == ()
    for left_out in combination.changes:
        rest = [change for change in combination.changes if change != left_out]
        assert solve(with_changes(problem, rest)).design is None


def two_of_which_one_has_no_values() -> Problem:
    """One may start and end on many days; the other has two accesses that are never there for one of its periods."""
    ways = [an_option(f"a{day}", "a", "h", lead_days=day, until_day=day + 5) for day in range(110, 190, 5)]
    ways += [an_option(f"b{day}", "b", "h", lead_days=day, until_day=day - 5) for day in (130, 150)]
    return a_case(a_network("h"), [a_site(name, end_day=200) for name in "ab"], ways)


def test_one_item_without_values_is_enough_whatever_values_the_others_have(monkeypatch: pytest.MonkeyPatch) -> None:
    questions: list[Problem] = []

    def counting(problem: Problem, graph: Graph, dropped: Dropped, search: Search) -> bool | None:
        questions.append(problem)
        return is_feasible(problem, graph, dropped, search)

    monkeypatch.setattr(valued, "is_feasible", counting)
    problem = two_of_which_one_has_no_values()
    aside = [f"site:{name}/{dimension}" for name in "ab" for dimension in ("date", "period")]
    assert has_values(problem, aside, asked_of(problem)) is False
    assert len(questions) < MOST_TOGETHER / 2


def test_values_that_were_enough_the_last_time_are_tried_first(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = late_and_soon_gone()
    asked, aside = asked_of(problem), ["site:s/date", "site:s/period"]
    assert has_values(problem, aside, asked)
    monkeypatch.setattr(valued, "_possible", lambda *_: iter(()))
    assert has_values(problem, aside, asked)
    assert has_values(problem, ["site:s/period"], asked) is False
