"""The ledger against the pool: what nobody answers for goes, what is missing is told, and nothing else is touched."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes import Crash
from tests.holds.pool import Reservation
from tests.holds.world import DAY, NOW, SPANS, Holds
from tests.orders.world import an_order_of_two

LEFT = "order-0/reserve/1"


@pytest.fixture
def world() -> Holds:
    return Holds()


def left_behind(world: Holds, **changes: object) -> None:
    """A reservation of ours that no line of the ledger knows."""
    plain = Reservation(id="r-left", key=LEFT, made_at=NOW)
    world.pool.put(replace(plain, **changes))  # type: ignore[arg-type]


def test_what_nobody_answers_for_is_given_back_once_it_is_old_enough(world: Holds) -> None:
    left_behind(world)
    assert (world.reconciler.sweep().released, world.reconciler.sweep().waiting) == ((), 1)
    world.clock.time += SPANS.grace - timedelta(seconds=1)
    assert world.reconciler.sweep().released == ()
    world.clock.time += timedelta(seconds=1)
    assert world.reconciler.sweep().released == ("r-left",)
    assert world.reconciler.sweep().seen == 0


def test_where_the_pool_tells_no_date_its_age_counts_from_the_first_time_it_was_seen(world: Holds) -> None:
    left_behind(world, made_at=None)
    world.clock.time += DAY
    assert world.reconciler.sweep().released == ()
    world.clock.time += SPANS.grace
    assert world.reconciler.sweep().released == ("r-left",)


def test_what_another_installation_holds_in_the_same_pool_is_never_touched(world: Holds) -> None:
    left_behind(world, owner="them")
    world.clock.time += DAY
    assert world.reconciler.sweep().seen == 0
    assert "r-left" in world.pool.reservations


@pytest.mark.parametrize("state", ["rejected", "cancelled"])
def test_what_holds_nothing_is_left_as_it_is(world: Holds, state: str) -> None:
    left_behind(world, state=state)
    world.clock.time += DAY
    assert world.reconciler.sweep().released == ()


def test_what_orders_and_checks_hold_is_left_to_them(world: Holds) -> None:
    world.waits_for("procure", "provide")
    world.answered("firm")
    world.desk.place(an_order_of_two())
    world.due_now()
    assert world.reconciler.sweep().waiting == 0
    world.clock.time += 2 * DAY
    swept = world.reconciler.sweep()
    assert (swept.seen, swept.released, swept.told, swept.waiting) == (3, (), (), 0)


def test_what_an_order_took_over_from_its_check_is_the_orders(world: Holds) -> None:
    world.waits_for("procure", "provide")
    world.answered("firm")
    world.order_of("fresh-1")
    world.due_now()
    world.questions.remove("check", "check-1")
    world.due_now()
    world.clock.time += 2 * DAY
    assert world.reconciler.sweep().released == ()
    assert len(world.pool.active()) == 1


def test_a_hold_whose_answer_is_still_awaited_is_left_alone_however_old_it_is(world: Holds) -> None:
    world.pool.dies_after = "order-1/reserve/1"
    world.desk.place(an_order_of_two())
    with pytest.raises(Crash):
        world.due_now()
    world.clock.time += DAY
    assert world.reconciler.sweep().released == ()


def test_a_second_reservation_under_one_key_is_given_back(world: Holds) -> None:
    """A call that arrived twice: the line of the ledger names one of them."""
    world.answered("firm")
    left_behind(world, key=world.the_hold().key)
    world.clock.time += SPANS.grace
    assert world.reconciler.sweep().released == ("r-left",)
    assert len(world.pool.active()) == 1


def test_a_call_that_arrives_after_its_hold_was_given_up_is_found(world: Holds) -> None:
    world.answered("firm")
    hold = world.the_hold()
    world.questions.remove("check", "check-1")
    world.due_now()
    left_behind(world, key=hold.key)
    world.clock.time += SPANS.grace
    assert world.reconciler.sweep().released == ("r-left",)


def test_an_order_that_takes_it_at_this_moment_keeps_it(world: Holds, monkeypatch: pytest.MonkeyPatch) -> None:
    left_behind(world)
    world.clock.time += SPANS.grace
    answers = iter([set(), {"r-left"}])
    monkeypatch.setattr(world.books, "owned", lambda _found: next(answers))
    assert world.reconciler.sweep().released == ()


def test_it_does_itself_again_after_a_while_and_sooner_after_silence(world: Holds) -> None:
    world.reconciler.begin()
    world.pool.down = True
    world.due_now()
    assert world.due("holds", "pool") == NOW + SPANS.first_pause
    world.pool.down = False
    world.clock.time += SPANS.first_pause
    world.due_now()
    assert world.due("holds", "pool") == world.clock() + timedelta(minutes=5)


def test_several_at_once_do_no_harm(world: Holds) -> None:
    left_behind(world)
    world.clock.time += SPANS.grace
    other = replace(world.reconciler)
    assert world.reconciler.sweep().released == ("r-left",)
    assert other.sweep().released == ()
    assert world.pool.released == [LEFT]


def test_a_pool_that_keeps_nothing_of_what_marks_ours_loses_nothing(world: Holds) -> None:
    """Every owner asks for himself then, and finds his hold where it was."""
    world.waits_for("procure", "provide")
    world.desk.place(an_order_of_two())
    world.due_now()
    world.pool.reservations = {name: replace(one, owner="?") for name, one in world.pool.reservations.items()}
    assert len(world.reconciler.sweep().told) == 2
    world.due_now()
    assert (world.pool.posts, world.alerts()) == (["order-1/reserve/1", "order-1/reserve/2"], [])
