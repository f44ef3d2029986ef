"""An order whose designs have plans: dates, points of no return, bespoke work, trainings and the end."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from linkwright.business.model import BusinessCase
from linkwright.designs.answers import ItemAnswer, SiteSolution
from linkwright.designs.requirement import Requirement
from linkwright.errors import Conflict
from linkwright.operations.model import Operations, Training
from linkwright.orders.course import Course, Point
from linkwright.orders.dates import dates_of
from linkwright.orders.model import Jeopardy, Order, OrderItem
from linkwright.orders.plan_alerts import design_alerts
from linkwright.orders.plans import next_day, with_courses, with_slips
from linkwright.orders.work import Pauses
from tests.builders import a_leg, a_place, a_requirement, a_solution, an_item, an_order
from tests.fakes import FakeClock
from tests.orders.plans import an_event_plan
from tests.orders.world import World, a_cancel, a_task

MONDAY = datetime(2027, 5, 3, 9, tzinfo=UTC)
NEEDED, READY = date(2027, 6, 18), date(2027, 6, 18)
TAIL = a_leg(access="tail", supplier="partner-north", quote="quote-1", ready=date(2027, 6, 8))
CASE = BusinessCase(
    currency="EUR", lines=(), one_time_minor=0, recurring_minor=0, investment=(), time_to_revenue_days=59
)
"""Billed from 1 July on."""
Later = Callable[[datetime], None]


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=UTC)


def design(name: str = "design-1", **changes: Any) -> SiteSolution:
    plain = {
        "design_id": name,
        "requirement": a_requirement(needed_by=NEEDED),
        "legs": (a_leg(ready=date(2027, 5, 20)), TAIL),
        "ready": date(2027, 6, 17),
        "needed_by": NEEDED,
        "plan": an_event_plan(),
        "valid_until": MONDAY + timedelta(days=90),
    }
    return a_solution(**{**plain, **changes})


class Course27(World):
    """An order of 3 May whose systems say nothing by themselves; `tells` lets the partner speak."""

    def __init__(self, *designs: SiteSolution, items: tuple[OrderItem, ...] = (an_item(),), **changes: Any) -> None:
        super().__init__(clock=FakeClock(MONDAY))
        for one in designs or (design(**changes),):
            self.books.designs[one.design_id] = one
        self.waits_for("procure", "provide")
        self.tells()
        self.desk.place(an_order(items=items, ordered_at=MONDAY))
        self.advance()

    def tells(self, **seen: Any) -> None:
        self.outside["provide"].says = {"remote_state": "acknowledged"}
        self.outside["procure"].says = {"remote_state": "acknowledged", **seen}
        if "order-1" in self.books.orders:
            self.looked()

    def looked(self) -> None:
        self.all_due()
        self.advance()

    def on(self, when: datetime) -> None:
        self.clock.time = when
        self.looked()

    @property
    def course(self) -> Course:
        (leaf,) = self.order.items
        assert leaf.course is not None
        return leaf.course

    def alert(self, name: str) -> Jeopardy | None:
        return next((one for one in self.order.jeopardies if one.name == name), None)

    def reached(self, name: str) -> tuple[str, ...] | None:
        return next((one.items for one in self.order.milestones if one.name == name), None)


# Dates


def test_the_later_of_design_and_plan_is_expected() -> None:
    world = Course27()
    assert world.order.expected_completion == at(6, 18, 0)
    assert Course27(plan=None).order.expected_completion == at(6, 17, 0)


@pytest.mark.parametrize(
    ("later", "ready", "float_days", "severity"),
    [(2, READY, 1, "Normal"), (3, READY, 0, "Hazard"), (4, date(2027, 6, 21), -1, "Critical")],
)
def test_a_late_delivery_uses_up_the_float_of_its_step(later: int, ready: date, float_days: int, severity: str) -> None:
    world = Course27()
    expected = [date(2027, 6, 10), date(2027, 6, 11), date(2027, 6, 14)][later - 2]
    world.tells(expected=expected)
    risk = world.alert("DATE_AT_RISK")
    assert risk is not None
    assert (risk.severity, world.order.expected_completion) == (severity, datetime(2027, 6, ready.day, tzinfo=UTC))
    assert f"float {float_days} working day" in risk.message
    assert world.course.late == {"delivery:tail": later}


def test_beyond_the_float_another_design_is_proposed_with_what_it_costs() -> None:
    world = Course27()
    hop = design("hop", legs=(a_leg(),), nrc_minor=620_000, ready=date(2027, 5, 20), plan=None)
    world.designer.answers["1"] = ItemAnswer(ref="1", result="qualified", solution=hop)
    world.tells(expected=date(2027, 6, 10))
    assert world.order.items[0].proposed_design_id is None
    world.tells(expected=date(2027, 6, 14))
    assert world.order.items[0].proposed_design_id == "hop"
    costs = next(one for one in world.order.jeopardies if one.id.startswith("PROPOSED_DESIGN/"))
    assert "6,200.00 EUR" in costs.message


def test_a_proposal_that_is_late_by_its_own_plan_is_none() -> None:
    world = Course27()
    slow = design("slow", plan=an_event_plan(ready=date(2027, 6, 22)))
    world.designer.answers["1"] = ItemAnswer(ref="1", result="qualified", solution=slow)
    world.tells(expected=date(2027, 6, 14))
    assert world.order.items[0].proposed_design_id is None


def test_an_earlier_wish_of_the_order_takes_float_away() -> None:
    order = an_order(items=(an_item(state="inProgress"),), started_at=MONDAY, requested_completion=at(6, 17, 0))
    tail = a_task(kind="procure", system="partner-north", access="tail", state="sent", expected=date(2027, 6, 10))
    (slip,) = dates_of(order, [tail], {"1": design()}, MONDAY.date()).slips
    assert (slip.needed, slip.float_days, slip.severity) == (date(2027, 6, 17), 0, "Hazard")


def test_a_step_that_nobody_has_given_a_float_moves_what_follows() -> None:
    plan = an_event_plan()
    steps = tuple(replace(step, float_days=None) for step in plan.steps)
    order = an_order(items=(an_item(state="inProgress"),), started_at=MONDAY)
    tail = a_task(kind="procure", system="partner-north", access="tail", state="sent", expected=date(2027, 6, 14))
    (slip,) = dates_of(order, [tail], {"1": design(plan=replace(plan, steps=steps))}, MONDAY.date()).slips
    assert (slip.ready, slip.float_days) == (date(2027, 6, 21), -1)


def test_a_leg_without_a_step_is_late_as_without_a_plan() -> None:
    order = an_order(items=(an_item(state="inProgress"),), started_at=MONDAY)
    tail = a_task(kind="procure", system="partner-north", access="tail", state="sent", expected=date(2027, 6, 10))
    bare = design(plan=an_event_plan(access="other"))
    (slip,) = dates_of(order, [tail], {"1": bare}, MONDAY.date()).slips
    assert (slip.ready, slip.steps) == (date(2027, 6, 22), {})


def test_revenue_comes_later_by_whole_months_and_back_again() -> None:
    world = Course27(case=CASE)
    assert world.course.time_to_revenue_days == 59
    world.tells(expected=date(2027, 6, 14))
    assert (world.course.ready, world.course.time_to_revenue_days) == (date(2027, 6, 21), 59)
    world.tells(expected=date(2027, 6, 25))
    assert (world.course.ready, world.course.time_to_revenue_days) == (date(2027, 7, 2), 59 + 31)
    assert ("attributeChanged", "inProgress") in world.told()
    world.tells(expected=date(2027, 6, 8))
    assert (world.course.ready, world.course.time_to_revenue_days, world.course.late) == (None, 59, {})


def test_a_case_that_never_earns_has_no_day() -> None:
    world = Course27(case=replace(CASE, time_to_revenue_days=None))
    world.tells(expected=date(2027, 6, 25))
    assert world.course.time_to_revenue_days is None


# Points of no return


def test_the_soft_point_is_reached_on_its_day_and_the_hard_one_on_its_own() -> None:
    world = Course27()
    assert (world.reached("softPONR"), world.reached("PONR")) == (None, None)
    world.on(at(5, 5))
    assert (world.reached("softPONR"), world.reached("PONR")) == (("1",), None)
    world.on(at(6, 13))
    assert world.reached("PONR") is None
    world.on(at(6, 14))
    assert world.reached("PONR") == ("1",)


def test_the_run_is_due_on_the_day() -> None:
    world = Course27()
    moment = MONDAY
    for day in (at(5, 5, 0), at(6, 4, 0), at(6, 14, 0)):
        found = next_day(world.order, {"1": design()}, moment)
        assert found == day
        moment = found
    assert next_day(world.order, {"1": design()}, moment) is None
    world.run = replace(world.run, pauses=Pauses(first=timedelta(seconds=1), longest=timedelta(days=400)))
    for task in world.books.tasks("order-1"):
        world.books.put_task(replace(task, look_at=at(12, 1) if task.look_at else None))
    world.advance()
    assert world.due_at == at(5, 5, 0)


def test_a_cancel_behind_the_soft_point_is_accepted_and_says_what_was_begun() -> None:
    world = Course27()
    world.on(at(5, 10))
    world.desk.cancel(a_cancel(asked_at=at(5, 10)))
    world.until_quiet()
    assert (world.order.state, world.cancel.state) == ("cancelled", "done")
    assert world.cancel.message is not None
    assert "softPONR" in world.cancel.message
    assert "Temporary spectrum licence, by the plan since 2027-05-05" in world.cancel.message


def test_a_cancel_before_it_says_nothing_of_a_charge() -> None:
    world = Course27()
    world.on(at(5, 4))
    world.desk.cancel(a_cancel(asked_at=at(5, 4)))
    world.until_quiet()
    assert (world.order.state, world.cancel.message) == (
        "cancelled",
        "The order is cancelled; everything was taken back.",
    )


def test_a_cancel_behind_the_hard_point_is_denied_and_the_order_goes_on() -> None:
    world = Course27()
    world.on(at(6, 15))
    world.desk.cancel(a_cancel(asked_at=at(6, 15)))
    world.advance()
    assert (world.order.state, world.cancel.state, world.cancel.effective_at) == ("inProgress", "done", None)
    assert world.cancel.message is not None
    assert "Denied" in world.cancel.message
    assert "Installation, by the plan since 2027-06-14" in world.cancel.message
    assert world.outside["procure"].undone == []


@pytest.mark.parametrize(
    ("zone", "when", "denied"),
    [
        ("Asia/Tokyo", at(6, 13, 14), False),
        ("Asia/Tokyo", at(6, 13, 16), True),
        ("Pacific/Honolulu", at(6, 14, 9), False),
        ("Pacific/Honolulu", at(6, 14, 11), True),
        (None, at(6, 13, 23), False),
    ],
)
def test_the_day_of_a_point_is_that_of_its_place(zone: str | None, when: datetime, denied: bool) -> None:
    world = Course27(place=replace(a_place(), time_zone=zone))
    world.on(when)
    assert (world.reached("PONR") is not None) == denied
    world.desk.cancel(a_cancel(asked_at=when))
    world.advance()
    assert (world.order.state == "inProgress") == denied
    if denied:
        assert world.cancel.message is not None
        assert "Denied" in world.cancel.message


def test_the_next_day_of_an_order_begins_where_its_place_is() -> None:
    world = Course27(place=replace(a_place(), time_zone="Asia/Tokyo"))
    assert next_day(world.order, {}, at(6, 13, 9)) == at(6, 13, 15)


def test_nobody_has_to_have_looked_on_that_day() -> None:
    """The process was down in between: the run that decides works the day out from the design."""
    world = Course27()
    world.books.orders["order-1"] = replace(
        world.order, items=tuple(replace(leaf, course=None) for leaf in world.order.items)
    )
    world.clock.time = at(6, 15)
    world.desk.cancel(a_cancel(asked_at=at(6, 15)))
    world.advance()
    assert (world.order.state, world.reached("PONR")) == ("inProgress", ("1",))


def test_each_item_has_its_own_points() -> None:
    far = an_event_plan(hard_no_return=date(2027, 7, 1), soft_no_return=None)
    later = tuple(replace(one, no_return=None) if one.no_return == "soft" else one for one in far.steps)
    items = (an_item(), an_item(id="2", requirement=a_requirement(ref="2"), design_id="design-2"))
    world = Course27(design(), design("design-2", plan=replace(far, steps=later)), items=items)
    world.on(at(6, 15))
    assert world.reached("PONR") == ("1",)
    world.desk.cancel(a_cancel(items=("1", "2"), asked_at=at(6, 15)))
    world.advance()
    assert world.order.state == "inProgress"


def test_items_are_cancelled_and_denied_each_by_its_own_day() -> None:
    items = tuple(
        an_item(id=name, requirement=a_requirement(ref=name), design_id=f"design-{name}") for name in ("1", "2", "3")
    )
    early, late = an_event_plan(), an_event_plan(steps=(), soft_no_return=None, hard_no_return=date(2027, 7, 1))
    own = {"legs": (TAIL,), "cpe_existing": True, "cpe_kept": 1}
    designs = [design(one.design_id or "", plan=early if one.id == "1" else late, **own) for one in items]
    world = Course27(*designs, items=items)
    world.on(at(6, 15))
    world.desk.cancel(a_cancel(items=("1", "2"), asked_at=at(6, 15)))
    world.advance()
    world.looked()
    states = {leaf.id: leaf.state for leaf in world.order.items}
    assert states == {"1": "inProgress", "2": "cancelled", "3": "inProgress"}, world.cancel.message
    assert world.cancel.message is not None
    assert "Installation, by the plan since 2027-06-14" in world.cancel.message


def test_a_withdrawal_and_a_change_are_refused_likewise() -> None:
    world = Course27()
    world.on(at(6, 15))
    with pytest.raises(Conflict, match="point of no return"):
        world.desk.withdraw("order-1")
    version = world.order.version
    faster = replace(world.order.items[0], requirement=a_requirement(needed_by=NEEDED, bandwidth_mbps=200))
    with pytest.raises(Conflict, match="Installation, by the plan since 2027-06-14"):
        world.amend(version, lambda order: replace(order, items=(faster,)), ["serviceOrderItem"])


def test_what_is_late_moves_no_point_that_was_told() -> None:
    world = Course27()
    world.tells(expected=date(2027, 6, 14))
    assert Point(kind="hard", since=date(2027, 6, 14), step="Installation") in world.course.points


def test_an_item_for_which_nothing_has_gone_out_has_passed_nothing() -> None:
    held = Course27.__new__(Course27)
    World.__init__(held, clock=FakeClock(MONDAY))
    held.books.designs["design-1"] = design()
    held.waits_for("reserve")
    held.desk.place(an_order(ordered_at=MONDAY))
    held.advance()
    held.on(at(6, 15))
    assert (held.reached("PONR"), held.reached("softPONR")) == (None, None)
    held.desk.withdraw("order-1")


# Bespoke work, trainings, hand-over


def test_bespoke_steps_are_work_items_whose_state_follows_the_day() -> None:
    world = Course27()
    states = []
    for day in (at(5, 4), at(5, 5), at(6, 3), at(6, 4)):
        world.on(day)
        (work,) = world.course.work
        states.append(work.state)
    assert states == ["planned", "started", "started", "done"]
    assert (work.id, work.owner, work.start, work.end) == (
        "licence",
        "regulation",
        date(2027, 5, 5),
        date(2027, 6, 3),
    )


def training(**changes: Any) -> Training:
    plain = {
        "team": "NOC",
        "skill": "SD-WAN",
        "people": 2,
        "course": "sdwan",
        "start": date(2027, 5, 10),
        "end": date(2027, 5, 12),
        "needed_by": date(2027, 5, 14),
    }
    return Training(**{**plain, **changes})


def run_by(*trainings: Training, checklist: tuple[str, ...] = ()) -> Operations:
    return Operations(method="remote", support_tier="gold", training=trainings, checklist=checklist)


def test_staff_is_trained_once_the_last_training_is_over() -> None:
    world = Course27(operations=run_by(training(), training(course="other", end=date(2027, 5, 13))))
    world.on(at(5, 13, 23))
    assert world.reached("staffTrained") is None
    assert next_day(world.order, {"1": design(operations=run_by(training()))}, at(5, 12)) == at(5, 13, 0)
    world.on(at(5, 14, 0))
    assert world.reached("staffTrained") == ()


def test_without_trainings_and_checklists_there_are_no_such_milestones() -> None:
    world = Course27(operations=run_by())
    world.answers_again("procure", "provide")
    world.until_quiet()
    assert world.order.state == "completed"
    assert (world.reached("staffTrained"), world.reached("operationalHandover")) == (None, None)


def test_what_is_active_is_handed_over_with_its_checklist() -> None:
    world = Course27(operations=run_by(training(), checklist=("monitoring", "spares")))
    world.on(at(5, 20))
    assert world.reached("operationalHandover") is None
    world.answers_again("procure", "provide")
    world.until_quiet()
    names = [one.name for one in world.order.milestones]
    assert names[names.index("staffTrained") :][0] == "staffTrained"
    assert names.index("staffTrained") < names.index("readyForService") < names.index("operationalHandover")
    (told,) = (one.message for one in world.order.milestones if one.name == "operationalHandover")
    assert "points of the checklist: 2" in told
    assert "still ends" not in told


def test_a_hand_over_before_the_training_is_over_says_so() -> None:
    world = Course27(operations=run_by(training(), checklist=("monitoring",)))
    world.answers_again("procure", "provide")
    world.until_quiet()
    (told,) = (one.message for one in world.order.milestones if one.name == "operationalHandover")
    assert "A training still ends on 2027-05-12." in told


@pytest.mark.parametrize(
    ("needs", "severity"),
    [
        (training(), None),
        (training(needed_by=date(2027, 5, 13)), None),
        (training(needed_by=date(2027, 5, 12)), "Critical"),
        (training(start=date(2027, 4, 30), end=date(2027, 5, 4)), "Normal"),
        (training(start=date(2027, 4, 30), end=date(2027, 5, 4), needed_by=date(2027, 5, 5)), "Critical"),
    ],
)
def test_a_training_that_ends_too_late_or_begins_late_is_an_alert(needs: Training, severity: str | None) -> None:
    alert = Course27(operations=run_by(needs)).alert("TRAINING_LATE")
    assert (None if alert is None else alert.severity) == severity


@pytest.mark.parametrize(("availability", "thin"), [(0.9904, True), (0.9905, False), (0.9901, True), (0.998, False)])
def test_a_thin_margin_is_told_once(availability: float, thin: bool) -> None:
    world = Course27(availability=availability)
    world.looked()
    found = [one for one in world.order.jeopardies if one.name == "SLA_MARGIN_THIN"]
    assert [(one.severity, one.items) for one in found] == ([("Normal", ("1",))] if thin else [])


@pytest.mark.parametrize(("budget", "told"), [(107_999, True), (108_000, False), (None, False)])
def test_a_design_beyond_the_budget_of_its_item_is_told_when_it_is_ordered(budget: int | None, told: bool) -> None:
    item = an_item(requirement=a_requirement(budget_nrc_minor=budget, budget_currency="EUR"))
    alert = Course27(design(), items=(item,)).alert("BUDGET_EXCEEDED")
    assert (alert is not None) == told
    if alert is not None:
        assert (alert.severity, "1,080.00 EUR, budget 1,079.99" in alert.message) == ("Normal", True)


def test_a_budget_in_another_currency_says_nothing() -> None:
    item = an_item(requirement=a_requirement(budget_nrc_minor=1, budget_currency="USD"))
    assert Course27(design(), items=(item,)).alert("BUDGET_EXCEEDED") is None


def bundled(
    budget: int | None, currency: str = "EUR", *, first: Any = "inProgress", second: Any = "inProgress"
) -> Order:
    wanted = Requirement(ref="all", budget_nrc_minor=budget, budget_currency=currency)
    below = (an_item(state=first), an_item(id="2", state=second, design_id="two"))
    return an_order(items=(an_item(id="all", state=first, requirement=wanted, design_id=None, children=below),))


def of_bundle(order: Order, nrc_minor: int = 30_000) -> list[Jeopardy]:
    designs = {"1": design("one", nrc_minor=80_000), "2": design("two", nrc_minor=nrc_minor)}
    return [one for one in design_alerts(order, designs, MONDAY, ()) if one.name == "BUDGET_EXCEEDED"]


def test_c20_designs_beyond_the_budget_of_the_item_above_them_are_told_whenever_one_of_them_changes() -> None:
    (alert,) = of_bundle(bundled(109_999))
    assert (alert.items, alert.severity) == (("all",), "Normal")
    assert "one-time cost 1,100.00 EUR, budget 1,099.99" in alert.message
    assert of_bundle(bundled(109_999), nrc_minor=29_999) == []
    assert of_bundle(bundled(None)) == of_bundle(bundled(1, "USD")) == []
    assert of_bundle(bundled(80_000, second="cancelled")) == []
    assert len(of_bundle(bundled(80_000, second="completed"))) == 1


def test_c20_an_order_tells_what_its_changed_designs_make_of_the_budget_above_them() -> None:
    placed = bundled(216_000, first="acknowledged", second="acknowledged")
    world = Course27(design(), design("two"), items=placed.items)
    assert world.alert("BUDGET_EXCEEDED") is None
    world.books.put_design(design("two", nrc_minor=108_001))
    world.looked()
    assert world.alert("BUDGET_EXCEEDED") is not None
    world.books.put_design(design("two"))
    world.looked()
    assert world.alert("BUDGET_EXCEEDED") is None


# The end


@pytest.mark.parametrize(("day", "late"), [(at(6, 16), -2), (at(6, 18), 0), (at(6, 22), 2)])
def test_a_completed_item_says_how_late_it_was_by_its_plan(day: datetime, late: int) -> None:
    world = Course27()
    world.on(day)
    world.answers_again("procure", "provide")
    world.until_quiet()
    assert (world.order.state, world.course.days_late) == ("completed", late)


def test_without_plan_and_case_an_item_has_no_course() -> None:
    world = Course27(plan=None)
    world.answers_again("procure", "provide")
    world.until_quiet()
    assert world.order.items[0].course is None


def test_another_design_without_a_plan_ends_what_the_former_told() -> None:
    order = an_order(items=(an_item(state="inProgress"),), started_at=MONDAY)
    told = with_courses(order, {"1": design()}, MONDAY, ())
    assert told.items[0].course is not None
    bare = {"1": design(plan=None)}
    assert with_courses(with_slips(told, dates_of(told, [], bare, MONDAY.date()), bare), bare, MONDAY, ()) == order
