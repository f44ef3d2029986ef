"""An access that exists once is had once, however many items of a request are at its place."""

from dataclasses import replace

import pytest

from tests.builders import a_link, a_network, a_requirement, an_access
from tests.designs.answering import Core, a_designer, codes, item_of, labels, refs, some_facts
from tests.designs.test_alternatives import requirements
from tests.fakes import FakeFacts

ROOMY = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=100_000),))


def at_one_place(*access: str, **changes: object) -> FakeFacts:
    """A site with accesses that are called like their technology, each dearer than the one before."""
    ways = tuple(
        an_access(id=name, technology=name, nrc_minor=1000 * number, **changes) for number, name in enumerate(access)
    )
    return some_facts(facts=ROOMY, access=ways)


def wanted(count: int) -> list:  # type: ignore[type-arg]
    return [a_requirement(ref=str(number)) for number in range(1, count + 1)]


def test_a_second_item_at_the_place_gets_another_access() -> None:
    answer = a_designer(at_one_place("fibre", "5g")).answer(wanted(2))
    assert refs(answer.items, "qualified") == ["1", "2"]
    used = [item.solution.legs[0].access for item in answer.items if item.solution]
    assert sorted(used) == ["5g", "fibre"]


@pytest.mark.parametrize("count", [2, 5, 40])
def test_who_gets_none_is_told_that_there_is_no_port_left(count: int) -> None:
    answer = a_designer(at_one_place("fibre")).answer(wanted(count))
    assert len(refs(answer.items, "qualified")) == 1
    for ref in refs(answer.items, "unqualified"):
        item = item_of(answer, ref)
        assert set(codes(item)) == {"SD-CAP-01"}
        assert "number of ports of access fibre allows 1" in labels(item)


def test_an_access_with_several_ports_is_had_as_often() -> None:
    answer = a_designer(at_one_place("fibre", ports=2)).answer(wanted(3))
    assert len(refs(answer.items, "qualified")) == 2


def test_what_has_room_for_all_is_no_common_limit() -> None:
    core = Core()
    answer = a_designer(at_one_place("fibre", ports=2), core).answer(wanted(2))
    assert refs(answer.items, "qualified") == ["1", "2"]
    assert not [crew for problem in core.asked for crew in problem.field_capacity]
    assert item_of(answer, "2").solution.reused_from == item_of(answer, "1").solution.design_id  # type: ignore[union-attr]


def test_only_those_at_one_place_are_designed_together() -> None:
    names = [f"site-{number}" for number in range(6)]
    access = tuple(an_access(id=f"{kind}-{name}", place=name, technology=kind) for name in names for kind in ("x", "y"))
    core = Core()
    twice = [*requirements(*names), *(replace(one, ref=f"again-{one.ref}") for one in requirements(*names))]
    answer = a_designer(some_facts(*names, facts=ROOMY, access=access), core).answer(twice)
    assert len(refs(answer.items, "qualified")) == 12
    used = [item.solution.legs[0].access for item in answer.items if item.solution]
    assert len(set(used)) == 12
    assert max(len(problem.sites) for problem in core.asked) == 2
