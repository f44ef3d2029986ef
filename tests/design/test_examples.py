"""The published examples through the command, before a judge that shares no code with us."""

import json
from itertools import islice, product, takewhile
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from linkwright.cli.design import design
from linkwright.design.files.format import read_problem, write_design, write_problem
from linkwright.design.model import Design, Problem
from linkwright.design.rules.rules import BY_DIMENSION
from linkwright.design.solve import solve
from linkwright.design.verify.check import check
from linkwright.design.why.lesser import DEMANDS
from linkwright.design.why.relaxed import with_value
from tests.design.core import EXAMPLES, expected, need_core, the_judge
from tests.design.medium import a_medium_problem
from tests.design.tiny import SCARCE_KINDS, a_problem, augment_choices, site_designs, whole

FEASIBLE = sorted(name for name, answer in expected().items() if answer["status"] != "infeasible")
INFEASIBLE = sorted(name for name, answer in expected().items() if answer["status"] == "infeasible")


def _answered(name: str, folder: Path) -> tuple[int, dict[str, Any]]:
    app = typer.Typer()
    app.command()(design)
    file = folder / "design.json"
    result = CliRunner().invoke(app, [str(EXAMPLES / f"{name}.json"), "-o", str(file)])
    return result.exit_code, json.loads(file.read_text())


def test_the_examples_are_there() -> None:
    need_core()
    assert FEASIBLE
    assert INFEASIBLE


@pytest.mark.parametrize("name", FEASIBLE)
def test_the_judge_accepts_the_design_and_none_better_is_known(name: str, tmp_path: Path) -> None:
    need_core()
    code, answer = _answered(name, tmp_path)
    known = expected()[name]
    judged = the_judge().check(json.loads((EXAMPLES / f"{name}.json").read_text()), answer)
    assert code == 0
    assert judged["violations"] == []
    assert judged["cost"] == answer["cost"]
    assert known["lower_bound"] - 1e-6 <= answer["cost"] <= known["upper_bound"]
    assert answer["bound"] <= known["upper_bound"]
    assert answer["status"] == "optimal"
    assert answer["gap"] == 0


@pytest.mark.parametrize("name", INFEASIBLE)
def test_reasons_and_relaxations_are_the_proved_ones(name: str, tmp_path: Path) -> None:
    need_core()
    code, answer = _answered(name, tmp_path)
    known = expected()[name]
    assert (code, answer["status"], answer["sites"], answer["cost"]) == (3, "infeasible", [], None)
    named = {reason["constraint"] for reason in answer["reasons"]}
    conflicts = [set(conflict) for conflict in known["minimal_infeasible_sets"]]
    assert any(conflict <= named for conflict in conflicts)
    assert named <= set().union(*conflicts)
    values = {constraint: value for constraint, value in known["single_relaxations"].items() if value is not None}
    relaxed = {relaxation["constraint"]: relaxation["value"] for relaxation in answer["relaxations"]}
    assert {name: relaxed.get(name) for name in values} == pytest.approx(values, rel=0, abs=1e-8)
    problem = read_problem((EXAMPLES / f"{name}.json").read_text())
    for constraint in relaxed.keys() - values.keys():
        _assert_asks_for_no_less_than_needed(problem, constraint, relaxed[constraint])


def _assert_asks_for_no_less_than_needed(problem: Problem, constraint: str, value: float) -> None:
    """The proved relaxations are those of what stands in the way; that an item asks for less may help as well."""
    site_id, dimension = constraint.removeprefix("site:").split("/")
    site = next(site for site in problem.sites if site.id == site_id)
    values = BY_DIMENSION[dimension].values
    assert dimension in DEMANDS
    assert values is not None
    stricter = list(takewhile(lambda other: other != value, values(problem, site)))
    assert solve(with_value(problem, constraint, value)).status == "optimal"
    assert all(solve(with_value(problem, constraint, other)).status == "infeasible" for other in stricter)


@pytest.mark.parametrize("scarce", SCARCE_KINDS)
def test_judge_and_verifier_say_the_same_of_any_design(scarce: str) -> None:
    """The judge knows no `budget/mrc`, lets two legs enter at a PoP that is the destination, and rounds its latency."""
    need_core()
    judge = the_judge()
    for seed in range(6):
        problem = a_problem(seed, (scarce,))
        instance = json.loads(write_problem(problem))
        every = product(*(list(site_designs(problem, site, (1, 2)))[::7] for site in problem.sites))
        for sites in islice(every, 40):
            for augments in augment_choices(problem)[:2]:
                tried = whole(problem, sites, augments)
                ours, theirs = check(problem, tried), judge.check(instance, json.loads(write_design(tried)))
                broken = {violation.constraint for violation in ours.violations} - {"budget/mrc"}
                judged = {constraint for constraint, _, _ in theirs["violations"]}
                assert judged <= broken
                assert broken - judged <= _at_one_pop(problem, tried)
                assert (ours.cost_minor, ours.ready_day) == (theirs["cost"], theirs["ready_day"])
                for report in ours.sites:
                    figures = theirs["kpis"][report.site]
                    assert report.availability == pytest.approx(figures["availability"], rel=0, abs=1e-12)
                    assert report.latency_ms == pytest.approx(figures["latency_ms"], rel=0, abs=6e-5)


def _at_one_pop(problem: Problem, design: Design) -> set[str]:
    """The diversity of sites whose legs end where they enter, at one PoP: the proved answers do not accept it."""
    pops = {option.id: option.pop for option in problem.access_options}
    return {
        f"site:{site.site}/diversity"
        for site in design.sites
        if len(site.legs) == 2
        and all(not leg.path for leg in site.legs)
        and len({leg.access for leg in site.legs}) == 2
        and len({pops[leg.access] for leg in site.legs}) == 1
    }


def test_the_judge_accepts_the_design_of_a_larger_problem(tmp_path: Path) -> None:
    need_core()
    problem = a_medium_problem("abilene", sites=10, seed=1)
    file, answer = tmp_path / "problem.json", tmp_path / "design.json"
    file.write_text(write_problem(problem))
    app = typer.Typer()
    app.command()(design)
    assert CliRunner().invoke(app, [str(file), "-o", str(answer)]).exit_code == 0
    designed = json.loads(answer.read_text())
    judged = the_judge().check(json.loads(file.read_text()), designed)
    assert (judged["violations"], judged["cost"]) == ([], designed["cost"])
