"""What a backup alone could ask for: less than it does, while all other legs keep what they have."""

from collections import Counter
from dataclasses import replace

import pytest

from linkwright.design.choice.case import Case
from linkwright.design.limits import Limits, Search
from linkwright.design.model import LegWish, Outcome, Problem, Site
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why.asked import Asked
from linkwright.design.why.corrections import changeable, corrections
from linkwright.design.why.relaxed import with_value
from tests.design.changes import each_link
from tests.design.pieces import a_case, a_link, a_network, a_site, an_option
from tests.design.tiny import minimal_conflicts, minimal_sets
from tests.design.tiny2 import best, conceivable, violation_sets
from tests.design.tiny2_plain import Dice, plain
from tests.design.tiny2_plain import an_option as a_drawn_option
from tests.design.tiny_changes import cheapest_of, least_sets, size

FIRST, MOST_CONCEIVABLE = 7_500_000, 200
OWN = "site:s/backup_bandwidth"


def _with_backup(mbps: int | None = None, **more: object) -> Site:
    legs = (LegWish(), LegWish(role="backup", bandwidth_mbps=mbps))
    return a_site("s", bandwidth_mbps=100, legs=legs, **more)


def _values(outcome: Outcome) -> dict[str, float | str]:
    return {one.constraint: one.value for one in outcome.relaxations}


@pytest.mark.parametrize("mbps", [None, 70])
def test_a_backup_whose_access_is_small_is_offered_with_less_while_the_service_stays(mbps: int | None) -> None:
    ways = [an_option("wide", "s", "h", bandwidth_mbps=100), an_option("small", "s", "h", bandwidth_mbps=50)]
    problem = a_case(a_network("h"), [_with_backup(mbps)], ways)
    outcome = solve(problem, relax=True)
    assert _values(outcome) == {"site:s/bandwidth": 50, OWN: 50, "site:s/backup": "none"}
    own = next(one for one in outcome.reasons if one.constraint == OWN and one.option is None)
    assert (own.limit, own.needed) == (mbps or 100, 50)
    assert [(one.option, one.needed) for one in outcome.reasons if one.constraint == OWN][1:] == [("small", 50)]
    relaxed = with_value(problem, OWN, 50)
    assert (relaxed.sites[0].bandwidth_mbps, relaxed.sites[0].legs[1].bandwidth_mbps) == (100, 50)
    (design,) = [one.design for one in outcome.relaxations if one.constraint == OWN]
    assert check(relaxed, design).violations == ()


def test_who_gives_up_a_backup_that_is_too_large_for_every_cpe_asks_for_no_smaller_one_beside() -> None:
    network = a_network("ph", [a_link("l", "ph", length_km=500.0)])
    legs = (LegWish(), LegWish(role="backup", bandwidth_mbps=100_000, technologies=("5g",)))
    site = a_site("s", bandwidth_mbps=100, max_latency_ms=0.1, diversity="technology", legs=legs)
    problem = a_case(network, [site], [an_option("1", "s", "p"), an_option("2", "s", "p")])
    outcome = solve(problem, relax=True)
    (combination,) = outcome.combinations
    assert [one.constraint for one in combination.changes] == ["site:s/latency", "site:s/backup"]
    assert outcome.guards == ("combinations",)
    for one in combination.changes:
        problem = with_value(problem, one.constraint, one.value)
    assert check(problem, combination.design).violations == ()


def test_a_backup_takes_less_of_a_link_that_both_legs_need() -> None:
    network = a_network("ph", [a_link("l", "ph", capacity_mbps=130)])
    ways = [an_option(name, "s", "p", bandwidth_mbps=100) for name in "12"]
    outcome = solve(a_case(network, [_with_backup()], ways), relax=True)
    assert _values(outcome)[OWN] == 30
    assert _values(outcome)["site:s/bandwidth"] == 65


def test_where_the_working_leg_is_too_small_less_for_the_backup_is_no_help() -> None:
    ways = [an_option(name, "s", "h", bandwidth_mbps=50) for name in "12"]
    outcome = solve(a_case(a_network("h"), [_with_backup()], ways), relax=True)
    assert _values(outcome) == {"site:s/bandwidth": 50}
    assert OWN not in {one.constraint for one in outcome.reasons}


