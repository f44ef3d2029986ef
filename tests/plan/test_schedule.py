"""Schedules against the rules, against trying everything out, and what they say of room and reasons."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from linkwright.plan.model import Network, Pool, Schedule, Stock, Weather
from linkwright.plan.schedule import NeverPossible, schedule
from tests.plan import naive
from tests.plan.pieces import act, assert_keeps_the_rules, network, networks, starts_of

FEW = settings(max_examples=30, deadline=None, derandomize=True)
MANY = settings(max_examples=60, deadline=None, derandomize=True)


@MANY
@given(networks())
def test_every_schedule_keeps_the_rules(net: Network) -> None:
    assert_keeps_the_rules(net, schedule(net, samples=0))


@FEW
@given(networks())
def test_a_searched_schedule_keeps_the_rules_and_is_no_worse(net: Network) -> None:
    first, better = schedule(net, samples=0), schedule(net, samples=0, improve_s=5, effort=0.2)
    assert_keeps_the_rules(net, better)
    assert _late(net, better) <= _late(net, first)
    if _late(net, better) == _late(net, first):
        assert better.ready_day <= first.ready_day
    assert better.bound_day >= first.bound_day


def _late(net: Network, found: Schedule) -> int:
    return sum(max(timed.ready_day - net.due_day, 0) for timed in found.timed) if net.due_day is not None else 0


@FEW
@given(networks(most=5))
def test_the_bound_holds_and_the_search_finds_the_shortest(net: Network) -> None:
    net = replace(net, due_day=None)
    best = naive.shortest(net)
    found = schedule(net, samples=0)
    assert found.bound_day <= best <= found.ready_day
    assert found.gap == pytest.approx((found.ready_day - found.bound_day) / max(found.ready_day, 1))
    searched = schedule(net, samples=0, improve_s=10, effort=5)
    assert (searched.ready_day, searched.bound_day, searched.gap) == (best, best, 0.0)


@MANY
@given(networks(scarce=False))
def test_without_crews_and_stocks_it_is_the_critical_path_method(net: Network) -> None:
    found = schedule(net, samples=0)
    assert starts_of(found) == {timed.activity: timed.earliest_start_day for timed in found.timed} == naive.alone(net)
    assert found.gap == 0.0


@FEW
@given(networks(scarce=False, most=6))
def test_floats_are_the_days_by_which_an_activity_may_start_later(net: Network) -> None:
    """Tried out: so many days later, everything is still in time, or nothing else moves; a day more, and not."""
    net = replace(net, due_day=60)
    found = schedule(net, samples=0)
    starts = starts_of(found)
    for timed in found.timed:
        assert timed.latest_start_day is not None
        assert timed.total_float_days == timed.latest_start_day - timed.start_day
        assert _ready(net, _moved(net, timed.activity, timed.latest_start_day)) <= 60
        assert _ready(net, _moved(net, timed.activity, timed.latest_start_day + 1)) > 60
        free = timed.start_day + timed.free_float_days
        moved = _moved(net, timed.activity, free)
        assert moved == {**starts, timed.activity: free}
        assert _ready(net, moved) == found.ready_day


def _moved(net: Network, name: str, day: int) -> dict[str, int]:
    moved = (
        replace(one, not_before_day=max(one.not_before_day, day)) if one.id == name else one for one in net.activities
    )
    return naive.alone(replace(net, activities=tuple(moved)))


def _ready(net: Network, starts: dict[str, int]) -> int:
    return max(starts[one.id] + naive.length_of(net, one) for one in net.activities)


@FEW
@given(networks(scarce=False, most=6))
def test_the_latest_order_is_the_last_day_from_which_everything_is_in_time(net: Network) -> None:
    net = replace(net, due_day=60)
    day = schedule(net, samples=0).latest_order_day
    assert day is not None
    assert _ready(net, naive.alone(_ordered(net, day))) <= 60 < _ready(net, naive.alone(_ordered(net, day + 1)))


@FEW
@given(networks())
def test_an_order_as_late_as_told_is_still_in_time_with_crews_and_stocks(net: Network) -> None:
    net = replace(net, due_day=60)
    found = schedule(net, samples=0)
    assert found.latest_order_day is not None
    if found.latest_order_day < 0:
        assert found.ready_day > 60
    else:
        assert schedule(_ordered(net, found.latest_order_day), samples=0).ready_day <= 60


def _ordered(net: Network, day: int) -> Network:
    later = (one if one.after else replace(one, not_before_day=max(one.not_before_day, day)) for one in net.activities)
    return replace(net, activities=tuple(later))


def test_an_order_can_wait_for_stock_that_comes_later_anyway() -> None:
    """The second waits for its piece and has no float, but the order could be six days later."""
    net = network(
        act("one", 1, stock="box", pieces=1),
        act("two", 1, stock="box", pieces=1),
        stocks=(Stock(id="box", pieces=1, arrivals=((6, 1),)),),
        due_day=7,
    )
    found = schedule(net)
    assert [timed.total_float_days for timed in found.timed] == [6, 0]
    assert found.latest_order_day == 6


def test_what_is_late_already_lacks_days() -> None:
    found = schedule(network(act("a", 5), act("b", 3, "a"), due_day=6))
    assert found.latest_order_day == -2
    assert [timed.total_float_days for timed in found.timed] == [-2, -2]


def test_items_have_dates_of_their_own() -> None:
    found = schedule(
        network(
            act("for all", 2), act("x", 3, "for all", item="x"), act("y", 3, "for all", item="y"), due_by_item={"y": 9}
        )
    )
    assert [timed.total_float_days for timed in found.timed] == [4, None, 4]
    assert found.latest_order_day == 4


def test_the_more_urgent_gets_the_crew_first() -> None:
    pools = (Pool(id="crew", jobs_per_day=1),)
    net = network(
        act("x", 2, pool="crew", item="x"), act("y", 2, pool="crew", item="y"), pools=pools, due_by_item={"y": 2}
    )
    assert starts_of(schedule(net)) == {"y": 0, "x": 2}


@MANY
@given(networks())
def test_nothing_starts_later_than_it_has_to_and_says_what_it_waited_for(net: Network) -> None:
    found = schedule(net, samples=0)
    starts = starts_of(found)
    ready = {timed.activity: timed.ready_day for timed in found.timed}
    waits: dict[str, int] = {}
    for one, timed in zip(net.activities, found.timed, strict=True):
        let = max((one.not_before_day, *(ready[link.activity] + link.lag_days for link in one.after)))
        assert (timed.start_day > let) == bool(timed.waits_for)
        waits[timed.waits_for] = waits.get(timed.waits_for, 0) + timed.start_day - let
        for sooner in range(let, timed.start_day):
            assert not _keeps_the_rules(net, found, {**starts, one.id: sooner})
    assert sum(found.waits.values()) == sum(waits.values())
    assert set(found.waits) >= {what for what in waits if what}
    assert list(found.waits.values()) == sorted(found.waits.values(), reverse=True)


def _keeps_the_rules(net: Network, found: Schedule, starts: dict[str, int]) -> bool:
    timed = tuple(
        replace(one, start_day=starts[one.activity], ready_day=starts[one.activity] + one.ready_day - one.start_day)
        for one in found.timed
    )
    moved = replace(found, timed=timed, ready_day=max(one.ready_day for one in timed), bound_day=0)
    try:
        assert_keeps_the_rules(net, moved)
    except AssertionError:
        return False
    return True


@MANY
@given(networks())
def test_the_chain_leads_to_the_end_and_each_begins_after_the_one_before(net: Network) -> None:
    found = schedule(net, samples=0)
    timed = {one.activity: one for one in found.timed}
    known = {one.id: one for one in net.activities}
    assert timed[found.chain[-1]].ready_day == found.ready_day
    for first, then in zip(found.chain, found.chain[1:], strict=False):
        lags = {link.activity: link.lag_days for link in known[then].after}
        if first in lags:
            ends = [timed[other].ready_day + lag for other, lag in lags.items()]
            assert timed[first].ready_day + lags[first] == max(ends)
        else:
            assert timed[then].waits_for.startswith("pool:")
            assert timed[first].ready_day == timed[then].start_day


def test_the_chain_follows_the_crew() -> None:
    net = network(
        act("long", 5, pool="crew", item="first"), act("other", 1), act("waits", 2, "other", pool="crew"),
        pools=(Pool(id="crew", jobs_per_day=1),), due_by_item={"first": 5},
    )  # fmt: skip
    found = schedule(net)
    assert (found.chain, found.ready_day, found.bound_day) == (("long", "waits"), 7, 7)


def test_each_kind_of_waiting_has_its_name() -> None:
    net = network(
        act("windows", 2, windows="site"), act("weather", 2, weather="dry"), act("freeze", 2, frozen=True),
        act("first", 3, pool="crew", item="i"), act("pool", 3, pool="crew"), act("stock", 1, stock="box", pieces=2),
        act("free", 1),
        windows={"site": ((4, 9),)}, weather=(Weather(id="dry", days=((6, 9),), reserve_days=1),), freezes=((1, 2),),
        pools=(Pool(id="crew", jobs_per_day=1),), stocks=(Stock(id="box", pieces=1, arrivals=((8, 1),)),),
        due_by_item={"i": 3},
    )  # fmt: skip
    found = schedule(net)
    assert {one.activity: (one.start_day, one.waits_for) for one in found.timed} == {
        "windows": (4, "windows:site"),
        "weather": (6, "weather:dry"),
        "freeze": (3, "freeze"),
        "first": (0, ""),
        "pool": (3, "pool:crew"),
        "stock": (8, "stock:box"),
        "free": (0, ""),
    }
    assert found.waits == {"stock:box": 8, "weather:dry": 6, "windows:site": 4, "freeze": 3, "pool:crew": 3}


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (network(act("a", 1, "b")), "activity a names activity b, which nobody knows"),
        (network(act("a", 1), act("a", 2)), "activity a is there twice"),
        (network(act("a", 1, "c"), act("b", 1, "a"), act("c", 1, "b"), act("d", 1)), "a -> b -> c -> a"),
        (network(act("a", 1, "a")), "a -> a"),
        (network(act("a", -1)), "activity a cannot take -1, -1, -1 days"),
        (network(act("a", 3, least_days=4)), "activity a cannot take 4, 3, 3 days"),
        (network(act("a", 3, ("b", -1)), act("b", 1)), "activity a has a negative lag"),
        (network(act("a", 10**9)), "activity a has a figure of more than 100,000 days"),
        (network(act("a", 1, ("b", 10**9)), act("b", 1)), "activity a has a figure of more than 100,000 days"),
        (network(act("a", 1, pool="p")), "activity a names pool p, which nobody knows"),
        (network(act("a", 1, needs={"p": 1})), "activity a names pool p, which nobody knows"),
        (network(act("a", 1, stock="s", pieces=1)), "activity a names stock s, which nobody knows"),
        (network(act("a", 1, windows="w")), "activity a names windows w, which nobody knows"),
        (network(act("a", 1, weather="w")), "activity a names weather w, which nobody knows"),
        (network(act("a", 1, stock="s", pieces=-1), stocks=(Stock(id="s", pieces=1),)), "activity a takes less than"),
    ],
)
def test_a_network_that_contradicts_itself_is_refused_by_name(net: Network, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        schedule(net)


@pytest.mark.parametrize(
    ("net", "waits_for"),
    [
        (network(act("a", 3, windows="w"), windows={"w": ((0, 1), (3, 4))}), "windows:w"),
        (network(act("a", 1, windows="w"), windows={"w": ()}), "windows:w"),
        (network(act("a", 1, weather="w"), weather=(Weather(id="w", days=((0, 2),), reserve_days=3),)), "weather:w"),
        (network(act("a", 2, stock="s", pieces=3), stocks=(Stock(id="s", pieces=1, arrivals=((4, 1),)),)), "stock:s"),
        (network(act("a", 1, pool="p", jobs=3), pools=(Pool(id="p", jobs_per_day=2),)), "pool:p"),
        (
            network(act("a", 1, frozen=True, windows="w"), windows={"w": ((2, 4),)}, freezes=((0, 9),)),
            "freeze",
        ),
        (network(act("a", 1, pool="p"), pools=(Pool(id="p", jobs_per_day=0),)), "pool:p"),
        (network(act("a", 1, pool="p"), pools=(Pool(id="p", jobs_per_day=1, off=((0, 10**12),)),)), "pool:p"),
        (network(act("a", 1, not_before_day=7, windows="w"), windows={"w": ((2, 4),)}), "windows:w"),
        (
            network(
                act("a", 2, windows="w", pool="p"),
                windows={"w": ((2, 4),)},
                pools=(Pool(id="p", jobs_per_day=1, off=((3, 3),)),),
            ),
            "windows:w",
        ),
    ],
)
def test_what_can_never_start_is_told_with_what_it_waits_for(net: Network, waits_for: str) -> None:
    with pytest.raises(NeverPossible) as told:
        schedule(net)
    assert (told.value.activity, told.value.waits_for) == ("a", waits_for)
    assert "activity a can never start" in str(told.value)


def test_nothing_to_do_is_ready_at_once() -> None:
    found = schedule(Network(activities=()), improve_s=1)
    assert (found.ready_day, found.bound_day, found.gap, found.chain, found.timed) == (0, 0, 0.0, (), ())


def test_who_asks_to_stop_gets_the_first_schedule() -> None:
    net = network(
        *(act(f"a{n}", 1 + n % 3, pool="crew", jobs=1 + n % 2) for n in range(12)),
        pools=(Pool(id="crew", jobs_per_day=3),),
    )
    assert schedule(net, improve_s=30, stop=lambda: True) == schedule(net)


@pytest.mark.parametrize("searched_s", [0.0, 5.0])
def test_what_others_have_taken_is_not_there(searched_s: float) -> None:
    """The crew is busy on days 0 and 3, so two days in a row begin on day 1, and two more after day 3.

    The second piece is taken by others on day 8, so nobody else has it before, and waits for day 12.
    """
    net = network(
        act("a", 2, pool="crew", stock="box", pieces=1),
        act("b", 2, pool="crew", item="late"),
        act("c", 0, "b", stock="box", pieces=1),
        pools=(Pool(id="crew", jobs_per_day=1, taken=((0, 1), (3, 1))),),
        stocks=(Stock(id="box", pieces=2, arrivals=((12, 3),), taken=((8, 1),)),),
        due_by_item={"late": 2},
    )
    found = schedule(net, samples=0, improve_s=searched_s, effort=1)
    starts = starts_of(found)
    assert sorted((starts["a"], starts["b"])) == [1, 4]
    assert sorted((starts["a"], starts["c"]))[1] == 12
    assert found.bound_day <= found.ready_day
