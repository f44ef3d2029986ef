"""A temporary service with its own activities: the whole answer of one item, by hand computation."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from linkwright.business.rules import Finance
from linkwright.designs.answers import ItemAnswer
from linkwright.designs.facts import CapacityBooking
from linkwright.designs.requirement import Requirement, Span, Work
from linkwright.plan.model import After, Plan
from tests.builders import a_network, a_requirement, an_access
from tests.designs.answering import a_designer as plain_designer
from tests.designs.answering import codes, item_of, labels, some_facts

MONDAY = datetime(2027, 5, 3, 8, 0, tzinfo=UTC)
HOLIDAYS = (date(2027, 5, 6), date(2027, 5, 17))
VENUE = (Span(start=date(2027, 6, 14), end=date(2027, 6, 17)),)
WORKS = (
    Work(id="A", name="Survey", kind="survey", days=2, after=()),
    Work(id="B", name="Spectrum licence", kind="permit", days=20, after=(After(activity="A"),), no_return="soft"),
    Work(id="D", name="Staging", kind="staging", days=5, after=()),
    Work(id="G", name="Safety training", kind="bespoke", days=1, nrc_minor=0, after=(After(activity="D"),)),
    Work(
        id="E",
        name="Installation",
        kind="installation",
        days=3,
        on_site=True,
        no_return="hard",
        after=tuple(After(activity=name) for name in ("B", "D", "G", "delivery")),
    ),
    Work(id="F", name="Test", kind="test", days=1, on_site=True, after=(After(activity="E"),)),
)


def wanted(**changes: Any) -> Requirement:
    event = a_requirement(
        needed_by=date(2027, 6, 18),
        service_start=date(2027, 6, 18),
        service_end=date(2027, 6, 20),
        term_months=1,
        site_access=VENUE,
        bespoke_activities=WORKS,
    )
    return replace(event, **changes)


def answered(requirement: Requirement, *, network: dict[str, Any] | None = None, **tail: Any) -> ItemAnswer:
    tail_access = an_access(**{"id": "tail", "lead_days": 25, "nrc_minor": 980_000} | tail)
    facts = some_facts(access=(tail_access,), facts=a_network(**(network or {})))
    designer = plain_designer(facts, holidays=HOLIDAYS, finance=Finance(discount_rate=0.09))
    designer._now = lambda: MONDAY
    return item_of(designer.answer([requirement]))


def plan_of(answer: ItemAnswer) -> Plan:
    assert answer.solution is not None, labels(answer)
    assert answer.solution.plan is not None
    return answer.solution.plan


def test_an_event_is_planned_into_the_access_days_of_its_venue() -> None:
    answer = answered(wanted())
    plan = plan_of(answer)
    steps = {step.id: step for step in plan.steps}

    assert answer.result == "qualified"
    assert {name: steps[name].end for name in ("A", "B", "D", "G", "E", "F")} == {
        "A": date(2027, 5, 4),
        "B": date(2027, 6, 3),
        "D": date(2027, 5, 10),
        "G": date(2027, 5, 11),
        "E": date(2027, 6, 16),
        "F": date(2027, 6, 17),
    }
    assert (steps["E"].start, steps["delivery:tail"].end) == (date(2027, 6, 14), date(2027, 6, 8))
    assert [name for name in plan.critical_path if steps[name].days] == ["delivery:tail", "E", "F"]
    assert (steps["delivery:tail"].float_days, steps["B"].float_days, steps["G"].float_days) == (3, 6, 22)
    assert (plan.total_float_days, plan.latest_order) == (3, date(2027, 5, 7))
    assert (plan.soft_no_return, plan.hard_no_return) == (date(2027, 5, 5), date(2027, 6, 14))
    assert plan.ready == date(2027, 6, 18)
    assert answer.solution is not None
    assert answer.solution.valid_until.date() == date(2027, 5, 7)


def test_a_licence_that_takes_longer_than_there_is_time_is_said_with_its_date() -> None:
    longer = tuple(replace(work, days=28) if work.id == "B" else work for work in WORKS)
    answer = answered(wanted(bespoke_activities=longer))
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-TIM-02"])
    assert "E takes 3 working days" in labels(answer)


def test_a_venue_that_opens_too_short_is_no_matter_of_the_date() -> None:
    short = (Span(start=date(2027, 6, 14), end=date(2027, 6, 16)),)
    answer = answered(wanted(site_access=short))
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-TIM-02"])
    assert "would be feasible" in labels(answer)


def test_a_tail_that_comes_behind_the_window_is_not_had_in_time() -> None:
    assert answered(wanted(), lead_days=28).result == "qualified"
    late = answered(wanted(), lead_days=29)
    assert late.result != "qualified"
    assert codes(late)[0].startswith("SD-TIM-0")


def test_what_others_have_on_the_day_of_the_test_is_not_used() -> None:
    booking = CapacityBooking(id="other", resource="tail", quantity=1, start=date(2027, 6, 10), until=date(2027, 6, 17))
    assert answered(wanted(), network={"bookings": (booking,)}).result == "unqualified"
    until_before = replace(booking, until=date(2027, 6, 16))
    assert answered(wanted(), network={"bookings": (until_before,)}).result == "qualified"


def test_a_freeze_moves_the_work_behind_it() -> None:
    freeze = (Span(start=date(2026, 6, 1), end=date(2026, 6, 30), yearly=True),)
    answer = answered(wanted(site_access=None, change_freeze=freeze))
    assert answer.result == "alternate"
    assert codes(answer) == ["SD-TIM-03"]
    offered = answer.proposals[0]
    assert (offered.dimension, offered.wanted) == ("date", "2027-06-18")
    assert offered.solution.plan is not None
    assert offered.offered == offered.solution.plan.ready.isoformat() > "2027-06-30"


def test_activities_that_wait_for_each_other_are_no_plan() -> None:
    circle = (
        Work(id="X", days=1, nrc_minor=0, after=(After(activity="Y"),)),
        Work(id="Y", days=1, nrc_minor=0, after=(After(activity="X"),)),
    )
    answer = answered(wanted(site_access=None, bespoke_activities=circle))
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-INF-01"])
    assert "X" in labels(answer)
    assert "Y" in labels(answer)


def test_an_activity_without_an_estimate_takes_no_unknown_time() -> None:
    answer = answered(wanted(site_access=None, bespoke_activities=(Work(id="crane", nrc_minor=0),)))
    assert (answer.result, codes(answer)) == ("unqualified", ["SD-INF-01"])
    assert "crane" in labels(answer)
