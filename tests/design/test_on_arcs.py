"""Items kept apart, all at once on the arcs of the network: against the whole truth, and where prices alone give up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, product
from math import ceil, inf
from operator import mul

import pytest

from linkwright.design.choice import on_arcs
from linkwright.design.choice.case import Case
from linkwright.design.choice.choice import CHEAPEST, MOST_SITES, value_of
from linkwright.design.choice.on_arcs import OnArcs, best_on_arcs
from linkwright.design.choice.outcome import design_of
from linkwright.design.choice.programme import Programme
from linkwright.design.limits import Limits, Search
from linkwright.design.model import Problem, Separation, Srlg
from linkwright.design.routes.graph import compile_graph
from linkwright.design.rules.screen import NOTHING_DROPPED
from linkwright.design.solve import solve
from linkwright.design.units import LATENCY_TOLERANCE_MS
from linkwright.design.verify.check import check
from linkwright.design.why.least import least_value
from linkwright.design.why.narrowed import within
from linkwright.design.why.relaxed import with_value
from mocks.world.topology import load
from tests.design.dense import items_apart
from tests.design.tiny2 import Dice, all_true
from tests.design.tiny_all import MOST_DESIGNS, Drawn, drawn_from

from .pieces import a_case, a_link, a_network, a_site, an_option

GERMANY = load("germany50")
THOUSANDTHS = {"npv": 1000}
TOGETHER = (
    ("several apart",),
    ("several apart", "far"),
    ("several apart", "all far", "several builds"),
    ("several apart", "wishes"),
    ("several apart", "words", "undeclared"),
    ("several apart", "legs", "ports", "build"),
    ("several apart", "augment", "budget", "stock"),
    ("several apart", "meets", "jitter", "npv"),
)


def _search() -> Search:
    return Search.starting(Limits(), lambda: 0.0)


def _least(one: Drawn) -> int | None:
    """The least money of all designs, whatever the goal is."""
    unit = THOUSANDTHS.get(one.problem.goal.kind, 1)
    return min((round(unit * truth.value) for truth, _ in all_true(one.problem, one.designs)), default=None)


def _on_arcs(problem: Problem) -> tuple[Case, OnArcs | None]:
    case = Case(problem)
    return case, best_on_arcs(case, CHEAPEST, _search(), serves_all=True)


@pytest.mark.parametrize("features", TOGETHER, ids="+".join)
def test_the_best_choice_on_arcs_is_the_best_of_all(features: tuple[str, ...]) -> None:
    said = Counter[str]()
    for seed in range(40):
        one = drawn_from(seed, features)
        if not 0 < one.size <= MOST_DESIGNS:
            continue
        case, found = _on_arcs(one.problem)
        assert found is not None, one.problem.name
        least = _least(one)
        if least is None:
            assert found[:2] == (inf, None), one.problem.name
            _assert_is_core(case, found)
            said["no"] += 1
            continue
        assert found.columns is not None, one.problem.name
        assert value_of(case, CHEAPEST, (), found.columns, ()) == found.bound == least, one.problem.name
        assert check(one.problem, design_of(case, found.columns)).violations == (), one.problem.name
        said["yes"] += 1
    assert min(said["no"], said["yes"]) > 2, said


def _assert_is_core(case: Case, found: OnArcs) -> None:
    """These items cannot be served either while all other rules between items are left out."""
    if found.core is not None:
        part = within(case.problem, (case.sites[number].site.id for number in found.core.sites))
        kept = [own for own in part.apart if f"apart:{own.a}+{own.b}/{own.diversity}" in found.core.constraints]
        assert next(iter(all_true(replace(part, apart=tuple(kept)))), None) is None, case.problem.name


def test_as_many_items_are_served_as_can_be() -> None:
    left_out = Counter[int]()
    for seed in range(60):
        one = drawn_from(seed, ("several apart",))
        if not 0 < one.size <= MOST_DESIGNS or len(one.problem.sites) > 3:
            continue
        case = Case(one.problem)
        found = best_on_arcs(case, MOST_SITES, _search(), serves_all=False)
        assert found is not None
        assert found.columns is not None
        most = _most_served(one.problem)
        assert len(one.problem.sites) - found.bound == len(found.columns) == most, one.problem.name
        left_out[len(one.problem.sites) - most] += 1
    assert left_out[0] > 5
    assert left_out[1] > 5


def _most_served(problem: Problem) -> int:
    """By trying every part of the items, the largest first."""
    for count in range(len(problem.sites), 0, -1):
        for sites in combinations(problem.sites, count):
            names = {site.id for site in sites}
            apart = tuple(rule for rule in problem.apart if {rule.a, rule.b} <= names)
            options = tuple(option for option in problem.access_options if option.site in names)
            part = replace(problem, sites=sites, apart=apart, access_options=options)
            if next(iter(all_true(part)), None) is not None:
                return count
    return 0


@pytest.mark.parametrize("diversity", ["link", "node", "srlg"])
def test_items_of_two_legs_kept_apart_across_a_country_are_proved(diversity: str) -> None:
    """Whose accesses leave little choice, and whose ways leave very much."""
    problem = items_apart(GERMANY, [("a", "none"), ("b", "carrier"), ("c", "none")], diversity)
    outcome = solve(problem)
    assert outcome.guards == ()
    if outcome.design is None:
        assert outcome.status == "infeasible"
        assert outcome.reasons
    else:
        assert (outcome.status, outcome.gap) == ("optimal", 0.0)
        assert check(problem, outcome.design).violations == ()


def test_one_item_more_or_a_stricter_rule_never_makes_a_group_cheaper() -> None:
    """Each level includes the ones before it."""
    costs = []
    for level in ("link", "node", "srlg"):
        for items in ("ab", "abc"):
            problem = items_apart(GERMANY, [(name, "none") for name in items], level)
            _, found = _on_arcs(problem)
            assert found is not None
            costs.append((level, items, found.bound))
    known = {(level, items): bound for level, items, bound in costs}
    for items in ("ab", "abc"):
        assert known["link", items] <= known["node", items] <= known["srlg", items]
    for level in ("link", "node", "srlg"):
        assert known[level, "ab"] <= known[level, "abc"]
    assert known["link", "ab"] < inf


def test_a_design_whose_legs_fail_together_too_often_is_refused_and_another_one_found() -> None:
    """The cheap pair of ways shares a duct that is not good enough for both."""
    links = [
        a_link("pm", "pm", srlgs=("duct",)),
        a_link("qm", "qm", srlgs=("duct",)),
        a_link("mh", "mh"),
        a_link("mk", "mk"),
        a_link("ph", "ph", price=5),
        a_link("kh", "kh"),
        a_link("rh", "rh"),
    ]
    network = a_network("pqrmkh", links, [Srlg(id="duct", availability=0.9)])  # type: ignore[arg-type]
    sites = [a_site("x", diversity="link", min_availability=0.99), a_site("y")]
    options = [an_option("xp", "x", "p"), an_option("xq", "x", "q"), an_option("yr", "y", "r")]
    problem = replace(a_case(network, sites, options), apart=(Separation(a="x", b="y", diversity="link"),))
    case, found = _on_arcs(problem)
    assert found is not None
    assert found.columns is not None
    assert found.bound == value_of(case, CHEAPEST, (), found.columns, ()) == 10 * 5 * problem.term_months
    assert check(problem, design_of(case, found.columns)).violations == ()


def test_legs_that_may_have_to_take_a_longer_way_are_not_for_arcs() -> None:
    problem = items_apart(GERMANY, [("a", "node"), ("b", "none")], "link")
    site, other = problem.sites
    even = replace(problem, sites=(replace(site, max_differential_ms=1.0), other))
    assert len(site.destinations) > 1
    assert _on_arcs(problem)[1] is not None
    assert _on_arcs(even)[1] is None


@pytest.mark.parametrize("diversity", ["none", "link"])
def test_a_way_that_is_too_long_by_next_to_nothing_is_refused_once(
    diversity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By less than a solver sees, whatever accesses it is taken with, and for each leg that could take it."""
    problem, constraint = items_apart(GERMANY, [("a", diversity), ("b", "none")], "node"), "site:a/latency"
    graph, search = compile_graph(problem.network), _search()
    least = least_value(with_value(problem, constraint, 1.0), graph, constraint, NOTHING_DROPPED, search)
    assert least is not None
    monkeypatch.setattr(on_arcs, "MOST_REFUSED", 4)
    bounds = []
    for value in (float(least.value), float(least.value) - 4 * LATENCY_TOLERANCE_MS):
        case = Case(with_value(problem, constraint, value), graph)
        found = best_on_arcs(case, MOST_SITES, search, serves_all=True)
        assert found is not None
        bounds.append(found.bound)
    assert (bounds, search.guards) == ([0, inf], set())


