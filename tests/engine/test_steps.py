"""When another system says how long to wait, it is left in peace for so long."""

from collections.abc import Callable

import pytest

from linkwright.engine.steps import LONGEST_WAIT_S, BoxedSteps, is_worth_repeating
from linkwright.errors import Refused, Unavailable


def busy(retry_after_s: float | None) -> Unavailable:
    error = Unavailable("peer", "gave 429")
    error.retry_after_s = retry_after_s
    return error


class Time:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s

    def pass_s(self, seconds: float) -> None:
        self.now_s += seconds


def library(attempt: Callable[[], None]) -> None:
    """A library that repeats what is worth it, without a pause of its own."""
    for _ in range(4):
        try:
            attempt()
        except Unavailable as error:
            if not is_worth_repeating(error):
                raise
        else:
            return
    raise RuntimeError("tried often enough")


def called_at(*answers: float | None) -> list[float]:
    """The moments of the calls, where each answer but the last is to wait so long."""
    time, calls, left = Time(), list[float](), list(answers)
    steps = BoxedSteps(library, monotonic=time, pause=time.pass_s)

    def call() -> str:
        calls.append(time())
        if left:
            raise busy(left.pop(0))
        return "there"

    with steps.inside():
        assert steps.retried("call", call) == "there"
    return calls


def test_a_short_wait_is_waited_for_before_the_next_try() -> None:
    assert called_at(1.5, 2.0) == [100.0, 101.5, 103.5]


def test_without_a_word_the_next_try_is_the_librarys_business() -> None:
    assert called_at(None, 0.0) == [100.0, 100.0, 100.0]


def test_a_long_wait_is_not_spent_by_a_worker() -> None:
    time, calls = Time(), list[float]()
    steps = BoxedSteps(library, monotonic=time, pause=time.pass_s)

    def call() -> None:
        calls.append(time())
        raise busy(LONGEST_WAIT_S + 1)

    with steps.inside(), pytest.raises(Unavailable) as raised:
        steps.retried("call", call)
    assert (calls, time()) == ([100.0], 100.0)
    assert raised.value.retry_after_s == LONGEST_WAIT_S + 1


def test_a_refusal_is_never_repeated() -> None:
    assert not is_worth_repeating(Refused("peer", "gave 400"))
    assert not is_worth_repeating(ValueError())
