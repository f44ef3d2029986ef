"""What every engine promises: the same tests for the one in memory, for dbos on SQLite and for dbos on PostgreSQL."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from linkwright.errors import Refused, Unavailable
from tests.engine.bench import TRIES, WORKERS, Bench
from tests.engine.fakes import nothing


@pytest.fixture(scope="module")
def bench(contract_url: str | None) -> Iterator[Bench]:
    bench = Bench(contract_url)
    yield bench
    bench.engine.stop(drain_s=10.0)
    assert not bench.engine.healthy()


def test_a_poked_piece_runs(bench: Bench) -> None:
    ran: list[str] = []
    bench.engine.poke("piece", bench.a_piece(lambda: ran.append("ran")))
    bench.until(lambda: ran == ["ran"], "the piece runs")


def test_a_due_row_that_nobody_poked_is_run(bench: Bench) -> None:
    ran: list[str] = []
    bench.due(bench.a_piece(lambda: ran.append("ran")))
    bench.until(lambda: bool(ran), "the sweep finds the row")


def test_a_key_may_have_colons(bench: Bench) -> None:
    ran: list[str] = []
    bench.engine.poke("piece", bench.a_piece(lambda: ran.append("ran"), key="urn:order:7"))
    bench.until(lambda: bool(ran), "the piece runs")


def test_a_piece_may_poke_another_and_itself(bench: Bench) -> None:
    ran: list[str] = []
    other = bench.a_piece(lambda: ran.append("other"))

    def todo() -> None:
        ran.append("one")
        bench.engine.poke("piece", other)
        if ran.count("one") == 1:
            bench.engine.poke("piece", key)

    key = bench.a_piece(todo)
    bench.engine.poke("piece", key)
    bench.until(lambda: ran.count("one") == 2 and "other" in ran, "both run, the first one twice")


def test_a_delayed_poke_runs_not_before_its_time(bench: Bench) -> None:
    ran: list[datetime] = []
    asked_at = bench.now()
    bench.engine.poke("piece", bench.a_piece(lambda: ran.append(bench.now())), delay_s=1.5)
    bench.until(lambda: bool(ran), "the piece runs")
    assert ran[0] - asked_at >= timedelta(seconds=1.499)  # dbos counts whole milliseconds


def test_a_piece_that_fails_is_run_again_and_does_not_hold_up_others(bench: Bench) -> None:
    ran: list[str] = []

    def broken_once() -> None:
        ran.append("broken")
        if ran.count("broken") == 1:
            raise ValueError("this run fails on purpose")

    bench.due(bench.a_piece(broken_once))
    bench.due(bench.a_piece(lambda: ran.append("sound")))
    bench.until(lambda: ran.count("broken") == 2 and "sound" in ran, "both end well")


def test_no_answer_is_tried_again_until_there_is_one(bench: Bench) -> None:
    calls: list[str] = []
    answers: list[object] = []
    answer = object()  # not JSON: the engine must not look at it

    def silent_twice() -> object:
        calls.append("call")
        if len(calls) < 3:
            raise Unavailable("peer", "silent")
        return answer

    bench.due(bench.a_piece(lambda: answers.append(bench.engine.steps.retried("ask", silent_twice))))
    bench.until(lambda: bool(answers), "an answer comes")
    assert answers == [answer]
    assert len(calls) == 3


def test_a_peer_that_stays_silent_is_unavailable_after_all_tries(bench: Bench) -> None:
    calls: list[str] = []
    seen: list[Unavailable] = []

    def silent() -> None:
        calls.append("call")
        raise Unavailable("peer", f"silent for the {len(calls)}. time")

    def todo() -> None:
        try:
            bench.engine.steps.retried("ask", silent)
        except Unavailable as fault:
            seen.append(fault)

    bench.engine.poke("piece", bench.a_piece(todo))
    bench.until(lambda: bool(seen), "the run learns of it")
    assert [fault.detail for fault in seen] == [f"silent for the {TRIES}. time"]
    assert len(calls) == TRIES


def test_a_refusal_is_not_tried_again(bench: Bench) -> None:
    calls: list[str] = []
    seen: list[Refused] = []

    def silent_then_no() -> None:
        calls.append("call")
        raise Unavailable("peer", "silent") if len(calls) == 1 else Refused("peer", "no")

    def todo() -> None:
        try:
            bench.engine.steps.retried("ask", silent_then_no)
        except Refused as refused:
            seen.append(refused)

    bench.engine.poke("piece", bench.a_piece(todo))
    bench.until(lambda: bool(seen), "the run learns of it")
    assert len(calls) == 2


def test_many_calls_of_one_run_each_get_their_own_answer(bench: Bench) -> None:
    answers: list[list[int]] = []

    def todo() -> None:
        answers.append([bench.engine.steps.retried(f"ask {n}", lambda n=n: n * n) for n in range(5)])

    bench.engine.poke("piece", bench.a_piece(todo))
    bench.until(lambda: bool(answers), "the run ends")
    assert answers == [[0, 1, 4, 9, 16]]


def test_outside_a_run_a_call_is_made_once(bench: Bench) -> None:
    calls: list[str] = []

    def silent() -> None:
        calls.append("call")
        raise Unavailable("peer", "silent")

    with pytest.raises(Unavailable):
        bench.engine.steps.retried("ask", silent)
    assert len(calls) == 1
    assert bench.engine.steps.retried("ask", lambda: 7) == 7


def test_a_kind_is_not_registered_after_the_start(bench: Bench) -> None:
    with pytest.raises(RuntimeError, match="after the start"):
        bench.engine.register("late", nothing)


def test_a_kind_with_workers_of_its_own_runs_while_the_shared_ones_are_taken(bench: Bench) -> None:
    if not bench.real:
        pytest.skip("in memory nothing runs at the same time")
    let_go, ran = threading.Event(), list[str]()
    bench.aside.append(lambda key: ran.append(key))
    try:
        for _ in range(2 * WORKERS):
            bench.engine.poke("piece", bench.a_piece(let_go.wait))
        bench.engine.poke("aside", "listener-1")
        bench.until(lambda: ran == ["listener-1"], "it runs beside them")
    finally:
        let_go.set()
