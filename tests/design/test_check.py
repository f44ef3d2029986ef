"""The verifier refuses every design that breaks a rule, and says which and by how much."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linkwright.design.model import (
    Augment,
    Budget,
    Build,
    Design,
    FieldCapacity,
    Leg,
    Partner,
    Problem,
    Site,
    SiteDesign,
    Srlg,
    Upgrade,
)
from linkwright.design.verify.check import check
from tests.design.pieces import a_case, a_cpe, a_design, a_link, a_network, a_node, a_site, an_option

Change = Callable[[Problem, Design], tuple[Problem, Design]]


def _problem() -> Problem:
    """Site a has two legs, through p and q to h; site b one leg through q. All limits are met exactly."""
    nodes = [a_node("p", delay_ms=0.5, ports=1), a_node("q", ports=2), a_node("h", delay_ms=1.0), a_node("x")]
    links = [
        a_link("ph", "ph", 2, length_km=1000.0, capacity_mbps=10),
        a_link("qh", "qh", 3, capacity_mbps=5, upgrades=(Upgrade(day=50, adds_mbps=5), Upgrade(day=101, adds_mbps=99)),
               augment=Augment(adds_mbps=10, nrc_minor=70, mrc_minor=7, lead_days=100)),
        a_link("qx", "qx", 4, srlgs=("duct",)),
        a_link("xh", "xh", 4),
        a_link("px", "px", 1, srlgs=("duct",)),
    ]  # fmt: skip
    options = [
        an_option("a-1", "a", "p", 100, mrc_minor=10, availability=0.9, partner="w", delay_ms=0.25),
        an_option("a-2", "a", "q", 200, mrc_minor=20, availability=0.8, work={"dig": 2}),
        an_option("a-3", "a", "p", 1, srlgs=("duct",)),
        an_option("a-4", "a", "x", 1),
        an_option("a-5", "a", "h", 1),
        an_option("a-6", "a", "h", 1),
        an_option("b-1", "b", "q", 300, mrc_minor=30, build="dug", lead_days=10, work={"dig": 3}),
        an_option("b-2", "b", "q", 0, partner="w", bandwidth_mbps=9),
        an_option("b-3", "b", "q", 0, lead_days=101),
    ]
    sites = [
        a_site("a", diversity="srlg", min_availability=0.98 - 1e-13, max_latency_ms=0.25 + 0.5 + 4.9 + 1.0),
        a_site("b", features=("bgp",)),
    ]
    return a_case(
        a_network(nodes, links, [Srlg(id="duct", availability=0.99)]),
        sites,
        options,
        cpe_models=(a_cpe("box", 40, mrc_minor=4, features=("bgp",)), a_cpe("small", max_mbps=9, features=("bgp",)),
                    a_cpe("plain")),
        builds=(Build(id="dug", nrc_minor=500, mrc_minor=50, lead_days=100, max_sites=1, capacity_mbps=10),
                Build(id="late", nrc_minor=1, mrc_minor=0, lead_days=101)),
        partners=(Partner(id="w", max_orders=1),),
        field_capacity=(FieldCapacity(skill="dig", by_day=99, crew_days=0),
                        FieldCapacity(skill="dig", by_day=100, crew_days=5)),
        budget=Budget(nrc_minor=NRC, mrc_minor=MRC, total_minor=NRC + 10 * MRC),
    )  # fmt: skip


NRC = 2 * 40 + 100 + 200 + 300 + 500 + 70
MRC = 2 * 4 + 10 + 20 + 30 + 50 + 7 + 10 * (2 + 3 + 3)


def _design() -> Design:
    return a_design(
        SiteDesign(site="a", cpe="box", legs=(Leg(access="a-1", path=("ph",)), Leg(access="a-2", path=("qh",)))),
        SiteDesign(site="b", cpe="box", legs=(Leg(access="b-1", path=("qh",)),)),
        builds=("dug",),
        augments=("qh",),
    )


def _found(problem: Problem, design: Design) -> set[str]:
    return {violation.constraint for violation in check(problem, design).violations}


def test_a_design_that_meets_every_limit_exactly_is_true() -> None:
    verdict = check(_problem(), _design())
    assert verdict.violations == ()
    assert (verdict.nrc_minor, verdict.mrc_minor) == (NRC, MRC)
    assert verdict.cost_minor == NRC + 10 * MRC
    assert verdict.ready_day == 100


def test_the_report_holds_the_figures_of_each_leg() -> None:
    one, two = check(_problem(), _design()).sites[0].legs
    assert (one.access, one.nodes, one.path, one.length_km, one.ready_day) == ("a-1", ("p", "h"), ("ph",), 1000.0, 0)
    assert one.latency_ms == pytest.approx(0.25 + 0.5 + 4.9 + 1.0)
    assert (one.nrc_minor, one.mrc_minor, one.availability) == (100, 10 + 20, pytest.approx(0.9))
    assert (two.nrc_minor, two.mrc_minor, two.latency_ms) == (200, 20 + 30, 1.0)


def _legs(*legs: tuple[str, tuple[str, ...]], of: int = 0, **more: Any) -> Change:
    """Other legs for a site; `more` changes the problem's site a with them."""

    def change(problem: Problem, design: Design) -> tuple[Problem, Design]:
        sites = list(design.sites)
        sites[of] = replace(sites[of], legs=tuple(Leg(access=access, path=path) for access, path in legs))
        return _with_site(problem, 0, **more), replace(design, sites=tuple(sites))

    return change