def _all_values(rows: Sequence[tuple[Sequence[tuple[int, float]], float]], count: int) -> list[tuple[int, ...]]:
    return [
        values
        for values in product((0, 1), repeat=count)
        if all(sum(factor * values[own] for own, factor in entries) <= most for entries, most in rows)
    ]


@pytest.mark.parametrize("is_free", [True, False], ids=["free", "dear"])
def test_a_small_programme_is_solved_as_by_trying_everything(is_free: bool) -> None:
    said = Counter[str]()
    for seed in range(120):
        dice, programme, count = Dice(seed), Programme(), 6
        costs = [0 if is_free else dice.randint(0, 9) for _ in range(count)]
        for cost in costs:
            programme.yes(cost, guide=dice.randint(0, 3), decides=dice.randint(0, 3) == 0)
        rows = [
            ([(own, float(dice.randint(-3, 3))) for own in range(count)], float(dice.randint(-4, 3))) for _ in range(4)
        ]
        for number, (entries, most) in enumerate(rows):
            programme.subjects = frozenset({str(number)})
            programme.row(entries, most)
        true = _all_values(rows, count)
        least = min((sum(map(mul, costs, values)) for values in true), default=inf)
        solved = programme.solve(1000, 10)
        assert (solved.bound if solved.bound == inf else ceil(solved.bound - 1e-6)) == least, seed
        assert (solved.values is None) == (not true), seed
        if solved.values is not None:
            assert tuple(map(round, solved.values)) in true, seed
        blamed = programme.blamed()
        if blamed is not None:
            assert not _all_values([rows[int(number)] for number in blamed], count), seed
        said["no" if not true else "yes"] += 1
        said["blamed"] += blamed is not None
    assert min(said.values()) > 5, said


