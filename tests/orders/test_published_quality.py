"""Service level objectives are published once an item is held, before it is implemented; what fails takes them out."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from linkwright.designs.answers import SiteSolution
from linkwright.orders.board import Board
from linkwright.orders.cancel import firm, is_given_back, to_undo
from linkwright.orders.errands import Errand, Seen
from linkwright.orders.fallout import is_waited_for
from linkwright.orders.replan import Switch, added_tasks, replanned
from linkwright.orders.tasks import of_kind, planned_tasks
from tests.builders import NOW, a_leg, a_solution, an_item, an_order
from tests.fakes import Crash, FakeErrands
from tests.orders.world import AVAILABLE, PARTNER_LEG, QUICK, World, a_cancel, a_task, an_order_of_two

PUBLISH = "publish/1"


@dataclass
class Published(FakeErrands):
    """Says which objectives it has, as the other system's ids."""

    def look(self, errand: Errand) -> Seen:
        seen = super().look(errand)
        named = {one.name: f"id of {one.name}" for one in errand.solutions[errand.task.items[0]].objectives}
        return replace(seen, reported={errand.task.items[0]: {"objectives": named}}) if seen.state == "done" else seen


def measured(name: str = "design-1", **changes: Any) -> SiteSolution:
    plain = {"design_id": name, "legs": (a_leg(), PARTNER_LEG), "objectives": (AVAILABLE, QUICK)}
    return a_solution(**{**plain, **changes})


def a_world(*items: str) -> World:
    world = World()
    world.outside["publish"] = Published(world.clock)
    world.run.carrier.errands["publish"] = world.outside["publish"]  # type: ignore[index]
    for name in items or ("design-1",):
        world.books.designs[name] = measured(name)
    return world


def test_only_items_with_objectives_are_published_and_only_where_somebody_takes_them() -> None:
    designs = {"1": measured(), "2": a_solution()}
    assert of_kind(planned_tasks("order-1", designs), "publish") == []
    (task,) = of_kind(planned_tasks("order-1", designs, publishes=True), "publish")
    assert (task.key, task.items, task.system) == ("order-1/publish/1", ("1",), "service-quality")
    assert task.after == ("order-1/holds",)


def test_it_goes_out_once_all_is_held_and_the_implementation_waits_for_it() -> None:
    world = a_world()
    world.waits_for("reserve", "publish")
    world.desk.place(an_order())
    world.advance()
    assert world.outside["publish"].posts == []
    world.answers_again("reserve")
    world.all_due()
    for _ in range(4):
        world.until_due()
    assert world.outside["publish"].posts == ["order-1/publish/1"]
    assert world.task("allocate").state == "done"
    assert world.outside["implement"].posts == []
    world.answers_again("publish")
    world.until_quiet()
    assert world.order.state == "completed"


def test_the_order_names_what_was_published() -> None:
    world = a_world()
    world.desk.place(an_order())
    world.until_quiet()
    names = [milestone.name for milestone in world.order.milestones]
    assert names.index("sqmParametersPublished") < names.index("downstreamOrdersIssued")
    (leaf,) = world.order.items
    assert leaf.course is not None
    assert leaf.course.objectives == {"availability": "id of availability", "round trip": "id of round trip"}
    references = {(one.kind, one.id) for one in world.order.references}
    assert ("serviceLevelSpecification", "remote/order-1/publish/1") in references


def test_without_objectives_there_is_no_such_milestone() -> None:
    world = World()
    world.desk.place(an_order())
    world.until_quiet()
    assert "sqmParametersPublished" not in {milestone.name for milestone in world.order.milestones}
    assert world.outside["publish"].posts == []


def test_a_cancel_takes_out_what_was_published_and_its_ids() -> None:
    world = a_world()
    world.waits_for("procure", "provide")
    world.desk.place(an_order())
    world.advance()
    assert world.order.items[0].course is not None
    world.desk.cancel(a_cancel())
    world.until_quiet()
    assert (world.order.state, world.outside["publish"].undone) == ("cancelled", ["order-1/publish/1"])
    assert world.order.items[0].course is None
    assert world.placed() == []


def test_what_fails_before_it_is_active_takes_it_out_and_what_goes_on_keeps_it() -> None:
    world = a_world("design-1", "design-2")
    partner = world.outside["procure"]
    look = partner.look

    def fails_the_first(errand: Errand) -> Seen:
        if errand.task.items != ("1",) or "order-1/publish/1" not in world.outside["publish"].placed:
            return look(errand)
        return Seen(state="failed", remote_state="failed", text="it broke")

    partner.looks_until_done = 3
    partner.look = fails_the_first  # type: ignore[method-assign]
    world.desk.place(an_order_of_two())
    world.until_quiet()
    assert [leaf.state for leaf in world.order.items] == ["failed", "completed"]
    assert world.outside["publish"].undone == ["order-1/publish/1"]
    assert "order-1/publish/2" in world.outside["publish"].placed


def test_an_active_service_keeps_its_objectives() -> None:
    done = a_task(kind="publish", state="done", key="order-1/publish/1", remote_id="levels-1")
    assert to_undo([done], kept=("1",)) == []
    assert to_undo([done]) == [done]
    assert is_given_back([done], kept=("1",))
    assert not is_given_back([done])
    assert firm(an_order(items=(an_item(state="inProgress"),)), [replace(done, state="sent")]) == []


def test_a_failure_waits_for_an_operator_as_with_every_system_of_our_own() -> None:
    assert is_waited_for(a_task(kind="publish"), timedelta(days=5))
    world = a_world()
    world.refuse("publish")
    world.desk.place(an_order())
    world.advance()
    assert (world.order.items[0].state, world.task(PUBLISH).state) == ("held", "fallen")
    world.answers_again("publish")
    world.operators.retry("order-1", ("1",), by="anna", reason="it is back")
    world.until_quiet()
    assert world.order.state == "completed"
    assert "sqmParametersPublished" in {milestone.name for milestone in world.order.milestones}


def test_a_process_that_dies_after_it_was_sent_sends_nothing_twice() -> None:
    world = a_world()
    world.outside["publish"].dies_after = "order-1/publish/1"
    world.desk.place(an_order())
    with pytest.raises(Crash):
        world.advance()
    world.until_quiet()
    assert (world.order.state, world.outside["publish"].posts) == ("completed", ["order-1/publish/1"])


@pytest.mark.parametrize(
    ("new", "kept", "planned"),
    [((AVAILABLE, QUICK), True, 0), ((AVAILABLE,), False, 1), ((), False, 0)],
)
def test_another_design_is_published_anew_where_it_promises_something_else(new: Any, kept: bool, planned: int) -> None:
    first = [replace(task, state="done") for task in planned_tasks("order-1", {"1": measured()}, publishes=True)]
    switch = Switch(old=measured(), new=measured("design-9", objectives=new))
    found = replanned("order-1", Board(first), {"1": switch}, NOW, publishes=True)
    tasks = of_kind(found.tasks, "publish")
    assert [task.key for task in tasks if task.state == "undoing"] == ([] if kept else ["order-1/publish/1"])
    fresh = [task for task in tasks if task.state == "planned"]
    assert [task.key for task in fresh] == ["order-1/publish/1/2"] * planned


def test_an_item_that_is_added_publishes_its_own() -> None:
    (task,) = of_kind(added_tasks("order-1", {"2": measured()}, Board(), publishes=True), "publish")
    assert (task.items, task.after) == (("2",), ("order-1/holds/2",))
