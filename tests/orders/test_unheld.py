"""A hold that the pool refuses is asked for again, then the item is designed anew, and only then it fails."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from linkwright.business.limits import Limits
from linkwright.designs.answers import ItemAnswer, SiteSolution
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.requirement import Requirement
from linkwright.errors import Refused, Unavailable
from linkwright.orders.errands import Errand
from linkwright.orders.model import Order, OrderItem
from linkwright.orders.unheld import MOST_RENEWALS
from tests.builders import a_leg, a_requirement, a_solution, an_item
from tests.fakes import Crash
from tests.orders.world import PARTNER_LEG, World, an_order_of_two

FULL = MOST_RENEWALS + 1
"""So many refusals are final."""
ELSEWHERE = a_solution(
    design_id="design-9", legs=(a_leg(nodes=("pop-a", "pop-c", "hub"), links=("link-2", "link-3")), PARTNER_LEG)
)
DEARER = replace(ELSEWHERE, nrc_minor=ELSEWHERE.nrc_minor + 1)
UNQUALIFIED = ItemAnswer(ref="1", result="unqualified", findings=(Finding(code="SD-CAP-01", label="no capacity"),))


@pytest.fixture
def world() -> World:
    world = World()
    world.designer.answers = {"1": answer(ELSEWHERE)}
    return world


def answer(design: SiteSolution) -> ItemAnswer:
    return ItemAnswer(ref="1", result="qualified", solution=design)


def is_full(world: World, *times: int, item: str = "1") -> list[str]:
    """The pool refuses holds of the item so often under each of its keys; what it refused is listed."""
    left, refused = dict(enumerate(times)), list[str]()
    keys: dict[str, int] = {}

    def meanwhile(errand: Errand) -> None:
        if errand.task.items != (item,):
            return
        number = keys.setdefault(errand.task.key, len(keys))
        if left.get(number, 0) > 0:
            left[number] -= 1
            refused.append(errand.task.placed_as)
            raise Refused("pool", "link-1: 100 asked for, 0 free")

    world.outside["reserve"].meanwhile = meanwhile
    return refused


def ended(world: World, *states: str) -> World:
    world.until_quiet()
    assert tuple(item.state for item in world.order.items) == states
    assert (world.order.amendments, world.outside["reserve"].placed) == ((), {})
    return world


def with_first(item: OrderItem, order: Order) -> Order:
    return replace(order, items=(item, *order.items[1:]))


def alerts(world: World) -> list[tuple[str, str]]:
    return [(one.name, one.severity) for one in world.order.jeopardies]


def test_a_pool_that_is_full_for_a_moment_is_asked_again(world: World) -> None:
    refused = is_full(world, MOST_RENEWALS)
    world.desk.place(an_order_of_two())
    world.until_due()
    assert alerts(world) == [("CAPACITY_LOST", "Hazard")]
    assert "asked for again" in world.order.jeopardies[0].message
    ended(world, "completed", "completed")
    assert refused == ["order-1/reserve/1", "order-1/reserve/1~1", "order-1/reserve/1~2"]
    assert world.designer.asked == []
    assert alerts(world) == [("CAPACITY_LOST", "Normal")]
    assert "held again" in world.order.jeopardies[0].message


def test_each_further_try_comes_after_a_longer_pause(world: World) -> None:
    is_full(world, FULL)
    world.desk.place(an_order_of_two())
    looks = []
    for _ in range(MOST_RENEWALS):
        world.until_due()
        looks.append((world.task("reserve/1").look_at - world.clock()).total_seconds())
    assert looks == [1.0, 2.0, 4.0]


def test_what_is_not_to_be_had_any_more_is_designed_anew_and_held(world: World) -> None:
    is_full(world, FULL)
    world.desk.place(an_order_of_two())
    ended(world, "completed", "completed")
    first, second = world.order.items
    assert (first.design_id, second.design_id) == ("design-9", "design-2")
    assert world.books.designs["design-9"].replaces == "design-1"
    assert world.outside["reserve"].posts == ["order-1/reserve/2", "order-1/reserve/1/2"]
    assert len(world.outside["procure"].posts) == 2
    assert [[one.ref for one in asked] for asked in world.designer.asked] == [["1"]]
    assert alerts(world) == [("CAPACITY_LOST", "Normal")]


def test_nothing_goes_out_for_the_item_until_its_new_design_is_held(world: World) -> None:
    is_full(world, FULL)
    world.waits_for("procure")
    world.desk.place(an_order_of_two())
    held = []

    def placed(errand: Errand) -> None:
        if errand.task.items == ("1",):
            held.append(world.task("reserve/1/2").state)

    world.outside["procure"].meanwhile = placed
    world.until_due()
    world.answers_again("procure")
    ended(world, "completed", "completed")
    assert held == ["done"]


@pytest.mark.parametrize(
    "says",
    [
        {"place": None},
        {"place": a_requirement().place},
        {"place": None, "technology_forbidden": ("5g",), "characteristics": {"technologyForbidden": ["5g"]}},
    ],
)
def test_c10_an_item_that_only_refers_to_its_design_is_designed_anew_for_what_that_was_made_for(
    world: World, says: dict[str, Any]
) -> None:
    is_full(world, FULL)
    brief = Requirement(ref="1", specification="cfs", **says)
    world.desk.place(with_first(an_item(requirement=brief), an_order_of_two()))
    ended(world, "completed", "completed")
    ((asked,),) = world.designer.asked
    made_for = world.books.designs["design-1"].requirement
    assert (asked.place, asked.bandwidth_mbps, asked.availability) == (made_for.place, 100, 0.99)
    assert (asked.needed_by, asked.technology_forbidden) == (made_for.needed_by, brief.technology_forbidden)


def test_an_item_that_says_what_it_wants_itself_is_designed_anew_for_that_alone(world: World) -> None:
    is_full(world, FULL)
    own = a_requirement(needed_by=None, availability=None, characteristics={"bandwidth": "100 Mbit/s"})
    world.desk.place(with_first(an_item(requirement=own), an_order_of_two()))
    ended(world, "completed", "completed")
    ((asked,),) = world.designer.asked
    assert (asked.bandwidth_mbps, asked.availability, asked.needed_by) == (100, None, None)


def test_an_item_fails_with_both_reasons_where_there_is_no_other_design(world: World) -> None:
    is_full(world, FULL)
    world.designer.answers = {"1": UNQUALIFIED}
    world.desk.place(an_order_of_two())
    ended(world, "failed", "completed")
    assert world.order.state == "partial"
    faults = world.order.items[0].faults
    assert [fault.code for fault in faults] == ["SD-CAP-01", "CAPACITY_LOST"]
    assert faults[1].message == "pool: link-1: 100 asked for, 0 free"


def test_an_item_fails_where_its_new_design_is_not_held_either(world: World) -> None:
    is_full(world, FULL, FULL)
    world.desk.place(an_order_of_two())
    ended(world, "failed", "completed")
    assert {fault.code for fault in world.order.items[0].faults} == {"CAPACITY_LOST"}
    assert world.order.items[0].design_id == "design-1"
    assert len(world.designer.asked) == 1


def test_what_cannot_change_any_more_is_not_designed_anew(world: World) -> None:
    world.waits_for("implement")
    world.desk.place(an_order_of_two())
    while not world.outside["implement"].posts:
        world.until_due()
    world.refuse("reserve")
    world.books.put_task(replace(world.task("reserve/1"), look_at=world.clock()))
    del world.outside["reserve"].placed["order-1/reserve/1"]
    world.advance()
    while world.order.items[0].state == "inProgress":
        world.until_due()
    assert (world.order.items[0].state, world.designer.asked) == ("failed", [])


def worse(world: World) -> World:
    is_full(world, FULL)
    world.designer.answers = {"1": answer(DEARER)}
    world.desk.place(an_order_of_two())
    while world.order.items[0].state != "pending":
        world.until_due()
    return world


def decide(world: World, state: Any) -> None:
    order = world.order
    world.operators.decide(order, order, {"1": state}, by="me", reason="", allowed=lambda kinds: kinds)


def test_the_requester_is_asked_where_the_new_design_is_worse(world: World) -> None:
    worse(world)
    assert ("BUDGET_EXCEEDED", "Normal") in alerts(world)
    assert "cannot be held any more" in world.order.remarks[-1].text
    world.advance()
    assert world.order.items[0].design_id == "design-1"
    decide(world, "inProgress")
    ended(world, "completed", "completed")
    assert world.order.items[0].design_id == "design-9"


def test_a_requester_who_does_not_want_it_so_has_it_cancelled_and_nothing_stays_held(world: World) -> None:
    worse(world)
    decide(world, "cancelled")
    ended(world, "cancelled", "completed")


def test_facts_that_cannot_be_read_only_delay_it(world: World) -> None:
    is_full(world, FULL)
    world.designer.fails = [Unavailable("resources", "silent"), Unavailable("resources", "silent")]
    world.desk.place(an_order_of_two())
    ended(world, "completed", "completed")
    assert world.order.items[0].design_id == "design-9"


def test_a_wish_that_changes_meanwhile_and_back_leaves_the_item_to_be_designed(world: World) -> None:
    is_full(world, FULL)
    world.designer.fails = [Unavailable("resources", "silent")]
    world.desk.place(an_order_of_two())
    while not world.order.amendments:
        world.until_due()
    for requirement in (a_requirement(bandwidth_mbps=300), an_item().requirement):
        changed = replace(world.order.items[0], requirement=requirement)
        world.amend(world.order.version, partial(with_first, changed), ("serviceOrderItem",))
    ended(world, "completed", "completed")
    assert world.order.items[0].design_id == "design-9"


def test_a_process_that_dies_holding_the_new_design_goes_on_with_it(world: World) -> None:
    is_full(world, FULL)
    world.outside["reserve"].dies_after = at = "order-1/reserve/1/2"
    world.desk.place(an_order_of_two())
    with pytest.raises(Crash):
        world.until_quiet()
    ended(world, "completed", "completed")
    assert world.outside["reserve"].posts.count(at) == 1


def in_flight(world: World) -> World:
    """Everything is ordered and nothing delivered, and the pool has become full."""
    world.waits_for("procure", "provide", "allocate")
    world.desk.place(an_order_of_two())
    world.until_due()
    is_full(world, FULL)
    return world


def test_an_item_that_waits_for_approval_fails_where_its_hold_is_lost_for_good(world: World) -> None:
    world.asks(business=Limits(currency="EUR", one_time_minor=1))
    world.designer.answers = {"1": UNQUALIFIED}
    world.desk.place(an_order_of_two())
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["held", "held"]
    world.refuse("reserve")
    world.books.events.clear()
    world.loses("reserve/1")
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["failed", "held"]
    assert [fault.code for fault in world.order.items[0].faults] == ["SD-CAP-01", "CAPACITY_LOST"]
    assert [wait.items for wait in world.order.waits] == [("2",)]
    assert world.states() == ["held", "inProgress", "held"]


def test_an_item_that_waits_for_its_requester_fails_where_its_hold_is_lost_for_good(world: World) -> None:
    in_flight(world).designer.answers = {"1": UNQUALIFIED}
    wish = replace(world.order.items[0], requirement=a_requirement(bandwidth_mbps=300))
    world.amend(world.order.version, partial(with_first, wish), ("serviceOrderItem",))
    world.advance()
    assert world.order.items[0].state == "pending"
    world.loses("reserve/1")
    while world.task("reserve/1").state != "failed":
        world.until_due()
    assert (world.order.items[0].state, world.order.waits) == ("failed", ())


def test_an_item_that_waits_for_an_operator_keeps_what_it_could_have_instead(world: World) -> None:
    in_flight(world).outside["provide"].fails_looks = True
    world.all_due()
    world.until_due()
    assert world.order.items[0].state == "held"
    world.outside["provide"].fails_looks = False
    world.loses("reserve/1")
    while "order-1/reserve/1/2" not in world.outside["reserve"].placed:
        world.until_due()
    assert (world.order.items[0].state, world.order.items[0].design_id) == ("held", "design-1")
    world.operators.retry("order-1", by="ann")
    world.advance()
    assert world.order.items[0].design_id == "design-9"
    world.answers_again("procure", "provide", "allocate")
    world.all_due()
    ended(world, "completed", "completed")


def test_what_its_requester_has_asked_for_meanwhile_is_no_question(world: World) -> None:
    is_full(world, FULL)
    world.designer.fails = [Unavailable("resources", "silent")]
    world.desk.place(an_order_of_two())
    while not world.order.amendments:
        world.until_due()
    faster = a_requirement(bandwidth_mbps=300)
    world.designer.answers = {"1": answer(replace(DEARER, requirement=faster))}
    wish = replace(world.order.items[0], requirement=faster)
    world.amend(world.order.version, partial(with_first, wish), ("serviceOrderItem",))
    ended(world, "completed", "completed")
    assert (world.order.items[0].design_id, world.order.remarks) == ("design-9", ())
