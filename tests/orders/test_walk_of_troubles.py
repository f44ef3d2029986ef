"""Random walks through troubles that meet: every order ends or waits for somebody, and nothing is left outside."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, cast

import pytest

from linkwright.business.limits import Limits
from linkwright.errors import Conflict, InvalidRequest, NotFound, StaleVersion
from linkwright.orders.errands import Task
from linkwright.orders.model import Order
from linkwright.orders.states import FINAL, ITEM, ORDER, leaves
from linkwright.orders.waits import Wait
from tests.builders import a_requirement, an_item, an_order
from tests.fakes import Crash, FakeBooks
from tests.orders.troubled import DESIGNS, JUST_NOT_LATE, LOOKS, SENDS, UNDOES, Designer, Troubled
from tests.orders.world import AVAILABLE, KINDS, PAUSES, World, a_cancel, two_items

WALKS, MOST_STEPS, MOST_RUNS = 400, 50, 150
LEFTOVER = "it is not needed any more and is not taken back"
REFUSED = (Conflict, InvalidRequest, NotFound, StaleVersion)


class WatchedBooks(FakeBooks):
    """Checks that every stored move is allowed."""

    def save(self, thing: Any, *happenings: str, field_path: str | None = None, over: Any = None) -> Any:
        before = self.orders[thing.id]
        was = {leaf.id: leaf.state for leaf in leaves(before.items)}
        moves = [(ITEM, was[leaf.id], leaf.state) for leaf in leaves(thing.items) if leaf.id in was]
        for allowed, first, then in [*moves, (ORDER, before.state, thing.state)]:
            assert then == first or then in allowed[first] or before.version != thing.version, (first, then)
        return super().save(thing, *happenings, field_path=field_path, over=over)


class Walk:
    """Operators say what is true: they ask the other side before they decide."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.world = World(WatchedBooks(designs=World().books.designs))
        self.designer = Designer()
        object.__setattr__(self.world.commitment, "designer", cast(Any, self.designer))
        self.outside = {kind: Troubled(self.world.clock, kind=kind, random=self.random) for kind in KINDS}
        self.outside["procure"].can_be_asked = self.random.random() < 0.6
        self.world.outside.update(self.outside)
        if self.random.random() < 0.5:
            designs = self.world.books.designs
            designs |= {name: replace(one, objectives=(AVAILABLE,)) for name, one in designs.items()}
        if self.random.random() < 0.4:
            self.world.asks(business=Limits(currency="EUR", one_time_minor=1))
        first, second = two_items()
        behind = () if self.random.random() < 0.7 else ("1",)
        self.world.desk.place(an_order(items=(first, replace(second, depends_on=behind))))
        self.cancels = 0

    def step(self, name: str) -> None:
        for one in self.outside.values():
            one.arrive()
        with suppress(*REFUSED):
            getattr(self, name)()
        self.checked()

    def some_items(self) -> tuple[str, ...]:
        return self.random.choice((("1",), ("2",), ()))

    # what happens

    def advances(self) -> None:
        self.world.advance()

    def time_goes_on(self) -> None:
        if self.world.due_at is not None:
            self.world.until_due()

    def time_goes_on_further(self) -> None:
        self.world.clock.time += self.random.choice((timedelta(seconds=1), JUST_NOT_LATE, PAUSES.late))

    def sending_changes(self) -> None:
        kind = self.random.choice(KINDS)
        self.outside[kind].sends = self.random.choice(SENDS[: -2 if kind == "reserve" else None])

    def looking_changes(self) -> None:
        self.outside[self.random.choice(KINDS[1:])].looks = self.random.choice(LOOKS)

    def taking_back_changes(self) -> None:
        self.outside[self.random.choice(KINDS)].undoes = self.random.choice(UNDOES)

    def designing_changes(self) -> None:
        self.designer.how = self.random.choice(DESIGNS)

    def everybody_sends(self) -> None:
        for one in self.outside.values():
            one.sends = "ok"

    def is_amended(self) -> None:
        name, rate = self.random.choice("12"), self.random.choice((100, 200, 300))
        wish = a_requirement(ref=name, bandwidth_mbps=rate)
        items = tuple(replace(one, requirement=wish) if one.id == name else one for one in self.order.items)
        if len(items) == 2 and self.random.random() < 0.2:
            items = (*items, an_item(id="3", design_id=None, requirement=a_requirement(ref="3")))
        self.world.desk.amend(self.order, replace(self.order, items=items), ("serviceOrderItem",))

    def is_answered(self) -> None:
        note = [{"id": str(self.order.version), "text": "The second floor."}]
        self.world.desk.amend(self.order, replace(self.order, body={**self.order.body, "note": note}), ("note",))

    def a_hold_is_lost(self) -> None:
        pool = self.outside["reserve"].placed
        held = [task for task in self.tasks() if task.kind == "reserve" and task.state == "done"]
        if (task := next((task for task in held if task.placed_as in pool), None)) is not None:
            del pool[task.placed_as]
            self.world.books.put_task(replace(task, look_at=self.world.clock()))
            self.world.books.wake("order", "order-1", self.world.clock())

    def somebody_approves(self) -> None:
        self.world.operators.approve("order-1", self.some_items(), by="Ann")

    def somebody_rejects(self) -> None:
        self.world.operators.reject("order-1", self.some_items(), by="Ann", reason="no")

    def somebody_gives_up(self) -> None:
        self.world.operators.resolve("order-1", self.some_items(), outcome="failed", by="Ann", reason="lost")

    def somebody_settles(self) -> None:
        """Placed, it counts as done; not placed, it is tried again; not taken back, he takes it back himself."""
        for wait in [wait for wait in self.order.waits if wait.task and wait.kind != "partner"]:
            tasks = [self.world.books.stored_tasks[one.task or ""] for one in self._together(wait)]
            if any(task.placed_as in self.outside[task.kind].coming for task in tasks):
                continue
            there = {task.key for task in tasks if task.placed_as in self.outside[task.kind].placed}
            if wait.kind == "undo":
                for task in tasks:
                    self.outside[task.kind].placed.pop(task.placed_as, None)
            elif len(tasks) == 1 and not there:
                self.world.operators.retry("order-1", wait.items, by="Ann")
                return
            for task in tasks:
                self.outside[task.kind].delivered.add(task.placed_as)
            self.world.operators.resolve("order-1", wait.items, outcome="done", by="Ann", reason="by hand")
            return

    def the_requester_decides(self) -> None:
        states = ("inProgress", "inProgress", "cancelled")
        for leaf in [leaf for leaf in leaves(self.order.items) if leaf.state == "pending"]:
            wanted = {leaf.id: cast(Any, self.random.choice(states))}
            self.world.operators.decide(self.order, self.order, wanted, by="me", reason="", allowed=tuple)
            return

    def is_cancelled(self) -> None:
        self.cancels += 1
        self.world.desk.cancel(a_cancel(id=f"cancel-{self.cancels}", items=self.some_items()))

    def is_withdrawn(self) -> None:
        if self.random.random() < 0.2:
            self.world.desk.withdraw("order-1")

    def process_dies(self) -> None:
        books = self.world.books
        books.die_at = books.writes + self.random.randint(1, 6)
        with suppress(Crash):
            self.world.advance()
        books.die_at = None

    # what holds

    @property
    def is_there(self) -> bool:
        return "order-1" in self.world.books.orders

    @property
    def order(self) -> Order:
        return self.world.order

    def tasks(self) -> list[Task]:
        return list(self.world.books.stored_tasks.values())

    def _together(self, wait: Wait) -> list[Wait]:
        """What is decided about the items of one wait is decided about all of its kind."""
        return [one for one in self.order.waits if one.kind == wait.kind and set(one.items) & set(wait.items)]

    def checked(self) -> None:
        if not self.is_there:
            return
        open_ = {task.placed_as for task in self.tasks() if task.state in ("sent", "done", "undoing", "fallen")}
        assert set(self.outside["reserve"].placed) <= open_
        if self.world.due_at is not None:
            return
        awaited = {item for wait in self.order.waits if wait.until is None for item in wait.items}
        going = [leaf for leaf in leaves(self.order.items) if leaf.state not in FINAL]
        assert all({leaf.id, *leaf.depends_on} & awaited for leaf in going)

    def ends(self) -> None:
        """Everybody answers, and whoever is waited for decides."""
        for one in self.outside.values():
            one.sends, one.looks, one.undoes, one.can_be_asked = "ok", "done", "ok", True
        self.designer.how = "other"
        deciding: tuple[Callable[[], None], ...] = (
            self.somebody_settles,
            self.somebody_approves,
            self.the_requester_decides,
        )
        for _ in range(MOST_RUNS):
            if not self.is_there or (self.order.state in FINAL and not self.order.waits and self.world.due_at is None):
                break
            for decides in deciding:
                self.step(decides.__name__)
            self.step("time_goes_on")
            self.world.clock.time += PAUSES.late if any(one.coming for one in self.outside.values()) else timedelta()
        else:
            raise AssertionError("the order does not come to rest")
        self.nothing_is_left()

    def nothing_is_left(self) -> None:
        self.world.clock.time += PAUSES.late
        for one in self.outside.values():
            one.arrive()
        assert self.outside["reserve"].placed == {}
        assert not any(task.state in ("planned", "sent", "undoing") for task in self.tasks())
        if self.is_there:
            leftover = {one.id.partition("/")[2] for one in self.order.jeopardies if LEFTOVER in one.message}
            left = [key for one in self.outside.values() for key in one.placed.keys() - one.delivered - leftover]
            assert (left, self.order.superseded) == ([], ())


STEPS = [
    name
    for name in list(vars(Walk))[list(vars(Walk)).index("advances") : list(vars(Walk)).index("is_there")]
    if not name.startswith("_")
]


@pytest.mark.parametrize("part", range(4))
def test_whatever_meets_the_order_ends_or_waits_for_somebody_and_nothing_is_left(part: int) -> None:
    for seed in range(part, WALKS, 4):
        walk = Walk(seed)
        try:
            for _ in range(walk.random.randint(5, MOST_STEPS)):
                if walk.is_there:
                    walk.step(walk.random.choice(STEPS))
            walk.ends()
        except Exception as error:
            error.add_note(f"in walk {seed}")
            raise
