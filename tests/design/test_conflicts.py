"""Which constraints are in conflict with each other: every conflict that is told is one, and minimal, for all items.

The truth is what every conceivable design breaks. Where many items are explained the searches are others, so they are
asked about few as well.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count, product

import pytest

from linkwright.design import solve as asking
from linkwright.design.files.format import write_outcome
from linkwright.design.model import AccessOption, Conflict, Freed, Outcome, Partner, Problem, Site
from linkwright.design.solve import solve
from linkwright.design.why import crowd, explain, larger, matters, stuck
from linkwright.design.why.asked import Asked
from linkwright.design.why.certain import note_what_is_certain
from tests.design import tiny
from tests.design.pieces import a_case, a_link, a_network, a_site, an_option
from tests.design.tiny import minimal_conflicts, minimal_sets
from tests.design.tiny2 import SOLVED, Dice, conceivable, seeded, violation_sets

FEW, SEEDS = 20, range(24)
MOST_DESIGNS = 400


@pytest.fixture(params=[FEW, 1], ids=["few", "many"])
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """More items than this are many."""
    for module in (crowd, explain, stuck, asking):
        monkeypatch.setattr(module, "MANY", request.param)
    return int(request.param)


def _with_one_out_of_reach(seed: int) -> Problem:
    """Three items that compete, of which one is wanted too early, too quick, or both."""
    dice = Dice(seed)
    scarce = dice.sample(tiny.SCARCE_KINDS, 3)
    while True:
        problem = tiny.a_problem(dice.randint(0, 10**9), scarce, sites=3, diversity=dice.choice(("none", "link")))
        first, *others = problem.sites
        day, latency_ms = dice.choice(((1, 0.01), (1, 9.0), (90, 0.01)))
        problem = replace(problem, sites=(replace(first, required_day=day, max_latency_ms=latency_ms), *others))
        if 0 < _size(problem) <= MOST_DESIGNS:
            return problem


def _size(problem: Problem) -> int:
    count = len(tiny.augment_choices(problem))
    for site in problem.sites:
        count *= len(conceivable(problem, site))
    return count


def _assert_told_truly(problem: Problem, outcome: Outcome) -> None:
    """No guard, every conflict minimal, and the reasons are about these."""
    broken = violation_sets(problem)
    if not broken:
        return
    known = set(minimal_conflicts(minimal_sets(list(broken))))
    told = [frozenset(conflict.constraints) for conflict in outcome.conflicts]
    assert outcome.guards == (), problem.name
    assert told, problem.name
    assert known.issuperset(told), (problem.name, told, known)
    assert {reason.constraint for reason in outcome.reasons} == frozenset().union(*told), problem.name


def _others(problem: Problem, outcome: Outcome) -> Problem | None:
    """Those that no conflict keeps out by themselves, beside some that one does."""
    alone = {conflict.sites[0] for conflict in outcome.conflicts if len(conflict.sites) == 1}
    sites = tuple(site for site in problem.sites if site.id not in alone)
    if not sites or len(sites) == len(problem.sites):
        return None
    names = {site.id for site in sites}
    return replace(problem, sites=sites, access_options=tuple(o for o in problem.access_options if o.site in names))


@pytest.mark.parametrize("seed", SEEDS)
def test_each_conflict_is_minimal_and_those_that_are_left_have_theirs(seed: int, many: int) -> None:
    problem = _with_one_out_of_reach(seed)
    outcome = solve(problem)
    assert outcome.status == "infeasible"
    _assert_told_truly(problem, outcome)
    others = _others(problem, outcome)
    if others is not None and len(others.sites) > 1:
        together = [conflict for conflict in outcome.conflicts if len(conflict.sites) > 1]
        assert bool(together) == (frozenset() not in violation_sets(others)), problem.name


@pytest.mark.parametrize("feature", SOLVED)
def test_each_conflict_is_minimal_whatever_is_asked_for(feature: str, many: int) -> None:
    for seed in range(4):
        problem = seeded(seed, [feature], most=MOST_DESIGNS)
        if _size(problem) <= MOST_DESIGNS and (outcome := solve(problem)).status == "infeasible":
            _assert_told_truly(problem, outcome)


def test_a_guard_tells_of_each_conflict_that_was_not_shrunk_to_the_end_before_time_was_over() -> None:
    larger_ones = 0
    for feature, ticks in product(("meets", "existing"), (3, 5, 8, 12, 25, 60)):
        problem, clock = seeded(1, [feature], most=MOST_DESIGNS), count(0.0)
        known = set(minimal_conflicts(minimal_sets(list(violation_sets(problem)))))
        outcome = solve(problem, clock=partial(next, clock), time_limit_s=float(ticks))
        larger = [one for one in outcome.conflicts if frozenset(one.constraints) not in known]
        unsure = {guard.removeprefix("minimal site:") for guard in outcome.guards if guard.startswith("minimal site:")}
        assert {site for one in larger for site in one.sites} <= unsure, (feature, ticks)
        larger_ones += len(larger)
    assert larger_ones > 0, "time is short enough for some"


def _late_beside(narrow: int, capacity_mbps: int = 100) -> Problem:
    """One item that is too late for its access, and so many others of 10 Mbit/s over one link."""
    sites = [a_site("late", required_day=20), *(a_site(f"s{n:02}", bandwidth_mbps=10) for n in range(narrow))]
    options = [an_option("late-o", "late", "h", lead_days=30)]
    options += [an_option(f"{site.id}-o", site.id, "p") for site in sites[1:]]
    return a_case(a_network("ph", [a_link("l", "ph", capacity_mbps=capacity_mbps)]), sites, options)


@pytest.mark.parametrize("narrow", [3, 30])
def test_what_stands_in_the_way_of_the_others_is_told_beside_the_one_that_fails_by_itself(narrow: int) -> None:
    outcome = solve(_late_beside(narrow, capacity_mbps=10 * narrow - 1))
    names = tuple(f"s{n:02}" for n in range(narrow))
    assert outcome.conflicts == (
        Conflict(constraints=("site:late/date",), sites=("late",)),
        Conflict(constraints=("link:l/capacity",), sites=names),
    )
    told = {(one.constraint, one.limit, one.needed) for one in outcome.reasons if one.option is None}
    assert told == {("site:late/date", 20, 30), ("link:l/capacity", 10 * narrow - 1, 10 * narrow)}
    assert outcome.guards == ()


def test_others_that_fit_have_no_conflict() -> None:
    assert [one.sites for one in solve(_late_beside(30, capacity_mbps=300)).conflicts] == [("late",)]


def test_several_conflicts_are_written_and_one_is_not() -> None:
    several = json.loads(write_outcome(solve(_late_beside(3, capacity_mbps=29))))
    assert several["format"] == "design-core/2"
    assert several["conflicts"] == [
        {"constraints": ["site:late/date"], "sites": ["late"]},
        {"constraints": ["link:l/capacity"], "sites": ["s00", "s01", "s02"]},
    ]
    one = json.loads(write_outcome(solve(_late_beside(3, capacity_mbps=30))))
    assert (one["format"], "conflicts" in one) == ("design-core/1", False)


def _of_one_partner(choosy: int, easy: int, orders: int) -> Problem:
    """Some items whose only access in time is a partner's, and some that could do without."""
    names = [*(f"c{n:02}" for n in range(choosy)), *(f"e{n:02}" for n in range(easy))]
    sites = [a_site(name, required_day=20) for name in names]
    options = [an_option(f"{name}-partner", name, "h", 1, partner="w") for name in names]
    options += [an_option(f"{name}-own", name, "h", 5, lead_days=30 if name < "d" else 0) for name in names]
    return a_case(a_network("h"), sites, options, partners=(Partner(id="w", max_orders=orders),))


