"""Who is slow or silent goes to a lane that few may use at a time."""

from linkwright.outbound.lanes import MOST_REMEMBERED, QUICK_BEFORE_FAST, SLOW_S, Lanes


def lane_of(lanes: Lanes, subscriber: str) -> str:
    with lanes.entered(subscriber) as lane:
        return lane


def test_everybody_begins_in_the_fast_lane_and_quick_ones_stay_there() -> None:
    lanes = Lanes()
    for _ in range(100):
        lanes.note("quick", SLOW_S / 2, silent=False)
    assert lane_of(lanes, "quick") == lane_of(lanes, "new") == "fast"


def test_a_late_answer_or_none_ends_the_stay_in_the_fast_lane() -> None:
    lanes = Lanes()
    lanes.note("late", SLOW_S, silent=False)
    lanes.note("silent", 0.0, silent=True)
    assert lane_of(lanes, "late") == lane_of(lanes, "silent") == "slow"
    assert lanes.changed("late", fast=True)
    assert not lanes.changed("late", fast=False)
    assert lane_of(lanes, "other") == "fast"


def test_the_slow_lane_is_for_few_at_a_time_and_is_left_again() -> None:
    lanes = Lanes(slow_at_once=1)
    for name in ("one", "two"):
        lanes.note(name, 9.0, silent=False)
    with lanes.entered("one") as first, lanes.entered("two") as second, lanes.entered("quick") as third:
        assert (first, second, third) == ("slow", "full", "fast")
    assert lane_of(lanes, "two") == "slow"


def test_quick_answers_in_a_row_win_the_fast_lane_back() -> None:
    lanes = Lanes()
    lanes.note("one", 9.0, silent=False)
    for _ in range(QUICK_BEFORE_FAST - 1):
        lanes.note("one", 0.0, silent=False)
    lanes.note("one", 9.0, silent=False)
    for _ in range(QUICK_BEFORE_FAST - 1):
        lanes.note("one", 0.0, silent=False)
    assert lane_of(lanes, "one") == "slow"
    lanes.note("one", 0.0, silent=False)
    assert lane_of(lanes, "one") == "fast"


def test_who_turns_slow_leaves_the_fast_lane_however_many_were_slow_before() -> None:
    lanes = Lanes()
    for number in range(MOST_REMEMBERED):
        lanes.note(f"{number}", 9.0, silent=False)
    lanes.note("0", 9.0, silent=False)
    lanes.note("late", 9.0, silent=False)
    assert lane_of(lanes, "late") == lane_of(lanes, "0") == "slow"
    assert lane_of(lanes, "1") == "fast"
