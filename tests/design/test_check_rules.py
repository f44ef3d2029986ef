"""The verifier, rule by rule of docs/model.md, where a rule speaks of every leg, end, part, pair or day: one of them
that breaks it is enough, whichever it is."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkwright.design.model import (
    Augment,
    Booking,
    Budget,
    Build,
    Design,
    Fibre,
    FieldCapacity,
    Freed,
    Leg,
    LegWish,
    Meeting,
    Partner,
    Problem,
    Separation,
    SiteDesign,
    Srlg,
    Stock,
)
from linkwright.design.verify.check import check
from tests.design import test_check, test_check_more
from tests.design.naive import naive_check
from tests.design.pieces import (
    a_case,
    a_design,
    a_link,
    a_network,
    a_site,
    an_option,
    with_cpe,
    with_link,
    with_node,
    with_option,
    with_site,
)

Change = Callable[[Problem], Problem]
DOC = Path(__file__).parents[2] / "docs" / "model.md"
GLASS = Fibre(db_per_km=0.0, margin_db=1.0)
MBPS = 10


def _problem() -> Problem:
    """Item a has three legs to h, of which only the last passes a node on its way (m); item b goes from r to t."""
    links = [a_link(name, name, fibre=GLASS, capacity_mbps=MBPS) for name in ("ph", "qh", "um", "mh", "rt", "pr", "rh")]
    options = [
        *(an_option(f"a-{pop}", "a", pop, optical_db=1.0, kind=f"kind {pop}") for pop in "pqu"),
        an_option("a-h", "a", "h", optical_db=1.0, kind="kind h"),
        an_option("b-r", "b", "r", kind="kind r"),
        an_option("b-t", "b", "t", end="z", kind="kind t"),
        an_option("c-p", "c", "p", kind="kind c"),
    ]
    groups = [Srlg(id="duct", availability=1.0), Srlg(id="door", availability=1.0, kind="entry"),
              Srlg(id="telco", availability=1.0, kind="carrier")]  # fmt: skip
    return a_case(
        a_network("phqumrt", links, groups),
        [a_site("a", diversity="node", legs=(LegWish(),) * 3), a_site("b", to=""), a_site("c", to="p")],
        options,
        partners=(Partner(id="w"),),
        builds=(Build(id="dug", nrc_minor=0, mrc_minor=0, lead_days=0),),
    )


LEGS = (
    Leg(access="a-p", path=("ph",)),
    Leg(access="a-q", path=("qh",)),
    Leg(access="a-u", path=("um", "mh")),
)
A = SiteDesign(site="a", cpe="box", legs=LEGS)
B = SiteDesign(site="b", cpe="box", legs=(Leg(access="b-r", path=("rt",), far="b-t"),))
C = SiteDesign(site="c", cpe="box", legs=(Leg(access="c-p", path=()),))
DESIGN = a_design(A, B, C, builds=("dug",))


def _site(name: str, **changes: Any) -> Change:
    return lambda problem: with_site(problem, name, **changes)


def _options(*names: str, **changes: Any) -> Change:
    return _all(*(lambda problem, name=name: with_option(problem, name, **changes) for name in names))


def _link(name: str, **changes: Any) -> Change:
    return lambda problem: with_link(problem, name, **changes)


def _node(name: str, **changes: Any) -> Change:
    return lambda problem: with_node(problem, name, **changes)


def _box(**changes: Any) -> Change:
    return lambda problem: with_cpe(problem, "box", **changes)


def _whole(**changes: Any) -> Change:
    return lambda problem: replace(problem, **changes)


def _group(**changes: Any) -> Change:
    def change(problem: Problem) -> Problem:
        first, *others = problem.network.srlgs
        return replace(problem, network=replace(problem.network, srlgs=(replace(first, **changes), *others)))

    return change


def _build(**changes: Any) -> Change:
    return lambda problem: replace(problem, builds=(replace(problem.builds[0], **changes),))


def _all(*changes: Change) -> Change:
    def change(problem: Problem) -> Problem:
        for one in changes:
            problem = one(problem)
        return problem

    return change


def _of_a(*legs: Leg) -> Design:
    return replace(DESIGN, sites=(replace(A, legs=legs), B, C))


ACCESSES = ("a-p", "a-q", "a-u")
PLAIN = _site("a", diversity="none")
FAR_BUILD = _options("b-r", "b-t", build="dug")
TWICE = _of_a(LEGS[0], LEGS[1], Leg(access="a-h", path=()))
"""The last leg ends where it begins, at the end of the others."""
RULES: dict[str, tuple[Change, Design, str]] = {
    **{f"a small access {name}": (_options(name, bandwidth_mbps=9), DESIGN, "site:a/bandwidth") for name in ACCESSES},
    **{f"a late access {name}": (_options(name, lead_days=101), DESIGN, "site:a/date") for name in ACCESSES},
    **{f"a lossy access {name}": (_all(_site("a", max_loss=0.1), _options(name, loss=0.2)), DESIGN, "site:a/loss")
       for name in ACCESSES},
    **{f"a nervous access {name}": (_all(_site("a", max_jitter_ms=1.0), _options(name, jitter_ms=2.0)), DESIGN,
                                    "site:a/jitter") for name in ACCESSES},
    **{f"a dim access {name}": (_all(_site("a", max_optical_db=3.0), _options(name, optical_db=3.5)), DESIGN,
                                "site:a/optical") for name in ACCESSES},
    **{f"an access {name} that ends": (_options(name, until_day=500), DESIGN, "site:a/period") for name in ACCESSES},
    **{f"a booked access {name}": (_options(name, bookings=(Booking(from_day=300, to_day=300),)), DESIGN,
                                   "site:a/period") for name in ACCESSES},
    **{f"a forbidden access {name}": (_site("a", technologies_forbidden=(f"kind {name[-1]}",)), DESIGN,
                                      "site:a/technology") for name in ACCESSES},
    **{f"an excluded partner of {name}": (_all(_options(name, partner="w"), _site("a", partners_excluded=("w",))),
                                          DESIGN, "site:a/partner") for name in ACCESSES},
    "a wish that is larger than its item, for the access": (
        _all(_site("a", bandwidth_mbps=2, legs=(LegWish(), LegWish(), LegWish(bandwidth_mbps=3))),
             _options("a-u", bandwidth_mbps=2)), DESIGN, "site:a/bandwidth"),
    "a wish that is larger than its item, for the CPE": (
        _all(_site("a", bandwidth_mbps=2, legs=(LegWish(), LegWish(), LegWish(bandwidth_mbps=3))),
             _site("b", bandwidth_mbps=2), _site("c", bandwidth_mbps=2), _box(max_mbps=2)), DESIGN,
        "site:a/cpe_bandwidth"),
    "a far access whose build is late": (_all(_options("b-t", build="dug"), _build(lead_days=101)), DESIGN,
                                         "site:b/date"),
    "a far access that ends": (_options("b-t", until_day=500), DESIGN, "site:b/period"),
    "a far access of an excluded partner": (_all(_options("b-t", partner="w"), _site("b", partners_excluded=("w",))),
                                            DESIGN, "site:b/partner"),
    "a far access of another item": (
        _all(_options("a-h", end="z", site="c")), replace(DESIGN, sites=(A, replace(B, legs=(
            replace(B.legs[0], path=("rh",), far="a-h"),)), C)), "site:b/far"),
    **{f"a slow {name}": (_all(_site("a", max_latency_ms=1.0), _node(name, delay_ms=1.5)), DESIGN, "site:a/latency")
       for name in "pqumh"},
    "a slow CPE": (_all(_site("a", max_latency_ms=1.0), _box(delay_ms=1.5)), DESIGN, "site:a/latency"),
    "a CPE that is slow at both ends": (_all(_site("b", max_latency_ms=2.5), _box(delay_ms=1.5)), DESIGN,
                                        "site:b/latency"),
    "a long last link": (_all(_site("a", max_latency_ms=1.0), _link("mh", length_km=250.0)), DESIGN, "site:a/latency"),
    "a nervous node on the way": (_all(_site("a", max_jitter_ms=1.0), _node("m", jitter_ms=1.5)), DESIGN,
                                  "site:a/jitter"),
    "a nervous link": (_all(_site("a", max_jitter_ms=1.0), _link("um", jitter_ms=1.5)), DESIGN, "site:a/jitter"),
    "a nervous CPE": (_all(_site("a", max_jitter_ms=1.0), _box(jitter_ms=1.5)), DESIGN, "site:a/jitter"),
    "a lossy node on the way": (_all(_site("a", max_loss=0.1), _node("m", loss=0.2)), DESIGN, "site:a/loss"),
    "a lossy link": (_all(_site("a", max_loss=0.1), _link("um", loss=0.2)), DESIGN, "site:a/loss"),
    "a lossy CPE": (_all(_site("a", max_loss=0.1), _box(loss=0.2)), DESIGN, "site:a/loss"),
    "a dim second link": (_all(_site("a", max_optical_db=3.0), _link("mh", fibre=replace(GLASS, splices=1,
                          splice_db=0.5))), DESIGN, "site:a/optical"),
    "a link of unknown fibre": (_all(_site("a", max_optical_db=3.0), _link("mh", fibre=None)), DESIGN,
                                "site:a/optical"),
    "a fast leg between slow ones": (
        _all(_site("a", max_differential_ms=1.0), _options("a-p", "a-u", delay_ms=1.5)), DESIGN,
        "site:a/differential"),
    **{f"{what} that fails": (_all(_site("a", min_availability=0.9), change), DESIGN, "site:a/availability")
       for what, change in {
           "the common destination": _node("h", availability=0.8),
           "the common CPE": _box(availability=0.8),
           "a group of all legs": _all(_options(*ACCESSES, srlgs=("duct",)), _group(availability=0.8)),
           "every access": _options(*ACCESSES, availability=0.5),
       }.items()},
    "a CPE on each leg, each of which fails": (
        _all(_site("a", min_availability=0.9, cpe_per_leg=True), _box(availability=0.5)), DESIGN,
        "site:a/availability"),
    "own NRC of all legs": (_all(_options(*ACCESSES, nrc_minor=1), _site("a", budget=Budget(nrc_minor=2))), DESIGN,
                            "site:a/budget_nrc"),
    "own MRC of a link": (_all(_link("mh", mrc_minor_per_mbps=1), _site("a", budget=Budget(mrc_minor=9))), DESIGN,
                          "site:a/budget_mrc"),
    "own money for a CPE on each leg": (
        _all(_box(nrc_minor=1), _site("a", cpe_per_leg=True, budget=Budget(total_minor=2))), DESIGN,
        "site:a/budget_total"),
    **{f"{word}, two and three with a group": (
        _all(_options("a-q", "a-u", srlgs=(group,)), _site("a", diversity=word)), DESIGN, "site:a/diversity")
       for word, group in (("srlg", "duct"), ("entry", "door"), ("entry", "duct"), ("carrier", "telco"))},
    **{f"a group on the way, {word}": (
        _all(_link("mh", srlgs=(group,)), _options("a-p", srlgs=(group,)), _site("a", diversity=word)), DESIGN,
        "site:a/diversity") for word, group in (("srlg", "duct"), ("entry", "door"), ("carrier", "telco"))},
    **{f"{said} undeclared where {word} is asked": (
        _all(_options("a-u", undeclared=(said,)), _site("a", diversity=word)), DESIGN, "site:a/diversity")
       for word, said in (("srlg", "srlg"), ("entry", "entry"), ("entry", "srlg"), ("carrier", "carrier"))},
    "legs one and three of one technology": (
        _all(_options("a-u", kind="kind p"), _site("a", diversity="technology")), DESIGN, "site:a/diversity"),
    "a leg through the end of another": (
        _all(_site("a", destinations=("h", "r")), _options("a-u", pop="u"), _link("um", z="h"), _link("mh", a="h",
             z="r")), DESIGN, "site:a/diversity"),
    **{f"a link of two legs, {word}": (
        _all(_site("a", diversity=word, legs=(LegWish(), LegWish())), _options("a-q", pop="r"), _link("ph",
             capacity_mbps=99)), _of_a(LEGS[0], Leg(access="a-q", path=("pr", "ph"))), "site:a/diversity")
       for word in ("link", "node", "srlg", "entry", "carrier")},
    "two legs at one PoP that is their end": (
        _all(_site("a", legs=(LegWish(), LegWish())), _options("a-q", pop="h")),
        _of_a(Leg(access="a-h", path=()), Leg(access="a-q", path=())), "site:a/diversity"),
    "two legs on one link": (
        _all(PLAIN, _site("a", legs=(LegWish(),) * 2), _options("a-q", pop="p"), _link("ph", capacity_mbps=19)),
        _of_a(LEGS[0], Leg(access="a-q", path=("ph",))), "link:ph/capacity"),
    "two legs at one PoP": (
        _all(PLAIN, _site("a", legs=(LegWish(),) * 2), _options("a-q", pop="p"), _link("ph", capacity_mbps=20),
             _node("p", ports=2)), _of_a(LEGS[0], Leg(access="a-q", path=("ph",))), "pop:p/ports"),
    "orders of two legs": (_all(_options("a-p", "a-u", partner="w"), _whole(partners=(Partner(id="w", max_orders=1),))),
                           DESIGN, "partner:w/max_orders"),
    "two sites of a build": (_all(_options("a-p", "b-t", build="dug"), _build(max_sites=1)), DESIGN,
                             "build:dug/max_sites"),
    "both ends in a build": (_all(FAR_BUILD, _build(capacity_mbps=19)), DESIGN, "build:dug/capacity"),
    "two legs in a build": (_all(_options("a-p", "a-u", build="dug"), _build(capacity_mbps=19)), DESIGN,
                            "build:dug/capacity"),
    "a build for the far end alone": (_options("b-t", build="dug"), replace(DESIGN, builds=()), "site:b/build"),
    "work of two legs": (
        _all(_options("a-p", "a-u", work={"dig": 2}),
             _whole(field_capacity=(FieldCapacity(skill="dig", by_day=100, crew_days=3),))), DESIGN, "field:dig@100"),
    "pieces at both ends": (_all(_site("a", required_day=101), _site("c", required_day=101),
                                 _box(stock=(Stock(by_day=100, pieces=1),))), DESIGN, "cpe:box@100"),
    "NRC of a build": (_all(_build(nrc_minor=5), _whole(budget=Budget(nrc_minor=4))), DESIGN, "budget/nrc"),
    "MRC of an augment": (
        _all(_link("ph", augment=Augment(adds_mbps=1, nrc_minor=0, mrc_minor=5, lead_days=0)),
             _whole(budget=Budget(mrc_minor=4))), replace(DESIGN, augments=("ph",)), "budget/mrc"),
    "the money of all": (_all(_build(mrc_minor=1), _box(nrc_minor=1), _whole(budget=Budget(total_minor=13))), DESIGN,
                         "budget/total"),
    "what another item gives back too late": (
        _all(_link("ph", capacity_mbps=9), _site("b", required_day=101, frees=(Freed(link="ph", mbps=9),))), DESIGN,
        "link:ph/capacity"),
    "what an item that is left out would give back": (
        _all(_link("ph", capacity_mbps=9), _site("b", frees=(Freed(link="ph", mbps=9),))),
        replace(DESIGN, sites=(A, C)), "link:ph/capacity"),
    "ports that an item that is left out would give back": (
        _all(_node("p", ports=1), _site("b", frees=(Freed(pop="p", ports=9),))),
        replace(DESIGN, sites=(A, C)), "pop:p/ports"),
    **{f"items apart, {word}": (
        _all(change, _whole(apart=(Separation(a="a", b="b", diversity=word),))), DESIGN, f"apart:a+b/{word}")
       for word, change in {
           "srlg": _all(_link("mh", srlgs=("duct",)), _options("b-t", srlgs=("duct",))),
           "entry": _all(_options("a-u", srlgs=("door",)), _options("b-r", srlgs=("door",))),
           "carrier": _all(_options("a-u", srlgs=("telco",)), _link("rt", srlgs=("telco",))),
           "technology": _options("b-t", kind="kind u"),
           "node": _all(_options("a-u", pop="r"), _link("um", a="r")),
       }.items()},
    "one link of two items apart": (
        _all(_options("b-t", pop="h"), _options("b-r", pop="p"), _link("ph", capacity_mbps=20),
             _whole(apart=(Separation(a="b", b="a", diversity="link"),))),
        replace(DESIGN, sites=(A, replace(B, legs=(replace(B.legs[0], path=("ph",)),)), C)), "apart:b+a/link"),
    "items that end at two places": (_whole(meets=(Meeting(id="m", sites=("a", "c"), nodes=()),)), DESIGN,
                                     "meet:m/together"),
}  # fmt: skip


def test_the_design_that_all_of_this_starts_from_is_true() -> None:
    assert check(_problem(), DESIGN).violations == ()


@pytest.mark.parametrize("rule", RULES)
def test_one_breach_is_enough(rule: str) -> None:
    change, design, constraint = RULES[rule]
    problem = change(_problem())
    found = {violation.constraint for violation in check(problem, design).violations}
    assert constraint in found
    assert naive_check(problem, design).broken


def test_every_constraint_that_is_documented_is_broken_by_some_test() -> None:
    text = DOC.read_text()
    said = {name for line in text.splitlines() if line.startswith("|") for name in re.findall(r"`([^`]*)`", line)}
    documented = {
        name for name in said if re.match(r"(site|link|pop|partner|build|field|cpe|budget|apart|meet)[:/]", name)
    }
    broken = {constraint for _, _, constraint in RULES.values()}
    broken |= {constraint for _, constraint in test_check.BROKEN.values()}
    broken |= {name for _, _, found in test_check_more.BROKEN.values() for name, _, _ in found}
    kinds = {_kind(constraint) for constraint in broken}
    assert {name for name in documented if "…" not in name and _kind(name) not in kinds} == set()


def _kind(constraint: str) -> str:
    """Without the names in it."""
    kind = constraint.partition(":")[0]
    aspect = re.split(r"[/@]", constraint)[-1]
    return kind if kind in ("field", "cpe", "apart") else f"{kind}/{aspect}"
