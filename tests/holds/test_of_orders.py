"""What an order holds: taken over from its check, made to last, held again where it was lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linkwright.orders.errands import Hint, Task
from linkwright.orders.keeping import Keeping
from linkwright.orders.peer_event import PeerNews
from tests.builders import a_solution
from tests.holds.world import DAY, FIRM, NOW, Holds
from tests.orders.world import a_task, an_order_of_two

HELD = "check-1/hold/1/"


@pytest.fixture
def world() -> Holds:
    """Partners and the resource domain take their time."""
    world = Holds()
    world.waits_for("procure", "provide")
    return world


def reserve(world: Holds) -> Task:
    return world.task("reserve/1")


# Taken over from a check


def test_an_order_takes_over_what_its_check_holds_and_reserves_nothing_anew(world: Holds) -> None:
    world.answered("firm")
    world.order_of("fresh-1")
    world.due_now()
    assert world.pool.posts == [f"{HELD}fresh-1"]
    assert world.pool.released == []
    assert (reserve(world).state, reserve(world).remote_id) == ("done", "r-1")
    assert (world.the_hold().state, world.the_hold().order_id) == ("taken", "order-1")
    assert [(r.kind, r.id) for r in world.order.references] == [("reservation", "r-1")]


def test_what_is_taken_over_is_made_to_last_as_long_as_any_hold_of_an_order(world: Holds) -> None:
    world.answered("soft")
    assert world.pool.reservations["r-1"].end == NOW + DAY
    world.order_of("fresh-1")
    world.due_now()
    assert world.pool.reservations["r-1"].end == NOW + FIRM
    assert reserve(world).expires_at == NOW + FIRM


def test_the_proposals_that_are_not_chosen_are_given_back_once_one_is_ordered(world: Holds) -> None:
    world.proposing("p-1", "p-2", "p-3")
    world.answered("firm")
    assert len(world.pool.active()) == 3
    world.order_of("design-of-p-2")
    world.due_now()
    assert world.pool.active() == [f"{HELD}design-of-p-2"]
    assert world.holds() == {"design-of-p-1": "released", "design-of-p-2": "taken", "design-of-p-3": "released"}


def test_what_the_check_of_somebody_else_holds_is_not_taken(world: Holds) -> None:
    world.answered("firm")
    world.order_of("fresh-1", requester="somebody-else")
    world.due_now()
    assert world.pool.posts == [f"{HELD}fresh-1", "order-1/reserve/1"]
    assert world.the_hold().state == "held"


def test_a_second_order_of_the_same_design_reserves_for_itself(world: Holds) -> None:
    world.answered("firm")
    world.order_of("fresh-1")
    world.due_now()
    world.order_of("fresh-1", id="order-2")
    world.due_now()
    assert world.pool.active() == [f"{HELD}fresh-1", "order-2/reserve/1"]


def test_a_hold_whose_time_is_over_is_not_taken(world: Holds) -> None:
    world.answered("soft")
    world.clock.time += DAY
    world.order_of("fresh-1")
    world.advance()
    assert world.pool.posts == [f"{HELD}fresh-1", "order-1/reserve/1"]
    world.due_now()
    assert world.pool.active() == ["order-1/reserve/1"]


def test_a_design_that_is_computed_anew_is_held_before_the_old_hold_goes(world: Holds) -> None:
    old = a_solution(design_id="old", valid_until=NOW + DAY)
    world.designer.answers = {"1": replace(world.designer.answer([old.requirement]).items[0], solution=old)}
    world.answered("firm")
    world.designer.answers = {}
    world.clock.time += DAY - timedelta(seconds=1)
    world.order_of("old")
    world.clock.time += timedelta(seconds=1)
    world.advance()
    assert world.pool.posts == [f"{HELD}old", "order-1/reserve/1"]
    assert world.pool.released == []
    world.due_now()
    assert world.pool.active() == ["order-1/reserve/1"]


# Made to last


def test_a_hold_that_ends_soon_is_extended_and_looked_after_again(world: Holds) -> None:
    world.desk.place(an_order_of_two())
    world.later(FIRM - 5 * DAY)
    assert world.pool.extended == []
    world.later(2 * DAY)
    assert world.pool.extended == ["order-1/reserve/1", "order-1/reserve/2"]
    assert world.alerts() == []
    world.later(2 * FIRM)
    assert set(world.pool.active()) == {"order-1/reserve/1", "order-1/reserve/2"}
    assert world.pool.posts == ["order-1/reserve/1", "order-1/reserve/2"]


def test_the_order_is_due_when_its_hold_is_the_next_thing_to_look_at(world: Holds) -> None:
    world.desk.place(an_order_of_two())
    world.due_now()
    for task in world.books.tasks("order-1"):
        if task.kind != "reserve" and task.look_at is not None:
            world.books.put_task(replace(task, look_at=NOW + FIRM, not_before=NOW + FIRM))
    world.advance()
    assert reserve(world).look_at == world.due_at == NOW + FIRM - 4 * DAY


@pytest.mark.parametrize(("left", "severity"), [(4, "Normal"), (2, "Hazard"), (1, "Critical")])
def test_a_hold_that_cannot_be_extended_is_an_alert_that_grows(world: Holds, left: int, severity: str) -> None:
    world.pool.extends = False
    world.desk.place(an_order_of_two())
    world.later(FIRM - left * DAY)
    world.due_now()
    assert world.alerts() == [("HOLD_EXPIRING", severity)] * 2
    assert [one.items for one in world.order.jeopardies] == [("1",), ("2",)]
    assert world.told()[-1][0] == "jeopardy"


def test_a_pool_that_is_silent_while_a_hold_ends_is_an_alert_too(world: Holds) -> None:
    world.desk.place(an_order_of_two())
    world.due_now()
    world.pool.down = True
    world.later(FIRM - DAY)
    assert set(world.alerts()) == {("HOLD_EXPIRING", "Hazard")}
    world.pool.down = False
    world.later(DAY / 4)
    assert reserve(world).expires_at is not None
    assert reserve(world).expires_at > NOW + FIRM  # type: ignore[operator]


def test_a_pool_that_gives_little_time_at_once_is_asked_again_and_again(world: Holds) -> None:
    keeping = Keeping()
    halfway = keeping.after_extension(NOW + DAY, NOW)
    assert halfway == NOW + DAY / 2
    assert keeping.after_extension(NOW + FIRM, NOW) == NOW + FIRM - keeping.extended
    assert keeping.after_extension(NOW, NOW) > NOW


@pytest.mark.parametrize(
    "task", [a_task(kind="provide", expires_at=NOW), a_task(kind="reserve")], ids=["no hold", "no end"]
)
def test_only_a_hold_with_an_end_is_looked_after(task: Task) -> None:
    assert Keeping().next_look(task) is None


# Lost


def test_a_hold_that_has_expired_is_held_again_under_another_key(world: Holds) -> None:
    world.pool.extends = False
    world.desk.place(an_order_of_two())
    world.later(FIRM)
    world.due_now()
    assert world.pool.active() == ["order-1/reserve/1~1", "order-1/reserve/2~1"]
    assert ("CAPACITY_LOST", "Normal") in world.alerts()
    assert (reserve(world).state, reserve(world).renewals) == ("done", 1)
    assert world.order.state == "inProgress"


def test_what_the_pool_has_lost_is_noticed_and_held_again(world: Holds) -> None:
    world.desk.place(an_order_of_two())
    world.due_now()
    world.pool.drop("order-1/reserve/1")
    assert world.reconciler.sweep().told == ("order-1/reserve/1",)
    world.due_now()
    assert set(world.pool.active()) == {"order-1/reserve/2", "order-1/reserve/1~1"}
    assert world.alerts() == [("CAPACITY_LOST", "Normal")]
    assert world.reconciler.sweep().told == ()


def test_an_event_of_the_pool_makes_the_order_look_at_its_hold(world: Holds) -> None:
    world.desk.place(an_order_of_two())
    world.due_now()
    world.pool.drop("order-1/reserve/1")
    assert PeerNews(books=world.books, now=world.clock).heard("pool", Hint(event_id="event-1", remote_id="r-1"))
    world.due_now()
    assert "order-1/reserve/1~1" in world.pool.active()


def test_an_item_fails_when_what_it_lost_is_not_to_be_had_again(world: Holds) -> None:
    world.desk.place(an_order_of_two())
    world.due_now()
    world.pool.drop("order-1/reserve/1")
    world.pool.room = 1
    world.reconciler.sweep()
    world.later(timedelta(minutes=1))
    first, second = world.order.items
    assert (first.state, second.state) == ("failed", "inProgress")
    assert {fault.code for fault in first.faults} == {"CAPACITY_LOST"}


def test_nobody_else_is_ordered_from_while_a_hold_is_lost(world: Holds) -> None:
    """What is lost before the others are asked is held again first."""
    world.outside["procure"].down = True
    world.desk.place(an_order_of_two())
    world.due_now()
    world.pool.drop("order-1/reserve/1")
    world.pool.down = True
    world.books.look_again(world.books.open_entries("", 1)[0], world.clock())
    world.later(timedelta(minutes=1))
    assert reserve(world).remote_id is not None
    world.pool.down = False
    world.later(DAY / 4)
    assert "order-1/reserve/1~1" in world.pool.active()