class TestProgramme:
    def test_finds_the_least_cost(self) -> None:
        programme = Programme()
        dear, cheap = programme.yes(5), programme.yes(2)
        programme.row([(dear, 1), (cheap, 1)], 1, 1)
        assert programme.solve(100, 10) == (2, [0, 1])

    def test_forbids_what_was_found(self) -> None:
        programme = Programme()
        dear, cheap = programme.yes(5), programme.yes(2)
        programme.row([(dear, 1), (cheap, 1)], 1, 1)
        assert programme.solve(100, 10).bound == 2
        programme.forbid([cheap])
        assert programme.solve(100, 10) == (5, [1, 0])
        programme.forbid([dear])
        assert programme.solve(100, 10) == (inf, None)

    def test_forbids_something_beside_any_of_some(self) -> None:
        programme = Programme()
        way, one, two, three = programme.yes(1), programme.yes(2), programme.yes(3), programme.yes(4)
        programme.row([(one, 1), (two, 1), (three, 1)], 1, 1)
        programme.row([(way, 1)], 1, 1)
        assert programme.solve(100, 10) == (3, [1, 1, 0, 0])
        programme.forbid([way], [one, two])
        assert programme.solve(100, 10) == (5, [1, 0, 0, 1])

    def test_knows_that_nothing_is_not_one(self) -> None:
        programme = Programme()
        programme.yes()
        programme.row([], 1, 1)
        assert programme.solve(100, 10) == (inf, None)

    def test_counts_what_several_have_once(self) -> None:
        programme = Programme()
        one, two, three = programme.yes(), programme.yes(), programme.yes()
        either = programme.any_of([[one], [two, three]])
        programme.row([(one, 1), (two, 1), (three, 1)], 2, 2)
        programme.row([*either, (programme.amount(7), -1)], 0)
        assert programme.solve(100, 10).bound == 7
