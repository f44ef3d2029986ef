"""Requests of many items: every pattern of facts is answered once, in full, also where it cannot be done as asked."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linkwright.design.ask import Ask
from linkwright.design.model import Build, CpeModel, Outcome, Problem
from linkwright.designs.answers import Answer
from linkwright.designs.facts import AccessFact, CpeFact, CrewFact, PartnerAnswer
from linkwright.designs.others import Spare
from linkwright.designs.requirement import Requirement
from tests.builders import NOW, a_link, a_network, a_node, a_requirement, an_access
from tests.designs.answering import Core, a_designer, codes, item_of, labels, offering, refs, some_facts
from tests.fakes import FakeFacts

PATTERNS = ("own", "onlyA", "both", "mobile", "nothing")
STORES = [f"{PATTERNS[number % 5]}-{number}" for number in range(60)]
WIDE = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=100_000),))


def stores_of(pattern: str) -> list[str]:
    return [name for name in STORES if name.startswith(f"{pattern}-")]


def wanted(names: list[str], **changes: object) -> list[Requirement]:
    place = a_requirement().place
    assert place is not None
    return [a_requirement(ref=name, place=replace(place, id=name), **changes) for name in names]


def roll_out() -> FakeFacts:
    """Own access; partner A only; A, and B who is cheaper; 5G with half of the bandwidth; nothing at all."""
    access: list[AccessFact] = [an_access(id=f"fibre-{name}", place=name) for name in stores_of("own")]
    access += [
        an_access(id=f"5g-{name}", place=name, technology="5g", bandwidth_mbps=50) for name in stores_of("mobile")
    ]
    offers: list[PartnerAnswer] = [
        offering("A", name, name, mrc_minor=52_00) for name in (*stores_of("onlyA"), *stores_of("both"))
    ]
    offers += [offering("B", name, name, mrc_minor=47_00) for name in stores_of("both")]
    return some_facts(*STORES, facts=WIDE, access=tuple(access), answers=tuple(offers))


@pytest.fixture(scope="module")
def answered() -> tuple[Answer, Core]:
    core = Core()
    return a_designer(roll_out(), core).answer(wanted(STORES), alternatives=True), core


def test_sixty_stores_of_five_patterns_have_the_results_of_their_patterns(answered: tuple[Answer, Core]) -> None:
    items = answered[0].items
    assert Counter(item.result for item in items) == {"qualified": 36, "alternate": 12, "unqualified": 12}
    assert refs(items, "alternate") == stores_of("mobile")
    assert refs(items, "unqualified") == stores_of("nothing")
    for name in stores_of("both"):
        solution = item_of(answered[0], name).solution
        assert solution is not None
        assert [leg.supplier for leg in solution.legs] == ["B"]


def test_every_store_without_enough_bandwidth_is_offered_what_there_is(answered: tuple[Answer, Core]) -> None:
    for name in stores_of("mobile"):
        item = item_of(answered[0], name)
        (proposal,) = item.proposals
        assert (proposal.dimension, proposal.wanted, proposal.offered) == ("bandwidth", 100, 50)
        assert [leg.access for leg in proposal.solution.legs] == [f"5g-{name}"]
        assert codes(item) == ["SD-CAP-01"]
        assert "100 Mbit/s is wanted, 50 Mbit/s is the most" in labels(item)
    assert all(codes(item_of(answered[0], name)) == ["SD-ACC-01"] for name in stores_of("nothing"))


def test_only_as_many_problems_are_solved_as_there_are_patterns_with_any_access(answered: tuple[Answer, Core]) -> None:
    answer, core = answered
    firsts = [stores_of(one)[0] for one in PATTERNS[:4]]
    assert [problem.sites[0].id for problem in core.asked] == [*firsts, *firsts[:3]]
    for pattern in PATTERNS[:3]:
        first, *others = (item_of(answer, name).solution for name in stores_of(pattern))
        assert first is not None
        assert {one.reused_from for one in others if one is not None} == {first.design_id}
        assert first.reused_from is None
    first_offer, *others_offers = (item_of(answer, name).proposals[0].solution for name in stores_of("mobile"))
    assert first_offer.reused_from is None
    assert {one.reused_from for one in others_offers} == {first_offer.design_id}


def test_who_is_left_out_of_many_is_offered_what_the_room_that_is_left_allows() -> None:
    """550 Mbit/s carry five items of 100 Mbit/s; all others are told of the 50 Mbit/s that remain, found out once."""
    names = [f"site-{number}" for number in range(40)]
    access = tuple(an_access(id=f"f-{name}", place=name) for name in names)
    network = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=550),))
    core = Core()
    answer = a_designer(some_facts(*names, facts=network, access=access), core).answer(wanted(names))
    assert Counter(item.result for item in answer.items) == {"qualified": 5, "alternate": 35}
    assert [len(problem.sites) for problem in core.asked] == [1, 40, 1]
    first, *others = [item for item in answer.items if item.result == "alternate"]
    for item in (first, *others):
        (proposal,) = item.proposals
        assert (proposal.dimension, proposal.offered) == ("bandwidth", 50)
        assert [leg.access for leg in proposal.solution.legs] == [f"f-{item.ref}"]
        assert codes(item) == ["SD-CAP-01", "SD-CAP-01"]
    origin = first.proposals[0].solution.design_id
    assert {item.proposals[0].solution.reused_from for item in others} == {origin}


def test_an_access_that_somebody_has_is_no_room_that_is_left() -> None:
    names = [f"site-{number}" for number in range(31)]
    facts = some_facts(*names, facts=WIDE, access=(an_access(id="only", place="everywhere"),))
    for name, place in facts.known_places.items():
        facts.known_places[name] = replace(place, ids=("everywhere",))
    answer = a_designer(facts).answer(wanted(names))
    assert Counter(item.result for item in answer.items) == {"qualified": 1, "unqualified": 30}


def with_two_ways() -> tuple[list[str], FakeFacts]:
    """Forty sites with a fibre that is late, and a dear 5G that is early."""
    names = [f"site-{number}" for number in range(40)]
    access = [an_access(id=f"f-{name}", place=name, lead_days=60) for name in names]
    access += [an_access(id=f"5g-{name}", place=name, technology="5g", lead_days=5, nrc_minor=99_000) for name in names]
    return names, some_facts(*names, facts=WIDE, access=tuple(access))


def test_all_of_many_have_other_designs_searched_for_once_for_each_pattern_and_wish() -> None:
    names, facts = with_two_ways()
    core = Core()
    silent, asking = wanted(names[:20]), wanted(names[20:35], max_alternatives=1)
    without = wanted(names[35:], max_alternatives=0)
    answer = a_designer(facts, core).answer([*silent, *asking, *without], alternatives=True)
    assert [len(problem.sites) for problem in core.asked] == [1, 1, 1]
    first, *others = [item_of(answer, one.ref) for one in (*silent, *asking)]
    for item in (first, *others):
        assert item.solution is not None
        assert set(item.solution.roles) == {"cheapest", "balanced", "mostAvailable"}
        (proposal,) = item.proposals
        assert [leg.access for leg in proposal.solution.legs] == [f"5g-{item.ref}"]
        assert proposal.solution.roles == ("earliest",)
        assert item.cut_short == ()
    assert {one.proposals[0].solution.reused_from for one in others} == {first.proposals[0].solution.design_id}
    assert not any(item_of(answer, one.ref).proposals for one in without)


def test_many_items_without_time_for_other_designs_say_so() -> None:
    names, facts = with_two_ways()
    core = Core()
    answer = a_designer(facts, core).answer(wanted(names), alternatives=True, by=NOW)
    assert [len(problem.sites) for problem in core.asked] == [1]
    for item in answer.items:
        assert (item.result, item.proposals, item.cut_short) == ("qualified", (), ("alternatives",))


def test_the_patterns_share_the_time_to_spare() -> None:
    """Half of the 64 s, of which a third is for making proposals, and one search of two in each part takes 10 s."""
    names, facts = with_two_ways()
    clock = [0.0]
    waits: list[float] = []

    class Slow(Core):
        def solve(self, problem: Problem, ask: Ask, *, within_s: float, **waited: Any) -> Outcome:
            if ask.alternatives:
                waits.append(within_s)
                clock[0] += 10.0
            return super().solve(problem, ask, **waited)

    spare = Spare(lambda: 64.0, lambda: clock[0])
    drawing_of = a_designer(facts, Slow())
    requirements = wanted(names)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("linkwright.designs.choose.Spare", lambda _: spare)
        patch.setattr("linkwright.designs.drawing.AT_ONCE", 1)
        different = [replace(one, bandwidth_mbps=60 + number % 4) for number, one in enumerate(requirements)]
        answer = drawing_of.answer(different, alternatives=True, by=NOW + timedelta(seconds=64))
    assert waits == pytest.approx([(32 * 2 / 3 - done * 10) / (4 - done) for done in range(3)])
    told = Counter((len(item.proposals), item.cut_short) for item in answer.items)
    assert told == {(1, ()): 30, (0, ("alternatives",)): 10}


def test_another_design_of_one_among_many_uses_nothing_that_others_need() -> None:
    names = [f"site-{number}" for number in range(31)]
    access = [an_access(id=f"f-{name}", place=name, lead_days=60) for name in names]
    access += [
        an_access(id=f"5g-{name}", place=name, pop="east", technology="5g", lead_days=5, nrc_minor=99_000)
        for name in names
    ]
    links = (
        a_link("west-hub", "west", "hub", capacity_mbps=3_000),
        a_link("east-hub", "east", "hub", capacity_mbps=150),
    )
    facts = some_facts(*names, facts=a_network(links=links), access=tuple(access))
    answer = a_designer(facts).answer(wanted(names, max_alternatives=1), alternatives=True)
    to_the_east = [item for item in answer.items if item.solution is not None and item.solution.legs[0].pop == "east"]
    assert len(to_the_east) == 1
    for item in answer.items:
        assert item.result == "qualified"
        if item not in to_the_east:
            assert item.proposals == ()


SMALL = CpeModel(
    id="small", max_mbps=50, features=(), nrc_minor=1_000, mrc_minor=100, availability=0.9999, delay_ms=0.1
)
(LARGE,) = WIDE.cpe
LIMITED_TO_FIVE: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "CPE in stock": ({"cpe": (replace(LARGE, stock=5), CpeFact(model=SMALL))}, {}, {}),
    "ports of a pop": ({"nodes": (a_node("west", ports=5), a_node("east"), a_node("hub"))}, {}, {}),
    "sites of a build": (
        {"builds": (Build(id="dug", nrc_minor=0, mrc_minor=0, lead_days=5, max_sites=5),)},
        {"build": "dug"},
        {},
    ),
    "Mbit/s of a build": (
        {"builds": (Build(id="dug", nrc_minor=0, mrc_minor=0, lead_days=5, capacity_mbps=540),)},
        {"build": "dug"},
        {},
    ),
    "crew-days": (
        {"crews": (CrewFact(skill="install", until=date(2036, 12, 31), crew_days=5),)},
        {"work": {"install": 1}},
        {},
    ),
    "orders of a partner": ({}, {"partner": "north"}, {"partner_caps": {"north": 5}}),
}


@pytest.mark.parametrize("limit", LIMITED_TO_FIVE)
def test_what_others_use_up_is_no_room_for_who_is_left_out(limit: str) -> None:
    """Five fibres of 100 Mbit/s can be had; everybody could have 50 Mbit/s by another way."""
    network, fibre, rules = LIMITED_TO_FIVE[limit]
    names = [f"site-{number}" for number in range(31)]
    access = [an_access(id=f"f-{name}", place=name, **fibre) for name in names]
    access += [an_access(id=f"5g-{name}", place=name, technology="5g", pop="east", bandwidth_mbps=50) for name in names]
    links = (*WIDE.links, a_link("east-hub", "east", "hub", capacity_mbps=100_000))
    facts = some_facts(*names, facts=replace(WIDE, links=links, **network), access=tuple(access))
    answer = a_designer(facts, **rules).answer(wanted(names))
    assert Counter(item.result for item in answer.items) == {"qualified": 5, "alternate": 26}
    for item in answer.items:
        for proposal in item.proposals:
            assert (proposal.dimension, proposal.offered) == ("bandwidth", 50)
    assert all(item.proposals for item in answer.items if item.result == "alternate")


def test_nobody_is_asked_what_helps_where_no_cpe_is_left() -> None:
    """Ways and wishes of all forty are different, so each would be a question of its own, and each in vain."""
    names = [f"site-{number}" for number in range(40)]
    access = tuple(an_access(id=f"f-{name}", place=name, nrc_minor=500 + n) for n, name in enumerate(names))
    core = Core()
    facts = some_facts(*names, facts=replace(WIDE, cpe=(replace(LARGE, stock=5),)), access=access)
    answer = a_designer(facts, core).answer(wanted(names))
    assert [len(problem.sites) for problem in core.asked] == [1] * 40 + [40]
    assert refs(answer.items, "qualified") == names[:5]
    for item in answer.items[5:]:
        assert (item.result, item.proposals, item.cut_short) == ("unqualified", (), ())
        assert "SD-CPE-01" in codes(item)


def test_who_is_left_out_is_looked_at_with_the_cpe_that_is_left() -> None:
    names = [f"site-{number}" for number in range(40)]
    access = tuple(an_access(id=f"f-{name}", place=name) for name in names)
    core = Core()
    cpe = (replace(LARGE, stock=5), CpeFact(model=SMALL, stock=40))
    answer = a_designer(some_facts(*names, facts=replace(WIDE, cpe=cpe), access=access), core).answer(wanted(names))
    assert [len(problem.sites) for problem in core.asked] == [1, 40, 1]
    assert [[model.id for model in problem.cpe_models] for problem in core.asked[1:]] == [
        [LARGE.model.id, "small"],
        ["small"],
    ]
    assert Counter(item.result for item in answer.items) == {"qualified": 5, "alternate": 35}
    offered = {(one.dimension, one.offered) for item in answer.items for one in item.proposals}
    assert offered == {("bandwidth", 50)}


def test_who_is_left_out_of_many_is_told_what_only_together_would_help_beside_the_others() -> None:
    """An access with one port less than items; what else reaches their place is late and narrow."""
    access = [an_access(ports=30), an_access(id="east", pop="east", bandwidth_mbps=50, lead_days=130, ports=31)]
    network = replace(WIDE, links=(*WIDE.links, a_link("east-hub", "east", "hub", capacity_mbps=100_000)))
    items = [a_requirement(ref=str(number)) for number in range(31)]
    answer = a_designer(some_facts(facts=network, access=tuple(access))).answer(items)
    (left,) = [item for item in answer.items if item.result != "qualified"]
    assert [{one.dimension for one in proposal.relaxed} for proposal in left.proposals] == [{"date", "bandwidth"}]
    (told,) = [one.label for one in left.findings if "the date" in one.label]
    assert told.startswith("Beside the others")
    assert told.endswith("; would be feasible if the date were 2027-05-03 and bandwidth were 50 Mbit/s.")


def test_what_helps_those_left_out_is_looked_for_in_turn_while_there_is_time() -> None:
    """Half of the 64 s for three patterns, one at a time, of which each takes 20 s: the third gets no turn."""
    names = [f"site-{number}" for number in range(40)]
    access = tuple(an_access(id=f"f-{name}", place=name) for name in names)
    network = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=550),))
    clock = [0.0]
    waits: list[float] = []
    stops: list[bool] = []

    class Slow(Core):
        def solve(self, problem: Problem, ask: Ask, *, within_s: float, **waited: Any) -> Outcome:
            if any(link.bookings for link in problem.network.links):
                waits.append(within_s)
                clock[0] += 20.0
                stops.append(waited["stop"]())
            return super().solve(problem, ask, **waited)

    spare = Spare(lambda: 64.0, lambda: clock[0])
    requirements = [replace(one, round_trip_ms=30.0 + number % 3) for number, one in enumerate(wanted(names))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("linkwright.designs.choose.Spare", lambda _: spare)
        patch.setattr("linkwright.designs.drawing.AT_ONCE", 1)
        designer = a_designer(some_facts(*names, facts=network, access=access), Slow())
        answer = designer.answer(requirements, by=NOW + timedelta(seconds=64))
    assert (waits, stops) == (pytest.approx([32 / 3, 12 / 2]), [False, True])
    left = [item for item in answer.items if item.result != "qualified"]
    of_pattern = {item.ref: int(item.ref.rpartition("-")[2]) % 3 for item in left}
    _, _, third = dict.fromkeys(of_pattern.values())
    for item in left:
        told = (item.result, len(item.proposals), item.cut_short)
        assert told == (("unqualified", 0, ("changes",)) if of_pattern[item.ref] == third else ("alternate", 1, ()))


def test_who_a_common_budget_leaves_out_is_offered_what_the_rest_of_it_pays() -> None:
    """A Mbit/s costs 0.10 EUR a month: of 54 EUR five items take 50, and 4 EUR pay 40 Mbit/s more."""
    names = [f"site-{number}" for number in range(31)]
    cpe = (replace(LARGE, model=replace(LARGE.model, mrc_minor=0)),)
    access = tuple(an_access(id=f"f-{name}", place=name, mrc_minor=0) for name in names)
    network = replace(WIDE, links=(a_link("west-hub", "west", "hub", capacity_mbps=10_000),), cpe=cpe)
    bundle = Requirement(ref="all", bundles=(), budget_mrc_minor=5_400)
    facts = some_facts(*names, facts=network, access=access)
    answer = a_designer(facts).answer([bundle, *wanted(names)])
    results = Counter(item.result for item in answer.items if item.ref != "all")
    assert results == {"qualified": 5, "alternate": 26}
    for item in answer.items:
        assert [(one.dimension, one.offered) for one in item.proposals] in ([], [("bandwidth", 40)])


def test_offers_that_are_true_together_have_one_number_and_no_others() -> None:
    """Four offers of 50 Mbit/s fit on the link to the east, and all on that to the west."""
    east, west = [f"east-{number}" for number in range(20)], [f"west-{number}" for number in range(15)]
    access = [an_access(id=f"f-{name}", place=name, pop="east", bandwidth_mbps=50) for name in east]
    access += [an_access(id=f"f-{name}", place=name, bandwidth_mbps=50) for name in west]
    links = (*WIDE.links, a_link("east-hub", "east", "hub", capacity_mbps=249))
    facts = some_facts(*east, *west, facts=replace(WIDE, links=links), access=tuple(access))
    answer = a_designer(facts).answer(wanted([*east, *west]))
    assert Counter(item.result for item in answer.items) == {"alternate": 35}
    numbered = [item.ref for item in answer.items if item.proposals[0].solution.alternative == 1]
    assert numbered == [*east[:4], *west]
    assert {item.proposals[0].solution.alternative for item in answer.items} == {1, None}


def test_what_helps_an_item_alone_is_offered_only_where_there_is_room_for_it() -> None:
    """What 31 served items leave of the link are 20 Mbit/s, and one more has an access of 50."""
    names = [f"site-{number}" for number in range(31)]
    access = [an_access(id=f"f-{name}", place=name) for name in names] + [
        an_access(id="slow", place="last", bandwidth_mbps=50)
    ]
    network = replace(WIDE, links=(a_link("west-hub", "west", "hub", capacity_mbps=3_120),))
    facts = some_facts(*names, "last", facts=network, access=tuple(access))
    answer = a_designer(facts).answer(wanted([*names, "last"]))
    assert refs(answer.items, "qualified") == names
    assert [(one.dimension, one.offered) for one in item_of(answer, "last").proposals] == [("bandwidth", 20)]
