"""Items are designed in groups: only those together who could pay together, or use up something together."""

import pytest

from linkwright.design.model import Build, Problem
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
