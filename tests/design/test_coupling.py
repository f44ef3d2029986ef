"""What items share: the rows that are made, and the solver with them against the whole truth."""

from dataclasses import replace
from itertools import combinations

import pytest

from linkwright.design.choice.case import Case
from linkwright.design.choice.choice import CHEAPEST, broken_rows, opened_by
from linkwright.design.choice.optimise import optimise
from linkwright.design.limits import Limits, Search
from linkwright.design.model import Booking, Freed, Meeting, Problem, Separation, Stock
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.medium import a_medium_problem
from tests.design.tiny import a_problem
from tests.design.tiny2 import best, seeded

TOGETHER = (
    ("overbooked", "frees", "augment"),
    ("retirement", "booking", "temporary", "upgrade"),
    ("temporary", "frees", "ports"),
    ("apart", "words", "undeclared"),
    ("apart", "far"),
    ("meets", "build", "budget"),
    ("meets", "apart"),
    ("stock", "legs", "far"),
    ("stock", "npv"),
)


@pytest.mark.parametrize("features", TOGETHER, ids="+".join)
def test_no_design_is_better_than_the_one_found_where_items_share(features: tuple[str, ...]) -> None:
    for seed in range(6):
        problem = seeded(seed, features, most=400)
        known, outcome = best(problem), solve(problem)
        assert outcome.guards == ()
        assert (outcome.design is None) == (known is None), problem.name
        if known is not None and outcome.design is not None:
            verdict = check(problem, outcome.design)
            scale = 1000 if problem.goal.kind == "npv" else 1
            assert (verdict.violations, verdict.value) == ((), round(scale * known.truth.value)), problem.name


def _constraints(problem: Problem) -> list[str]:
    return [row.constraint for row in Case(problem).coupling.rows]


def _roomy() -> Problem:
    """Two items and nothing that they could run short of."""
    problem = a_problem(1, sites=2, diversity="none")
    sites = tuple(replace(site, max_latency_ms=99.0, min_availability=0.5, required_day=90) for site in problem.sites)
    return replace(problem, sites=sites, builds=())


def test_nothing_is_shared_that_cannot_run_short() -> None:
    assert _constraints(_roomy()) == []


def test_a_booking_makes_a_row_only_if_it_is_in_the_time_of_a_service() -> None:
    problem = _roomy()

    def booked(from_day: int, to_day: int) -> Problem:
        bookings = (Booking(from_day=from_day, to_day=to_day, mbps=999),)
        links = tuple(replace(link, bookings=bookings) for link in problem.network.links)
        return replace(problem, network=replace(problem.network, links=links))

    assert _constraints(booked(1, 89)) == []
    assert {row.partition(":")[0] for row in _constraints(booked(1, 90))} == {"link"}
    assert {row.partition(":")[0] for row in _constraints(booked(200, 300))} == {"link"}


def test_no_way_is_looked_at_for_equipment_that_runs_short_for_one_item_alone() -> None:
    problem = _roomy()
    stock = (Stock(by_day=90, pieces=0), Stock(by_day=120, pieces=9))
    models = tuple(replace(model, stock=stock) for model in problem.cpe_models)
    empty, late = replace(problem, cpe_models=models), frozenset({"cpe:large@90"})

    def looked_at(case: Case) -> list[list[str]]:
        return [[cpe.id for cpe in site.cpes] for site in case.sites]

    assert looked_at(Case(problem)) == [["large"], ["large"]]
    assert looked_at(Case(empty)) == [[], []]
    assert looked_at(Case(empty, elastic=late)) == looked_at(Case(empty, dropped=late)) == [["large"], ["large"]]


def test_a_stock_counts_only_for_who_is_there_by_its_day() -> None:
    problem = _roomy()

    def stocked(by_day: int, pieces: int) -> Problem:
        models = tuple(replace(model, stock=(Stock(by_day=by_day, pieces=pieces),)) for model in problem.cpe_models)
        return replace(problem, cpe_models=models)

    assert _constraints(stocked(89, 0)) == []
    assert _constraints(stocked(90, 1)) == ["cpe:small@90", "cpe:large@90"]
    assert _constraints(stocked(90, 2)) == []


def test_what_an_item_gives_back_is_there_only_with_the_item() -> None:
    problem = _roomy()
    option = problem.access_options[0]
    nodes = tuple(replace(node, ports=0) for node in problem.network.nodes)
    giving = replace(problem.sites[0], frees=(Freed(pop=option.pop, ports=1),))
    full = replace(
        problem,
        network=replace(problem.network, nodes=nodes),
        sites=(giving,),
        access_options=tuple(own for own in problem.access_options if own.site == giving.id),
    )
    assert solve(full).design is not None
    assert solve(replace(full, sites=(replace(giving, frees=()),))).design is None


def test_a_rule_that_is_set_aside_makes_no_rows() -> None:
    problem = _roomy()
    names = tuple(site.id for site in problem.sites)
    ruled = replace(
        problem,
        apart=(Separation(a=names[0], b=names[1], diversity="node"),),
        meets=(Meeting(id="m", sites=names, nodes=()),),
    )
    rules = frozenset({"apart:s0+s1/node", "meet:m/together"})
    assert set(_constraints(ruled)) == rules
    assert Case(ruled, None, rules).coupling.rows == []


def test_members_of_a_meeting_open_one_node() -> None:
    for seed in range(8):
        problem = seeded(seed, ["meets"], most=400)
        case = Case(problem)
        choice = optimise(case, CHEAPEST, Search.starting(Limits(), lambda: 0.0)).choice
        if choice is not None:
            assert broken_rows(case, choice.columns) == []
            opened = [own.id for own in opened_by(case, choice.columns) if own.kind == "meet"]
            assert len(opened) == len(problem.meets)


def _at_one_hub(seed: int, sites: int, count: int, word: str) -> Problem:
    """The first items of a country's, every two of them kept apart."""
    drawn = a_medium_problem("germany50", sites=sites, seed=seed, room=1.5)
    eased = tuple(
        replace(site, max_latency_ms=1.5 * site.max_latency_ms, min_availability=site.min_availability - 0.001)
        for site in drawn.sites
    )
    pairs = combinations([site.id for site in eased[:count]], 2)
    return replace(drawn, sites=eased, apart=tuple(Separation(a=a, b=b, diversity=word) for a, b in pairs))


def test_several_items_that_cannot_all_be_apart_are_told_without_a_guard() -> None:
    problem = _at_one_hub(6, 40, 4, "link")
    outcome = solve(replace(problem, sites=problem.sites[:4]))
    assert (outcome.status, outcome.guards) == ("infeasible", ())
    assert {reason.constraint.partition(":")[0] for reason in outcome.reasons} == {"apart"}


def test_items_find_no_room_where_others_pass_that_they_met_late() -> None:
    limits = Limits(labels_a_site=300, rounds=6, nodes=200, branches=2, columns=300, columns_a_site=40)
    outcome = solve(_at_one_hub(6, 6, 3, "node"), limits=limits, time_limit_s=1000)
    assert outcome.status == "infeasible"
