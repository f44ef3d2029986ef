"""An order in flight is amended: only what changes is designed, taken back and ordered again."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linkwright.business.limits import Limits
from linkwright.designs.answers import ItemAnswer, SiteSolution
from linkwright.designs.parts_of_answers import Finding
from linkwright.errors import Conflict, Refused, Unavailable
from linkwright.orders.amendment import mark_of
from linkwright.orders.errands import Errand
from linkwright.orders.model import Order, OrderItem, Replacement
from tests.builders import NOW, a_leg, a_requirement, a_solution, an_item, an_order
from tests.fakes import Crash
from tests.orders.world import PARTNER_LEG, World, a_cancel, an_order_of_two

ITEMS = ("serviceOrderItem",)
FASTER = a_requirement(bandwidth_mbps=200)
ANOTHER_LEG = replace(PARTNER_LEG, access="offer-9", quote="quote-9", mrc_minor=40_000)
FASTER_DESIGN = a_solution(design_id="design-9", requirement=FASTER, legs=(a_leg(), ANOTHER_LEG))


@pytest.fixture
def world() -> World:
    """Two items are held; their partners, resources and parameters are ordered, and not there yet."""
    return in_flight()


def in_flight(*silent: str) -> World:
    world = World()
    world.waits_for(*(silent or ("procure", "provide", "allocate")))
    world.desk.place(an_order_of_two())
    world.until_due()
    world.until_due()
    world.designer.answers = {"1": answer(FASTER_DESIGN)}
    return world


def answer(design: SiteSolution) -> ItemAnswer:
    return ItemAnswer(ref=design.requirement.ref, result="qualified", solution=design)


def no_answer(text: str = "no capacity; would be feasible if 150 Mbit/s", code: str = "SD-CAP-01") -> ItemAnswer:
    return ItemAnswer(ref="1", result="unqualified", findings=(Finding(code=code, label=text),))


def with_item(order: Order, item_id: str, **changes: Any) -> Order:
    items = tuple(replace(one, **changes) if one.id == item_id else one for one in order.items)
    return replace(order, items=items)


def amend(world: World, item_id: str = "1", **changes: Any) -> Order:
    wish = changes or {"requirement": FASTER}
    return world.amend(world.order.version, lambda order: with_item(order, item_id, **wish), ITEMS)


def item(world: World, item_id: str = "1") -> OrderItem:
    return next(one for one in world.order.items if one.id == item_id)


def ends_well(world: World) -> None:
    ends_in(world, "completed")


def ends_in(world: World, state: str) -> None:
    world.answers_again("procure", "provide", "allocate")
    world.all_due()
    world.until_quiet()
    assert world.order.state == state
    assert (world.order.amendments, world.order.superseded) == ((), ())


def unchanged(world: World, keys: list[str]) -> dict[str, Any]:
    return {key: world.task(key) for key in keys}


MONTHLY, ONCE = Limits(currency="EUR", recurring_minor=1), Limits(currency="EUR", one_time_minor=1)
OF_TWO = ["reserve/2", "procure/2/offer-1", "implement/2", "register/2"]


def test_the_wish_is_stored_and_told_at_once_with_a_due_run(world: World) -> None:
    writes, posts = world.books.writes, world.posts()
    world.books.events.clear()
    order = amend(world)
    (wish,) = order.amendments
    assert (wish.item, wish.state, wish.was) == ("1", "asked", mark_of(a_requirement()))
    assert world.books.writes == writes + 1
    assert world.told() == [("attributeChanged", "inProgress")]
    assert (world.due_at, world.posts()) == (world.clock(), posts)
    assert item(world).design_id == "design-1"


def test_only_the_changed_item_is_designed_and_the_tasks_of_others_stay(world: World) -> None:
    before = unchanged(world, OF_TWO)
    amend(world)
    world.until_due()
    assert [[one.ref for one in asked] for asked in world.designer.asked] == [["1"]]
    assert [one.design_id for one in world.order.items] == ["design-9", "design-2"]
    assert unchanged(world, OF_TWO) == before
    assert world.books.designs["design-9"].replaces == "design-1"
    ends_well(world)


def test_the_partner_is_ordered_anew_only_after_the_first_order_is_taken_back(world: World) -> None:
    amend(world)
    world.outside["procure"].down = True
    world.until_due()
    assert world.task("procure/1/offer-1").state == "undoing"
    assert world.task("procure/1/offer-9").state == "planned"
    world.outside["procure"].down = False
    world.until_due()
    assert world.outside["procure"].undone == ["order-1/procure/1/offer-1"]
    assert world.task("procure/1/offer-9").state == "sent"
    assert world.task("procure/1/offer-1").items == ()
    ends_well(world)
    related = [one.id for one in world.order.relations if one.kind == "procures"]
    assert {"remote/order-1/procure/1/offer-1", "remote/order-1/procure/1/offer-9"} <= set(related)


def test_the_new_design_is_held_before_the_former_hold_is_given_back(world: World) -> None:
    amend(world)
    held: list[bool] = []
    world.outside["reserve"].meanwhile = lambda _: held.append("order-1/reserve/1" in world.outside["reserve"].placed)
    world.until_due()
    assert held == [True]
    assert (world.task("reserve/1").state, world.task("reserve/1/2").state) == ("undone", "done")
    assert "order-1/reserve/1" not in world.outside["reserve"].placed


def test_what_stays_the_same_is_kept(world: World) -> None:
    """Another date is wanted, and the same legs, hold, equipment and parameters serve it."""
    wish = a_requirement(needed_by=date(2027, 1, 15))
    same = replace(PARTNER_LEG, access="offer-7", quote="quote-7")
    world.designer.answers = {
        "1": answer(a_solution(design_id="design-8", requirement=wish, legs=(a_leg(), same), ready=date(2026, 12, 1)))
    }
    posts = world.posts()
    wish = replace(wish, characteristics={"neededBy": "2027-01-15"})
    amend(world, requirement=wish)
    world.until_due()
    assert world.posts() == posts
    assert item(world).design_id == "design-8"
    assert world.task("procure/1/offer-1").access == "offer-7"
    ends_well(world)


def test_before_anything_firm_is_ordered_tasks_are_only_planned_anew() -> None:
    world = World()
    world.waits_for("reserve")
    world.desk.place(an_order_of_two())
    world.advance()
    world.designer.answers = {"1": answer(FASTER_DESIGN)}
    amend(world)
    world.answers_again("reserve")
    world.until_quiet()
    assert world.order.state == "completed"
    assert "order-1/procure/1/offer-1" not in world.posts()
    assert world.outside["procure"].undone == []
    assert world.task("procure/1/offer-1").state == "undone"


def test_a_shared_order_goes_on_and_a_further_one_brings_what_is_different(world: World) -> None:
    bigger = replace(FASTER_DESIGN, cpe="cpe-2", augments=("west-hub",))
    world.designer.answers = {"1": answer(bigger)}
    amend(world)
    world.until_due()
    assert (world.task("provide").state, world.task("provide").items) == ("sent", ("2",))
    further = world.task("provide/2")
    assert (further.state, further.items, further.parts) == ("sent", ("1",), ("cpe", "augment/west-hub"))
    assert (world.task("allocate").items, world.task("allocate/2").items) == (("1", "2"), ("1",))
    ends_well(world)


def test_what_the_shared_order_brings_already_is_not_ordered_twice(world: World) -> None:
    world.designer.answers = {"1": answer(replace(FASTER_DESIGN, augments=("west-hub",)))}
    amend(world)
    world.until_due()
    assert (world.task("provide").items, world.task("provide").parts) == (("1", "2"), ("cpe",))
    assert world.task("provide/2").parts == ("augment/west-hub",)
    ends_well(world)


def test_a_proposed_design_is_accepted_by_naming_it(world: World) -> None:
    proposed = replace(FASTER_DESIGN, design_id="design-5", requirement=a_requirement(), replaces="design-1")
    world.books.put_design(proposed)
    offered = Replacement(news="late", text="earlier", design_id="design-5")
    stored = with_item(world.order, "1", replacement=offered)
    world.books.write(lambda tx: tx.save(stored))
    amend(world, design_id="design-5")
    world.until_due()
    assert world.designer.asked == []
    assert (item(world).design_id, item(world).replacement) == ("design-5", None)
    assert world.task("procure/1/offer-9").state == "sent"
    ends_well(world)


def test_a_design_that_was_not_proposed_is_refused(world: World) -> None:
    with pytest.raises(Conflict, match="design-2 was not proposed"):
        amend(world, design_id="design-2")
    assert world.order.amendments == ()


def test_an_item_is_added(world: World) -> None:
    before = unchanged(world, [*OF_TWO, "procure/1/offer-1", "provide", "allocate"])
    new = an_item(id="3", requirement=a_requirement(ref="3"), design_id=None)
    world.amend(world.order.version, lambda order: replace(order, items=(*order.items, new)), ITEMS)
    assert item(world, "3").state == "inProgress"
    world.until_due()
    assert [[one.ref for one in asked] for asked in world.designer.asked] == [["3"]]
    assert world.task("provide/2").items == world.task("allocate/2").items == ("3",)
    assert unchanged(world, list(before)) == before
    ends_well(world)
    assert item(world, "3").state == "completed"


def test_only_what_adds_or_stays_is_added(world: World) -> None:
    new = an_item(id="3", action="modify", service_id="s", requirement=a_requirement(ref="3"), design_id=None)
    with pytest.raises(Conflict, match=r"3 \(its action is modify"):
        world.amend(world.order.version, lambda order: replace(order, items=(*order.items, new)), ITEMS)


def test_what_cannot_be_had_leaves_the_former_design_in_force_and_its_requester_is_asked(world: World) -> None:
    world.designer.answers = {"1": no_answer()}
    before = world.books.tasks("order-1")
    world.books.events.clear()
    amend(world)
    world.until_due()
    assert (item(world).state, item(world).design_id, world.order.state) == ("pending", "design-1", "inProgress")
    assert "informationRequired" in [happening for happening, _ in world.told()]
    note = world.order.remarks[-1]
    assert "SD-CAP-01 no capacity; would be feasible if 150 Mbit/s" in note.text
    assert [task for task in world.books.tasks("order-1") if task.key.endswith("/1/offer-1")] == [
        task for task in before if task.key.endswith("/1/offer-1")
    ]
    assert all(one.undone == [] for one in world.outside.values())


def test_confirming_keeps_the_former_design(world: World) -> None:
    world.designer.answers = {"1": no_answer()}
    amend(world)
    world.until_due()
    decide(world, "inProgress")
    ends_well(world)
    assert item(world).design_id == "design-1"
    assert len(world.posts()) == len(set(world.posts())) == 9


def test_putting_it_back_keeps_the_former_design_without_designing(world: World) -> None:
    world.designer.answers = {"1": no_answer()}
    amend(world)
    world.until_due()
    amend(world, requirement=a_requirement())
    assert (item(world).state, world.order.amendments, world.order.waits) == ("inProgress", (), ())
    ends_well(world)
    assert len(world.designer.asked) == 1


def test_another_change_is_designed_in_place_of_the_one_that_cannot_be(world: World) -> None:
    world.designer.answers = {"1": no_answer()}
    amend(world)
    world.until_due()
    less = a_requirement(bandwidth_mbps=150)
    world.designer.answers = {"1": answer(replace(FASTER_DESIGN, requirement=less))}
    amend(world, requirement=less)
    world.until_due()
    assert (item(world).state, item(world).design_id) == ("inProgress", "design-9")
    ends_well(world)


def test_of_changes_before_the_run_the_last_one_counts(world: World) -> None:
    amend(world)
    last = a_requirement(bandwidth_mbps=300)
    amend(world, requirement=last)
    world.until_due()
    assert [one.bandwidth_mbps for (one,) in world.designer.asked] == [300]


def test_a_hold_that_is_refused_leaves_the_former_design_in_force(world: World) -> None:
    world.refuse("reserve")
    amend(world)
    while item(world).state == "inProgress":
        world.until_due()
    assert (item(world).state, item(world).design_id) == ("pending", "design-1")
    assert "CAPACITY_LOST" in world.order.remarks[-1].text
    assert "order-1/procure/1/offer-1" in world.placed()
    world.answers_again("reserve")
    decide(world, "inProgress")
    ends_well(world)


def test_a_wish_that_changes_while_its_design_is_held_gives_the_hold_back(world: World) -> None:
    world.waits_for("reserve")
    amend(world)
    world.until_due()
    assert world.task("reserve/1/2").state == "sent"
    amend(world, requirement=a_requirement())
    assert world.task("reserve/1/2").state == "undoing"
    world.answers_again("reserve")
    ends_well(world)
    assert item(world).design_id == "design-1"


def test_a_worse_design_is_approved_before_it_comes_into_force(world: World) -> None:
    world.asks(business=Limits(currency="EUR", one_time_minor=FASTER_DESIGN.nrc_minor))
    world.designer.answers = {"1": answer(replace(FASTER_DESIGN, nrc_minor=FASTER_DESIGN.nrc_minor + 1))}
    amend(world)
    world.until_due()
    assert (item(world).state, item(world).design_id) == ("held", "design-1")
    assert world.outside["procure"].undone == []
    world.operators.approve("order-1", ("1",), by="ann")
    world.until_due()
    assert (item(world).state, item(world).design_id) == ("inProgress", "design-9")
    ends_well(world)


def test_a_design_that_is_not_approved_leaves_the_former_one_in_force(world: World) -> None:
    world.asks(business=Limits(currency="EUR", one_time_minor=FASTER_DESIGN.nrc_minor))
    world.designer.answers = {"1": answer(replace(FASTER_DESIGN, nrc_minor=FASTER_DESIGN.nrc_minor + 1))}
    amend(world)
    world.until_due()
    world.operators.reject("order-1", ("1",), by="ann", reason="too dear")
    world.until_due()
    assert (item(world).state, item(world).design_id) == ("pending", "design-1")
    assert "business approval is refused by ann: too dear" in world.order.remarks[-1].text.casefold()
    assert item(world).faults == ()
    decide(world, "inProgress")
    ends_well(world)
    assert item(world).design_id == "design-1"


def test_one_approval_that_is_refused_ends_the_question_for_the_others(world: World) -> None:
    world.asks(business=MONTHLY, engineering=ONCE)
    amend(world)
    world.until_due()
    assert [wait.kind for wait in world.order.waits] == ["business", "engineering"]
    world.operators.reject("order-1", ("1",), ("business",), by="ann", reason="too dear")
    world.until_due()
    assert [wait.kind for wait in world.order.waits] == ["information"]
    assert item(world).state == "pending"
    world.asks()
    decide(world, "inProgress")
    ends_well(world)


def test_a_question_can_be_answered_once_an_operator_has_settled_what_came_before(world: World) -> None:
    world.outside["reserve"].down = True
    amend(world)
    world.until_due()
    world.outside["reserve"].down, world.outside["provide"].fails_looks = False, True
    world.all_due()
    world.until_due()
    world.outside["provide"].fails_looks = False
    world.until_due()
    assert {wait.kind for wait in world.order.waits} == {"fallout", "information"}
    assert item(world).state == "held"
    world.books.events.clear()
    world.operators.retry("order-1", by="ann")
    assert item(world).state == "inProgress"
    world.until_due()
    assert item(world).state == "pending"
    assert "informationRequired" in [happening for happening, _ in world.told()]
    decide(world, "inProgress")
    ends_well(world)


def test_a_question_about_an_item_that_waits_for_its_requester_already_is_told(world: World) -> None:
    world.outside["procure"].says = {"remote_state": "pending", "text": "which floor?"}
    world.all_due()
    world.until_due()
    assert item(world).state == "pending"
    world.designer.answers = {"1": no_answer()}
    amend(world)
    world.books.events.clear()
    world.advance()
    assert world.told() == [("informationRequired", "pending")]
    world.advance()
    assert world.told() == [("informationRequired", "pending")]


def test_a_design_is_held_itself_where_the_hold_went_out_for_the_former_one() -> None:
    world = World()
    world.clock.time = NOW + timedelta(days=400)
    end = world.clock.time + timedelta(days=400)
    dearer = a_solution(design_id="fresh-1", legs=(a_leg(), PARTNER_LEG), nrc_minor=10**7, valid_until=end)
    elsewhere = a_leg(nodes=("pop-a", "pop-c", "hub"), links=("link-2", "link-3"))
    world.designer.answers = {"1": answer(dearer)}
    world.desk.place(an_order())
    world.until_due()
    assert (item(world).state, world.task("reserve/1").state) == ("pending", "planned")
    world.designer.answers = {"1": answer(replace(FASTER_DESIGN, legs=(elsewhere, ANOTHER_LEG), valid_until=end))}
    world.asks(business=ONCE)
    held = []
    world.outside["reserve"].meanwhile = lambda errand: held.extend(one.design_id for one in errand.solutions.values())
    amend(world)
    world.until_quiet()
    world.operators.approve("order-1", by="ann")
    ends_well(world)
    assert (held, item(world).design_id) == (["fresh-1", "design-9"], "design-9")
    assert world.outside["reserve"].placed == {}


def test_a_former_hold_that_is_lost_says_nothing_of_its_item(world: World) -> None:
    amend(world)
    world.outside["procure"].down = True
    world.until_due()
    assert "order-1/reserve/1" in world.order.superseded
    world.designer.answers = {"1": no_answer()}
    world.refuse("reserve")
    posts = world.posts()
    world.loses("reserve/1")
    world.until_due()
    assert world.task("reserve/1").state == "undone"
    assert (world.order.amendments, world.order.jeopardies[1:], world.posts()) == ((), (), posts)
    ends_well(world)
    assert item(world).design_id == "design-9"


def test_a_former_hold_that_is_refused_again_says_nothing_of_its_item(world: World) -> None:
    def is_full(errand: Errand) -> None:
        if errand.task.key == "order-1/reserve/1":
            raise Refused("pool", "full")

    world.outside["reserve"].meanwhile = is_full
    world.loses("reserve/1")
    amend(world)
    world.outside["procure"].down = True
    world.until_due()
    assert (world.task("reserve/1").state, item(world).design_id) == ("sent", "design-9")
    world.designer.answers = {"1": no_answer()}
    for _ in range(10):
        world.until_due()
    assert (world.task("reserve/1").state, world.task("reserve/1").renewals) == ("undone", 2)
    ends_well(world)
    assert (item(world).design_id, item(world).faults) == ("design-9", ())


def test_a_former_order_that_is_not_taken_back_is_no_point_of_no_return(world: World) -> None:
    amend(world)
    world.outside["procure"].down = True
    world.until_due()
    world.outside["procure"].down = False
    world.outside["procure"].keeps.add("order-1/procure/1/offer-1")
    world.books.write(lambda tx: tx.put_task(replace(world.task("provide"), items=("1",))))
    world.desk.cancel(a_cancel(items=("2",)))
    world.all_due()
    world.until_due()
    assert item(world, "2").state == "cancelled"
    assert "PONR" not in [one.name for one in world.order.milestones]


def test_a_former_order_that_is_taken_back_is_no_answer_to_a_cancel_of_the_order() -> None:
    world = World()
    world.waits_for("procure", "provide", "allocate")
    world.desk.place(an_order())
    world.until_due()
    world.designer.answers = {"1": answer(FASTER_DESIGN)}
    amend(world)
    world.outside["procure"].down = True
    world.until_due()
    assert "order-1/procure/1/offer-1" in world.order.superseded
    world.outside["procure"].down, world.outside["provide"].refuses_undo = False, True
    world.desk.cancel(a_cancel())
    world.all_due()
    world.until_due()
    assert world.outside["procure"].undone == ["order-1/procure/1/offer-1"]
    assert (world.cancel.state, world.cancel.effective_at, world.order.state) == ("done", None, "inProgress")
    ends_well(world)


def test_a_former_order_that_is_taken_back_is_no_answer_to_a_cancel_of_its_item() -> None:
    south = replace(PARTNER_LEG, access="offer-2", quote="quote-2", supplier="partner-south")
    world = World()
    world.books.put_designs([a_solution(design_id="design-1", legs=(PARTNER_LEG, south), cpe_quantity=0)])
    world.waits_for("procure", "provide", "allocate")
    world.desk.place(an_order_of_two())
    world.until_due()
    new = replace(FASTER_DESIGN, legs=(ANOTHER_LEG, replace(south, mbps=100)), cpe_quantity=0)
    world.designer.answers = {"1": answer(new)}
    amend(world)
    world.outside["procure"].down = True
    world.until_due()
    assert "order-1/procure/1/offer-1" in world.order.superseded
    world.outside["procure"].down = False
    world.outside["procure"].keeps.add("order-1/procure/1/offer-2")
    world.desk.cancel(a_cancel(items=("1",)))
    world.all_due()
    world.until_due()
    assert world.outside["procure"].undone == ["order-1/procure/1/offer-1"]
    assert (world.cancel.state, world.cancel.effective_at) == ("done", None)
    assert item(world).state == "inProgress"


def decide(world: World, state: Any) -> None:
    order = world.order
    world.operators.decide(order, order, {"1": state}, by="me", reason="", allowed=lambda kinds: kinds)


@pytest.mark.parametrize("kind", ["procure", "provide", "implement"])
def test_past_its_point_of_no_return_nothing_changes(kind: str) -> None:
    world = in_flight(
        *({"procure", "provide", "allocate"} - {kind} or {"x"}) if kind != "implement" else ("implement",)
    )
    world.until_due()
    order = world.order
    with pytest.raises(Conflict, match=r"1 \(it has passed its point of no return"):
        amend(world)
    assert world.order == order


def test_an_order_that_is_delivered_meanwhile_leaves_the_former_design_in_force(world: World) -> None:
    amend(world)
    world.answers_again("procure")
    world.until_due()
    assert (item(world).state, item(world).design_id) == ("pending", "design-1")
    assert "point of no return" in world.order.remarks[-1].text
    decide(world, "inProgress")
    ends_well(world)


def test_an_order_that_is_not_taken_back_is_told_and_the_new_one_goes_out(world: World) -> None:
    world.outside["procure"].refuses_undo = True
    amend(world)
    world.until_due()
    alert = next(one for one in world.order.jeopardies if one.id.endswith("procure/1/offer-1"))
    assert (alert.severity, "is not taken back: too late" in alert.message) == ("Critical", True)
    assert world.task("procure/1/offer-9").state == "sent"
    ends_well(world)


@pytest.mark.parametrize("gone", ["1", "2"])
def test_items_are_not_taken_out_of_the_list(world: World, gone: str) -> None:
    def without(order: Order) -> Order:
        return replace(order, items=tuple(one for one in order.items if one.id != gone))

    with pytest.raises(Conflict, match=rf"Items {gone} .*cancelServiceOrder"):
        world.amend(world.order.version, without, ITEMS)


def test_before_its_start_what_is_left_of_an_order_changes_freely() -> None:
    """One of its items was taken out already."""
    world = World()
    world.desk.place(replace(an_order_of_two(), requested_start=NOW + timedelta(days=3)))
    world.desk.cancel(a_cancel(items=("2",)))
    world.advance()
    assert (world.order.state, item(world, "2").state) == ("inProgress", "cancelled")
    amend(world, requirement=FASTER, design_id=None)
    assert (item(world).state, item(world).design_id, world.order.amendments) == ("acknowledged", None, ())
    with pytest.raises(Conflict, match=r"2 \(it is cancelled"):
        amend(world, "2", requirement=a_requirement(ref="2", bandwidth_mbps=300))


def test_an_item_whose_cancel_is_worked_on_does_not_change(world: World) -> None:
    world.desk.cancel(a_cancel(items=("1",)))
    with pytest.raises(Conflict, match=r"1 \(its cancel cancel-1 is being worked on"):
        amend(world)
    amend(world, "2", requirement=a_requirement(ref="2", bandwidth_mbps=200))
    assert [one.item for one in world.order.amendments] == ["2"]


@pytest.mark.parametrize("runs", [0, 1])
def test_a_cancel_that_comes_meanwhile_takes_everything_back(world: World, runs: int) -> None:
    amend(world)
    for _ in range(runs):
        world.until_due()
    world.desk.cancel(a_cancel())
    world.until_quiet()
    assert (world.cancel.state, world.order.state, world.placed()) == ("done", "cancelled", [])


def test_a_cancel_of_the_item_ends_what_is_left_of_both_designs(world: World) -> None:
    world.designer.answers = {"1": answer(replace(FASTER_DESIGN, cpe="cpe-2"))}
    amend(world)
    world.outside["procure"].down = True
    world.until_due()
    assert world.order.superseded != ()
    world.outside["procure"].down = False
    world.desk.cancel(a_cancel(items=("1",)))
    world.until_due()
    world.all_due()
    world.until_due()
    assert (world.cancel.state, item(world).state, item(world, "2").state) == ("done", "cancelled", "inProgress")
    assert [key for key in world.placed() if "/1" in key.removeprefix("order-1")] == []
    ends_in(world, "partial")


def test_facts_that_cannot_be_read_stop_nobody_else(world: World) -> None:
    world.designer.fails = [Unavailable("resources", "silent")]
    amend(world)
    world.all_due()
    world.until_due()
    assert [one.state for one in world.order.amendments] == ["asked"]
    assert "DOWNSTREAM_FALLOUT/resources" in [one.id for one in world.order.jeopardies]
    assert world.due_at > world.clock()
    world.until_due()
    assert item(world).design_id == "design-9"


def test_what_is_designed_together_with_others_is_changed_together(world: World) -> None:
    amend(world, requirement=replace(FASTER, diverse_from=("2",)))
    world.until_due()
    assert world.designer.asked == []
    assert "designed together with item 2" in world.order.remarks[-1].text


def test_a_date_of_the_order_changes_what_is_too_late_and_nothing_else(world: World) -> None:
    late = replace(world.books.designs["design-1"], ready=date(2027, 2, 1))
    world.books.put_design(late)

    def sooner(order: Order) -> Order:
        day = date(2027, 1, 15)
        items = tuple(
            replace(one, requirement=replace(one.requirement, needed_by=day), state=one.state) for one in order.items
        )
        return replace(order, items=items)

    world.amend(world.order.version, sooner, ("requestedCompletionDate",))
    assert [one.item for one in world.order.amendments] == ["1"]


def amended() -> World:
    """One item is changed and another one added."""
    world = in_flight()
    new = an_item(id="3", requirement=a_requirement(ref="3"), design_id=None)

    def changed(order: Order) -> Order:
        order = with_item(order, "1", requirement=FASTER)
        return replace(order, items=(*order.items, new))

    world.amend(world.order.version, changed, ITEMS)
    world.answers_again("procure", "provide", "allocate")
    world.outside["procure"].looks_until_done = world.outside["provide"].looks_until_done = 8
    return world


def writes() -> range:
    world = amended()
    first = world.books.writes + 1
    world.until_quiet()
    assert item(world).design_id == "design-9"
    return range(first, world.books.writes + 1)


@pytest.mark.parametrize("n", writes())
def test_dying_before_any_write_neither_loses_nor_repeats_anything(n: int) -> None:
    world = amended()
    world.books.die_at = n
    with pytest.raises(Crash):
        world.until_quiet()
    world.books.die_at = None
    world.until_quiet()
    assert (world.order.state, item(world).design_id) == ("completed", "design-9")
    assert (world.order.amendments, world.order.superseded) == ((), ())
    assert len(world.posts()) == len(set(world.posts()))
    assert "order-1/procure/1/offer-1" not in world.placed()
    assert world.outside["reserve"].placed == {}


def test_an_item_of_many_is_changed_without_designing_or_writing_the_others() -> None:
    world = World()
    world.waits_for("procure", "provide", "allocate")
    items = tuple(an_item(id=str(n), requirement=a_requirement(ref=str(n))) for n in range(1, 201))
    world.desk.place(replace(an_order_of_two(), items=items))
    world.until_due()
    world.until_due()
    world.designer.answers = {"1": answer(FASTER_DESIGN)}
    before = {task.key: task for task in world.books.tasks("order-1") if "1" not in task.items}
    amend(world)
    writes = world.books.writes
    world.clock.time = NOW
    world.advance()
    assert item(world).design_id == "design-9"
    assert [[one.ref for one in asked] for asked in world.designer.asked] == [["1"]]
    assert {key: world.books.stored_tasks[key] for key in before} == before
    assert world.books.writes - writes < 40
