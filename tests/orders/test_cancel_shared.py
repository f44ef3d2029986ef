"""Items taken out of an order whose CPE is one resource order: it goes on for the others, and their CPE comes back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from linkwright.orders import board, cancel, cancelling, equipment, giving_back
from linkwright.orders.cancel import denials
from linkwright.orders.course import Course, Point
from linkwright.orders.errands import Errand, Seen
from tests.builders import NOW, a_solution, an_order
from tests.counting import lines_run
from tests.orders.test_large import ordered
from tests.orders.world import World, a_cancel, a_task, solutions_of, two_items

RETURN = "order-1/provide/{}/return"


@pytest.fixture
def world() -> World:
    """Four items without partners, whose CPE is one order that is not delivered."""
    world = ordered(4, bought=0)
    world.waits_for("provide")
    world.advance()
    return world


def ask(world: World, *items: str) -> None:
    world.desk.cancel(a_cancel(items=items))
    world.advance()


def states(world: World) -> list[str]:
    return [item.state for item in world.order.items]


def partly(world: World, *delivered: str, **failures: str) -> None:
    """The resource order is under way, and done for these items."""
    look = world.outside["provide"].look

    def looked(errand: Errand) -> Seen:
        seen = look(errand)
        mine = tuple(item for item in delivered if item in errand.task.items)
        return seen if errand.task.is_return else replace(seen, delivered=mine, failures=failures)

    object.__setattr__(world.outside["provide"], "look", looked)


def test_a_shared_order_of_cpe_is_no_obstacle_and_its_pieces_come_back_once_they_are_there(world: World) -> None:
    ask(world, "1", "2")
    assert states(world) == ["inProgress", "cancelled", "cancelled", "inProgress"]
    assert (world.cancel.state, world.cancel.effective_at) == ("done", NOW)
    assert "Items 1, 2 are cancelled." in (world.cancel.message or "")
    assert "The CPE that comes for what is cancelled is returned: 2 of cpe-1 (resource-orders)." in (
        world.cancel.message or ""
    )
    assert {key for key in world.placed() if "/reserve/" in key} == {"order-1/reserve/0", "order-1/reserve/3"}
    assert world.outside["provide"].posts == ["order-1/provide"]
    world.answers_again("provide")
    world.until_quiet()
    assert (world.order.state, states(world)) == ("partial", ["completed", "cancelled", "cancelled", "completed"])
    back = world.task("provide/1/return")
    assert (back.action, back.items, back.state) == ("delete", ("1", "2"), "done")
    assert world.outside["provide"].posts == ["order-1/provide", RETURN.format("1")]
    assert [one.kind for one in world.order.relations if one.id == back.remote_id] == ["returns"]
    assert all("1" not in one.items and "2" not in one.items for one in world.order.milestones if one.name == "PONR")


def test_what_is_delivered_item_by_item_goes_back_once(world: World) -> None:
    ask(world, "1", "2")
    partly(world, "1")
    world.all_due()
    world.advance()
    assert world.outside["provide"].posts == ["order-1/provide", RETURN.format("1")]
    object.__delattr__(world.outside["provide"], "look")
    world.answers_again("provide")
    world.until_quiet()
    assert world.outside["provide"].posts == ["order-1/provide", RETURN.format("1"), RETURN.format("2")]
    assert world.order.state == "partial"


def test_what_never_came_does_not_go_back_and_nobody_is_asked_about_it(world: World) -> None:
    ask(world, "1")
    world.answers_again("provide")
    partly(world, **{"1": "it was left out"})
    world.until_quiet()
    assert (world.order.state, world.order.waits) == ("partial", ())
    assert world.outside["provide"].posts == ["order-1/provide"]


def test_the_order_ends_while_the_cpe_of_a_cancelled_item_is_still_on_its_way_and_it_goes_back_later(
    world: World,
) -> None:
    ask(world, "1")
    partly(world, "0", "2", "3")
    world.all_due()
    world.advance()
    assert (world.order.state, world.task("provide").state) == ("partial", "sent")
    object.__delattr__(world.outside["provide"], "look")
    world.answers_again("provide")
    world.until_quiet()
    assert world.outside["provide"].posts == ["order-1/provide", RETURN.format("1")]
    assert world.task("provide/1/return").state == "done"
    assert world.outside["provide"].undone == []


def test_who_is_told_to_take_it_back_and_cannot_leaves_it_to_an_operator_for_as_long_as_it_takes(world: World) -> None:
    ask(world, "1")
    send = world.outside["provide"].send
    world.answers_again("provide")

    def refusing(errand: Errand) -> Any:
        world.outside["provide"].refuses = errand.task.is_return
        return send(errand)

    object.__setattr__(world.outside["provide"], "send", refusing)
    world.until_quiet()
    assert (world.order.state, world.task("provide/1/return").state) == ("partial", "fallen")
    assert any(one.severity == "Critical" and "provide/1/return" in one.id for one in world.order.jeopardies)


def test_the_last_items_of_an_order_of_cpe_have_it_taken_back(world: World) -> None:
    world.books.put_task(replace(world.task("provide"), items=("1", "2")))
    ask(world, "1", "2")
    assert states(world) == ["completed", "cancelled", "cancelled", "completed"]
    assert world.task("provide").state == "undone"
    assert "returned" not in (world.cancel.message or "")


def test_of_what_is_not_ordered_yet_nothing_comes_back() -> None:
    world = ordered(4, bought=0)
    world.waits_for("reserve")
    world.advance()
    ask(world, "1")
    assert "returned" not in (world.cancel.message or "")
    world.answers_again("reserve")
    world.until_quiet()
    assert world.task("provide").items == ("0", "2", "3")
    assert world.outside["provide"].posts == ["order-1/provide"]


@pytest.mark.parametrize(("items", "gone"), [("12", "2"), ("0123", "023")])
def test_each_item_is_judged_by_the_day_of_its_own_plan(world: World, items: str, gone: str) -> None:
    """Also where all items are named: it is the whole order only if all of it can be cancelled."""
    today = NOW.date()
    days = {"1": today, "2": today + timedelta(days=1)}
    told = {item: Course(points=(Point(kind="hard", since=day, step="Installation"),)) for item, day in days.items()}
    order = replace(
        world.order, items=tuple(replace(item, course=told.get(item.id, item.course)) for item in world.order.items)
    )
    canceller = world.run.canceller
    asked = world.desk.cancel(a_cancel(items=tuple(items)))
    work = canceller.decide(replace(world.work, order=order), asked)
    canceller.finish(work, asked)
    left = {"0", "1", "2", "3"} - set(gone)
    assert [item.id for item in work.order.items if item.state == "cancelled"] == list(gone)
    assert [item.id for item in work.order.items if item.state == "inProgress"] == sorted(left)
    assert work.order.state == "inProgress"
    assert (
        f"Not cancelled: 1 (it has passed its point of no return (PONR): Installation, by the plan since {today}"
        in (world.cancel.message or "")
    )


def test_a_build_that_items_share_is_an_obstacle_as_before() -> None:
    order = an_order(state="inProgress", items=two_items(state="inProgress"))
    known = solutions_of(item_1=a_solution(), item_2=a_solution())
    shared = a_task(state="sent", items=("1", "2"))
    assert denials(order, [shared], ["2"], None, known) == {}
    assert denials(order, [replace(shared, parts=("cpe",))], ["2"]) == {}
    for task in (replace(shared, parts=("build/b-1",)), replace(shared, parts=("augment/link-1", "cpe"))):
        assert denials(order, [task], ["2"], None, known).keys() == {"2"}
    augmented = known | solutions_of(item_1=a_solution(augments=("link-1",)))
    assert denials(order, [shared], ["2"], None, augmented).keys() == {"2"}


def test_what_the_cancel_does_not_concern_is_not_asked_for_before_it_is_decided() -> None:
    world = ordered(30, bought=2)
    world.waits_for("procure", "provide")
    world.advance()
    looked: list[str] = []
    look = world.outside["procure"].look

    def noted(errand: Errand) -> Seen:
        if world.cancel.state != "done":
            looked.append(errand.task.key)
        return look(errand)

    world.desk.cancel(a_cancel(items=("1", "3")))
    object.__setattr__(world.outside["procure"], "look", noted)
    world.advance()
    assert (world.cancel.state, looked) == ("done", [])


def lines_of(items: int) -> int:
    world = ordered(items, bought=0)
    world.waits_for("provide")
    world.advance()
    asked = world.desk.cancel(a_cancel(items=tuple(str(number) for number in range(items // 20))))
    work, canceller = world.work, world.run.canceller

    def decided() -> None:
        canceller.finish(canceller.decide(work, asked), asked)

    done = lines_run(decided, board, cancel, cancelling, equipment, giving_back)
    assert world.cancel.state == "done"
    assert sum(item.state == "cancelled" for item in world.order.items) == items // 20
    return done


def test_ten_times_the_items_are_about_ten_times_the_work() -> None:
    assert lines_of(600) < 12 * lines_of(60)
