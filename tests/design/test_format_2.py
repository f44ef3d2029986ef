"""The second version of the file format: every member is read, written and refused where it is wrong."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from linkwright.design.files import items as format_items
from linkwright.design.files import network as format_network
from linkwright.design.files.format import (
    FORMATS,
    read_design,
    read_problem,
    write_design,
    write_outcome,
    write_problem,
)
from linkwright.design.files.records import Record
from linkwright.design.model import (
    AccessOption,
    Alternative,
    Booking,
    Budget,
    Change,
    Combination,
    CpeModel,
    Design,
    Figure,
    Freed,
    Goal,
    Leg,
    LegWish,
    Link,
    Meeting,
    Node,
    Outcome,
    Separation,
    Site,
    SiteDesign,
    Srlg,
    Verdict,
    Worth,
)
from linkwright.design.verify.check import check
from linkwright.design.wishes import wishes_of
from linkwright.errors import BadProblem
from tests.contract.facts import REPOSITORY
from tests.design.full_file import full_file
from tests.design.tiny import a_problem

Edit = Callable[[dict[str, Any]], object]
Path = tuple[str | int, ...]
RECORDS = [r for module in (format_network, format_items) for r in vars(module).values() if isinstance(r, Record)]
LATER = {member.name for record in RECORDS for member in record.members if member.since > 1}


def _refusal(change: Edit) -> BadProblem | None:
    problem = full_file()
    change(problem)
    try:
        read_problem(json.dumps(problem))
    except BadProblem as error:
        return error
    return None


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every member and element, at any depth."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*path, name), inner
        yield from _leaves(inner, (*path, name))


def _at(problem: Any, path: Path) -> Any:
    for name in path:
        problem = problem[name]
    return problem


def _name(path: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def test_the_full_file_names_every_member_that_is_new() -> None:
    there = {path[-1] for path, _ in _leaves(full_file())}
    assert len(LATER) > 30
    assert LATER - there == set()


def test_the_full_file_comes_back_as_it_was() -> None:
    assert json.loads(write_problem(read_problem(json.dumps(full_file())))) == full_file()


def test_every_new_member_has_reached_its_field() -> None:
    read = read_problem(json.dumps(full_file()))
    records = {
        type(one)
        for group in (
            read.network.nodes, read.network.links, read.network.srlgs, read.sites, read.access_options,
            read.cpe_models, read.frees, read.apart, read.meets, read.sites[0].legs, read.sites[0].frees,
        )
        for one in group
    }  # fmt: skip
    assert {Node, Link, Srlg, Site, AccessOption, CpeModel, Freed, Separation, Meeting, LegWish} <= records
    assert read.goal == Goal(kind="npv", worth=Worth(nrc=1, mrc=11.255))
    assert read.sites[0].diversity == "carrier+srlg"
    assert read.sites[0].legs[0] == LegWish()
    assert read.sites[0].budget == Budget(nrc_minor=100, mrc_minor=10, total_minor=220)
    assert read.network.links[0].bookings == (Booking(from_day=10, to_day=20, mbps=100),)
    assert read.access_options[0].bookings == (Booking(from_day=400, to_day=410),)
    assert read.apart[1] == Separation(a="t", b="s", diversity="node")


@pytest.mark.parametrize("path", [path for path, _ in _leaves(full_file()) if path != ("format",)], ids=_name)
def test_a_value_of_the_wrong_kind_is_refused_where_it_stands(path: Path) -> None:
    def change(problem: dict[str, Any]) -> None:
        _at(problem, path[:-1])[path[-1]] = [[]]

    error = _refusal(change)
    assert error is not None
    assert error.where in (_name(path), f"{_name(path)}[0]")


def test_the_first_version_passes_over_what_it_does_not_know() -> None:
    file = full_file() | {"format": FORMATS[1], "objective": "cost"}
    file["sites"][0]["diversity"], file["sites"][1]["destinations"] = "srlg", ["h"]
    read = read_problem(json.dumps(file))
    text = write_problem(read)
    assert json.loads(text)["format"] == FORMATS[1]
    assert read_problem(text) == read
    assert (read.sites[0].legs, read.sites[0].max_jitter_ms, read.meets, read.apart) == ((), None, (), ())
    assert read.network.links[0].fibre is None


def test_a_file_of_the_first_version_means_the_same_in_the_second() -> None:
    for seed in range(10):
        problem = a_problem(seed, (), sites=3)
        text = write_problem(problem)
        assert FORMATS[1] in text
        assert read_problem(text.replace(FORMATS[1], FORMATS[2])) == problem


def _site(**changes: Any) -> Edit:
    return lambda p: p["sites"][0].update(changes)


def _link(**changes: Any) -> Edit:
    return lambda p: p["network"]["links"][0].update(changes)


def _option(**changes: Any) -> Edit:
    return lambda p: p["access_options"][0].update(changes)


def _top(**changes: Any) -> Edit:
    return lambda p: p.update(changes)


BAD: dict[str, tuple[Edit, str]] = {
    "an unknown objective": (_top(objective="profit"), "objective"),
    "a net present value without coefficients for months": (_top(objective={"kind": "npv", "nrc": 1}), "objective"),
    "another kind with coefficients": (_top(objective={"kind": "cost", "nrc": 1, "mrc": 1}), "objective.kind"),
    "a coefficient below zero": (_top(objective={"kind": "npv", "nrc": -1, "mrc": 1}), "objective.nrc"),
    "a coefficient with four decimals": (_top(objective={"kind": "npv", "nrc": 1, "mrc": 1.2345}), "objective.mrc"),
    "a loss of more than all": (lambda p: p["network"]["nodes"][0].update(loss=1.5), "network.nodes[0].loss"),
    "a jitter below zero": (_link(jitter_ms=-0.1), "network.links[0].jitter_ms"),
    "fibre that does not say what it loses": (_link(fibre={"splices": 3}), "network.links[0].fibre"),
    "splices that lose more than can be compared": (
        _link(fibre={"db_per_km": 0.2, "splices": 10**6, "splice_db": 0.2}), "network.links[0].fibre"),
    "coefficients that make money of more than can be added up": (
        lambda p: (_top(objective={"kind": "npv", "nrc": 10**9, "mrc": 1})(p), _option(nrc=10**7)(p)), "the file"),
    "half a splice": (_link(fibre={"db_per_km": 0.2, "splices": 0.5}), "network.links[0].fibre.splices"),
    "a retirement without a day": (_link(retirements=[{"removes_mbps": 3}]), "network.links[0].retirements[0]"),
    "a booking that ends before it begins": (
        _link(bookings=[{"from_day": 9, "to_day": 8, "mbps": 1}]), "network.links[0].bookings[0].to_day"),
    "a booking of a link without Mbit/s": (
        _link(bookings=[{"from_day": 8, "to_day": 8}]), "network.links[0].bookings[0]"),
    "an unknown kind of risk": (lambda p: p["network"]["srlgs"][1].update(kind="duct"), "network.srlgs[1].kind"),
    "an unknown word of diversity": (_site(diversity=["node", "duct"]), "sites[0].diversity[1]"),
    "five legs": (_site(legs=[{}] * 5), "sites[0].legs"),
    "an unknown role": (_site(legs=[{"role": "spare"}]), "sites[0].legs[0].role"),
    "a leg without bandwidth": (_site(legs=[{"bandwidth_mbps": 0}]), "sites[0].legs[0].bandwidth_mbps"),
    "a service that ends before it starts": (_site(end_day=89), "sites[0].end_day"),
    "half a month": (_site(term_months=0.5), "sites[0].term_months"),
    "a budget of an item below zero": (_site(budget={"nrc": -1}), "sites[0].budget.nrc"),
    "freed capacity of an unknown link": (_site(frees=[{"link": "x", "mbps": 1}]), "sites[0].frees[0].link"),
    "freed ports of a link": (_site(frees=[{"link": "ph", "ports": 1}]), "sites[0].frees[0]"),
    "nothing freed": (_top(frees=[{"day": 3}]), "frees[0]"),
    "a link and a PoP freed at once": (_top(frees=[{"link": "ph", "mbps": 1, "pop": "p", "ports": 1}]), "frees[0]"),
    "an unknown end": (_option(end="b"), "access_options[0].end"),
    "undeclared links": (_option(undeclared=["link"]), "access_options[0].undeclared[0]"),
    "no destination and no far end": (lambda p: p["access_options"].pop(), "sites[1]"),
    "stock of half a piece": (
        lambda p: p["cpe_models"][0]["stock"][0].update(pieces=0.5), "cpe_models[0].stock[0].pieces"),
    "an item apart from itself": (_top(apart=[{"a": "s", "b": "s"}]), "apart[0]"),
    "an item apart from an unknown one": (_top(apart=[{"a": "s", "b": "u"}]), "apart[0].b"),
    "a meeting of unknown items": (_top(meets=[{"id": "m", "sites": ["u"]}]), "meets[0].sites[0]"),
    "a meeting of nobody": (_top(meets=[{"id": "m", "sites": []}]), "meets[0].sites"),
    "a meeting at an unknown node": (_top(meets=[{"id": "m", "sites": ["s"], "nodes": ["q"]}]), "meets[0].nodes[0]"),
    "a meeting of an item with a far end": (_top(meets=[{"id": "m", "sites": ["s", "t"]}]), "meets[0].sites[1]"),
    "a meeting twice": (lambda p: p["meets"].append(p["meets"][0]), "meets[1]"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_at(what: str) -> None:
    change, where = BAD[what]
    error = _refusal(change)
    assert error is not None
    assert error.where == where


# Designs and outcomes

FAR = Design(sites=(SiteDesign(site="t", cpe="box", legs=(Leg(access="t-1", path=("ph",), far="t-z"),)),))


def test_a_design_says_its_far_accesses_and_only_then_needs_the_second_version() -> None:
    near = Design(sites=(SiteDesign(site="t", cpe="box", legs=(Leg(access="t-1", path=("ph",)),)),))
    assert read_design(write_design(FAR)) == FAR
    assert json.loads(write_design(FAR))["format"] == FORMATS[2]
    assert json.loads(write_design(near))["format"] == FORMATS[1]


def test_an_outcome_tells_what_is_new_where_there_is_something_to_tell() -> None:
    verdict = Verdict(violations=(), nrc_minor=5, mrc_minor=1, cost_minor=17, ready_day=20, sites=(), value=16250)
    change = Change(constraint="site:s/date", value=30)
    outcome = Outcome(
        status="optimal",
        design=FAR,
        verdict=verdict,
        cost_minor=17,
        bound_minor=16250.0,
        gap=0.0,
        figure=Figure(name="date", value=20),
        combinations=(Combination(changes=(change,), cost_minor=9, gap=0.0, design=FAR),),
        alternatives=(
            Alternative(
                roles=("earliest",),
                cost_minor=20,
                ready_day=9,
                availability=0.99,
                gap=0.0,
                design=FAR,
                verdict=verdict,
            ),
        ),
    )
    told = json.loads(write_outcome(outcome))
    assert told["format"] == FORMATS[2]
    assert (told["value"], told["figure"]) == (16250, {"name": "date", "value": 20})
    assert told["combinations"] == [{"changes": [{"constraint": "site:s/date", "value": 30}], "cost": 9, "gap": 0.0}]
    (alternative,) = told["alternatives"]
    assert (alternative["roles"], alternative["cost"], alternative["ready_day"]) == (["earliest"], 20, 9)
    assert alternative["sites"] == told["sites"]
    assert read_design(write_outcome(outcome)) == FAR


# The page that describes the format


def _page() -> str:
    return (REPOSITORY / "docs" / "model.md").read_text(encoding="utf-8")


def test_the_page_names_every_member() -> None:
    _, _, files = _page().partition("### Problem")
    members = {member.name for record in RECORDS for member in record.members}
    assert [name for name in sorted(members) if f"`{name}`" not in files and f"`{name}[]`" not in files] == []


def test_the_file_on_the_page_is_good_and_has_a_design() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", _page(), flags=re.DOTALL)
    problem = read_problem(example)
    assert problem.goal == Goal(kind="date")
    assert [wish.role for wish in wishes_of(problem.sites[0])] == ["primary", "backup"]
    legs = (Leg(access="depot-fibre", path=()), Leg(access="depot-5g", path=()))
    assert check(problem, Design(sites=(SiteDesign(site="depot", cpe="box", legs=legs),))).violations == ()
