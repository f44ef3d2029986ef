"""Approval by policy: asked after the holds and before anything firm, given or refused by a person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linkwright.business.limits import Limits
from linkwright.business.model import BusinessCase
from linkwright.errors import Conflict, Forbidden, InvalidRequest, NotFound
from linkwright.orders.approval import figures_of
from tests.builders import NOW, a_leg, a_solution, an_item, an_order
from tests.orders.world import PARTNER_LEG, World, a_cancel, an_order_of_two

COST = a_solution().nrc_minor
CHEAP = Limits(currency="EUR", one_time_minor=COST - 1)
A_CASE = BusinessCase(currency="EUR", lines=(), one_time_minor=0, recurring_minor=0, investment=())
DEAR = Limits(currency="EUR", one_time_minor=COST)


@pytest.fixture
def world() -> World:
    return World()


def item_states(world: World) -> list[str]:
    return [item.state for item in world.order.items]


def test_without_a_policy_nobody_is_asked(world: World) -> None:
    world.desk.place(an_order())
    world.until_quiet()
    assert world.order.state == "completed"
    assert "businessCaseApproved" not in [one.name for one in world.order.milestones]
    assert world.order.remarks == ()


@pytest.mark.parametrize(
    ("verdicts", "reached"),
    [
        (("accepted", "accepted"), "Business cases accepted by their rules: 2."),
        (("accepted", "notAssessed"), None),
        (("accepted", None), None),
    ],
)
def test_c26_where_nothing_is_asked_of_the_business_its_rules_approve_the_case(
    world: World, verdicts: tuple[Any, Any], reached: str | None
) -> None:
    for name, verdict in zip(("design-1", "design-2"), verdicts, strict=True):
        case = None if verdict is None else replace(A_CASE, verdict=verdict)
        world.books.designs[name] = replace(world.books.designs[name], case=case)
    world.desk.place(an_order_of_two())
    world.until_quiet()
    assert world.order.state == "completed"
    assert milestones(world).get("businessCaseApproved") == reached


def test_what_stays_within_its_limits_is_approved_by_the_policy(world: World) -> None:
    world.asks(business=DEAR)
    world.desk.place(an_order())
    world.until_quiet()
    assert world.order.state == "completed"
    names = [one.name for one in world.order.milestones]
    assert names.index("resourcesHeld") < names.index("businessCaseApproved") < names.index("partnerOrdersPlaced")


def test_an_item_beyond_a_limit_is_held_once_its_holds_are_given_and_nothing_firm_goes_out(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order())
    world.until_quiet()
    assert (world.order.state, item_states(world)) == ("held", ["held"])
    assert world.posts() == ["order-1/reserve/1"]
    assert world.states() == ["acknowledged", "inProgress", "held"]
    (wait,) = world.order.waits
    (excess,) = wait.beyond
    assert (wait.kind, excess.measure, excess.value, excess.limit) == ("business", "oneTimeCost", COST, COST - 1)
    (note,) = world.order.remarks
    assert (note.author, note.id) == ("linkwright", "BUDGET_EXCEEDED/approval/business/1/1")
    assert "needs business approval: one-time cost 1,080.00 EUR, limit 1,079.99 EUR" in note.text
    assert world.due_at is None


def test_approved_it_goes_on_and_says_who_when_and_why(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order())
    world.until_quiet()
    world.clock.time += timedelta(hours=1)
    world.operators.approve("order-1", by="Ann", reason="a good customer")
    assert world.due_at == world.clock.time
    assert world.order.state == "inProgress"
    assert world.books.audited == [("order-1", "approved", "a good customer")]
    (decision,) = world.order.decisions
    assert (decision.by, decision.at, decision.verdict) == ("Ann", world.clock.time, "approved")
    assert (world.order.remarks[-1].author, world.order.remarks[-1].text) == (
        "Ann",
        "Business approval given to item 1. a good customer",
    )
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.states() == ["acknowledged", "inProgress", "held", "inProgress", "completed"]
    assert [one.message for one in world.order.milestones if one.name == "businessCaseApproved"] == [
        "Business approvals given: 1."
    ]


def test_refused_it_is_cancelled_with_the_reason_and_its_hold_is_given_back(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order())
    world.until_quiet()
    world.operators.reject("order-1", by="Ann", reason="too dear")
    assert (world.order.state, item_states(world)) == ("cancelled", ["cancelled"])
    (fault,) = world.order.items[0].faults
    assert (fault.code, fault.message) == ("SD-POL-01", "Ann: too dear")
    world.until_quiet()
    assert world.placed() == []
    assert world.outside["provide"].posts == []
    assert world.order.waits == ()


def test_each_kind_of_approval_is_needed(world: World) -> None:
    world.asks(business=CHEAP, engineering=Limits(risk=0))
    world.desk.place(an_order())
    world.until_quiet()
    world.operators.approve("order-1", kinds=("business",), by="Ann")
    assert item_states(world) == ["held"]
    assert world.told()[-1] == ("attributeChanged", "held")
    world.until_quiet()
    assert "businessCaseApproved" in [one.name for one in world.order.milestones]
    world.operators.approve("order-1", kinds=("engineering",), by="Eve")
    world.until_quiet()
    assert world.order.state == "completed"


def test_other_items_go_on_and_shared_work_is_parted(world: World) -> None:
    world.asks(business=Limits(currency="EUR", one_time_minor=COST))
    world.books.put_design(a_solution(design_id="design-2", nrc_minor=COST + 1, legs=(a_leg(), PARTNER_LEG)))
    world.desk.place(an_order_of_two())
    world.until_quiet()
    assert (world.order.state, item_states(world)) == ("held", ["completed", "held"])
    assert world.task("provide").items == ("1",)
    assert world.task("provide/2").state == "planned"
    assert not any("/2/" in key or key.endswith("/2") for key in world.outside["procure"].posts)
    world.operators.approve("order-1", ("2",), by="Ann")
    world.until_quiet()
    assert (world.order.state, item_states(world)) == ("completed", ["completed", "completed"])
    assert world.outside["implement"].posts == ["order-1/implement/1", "order-1/implement/2"]
    assert world.outside["reserve"].placed == {}


def test_an_order_of_which_an_item_is_refused_becomes_partial(world: World) -> None:
    world.asks(business=Limits(currency="EUR", one_time_minor=COST))
    world.books.put_design(a_solution(design_id="design-2", nrc_minor=COST + 1))
    world.desk.place(an_order_of_two())
    world.until_quiet()
    world.operators.reject("order-1", ("2",), by="Ann", reason="no")
    world.until_quiet()
    assert (world.order.state, item_states(world)) == ("partial", ["completed", "cancelled"])
    assert world.outside["reserve"].placed == {}


def test_the_same_decision_again_is_harmless_and_another_one_is_refused(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order())
    world.until_quiet()
    with pytest.raises(Conflict, match="engineering"):
        world.operators.approve("order-1", kinds=("engineering",), by="Eve")
    first = world.operators.approve("order-1", by="Ann")
    assert world.operators.approve("order-1", by="Bob") == first
    assert world.operators.approve("order-1", ("1",), by="Bob") == first
    with pytest.raises(Conflict, match=r"approved \(business\) by Ann"):
        world.operators.reject("order-1", by="Bob", reason="no")
    with pytest.raises(Conflict, match="approved"):
        world.operators.reject("order-1", ("1",), by="Bob", reason="no")
    assert world.order == first


def test_what_is_not_there_cannot_be_decided(world: World) -> None:
    world.desk.place(an_order())
    world.until_quiet()
    with pytest.raises(NotFound):
        world.operators.approve("order-9", by="Ann")
    with pytest.raises(InvalidRequest, match="9"):
        world.operators.approve("order-1", ("9",), by="Ann")
    with pytest.raises(Conflict, match="waits for"):
        world.operators.approve("order-1", by="Ann")


def test_a_cancel_of_a_held_order_is_carried_out_and_nothing_is_decided_meanwhile(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order())
    world.until_quiet()
    world.outside["reserve"].down = True
    world.desk.cancel(a_cancel())
    world.until_due()
    assert world.order.state == "pendingCancellation"
    with pytest.raises(Conflict, match="pendingCancellation"):
        world.operators.approve("order-1", by="Ann")
    world.answers_again("reserve")
    world.until_quiet()
    assert world.order.state == "cancelled"
    assert world.states()[2:] == ["held", "assessingCancellation", "pendingCancellation", "cancelled"]
    assert world.placed() == []


def test_a_held_item_can_be_cancelled_alone(world: World) -> None:
    world.asks(business=Limits(currency="EUR", one_time_minor=COST))
    world.books.put_design(a_solution())
    world.books.put_design(a_solution(design_id="design-2", nrc_minor=COST + 1))
    world.waits_for("provide")
    world.desk.place(an_order_of_two())
    world.advance()
    assert item_states(world) == ["inProgress", "held"]
    world.desk.cancel(a_cancel(items=("2",)))
    world.until_due()
    assert item_states(world) == ["inProgress", "cancelled"]
    world.answers_again("provide")
    world.until_quiet()
    assert world.order.state == "partial"


def milestones(world: World) -> dict[str, str]:
    return {one.name: one.message for one in world.order.milestones}


def test_the_last_refusal_of_an_order_leaves_the_rest_of_it_approved(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order_of_two())
    world.until_quiet()
    world.operators.approve("order-1", ("1",), by="Ann")
    world.until_quiet()
    assert item_states(world) == ["completed", "held"]
    assert "businessCaseApproved" not in milestones(world)
    world.operators.reject("order-1", ("2",), by="Ann", reason="no")
    world.until_quiet()
    assert world.order.state == "partial"
    assert milestones(world)["businessCaseApproved"] == "Business approvals given: 1."
    assert ("milestone", "partial") in world.told()


def test_a_waiting_item_that_is_taken_out_leaves_the_rest_approved(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order_of_two())
    world.until_quiet()
    world.operators.approve("order-1", ("1",), by="Ann")
    world.until_quiet()
    world.desk.cancel(a_cancel(items=("2",)))
    world.until_quiet()
    assert (world.order.state, "businessCaseApproved" in milestones(world)) == ("partial", True)


def test_a_refusal_while_others_go_on_leaves_them_approved(world: World) -> None:
    world.asks(business=CHEAP)
    world.waits_for("procure")
    world.desk.place(an_order_of_two())
    world.advance()
    world.operators.approve("order-1", ("1",), by="Ann")
    world.operators.reject("order-1", ("2",), by="Ann", reason="no")
    assert "businessCaseApproved" not in milestones(world)
    world.advance()
    assert milestones(world)["businessCaseApproved"] == "Business approvals given: 1."


def test_where_everything_is_refused_nothing_is_approved(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order_of_two())
    world.until_quiet()
    world.operators.reject("order-1", by="Ann", reason="no")
    world.until_quiet()
    assert (world.order.state, "businessCaseApproved" in milestones(world)) == ("cancelled", False)


def test_the_business_approves_nothing_where_it_is_not_asked(world: World) -> None:
    world.asks(engineering=Limits(risk=0))
    world.desk.place(an_order_of_two())
    world.until_quiet()
    world.operators.approve("order-1", ("1",), by="Eve")
    world.until_quiet()
    world.operators.reject("order-1", ("2",), by="Eve", reason="no")
    world.until_quiet()
    assert (world.order.state, "businessCaseApproved" in milestones(world)) == ("partial", False)


@pytest.mark.parametrize(("nrc_minor", "state"), [(COST - 2, "inProgress"), (COST, "inProgress"), (COST + 1, "held")])
def test_an_approval_stands_for_a_design_that_is_no_dearer(world: World, nrc_minor: int, state: str) -> None:
    world.asks(business=Limits(currency="EUR", one_time_minor=1))
    world.desk.place(an_order())
    world.until_quiet()
    world.operators.approve("order-1", by="Ann")
    world.books.put_design(a_solution(design_id="redone", nrc_minor=nrc_minor, legs=(a_leg(), PARTNER_LEG)))
    redone = replace(world.order, items=(replace(world.order.items[0], design_id="redone"),))
    world.books.write(lambda tx: tx.save(redone))
    world.waits_for("provide")
    world.until_due()
    assert item_states(world) == [state]


def test_the_figures_of_a_design_are_those_of_its_legs() -> None:
    legs = (a_leg(), replace(PARTNER_LEG, planned=True), a_leg(build="build-1"))
    solution = a_solution(legs=legs, augments=("link-1",), shared_risks=("node:west",), confidence="red")
    figures = figures_of(solution)
    assert (figures.one_time_minor, figures.total_minor) == (COST, solution.total_minor)
    assert figures.risk == 3 + 1 + 2
    assert figures.confidence == "red"


def test_before_the_start_nothing_is_approved_although_an_item_was_taken_out(world: World) -> None:
    start = NOW + timedelta(days=3)
    world.asks(business=DEAR)
    world.desk.place(an_order_of_two(requested_start=start))
    world.desk.cancel(a_cancel(items=("2",)))
    world.advance()
    assert (world.order.state, world.due_at) == ("inProgress", start)
    assert [one.name for one in world.order.milestones] == ["requirementAccepted"]
    world.until_quiet()
    assert "businessCaseApproved" in [one.name for one in world.order.milestones]


# the requester's way: a changed order


def test_a_change_gives_the_approvals_that_its_sender_may_give(world: World) -> None:
    world.asks(business=CHEAP, engineering=Limits(risk=0))
    world.desk.place(an_order())
    world.until_quiet()
    held = world.order

    def allowed(kinds):  # type: ignore[no-untyped-def]
        if "business" not in kinds:
            raise Forbidden("orders:approve:engineering")
        return ("business",)

    world.operators.decide(held, held, {"1": "inProgress"}, by="ann", reason="", allowed=allowed)
    assert (item_states(world), [wait.kind for wait in world.order.waits]) == (["held"], ["engineering"])
    same = world.operators.decide(world.order, world.order, {"1": "inProgress"}, by="ann", reason="", allowed=allowed)
    assert same == world.order
    world.operators.decide(world.order, world.order, {"1": "inProgress"}, by="eve", reason="", allowed=tuple)
    world.until_quiet()
    assert world.order.state == "completed"


def test_a_change_is_kept_in_the_words_of_the_commands(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order_of_two())
    world.until_quiet()
    held = world.order
    world.operators.decide(held, held, {"1": "inProgress", "2": "cancelled"}, by="ann", reason="so", allowed=tuple)
    by_change = world.books.audited, world.order.decisions
    other = World()
    other.asks(business=CHEAP)
    other.desk.place(an_order_of_two())
    other.until_quiet()
    other.operators.approve("order-1", ("1",), by="ann", reason="so")
    other.operators.reject("order-1", ("2",), by="ann", reason="so")
    assert (other.books.audited, other.order.decisions) == by_change
    assert [action for _, action, _ in other.books.audited] == ["approved", "refused"]


def test_a_change_that_refuses_needs_a_reason(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order())
    world.until_quiet()
    with pytest.raises(InvalidRequest, match="reason"):
        world.operators.decide(world.order, world.order, {"1": "cancelled"}, by="ann", reason="", allowed=tuple)
    world.operators.decide(world.order, world.order, {"1": "cancelled"}, by="ann", reason="no", allowed=tuple)
    assert world.order.state == "cancelled"


def test_a_nested_item_is_decided_by_its_parent_too(world: World) -> None:
    world.asks(business=CHEAP)
    parent = an_item(id="a", design_id=None, children=(an_item(),))
    world.desk.place(an_order(items=(parent,)))
    world.until_quiet()
    assert (world.order.state, world.order.items[0].state) == ("held", "held")
    world.operators.approve("order-1", ("a",), by="Ann")
    world.until_quiet()
    assert world.order.items[0].state == "completed"


def test_nothing_is_decided_about_a_held_order_that_was_cancelled(world: World) -> None:
    world.asks(business=CHEAP)
    world.desk.place(an_order())
    world.until_quiet()
    world.desk.cancel(a_cancel())
    world.until_quiet()
    cancelled = world.order
    assert cancelled.state == "cancelled"
    for decision in (world.operators.approve, world.operators.reject):
        with pytest.raises(Conflict, match="waits for"):
            decision("order-1", by="Ann", reason="late")
        with pytest.raises(Conflict, match="waits for"):
            decision("order-1", ("1",), by="Ann", reason="late")
    assert world.order == cancelled