def _drawn(seed: int) -> Problem:
    """One item with one backup or two, small accesses, now and then narrow links, few Mbit/s and so few values."""
    dice = Dice(f"backup bandwidth {seed}")
    while True:
        problem = plain(dice, f"backup-{seed}", dice.choice(("ring", "two-connected", "tree")), 1, 4)
        (site,) = problem.sites
        backup = LegWish(role="backup", bandwidth_mbps=dice.choice((None, 2, 3, 5)))
        legs = (LegWish(),) * dice.choice((1, 1, 2)) + (backup,) * dice.choice((1, 1, 2))
        wanted = replace(site, bandwidth_mbps=dice.choice((3, 4)), legs=legs[:3])
        options = tuple(
            replace(
                a_drawn_option(dice, site, problem.network, n),
                bandwidth_mbps=dice.choice((1, 2, 3, 4, 6)),
                lead_days=dice.choice((1, 1, 9)),
            )
            for n in range(dice.choice((2, 3, 4)))
        )
        problem = replace(problem, sites=(wanted,), access_options=options)
        if dice.random() < 0.4:
            problem = each_link(problem, lambda _: {"capacity_mbps": dice.choice((3, 5, 8, 20))})
        if 0 < len(conceivable(problem, wanted)) <= MOST_CONCEIVABLE and best(problem) is None:
            return problem


@pytest.mark.parametrize("shard", range(2))
def test_the_most_that_a_backup_could_ask_for_is_told_as_trying_everything_tells(shard: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(FIRST + 60 * shard, FIRST + 60 * (shard + 1)):
        problem = _drawn(seed)
        (site,) = problem.sites
        constraint = f"site:{site.id}/backup_bandwidth"
        outcome = solve(problem, relax=True)
        assert (outcome.status, outcome.guards) == ("infeasible", ()), problem.name
        known_conflicts = set(minimal_conflicts(minimal_sets(list(violation_sets(problem)))))
        conflicts = [frozenset(one.constraints) for one in outcome.conflicts]
        assert conflicts, problem.name
        assert known_conflicts.issuperset(conflicts), (problem.name, conflicts, known_conflicts)
        most = max(leg.bandwidth_mbps or site.bandwidth_mbps for leg in site.legs if leg.role == "backup")
        truth = ((mbps, best(_with_backups_of(problem, mbps))) for mbps in range(most - 1, 0, -1))
        known = next(((mbps, found.truth.cost) for mbps, found in truth if found is not None), None)
        told = next((one for one in outcome.relaxations if one.constraint == constraint), None)
        assert known == (None if told is None else (told.value, told.cost_minor)), problem.name
        seen["alone"] += known is not None
        if outcome.combinations and size(problem) <= 20_000:
            sets = least_sets(problem)
            cheapest = cheapest_of(sets)
            changed = frozenset(one.constraint for one in outcome.combinations[0].changes)
            assert cheapest is not None, problem.name
            assert (outcome.combinations[0].cost_minor, changed in cheapest.changed) == (cheapest.value, True)
            assert _enough(problem) == sets.keys(), problem.name
            seen["together"] += 1
            seen["with others"] += any(constraint in one and len(one) > 1 for one in sets)
    assert min(seen["alone"], seen["together"]) > 2, seen
    assert seen["with others"] > 1, seen


def _enough(problem: Problem) -> set[frozenset[str]]:
    """The least sets of constraints that would be enough together, as the core finds them."""
    graph = Case(problem).graph
    among = changeable(problem, graph)
    asked = Asked(graph, Search.starting(Limits(), lambda: 0.0), instead=among.instead)
    found = corrections(problem, among, asked)
    assert found.are_all
    return set(map(frozenset, found.sets))


def _with_backups_of(problem: Problem, mbps: int) -> Problem:
    """Those that ask for more ask for this, whatever the others do."""
    (site,) = problem.sites
    legs = tuple(
        replace(leg, bandwidth_mbps=min(mbps, leg.bandwidth_mbps or site.bandwidth_mbps))
        if leg.role == "backup"
        else leg
        for leg in site.legs
    )
    return replace(problem, sites=(replace(site, legs=legs),))
