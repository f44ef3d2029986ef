"""One figure for the design core out of two directions, and two out of one again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkwright.designs.bandwidths import mbps_for, wanted_mbps
from linkwright.designs.instead import as_offered, with_bandwidth
from tests.builders import a_requirement, an_access
from tests.designs.answering import answer_to, item_of, labels, some_facts

MBPS = st.integers(1, 100_000)


@given(down=MBPS, up=MBPS, has_down=MBPS, has_up=MBPS)
def test_an_access_is_enough_exactly_where_both_directions_are(down: int, up: int, has_down: int, has_up: int) -> None:
    wanted = a_requirement(bandwidth_mbps=down, up_mbps=up)
    fact = an_access(bandwidth_mbps=has_down, up_mbps=has_up)
    assert (mbps_for(fact, wanted) >= wanted_mbps(wanted)) == (has_down >= down and has_up >= up)


@given(wanted=MBPS, has=MBPS)
def test_of_the_same_in_both_directions_it_counts_what_it_has(wanted: int, has: int) -> None:
    assert mbps_for(an_access(bandwidth_mbps=has), a_requirement(bandwidth_mbps=wanted)) == has


def test_what_is_offered_is_told_for_each_direction_and_no_more_than_was_wanted() -> None:
    narrow = an_access(bandwidth_mbps=150, up_mbps=20)
    item = item_of(answer_to(some_facts(access=(narrow,)), a_requirement(bandwidth_mbps=100)))
    (proposal,) = [one for one in item.proposals if one.dimension == "bandwidth"]
    assert (proposal.wanted, proposal.offered) == (100, {"down": 100, "up": 20})
    relaxed = proposal.solution.requirement
    assert (relaxed.bandwidth_mbps, relaxed.up_mbps) == (100, 20)
    assert [leg.offered_up_mbps for leg in proposal.solution.legs] == [20]


def test_what_is_enough_in_both_directions_is_designed_and_links_count_the_larger() -> None:
    narrow = an_access(bandwidth_mbps=100, up_mbps=20)
    item = item_of(answer_to(some_facts(access=(narrow,)), a_requirement(bandwidth_mbps=100, up_mbps=20)))
    assert item.solution is not None, labels(item)
    assert item.solution.headroom_mbps == 900
    upward = item_of(answer_to(some_facts(access=(narrow,)), a_requirement(bandwidth_mbps=20, up_mbps=100)))
    assert upward.result == "alternate"


def test_where_the_links_are_too_small_for_what_an_access_has_both_directions_give_way_alike() -> None:
    facts = some_facts(access=(an_access(bandwidth_mbps=100, up_mbps=20),))
    links = tuple(replace(link, capacity_mbps=50) for link in facts.facts.links)
    facts.facts = replace(facts.facts, links=links)
    item = item_of(answer_to(facts, a_requirement(bandwidth_mbps=100, up_mbps=20)))
    (proposal,) = [one for one in item.proposals if one.dimension == "bandwidth"]
    assert proposal.offered == {"down": 50, "up": 10}


@pytest.mark.parametrize("up_mbps", [None, 1000])
def test_of_the_same_in_both_directions_one_figure_is_told(up_mbps: int | None) -> None:
    wanted = a_requirement(bandwidth_mbps=2000)
    relaxed, told = with_bandwidth(wanted, 1000, 1000)
    assert [(one.wanted, one.offered) for one in told] == [(2000, 1000)]
    assert as_offered(wanted, relaxed, told, [an_access(up_mbps=up_mbps)]) is None
