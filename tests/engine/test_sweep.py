"""What is put into the queue, and when: nothing twice without need, nothing forgotten, and no hot loops."""

from datetime import UTC, datetime, timedelta

import pytest

from linkwright.engine.ports import DueRow
from linkwright.engine.sweep import LONGEST_REST_S, QUEUE_PATIENCE_S, SWEEP_LIMIT, Chore, PieceBook, Sweeper
from tests.engine.fakes import Monotonic, Rows, wait_until

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PIECE = ("order", "1")
ROWS = [DueRow(kind="order", key="1", due_at=NOW)]


@pytest.fixture
def clock() -> Monotonic:
    return Monotonic()


@pytest.fixture
def book(clock: Monotonic) -> PieceBook:
    return PieceBook(clock)


def a_failed_run(book: PieceBook) -> None:
    with pytest.raises(ValueError, match="on purpose"), book.running(PIECE):
        raise ValueError("on purpose")


def test_ten_pokes_of_one_piece_are_one_entry(book: PieceBook) -> None:
    for _ in range(10):
        book.ask(PIECE, 0.0)
    assert book.take() == [(PIECE, 0.0)]
    assert book.take() == []


def test_a_piece_that_waits_in_the_queue_is_not_put_there_again(book: PieceBook) -> None:
    book.queued(PIECE)
    book.ask(PIECE, 0.0)
    assert book.take() == []
    assert book.missed(ROWS) == []


def test_a_piece_that_waits_too_long_counts_as_lost(book: PieceBook, clock: Monotonic) -> None:
    book.queued(PIECE)
    assert book.is_waiting()
    clock.at_s += QUEUE_PATIENCE_S
    assert book.missed(ROWS) == [PIECE]
    assert not book.is_waiting()


def test_a_poke_during_a_run_leads_to_another_run_and_the_sweep_does_not(book: PieceBook) -> None:
    book.queued(PIECE)
    with book.running(PIECE):
        assert book.missed(ROWS) == []
        book.ask(PIECE, 0.0)
        assert book.take() == []
        assert book.is_asked_for(PIECE)
    assert book.take() == [(PIECE, 0.0)]
    assert not book.is_asked_for(PIECE)


def test_a_delayed_poke_keeps_what_is_left_of_its_delay(book: PieceBook, clock: Monotonic) -> None:
    book.ask(PIECE, 10.0)
    clock.at_s += 4.0
    assert book.take() == [(PIECE, 6.0)]


def test_a_failing_piece_rests_longer_each_time_and_a_poke_ends_the_rest(book: PieceBook, clock: Monotonic) -> None:
    rests_s = []
    for _ in range(12):
        a_failed_run(book)
        rest_s = 0.0
        while not book.missed(ROWS):
            clock.at_s += 0.5
            rest_s += 0.5
        rests_s.append(rest_s)
    assert rests_s[:4] == [1.0, 2.0, 4.0, 8.0]
    assert rests_s[-1] == LONGEST_REST_S
    a_failed_run(book)
    book.ask(PIECE, 0.0)
    assert book.take() == [(PIECE, 0.0)]


def test_a_good_run_ends_the_rest(book: PieceBook) -> None:
    a_failed_run(book)
    with book.running(PIECE):
        pass
    assert book.missed(ROWS) == [PIECE]
    assert book.resting == 0


def a_sweeper(book: PieceBook, rows: Rows, put: list[tuple[str, str, float]], *chores: Chore) -> Sweeper:
    return Sweeper(
        book,
        rows,
        lambda kind, key, delay_s: put.append((kind, key, delay_s)),
        now=lambda: NOW,
        every_s=0.01,
        enqueued=lambda: None,
        chores=chores,
    )


def test_pieces_that_rest_do_not_hide_those_behind_them(book: PieceBook) -> None:
    rows, put = Rows(), []
    for n in range(SWEEP_LIMIT):
        rows.put("order", f"broken {n}", NOW - timedelta(hours=1))
        with pytest.raises(ValueError, match="on purpose"), book.running(("order", f"broken {n}")):
            raise ValueError("on purpose")
    rows.put("order", "sound", NOW)
    a_sweeper(book, rows, put).sweep()
    assert put == [("order", "sound", 0.0)]


def test_a_sweep_leaves_alone_what_another_process_has_put_into_the_queue(book: PieceBook) -> None:
    rows, put, elsewhere = Rows(), [], {PIECE}
    sweeper = Sweeper(
        book,
        rows,
        lambda _kind, key, _delay_s: put.append(key),
        now=lambda: NOW,
        every_s=0.01,
        enqueued=lambda: None,
        in_queue=lambda: elsewhere,
    )
    rows.put("order", "1", NOW)
    rows.put("order", "2", NOW)
    sweeper.sweep()
    assert put == ["2"]
    elsewhere.clear()
    sweeper.sweep()
    assert put == ["2", "1"]


def test_only_a_sweep_that_is_carried_through_counts(book: PieceBook) -> None:
    rows, put = Rows(), []
    sweeper = a_sweeper(book, rows, put)
    rows.broken = True
    with pytest.raises(OSError, match="is away"):
        sweeper.sweep()
    assert sweeper.sweeps == 0
    rows.broken = False
    sweeper.sweep()
    sweeper.sweep()
    assert sweeper.sweeps == 2


def test_a_chore_that_fails_ends_neither_the_sweep_nor_itself() -> None:
    rows, tried, put = Rows(), [], []

    def broken() -> None:
        tried.append("tried")
        raise OSError("this chore fails on purpose")

    sweeper = a_sweeper(PieceBook(), rows, put, Chore(name="broken", every_s=0.01, do=broken))
    sweeper.start()
    wait_until(lambda: len(tried) > 2, "the chore is tried again")
    rows.put("order", "1", NOW)
    wait_until(lambda: put == [("order", "1", 0.0)], "the row is swept up, once")
    sweeper.stop(10.0)
    assert not sweeper.is_alive()


def test_a_poke_is_handed_over_without_waiting_for_the_next_sweep() -> None:
    book, put = PieceBook(), []
    sweeper = Sweeper(
        book,
        Rows(),
        lambda _kind, key, _delay_s: put.append(key),
        now=lambda: NOW,
        every_s=3600.0,
        enqueued=lambda: None,
    )
    sweeper.start()
    for key in ("1", "2"):
        book.ask(("order", key), 0.0)
        sweeper.wake()
        wait_until(lambda key=key: key in put, "the poke is handed over")
    sweeper.stop(10.0)
