"""An item's own rules as a table: each can be set aside or relaxed, and one that is set aside is never asked."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from linkwright.design.choice.case import Case
from linkwright.design.choice.columns import cheapest_column
from linkwright.design.choice.prices import Prices
from linkwright.design.model import Outcome, Problem, Relaxation
from linkwright.design.routes.graph import compile_graph
from linkwright.design.routes.paths import Effort
from linkwright.design.rules.rules import OWN_RULES, WHOLE, OwnRule, own_rule
from linkwright.design.solve import solve
from linkwright.design.why.least import constraints_of
from linkwright.design.why.relaxed import limit_of, with_value
from tests.design.tiny2 import best, conceivable, seeded, violation_sets

FEATURES = (
    ("words",),
    ("undeclared",),
    ("far",),
    ("backup",),
    ("legs",),
    ("jitter",),
    ("loss",),
    ("optical",),
    ("differential",),
    ("period",),
    ("technology",),
    ("partner",),
    ("item_budget",),
    ("far", "optical"),
    ("backup", "jitter"),
    ("words", "partner", "item_budget"),
)
STRICTER = 1e-7
SHOWN = 4
"""So many infeasible problems of each kind are looked at."""


def _infeasible(features: tuple[str, ...]) -> Iterator[Problem]:
    found = 0
    for seed in range(400):
        problem = _of_one_item(seeded(seed, features))
        if len(conceivable(problem, problem.sites[0])) < 400 and best(problem) is None:
            found += 1
            yield problem
        if found == SHOWN:
            return


def _of_one_item(problem: Problem) -> Problem:
    site = problem.sites[0]
    options = tuple(option for option in problem.access_options if option.site == site.id)
    return replace(problem, sites=(site,), access_options=options)


@pytest.mark.parametrize("features", FEATURES, ids="+".join)
def test_what_alone_would_help_is_told_with_its_least_generous_value(features: tuple[str, ...]) -> None:
    seen = 0
    for problem in _infeasible(features):
        seen += 1
        outcome = solve(problem, relax=True)
        assert (outcome.status, outcome.guards) == ("infeasible", ()), problem.name
        for relaxation in outcome.relaxations:
            _assert_least(problem, relaxation)
        _assert_none_is_missing(problem, outcome)
    assert seen, "none of these problems is infeasible"


def _assert_least(problem: Problem, relaxation: Relaxation) -> None:
    constraint, value = relaxation.constraint, relaxation.value
    known = best(with_value(problem, constraint, value))
    assert known is not None, (problem.name, constraint, value)
    assert known.truth.cost == relaxation.cost_minor, (problem.name, constraint, value)
    rule = own_rule(constraint)
    for less in _less_generous(problem, rule, constraint, value):
        assert best(with_value(problem, constraint, less)) is None, (problem.name, constraint, value, less)


def _less_generous(problem: Problem, rule: OwnRule, constraint: str, value: float | str) -> Iterator[float | str]:
    if rule.values is not None:
        values = list(rule.values(problem, problem.sites[0]))
        yield from values[: values.index(value)]
        return
    today = limit_of(problem, constraint)
    assert today is not None
    step = WHOLE if rule.close == WHOLE else STRICTER
    stricter = float(value) - step if float(value) > today else float(value) + step
    if (stricter > today) == (float(value) > today):
        yield stricter


def _assert_none_is_missing(problem: Problem, outcome: Outcome) -> None:
    """Whatever a conceivable design breaks alone, and needs a number of, is among the relaxations."""
    alone = {
        name
        for broken, needed in violation_sets(problem).items()
        if len(broken) == 1
        for name in broken
        if name in needed and own_rule(name).values is None
    }
    assert alone <= {relaxation.constraint for relaxation in outcome.relaxations}, problem.name


@pytest.mark.parametrize("rule", OWN_RULES, ids=lambda rule: rule.dimension)
def test_a_rule_that_is_set_aside_is_never_asked(rule: OwnRule, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = seeded(3, ("words", "far", "backup", "jitter", "loss", "optical", "technology", "partner"), most=10**9)

    dropped = frozenset(f"site:{site.id}/{rule.dimension}" for site in problem.sites)
    watched = replace(rule, fits=lambda _facts, _site: pytest.fail(f"{rule.dimension} is asked"))
    monkeypatch.setattr(
        "linkwright.design.rules.screen.OWN_RULES", tuple(watched if own is rule else own for own in OWN_RULES)
    )
    case = Case(problem, dropped=dropped)
    for site in case.sites:
        cheapest_column(case, site, Prices(case), Effort(10**6))


def test_only_rules_that_an_item_has_can_be_set_aside() -> None:
    problem = _of_one_item(seeded(1, ("jitter",)))
    site = replace(problem.sites[0], max_jitter_ms=None)
    plain = replace(problem, sites=(site,))
    names = constraints_of(plain, compile_graph(plain.network))
    assert f"site:{site.id}/jitter" not in names
    strict = replace(problem, sites=(replace(site, max_jitter_ms=0.1),))
    assert f"site:{site.id}/jitter" in constraints_of(strict, compile_graph(strict.network))
