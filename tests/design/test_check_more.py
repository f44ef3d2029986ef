"""The verifier on what a problem can ask for beside the simplest: each rule is met exactly, then broken by a little."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from linkwright.design.model import (
    Augment,
    Booking,
    Budget,
    Design,
    Fibre,
    FieldCapacity,
    Freed,
    Goal,
    Leg,
    LegWish,
    Meeting,
    Partner,
    Problem,
    Retirement,
    Separation,
    SiteDesign,
    Srlg,
    Stock,
    Upgrade,
    Worth,
)
from linkwright.design.verify.check import check
from tests.design.pieces import (
    a_case,
    a_cpe,
    a_design,
    a_link,
    a_network,
    a_node,
    a_site,
    an_option,
    with_cpe,
    with_link,
    with_node,
    with_option,
    with_site,
)

Change = Callable[[Problem], Problem]
GLASS = Fibre(db_per_km=0.2, splices=4, splice_db=0.05, connectors=2, connector_db=0.15, margin_db=1.5)


def _problem() -> Problem:
    """Item a: fibre through p to h, and radio through q to h with 4 Mbit/s; item b: from p to the access at x."""
    nodes = [a_node("p", jitter_ms=0.25, loss=0.1, delay_ms=1.0), a_node("q"), a_node("h", jitter_ms=0.5), a_node("x")]
    links = [
        a_link("ph", "ph", 2, length_km=10.0, jitter_ms=0.125, loss=0.2, fibre=GLASS, capacity_mbps=10),
        a_link("qh", "qh", 3, capacity_mbps=4, srlgs=("duct",)),
        a_link("px", "px", 1, capacity_mbps=10),
        a_link("xh", "xh", 1),
        a_link("qx", "qx", 1),
    ]
    options = [
        an_option("a-1", "a", "p", 100, mrc_minor=5, jitter_ms=0.0625, loss=0.5, optical_db=2.0, partner="w"),
        an_option("a-2", "a", "q", 10, kind="radio", bandwidth_mbps=4, partner="v"),
        an_option("a-3", "a", "x", 10, partner="v", bandwidth_mbps=4),
        an_option("b-1", "b", "p", 7, availability=0.9, delay_ms=0.5),
        an_option("b-9", "b", "x", 8, end="z", availability=0.8, delay_ms=0.25, work={"dig": 2}, lead_days=100),
        an_option("b-8", "b", "h", 9, end="z"),
    ]
    groups = [Srlg(id="duct", availability=1.0), Srlg(id="door", availability=1.0, kind="entry"),
              Srlg(id="telco", availability=1.0, kind="carrier")]  # fmt: skip
    backup = LegWish(role="backup", bandwidth_mbps=4, technologies=("radio",))
    return a_case(
        a_network(nodes, links, groups),
        [a_site("a", diversity="node+technology", legs=(LegWish(), backup)), a_site("b", to="")],
        options,
        cpe_models=(a_cpe("box", 40, mrc_minor=4, jitter_ms=0.03125, loss=0.5, delay_ms=0.125, availability=0.5),),
        partners=(Partner(id="v"), Partner(id="w")),
    )


A = SiteDesign(site="a", cpe="box", legs=(Leg(access="a-1", path=("ph",)), Leg(access="a-2", path=("qh",))))
B = SiteDesign(site="b", cpe="box", legs=(Leg(access="b-1", path=("px",), far="b-9"),))
DESIGN = a_design(A, B)


def _a(**changes: Any) -> Change:
    return lambda problem: with_site(problem, "a", **changes)


def _b(**changes: Any) -> Change:
    return lambda problem: with_site(problem, "b", **changes)


def _ph(**changes: Any) -> Change:
    return lambda problem: with_link(problem, "ph", **changes)


def _a1(**changes: Any) -> Change:
    return lambda problem: with_option(problem, "a-1", **changes)


def _b9(**changes: Any) -> Change:
    return lambda problem: with_option(problem, "b-9", **changes)


def _all(**changes: Any) -> Change:
    return lambda problem: replace(problem, **changes)


def _a2(**changes: Any) -> Change:
    return lambda problem: with_option(problem, "a-2", **changes)


def _rule(constraint: str) -> tuple[str, Any, Any]:
    """A rule, which no number would keep."""
    return constraint, None, None


def _both(*changes: Change) -> Change:
    def change(problem: Problem) -> Problem:
        for one in changes:
            problem = one(problem)
        return problem

    return change


def _found(problem: Problem, design: Design = DESIGN) -> list[tuple[str, Any, Any]]:
    return [(v.constraint, v.limit, v.needed) for v in check(problem, design).violations]


def test_the_design_that_all_of_this_starts_from_is_true() -> None:
    assert _found(_problem()) == []


def test_what_adds_up_along_a_leg_is_reported() -> None:
    one, two = check(_problem(), DESIGN).sites[0].legs
    assert one.jitter_ms == 0.03125 + 0.0625 + 0.25 + 0.125 + 0.5
    assert one.loss == pytest.approx(1 - 0.5 * 0.5 * 0.9 * 0.8)
    assert one.optical_db == pytest.approx(2.0 + 10 * 0.2 + 4 * 0.05 + 2 * 0.15 + 1.5)
    assert (two.optical_db, two.loss, two.mrc_minor) == (None, 0.5, 4 * 3)
    report = check(_problem(), DESIGN).sites[0]
    assert (report.jitter_ms, report.loss) == (one.jitter_ms, one.loss)
    assert report.differential_ms == pytest.approx(one.latency_ms - two.latency_ms)


def test_an_item_with_a_far_end_has_two_of_everything_at_its_ends() -> None:
    report = check(_problem(), DESIGN).sites[1]
    leg = report.legs[0]
    assert (leg.far, report.nrc_minor, report.mrc_minor) == ("b-9", 2 * 40 + 7 + 8, 2 * 4 + 10 * 1)
    assert leg.latency_ms == 2 * 0.125 + 0.5 + 1.0 + 0.25
    assert leg.jitter_ms == 2 * 0.03125 + 0.25
    assert leg.loss == pytest.approx(1 - 0.25 * 0.9)
    assert report.availability == pytest.approx(0.5 * 0.5 * 0.9 * 0.8)
    assert report.ready_day == 100


LATENCY_B = 2 * 0.125 + 0.5 + 1.0 + 0.25
LATENCY_A = 0.125 + 1.0 + 0.049
EXACT: dict[str, Change] = {
    "jitter": _a(max_jitter_ms=0.96875),
    "loss": _a(max_loss=1 - 0.5 * 0.5 * 0.9 * 0.8),
    "optical": _a(legs=(LegWish(max_optical_db=6.0), LegWish(role="backup", bandwidth_mbps=4))),
    "differential": _a(max_differential_ms=LATENCY_A - 0.125),
    "latency over both ends": _b(max_latency_ms=LATENCY_B),
    "availability over both ends": _b(min_availability=0.18),
    "the last day of an access": _both(_a(end_day=120), _a1(until_day=120)),
    "an access taken on other days": _both(
        _a(end_day=120), _a1(bookings=(Booking(from_day=90, to_day=99), Booking(from_day=121, to_day=130)))),
    "allowed technologies": _a(technologies_allowed=("fibre", "radio"), technologies_forbidden=("5g",)),
    "preferred partners": _a(partners_preferred=("v", "w")),
    "a preferred partner that offers nothing": _a(partners_preferred=("z",)),
    "own money": _a(budget=Budget(nrc_minor=150, mrc_minor=4 + 5 + 20 + 12, total_minor=150 + 10 * 41)),
    "own money over a term of its own": _a(term_months=1, budget=Budget(total_minor=150 + 41)),
    "a retirement after the end": _both(_a(end_day=120), _ph(retirements=(Retirement(day=121, removes_mbps=1),))),
    "bookings around the service": _both(
        _a(end_day=120),
        _ph(bookings=(Booking(from_day=0, to_day=99, mbps=10), Booking(from_day=121, to_day=130, mbps=10)))),
    "a booking that is more than there is, before": _ph(bookings=(Booking(from_day=0, to_day=99, mbps=99),)),
    "an upgrade against a retirement": _ph(
        upgrades=(Upgrade(day=50, adds_mbps=3),), retirements=(Retirement(day=150, removes_mbps=3),)),
    "deleted services": _both(_ph(capacity_mbps=7), _all(frees=(Freed(link="ph", mbps=3, day=100),))),
    "what the item replaces": _both(_ph(capacity_mbps=7), _a(frees=(Freed(link="ph", mbps=3),))),
    "ports that are given back": _both(
        lambda problem: with_node(problem, "p", ports=0),
        _a(frees=(Freed(pop="p", ports=1),)), _all(frees=(Freed(pop="p", ports=1),))),
    "a port at the far end": lambda problem: with_node(problem, "x", ports=1),
    "crews at the far end": _all(field_capacity=(FieldCapacity(skill="dig", by_day=100, crew_days=2),)),
    "stock": lambda problem: with_cpe(problem, "box", stock=(Stock(by_day=99, pieces=0), Stock(by_day=100, pieces=3))),
    "items apart": _all(apart=(Separation(a="a", b="b", diversity="link"),)),
    "a group of another kind": _both(_a1(srlgs=("door", "telco")), _a(diversity="srlg"),
                                     _a2(srlgs=("door", "telco"))),
    "an undeclared risk where no word asks for it": _a1(undeclared=("srlg", "entry", "carrier")),
    "a meeting": _all(meets=(Meeting(id="m", sites=("a",), nodes=("h", "x")),)),
}  # fmt: skip


@pytest.mark.parametrize("rule", EXACT)
def test_a_limit_that_is_met_exactly_is_kept(rule: str) -> None:
    assert _found(EXACT[rule](_problem())) == []


def _of_a(**changes: Any) -> Design:
    return a_design(replace(A, **changes), B)


def _of_b(*legs: Leg, **changes: Any) -> Design:
    return a_design(A, replace(B, legs=legs or B.legs, **changes))


ONE, TWO = A.legs
BROKEN: dict[str, tuple[Change, Design, list[tuple[str, Any, Any]]]] = {
    "jitter": (_a(max_jitter_ms=0.968), DESIGN, [("site:a/jitter", 0.968, 0.96875)]),
    "loss": (_a(max_loss=0.8), DESIGN, [("site:a/loss", 0.8, pytest.approx(0.82))]),
    "optical": (_a(legs=(LegWish(max_optical_db=5.5), LegWish(role="backup", bandwidth_mbps=4))), DESIGN,
                [("site:a/optical", 5.5, pytest.approx(6.0))]),
    "an optical loss that nobody knows": (_a(max_optical_db=99.0), DESIGN, [("site:a/optical", 99.0, None)]),
    "differential": (_a(max_differential_ms=1.0), DESIGN, [("site:a/differential", 1.0, pytest.approx(1.049))]),
    "latency of one wish": (_a(legs=(LegWish(max_latency_ms=1.0), LegWish(role="backup", bandwidth_mbps=4))), DESIGN,
                            [("site:a/latency", 1.0, pytest.approx(LATENCY_A))]),
    "latency over both ends": (_b(max_latency_ms=1.5), DESIGN, [("site:b/latency", 1.5, LATENCY_B)]),
    "a CPE that breaks at both ends": (_b(min_availability=0.2), DESIGN,
                                       [("site:b/availability", 0.2, pytest.approx(0.18))]),
    "a far access that comes late": (_b9(lead_days=101), DESIGN, [("site:b/date", 100, 101)]),
    "a far access that is small": (_b9(bandwidth_mbps=9), DESIGN, [("site:b/bandwidth", 10, 9)]),
    "an access that ends before": (_both(_a(end_day=121), _a1(until_day=120)), DESIGN, [("site:a/period", 121, 120)]),
    "an access that ends, for good": (_a1(until_day=999), DESIGN, [("site:a/period", None, 999)]),
    "an access that is taken on a day": (_both(_a(end_day=120), _a1(bookings=(Booking(from_day=110, to_day=110),))),
                                         DESIGN, [("site:a/period", 120, 109)]),
    "an access that is taken at once": (_a1(bookings=(Booking(from_day=90, to_day=100),)), DESIGN,
                                        [_rule("site:a/period")]),
    "a forbidden technology": (_a(technologies_forbidden=("radio",)), DESIGN, [_rule("site:a/technology")]),
    "a technology that is not allowed": (_a(technologies_allowed=("radio",)), DESIGN,
                                         [_rule("site:a/technology")]),
    "a technology at the far end": (_both(_b(technologies_allowed=("fibre",)), _b9(kind="5g")), DESIGN,
                                    [_rule("site:b/technology")]),
    "a technology that the wish forbids": (_a(legs=(LegWish(technologies=("radio",)), LegWish(bandwidth_mbps=4))),
                                           DESIGN, [_rule("site:a/technology")]),
    "an excluded partner": (_a(partners_excluded=("w",)), DESIGN, [_rule("site:a/partner")]),
    "a partner where another is preferred": (_a(partners_preferred=("v",)), DESIGN, [_rule("site:a/partner")]),
    "own NRC": (_a(budget=Budget(nrc_minor=149)), DESIGN, [("site:a/budget_nrc", 149, 150)]),
    "own MRC": (_a(budget=Budget(mrc_minor=40)), DESIGN, [("site:a/budget_mrc", 40, 41)]),
    "own total": (_a(term_months=2, budget=Budget(total_minor=231)), DESIGN, [("site:a/budget_total", 231, 232)]),
    "a retirement": (_ph(retirements=(Retirement(day=500, removes_mbps=1),)), DESIGN, [("link:ph/capacity", 9, 10)]),
    "a booking": (_ph(bookings=(Booking(from_day=110, to_day=110, mbps=2),)), DESIGN, [("link:ph/capacity", 8, 10)]),
    "a booking that is more than there is": (_ph(bookings=(Booking(from_day=1, to_day=100, mbps=15),)), DESIGN,
                                             [("link:ph/capacity", -5, 10)]),
    "two services on the same days": (
        _both(_a(end_day=120), _b(required_day=120, end_day=130)), _of_b(Leg(access="b-1", path=("ph",), far="b-8")),
        [("link:ph/capacity", 10, 20)]),
    "a service that is deleted a day late": (
        _both(_ph(capacity_mbps=7), _all(frees=(Freed(link="ph", mbps=3, day=101),))), DESIGN,
        [("link:ph/capacity", 7, 10)]),
    "ports of both ends": (lambda problem: with_node(problem, "x", ports=0), DESIGN, [("pop:x/ports", 0, 1)]),
    "orders of both ends": (_both(_b9(partner="w"), _all(partners=(Partner(id="w", max_orders=1), Partner(id="v")))),
                            DESIGN, [("partner:w/max_orders", 1, 2)]),
    "crews at the far end": (_all(field_capacity=(FieldCapacity(skill="dig", by_day=100, crew_days=1),)), DESIGN,
                             [("field:dig@100", 1, 2)]),
    "stock": (lambda problem: with_cpe(problem, "box", stock=(Stock(by_day=100, pieces=2),)), DESIGN,
              [("cpe:box@100", 2, 3)]),
    "stock for a CPE at each leg": (
        _both(_a(cpe_per_leg=True), lambda problem: with_cpe(problem, "box", stock=(Stock(by_day=100, pieces=3),))),
        DESIGN, [("cpe:box@100", 3, 4)]),
    "items at one PoP": (_all(apart=(Separation(a="a", b="b", diversity="node"),)), DESIGN,
                         [_rule("apart:a+b/node")]),
    "items with a common technology": (_all(apart=(Separation(a="b", b="a", diversity="technology"),)), DESIGN,
                                       [_rule("apart:b+a/technology")]),
    "items whose risks nobody knows": (
        _both(_b9(undeclared=("carrier",)), _all(apart=(Separation(a="a", b="b", diversity="carrier"),))), DESIGN,
        [_rule("apart:a+b/carrier")]),
    "legs through one entry": (
        _both(_a1(srlgs=("door",)), _a(diversity="entry"), _a2(srlgs=("door",))),
        DESIGN, [_rule("site:a/diversity")]),
    "a duct where an entry of its own is asked for": (_both(_a1(srlgs=("duct",)), _a(diversity="entry")), DESIGN,
                                                      [_rule("site:a/diversity")]),
    "legs of one carrier": (
        _both(_a1(srlgs=("telco",)), _a(diversity="carrier"), _a2(srlgs=("telco",))),
        DESIGN, [_rule("site:a/diversity")]),
    "legs of one technology": (_a1(kind="radio"), DESIGN, [_rule("site:a/diversity")]),
    "a backup over an access that is small": (_a2(bandwidth_mbps=3), DESIGN, [("site:a/backup_bandwidth", 4, 3)]),
    "a backup of the technology of the other leg": (
        _both(_a(diversity="node", backup_of_other_technology=True), _a1(kind="radio")), DESIGN,
        [_rule("site:a/backup_technology")]),
    "an undeclared risk": (_both(_a1(undeclared=("srlg",)), _a(diversity="srlg")), DESIGN,
                           [_rule("site:a/diversity")]),
    "the same access for two wishes": (_a(diversity="none", legs=(LegWish(), LegWish(bandwidth_mbps=0))),
                                       _of_a(legs=(ONE, replace(ONE, path=("px", "xh")))),
                                       [_rule("site:a/diversity")]),
    "wishes the wrong way round": (_a(), _of_a(legs=(TWO, ONE)),
                                   [("site:a/bandwidth", 10, 4), _rule("site:a/technology"),
                                    ("link:qh/capacity", 4, 10)]),
    "no backup": (_a(), _of_a(legs=(ONE,)), [_rule("site:a/backup")]),
    "no leg": (_a(), _of_a(legs=()), [_rule("site:a/wish")]),
    "a leg too many": (_a(), _of_a(legs=(ONE, TWO, Leg(access="a-3", path=("xh",)))),
                       [_rule("site:a/technology"), _rule("site:a/wish")]),
    "no far access": (_a(), _of_b(Leg(access="b-1", path=("px",))), [_rule("site:b/far")]),
    "a far access where there is none": (_a(), _of_a(legs=(replace(ONE, far="b-9"), TWO)), [_rule("site:a/far")]),
    "a near access as the far one": (_a(), _of_b(Leg(access="b-1", path=(), far="b-1")), [_rule("site:b/far")]),
    "a far access as the near one": (_a(), _of_b(Leg(access="b-9", path=(), far="b-9")), [_rule("site:b/option")]),
    "a way to the wrong far end": (_a(), _of_b(Leg(access="b-1", path=("px",), far="b-8")), [_rule("site:b/path")]),
    "legs that end apart": (
        _both(_a(destinations=("h", "x")), _all(meets=(Meeting(id="m", sites=("a",), nodes=("h", "x")),))),
        _of_a(legs=(ONE, replace(TWO, path=("qx",)))), [_rule("meet:m/together")]),
    "legs that end where they should not": (_all(meets=(Meeting(id="m", sites=("a",), nodes=("x",)),)), DESIGN,
                                            [_rule("meet:m/together")]),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_a_rule_that_is_broken_is_named_with_what_it_would_need(rule: str) -> None:
    change, design, expected = BROKEN[rule]
    assert _found(change(_problem()), design) == expected


def test_far_accesses_of_two_legs_are_apart_like_links_and_their_pops_like_nodes() -> None:
    problem = _problem()
    more = (an_option("b-2", "b", "q"), an_option("b-7", "b", "x", end="z"))
    problem = replace(problem, access_options=(*problem.access_options, *more))

    def found(diversity: str, far: str) -> list[str]:
        legs = B.legs[0], Leg(access="b-2", path=("qx",), far=far)
        verdict = check(with_site(problem, "b", diversity=diversity), _of_b(*legs))
        return [violation.constraint for violation in verdict.violations]

    assert found("link", "b-7") == []
    assert found("link", "b-9") == ["site:b/diversity"]
    assert found("node", "b-7") == ["site:b/diversity"]


def test_services_one_after_the_other_share_a_link() -> None:
    problem = _both(_a(end_day=119), _b(required_day=120, end_day=130))(_problem())
    assert _found(problem, _of_b(Leg(access="b-1", path=("ph",), far="b-8"))) == []


def test_a_preferred_partner_does_not_shut_out_what_is_ones_own() -> None:
    assert _found(_both(_a1(partner=None), _a(partners_preferred=("v",)))(_problem())) == []


def test_money_counts_over_the_term_and_in_the_weights_of_each_item() -> None:
    a, b = (150, 41), (95, 18)
    augment = Augment(adds_mbps=1, nrc_minor=5, mrc_minor=3, lead_days=0)
    problem = _both(_a(term_months=2), _ph(augment=augment))(_problem())
    design = replace(DESIGN, augments=("ph",))
    verdict = check(problem, design)
    cost = a[0] + 2 * a[1] + b[0] + 10 * b[1] + 5 + 10 * 3
    assert (verdict.nrc_minor, verdict.mrc_minor, verdict.cost_minor) == (a[0] + b[0] + 5, a[1] + b[1] + 3, cost)
    assert verdict.value == cost
    assert check(replace(problem, budget=Budget(total_minor=cost)), design).violations == ()
    assert _found(replace(problem, budget=Budget(total_minor=cost - 1)), design) == [("budget/total", cost - 1, cost)]
    discounted = replace(problem, goal=Goal(kind="npv", worth=Worth(nrc=0.987, mrc=8.5)))
    discounted = with_site(discounted, "b", npv=Worth(nrc=1.0, mrc=7.25))
    expected = 987 * (a[0] + 5) + 8500 * (a[1] + 3) + 1000 * b[0] + 7250 * b[1]
    assert check(discounted, design).value == expected


def test_without_the_weakest_component_all_else_is_the_same() -> None:
    whole, less = check(_problem(), DESIGN), check(_problem(), DESIGN, weakest=False)
    assert [site.weakest_component for site in less.sites] == ["", ""]
    assert all(site.weakest_component for site in whole.sites)
    assert replace(less, sites=()) == replace(whole, sites=())
    assert [replace(site, weakest_component="") for site in whole.sites] == list(less.sites)
