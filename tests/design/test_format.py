"""The file format: what is written is read again, and a bad file is refused with the path to what is wrong."""

import json
from collections.abc import Callable
from datetime import date
from math import inf
from typing import Any

import pytest

from linkwright.design.files.format import FORMAT, read_design, read_problem, write_design, write_outcome, write_problem
from linkwright.design.model import Budget, Design, Outcome, Reason, Relaxation
from linkwright.design.solve import solve
from linkwright.errors import BadProblem
from tests.design.medium import a_medium_problem
from tests.design.tiny import SCARCE_KINDS, a_problem

Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize("scarce", [(), *[(kind,) for kind in SCARCE_KINDS], SCARCE_KINDS], ids="+".join)
def test_a_problem_that_was_written_is_read_again(scarce: tuple[str, ...]) -> None:
    for seed in range(10):
        problem = a_problem(seed, scarce, sites=3)
        text = write_problem(problem)
        assert read_problem(text) == problem
        assert write_problem(read_problem(text.encode())) == text


def test_a_larger_problem_that_was_written_is_read_again() -> None:
    problem = a_medium_problem("germany50", sites=30, seed=1)
    assert read_problem(write_problem(problem)) == problem


def test_a_design_that_was_written_is_read_again() -> None:
    design = solve(a_problem(1, (), sites=2)).design
    assert design is not None
    assert read_design(write_design(design)) == design


def test_the_design_is_read_from_an_outcome_too() -> None:
    outcome = solve(a_problem(1, (), sites=2))
    assert read_design(write_outcome(outcome)) == outcome.design


def test_an_outcome_has_the_members_of_the_answer_beside_the_design() -> None:
    outcome = Outcome(
        status="infeasible",
        reasons=(
            Reason(constraint="site:x/date", limit=10, needed=12, option="fibre"),
            Reason(constraint="site:x/diversity", limit=None, needed=inf),
        ),
        relaxations=(Relaxation(constraint="site:x/date", value=12, cost_minor=5, gap=0.25, design=Design(sites=())),),
        unserved=("x",),
        guards=("columns",),
        elapsed_s=0.12345678,
    )
    assert json.loads(write_outcome(outcome)) == {
        "format": FORMAT,
        "sites": [],
        "builds": [],
        "augments": [],
        "status": "infeasible",
        "cost": None,
        "bound": None,
        "gap": None,
        "reasons": [
            {"constraint": "site:x/date", "limit": 10, "needed": 12, "option": "fibre"},
            {"constraint": "site:x/diversity", "limit": None, "needed": None},
        ],
        "relaxations": [{"constraint": "site:x/date", "value": 12, "cost": 5, "gap": 0.25}],
        "unserved": ["x"],
        "guards": ["columns"],
        "elapsed_s": 0.123457,
    }


