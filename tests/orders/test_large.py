"""Orders of many items: each at its own pace, item by item, and no more work than there are items."""

from dataclasses import replace
from typing import Any

from linkwright.orders import board, cancel, cancelling, carry, fulfil, progress, results, states, tasks
from linkwright.orders.carry import MOST_WRITES
from linkwright.orders.errands import Errand, Seen
from tests.builders import a_leg, a_solution, an_item, an_order
from tests.counting import lines_run
from tests.orders.world import World, a_cancel, an_order_of_two

MODULES = (board, cancel, cancelling, carry, fulfil, progress, results, states, tasks)


def ordered(items: int, bought: int = 3, **changes: Any) -> World:
    """Every so many-th item has a partner's leg."""
    world = World()
    for number in range(items):
        partner = a_leg(access=f"offer-{number}", supplier=f"partner-{number}")
        legs = (a_leg(), partner) if bought and number % bought == 0 else (a_leg(),)
        world.books.put_design(a_solution(design_id=f"d-{number}", legs=legs))
    found = tuple(an_item(id=str(number), design_id=f"d-{number}", **changes) for number in range(items))
    world.desk.place(an_order(items=found))
    return world


def only_partner(world: World, slow: str) -> None:
    """This partner alone delivers nothing."""
    look = world.outside["procure"].look

    def looked(errand: Errand) -> Seen:
        if errand.task.system == slow:
            return Seen(state="waiting", remote_state="inProgress")
        return look(errand)

    object.__setattr__(world.outside["procure"], "look", looked)


def test_the_slow_partner_of_one_item_holds_up_nobody_else() -> None:
    world = ordered(10)
    only_partner(world, "partner-3")
    world.advance()
    assert [item.id for item in world.order.items if item.state != "completed"] == ["3"]
    assert world.order.state == "inProgress"
    assert world.outside["implement"].posts == ["order-1/implement/0"]
    assert world.task("implement/0").items == tuple(str(number) for number in range(10) if number != 3)
    object.__delattr__(world.outside["procure"], "look")
    world.until_quiet()
    assert world.order.state == "completed"
    assert world.outside["implement"].posts == ["order-1/implement/0", "order-1/implement/3"]


def test_what_is_held_for_a_service_is_released_when_it_is_active() -> None:
    world = ordered(4)
    only_partner(world, "partner-3")
    world.advance()
    assert set(world.outside["reserve"].placed) == {"order-1/reserve/3"}


def ends_mixed(world: World, kind: str, *failing: str) -> None:
    look = world.outside[kind].look

    def looked(errand: Errand) -> Seen:
        lost = {item: "no port is left" for item in errand.task.items if item in failing}
        return replace(look(errand), failures=lost)

    object.__setattr__(world.outside[kind], "look", looked)


def test_of_an_order_that_ends_mixed_the_good_items_are_completed_and_the_others_fail() -> None:
    for kind in ("provide", "allocate", "implement"):
        world = ordered(3, bought=0)
        ends_mixed(world, kind, "1")
        world.until_quiet()
        assert [item.state for item in world.order.items] == ["completed", "failed", "completed"], kind
        assert world.order.state == "partial"
        (fault,) = world.order.items[1].faults
        assert (fault.reason, fault.message) == (f"{kind} failed at {world.task(_key(kind)).system}", "no port is left")
        assert world.outside["reserve"].placed == {}
        assert "order-1/register/1" not in world.posts()


def _key(kind: str) -> str:
    return "implement/0" if kind == "implement" else kind


def test_of_an_order_that_lost_all_of_its_items_nothing_is_completed() -> None:
    world = ordered(2, bought=0)
    ends_mixed(world, "implement", "0", "1")
    world.until_quiet()
    assert world.order.state == "failed"
    assert world.placed() == ["order-1/provide", "order-1/implement/0"]


def test_an_item_that_is_delivered_before_the_others_goes_on_alone() -> None:
    world = ordered(3, bought=0)
    look = world.outside["provide"].look

    def early(errand: Errand) -> Seen:
        seen = look(errand)
        return replace(seen, delivered=("2",)) if seen.state == "waiting" else seen

    object.__setattr__(world.outside["provide"], "look", early)
    world.waits_for("provide")
    world.advance()
    assert [item.state for item in world.order.items] == ["inProgress", "inProgress", "completed"]
    assert [one.items for one in world.order.milestones if one.name == "PONR"] == [("2",)]
    world.answers_again("provide")
    world.until_quiet()
    assert world.order.state == "completed"


def test_items_are_implemented_after_what_they_depend_on_and_fail_with_it() -> None:
    world = World()
    one, two = an_order_of_two().items
    world.desk.place(an_order_of_two(items=(replace(one, depends_on=("2",)), two)))
    world.until_quiet()
    assert world.outside["implement"].posts == ["order-1/implement/2", "order-1/implement/1"]

    world = World()
    world.desk.place(an_order_of_two(items=(replace(one, depends_on=("2",)), two)))
    ends_mixed(world, "provide", "2")
    world.until_quiet()
    assert [item.state for item in world.order.items] == ["failed", "failed"]
    assert "item 1 depends on item 2" in world.order.items[0].faults[0].message
    assert world.outside["reserve"].placed == {}


def lines_of(items: int, *, cancelled: bool = False) -> int:
    world = ordered(items)
    if cancelled:
        world.waits_for("procure", "provide")
        world.advance()
        world.desk.cancel(a_cancel())
    done = lines_run(world.until_quiet, *MODULES)
    assert world.order.state == ("cancelled" if cancelled else "completed")
    return done


def test_an_order_of_ten_times_the_items_is_about_ten_times_the_work() -> None:
    assert lines_of(200) < 12 * lines_of(20)


def test_so_is_taking_it_back() -> None:
    assert lines_of(300, cancelled=True) < 12 * lines_of(30, cancelled=True)


def test_a_large_order_is_written_a_bounded_number_of_times() -> None:
    versions = []
    for items in (60, 600):
        world = ordered(items)
        world.until_quiet()
        assert world.order.state == "completed"
        versions.append(world.order.version)
    assert max(versions) < 3 * MOST_WRITES


def test_many_refusals_and_silences_are_no_more_work_than_there_are_items() -> None:
    def lines(items: int) -> int:
        world = ordered(items, bought=1)
        world.outside["procure"].down = True
        world.advance()
        world.outside["procure"].down = False
        world.outside["procure"].refuses = True
        done = lines_run(world.until_quiet, *MODULES)
        assert world.order.state == "failed"
        assert len(world.order.jeopardies) == items
        return done

    assert lines(200) < 5 * lines(50)
