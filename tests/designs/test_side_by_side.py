"""Items are designed in groups: only those together who could pay together, or use up something together."""

import pytest

from linkwright.design.model import Build, Problem
from linkwright.designs.facts import PaidAugment
from tests.builders import a_link, a_network, an_access
from tests.designs.answering import Core, a_designer, codes, item_of, labels, refs, some_facts
from tests.designs.test_alternatives import requirements
from tests.fakes import FakeFacts

WEST, EAST = [f"west-{n}" for n in range(20)], [f"east-{n}" for n in range(20)]


def two_cities(west_mbps: int, **changes: object) -> FakeFacts:
    """Twenty sites with a fibre to the west, and twenty to the east, at different prices."""
    access = [an_access(id=f"f-{name}", place=name, nrc_minor=1000 + n) for n, name in enumerate(WEST)]
    access += [an_access(id=f"f-{name}", place=name, pop="east", nrc_minor=2000 + n) for n, name in enumerate(EAST)]
    links = (
        a_link("west-hub", "west", "hub", capacity_mbps=west_mbps),
        a_link("east-hub", "east", "hub", capacity_mbps=10_000),
    )
    return some_facts(*WEST, *EAST, facts=a_network(links=links, **changes), access=tuple(access))


def several(problems: list[Problem]) -> list[set[str]]:
    return [{site.id for site in problem.sites} for problem in problems if len(problem.sites) > 1]


def test_those_who_use_up_a_link_are_designed_together_and_nobody_else() -> None:
    core = Core()
    answer = a_designer(two_cities(500), core).answer(requirements(*WEST, *EAST))
    assert several(core.asked) == [set(WEST)]
    assert refs(answer.items, "qualified") == [*WEST[:5], *EAST]


def test_the_best_of_the_groups_is_the_best_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    grouped = a_designer(two_cities(500)).answer(requirements(*WEST, *EAST))
    monkeypatch.setattr("linkwright.designs.jointly.ROUNDS", 0)
    core = Core()
    whole = a_designer(two_cities(500), core).answer(requirements(*WEST, *EAST))
    assert several(core.asked) == [{*WEST, *EAST}]
    assert grouped.totals == whole.totals
    assert refs(grouped.items, "qualified") == refs(whole.items, "qualified")


def test_who_is_left_out_of_many_is_told_what_is_used_up() -> None:
    answer = a_designer(two_cities(500)).answer(requirements(*WEST, *EAST))
    for name in refs(answer.items, "unqualified"):
        item = item_of(answer, name)
        assert set(codes(item)) == {"SD-CAP-01"}
        assert "only 5 of these 20 items" in labels(item)
        assert "link west-hub capacity allows 500 Mbit/s, 2000 Mbit/s would be needed" in labels(item)


@pytest.mark.parametrize(("nrc_minor", "groups"), [(120_000, [{"west-0", "west-1"}]), (0, [])])
def test_only_what_costs_something_is_worth_sharing(nrc_minor: int, groups: list[set[str]]) -> None:
    build = Build(id="duct", nrc_minor=nrc_minor, mrc_minor=0, lead_days=20)
    facts = two_cities(10_000, builds=(build,))
    new = tuple(an_access(id=f"new-{name}", place=name, build="duct", nrc_minor=1) for name in WEST[:2])
    facts.access = (*(one for one in facts.access if one.place not in WEST[:2]), *new)
    core = Core()
    answer = a_designer(facts, core).answer(requirements(*WEST, *EAST))
    assert several(core.asked) == groups
    assert len(refs(answer.items, "qualified")) == 40


def with_augment(on: str, nrc_minor: int) -> FakeFacts:
    """Two sites in the west and two in the east; one link can be augmented, and carries nobody as it is."""
    names = ["west-0", "west-1", "east-0", "east-1"]
    access = tuple(an_access(id=f"f-{name}", place=name, pop=name.partition("-")[0]) for name in names)
    links = (
        a_link("west-hub", "west", "hub", mrc_minor_per_mbps=10),
        a_link("east-hub", "east", "hub", mrc_minor_per_mbps=10),
        a_link(on, *on.removesuffix("-short").split("-"), capacity_mbps=50, mrc_minor_per_mbps=1),
    )
    augment = PaidAugment(id="more", link=on, adds_mbps=1000, nrc_minor=nrc_minor, mrc_minor=0, lead_days=5)
    return some_facts(*names, facts=a_network(links=links, augments=(augment,)), access=access)


def test_an_augment_that_is_worth_nothing_to_anybody_joins_nobody() -> None:
    core = Core()
    facts = with_augment("west-east", 1)
    answer = a_designer(facts, core).answer(requirements("west-0", "west-1", "east-0", "east-1"))
    assert several(core.asked) == []
    west, again, east, last = (item_of(answer, name).solution for name in ("west-0", "west-1", "east-0", "east-1"))
    assert west is not None
    assert again is not None
    assert east is not None
    assert last is not None
    assert (west.reused_from, again.reused_from) == (None, west.design_id)
    assert (east.reused_from, last.reused_from) == (None, east.design_id)


def test_those_are_designed_together_who_could_pay_together_for_an_augment() -> None:
    """Over 36 months a Mbit/s of the short way saves 3.24: 324 for each of both, who pay 500 together."""
    core = Core()
    facts = with_augment("west-hub-short", 50_000)
    answer = a_designer(facts, core).answer(requirements("west-0", "west-1", "east-0", "east-1"))
    assert several(core.asked) == [{"west-0", "west-1"}]
    for name in ("west-0", "west-1"):
        solution = item_of(answer, name).solution
        assert solution is not None
        assert (solution.augments, solution.reused_from) == (("west-hub-short",), None)
    first, other = (item_of(answer, name).solution for name in ("east-0", "east-1"))
    assert first is not None
    assert other is not None
    assert other.reused_from == first.design_id
