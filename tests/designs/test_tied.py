"""Items that are tied to each other: what is offered to one is true together with what the others are offered."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from linkwright.design.solve import solve
from linkwright.designs.answers import Answer, Proposal
from linkwright.designs.assemble import Candidate, assemble
from linkwright.designs.facts import AccessFact
from linkwright.designs.requirement import Requirement
from linkwright.plan.working_days import WorkingDays
from tests.builders import NOW, a_link, a_network, a_place, a_requirement, an_access
from tests.designs.answering import a_designer, codes, item_of, refs, some_facts

PLACE = a_requirement().place
assert PLACE is not None


def wanted(*names: str, **changes: Any) -> list[Requirement]:
    """Each of them at a site of its own; the second keeps away from the first."""
    items = [a_requirement(ref=name, place=replace(PLACE, id=name), **changes) for name in names]
    return [items[0], replace(items[1], diverse_from=(names[0],)), *items[2:]]


def answered(*access: AccessFact, names: Sequence[str] = ("a", "b"), **changes: Any) -> Answer:
    facts = some_facts(*names, access=access)
    return a_designer(facts).answer(wanted(*names, **changes), alternatives=True)


def west(name: str, **changes: Any) -> AccessFact:
    return an_access(id=f"west-{name}", place=name, **changes)


def east(name: str, **changes: Any) -> AccessFact:
    return an_access(id=f"east-{name}", place=name, pop="east", **changes)


def set_of(answer: Answer, number: int) -> dict[str, Proposal]:
    """The proposals with this number, by item."""
    return {item.ref: one for item in answer.items for one in item.proposals if one.solution.alternative == number}


def told(answer: Answer, number: int) -> dict[str, list[tuple[str, Any, Any]]]:
    return {
        ref: [(one.dimension, one.wanted, one.offered) for one in proposal.relaxed]
        for ref, proposal in set_of(answer, number).items()
    }


def test_a_change_of_one_is_offered_to_both_with_one_number() -> None:
    answer = answered(west("a"), west("b"), east("b", bandwidth_mbps=50))
    assert sorted(item.result for item in answer.items if item.result) == ["alternate", "qualified"]
    assert told(answer, 1) == {"a": [], "b": [("bandwidth", 100, 50)]}
    pops = {ref: proposal.solution.legs[0].pop for ref, proposal in set_of(answer, 1).items()}
    assert pops == {"a": "west", "b": "east"}
    assert all(one.solution.design_id for one in set_of(answer, 1).values())


def test_what_would_help_one_alone_is_not_offered_where_it_is_not_diverse() -> None:
    """60 Mbit/s in the west are more than 50 in the east, but the other is in the west."""
    answer = answered(west("a"), west("b", bandwidth_mbps=60), east("b", bandwidth_mbps=50))
    assert refs(answer.items, "alternate") == ["b"]
    assert told(answer, 1) == {"a": [], "b": [("bandwidth", 100, 50)]}
    assert len(item_of(answer, "b").proposals) == 1


def test_where_neither_can_be_had_the_changes_of_both_go_together() -> None:
    answer = answered(west("a", bandwidth_mbps=70), west("b", bandwidth_mbps=60), east("b", bandwidth_mbps=50))
    assert refs(answer.items, "alternate") == ["a", "b"]
    assert told(answer, 1) == {"a": [("bandwidth", 100, 70)], "b": [("bandwidth", 100, 50)]}


def test_that_they_need_not_be_apart_is_a_change_too() -> None:
    answer = answered(west("a"), west("b"))
    assert told(answer, 1) == {"a": [], "b": [("diverse_from", ["a"], [])]}
    (refused,) = [item for item in answer.items if item.result == "alternate"]
    assert "SD-DIV-01" in codes(refused)


def test_a_group_of_which_all_can_be_had_has_no_such_proposals() -> None:
    answer = answered(west("a"), west("b"), east("b", nrc_minor=300_000))
    assert refs(answer.items, "qualified") == ["a", "b"]
    assert not any(one.relaxed for item in answer.items for one in item.proposals)


def test_who_takes_no_proposals_is_not_left_out_of_a_set() -> None:
    facts = some_facts("a", "b", access=(west("a"), west("b"), east("b", bandwidth_mbps=50)))
    first, second = wanted("a", "b")
    answer = a_designer(facts).answer([replace(first, max_alternatives=0), second], alternatives=True)
    assert not any(item.proposals for item in answer.items)


def test_items_that_meet_are_offered_the_same_node() -> None:
    ends: dict[str, Any] = {"destinations": ("west", "east"), "pattern": "anyToAny", "round_trip_ms": 1.0}
    facts = some_facts("a", "b", access=(west("a"), east("a", bandwidth_mbps=40), east("b")))
    items = [replace(one, diverse_from=None) for one in wanted("a", "b", **ends)]
    answer = a_designer(facts).answer(items, alternatives=True)
    assert refs(answer.items, "alternate") == ["a"]
    sets = set_of(answer, 1)
    assert sets.keys() == {"a", "b"}
    assert {one.solution.legs[0].nodes[-1] for one in sets.values()} == {"east"}


def test_what_others_use_is_no_room_for_a_group() -> None:
    """Thirty others leave 50 Mbit/s in the east."""
    others = [f"site-{number}" for number in range(30)]
    links = (
        a_link("west-hub", "west", "hub", capacity_mbps=10_000),
        a_link("east-hub", "east", "hub", capacity_mbps=3_050),
    )
    access = [east(name) for name in others] + [west("a"), east("b", nrc_minor=900_000)]
    facts = some_facts("a", "b", *others, facts=a_network(links=links), access=tuple(access))
    plain = [a_requirement(ref=name, place=replace(PLACE, id=name)) for name in others]
    answer = a_designer(facts).answer([*wanted("a", "b"), *plain], alternatives=True)
    assert len(refs(answer.items, "qualified")) == 31
    assert refs(answer.items, "alternate") == ["b"]
    sets = [told(answer, number) for number in range(1, 200) if set_of(answer, number).keys() & {"a", "b"}]
    assert {"a": [], "b": [("bandwidth", 100, 50)]} in sets


@pytest.mark.parametrize("speeds", list(product((100, 60, 30), repeat=2)), ids=str)
def test_no_offer_of_a_group_could_change_less(speeds: tuple[int, int]) -> None:
    """Against all bandwidths in steps of 10 Mbit/s: what is offered can be had, and nothing above it."""
    west_b, east_b = speeds
    access = (west("a", bandwidth_mbps=80), west("b", bandwidth_mbps=west_b), east("b", bandwidth_mbps=east_b))
    answer = answered(*access)
    sets = [told(answer, number) for number in range(1, 7) if set_of(answer, number)]
    assert sets
    for one in sets:
        if any(dimension != "bandwidth" for changes in one.values() for dimension, _, _ in changes):
            continue
        offered = {ref: changes[0][2] if changes else 100 for ref, changes in one.items()}
        assert _can_be_had(access, offered)
        for ref, mbps in offered.items():
            assert mbps == 100 or not _can_be_had(access, offered | {ref: mbps + 10})


def _can_be_had(access: Sequence[AccessFact], mbps: dict[str, int]) -> bool:
    """By the core alone, of both together."""
    items = [replace(one, bandwidth_mbps=mbps[one.ref]) for one in wanted("a", "b")]
    candidates = [
        Candidate(requirement=one, place=a_place(one.ref), options=tuple(way for way in access if way.place == one.ref))
        for one in items
    ]
    problem = assemble("both", candidates, a_network(), WorkingDays(NOW.date(), ()), partner_caps={}).problem
    return solve(problem).design is not None


def test_without_time_for_a_group_that_is_said() -> None:
    facts = some_facts("a", "b", access=(west("a"), west("b"), east("b", bandwidth_mbps=50)))
    answer = a_designer(facts).answer(wanted("a", "b"), alternatives=True, by=NOW)
    (refused,) = [item for item in answer.items if item.result != "qualified"]
    assert refused.cut_short == ("changes",)
    assert not set_of(answer, 1)


def test_an_item_of_a_large_group_has_other_designs_that_keep_away_from_the_others() -> None:
    """Both ways of the first item are as good alone, but the second is in the east."""
    others = [f"site-{number}" for number in range(30)]
    access = [west(name) for name in others] + [west("a"), west("b", nrc_minor=900_000), east("b")]
    access += [
        an_access(id="radio-a", place="a", technology="microwave", lead_days=1, nrc_minor=500_000),
        an_access(id="east-radio-a", place="a", pop="east", technology="5g", lead_days=1, nrc_minor=95_000),
    ]
    links = (
        a_link("west-hub", "west", "hub", capacity_mbps=10_000),
        a_link("east-hub", "east", "hub", capacity_mbps=10_000),
    )
    facts = some_facts("a", "b", *others, facts=a_network(links=links), access=tuple(access))
    plain = [a_requirement(ref=name, place=replace(PLACE, id=name), max_alternatives=0) for name in others]
    items = wanted("a", "b", max_alternatives=5)
    answer = a_designer(facts).answer([*items, *plain], alternatives=True)
    first = item_of(answer, "a")
    assert first.solution is not None
    assert [leg.access for leg in first.solution.legs] == ["west-a"]
    ways = {one.solution.legs[0].access for one in first.proposals}
    assert ways == {"radio-a"}
    loose = a_designer(facts).answer([items[0], replace(items[1], diverse_from=None), *plain], alternatives=True)
    assert {one.solution.legs[0].access for one in item_of(loose, "a").proposals} == {"radio-a", "east-radio-a"}
