"""Questions under thresholds: what is kept from one to the next never changes an answer."""

from math import inf

import pytest

from linkwright.design.choice.alone import cheapest_of_each
from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import carried, cheapest
from linkwright.design.choice.choice import broken_rows
from linkwright.design.instead.front import Front
from linkwright.design.instead.thresholds import decisive_days, earliest, earliest_of_each, most_of_each, narrowed, only
from linkwright.design.limits import Limits, Search
from linkwright.design.model import Problem
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.verify.days import OtherDays
from linkwright.design.verify.legs import AlreadyFollowed
from tests.design.tiny import SCARCE_KINDS, a_small_problem

SEEDS = range(7000, 7012)


def a_search() -> Search:
    return Search.starting(Limits(), lambda: 0.0)


def levels(problem: Problem) -> list[float]:
    """Availabilities that some of the designs of single items have, others not."""
    case = Case(problem)
    cheapest(case, a_search())
    columns = (one for site in case.sites for found in site.columns.values() for _, one in found)
    return sorted({column.availability for column in columns})


@pytest.mark.parametrize("seed", SEEDS)
def test_a_case_with_raised_availabilities_is_like_one_made_anew(seed: int) -> None:
    problem = a_small_problem(seed, SCARCE_KINDS, most=150)
    base = Case(problem)
    known = cheapest(base, a_search())
    for level in levels(problem):
        asked = narrowed(problem, availability=level)
        raised, fresh = base.raised(asked), Case(asked)
        seeds = list(carried(base, known.pool, raised))
        assert all(column.availability >= level - 1e-12 for column in seeds)
        found, wanted = cheapest(raised, a_search(), seeds=seeds), cheapest(fresh, a_search())
        assert found.bound == wanted.bound
        assert (found.choice is None) == (wanted.choice is None)
        if found.choice is not None and wanted.choice is not None:
            assert found.choice.value == wanted.choice.value
    again, anew = (cheapest_of_each(case, a_search()) for case in (base, Case(problem)))
    assert [bound for bound, _ in again] == [bound for bound, _ in anew]


def test_a_design_is_true_on_other_days_exactly_where_the_verifier_says_so() -> None:
    told: list[bool] = []
    for seed in range(7000, 7040):
        problem = a_small_problem(seed, ("upgrade", "augment"), most=150)
        outcome = solve(problem)
        if outcome.design is not None and outcome.verdict is not None:
            asked = OtherDays(problem, outcome.design, outcome.verdict)
            for day in decisive_days(problem):
                earlier = narrowed(problem, day)
                told.append(asked.are_kept(earlier))
                assert told[-1] == (not check(earlier, outcome.design).violations), (seed, day)
    assert told.count(True) > 20
    assert told.count(False) > 20


def test_what_the_verifier_followed_before_changes_none_of_its_verdicts() -> None:
    refused = 0
    for seed in range(7000, 7016):
        problem = a_small_problem(seed, SCARCE_KINDS, most=150)
        designs = [one.design for one in solve(problem, alternatives=6).alternatives]
        followed: AlreadyFollowed = {}
        for design in designs:
            assert check(problem, design, followed=followed) == check(problem, design)
        assert {key[0] for key in followed} == {own for design in designs for own in design.sites}
        known = len(followed)
        for asked in (narrowed(problem, day, 0.999) for day in decisive_days(problem)):
            for design in designs:
                verdict = check(asked, design, followed=followed)
                assert verdict == check(asked, design)
                refused += bool(verdict.violations)
        assert len(followed) == known
    assert refused > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_the_least_of_the_highest_availabilities_is_the_same_whatever_is_known(seed: int) -> None:
    problem = a_small_problem(seed, SCARCE_KINDS, most=150)
    case = Case(problem)
    each = [most_of_each(only(problem, site), case.graph, a_search(), {}) for site in problem.sites]
    values = [best.value for best in each if best.value is not None]
    found = [
        (site.site.id, column) for site, (_, column) in zip(case.sites, cheapest_of_each(case, a_search()), strict=True)
    ]
    known = {
        name: column.availability for name, column in found if column is not None and not broken_rows(case, (column,))
    }
    for told in ({}, known):
        best = most_of_each(problem, case.graph, a_search(), told)
        assert best.is_proved
        assert best.value == (pytest.approx(min(values), abs=1e-11) if len(values) == len(each) else None)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_problem_starts_before_each_of_its_items_could(seed: int) -> None:
    problem = a_small_problem(seed, SCARCE_KINDS, most=150)
    graph, names = Case(problem).graph, [site.id for site in problem.sites]
    each, together = (
        earliest_of_each(problem, graph, a_search(), names),
        earliest(problem, graph, a_search()),
    )
    assert earliest_of_each(problem, graph, a_search(), []).value is None
    if together.value is not None:
        assert each.value is not None
        assert each.value <= together.value
        assert earliest(problem, graph, a_search(), each.value, together.value) == together


@pytest.mark.parametrize("seed", SEEDS)
def test_a_case_of_earlier_days_made_from_a_later_one_is_like_one_made_anew(seed: int) -> None:
    problem = a_small_problem(seed, ("upgrade", "augment", *SCARCE_KINDS), most=150)
    later = Case(problem)
    for day in decisive_days(problem):
        asked = narrowed(problem, day)
        made, fresh = Case(asked, later.graph, later=later), Case(asked, later.graph)
        assert made.coupling == fresh.coupling
        assert made.hard_limit == fresh.hard_limit
        for one, other in zip(made.sites, fresh.sites, strict=True):
            assert (one.site, one.demand, one.options, one.build_uses) == (
                other.site,
                other.demand,
                other.options,
                other.build_uses,
            )
            assert list(one.cpes) == list(other.cpes)


def test_an_item_that_has_nothing_by_a_day_is_seen_in_the_case_of_a_later_one() -> None:
    """Whoever is told to be stuck is; and what is told of the others is what their own day's case tells."""
    stuck = carried_over = 0
    for seed in SEEDS:
        problem = a_small_problem(seed, SCARCE_KINDS, most=150)
        for day in decisive_days(problem):
            for level in (0.0, *levels(problem)[::4]):
                front = Front(problem, Case(problem).graph, a_search())
                front.cases[inf] = Case(problem, front.graph)
                asked = Case(narrowed(problem, day, level), front.graph)
                anew = cheapest_of_each(asked, a_search())
                if front.is_stuck(day, level):
                    assert inf in [bound for bound, _ in anew]
                    assert front.is_impossible(day, level)
                    stuck += 1
                    continue
                known = front._known(asked, day, level)
                assert all(anew[site] == (bound, anew[site][1]) for site, (bound, _) in known.items())
                carried_over += len(known)
    assert stuck > 10
    assert carried_over > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_the_case_of_all_items_tells_what_each_reaches_by_itself(seed: int) -> None:
    problem = a_small_problem(seed, SCARCE_KINDS, most=150)
    front = Front(problem, Case(problem).graph, a_search())
    best = most_of_each(problem, front.graph, a_search(), {}, front.reaching())
    alone = most_of_each(problem, front.graph, a_search(), {})
    assert best.is_proved
    assert best.value == (None if alone.value is None else pytest.approx(alone.value, abs=1e-11))
