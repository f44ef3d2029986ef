"""What is offered once plans are known: nothing that can never be done, and no later date than there must be."""

from dataclasses import replace
from datetime import date
from typing import Any

from linkwright.business.model import BusinessCase
from linkwright.designs.answers import ItemAnswer, Proposal, Relaxed, SiteSolution
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.requirement import Requirement, Work
from linkwright.designs.whole.late import Lateness
from linkwright.designs.whole.never import Never
from linkwright.designs.whole.offered import in_time_after_all, rejected, without
from linkwright.designs.whole.planning import Planning
from linkwright.plan.model import After, Plan
from linkwright.plan.working_days import working_days
from tests.builders import NOW, a_network, a_requirement, a_solution, an_access
from tests.designs.answering import a_designer, codes, item_of, labels, some_facts

WANTED = date(2027, 3, 1)
PLANNING = Planning(network=a_network(), days=working_days(NOW.date(), frozenset()))
LATE = Finding(code="SD-TIM-01", label="later")


def ready_on(day: date) -> Plan:
    return Plan(ordered=NOW.date(), start=NOW.date(), end=day, ready=day, duration_days=9)


def a_design(name: str, ready: date | None, **changes: Any) -> SiteSolution:
    plan = None if ready is None else ready_on(ready)
    return a_solution(design_id=name, plan=plan, requirement=a_requirement(needed_by=WANTED), **changes)


def offering(solution: SiteSolution, number: int = 1, **changes: Any) -> Proposal:
    return replace(Proposal(id=str(number), solution=solution), **changes)


def later(solution: SiteSolution, number: int = 1) -> Proposal:
    return offering(solution, number, dimension="date", wanted=WANTED.isoformat(), offered="2027-04-01")


def test_who_gives_up_nothing_but_a_date_that_his_plan_keeps_has_what_he_asked_for() -> None:
    answer = ItemAnswer(ref="1", result="alternate", proposals=(later(a_design("d", WANTED)),), findings=(LATE,))
    told = in_time_after_all(answer)
    assert (told.result, told.proposals, told.findings) == ("qualified", (), ())
    assert told.solution is not None
    assert told.solution.needed_by == told.solution.requirement.needed_by == WANTED


def test_who_gives_up_more_has_not() -> None:
    smaller = (Relaxed(dimension="bandwidth", wanted=100, offered=50),)
    proposal = replace(later(a_design("d", WANTED)), further=smaller)
    answer = ItemAnswer(ref="1", result="alternate", proposals=(proposal,), findings=(LATE,))
    assert in_time_after_all(answer) == answer


def test_another_design_that_is_in_time_is_what_was_asked_for() -> None:
    late, prompt = a_design("late", date(2027, 4, 1)), a_design("prompt", WANTED)
    answer = ItemAnswer(ref="1", result="qualified", solution=late, proposals=(offering(prompt),))
    told = Lateness(planning=PLANNING).judged(answer, None)
    assert (told.result, told.proposals) == ("qualified", ())
    assert told.solution == prompt


def test_what_has_no_plan_is_no_other_design() -> None:
    answer = ItemAnswer(
        ref="1",
        result="qualified",
        solution=a_design("a", WANTED),
        proposals=(offering(a_design("b", None)), offering(a_design("c", WANTED), 2)),
    )
    told = Lateness(planning=PLANNING).judged(answer, None)
    assert [(one.id, one.solution.design_id) for one in told.proposals] == [("1", "c")]


def test_the_next_design_takes_the_place_of_one_that_can_never_be_done() -> None:
    never = {"1": Never(activity="x", waits_for="stock:cpe")}
    first, second = later(a_design("a", None)), later(a_design("b", None), 2)
    offered = ItemAnswer(ref="1", result="alternate", proposals=(first, second), findings=(LATE,))
    told = without(offered, never)
    assert told is not None
    assert [(one.id, one.solution.design_id) for one in told.proposals] == [("1", "b")]
    assert without(told, never) is None
    assert without(offered, {}) is None


