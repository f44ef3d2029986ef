"""Other designs of what is asked, smallest changes of it, and items that are designed once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linkwright.design.ask import Ask
from linkwright.design.model import Build, Outcome, Problem
from linkwright.designs.answers import Answer
from linkwright.designs.requirement import Requirement
from tests.builders import NOW, a_link, a_network, a_node, a_requirement, an_access
from tests.designs.answering import Core, a_designer, codes, item_of, labels, some_facts
from tests.fakes import FakeFacts


def three_ways(*sites: str, **changes: Any) -> FakeFacts:
    """A cheap slow one, a fast one of low availability, and a dear one that is better in both."""
    access = [
        an_access(id=f"{kind}-{site}", place=site, technology=kind, lead_days=days, nrc_minor=nrc, availability=up)
        for site in sites or ("site-1",)
        for kind, days, nrc, up in (
            ("fibre", 60, 10_000, 0.999),
            ("5g", 5, 20_000, 0.995),
            ("microwave", 5, 90_000, 0.9995),
        )
    ]
    return some_facts(*sites, access=tuple(access), **changes)


def requirements(*names: str, **changes: Any) -> list[Requirement]:
    place = a_requirement().place
    assert place is not None
    return [a_requirement(ref=name, place=replace(place, id=name), **changes) for name in names]


def with_alternatives(facts: FakeFacts, *asked: Requirement, core: Any = None) -> Answer:
    return a_designer(facts, core).answer(asked or (a_requirement(),), alternatives=True)


def test_a_feasible_item_has_other_good_designs_beside_its_own() -> None:
    item = item_of(with_alternatives(three_ways()))
    assert item.result == "qualified"
    assert item.solution is not None
    assert (item.solution.legs[0].technology, item.solution.roles) == ("fibre", ("cheapest", "balanced"))
    told = [(one.solution.legs[0].technology, one.solution.roles, one.solution.rank) for one in item.proposals]
    assert told == [("5g", ("earliest",), 1), ("microwave", ("mostAvailable",), 2)]
    assert [one.id for one in item.proposals] == ["1", "2"]
    assert len({item.solution.design_id, *(one.solution.design_id for one in item.proposals)}) == 3
    assert all(one.solution.ready == date(2026, 11, 9) for one in item.proposals)
    assert all(one.solution.requirement == item.solution.requirement for one in item.proposals)
    assert all(one.relaxed == () for one in item.proposals)


def test_nobody_gets_alternatives_who_did_not_ask_for_them() -> None:
    item = item_of(a_designer(three_ways()).answer((a_requirement(),)))
    assert item.proposals == ()
    assert item.solution is not None
    assert item.solution.roles == ()


def test_the_requester_says_how_many_alternatives_are_enough() -> None:
    one = item_of(with_alternatives(three_ways(), a_requirement(max_alternatives=1)))
    assert [proposal.solution.legs[0].technology for proposal in one.proposals] == ["5g"]
    none = item_of(with_alternatives(three_ways(), a_requirement(max_alternatives=0)))
    assert (none.result, none.proposals) == ("qualified", ())


def test_who_wants_more_than_there_are_roles_gets_designs_of_other_structures() -> None:
    facts = three_ways()
    facts.access = (*facts.access, an_access(id="east", pop="east", technology="dsl", lead_days=60, nrc_minor=200_000))
    item = item_of(with_alternatives(facts, a_requirement(max_alternatives=5)))
    assert [proposal.solution.legs[0].technology for proposal in item.proposals][2:] == ["dsl"]
    assert item.proposals[2].solution.roles == ("different",)


def test_the_end_of_an_answer_does_not_depend_on_its_alternatives() -> None:
    plain = a_designer(three_ways()).answer((a_requirement(),))
    rich = with_alternatives(three_ways())
    assert (plain.valid_until, plain.totals) == (rich.valid_until, rich.totals)


def test_where_no_single_change_helps_the_cheapest_combination_is_offered() -> None:
    facts = some_facts(access=(an_access(bandwidth_mbps=50, lead_days=20),))
    item = item_of(with_alternatives(facts, a_requirement(needed_by=date(2026, 11, 10))))
    assert item.result == "alternate"
    (proposal,) = item.proposals
    changes = {one.dimension: (one.wanted, one.offered) for one in proposal.relaxed}
    assert changes == {"date": ("2026-11-10", "2026-11-30"), "bandwidth": (100, 50)}
    assert proposal.solution.requirement.bandwidth_mbps == 50
    assert proposal.solution.ready <= date(2026, 11, 30)
    assert {"SD-TIM-01", "SD-CAP-01"} <= set(codes(item))
    together = "; would be feasible if the date were 2026-11-30 and bandwidth were 50 Mbit/s."
    assert [together in finding.label for finding in item.findings].count(True) == 1


def test_forty_items_of_three_patterns_are_designed_three_times() -> None:
    names = [f"site-{number}" for number in range(40)]
    kinds = ("fibre", "5g", "microwave")
    access = tuple(
        an_access(id=f"x-{name}", place=name, technology=kinds[n % 3], nrc_minor=1000 * (n % 3))
        for n, name in enumerate(names)
    )
    core = Core()
    network = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=10_000),))
    facts = some_facts(*names, facts=network, access=access)
    answer = a_designer(facts, core).answer(requirements(*names))
    assert len(core.asked) == 3
    solutions = {item.ref: item.solution for item in answer.items}
    first = [solutions[name] for name in names[:3]]
    for number, name in enumerate(names):
        solution, origin = solutions[name], first[number % 3]
        assert solution is not None
        assert origin is not None
        assert solution.reused_from == (None if number < 3 else origin.design_id)
        assert solution.legs[0].access == f"x-{name}"
        assert solution.legs[0].technology == kinds[number % 3]
        assert solution.nrc_minor == origin.nrc_minor


def test_items_of_one_pattern_that_compete_are_designed_together_and_reuse_nothing() -> None:
    network = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=150),))
    core = Core()
    answer = a_designer(some_facts("a", "b", facts=network), core).answer(requirements("a", "b"))
    assert [len(problem.sites) for problem in core.asked] == [1, 2, 1]
    (refused,) = [item for item in answer.items if item.result == "alternate"]
    assert [(one.dimension, one.offered) for one in refused.proposals] == [("bandwidth", 50)]
    assert [item.solution.reused_from for item in answer.items if item.solution] == [None]


def test_what_can_be_shared_is_decided_together() -> None:
    build = Build(id="duct", nrc_minor=120_000, mrc_minor=0, lead_days=20)
    access = tuple(an_access(id=f"new-{site}", place=site, build="duct") for site in ("a", "b"))
    core = Core()
    a_designer(some_facts("a", "b", facts=a_network(builds=(build,)), access=access), core).answer(
        requirements("a", "b")
    )
    assert [len(problem.sites) for problem in core.asked] == [1, 2]


def test_an_infeasible_item_reuses_the_reasons_of_its_like() -> None:
    access = tuple(an_access(id=f"f-{site}", place=site) for site in ("a", "b"))
    core = Core()
    answer = a_designer(some_facts("a", "b", access=access), core).answer(
        requirements("a", "b", needed_by=date(2026, 11, 10))
    )
    assert len(core.asked) == 1
    first, second = (item_of(answer, ref) for ref in ("a", "b"))
    assert first.findings == second.findings
    assert second.proposals[0].solution.legs[0].access == "f-b"
    assert second.proposals[0].solution.reused_from == first.proposals[0].solution.design_id


def test_alternatives_of_items_that_are_designed_together_say_which_belong_together() -> None:
    network = a_network(links=(a_link("west-hub", "west", "hub", capacity_mbps=250),))
    facts = three_ways("a", "b", "c", facts=network)
    answer = with_alternatives(facts, *requirements("a", "b", "c"))
    served = [item for item in answer.items if item.result == "qualified"]
    assert len(served) == 2
    numbers = [{one.solution.alternative for one in item.proposals} for item in served]
    assert None not in numbers[0] | numbers[1]
    assert numbers[0] & numbers[1]


def test_who_does_not_fit_beside_the_others_is_offered_the_cheapest_combination_of_changes() -> None:
    """One port for two items; what else reaches each is late and narrow."""
    network = a_network(nodes=(a_node("west", ports=1), a_node("east"), a_node("hub")))
    access = [an_access(id=f"west-{site}", place=site) for site in ("a", "b")]
    access += [
        an_access(id=f"east-{site}", place=site, pop="east", bandwidth_mbps=50, lead_days=130) for site in ("a", "b")
    ]
    answer = a_designer(some_facts("a", "b", facts=network, access=tuple(access))).answer(requirements("a", "b"))
    (refused,) = [item for item in answer.items if item.result == "alternate"]
    (proposal,) = refused.proposals
    assert {one.dimension: one.offered for one in proposal.relaxed} == {"date": "2027-05-03", "bandwidth": 50}
    assert proposal.solution.legs[0].access.startswith("east-")
    assert "; would be feasible if the date were 2027-05-03 and bandwidth were 50 Mbit/s." in labels(refused)
    assert [item.result for item in answer.items if item is not refused] == ["qualified"]


def test_items_that_are_designed_together_have_other_structures_too_where_these_fit_beside_the_others() -> None:
    """A duct that both could pay for makes it one design."""
    facts = three_ways("a", "b", facts=a_network(builds=(Build(id="duct", nrc_minor=10**7, mrc_minor=0, lead_days=1),)))
    facts.access = (
        *facts.access,
        an_access(id="dsl-a", place="a", pop="east", technology="dsl", nrc_minor=200_000, lead_days=60),
        *(an_access(id=f"new-{site}", place=site, technology="own-build", build="duct") for site in ("a", "b")),
    )
    answer = with_alternatives(facts, *requirements("a", "b", max_alternatives=3))
    item = item_of(answer, "a")
    told = {proposal.solution.legs[0].technology: proposal.solution for proposal in item.proposals}
    assert told.keys() == {"5g", "microwave", "dsl"}
    assert told["5g"].alternative is not None
    assert told["dsl"].roles == ("different",)
    assert told["dsl"].alternative is None
    assert 0 < told["dsl"].gap < 1
    assert item.solution is not None
    dearer = told["dsl"].total_minor - item.solution.total_minor
    whole = sum(one.solution.total_minor for one in answer.items if one.solution is not None)
    assert told["dsl"].gap == pytest.approx(dearer / (whole + dearer))


def test_a_design_of_an_item_alone_that_the_budget_of_all_does_not_allow_is_not_offered() -> None:
    facts = three_ways("a", "b")
    facts.access = (*facts.access, an_access(id="dsl-a", place="a", pop="east", technology="dsl", nrc_minor=900_000))
    bundle = Requirement(ref="all", bundles=("a", "b"), budget_nrc_minor=400_000)
    item = item_of(with_alternatives(facts, *requirements("a", "b", max_alternatives=9), bundle), "a")
    assert "dsl" not in {proposal.solution.legs[0].technology for proposal in item.proposals}


class Waiting(Core):
    """Keeps how long each search may take, and whether somebody still waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[tuple[float | None, bool]] = []

    def solve(self, problem: Problem, ask: Ask, *, stop: Callable[[], bool], within_s: float | None) -> Outcome:
        self.waits.append((within_s, stop()))
        return super().solve(problem, ask)


def test_the_core_is_told_how_long_a_caller_waits() -> None:
    core = Waiting()
    a_designer(three_ways(), core).answer((a_requirement(),))
    a_designer(three_ways(), core).answer((a_requirement(),), stop=lambda: True, by=NOW + timedelta(seconds=7))
    assert core.waits == [(None, False), (7.0, True)]
