"""The solver against the whole truth on thousands of tiny problems that ask for any few things together.

How many are tried in each shard: `DESIGN_EXAMPLES` (150); always the same ones unless it is set.
"""

import os
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.tiny2 import live_by
from tests.design.tiny2_plain import SHAPES, WORDS
from tests.design.tiny_all import DRAWN_FROM, MOST_DESIGNS, Drawn, drawn_from

EXAMPLES = int(os.environ.get("DESIGN_EXAMPLES", "150"))
FIRST = 0 if "DESIGN_EXAMPLES" not in os.environ else random.randrange(10**9)
SHARDS = 16
COUNTED = 250
NUMBERS = st.integers(0, 2**63)
"""Problems are drawn from whole numbers, not from dice of hypothesis, which fall alike too often."""
GOALS = ("cost", "npv", "date", "availability")


def assert_best(one: Drawn) -> None:
    problem, known, outcome = one.problem, one.best, solve(one.problem)
    assert outcome.status == ("infeasible" if known is None else "optimal"), problem.name
    assert outcome.guards == (), problem.name
    if known is None:
        assert (outcome.design, outcome.cost_minor, outcome.bound_minor, outcome.gap) == (None,) * 4, problem.name
        assert outcome.reasons, problem.name
        return
    assert outcome.design is not None
    verdict = check(problem if known.by_day is None else live_by(problem, known.by_day), outcome.design)
    assert verdict.violations == (), problem.name
    value = round((1000 if problem.goal.kind == "npv" else 1) * known.truth.value)
    assert (verdict.value, outcome.bound_minor, outcome.gap) == (value, value, 0), problem.name
    assert outcome.cost_minor == verdict.cost_minor, problem.name
    if problem.goal.kind == "availability":
        least = min(site.availability for site in verdict.sites)
        assert least == pytest.approx(known.truth.availability, rel=0, abs=1e-11), problem.name


@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_design_is_better_than_the_one_found(shard: int) -> None:
    @seed(FIRST + shard)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(number=NUMBERS)
    def holds(number: int) -> None:
        one = drawn_from(number)
        assume(one.size <= MOST_DESIGNS)
        assert_best(one)

    holds()


def test_every_kind_of_problem_is_drawn() -> None:
    """Of every shape, feature, word, goal and number of legs some, and of each answer many."""
    seen: Counter[str] = Counter()
    for number in range(COUNTED):
        one = drawn_from(number)
        seen.update((one.shape, *one.features, f"goal {one.problem.goal.kind}"))
        seen.update({word for site in one.problem.sites for word in site.diversity.split("+")})
        seen.update({word for rule in one.problem.apart for word in (f"apart {w}" for w in rule.diversity.split("+"))})
        seen.update({f"{len(site.legs)} wishes" for site in one.problem.sites})
        seen[f"{len(one.problem.sites)} items"] += 1
        seen[_answer(one)] += 1
    expected = {
        *SHAPES,
        *DRAWN_FROM,
        *WORDS,
        "none",
        *(f"apart {word}" for word in WORDS),
        *(f"goal {kind}" for kind in GOALS),
    }
    expected |= {f"{count} wishes" for count in range(5)} | {f"{count} items" for count in range(1, 5)}
    assert expected - set(seen) == set()
    assert seen["a design"] > COUNTED / 2
    assert seen["each alone, but not together"] > COUNTED / 10
    assert seen["none alone"] > COUNTED / 20
    assert seen["with a build"] > COUNTED / 50
    assert seen["with an augment"] > COUNTED / 100


def _answer(one: Drawn) -> str:
    if one.size == 0:
        return "none alone"
    if one.best is None:
        return "each alone, but not together"
    return "with a build" if one.best.design.builds else "with an augment" if one.best.design.augments else "a design"