def test_of_many_that_share_the_few_are_named_who_could_do_without_if_they_asked_for_less() -> None:
    outcome = solve(_of_one_partner(25, 5, orders=3))
    (conflict,) = outcome.conflicts
    shared, *own = conflict.constraints
    assert shared == "partner:w/max_orders"
    assert len(own) == 4
    assert all(name.startswith("site:c") and name.endswith("/date") for name in own)
    assert {one.needed for one in outcome.reasons if one.constraint in own and one.option is None} == {30}
    assert outcome.guards == ()


def test_a_guard_tells_that_more_own_rules_belong_to_a_conflict_than_are_named() -> None:
    outcome = solve(_of_one_partner(30, 5, orders=24))
    assert [one.constraints for one in outcome.conflicts] == [("partner:w/max_orders",)]
    assert outcome.guards == ("own rules partner:w/max_orders",)


def test_what_many_share_is_told_without_own_rules_where_these_do_not_matter() -> None:
    problem = _of_one_partner(30, 0, orders=3)
    only_partner = tuple(option for option in problem.access_options if option.partner)
    outcome = solve(replace(problem, access_options=only_partner))
    assert [one.constraints for one in outcome.conflicts] == [("partner:w/max_orders",)]
    assert outcome.guards == ()


@pytest.mark.parametrize("others", [1, 30])
def test_room_that_another_item_gives_back_is_there_for_one_that_is_explained_alone(others: int) -> None:
    giving = a_site("giving", required_day=10, frees=(Freed(link="l", mbps=60),))
    sites = [a_site("late", bandwidth_mbps=50, required_day=20), giving, *(a_site(f"s{n:02}") for n in range(others))]
    options = [an_option("late-o", "late", "p", lead_days=30), *(an_option(f"{s.id}-o", s.id, "h") for s in sites[1:])]
    outcome = solve(a_case(a_network("ph", [a_link("l", "ph", capacity_mbps=0)]), sites, options))
    assert [one.constraints for one in outcome.conflicts] == [("site:late/date",)]