def _good() -> dict[str, Any]:
    problem: dict[str, Any] = {
        "format": FORMAT,
        "name": "good",
        "as_of": "2027-01-04",
        "term_months": 12,
        "objective": "cost",
        "budget": {"nrc": 100, "mrc": 10, "total": 220},
        "network": {
            "nodes": [
                {"id": "p", "lat": 50.0, "lon": 8, "availability": 0.999, "delay_ms": 0.1, "ports": 4},
                {"id": "h", "lat": -90, "lon": 8.5, "availability": 1, "delay_ms": 0},
            ],
            "links": [
                {
                    "id": "ph",
                    "a": "p",
                    "z": "h",
                    "length_km": 12.5,
                    "availability": 0.9999,
                    "mrc_per_mbps": 3,
                    "capacity_mbps": 1000,
                    "srlg": ["duct"],
                    "upgrades": [{"day": 30, "adds_mbps": 100}],
                    "augment": {"adds_mbps": 1000, "nrc": 5, "mrc": 1, "lead_days": 60},
                }
            ],
            "srlgs": [{"id": "duct", "availability": 0.9999}],
        },
        "sites": [
            {
                "id": "s",
                "bandwidth_mbps": 10,
                "max_latency_ms": 5,
                "min_availability": 0.99,
                "diversity": "srlg",
                "cpe_per_leg": True,
                "required_day": 90,
                "features": ["bgp"],
                "destinations": ["h"],
            }
        ],
        "access_options": [
            {
                "id": "s-1",
                "site": "s",
                "kind": "fibre",
                "pop": "p",
                "bandwidth_mbps": 100,
                "nrc": 5,
                "mrc": 1,
                "availability": 0.999,
                "delay_ms": 0.1,
                "lead_days": 20,
                "srlg": ["duct"],
                "build": "dug",
                "partner": "w",
                "work": {"dig": 2},
            }
        ],
        "cpe_models": [
            {
                "id": "box",
                "max_mbps": 100,
                "features": ["bgp"],
                "nrc": 5,
                "mrc": 1,
                "availability": 0.999,
                "delay_ms": 0.1,
            }
        ],
        "builds": [{"id": "dug", "nrc": 5, "mrc": 1, "lead_days": 20, "max_sites": 2, "capacity_mbps": 100}],
        "partners": [{"id": "w", "max_orders": 1}],
        "field_capacity": [{"skill": "dig", "by_day": 90, "crew_days": 4}],
    }
    return problem


def _read(change: Change) -> BadProblem | None:
    problem = _good()
    change(problem)
    try:
        read_problem(json.dumps(problem))
    except BadProblem as error:
        return error
    return None


def test_the_good_file_is_good() -> None:
    problem = read_problem(json.dumps(_good()))
    assert (problem.name, problem.as_of, problem.term_months) == ("good", date(2027, 1, 4), 12)
    assert problem.budget == Budget(nrc_minor=100, mrc_minor=10, total_minor=220)
    assert json.loads(write_problem(problem)) == _good()


def test_what_may_be_left_out_has_a_plain_meaning() -> None:
    problem = _good()
    for name in ("format", "name", "as_of", "objective", "budget", "field_capacity"):
        del problem[name]
    for name in ("diversity", "cpe_per_leg", "features"):
        del problem["sites"][0][name]
    for name in ("kind", "srlg", "build", "partner", "work"):
        del problem["access_options"][0][name]
    for name in ("srlg", "upgrades", "augment"):
        del problem["network"]["links"][0][name]
    del problem["network"]["srlgs"], problem["builds"], problem["partners"]
    read = read_problem(json.dumps(problem))
    assert (read.sites[0].diversity, read.sites[0].cpe_per_leg, read.sites[0].features) == ("none", False, ())
    assert (read.builds, read.partners, read.budget) == ((), (), Budget())


def test_a_member_that_is_null_counts_as_left_out() -> None:
    assert _read(lambda p: p["budget"].update(nrc=None)) is None
    assert _read(lambda p: p["network"]["nodes"][0].update(ports=None)) is None
    assert _read(lambda p: p.update(builds=None, access_options=[])) is None


def test_members_that_are_not_ours_are_left_alone() -> None:
    assert _read(lambda p: p.update(remark="from the planning tool")) is None
    assert _read(lambda p: p["sites"][0].update(floor=3)) is None


def _node(**changes: Any) -> Change:
    return lambda p: p["network"]["nodes"][0].update(changes)


def _link(**changes: Any) -> Change:
    return lambda p: p["network"]["links"][0].update(changes)


def _site(**changes: Any) -> Change:
    return lambda p: p["sites"][0].update(changes)


def _dear(mrc: int) -> dict[str, Any]:
    return {"id": "dear", "nrc": 1, "mrc": mrc, "lead_days": 20}


def _option(**changes: Any) -> Change:
    return lambda p: p["access_options"][0].update(changes)


