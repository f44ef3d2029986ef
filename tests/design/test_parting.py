"""Items that are kept apart: what a flow says about them at once, and how it is explained."""

from dataclasses import replace
from itertools import combinations

import pytest

from linkwright.design.choice.case import Case
from linkwright.design.choice.outcome import design_of
from linkwright.design.choice.parting import why_no_room, with_room
from linkwright.design.model import Problem, Separation
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.medium import a_medium_problem
from tests.design.tiny import minimal_conflicts, minimal_sets
from tests.design.tiny2 import violation_sets
from tests.design.tiny_all import MOST_DESIGNS, drawn_from

from .pieces import a_case, a_link, a_network, a_site, an_option

MOST_EXPLAINED = 300


def _at_entries(items: int, entries: str, diversity: str = "node") -> Problem:
    """Items that may all begin at the same nodes, each with a link of its own to the hub; every two are apart."""
    names = [f"x{number}" for number in range(items)]
    network = a_network([*entries, "h"], [a_link(f"l{node}", f"{node}h") for node in entries])  # type: ignore[list-item]
    options = [an_option(f"{name}-{node}", name, node) for name in names for node in entries]
    problem = a_case(network, [a_site(name) for name in names], options)
    return replace(problem, apart=tuple(Separation(a=a, b=b, diversity=diversity) for a, b in combinations(names, 2)))


@pytest.mark.parametrize("diversity", ["link", "node"])
def test_as_many_items_have_room_as_there_are_ways(diversity: str) -> None:
    enough, too_many = _at_entries(4, "pqrs", diversity), _at_entries(5, "pqrs", diversity)
    columns = with_room(Case(enough))
    assert columns is not None
    assert why_no_room(Case(enough)) is None
    assert check(enough, design_of(Case(enough), columns)).violations == ()
    core = why_no_room(Case(too_many))
    assert core is not None
    assert (core.sites, len(core.constraints)) == ((0, 1, 2, 3, 4), 10)
    assert with_room(Case(too_many)) is None


def test_six_items_for_four_entries_are_explained_by_five_of_them() -> None:
    outcome = solve(_at_entries(6, "pqrs"), relax=True)
    assert (outcome.status, outcome.guards) == ("infeasible", ())
    named = {reason.constraint for reason in outcome.reasons}
    items = {item for name in named for item in name.removeprefix("apart:").removesuffix("/node").split("+")}
    assert len(items) == 5
    assert named == {f"apart:{a}+{b}/node" for a, b in combinations(sorted(items), 2)}
    for name in sorted(named):
        kept = tuple(rule for rule in _at_entries(6, "pqrs").apart if f"apart:{rule.a}+{rule.b}/node" in named - {name})
        assert solve(replace(_at_entries(6, "pqrs"), apart=kept)).status == "optimal"


def test_more_items_at_one_place_than_it_has_entries_are_explained_without_a_guard() -> None:
    """Across a country, where each of them has thousands of ways."""
    drawn = a_medium_problem("germany50", sites=1, seed=0)
    (site,) = drawn.sites
    names = [f"x{number}" for number in range(4)]
    problem = replace(
        drawn,
        sites=tuple(replace(site, id=name, diversity="none") for name in names),
        access_options=tuple(
            replace(option, id=f"{option.id}-{name}", site=name) for name in names for option in drawn.access_options
        ),
        apart=tuple(Separation(a=a, b=b, diversity="node") for a, b in combinations(names, 2)),
    )
    assert len({option.pop for option in problem.access_options}) == 3
    outcome = solve(problem)
    assert (outcome.status, outcome.guards) == ("infeasible", ())
    assert {reason.constraint for reason in outcome.reasons} == {
        f"apart:{a}+{b}/node" for a, b in combinations(names, 2)
    }


def test_what_a_flow_says_of_items_apart_is_true() -> None:
    said_no = said_yes = 0
    for seed in range(80):
        one = drawn_from(seed, ("several apart", "far") if seed % 4 == 0 else ("several apart",))
        if not 0 < one.size <= MOST_DESIGNS:
            continue
        problem, case = one.problem, Case(one.problem)
        if why_no_room(case) is not None:
            assert one.best is None, problem.name
            said_no += 1
        columns = with_room(case)
        if columns is not None:
            assert check(problem, design_of(case, columns)).violations == (), problem.name
            said_yes += 1
    assert said_no > 0
    assert said_yes > 10


def test_the_reasons_of_items_kept_apart_are_a_minimal_conflict() -> None:
    explained = 0
    for seed in range(40):
        one = drawn_from(seed, ("several apart",))
        if not 0 < one.size <= MOST_EXPLAINED or one.best is not None:
            continue
        outcome = solve(one.problem)
        named = {reason.constraint for reason in outcome.reasons}
        conflicts = minimal_conflicts(minimal_sets(list(violation_sets(one.problem))))
        assert any(conflict <= named for conflict in conflicts), (one.problem.name, named, conflicts)
        assert named <= frozenset().union(*conflicts), (one.problem.name, named, conflicts)
        assert outcome.guards == ()
        explained += 1
    assert explained > 3