def test_what_is_not_worth_it_is_left_out() -> None:
    bad = BusinessCase(
        currency="EUR", lines=(), one_time_minor=1, recurring_minor=1, investment=(), verdict="rejected",
        verdict_reason="Rejected: no.",
    )  # fmt: skip
    good = replace(bad, verdict="accepted")
    first, second = later(a_design("a", WANTED, case=bad)), later(a_design("b", WANTED, case=good), 2)
    told = rejected(ItemAnswer(ref="1", result="alternate", proposals=(first, second), findings=(LATE,)))
    assert [(one.id, one.solution.design_id) for one in told.proposals] == [("1", "b")]
    none = rejected(ItemAnswer(ref="1", result="alternate", proposals=(first,), findings=(LATE,)))
    assert (none.result, [one.code for one in none.findings]) == ("unqualified", ["SD-FIN-01", "SD-TIM-01"])


def answered(*works: Work, alternatives: bool = False, **changes: Any) -> ItemAnswer:
    """Ordered on Monday 2 November 2026; a cheap way takes 30 working days, a dear one 10."""
    wanted: Requirement = a_requirement(**{"bespoke_activities": works, "max_alternatives": 5} | changes)
    ways = (an_access(id="cheap", lead_days=30), an_access(id="dear", lead_days=10, mrc_minor=90_000))
    return item_of(a_designer(some_facts(access=ways)).answer([wanted], alternatives=alternatives))


SURVEY = (
    Work(id="survey", kind="survey", days=10),
    Work(id="delivery", kind="delivery", after=(After(activity="survey"),)),
)


def test_work_before_an_access_is_ordered_leaves_it_less_time() -> None:
    """10 days of survey and 30 of the cheap way are 40; by day 35 the dear one alone is there."""
    prompt = answered(*SURVEY, needed_by=date(2026, 12, 21))
    assert prompt.solution is not None, labels(prompt)
    assert [leg.access for leg in prompt.solution.legs] == ["dear"]
    relaxed = answered(*SURVEY, needed_by=date(2026, 12, 28))
    assert relaxed.solution is not None
    assert [leg.access for leg in relaxed.solution.legs] == ["cheap"]
    assert relaxed.solution.ready == date(2026, 12, 28)


def test_other_designs_are_offered_with_the_day_on_which_they_are_ready() -> None:
    told = answered(Work(id="installation", days=5), alternatives=True, needed_by=date(2026, 12, 1))
    assert told.solution is not None
    for one in told.proposals:
        assert one.solution.plan is not None
        assert one.solution.ready == one.solution.plan.ready
        assert ("date" in {it.dimension for it in one.relaxed}) == (one.solution.ready > date(2026, 12, 1))


def test_a_service_for_a_time_is_planned_before_it_begins() -> None:
    told = answered(
        Work(id="installation", days=5),
        needed_by=date(2026, 12, 14),
        service_start=date(2026, 12, 14),
        service_end=date(2026, 12, 18),
        term_months=1,
    )
    assert told.solution is not None, labels(told)
    assert told.solution.ready <= date(2026, 12, 14)


def test_an_order_on_a_saturday_begins_on_monday() -> None:
    designer = a_designer(some_facts())
    designer._now = lambda: NOW.replace(month=11, day=7)
    told = item_of(designer.answer([a_requirement(bespoke_activities=(Work(id="x", days=1),))]))
    assert told.solution is not None
    assert told.solution.plan is not None
    assert told.solution.plan.start == date(2026, 11, 9)


def test_what_can_never_be_done_is_offered_to_nobody() -> None:
    told = answered(Work(id="x", days=1, weather="nobody knows"), needed_by=date(2026, 11, 3))
    assert (told.result, told.proposals) == ("unqualified", ())
    assert codes(told)[0] == "SD-INF-01"
