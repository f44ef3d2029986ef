"""That no partner ever gets more calls in a second than it takes, wherever in a call it notices them."""

from itertools import pairwise
from random import Random

import pytest

from linkwright.errors import Stopping
from linkwright.outbound.partners.pace import ON_THE_WAY_S, Pace

from .fakes import Ticking


def a_pace(max_per_s: float | None, clock: Ticking) -> Pace:
    return Pace(max_per_s, monotonic=clock, pause=clock.sleep)


def most_within(moments: list[float], seconds: float) -> int:
    return max(sum(1 for one in moments if first <= one < first + seconds) for first in moments)


@pytest.mark.parametrize(("max_per_s", "most"), [(5, 5), (2, 2), (2.5, 2), (1, 1), (50, 50)])
def test_c33_no_second_has_more_calls_than_a_partner_takes(max_per_s: float, most: int) -> None:
    """Calls take times between nothing and a while, and arrive at any moment in between."""
    clock, chance, arrived = Ticking(), Random(7), list[float]()
    pace = a_pace(max_per_s, clock)
    for _ in range(200):
        with pace.turn():
            takes_s = chance.choice((0.0, 0.01, 0.2, 0.7, 3.0))
            arrived.append(clock.now_s + chance.random() * min(takes_s, ON_THE_WAY_S))
            clock.sleep(takes_s)
    assert most_within(arrived, 1.0) <= most


@pytest.mark.parametrize(("max_per_s", "seconds"), [(5, 528 / 5), (2, 108 / 2)])
def test_quick_calls_come_nearly_as_often_as_they_may(max_per_s: int, seconds: float) -> None:
    clock = Ticking()
    pace = a_pace(max_per_s, clock)
    for _ in range(round(seconds * max_per_s)):
        with pace.turn():
            clock.sleep(0.01)
    assert seconds - 1 <= clock.now_s < seconds * 1.05


def test_less_than_one_call_in_a_second_is_one_in_several(clock: Ticking) -> None:
    pace, began = a_pace(0.25, clock), []
    for _ in range(3):
        with pace.turn():
            began.append(clock.now_s)
    assert all(later - earlier >= 4 for earlier, later in pairwise(began))


def test_without_a_limit_nobody_waits(clock: Ticking) -> None:
    pace = a_pace(None, clock)
    for _ in range(100):
        with pace.turn():
            pass
    assert clock.now_s == 0.0


def test_a_partner_that_asks_for_a_rest_gets_it_also_without_a_limit(clock: Ticking) -> None:
    pace = a_pace(None, clock)
    pace.rest(3.0)
    with pace.turn():
        assert clock.now_s == 3.0


def test_the_time_spent_waiting_for_a_turn_is_not_the_partners(clock: Ticking) -> None:
    pace = a_pace(1, clock)
    began_s = pace.own_time_s()
    for _ in range(5):
        with pace.turn():
            clock.sleep(0.1)
    assert clock.now_s > 4
    assert pace.own_time_s() - began_s == pytest.approx(0.5)


def test_who_waits_for_a_turn_when_all_ends_gets_none(clock: Ticking) -> None:
    pace = a_pace(1, clock)
    with pace.turn():
        pass
    pace.close()
    with pytest.raises(Stopping), pace.turn():
        pass


@pytest.fixture
def clock() -> Ticking:
    return Ticking()
