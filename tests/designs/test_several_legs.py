"""More legs than two, as requests say them: how many work, how far apart they are, and a backup beside them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from linkwright.design.solve import solve
from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import AccessFact
from linkwright.designs.requirement import PlaceWanted, Requirement
from linkwright.wire.v4.design_words import solution_words
from linkwright.wire.wishes import wishes
from tests.builders import a_requirement, an_access
from tests.design.naive import judge
from tests.designs.answering import Core, a_designer, answer_to, codes, item_of, labels, some_facts
from tests.designs.test_every_word import a_thing, an_item, asked, the_world
from tests.fakes import FakeFacts

WEST, EAST = an_access(), an_access(id="east-1", pop="east", nrc_minor=200_000)
HUB = an_access(id="hub-1", pop="hub", nrc_minor=300_000)
MOBILE = an_access(id="mobile-1", pop="hub", technology="5g", bandwidth_mbps=20, availability=0.99)


def _at(*ways: AccessFact) -> FakeFacts:
    return some_facts(access=ways)


def _solution(facts: FakeFacts, **wishes: Any) -> SiteSolution:
    item = item_of(answer_to(facts, a_requirement(**wishes)))
    assert item.result == "qualified", labels(item)
    assert item.solution is not None
    return item.solution


def _ways(solution: SiteSolution) -> Sequence[str]:
    return [leg.access for leg in solution.legs]


def test_three_diverse_legs_are_designed_and_told_leg_by_leg() -> None:
    solution = _solution(_at(WEST, EAST, HUB), access_legs=3, diversity="srlg", cpe_per_leg=True)
    told = solution_words(solution)
    assert _ways(solution) == ["east-1", "fibre-1", "hub-1"]
    assert told["access.technology"] == ["fibre"] * 3
    assert told["access.entryPoint"] == ["east", "west", "hub"]
    assert told["access.path"] == [["east-hub"], ["west-hub"], []]
    assert (told["access.diversityAchieved"], told["cpe.quantity"]) == ("duct", 3)


def test_two_diverse_legs_have_a_mobile_backup_of_its_own_bandwidth() -> None:
    wishes: dict[str, Any] = {"access_legs": 2, "diversity": "srlg", "backup": "mobile", "backup_mbps": 20}
    solution = _solution(_at(WEST, EAST, MOBILE), **wishes)
    assert [(leg.technology, leg.mbps) for leg in solution.legs] == [("fibre", None), ("fibre", None), ("5g", 20)]
    wide = item_of(answer_to(_at(WEST, EAST, MOBILE), a_requirement(**wishes | {"backup_mbps": 50})))
    assert "(5g: 20 Mbit/s < 50 Mbit/s)" in labels(wide)


def test_a_request_in_tmf_words_gets_two_legs_and_a_backup() -> None:
    facts = the_world(
        a_thing("pop", "east"),
        a_thing("link", "rope", relations=(("endA", "east"), ("endZ", "hub"))),
        a_thing("accessOption", "way-3", relations=(("terminatesAt", "east"),)),
        a_thing("accessOption", "air", technology="lte", bandwidthMbps=20, relations=(("terminatesAt", "hub"),)),
    )
    wishes = {"accessLegs": 2, "accessDiversity": "duct", "backup": "mobile", "backupBandwidth": 20}
    item = item_of(a_designer(facts).answer(asked(an_item(**wishes))))
    assert item.solution is not None, labels(item)
    told = solution_words(item.solution)
    assert told["access.technology"] == ["fibre", "fibre", "lte"]
    assert told["access.path"] == [["cable"], ["rope"], []]


@pytest.mark.parametrize(
    "wishes",
    [
        {"access_legs": 3, "diversity": "srlg"},
        {"access_legs": 2},
        {"access_legs": 2, "diversity": "node", "backup": "any"},
        {"access_legs": 3, "backup": "mobile", "backup_mbps": 20, "cpe_per_leg": True},
    ],
    ids=["three", "two over one road", "two and one", "three and one"],
)
def test_how_available_several_legs_are_is_exact(wishes: dict[str, Any]) -> None:
    core = Core()
    facts = _at(WEST, EAST, HUB, replace(MOBILE, pop="east" if "diversity" not in wishes else "hub"))
    if wishes.get("diversity") == "node":
        facts = _at(WEST, EAST, MOBILE)
    item = item_of(a_designer(facts, core).answer([a_requirement(**wishes | {"bandwidth_mbps": 20})]))
    problem = core.asked[0]
    design = solve(problem).design
    assert item.solution is not None
    assert design is not None
    assert len(design.sites[0].legs) == len(item.solution.legs) >= 2
    assert item.solution.availability == pytest.approx(judge(problem, design.sites[0]).availability, rel=0, abs=1e-12)


def test_working_legs_may_be_of_one_technology_and_the_backup_of_none_of_theirs() -> None:
    radio = an_access(id="radio-1", pop="hub", technology="radio", nrc_minor=1_000_000)
    assert _ways(_solution(_at(WEST, EAST, HUB, radio), access_legs=2, backup="any"))[-1] == "radio-1"
    item = item_of(answer_to(_at(WEST, EAST, HUB), a_requirement(access_legs=2, backup="any")))
    assert "SD-DIV-01" in codes(item)
    assert "no access of another technology than that of the working legs" in labels(item)
    offered = {proposal.dimension: proposal.solution for proposal in item.proposals}
    assert offered.keys() == {"backup"}
    assert len(offered["backup"].legs) == 2


def test_between_two_places_neither_end_of_the_backup_is_of_a_technology_of_the_others() -> None:
    ends = [replace(own, id=f"{own.id}-far", place="site-2") for own in (WEST, EAST, HUB)]
    mobile = replace(MOBILE, pop="east", bandwidth_mbps=100)
    facts = some_facts("site-1", "site-2", access=(WEST, EAST, HUB, mobile, *ends))
    wanted = a_requirement(
        pattern="pointToPoint",
        destinations=None,
        far_place=PlaceWanted(kind="site", id="site-2"),
        access_legs=2,
        backup="any",
    )
    assert "SD-DIV-01" in codes(item_of(answer_to(facts, wanted)))
    both = replace(mobile, id="mobile-far", place="site-2", technology="lte")
    item = item_of(answer_to(replace(facts, access=(*facts.access, both)), wanted))
    assert item.solution is not None, labels(item)
    assert [leg.technology for leg in item.solution.legs] == ["fibre"] * 4 + ["5g", "lte"]


def test_legs_that_need_not_be_diverse_share_all_but_their_access() -> None:
    solution = _solution(_at(WEST, replace(WEST, id="fibre-2")), access_legs=2, diversity="none")
    assert _ways(solution) == ["fibre-1", "fibre-2"]
    assert solution_words(solution)["access.path"] == [["west-hub"], ["west-hub"]]
    alone = item_of(answer_to(_at(WEST), a_requirement(access_legs=2)))
    assert "two legs over accesses of their own are wanted, but only one can be had" in labels(alone)


@pytest.mark.parametrize(
    ("ways", "told"),
    [
        ((WEST, EAST, replace(WEST, id="fibre-2")), "no three legs are as diverse as wanted"),
        ((WEST, EAST), "three legs over accesses of their own are wanted, but only two can be had"),
        ((WEST,), "three legs over accesses of their own are wanted, but only one can be had"),
    ],
)
def test_too_few_ways_for_so_many_legs_are_told(ways: Sequence[AccessFact], told: str) -> None:
    item = item_of(answer_to(_at(*ways), a_requirement(access_legs=3, diversity="srlg")))
    assert codes(item) == ["SD-DIV-01"]
    assert told in labels(item)


def test_less_diversity_that_is_offered_leaves_as_many_legs() -> None:
    west = (replace(WEST, id=f"fibre-{number}") for number in range(3))
    item = item_of(answer_to(_at(*west), a_requirement(access_legs=3, diversity="link")))
    (proposal,) = item.proposals
    assert (proposal.dimension, proposal.offered, len(proposal.solution.legs)) == ("diversity", "none", 3)


def test_one_leg_has_nothing_to_be_diverse_from() -> None:
    assert _ways(_solution(_at(WEST), access_legs=1, diversity="srlg")) == ["fibre-1"]


@pytest.mark.parametrize("legs", [4, None])
def test_more_legs_than_four_in_all_are_not_understood(legs: int | None) -> None:
    """Also where the number is the catalogue's."""
    facts = _at(WEST, EAST, HUB, MOBILE)
    wanted: Requirement = a_requirement(access_legs=legs, backup="any")
    if legs is None:
        (known,) = facts.specifications.values()
        facts.specifications = {"cfs": replace(known, defaults=replace(known.defaults, access_legs=4))}
    item = item_of(answer_to(facts, wanted))
    assert (item.result, codes(item)) == ("unqualified", ["SD-INF-01"])
    assert "ask for 5 legs; would be answered if they were 4 at most" in labels(item)