BAD: dict[str, tuple[Change, str]] = {
    "another format": (lambda p: p.update(format="design-core/9"), "format"),
    "another objective": (lambda p: p.update(objective="npv"), "objective"),
    "a number too large to be one of ours": (lambda p: p.update(term_months=10**400), "term_months"),
    "capacity beyond what can be added up": (_link(capacity_mbps=10**12 + 1), "network.links[0].capacity_mbps"),
    "a length beyond what can be compared": (_link(length_km=100_001), "network.links[0].length_km"),
    "money beyond what can be added up": (
        lambda p: p.update(term_months=1000, partners=[], access_options=[], builds=[_dear(10**12)]), "the file"),
    "half a letter": (_node(id="\ud800"), "network.nodes[0].id"),
    "half a letter for a skill": (_option(work={"\ud800": 2}), "access_options[0].work"),
    "a date that is none": (lambda p: p.update(as_of="04.01.2027"), "as_of"),
    "no term": (lambda p: p.pop("term_months"), "the file"),
    "half a month": (lambda p: p.update(term_months=1.5), "term_months"),
    "a text for a number": (lambda p: p.update(term_months="12"), "term_months"),
    "no network": (lambda p: p.pop("network"), "the file"),
    "no sites": (lambda p: p.update(sites=[], access_options=[]), "the file"),
    "sites that are no array": (lambda p: p.update(sites={}), "sites"),
    "a site that is no object": (lambda p: p.update(sites=[7]), "sites[0]"),
    "a budget below zero": (lambda p: p["budget"].update(nrc=-1), "budget.nrc"),
    "a budget of half a cent": (lambda p: p["budget"].update(mrc=0.5), "budget.mrc"),
    "true for a number": (lambda p: p["budget"].update(total=True), "budget.total"),
    "a node without availability": (lambda p: p["network"]["nodes"][1].pop("availability"), "network.nodes[1]"),
    "an availability above one": (_node(availability=1.01), "network.nodes[0].availability"),
    "an availability in percent": (_node(availability=99.9), "network.nodes[0].availability"),
    "a latitude beyond the pole": (_node(lat=90.5), "network.nodes[0].lat"),
    "a text for a longitude": (_node(lon="8"), "network.nodes[0].lon"),
    "a delay below zero": (_node(delay_ms=-0.1), "network.nodes[0].delay_ms"),
    "half a port": (_node(ports=1.5), "network.nodes[0].ports"),
    "a node twice": (_node(id="h"), "network.nodes[1]"),
    "a node without a name": (_node(id=""), "network.nodes[0].id"),
    "a link to nowhere": (_link(z="q"), "network.links[0].z"),
    "a link from a node to itself": (_link(z="p"), "network.links[0]"),
    "a length below zero": (_link(length_km=-1), "network.links[0].length_km"),
    "money below zero": (_link(mrc_per_mbps=-3), "network.links[0].mrc_per_mbps"),
    "an unknown risk group of a link": (_link(srlg=["duct", "river"]), "network.links[0].srlg[1]"),
    "a risk group that is no text": (_link(srlg=[1]), "network.links[0].srlg[0]"),
    "an upgrade without a day": (
        lambda p: p["network"]["links"][0]["upgrades"][0].pop("day"), "network.links[0].upgrades[0]"),
    "an augment without a lead time": (
        lambda p: p["network"]["links"][0]["augment"].pop("lead_days"), "network.links[0].augment"),
    "a link twice": (
        lambda p: p["network"]["links"].append(p["network"]["links"][0]), "network.links[1]"),
    "a risk group twice": (lambda p: p["network"]["srlgs"].append(p["network"]["srlgs"][0]), "network.srlgs[1]"),
    "a site without bandwidth": (_site(bandwidth_mbps=0), "sites[0].bandwidth_mbps"),
    "a site without a destination": (_site(destinations=[]), "sites[0]"),
    "an unknown destination": (_site(destinations=["h", "q"]), "sites[0].destinations[1]"),
    "an unknown diversity": (_site(diversity="duct"), "sites[0].diversity"),
    "a word for true": (_site(cpe_per_leg="yes"), "sites[0].cpe_per_leg"),
    "features that are no array": (_site(features="bgp"), "sites[0].features"),
    "a site twice": (lambda p: p["sites"].append(p["sites"][0]), "sites[1]"),
    "an option of an unknown site": (_option(site="t"), "access_options[0].site"),
    "an option at an unknown PoP": (_option(pop="q"), "access_options[0].pop"),
    "an option with an unknown build": (_option(build="dog"), "access_options[0].build"),
    "an option with an unknown partner": (_option(partner="x"), "access_options[0].partner"),
    "an option with an unknown risk group": (_option(srlg=["river"]), "access_options[0].srlg[0]"),
    "work that is no object": (_option(work=[2]), "access_options[0].work"),
    "half a crew-day": (_option(work={"dig": 0.5}), "access_options[0].work.dig"),
    "an option twice": (lambda p: p["access_options"].append(p["access_options"][0]), "access_options[1]"),
    "a CPE without a price": (lambda p: p["cpe_models"][0].pop("nrc"), "cpe_models[0]"),
    "a CPE twice": (lambda p: p["cpe_models"].append(p["cpe_models"][0]), "cpe_models[1]"),
    "a build of half a site": (lambda p: p["builds"][0].update(max_sites=0.5), "builds[0].max_sites"),
    "a build twice": (lambda p: p["builds"].append(p["builds"][0]), "builds[1]"),
    "a partner twice": (lambda p: p["partners"].append(p["partners"][0]), "partners[1]"),
    "a crew without a skill": (lambda p: p["field_capacity"][0].pop("skill"), "field_capacity[0]"),
    "a crew twice on one day": (lambda p: p["field_capacity"].append(p["field_capacity"][0]), "field_capacity[1]"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_at(what: str) -> None:
    change, where = BAD[what]
    error = _read(change)
    assert error is not None
    assert error.where == where
    assert str(error).startswith(f"{where}: ")


def test_numbers_that_are_as_large_as_they_may_be_are_read() -> None:
    assert _read(_link(capacity_mbps=10**12, length_km=100_000)) is None
    assert _read(lambda p: p.update(access_options=[], builds=[_dear(10**12)])) is None


@pytest.mark.parametrize("number", ["1e400", "1" + "0" * 400])
def test_a_number_that_is_too_large_for_a_machine_is_refused(number: str) -> None:
    with pytest.raises(BadProblem, match="term_months: must not be larger than"):
        read_problem(json.dumps(_good()).replace('"term_months": 12', f'"term_months": {number}'))


@pytest.mark.parametrize(
    "text",
    ["", "{", "nonsense", '{"term_months": NaN}', '{"term_months": Infinity}', "[" * 200_000, b"\xff\xfe\xfa"],
    ids=["empty", "cut off", "no JSON", "NaN", "Infinity", "too deep", "no text"],
)
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(BadProblem, match="not a JSON text"):
        read_problem(text)


@pytest.mark.parametrize("text", ["[]", "7", "null", '"text"'])
def test_json_that_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(BadProblem, match="an object is expected"):
        read_problem(text)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"sites": 1}', "sites"),
        ('{"sites": [{"cpe": "box", "legs": []}]}', "sites[0]"),
        ('{"sites": [{"site": "s", "cpe": "box", "legs": [{"path": []}]}]}', "sites[0].legs[0]"),
        (
            '{"sites": [{"site": "s", "cpe": "box", "legs": [{"access": "a", "path": [1]}]}]}',
            "sites[0].legs[0].path[0]",
        ),
        ('{"builds": [7]}', "builds[0]"),
    ],
)
def test_a_bad_design_is_refused_at(text: str, where: str) -> None:
    with pytest.raises(BadProblem) as caught:
        read_design(text)
    assert caught.value.where == where
