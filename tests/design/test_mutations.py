"""Good designs, changed a little: the verifier refuses whatever another judge refuses, and nothing else."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from linkwright.design.files.format import write_design, write_problem
from linkwright.design.model import Budget, Design, FieldCapacity, Problem, Stock
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from tests.design.core import need_core, the_judge
from tests.design.mutants import KINDS, mutants
from tests.design.naive import Item, judge, naive_check
from tests.design.tiny import SCARCE_KINDS, a_small_problem
from tests.design.tiny2 import best, live_by, seeded
from tests.design.tiny2_features import FEATURES

EACH = 3
"""Good designs that are looked at for each feature."""
MORE = 8
"""Of features that hardly matter without each other, and of rules that seldom matter."""
TOGETHER = (("words", "undeclared"), ("crews", "stock"))
"""Legs that may share what is not declared, or enter where they end; several things that are used up."""


@cache
def _good(*features: str) -> tuple[tuple[Problem, Design], ...]:
    """The best designs of the first problems with these features that have one."""
    found: list[tuple[Problem, Design]] = []
    for seed in range(120):
        problem = seeded(seed, features, most=300)
        known = best(problem)
        if known is not None:
            found.append((problem if known.by_day is None else live_by(problem, known.by_day), known.design))
        if len(found) == (EACH if len(features) == 1 else MORE):
            break
    return tuple(found)


def _with_just_enough(problem: Problem, design: Design) -> Problem:
    """On each day on which something is wanted there are as many crews and CPEs as the design needs by then."""
    items = [judge(problem, one) for one in design.sites]
    days = sorted({item.site.required_day for item in items})
    by_day = [(day, [item for item in items if item.site.required_day <= day]) for day in days]

    def stock(model: str) -> tuple[Stock, ...]:
        return tuple(
            Stock(by_day=day, pieces=sum(item.boxes for item in early if item.design.cpe == model))
            for day, early in by_day
        )

    def work(skill: str, early: list[Item]) -> int:
        return sum(o.work.get(skill, 0) for item in early for leg in item.legs for o in leg["options"])

    skills = sorted({skill for option in problem.access_options for skill in option.work})
    crews = (
        FieldCapacity(skill=skill, by_day=day, crew_days=work(skill, early))
        for skill in skills
        for day, early in by_day
    )
    models = tuple(replace(model, stock=stock(model.id)) for model in problem.cpe_models)
    return replace(problem, cpe_models=models, field_capacity=tuple(crews))


@pytest.mark.parametrize("features", [*((feature,) for feature in FEATURES), *TOGETHER], ids="+".join)
def test_a_changed_design_is_refused_or_the_plain_judge_accepts_it_at_the_same_figures(
    features: tuple[str, ...],
) -> None:
    good = _good(*features)
    assert len(good) == (EACH if len(features) == 1 else MORE), "too few of these problems have a design"
    scarce = [(_with_just_enough(*one), one[1]) for one in good[::EACH]]
    for problem, design in (*good, *scarce):
        assert check(problem, design).violations == ()
        for kind, mutant in mutants(problem, design):
            _assert_same(problem, mutant, kind)


def _assert_same(problem: Problem, design: Design, kind: str) -> None:
    verdict, truth = check(problem, design, weakest=False), naive_check(problem, design)
    assert bool(verdict.violations) == bool(truth.broken), (problem.name, kind, verdict.violations, truth.broken)
    if not truth.broken:
        scale = 1000 if problem.goal.kind == "npv" else 1
        assert (verdict.cost_minor, verdict.ready_day) == (truth.cost, truth.ready_day), (problem.name, kind)
        assert verdict.value == pytest.approx(scale * truth.value, rel=1e-12), (problem.name, kind)
        least = min(site.availability for site in verdict.sites)
        assert least == pytest.approx(truth.availability, rel=0, abs=1e-12), (problem.name, kind)


def test_every_kind_of_change_is_refused_somewhere_and_some_are_harmless() -> None:
    refused, harmless = set(), set()
    for feature in FEATURES:
        for problem, design in _good(feature):
            for kind, mutant in mutants(problem, design):
                (refused if check(problem, mutant, weakest=False).violations else harmless).add(kind)
    assert refused == set(KINDS)
    assert {"another path", "another access and path", "a build more", "an augment more"} <= harmless


def _first_format() -> Iterator[tuple[Problem, Design]]:
    """Designs of problems of the first format, without the one limit that its judge does not know."""
    for seed in range(7000, 7040):
        drawn = a_small_problem(seed, SCARCE_KINDS[seed % 8 :][:2], sites=2, most=500)
        budget = drawn.budget
        problem = drawn if budget.mrc_minor is None else _without_monthly_limit(drawn)
        design = solve(problem).design
        if design is not None:
            yield problem, design


def _without_monthly_limit(problem: Problem) -> Problem:
    budget = Budget(nrc_minor=problem.budget.nrc_minor, total_minor=problem.budget.total_minor)
    return replace(problem, budget=budget)


def test_the_judge_of_the_first_format_agrees_on_every_changed_design() -> None:
    need_core()
    judge = the_judge()
    compared = 0
    for problem, design in _first_format():
        instance = json.loads(write_problem(problem))
        for kind, mutant in mutants(problem, design):
            if kind in ("another far access", "an unknown far access") or _two_at_one_pop(problem, mutant):
                continue
            compared += 1
            verdict = check(problem, mutant, weakest=False)
            cost = _judged(judge, instance, mutant)
            assert (None if verdict.violations else verdict.cost_minor) == cost, (problem.name, kind, mutant)
    assert compared > 1000


def _two_at_one_pop(problem: Problem, design: Design) -> bool:
    """Two legs that begin at their common end: the judge lets them pass, for us they are not diverse."""
    pop_of = {option.id: option.pop for option in problem.access_options}
    return any(len({pop_of.get(leg.access) for leg in site.legs}) < len(site.legs) for site in design.sites)


def _judged(judge: object, instance: object, design: Design) -> int | None:
    """The cost of a design that the judge accepts; it stumbles over names that it does not know."""
    try:
        verdict = judge.check(instance, json.loads(write_design(design)))  # type: ignore[attr-defined]
    except (KeyError, ValueError, TypeError):
        return None
    return None if verdict["violations"] else int(verdict["cost"])