def test_less_for_the_backup_alone_is_told_and_offered_while_the_service_keeps_its_bandwidth() -> None:
    facts = _at(WEST, replace(MOBILE, bandwidth_mbps=50))
    for own, said in ((100, 100), (80, 80)):
        item = item_of(answer_to(facts, a_requirement(backup="mobile", backup_mbps=own)))
        assert f"{said} Mbit/s of the backup are wanted, 50 Mbit/s is the most" in labels(item)
        assert "would be feasible if backupBandwidth were 50 Mbit/s" in labels(item)
        (proposal,) = [one for one in item.proposals if one.dimension == "backup_bandwidth"]
        relaxed = proposal.solution.requirement
        assert (proposal.wanted, proposal.offered, relaxed.bandwidth_mbps, proposal.further) == (said, 50, 100, ())
        assert [leg.mbps for leg in proposal.solution.legs] == [None, 50]
        assert wishes(relaxed, ["backup_mbps"]) == {"backupBandwidth": {"down": 50, "up": 50, "unit": "Mbit/s"}}


def test_a_backup_of_which_no_bandwidth_is_wanted_may_have_any() -> None:
    item = item_of(answer_to(_at(WEST, replace(MOBILE, bandwidth_mbps=2)), a_requirement(backup="mobile")))
    assert item.solution is not None, labels(item)
    assert [(leg.mbps, leg.offered_mbps) for leg in item.solution.legs] == [(None, 1000), (1, 2)]


def test_of_three_legs_the_backup_alone_gives_way() -> None:
    facts = _at(WEST, EAST, replace(MOBILE, bandwidth_mbps=50))
    wanted = a_requirement(access_legs=2, diversity="srlg", backup="mobile", backup_mbps=100)
    item = item_of(answer_to(facts, wanted))
    (proposal,) = [one for one in item.proposals if one.dimension == "backup_bandwidth"]
    assert [leg.mbps for leg in proposal.solution.legs] == [None, None, 50]