def _quick_beside_another() -> Problem:
    """Alone the first could do without the link if it were not in a hurry; the other cannot at all."""
    sites = [a_site("a", bandwidth_mbps=20, max_latency_ms=0.5), a_site("b", bandwidth_mbps=20)]
    options = [an_option("a-near", "a", "p"), an_option("a-far", "a", "h", delay_ms=5.0), an_option("b-o", "b", "p")]
    return a_case(a_network("ph", [a_link("l", "ph", capacity_mbps=10)]), sites, options)


def test_a_conflict_of_one_is_no_larger_than_it_is_for_all(many: int) -> None:
    outcome = solve(_quick_beside_another())
    assert {conflict.constraints for conflict in outcome.conflicts} == {("link:l/capacity",)}
    assert outcome.guards == ()


@pytest.mark.parametrize("many", [1], indirect=True)
def test_a_guard_tells_whose_conflict_was_not_asked_about_for_all(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(larger, "MOST_ASKED", 0)
    outcome = solve(_quick_beside_another())
    assert [conflict.constraints for conflict in outcome.conflicts] == [
        ("link:l/capacity", "site:a/latency"),
        ("link:l/capacity",),
    ]
    assert outcome.guards == ("minimal site:a",)


def _ways(partner: str | None = None, **more: object) -> tuple[Site, list[AccessOption]]:
    return a_site("a", **more), [an_option("a-o", "a", "p", partner=partner)]


@pytest.mark.parametrize(
    ("shared", "partner", "is_in_the_way"),
    [
        ([], None, False),
        (["link:l/capacity"], None, True),
        (["link:m/capacity"], None, False),
        (["pop:p/ports"], None, True),
        (["pop:h/ports"], None, False),
        (["partner:w/max_orders"], "w", True),
        (["partner:w/max_orders"], "v", False),
        (["budget/nrc"], None, True),
    ],
)
def test_who_has_another_way_is_in_nobodys_way(shared: list[str], partner: str | None, is_in_the_way: bool) -> None:
    site, options = _ways(partner)
    network = a_network("phq", [a_link("l", "ph"), a_link("m", "qh")])
    assert matters.in_the_way(a_case(network, [site], options), shared) == (["a"] if is_in_the_way else [])


def _certain(problem: Problem) -> Iterator[str]:
    asked = Asked(asking.Case(problem).graph, asking.Search.starting(asking.Limits(), lambda: 0.0))
    note_what_is_certain(problem, asked)
    everything = set(asked.everything(problem))
    for known in asked.failed.get((problem.sites[0].id,), ()):
        yield from everything - known


def test_what_is_certain_of_one_item_fails_by_itself_and_most_of_what_fails_by_itself_is_certain() -> None:
    missed = seen = 0
    for seed in range(60):
        problem = _with_one_out_of_reach(seed)
        alone = replace(problem, sites=problem.sites[:1])
        names = {option.id for option in problem.access_options if option.site == alone.sites[0].id}
        alone = replace(alone, access_options=tuple(o for o in problem.access_options if o.id in names))
        broken = violation_sets(alone)
        single = {name for some in broken for name in some if all(name in other for other in broken)}
        certain = set(_certain(alone))
        assert not broken or certain <= single, problem.name
        seen += len(certain)
        missed += len({one for one in single if one.endswith(("/date", "/latency"))} - certain)
    assert seen > 60
    assert missed == 0
