"""The flows of an order over fakes: run as the engine would run them, with the time going on by itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from linkwright.business.limits import Limits
from linkwright.designs.answers import SiteSolution
from linkwright.operations.model import Objective
from linkwright.orders.amending import Amending
from linkwright.orders.builds import Builds
from linkwright.orders.cancelling import Canceller
from linkwright.orders.carry import Carrier
from linkwright.orders.commit import Commitment
from linkwright.orders.errands import Task
from linkwright.orders.fulfil import Fulfilment
from linkwright.orders.instead import Instead
from linkwright.orders.model import Cancel, Order, OrderItem
from linkwright.orders.operator import OperatorDesk
from linkwright.orders.place import OrderDesk
from linkwright.orders.replies import Replies
from linkwright.orders.standstill import Standstill
from linkwright.orders.watch import Watch
from linkwright.orders.work import Pauses, Work
from tests.builders import NOW, a_leg, a_network, a_requirement, a_solution, an_item, an_order
from tests.fakes import FakeBooks, FakeClock, FakeDesigner, FakeErrands, FakeFacts, FakeNotes, FakeRun, at_once

KINDS = ("reserve", "procure", "provide", "allocate", "publish", "implement", "register")
PAUSES = Pauses(first=timedelta(seconds=1), longest=timedelta(minutes=5))
PATIENCE = timedelta(days=5)
AVAILABLE = Objective(
    name="availability",
    target=0.9995,
    threshold=0.9997,
    comparator=">=",
    unit="",
    period="month",
    measuring_point="CPE",
)
QUICK = replace(AVAILABLE, name="round trip", target=30.0, threshold=25.0, comparator="<=", unit="ms")
PARTNER_LEG = a_leg(access="offer-1", supplier="partner-north", quote="quote-1")


class World:
    """A design with an own and a partner's leg, a way to order it, and everything outside.

    `books` and `clock` are those of a real store, where one is given.
    """

    def __init__(self, books: Any = None, clock: Any = None) -> None:
        self.clock = clock or FakeClock(NOW)
        self.books = books or FakeBooks()
        self.designer = FakeDesigner()
        self.inventory = FakeFacts(facts=a_network())
        self.peer_notes = FakeNotes()
        self.outside = {kind: FakeErrands(self.clock) for kind in KINDS}
        known = [a_solution(design_id=name, legs=(a_leg(), PARTNER_LEG)) for name in ("design-1", "design-2")]
        if books is None:
            self.books.put_designs(known)
        else:
            books.write(lambda tx: tx.put_designs(known, "anonymous"))
        self.desk = OrderDesk(books=self.books, now=self.clock, new_id=lambda: "milestone-1")
        self.operators = OperatorDesk(books=self.books, now=self.clock)
        self.commitment = Commitment(books=self.books, designer=cast(Any, self.designer), now=self.clock)
        self.carrier = Carrier(
            books=self.books,
            errands=self.outside,
            retried=at_once,
            now=self.clock,
            pauses=PAUSES,
            listener=lambda system: f"http://us/listener/{system}",
            patience=PATIENCE,
            publishes=True,
        )
        self.standstill = Standstill(books=self.books, carrier=self.carrier, policy={}, now=self.clock)
        self.run = Fulfilment(
            books=self.books,
            commitment=self.commitment,
            carrier=self.carrier,
            canceller=Canceller(books=self.books, now=self.clock),
            watch=Watch(
                books=self.books,
                instead=Instead(designer=cast(Any, self.designer)),
                builds=Builds(inventory=self.inventory, now=self.clock),
                now=self.clock,
            ),
            replies=Replies(books=self.books, notes=self.peer_notes, retried=at_once, now=self.clock, pauses=PAUSES),
            standstill=self.standstill,
            amending=Amending(
                books=self.books, commitment=self.commitment, carrier=self.carrier, policy={}, now=self.clock
            ),
            now=self.clock,
            pauses=PAUSES,
        )

    def asks(self, **limits: Limits) -> None:
        """From now on this policy counts, by the kind of approval."""
        policy = cast(Any, limits)
        self.standstill = replace(self.standstill, policy=policy)
        amending = replace(self.run.amending, policy=policy)
        self.run = replace(self.run, standstill=self.standstill, amending=amending)

    def refuse(self, *kinds: str) -> None:
        for kind in kinds:
            self.outside[kind].refuses = True

    def waits_for(self, *kinds: str) -> None:
        """These systems take what they are given and never say that it is done."""
        for kind in kinds:
            self.outside[kind].looks_until_done = 10_000

    def answers_again(self, *kinds: str) -> None:
        for kind in kinds:
            self.outside[kind].looks_until_done = 1
            self.outside[kind].down = self.outside[kind].refuses_undo = False
            self.outside[kind].refuses = False

    def all_due(self) -> None:
        """Whatever is out is looked at by the next run."""

        def change(tx: Any) -> None:
            for task in tx.tasks("order-1"):
                if task.state in ("sent", "undoing"):
                    tx.put_task(replace(task, look_at=self.clock()))

        self.run.books.write(change)

    def loses(self, key: str) -> None:
        """The pool has this hold no more, and the next run asks for it."""
        name = f"order-1/{key}"
        del self.outside["reserve"].placed[name]

        def change(tx: Any) -> None:
            tx.put_task(replace(tx.task(name), look_at=self.clock()))
            tx.wake("order", "order-1", self.clock())

        self.run.books.write(change)

    def advance(self) -> None:
        self.run.advance("order-1")

    def until_quiet(self, limit: int = 80) -> None:
        """Advance whenever the row is due, with the time going on to the next due row."""
        for _ in range(limit):
            if self.due_at is None:
                return
            self.until_due()
        raise AssertionError("the order does not come to rest")

    def until_due(self) -> None:
        """Let the time go on to the next due row, and advance once."""
        self.clock.time = max(self.clock.time, self.due_at)
        self.advance()

    def amend(self, version: int, rewrite: Callable[[Order], Order], field_paths: Sequence[str]) -> Order:
        """What was worked out against that version of the order."""
        before = replace(self.order, version=version)
        return self.desk.amend(before, rewrite(before), field_paths)

    @property
    def due_at(self) -> Any:
        return self.books.runs.get(("order", "order-1"), FakeRun()).due_at

    @property
    def order(self) -> Order:
        return self.books.orders["order-1"]

    @property
    def cancel(self) -> Cancel:
        return self.books.stored_cancels["cancel-1"]

    @property
    def work(self) -> Work:
        found = {leaf.id: self.books.designs[leaf.design_id] for leaf in self.order.items if leaf.design_id}
        return Work.of(self.order, self.books.tasks("order-1"), found)

    def task(self, key: str) -> Task:
        return self.books.stored_tasks[f"order-1/{key}"]

    def posts(self) -> list[str]:
        return [key for kind in KINDS for key in self.outside[kind].posts]

    def placed(self) -> list[str]:
        """What is out there now."""
        return [key for kind in KINDS for key in self.outside[kind].placed]

    def told(self, about: str = "order-1") -> list[tuple[str, str]]:
        """(happening, state) of each event about this resource."""
        return [(happening, state) for name, happening, state in self.books.events if name == about]

    def states(self, about: str = "order-1") -> list[str]:
        """The states that a listener heard of, without repetitions in a row."""
        heard = [state for _, state in self.told(about)]
        return [state for number, state in enumerate(heard) if number == 0 or heard[number - 1] != state]


def two_items(**changes: Any) -> tuple[OrderItem, OrderItem]:
    return an_item(**changes), an_item(id="2", requirement=a_requirement(ref="2"), design_id="design-2", **changes)


def an_order_of_two(**changes: Any) -> Order:
    return an_order(**{"items": two_items(), **changes})


def an_undesigned_item(**changes: Any) -> OrderItem:
    return an_item(**{"design_id": None, **changes})


def a_cancel(**changes: Any) -> Cancel:
    plain = Cancel(id="cancel-1", order_id="order-1", state="accepted", asked_at=NOW, requester="anonymous", body={})
    return replace(plain, **changes)


def a_task(**changes: Any) -> Task:
    plain = Task(key="order-1/provide", order_id="order-1", kind="provide", system="resource-orders", items=("1",))
    return replace(plain, **changes)


def solutions_of(**solutions: SiteSolution) -> dict[str, SiteSolution]:
    """By item id, written as `item_1=…`."""
    return {name.removeprefix("item_"): solution for name, solution in solutions.items()}
