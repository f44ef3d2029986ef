"""Random walks through the life of an order: whatever happens, it moves along the published states and says so."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkwright.business.limits import Limits
from linkwright.errors import Conflict, InvalidRequest, NotFound, StaleVersion
from linkwright.moves import TASK
from linkwright.orders.cancelling import MOST_FAILURES
from linkwright.orders.errands import Errand, Hint, Seen
from linkwright.orders.model import Cancel, Order
from linkwright.orders.peer_event import PeerNews
from linkwright.orders.states import ITEM, ORDER, leaves, rolled_up
from tests.builders import NOW
from tests.fakes import Crash, FakeBooks
from tests.orders.world import KINDS, World, a_cancel, an_order_of_two, an_undesigned_item, two_items

Move = tuple[str, str, str]
REFUSED = (Conflict, InvalidRequest, NotFound, StaleVersion)


class WatchedBooks(FakeBooks):
    """Checks every write as a listener would see it: each move is allowed, and each is told."""

    def save(self, thing: Any, *happenings: str, field_path: str | None = None, over: Any = None) -> Any:
        before = self.orders[thing.id]
        moves = _moves(before, thing)
        assert all(after in (ORDER if kind == "order" else ITEM)[was] for kind, was, after in moves), moves
        assert happenings.count("stateChanged") == bool(moves), (moves, happenings)
        straight = rolled_up(thing.items)
        on_its_way = thing.state == "inProgress" and straight not in ORDER[before.state] | {before.state}
        called_off = (before.state, thing.state) == ("pendingCancellation", "cancelled")  # whatever was complete before
        assert thing.state == straight or on_its_way or called_off or "stateChanged" not in happenings, thing
        return super().save(thing, *happenings, field_path=field_path, over=over)

    def save_cancel(self, cancel: Cancel) -> Cancel:
        before = self.stored_cancels[cancel.id].state
        assert cancel.state == before or cancel.state in TASK[before], (before, cancel.state)
        return super().save_cancel(cancel)


def _moves(before: Order, after: Order) -> list[Move]:
    was = {leaf.id: leaf.state for leaf in leaves(before.items)}
    items = [("item", was[leaf.id], leaf.state) for leaf in leaves(after.items) if leaf.id in was]
    return [move for move in (("order", before.state, after.state), *items) if move[1] != move[2]]


class Walk:
    """What may happen next, by name. What a requester does wrongly is refused and changes nothing."""

    def __init__(self) -> None:
        self.world = World()
        watched = WatchedBooks(**vars(self.world.books))
        self.world.asks(business=Limits(currency="EUR", one_time_minor=1))
        parts = (self.world.desk, self.world.commitment, self.world.carrier, self.world.run, self.world.operators)
        for part in (*parts, self.world.standstill):
            object.__setattr__(part, "books", watched)
        object.__setattr__(self.world.run.canceller, "books", watched)
        self.world.books = watched
        items = (*two_items(), an_undesigned_item(id="3", action="noChange", service_id="s-3"))
        parent = an_undesigned_item(id="4", children=items[1:])
        start = NOW + timedelta(seconds=1)
        self.world.desk.place(an_order_of_two(items=(items[0], parent), requested_start=start))
        self.cancels = 0

    def step(self, name: str) -> None:
        before = dict(self.world.books.orders)
        try:
            getattr(self, name)()
        except REFUSED:
            assert self.world.books.orders == before

    def advances(self) -> None:
        with suppress(ZeroDivisionError):
            self.world.advance()

    def time_goes_on(self) -> None:
        if self.world.due_at is not None:
            with suppress(ZeroDivisionError):
                self.world.until_due()

    def everybody_waits(self) -> None:
        self.world.waits_for(*KINDS)

    def everybody_answers(self) -> None:
        self.world.answers_again(*KINDS)

    def partner_is_down(self) -> None:
        self.world.outside["procure"].down = True

    def partner_refuses(self) -> None:
        self.world.outside["procure"].refuses = True

    def own_systems_refuse(self) -> None:
        self.world.refuse("provide", "register")

    def somebody_approves(self) -> None:
        self.world.operators.approve("order-1", by="Ann")

    def somebody_approves_an_item(self) -> None:
        self.world.operators.approve("order-1", ("2",), by="Ann")

    def somebody_rejects_an_item(self) -> None:
        self.world.operators.reject("order-1", ("1",), by="Ann", reason="no")

    def somebody_has_it_tried_again(self) -> None:
        self.world.operators.retry("order-1", by="Ann")

    def somebody_did_it_by_hand(self) -> None:
        self.world.operators.resolve("order-1", ("2",), outcome="done", by="Ann", reason="by hand")

    def somebody_gives_it_up(self) -> None:
        self.world.operators.resolve("order-1", outcome="failed", by="Ann", reason="lost")

    def allocation_loses_an_item(self) -> None:
        outside = self.world.outside["allocate"]

        def mixed(errand: Errand) -> Seen:
            return replace(type(outside).look(outside, errand), failures={"2": "no prefix is left"})

        object.__setattr__(outside, "look", mixed)

    def partner_tells_of_news(self) -> None:
        hint = Hint(event_id=f"event-{len(self.world.books.hints)}", remote_id="remote/order-1/procure/1/offer-1")
        PeerNews(books=self.world.books, now=self.world.clock).heard("partner-north", hint)

    def nobody_takes_back(self) -> None:
        for kind in ("procure", "provide"):
            self.world.outside[kind].refuses_undo = True

    def asking_back_breaks(self) -> None:
        """Nobody foresaw it, and it lasts longer than an assessment is tried again."""
        outside, left = self.world.outside["provide"], iter(range(MOST_FAILURES + 1))
        undo = type(outside).undo

        def broken(errand: Errand) -> Seen:
            if next(left, None) is not None:
                raise ZeroDivisionError
            return undo(outside, errand)

        object.__setattr__(outside, "undo", broken)

    def cancels_all(self) -> None:
        self._cancel()

    def cancels_an_item(self) -> None:
        self._cancel("1")

    def cancels_a_parent(self) -> None:
        self._cancel("4")

    def cancels_what_is_not_there(self) -> None:
        self._cancel("9")

    def sets_the_state(self) -> None:
        order = self.world.order
        wrong = "completed" if order.state != "completed" else "inProgress"
        self.world.amend(order.version, lambda o: replace(o, state=wrong), ("state",))

    def amends_an_old_version(self) -> None:
        self.world.amend(0, lambda order: order, ("note",))

    def adds_a_note(self) -> None:
        order = self.world.order
        self.world.amend(order.version, lambda o: replace(o, body={**o.body, "note": []}), ("note",))

    def process_dies(self) -> None:
        books = self.world.books
        books.die_at = books.writes + 2
        with suppress(Crash, ZeroDivisionError):
            self.world.advance()
        books.die_at = None

    def _cancel(self, *items: str) -> None:
        self.cancels += 1
        self.world.desk.cancel(a_cancel(id=f"cancel-{self.cancels}", items=items))


STEPS = [name for name in vars(Walk) if not name.startswith("_") and name != "step"]


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(STEPS), max_size=25))
def test_an_order_only_moves_as_published_and_tells_every_move(steps: list[str]) -> None:
    walk = Walk()
    for step in steps:
        walk.step(step)
    walk.everybody_answers()
    for _ in range(3):
        walk.time_goes_on()
        with suppress(*REFUSED):
            walk.somebody_approves()
    for _ in range(MOST_FAILURES + 1):
        walk.time_goes_on()
    walk.world.until_quiet(400)
    states = {walk.world.order.state, *(leaf.state for leaf in leaves(walk.world.order.items))}
    assert states <= {"completed", "partial", "failed", "cancelled", "rejected"}, states
    ends = {cancel.state for cancel in walk.world.books.stored_cancels.values()}
    assert ends <= {"done", "terminatedWithError"}, ends
    assert "terminatedWithError" not in ends or "asking_back_breaks" in steps


def test_the_watch_sees_a_move_that_is_not_allowed() -> None:
    walk = Walk()
    order = walk.world.order
    silent = (
        (replace(order, state="held"), "attributeChanged"),
        (replace(order, state="inProgress"), "attributeChanged"),
    )
    for wrong, told in (*silent, (replace(order, state="inProgress"), "stateChanged")):
        try:
            walk.world.books.save(wrong, told)
        except AssertionError:
            continue
        raise RuntimeError("it went unseen")
