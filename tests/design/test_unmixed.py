"""Backups of other technologies than all other legs, where these may be of one: the solver against the whole truth."""

from collections import Counter
from dataclasses import replace
from math import prod

import pytest

from linkwright.design.model import Design, LegWish, Problem
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why.relaxed import with_value
from tests.design.naive import judge
from tests.design.test_brute_force_all import assert_best
from tests.design.tiny import minimal_conflicts, minimal_sets
from tests.design.tiny2 import conceivable, how_many, site_designs, violation_sets
from tests.design.tiny2_plain import KINDS, Dice, an_option, plain
from tests.design.tiny_all import MOST_DESIGNS, Drawn
from tests.design.tiny_changes import cheapest_changes
from tests.design.tiny_changes import size as changes

FIRST = 7_500_000
MOST_CONCEIVABLE = 800


def _legs(dice: Dice) -> tuple[LegWish, ...]:
    working, backups = dice.choice(((2, 1), (2, 1), (3, 1), (1, 1), (1, 2), (2, 2)))
    backup = LegWish(
        role="backup",
        bandwidth_mbps=dice.choice((None, 2, 5)),
        technologies=dice.choice((None, None, ("5g",), ("5g", "radio"))),
    )
    return (LegWish(),) * working + (backup,) * backups


def drawn_unmixed(seed: int, most: int = MOST_DESIGNS) -> Drawn:
    """One or two items, half of them from point to point, the first with backups of other technologies."""
    dice = Dice(f"unmixed {seed}")
    while True:
        problem = plain(
            dice, f"unmixed-{seed}", dice.choice(("ring", "two-connected", "parallel links")), dice.choice((1, 1, 2))
        )
        first, *others = problem.sites
        is_far = dice.random() < 0.5
        diversity = dice.choice(("none", "none", "link", "node", "srlg", "technology"))
        wanted = replace(
            first,
            legs=_legs(dice),
            backup_of_other_technology=True,
            diversity=diversity,
            destinations=() if is_far else first.destinations,
            min_availability=dice.choice((0.9, 0.99, 0.9999)),
        )
        ends = [("a", dice.choice((3, 4, 5))), *([("z", dice.choice((2, 3)))] if is_far else [])]
        options = tuple(an_option(dice, wanted, problem.network, n, end) for end, count in ends for n in range(count))
        kept = tuple(o for o in problem.access_options if o.site != first.id)
        one = Drawn(replace(problem, sites=(wanted, *others), access_options=(*options, *kept)), "", ())
        if sum(how_many(one.problem, site) for site in one.problem.sites) > MOST_CONCEIVABLE:
            continue
        if one.size <= most and (one.size or dice.random() < 0.1):
            return one


def _with_fewer_technologies(problem: Problem, seed: int) -> Problem:
    """So that often no leg can be of another technology, and with dates that may be too late."""
    dice = Dice(f"fewer {seed}")
    kinds = dice.sample(KINDS, dice.choice((1, 2)))
    options = tuple(
        replace(o, kind=dice.choice(kinds), lead_days=dice.choice((1, 1, 9))) for o in problem.access_options
    )
    return replace(problem, access_options=options)


def _has(problem: Problem, end: str) -> bool:
    return any(option.end == end for option in problem.access_options)


@pytest.mark.parametrize("shard", range(4))
def test_no_design_is_better_than_the_one_found(shard: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(FIRST + 30 * shard, FIRST + 30 * (shard + 1)):
        one = drawn_unmixed(seed)
        assert_best(one)
        seen["a design" if one.best else "none"] += 1
        legs = solve(one.problem).design.sites[0].legs if one.best else ()
        seen["of one technology"] += len({_kind(one.problem, leg.access) for leg in legs}) < len(legs)
        seen["far"] += bool(legs) and _has(one.problem, "z")
    assert min(seen["a design"], seen["of one technology"]) > 2, seen
    assert seen["far"] > 0, seen


def _kind(problem: Problem, option: str) -> str:
    return next(one.kind for one in problem.access_options if one.id == option)


def test_the_verifier_and_the_plain_judge_refuse_the_same_legs() -> None:
    seen: Counter[bool] = Counter()
    for seed in range(FIRST, FIRST + 10):
        problem = drawn_unmixed(seed).problem
        for design in list(site_designs(problem, problem.sites[0]))[:200]:
            broken = check(problem, Design(sites=(design,)), weakest=False).violations
            told = "site:s0/backup_technology" in {one.constraint for one in broken}
            assert told == ("backup technology" in judge(problem, design).broken), problem.name
            seen[told] += 1
    assert min(seen[True], seen[False]) > 100


@pytest.mark.parametrize("shard", range(2))
def test_why_there_is_none_and_what_would_help_are_told_as_trying_everything_tells(shard: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(FIRST + 1000 * shard, FIRST + 1000 * shard + 25):
        problem = _with_fewer_technologies(drawn_unmixed(seed).problem, seed)
        if prod(len(conceivable(problem, site)) for site in problem.sites) > 400:
            continue
        outcome = solve(problem, relax=True)
        if outcome.status != "infeasible":
            continue
        broken = violation_sets(problem)
        known = set(minimal_conflicts(minimal_sets(list(broken))))
        told = [frozenset(conflict.constraints) for conflict in outcome.conflicts]
        assert outcome.guards == (), problem.name
        assert not broken or (told and known.issuperset(told)), (problem.name, told, known)
        seen["conflicts"] += 1
        seen["mixed"] += any("site:s0/backup_technology" in one for one in told)
        for relaxation in outcome.relaxations:
            again = solve(with_value(problem, relaxation.constraint, relaxation.value))
            assert (again.status, again.cost_minor) == ("optimal", relaxation.cost_minor), problem.name
        if outcome.combinations and changes(problem) <= 20_000:
            best = cheapest_changes(problem)
            assert best is not None, problem.name
            assert outcome.combinations[0].cost_minor == best.value, problem.name
            seen["combinations"] += 1
    assert min(seen["conflicts"], seen["mixed"]) > 1, seen
    assert seen["combinations"] > 0, seen