def _cpe(cpe: str, of: int) -> Change:
    def change(problem: Problem, design: Design) -> tuple[Problem, Design]:
        sites = list(design.sites)
        sites[of] = replace(sites[of], cpe=cpe)
        return problem, replace(design, sites=tuple(sites))

    return change


def _whole(**changes: Any) -> Change:
    return lambda problem, design: (problem, replace(design, **changes))


def _asked(of: int, **changes: Any) -> Change:
    return lambda problem, design: (_with_site(problem, of, **changes), design)


def _limits(**changes: Any) -> Change:
    return lambda problem, design: (replace(problem, **changes), design)


def _budget(**changes: Any) -> Change:
    return lambda problem, design: (replace(problem, budget=replace(problem.budget, **changes)), design)


def _at_node(name: str, **changes: Any) -> Change:
    def change(problem: Problem, design: Design) -> tuple[Problem, Design]:
        nodes = tuple(replace(node, **changes) if node.id == name else node for node in problem.network.nodes)
        return replace(problem, network=replace(problem.network, nodes=nodes)), design

    return change


def _on_link(name: str, **changes: Any) -> Change:
    def change(problem: Problem, design: Design) -> tuple[Problem, Design]:
        links = tuple(replace(link, **changes) if link.id == name else link for link in problem.network.links)
        return replace(problem, network=replace(problem.network, links=links)), design

    return change


def _on_option(name: str, **changes: Any) -> Change:
    def change(problem: Problem, design: Design) -> tuple[Problem, Design]:
        options = tuple(replace(o, **changes) if o.id == name else o for o in problem.access_options)
        return replace(problem, access_options=options), design

    return change


def _on_build(**changes: Any) -> Change:
    return lambda problem, design: (
        replace(problem, builds=(replace(problem.builds[0], **changes), *problem.builds[1:])),
        design,
    )


def _with_site(problem: Problem, number: int, **changes: Any) -> Problem:
    sites: list[Site] = list(problem.sites)
    sites[number] = replace(sites[number], **changes)
    return replace(problem, sites=tuple(sites))


A, B = _design().sites
ONE, TWO = ("a-1", ("ph",)), ("a-2", ("qh",))
FREE = {"min_availability": 0.0, "max_latency_ms": 99.0}
"""What is asked of site a where only its diversity matters."""

