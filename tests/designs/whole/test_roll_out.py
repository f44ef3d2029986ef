"""Many items with a pilot, crews, a stock that is filled again, and people who have to learn it first."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from linkwright.business.rules import Finance
from linkwright.designs.answers import Answer, WholeSolution
from linkwright.designs.facts import CpeFact, CrewPool, OperatorFacts
from linkwright.designs.requirement import CostComponent, Requirement, Rollout, Span, Work
from linkwright.operations.model import CourseFact, SkillNeed, StaffFact
from tests.builders import a_network, a_requirement, an_access
from tests.designs.answering import a_designer, codes, some_facts

MONDAY = datetime(2027, 1, 11, 8, 0, tzinfo=UTC)
HOLIDAYS = (date(2027, 3, 26), date(2027, 3, 29))
INSTALL = (Work(id="installation", name="Installation", kind="installation", days=1, skill="install"),)
FREEZE = (Span(start=date(2026, 11, 15), end=date(2027, 1, 10), yearly=True),)
NOC = OperatorFacts(
    pools=(CrewPool(id="crews", skill="install", crews=5, jobs_per_day=2),),
    staff=(StaffFact(team="noc", skill="sd-wan", people=1),),
    needs=(SkillNeed(id="need", team="noc", skill="sd-wan", people=3, specification="cfs"),),
    courses=(CourseFact(id="course", name="SD-WAN operation", skill="sd-wan", days=3, seats=2),),
)


def wanted(items: int, **changes: Any) -> list[Requirement]:
    plain = a_requirement(
        needed_by=None,
        bandwidth_mbps=10,
        activities=INSTALL,
        change_freeze=FREEZE,
        price_mrc_minor=89_000,
        term_months=36,
    )
    bundle = Requirement(ref="all", bundles=(), rollout=Rollout(pilot_items=4, pilot_days=5))
    ones = [
        replace(plain, ref=f"i-{n:03}", place=replace(plain.place, id=f"site-{n:03}"), **changes)  # type: ignore[type-var]
        for n in range(items)
    ]
    return [bundle, *ones]


def answered(items: int, operator: OperatorFacts = NOC, stock: int = 24, **changes: Any) -> Answer:
    requirements = wanted(items, **changes)
    network = a_network(operator=operator)
    (cpe,) = network.cpe
    network = replace(network, cpe=(CpeFact(model=cpe.model, stock=stock, restock_days=30),))
    facts = some_facts(*(f"site-{n:03}" for n in range(items)), facts=network)
    facts.access = tuple(replace(one, lead_days=0) for one in facts.access)
    designer = a_designer(facts, holidays=HOLIDAYS, finance=Finance(discount_rate=0.09))
    designer._now = lambda: MONDAY
    return designer.answer(requirements)


def whole_of(answer: Answer) -> WholeSolution:
    assert answer.totals is not None
    assert answer.totals.whole is not None
    return answer.totals.whole


def test_a_roll_out_is_split_by_the_stock_and_no_faster_than_its_crews() -> None:
    """4 in the pilot (days 1 to 5), 20 of the first stock by 10 a day (days 6 and 7), the rest from day 31 on."""
    whole = whole_of(answered(60))
    assert whole.plan is not None
    waves = [(wave.number, wave.start, wave.end, wave.items, wave.pilot) for wave in whole.plan.waves]
    assert waves == [
        (0, date(2027, 1, 11), date(2027, 1, 11), 4, True),
        (1, date(2027, 1, 18), date(2027, 1, 19), 20, False),
        (2, date(2027, 2, 22), date(2027, 2, 25), 36, False),
    ]
    assert whole.plan.duration_days == 34
    assert "cpe-1" in whole.plan.bottleneck


def test_people_are_taught_before_the_pilot_is_over() -> None:
    whole = whole_of(answered(60))
    assert whole.operations is not None
    (course,) = whole.operations.training
    assert (course.team, course.skill, course.people) == ("noc", "sd-wan", 2)
    assert (course.start, course.end, course.needed_by) == (date(2027, 1, 11), date(2027, 1, 13), date(2027, 1, 18))


def test_what_nobody_can_be_taught_is_not_offered() -> None:
    answer = answered(12, replace(NOC, courses=()))
    assert {one.result for one in answer.items} == {"unqualified"}
    assert codes(answer.items[1]) == ["SD-SKL-01"]
    assert "would be feasible if" in answer.items[1].findings[0].label


def test_the_case_of_all_is_that_of_their_plan() -> None:
    parts = (
        CostComponent(name="Licence", mrc_minor=2_100),
        CostComponent(name="Fitting", component="installation", nrc_minor=9_500, mrc_minor=0),
    )
    answer = answered(60, cost_components=parts)
    whole = whole_of(answer)
    assert whole.case is not None
    solutions = [one.solution for one in answer.items if one.solution is not None]
    assert len(solutions) == 60
    assert whole.case.one_time_minor == sum(one.nrc_minor for one in solutions)
    assert sum(month.income_minor for month in whole.case.cash_flow) == 60 * 36 * 89_000
    assert whole.case.monthly_margin_minor == 60 * 89_000 - sum(one.mrc_minor for one in solutions)
    monthly = 1.09 ** (1 / 12)
    net = [month.income_minor - month.cost_minor for month in whole.case.cash_flow]
    assert whole.case.npv_minor == pytest.approx(sum(cash / monthly**n for n, cash in enumerate(net)), abs=1)


def test_work_in_a_freeze_waits_for_its_end() -> None:
    longer = (Span(start=date(2026, 11, 15), end=date(2027, 1, 22), yearly=True),)
    whole = whole_of(answered(12, change_freeze=longer))
    assert whole.plan is not None
    assert min(wave.start for wave in whole.plan.waves) == date(2027, 1, 25)


def _with_two_ways(items: int, *, stock: int, pilot: bool, operator: OperatorFacts = NOC) -> Answer:
    """Of each item a cheap way and a dear one, so that each has another design beside the one that is chosen."""
    bundle, *ones = wanted(items, max_alternatives=3)
    requirements = [bundle if pilot else replace(bundle, rollout=None), *ones]
    names = [f"site-{n:03}" for n in range(items)]
    network = a_network(operator=operator)
    network = replace(network, cpe=(CpeFact(model=network.cpe[0].model, ports=4, stock=stock, restock_days=30),))
    ways = [
        an_access(id=f"{name}-{n}", place=name, lead_days=0, mrc_minor=31_000 * n, availability=0.998 + 0.0009 * n)
        for name in names
        for n in (1, 2)
    ]
    designer = a_designer(some_facts(*names, facts=network, access=tuple(ways)), holidays=HOLIDAYS)
    designer._now = lambda: MONDAY
    return designer.answer(requirements, alternatives=True)


def test_other_designs_wait_for_the_pilot_and_for_what_others_leave_as_the_first_do() -> None:
    """Six CPE: four in the pilot, two after it, and the rest when more have come. None is there for another design."""
    answer = _with_two_ways(9, stock=6, pilot=True)
    others = [(one.solution, two.solution) for one in answer.items if one.solution for two in one.proposals]
    assert len(others) > 6
    for chosen, other in others:
        assert chosen.legs[0].access != other.legs[0].access
        assert other.ready == chosen.ready


def test_other_designs_have_the_crews_that_others_leave() -> None:
    """Ten jobs a day: with the crew of its own each is ready when the first design is, and not on the first day."""
    answer = _with_two_ways(25, stock=25, pilot=False, operator=replace(NOC, needs=()))
    pairs = [(one.solution, two.solution) for one in answer.items if one.solution for two in one.proposals]
    assert len(pairs) >= 25
    assert len({chosen.ready for chosen, _ in pairs}) == 3
    assert [other.ready for _, other in pairs] == [chosen.ready for chosen, _ in pairs]


def test_two_pools_of_one_skill_work_together() -> None:
    halves = tuple(
        CrewPool(id=name, skill="install", crews=crews, jobs_per_day=2) for name, crews in (("a", 2), ("b", 3))
    )
    both, one = (whole_of(answered(24, replace(NOC, pools=pools))).plan for pools in (halves, NOC.pools))
    assert both.end == one.end
    half = whole_of(answered(24, replace(NOC, pools=halves[:1]))).plan
    assert half.end > both.end


def test_a_skill_of_which_no_crew_is_known_is_told() -> None:
    known, unknown = (answered(2, replace(NOC, pools=pools)).items[1].solution for pools in (NOC.pools, ()))
    assert known is not None
    assert unknown is not None
    assert (known.confidence, unknown.confidence) == ("green", "yellow")
    assert "install" in unknown.confidence_reason


def test_a_risk_counts_each_item_once() -> None:
    one_seat = replace(NOC, courses=(replace(NOC.courses[0], seats=1),))
    (scarce,) = (risk for risk in whole_of(answered(101, one_seat, stock=200)).risks if risk.code == "scarceSkill")
    assert scarce.cause.startswith("101 items, ")
