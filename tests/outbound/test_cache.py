import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from linkwright.outbound.cache import Kept, KeptByKey

from .fakes import Clock


class Readings:
    """Counts how often it was read; `gate` holds a reading back, `error` breaks it."""

    def __init__(self) -> None:
        self.count = 0
        self.began, self.gate = threading.Event(), threading.Event()
        self.gate.set()
        self.error: Exception | None = None

    def __call__(self) -> int:
        self.count += 1
        self.began.set()
        assert self.gate.wait(10)
        if self.error is not None:
            raise self.error
        return self.count


def test_a_value_is_read_again_when_it_is_as_old_as_the_limit() -> None:
    clock, readings = Clock(), Readings()
    kept = Kept(readings, freshness_s=60, now=clock)
    assert [kept.get(), kept.get()] == [1, 1]
    clock.pass_s(59.9)
    assert kept.get() == 1
    clock.pass_s(0.1)
    assert kept.get() == 2


def test_a_value_from_the_future_is_read_again() -> None:
    clock, readings = Clock(), Readings()
    kept = Kept(readings, freshness_s=60, now=clock)
    kept.get()
    clock.pass_s(-3600)
    assert kept.get() == 2


def test_many_that_need_the_value_at_once_cause_one_reading() -> None:
    readings = Readings()
    readings.gate.clear()
    kept = Kept(readings, freshness_s=60, now=Clock())
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(kept.get) for _ in range(4)]
        assert readings.began.wait(10)
        readings.gate.set()
        assert [future.result(10) for future in asked] == [1, 1, 1, 1]


def test_a_failed_reading_is_told_and_not_kept() -> None:
    readings = Readings()
    readings.error = OSError("no line")
    kept = Kept(readings, freshness_s=60, now=Clock())
    with pytest.raises(OSError, match="no line"):
        kept.get()
    readings.error = None
    assert kept.get() == 2


def test_whoever_waited_for_a_reading_that_fails_is_told_so_too() -> None:
    readings = Readings()
    readings.error = OSError("no line")
    readings.gate.clear()
    kept = Kept(readings, freshness_s=60, now=Clock())
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(kept.get)
        assert readings.began.wait(10)
        second = threads.submit(kept.get)
        readings.gate.set()
        assert isinstance(first.exception(10), OSError)
        assert isinstance(second.exception(10), OSError)


def test_what_is_outdated_is_renewed_and_gets_no_younger_by_that() -> None:
    clock, readings = Clock(), Readings()
    kept = Kept(readings, freshness_s=60, now=clock, renew=lambda known: known + 100)
    assert kept.get() == 1
    clock.pass_s(40)
    kept.outdate()
    assert [kept.get(), kept.get()] == [101, 101]
    clock.pass_s(20)
    assert kept.get() == 2


def test_who_asks_after_a_change_is_not_content_with_a_reading_that_began_before_it() -> None:
    readings = Readings()
    readings.gate.clear()
    kept = Kept(readings, freshness_s=60, now=Clock())
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(kept.get)
        assert readings.began.wait(10)
        kept.outdate()
        second = threads.submit(kept.get)
        readings.gate.set()
        assert (first.result(10), second.result(10)) == (1, 2)


def test_values_by_key_age_one_by_one() -> None:
    clock = Clock()
    kept: KeptByKey[str, int] = KeptByKey(freshness_s=60, now=clock)
    kept.keep({"a": 1}, clock())
    clock.pass_s(40)
    kept.keep({"b": 2}, clock())
    clock.pass_s(40)
    assert kept.fresh(["a", "b", "c"]) == {"b": 2}


def test_only_so_many_values_are_kept_and_the_oldest_goes_first() -> None:
    clock = Clock()
    kept: KeptByKey[str, int] = KeptByKey(freshness_s=60, now=clock, most=2)
    kept.keep({"a": 1, "b": 2, "c": 3}, clock())
    assert kept.fresh("abc") == {"b": 2, "c": 3}


def test_a_key_is_read_once_while_it_is_fresh() -> None:
    readings = Readings()
    kept: KeptByKey[str, int] = KeptByKey(freshness_s=60, now=Clock())
    assert [kept.get("a", readings), kept.get("a", readings)] == [1, 1]


def test_what_is_forgotten_is_read_again_though_it_is_fresh() -> None:
    kept: KeptByKey[str, int] = KeptByKey(freshness_s=60, now=Clock())
    readings = Readings()
    assert [kept.get("a", readings), kept.get("b", readings)] == [1, 2]
    kept.forget(["a"])
    assert kept.fresh(["a", "b"]) == {"b": 2}


def test_a_reading_that_began_before_a_change_is_not_kept() -> None:
    clock = Clock()
    kept: KeptByKey[str, int] = KeptByKey(freshness_s=60, now=clock)
    began = clock()
    clock.pass_s(1)
    kept.forget(["a"])
    kept.keep({"a": 1}, began)
    assert kept.fresh(["a"]) == {}
    clock.pass_s(1)
    kept.keep({"a": 2}, clock())
    assert kept.fresh(["a"]) == {"a": 2}
