"""Checks and orders over one pool, run as the engine would run them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from linkwright.designs.answers import ItemAnswer, Proposal
from linkwright.holds import keep, reconcile
from linkwright.holds.keep import Keeping
from linkwright.holds.model import Hold, Spans
from linkwright.holds.reconcile import Reconciler
from linkwright.orders.keeping import Keeping as OrderKeeping
from linkwright.orders.model import Order, QualificationRef
from linkwright.orders.work import Pauses
from linkwright.qualifications.answer import Questions
from linkwright.qualifications.model import Question
from tests.builders import NOW, a_question, a_requirement, a_solution, an_item, an_order
from tests.fakes import FakeRun, at_once
from tests.holds.pool import FakePool
from tests.orders.world import World

SPANS = Spans()
FIRM = SPANS.firm
DAY = timedelta(days=1)


class Holds(World):
    """`questions`, orders, the runs of holds and the comparison share books, clock and pool."""

    def __init__(self, store: Any = None) -> None:
        super().__init__(store)
        self.pool = FakePool(self.clock, hold=lambda: self.clock() + FIRM)
        self.outside["reserve"] = cast(Any, self.pool)
        keeping = OrderKeeping(extend=self.pool.extend)
        pauses = Pauses(first=timedelta(seconds=1), longest=DAY / 4)
        self.carrier = replace(self.carrier, keeping=keeping, pauses=pauses)
        self.standstill = replace(self.standstill, carrier=self.carrier)
        self.run = replace(self.run, carrier=self.carrier, standstill=self.standstill)
        books = cast(Any, self.books)
        self.keeping = Keeping(books=books, pool=self.pool, retried=at_once, now=self.clock, spans=SPANS)
        self.questions = Questions(books=books, designer=cast(Any, self.designer), now=self.clock, keeping=self.keeping)
        self.reconciler = Reconciler(
            books=books, pool=self.pool, now=self.clock, spans=SPANS, every=timedelta(minutes=5)
        )

    # what is asked

    def check(self, policy: str | None = "soft", **changes: Any) -> Question:
        wanted = a_requirement(hold_policy=policy)
        return self.questions.accept(a_question(**{"requirements": (wanted,), **changes}))

    def proposing(self, *names: str) -> None:
        """The check's item can only be had otherwise."""
        proposals = tuple(
            Proposal(id=name, dimension="date", solution=a_solution(design_id=f"design-of-{name}")) for name in names
        )
        self.designer.answers = {"1": ItemAnswer(ref="1", result="alternate", proposals=proposals)}

    def answered(self, policy: str | None = "soft") -> Question:
        """A check whose item is qualified and held."""
        self.check(policy)
        self.due_now()
        return self.question

    def order_of(self, design_id: str, **changes: Any) -> Order:
        """Commit a design that a check answered with."""
        ref = QualificationRef(check_id="check-1", item_id="1")
        self.books.qualified_designs[ref] = self.books.designs[design_id]
        item = an_item(design_id=None)
        return self.desk.place(an_order(**{"items": (item,), "qualifications": (ref,), **changes}))

    # the engine

    def due_now(self) -> None:
        """Every run that is due, until none is any more."""
        for _ in range(500):
            due = [piece for piece, run in self.books.runs.items() if run.due_at and run.due_at <= self.clock()]
            if not due:
                return
            self.run_piece(*due[0])
        raise AssertionError("there is always something due")

    def run_piece(self, kind: str, key: str) -> None:
        if kind == "order":
            self.run.advance(key)
        elif kind == keep.RUN:
            self.keeping.advance(key)
        elif kind == reconcile.RUN:
            self.reconciler.advance(key)
        else:
            self.questions.answer(cast(Any, kind), key)

    def to_the_end(self, limit: int = 400) -> None:
        """Let the time go on from due row to due row until nothing is due any more."""
        for _ in range(limit):
            self.due_now()
            due = [run.due_at for run in self.books.runs.values() if run.due_at is not None]
            if not due:
                return
            self.clock.time = max(self.clock.time, min(due))
        raise AssertionError("it does not come to rest")

    def later(self, passed: timedelta) -> None:
        """So much later, with every run in between at its time."""
        until = self.clock.time + passed
        while True:
            self.due_now()
            due = [run.due_at for run in self.books.runs.values() if run.due_at is not None and run.due_at <= until]
            if not due:
                break
            self.clock.time = max(self.clock.time, min(due))
        self.clock.time = until

    # what is there

    @property
    def question(self) -> Question:
        return self.books.questions["check-1"]

    def ledger(self) -> list[str]:
        """The keys of all holds that are open by our own books."""
        return [entry.key for entry in self.books.open_entries("", 1_000)]

    def holds(self) -> dict[str, str]:
        """State by design."""
        return {hold.design_id: hold.state for hold in self.books.holds.values()}

    def the_hold(self) -> Hold:
        (hold,) = self.books.holds.values()
        return hold

    def alerts(self) -> list[tuple[str, str]]:
        return [(one.name, one.severity) for one in self.order.jeopardies]

    def due(self, kind: str, key: str) -> Any:
        return self.books.runs.get((kind, key), FakeRun()).due_at

    def is_empty(self) -> bool:
        return self.pool.active() == [] and self.ledger() == []


__all__ = ["DAY", "FIRM", "NOW", "SPANS", "Holds"]