BROKEN: dict[str, tuple[Change, str]] = {
    "a leg is left out": (_legs(ONE, **FREE), "site:a/diversity"),
    "a leg too many": (_legs(("b-1", ("qh",)), ("b-1", ("qh",)), of=1), "site:b/diversity"),
    "three legs": (_legs(ONE, TWO, ("a-4", ("xh",)), **FREE), "site:a/diversity"),
    "no leg at all": (_legs(), "site:a/diversity"),
    "the same access twice": (_legs(ONE, ONE, **FREE, diversity="link"), "site:a/diversity"),
    "a link of both legs": (_legs(ONE, ("a-2", ("qx", "px", "ph")), **FREE, diversity="link"), "site:a/diversity"),
    "a node of both legs": (
        _legs(("a-1", ("px", "xh")), ("a-4", ("xh",)), **FREE, diversity="node"), "site:a/diversity"),
    "one PoP for both legs": (
        _legs(("a-1", ("ph",)), ("a-3", ("px", "xh")), **FREE, diversity="node"), "site:a/diversity"),
    "a risk group of both paths": (
        _legs(("a-1", ("px",)), ("a-2", ("qx",)), **FREE, destinations=("x",)), "site:a/diversity"),
    "a risk group of an access and a path": (
        _legs(("a-3", ("ph",)), ("a-2", ("qx", "xh")), **FREE), "site:a/diversity"),
    "a swapped link": (_legs(("a-1", ("qh",)), TWO), "site:a/path"),
    "a path that stops short": (_legs(("a-1", ("px",)), TWO), "site:a/path"),
    "no path to the destination": (_legs(("a-1", ()), TWO), "site:a/path"),
    "a path in circles": (_legs(("a-1", ("px", "px", "ph")), TWO), "site:a/path"),
    "an unknown link": (_legs(("a-1", ("nowhere",)), TWO), "site:a/path"),
    "an unknown access": (_legs(("nothing", ("ph",)), TWO), "site:a/option"),
    "the access of another site": (_legs(("b-1", ("qh",)), ONE), "site:a/option"),
    "an unknown CPE": (_cpe("nothing", 0), "site:a/cpe"),
    "a CPE too small": (_cpe("small", 1), "site:b/cpe_bandwidth"),
    "a CPE that lacks a feature": (_cpe("plain", 1), "site:b/features"),
    "an access too small": (_legs(("b-2", ("qh",)), of=1), "site:b/bandwidth"),
    "an access too late": (_legs(("b-3", ("qh",)), of=1), "site:b/date"),
    "a build too late": (_on_build(lead_days=101), "site:b/date"),
    "a missing build": (_whole(builds=()), "site:b/build"),
    "an unknown build": (_whole(builds=("dug", "nothing")), "build:nothing/unknown"),
    "an unknown site": (_whole(sites=(A, B, replace(B, site="c", legs=()))), "site:c/unknown"),
    "a repeated site": (_whole(sites=(A, B, A)), "site:a/once"),
    "a missing site": (_whole(sites=(A,)), "site:b/served"),
    "an augment of a link that has none": (_whole(augments=("qh", "ph")), "link:ph/augment"),
    "an augment of an unknown link": (_whole(augments=("qh", "nowhere")), "link:nowhere/augment"),
    "a link too small without its augment": (_whole(augments=()), "link:qh/capacity"),
    "an upgrade that comes a day too late": (
        _on_link("qh", upgrades=(Upgrade(day=101, adds_mbps=5),)), "link:qh/capacity"),
    "an augment that comes a day too late": (
        _on_link("qh", augment=Augment(adds_mbps=10, nrc_minor=70, mrc_minor=7, lead_days=101)), "link:qh/capacity"),
    "a link that is full on the first day only": (
        _asked(1, required_day=49), "link:qh/capacity"),
    "one leg more than there are ports": (_at_node("q", ports=1), "pop:q/ports"),
    "one order more than the partner takes": (
        _limits(partners=(Partner(id="w", max_orders=0),)), "partner:w/max_orders"),
    "a crew-day too few": (
        _limits(field_capacity=(FieldCapacity(skill="dig", by_day=100, crew_days=4),)), "field:dig@100"),
    "a crew that comes too late": (_asked(0, required_day=99), "field:dig@99"),
    "one site more than a build takes": (_on_build(max_sites=0), "build:dug/max_sites"),
    "a Mbit/s more than a build carries": (_on_build(capacity_mbps=9), "build:dug/capacity"),
    "a cent over the budget of NRC": (_budget(nrc_minor=NRC - 1), "budget/nrc"),
    "a cent over the budget of MRC": (_budget(mrc_minor=MRC - 1), "budget/mrc"),
    "a cent over the budget of the term": (_budget(total_minor=NRC + 10 * MRC - 1), "budget/total"),
    "a slower access": (_on_option("a-1", delay_ms=0.251), "site:a/latency"),
    "a longer link": (_on_link("ph", length_km=1000.1), "site:a/latency"),
    "a slower PoP": (_at_node("p", delay_ms=0.501), "site:a/latency"),
    "a slower destination": (_at_node("h", delay_ms=1.001), "site:a/latency"),
    "a weaker access": (_on_option("a-2", availability=0.799), "site:a/availability"),
    "a weaker destination": (_at_node("h", availability=0.999), "site:a/availability"),
    "a little more availability asked for": (_asked(0, min_availability=0.98 + 1e-9), "site:a/availability"),
    "a day earlier asked for": (_asked(1, required_day=99), "site:b/date"),
    "more bandwidth asked for than the links have": (_asked(1, bandwidth_mbps=11), "link:qh/capacity"),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_design_that_breaks_a_rule_is_refused_for(what: str) -> None:
    change, constraint = BROKEN[what]
    assert constraint in _found(*change(_problem(), _design()))


ROOMY = replace(
    _problem(), budget=Budget(), partners=(Partner(id="w"),), field_capacity=(),
    network=replace(_problem().network, links=tuple(replace(k, capacity_mbps=99) for k in _problem().network.links),
                    nodes=tuple(replace(n, ports=None) for n in _problem().network.nodes)),
)  # fmt: skip


def test_a_build_that_nobody_uses_is_paid_but_harmless() -> None:
    assert _found(ROOMY, replace(_design(), builds=("dug", "late"))) == set()
    assert check(ROOMY, replace(_design(), builds=("dug", "late"))).nrc_minor == NRC + 1


@pytest.mark.parametrize(
    ("diversity", "one", "two"),
    [
        ("link", ("a-1", ("px", "xh")), ("a-3", ("ph",))),
        ("link", ("a-1", ("px",)), ("a-2", ("qx",))),
        ("node", ("a-1", ("px", "xh")), ("a-2", ("qh",))),
        ("node", ("a-3", ("px",)), ("a-2", ("qx",))),
        ("srlg", ("a-1", ("px", "xh")), ("a-2", ("qh",))),
        ("srlg", ("a-5", ()), ("a-2", ("qh",))),
        ("link", ("a-5", ()), ("a-6", ())),
    ],
)
def test_two_legs_that_are_as_diverse_as_asked_for_are_true(
    diversity: str, one: tuple[str, tuple[str, ...]], two: tuple[str, tuple[str, ...]]
) -> None:
    change = _legs(one, two, **FREE, diversity=diversity, destinations=("h", "x"))
    assert _found(*change(ROOMY, _design())) == set()


@pytest.mark.parametrize("diversity", ["node", "srlg"])
def test_two_accesses_at_one_pop_are_never_diverse_even_where_it_is_the_destination(diversity: str) -> None:
    change = _legs(("a-5", ()), ("a-6", ()), **FREE, diversity=diversity, destinations=("h", "x"))
    assert _found(*change(ROOMY, _design())) == {"site:a/diversity"}


def test_links_and_nodes_in_common_break_the_rule_that_names_them_only() -> None:
    legs = ("a-1", ("px", "xh")), ("a-2", ("qx", "xh"))
    assert _found(*_legs(*legs, **FREE, diversity="link")(ROOMY, _design())) == {"site:a/diversity"}
    apart = ("a-1", ("px",)), ("a-2", ("qx",))
    asked = {**FREE, "destinations": ("x",)}
    assert _found(*_legs(*apart, **asked, diversity="node")(ROOMY, _design())) == set()
    assert _found(*_legs(*apart, **asked, diversity="srlg")(ROOMY, _design())) == {"site:a/diversity"}


def test_a_violation_says_the_limit_and_what_would_be_needed() -> None:
    def told(change: Change) -> list[tuple[str, float | None, float | None]]:
        verdict = check(*change(_problem(), _design()))
        return [(v.constraint, v.limit, v.needed) for v in verdict.violations]

    assert told(_whole(augments=())) == [("link:qh/capacity", 10, 20)]
    assert told(_at_node("q", ports=1)) == [("pop:q/ports", 1, 2)]
    assert told(_budget(nrc_minor=5)) == [("budget/nrc", 5, NRC)]
    assert told(_on_build(lead_days=120)) == [("site:b/date", 100, 120)]
    assert told(_legs(("b-2", ("qh",)), of=1))[0] == ("site:b/bandwidth", 10, 9)


def test_every_rule_that_is_broken_is_named() -> None:
    problem, design = _legs(("b-2", ("qh",)), of=1)(_problem(), replace(_design(), augments=()))
    assert _found(problem, design) == {"site:b/bandwidth", "partner:w/max_orders", "link:qh/capacity"}


def test_an_empty_design_serves_nobody_and_costs_nothing() -> None:
    verdict = check(_problem(), a_design())
    assert {v.constraint for v in verdict.violations} == {"site:a/served", "site:b/served"}
    assert (verdict.cost_minor, verdict.ready_day, verdict.sites) == (0, 0, ())
