"""Alternatives and goals against the whole truth: on tiny problems every conceivable design is tried."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from linkwright.design.choice import cheapest
from linkwright.design.instead import thresholds
from linkwright.design.instead.thresholds import narrowed
from linkwright.design.model import Design, Figure, Freed, Goal, Leg, Partner, Problem, SiteDesign, Worth
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.pieces import a_case, a_link, a_network, a_site, an_option
from tests.design.tiny import SCARCE_KINDS, a_small_problem, augment_choices, lawful_designs, whole

Figures = tuple[int, int, float]
"""Cost, start, and what the least available item fails."""
EVERY_POINT = 10_000


def every_figure(problem: Problem) -> Iterator[Figures]:
    for sites in product(*(lawful_designs(problem, site) for site in problem.sites)):
        for augments in augment_choices(problem):
            design = whole(problem, sites, augments)
            verdict = check(problem, design)
            if not verdict.violations:
                last = max(site.required_day for site in problem.sites)
                days = range(verdict.ready_day, last + 1)
                start = next(day for day in days if not check(narrowed(problem, day), design).violations)
                yield verdict.cost_minor, start, 1 - min(report.availability for report in verdict.sites)


def the_best(problem: Problem) -> list[Figures]:
    every = sorted(set(every_figure(problem)))
    kept: list[Figures] = []
    for one in every:
        if not any(all(a <= b + 1e-12 for a, b in zip(other, one, strict=True)) for other in kept):
            kept.append(one)
    return kept


def feasible_problems(scarce: tuple[str, ...], count: int) -> Iterator[tuple[Problem, list[Figures]]]:
    for seed in range(7000, 7100):
        problem = a_small_problem(seed, scarce, most=150)
        if best := the_best(problem):
            yield problem, best
            count -= 1
        if not count:
            return


@pytest.mark.parametrize("scarce", [(kind,) for kind in SCARCE_KINDS] + [SCARCE_KINDS], ids="+".join)
def test_the_alternatives_are_all_designs_that_no_other_beats(scarce: tuple[str, ...]) -> None:
    for problem, best in feasible_problems(scarce, 3):
        outcome = solve(problem, alternatives=EVERY_POINT)
        told = [(one.cost_minor, one.ready_day, 1 - one.availability) for one in outcome.alternatives]
        assert told == [pytest.approx(one, rel=0, abs=1e-11) for one in best], problem.name
        assert outcome.guards == ()
        for one in outcome.alternatives:
            assert one.gap == 0
            verdict = check(narrowed(problem, one.ready_day, one.availability), one.design)
            assert (verdict.violations, verdict.cost_minor) == ((), one.cost_minor)


def test_who_asks_for_no_alternative_pays_for_one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[Problem] = []

    def counting(problem: Problem, *arguments: Any, **options: Any) -> Any:
        checked.append(problem)
        return check(problem, *arguments, **options)

    for module in (cheapest, thresholds):
        monkeypatch.setattr(module, "check", counting)
    problem = a_small_problem(5)
    assert solve(problem).design is not None
    assert checked == [problem]
    solve(problem, alternatives=3)
    assert len(checked) > 2


def test_the_roles_are_the_ends_and_the_middle_of_the_alternatives() -> None:
    several = 0
    for problem, best in feasible_problems(("upgrade", "augment"), 8):
        found = solve(problem, alternatives=EVERY_POINT).alternatives
        of = {role: one for one in found for role in one.roles}
        assert set(of) == {"cheapest", "earliest", "mostAvailable", "balanced"}
        assert of["cheapest"].cost_minor == min(cost for cost, _, _ in best)
        assert of["earliest"].ready_day == min(day for _, day, _ in best)
        assert 1 - of["mostAvailable"].availability == pytest.approx(min(down for _, _, down in best), abs=1e-11)
        several += len(found) > 1
    assert several


def test_the_balanced_design_is_the_one_between_two_ends() -> None:
    ways = [
        an_option("slow", "s", "h", nrc=10, lead_days=90, availability=0.99),
        an_option("fair", "s", "h", nrc=20, lead_days=40, availability=0.995),
        an_option("fast", "s", "h", nrc=100, lead_days=5, availability=0.999),
    ]
    found = solve(a_case(a_network("h"), [a_site("s")], ways), alternatives=12).alternatives
    assert [(one.design.sites[0].legs[0].access, one.roles) for one in found] == [
        ("slow", ("cheapest",)),
        ("fair", ("balanced",)),
        ("fast", ("earliest", "mostAvailable")),
    ]


def test_fewer_searches_find_fewer_but_never_a_beaten_design() -> None:
    for problem, best in feasible_problems(("upgrade",), 3):
        found = solve(problem, alternatives=2).alternatives
        assert found
        figures = [(one.cost_minor, one.ready_day, 1 - one.availability) for one in found]
        for one in figures:
            others = [other for other in figures if other != one]
            assert not any(all(a <= b for a, b in zip(other, one, strict=True)) for other in others)
        assert figures[0][0] == best[0][0]


@pytest.mark.parametrize("scarce", SCARCE_KINDS)
def test_a_goal_that_is_a_figure_is_reached_at_the_least_cost(scarce: str) -> None:
    for problem, best in feasible_problems((scarce,), 3):
        first = min((day, cost) for cost, day, _ in best)
        outcome = solve(replace(problem, goal=Goal(kind="date")))
        assert outcome.design is not None
        assert (outcome.status, outcome.cost_minor) == ("optimal", first[1]), problem.name
        assert outcome.figure == Figure(name="date", value=first[0])
        assert check(narrowed(problem, first[0]), outcome.design).violations == ()
        down = min(down for _, _, down in best)
        cost = min(cost for cost, _, own in best if own <= down + 1e-12)
        outcome = solve(replace(problem, goal=Goal(kind="availability")))
        assert outcome.verdict is not None
        assert outcome.figure is not None
        assert outcome.figure.value == pytest.approx(1 - down, abs=1e-11)
        assert (outcome.status, outcome.cost_minor) == ("optimal", cost), problem.name
        assert 1 - min(report.availability for report in outcome.verdict.sites) == pytest.approx(down, abs=1e-11)


def _with_room_given_back() -> Problem:
    """The second needs what the first gives back, from the day on which its only way is there."""
    sites = [a_site("giving", frees=(Freed(link="l", mbps=60),)), a_site("needing")]
    ways = [
        an_option("late", "giving", "h", nrc=10, lead_days=40),
        an_option("early", "giving", "h", nrc=30, lead_days=1),
        an_option("nowhere", "needing", "q", lead_days=1),
        an_option("somewhere", "needing", "p", lead_days=5),
    ]
    return a_case(a_network("pqh", [a_link("l", "ph", capacity_mbps=0)]), sites, ways)


def test_a_temporary_service_may_have_accesses_that_come_after_the_others_are_live() -> None:
    sites = [a_site("staying"), a_site("event", required_day=80, end_day=90)]
    ways = [
        an_option("late", "staying", "h", nrc=10, lead_days=40),
        an_option("early", "staying", "h", nrc=30, lead_days=1),
        an_option("for-the-event", "event", "h", lead_days=60),
    ]
    found = solve(a_case(a_network("h"), sites, ways), alternatives=EVERY_POINT).alternatives
    assert [one.cost_minor for one in found] == [10, 30]
    assert ["earliest" in one.roles for one in found] == [False, True]


def test_what_one_item_gives_back_is_there_when_it_is_asked_how_early_another_can_be() -> None:
    problem = _with_room_given_back()
    outcome = solve(replace(problem, goal=Goal(kind="date")))
    assert (outcome.status, outcome.cost_minor, outcome.bound_minor) == ("optimal", 30, 30)
    assert outcome.figure == Figure(name="date", value=5)
    found = solve(problem, alternatives=EVERY_POINT).alternatives
    assert [(one.cost_minor, one.ready_day) for one in found] == [(10, 40), (30, 5)]


def test_what_is_infeasible_is_so_for_every_goal_and_has_no_alternatives() -> None:
    late = a_case(a_network("h"), [a_site("s")], [an_option("1", "s", "h", lead_days=101)])
    for kind in ("cost", "date", "availability", "npv"):
        outcome = solve(replace(late, goal=Goal(kind=kind)), alternatives=12)  # type: ignore[arg-type]
        assert (outcome.status, outcome.alternatives) == ("infeasible", ())
        assert outcome.reasons[0].constraint == "site:s/date"


def test_the_same_problem_gives_the_same_alternatives() -> None:
    problem = a_small_problem(7001, SCARCE_KINDS, most=150)
    once, again = (solve(problem, alternatives=12, clock=lambda: 0.0) for _ in range(2))
    assert once == again


def test_more_designs_than_that_are_built_of_other_accesses_the_cheapest_first() -> None:
    ways = [
        an_option("1", "s", "h", nrc=10),
        an_option("2", "s", "h", nrc=11, lead_days=1),
        an_option("3", "s", "p", nrc=40),
        an_option("4", "s", "h", nrc=30, kind="radio"),
        an_option("5", "s", "h", nrc=20, partner="w"),
    ]
    network = a_network("ph", [a_link("l", "ph")])
    problem = a_case(network, [a_site("s")], ways, partners=(Partner(id="w"),))
    found = solve(problem, alternatives=12, structures=4).alternatives
    assert [one.design.sites[0].legs[0].access for one in found] == ["1", "5", "4", "3"]
    assert [one.roles for one in found[1:]] == [("different",)] * 3
    assert len(solve(problem, alternatives=12, structures=9).alternatives) == 4
    assert len(solve(problem, alternatives=12).alternatives) == 1


def test_two_legs_differ_when_one_of_them_does() -> None:
    ways = [an_option(name, "s", "h", nrc=nrc, kind=name) for name, nrc in (("a", 1), ("b", 2), ("c", 4), ("d", 8))]
    problem = a_case(a_network("h"), [a_site("s", diversity="link")], ways)
    found = solve(problem, alternatives=1, structures=9).alternatives
    pairs = ["+".join(sorted(leg.access for leg in one.design.sites[0].legs)) for one in found]
    assert pairs == ["a+b", "a+c", "b+c", "a+d", "b+d", "c+d"]


@pytest.mark.parametrize("scarce", [(kind,) for kind in SCARCE_KINDS] + [SCARCE_KINDS], ids="+".join)
def test_a_net_present_value_is_the_least_there_is(scarce: tuple[str, ...]) -> None:
    """Money of today counts twice, that of later months hardly anything; one item has coefficients of its own."""
    for seed in range(7000, 7006):
        problem = replace(
            a_small_problem(seed, scarce, most=150), goal=Goal(kind="npv", worth=Worth(nrc=2.0, mrc=0.125))
        )
        own = replace(problem.sites[0], npv=Worth(nrc=0.5, mrc=1.5))
        problem = replace(problem, sites=(own, *problem.sites[1:]))
        values = [
            verdict.value
            for sites in product(*(lawful_designs(problem, site) for site in problem.sites))
            for augments in augment_choices(problem)
            if not (verdict := check(problem, whole(problem, sites, augments))).violations
        ]
        outcome = solve(problem)
        assert (outcome.design is None) == (not values), problem.name
        if values:
            assert outcome.verdict is not None
            assert (outcome.status, outcome.gap, outcome.verdict.value) == ("optimal", 0, min(values)), problem.name
            assert outcome.cost_minor == outcome.verdict.cost_minor


def test_of_designs_that_cost_the_same_the_one_that_none_beats_is_the_design() -> None:
    """Two ways of one price, of which the one that is found first is the worse."""
    ways = [an_option("a", "s", "h", availability=0.99), an_option("b", "s", "h", availability=0.999)]
    assert {
        solve(replace(problem, access_options=tuple(order)), alternatives=4).design
        for problem in [a_case(a_network("h"), [a_site("s")], ways)]
        for order in (ways, ways[::-1])
    } == {Design(sites=(SiteDesign(site="s", cpe="box", legs=(Leg(access="b", path=()),)),))}


@pytest.mark.parametrize("scarce", [(kind,) for kind in SCARCE_KINDS], ids="+".join)
def test_the_design_is_one_of_the_alternatives_beside_it(scarce: tuple[str, ...]) -> None:
    for problem, _ in feasible_problems(scarce, 4):
        outcome = solve(problem, alternatives=EVERY_POINT)
        assert outcome.design in [one.design for one in outcome.alternatives if "cheapest" in one.roles], problem.name
