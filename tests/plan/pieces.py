"""Activities in few words, small random networks, and the rules of a schedule written once more."""

from typing import Any

from hypothesis import strategies as st

from linkwright.plan.model import Activity, After, Days, Network, Pool, Schedule, Stock, Timed, Weather


def act(name: str, days: int, *after: str | tuple[str, int], **more: Any) -> Activity:
    """`after`: ids, or an id and its lag."""
    links = tuple(
        After(activity=one) if isinstance(one, str) else After(activity=one[0], lag_days=one[1]) for one in after
    )
    return Activity(**{"id": name, "name": name, "kind": "build", "days": days, "after": links, **more})


def network(*activities: Activity, **more: Any) -> Network:
    return Network(activities=activities, **more)


def starts_of(schedule: Schedule) -> dict[str, int]:
    return {timed.activity: timed.start_day for timed in schedule.timed}


def assert_keeps_the_rules(net: Network, schedule: Schedule) -> None:
    """All rules of `linkwright.plan.model`, day by day, with nothing that the scheduler uses."""
    assert [timed.activity for timed in schedule.timed] == [one.id for one in net.activities]
    ready = {timed.activity: timed.ready_day for timed in schedule.timed}
    for one, timed in zip(net.activities, schedule.timed, strict=True):
        _assert_in_its_days(net, one, timed)
        assert all(timed.start_day >= ready[link.activity] + link.lag_days for link in one.after)
    _assert_crews_suffice(net, schedule)
    for stock in net.stocks:
        taken = [
            (timed.start_day, one.pieces)
            for one, timed in zip(net.activities, schedule.timed, strict=True)
            if one.stock == stock.id
        ]
        for day, _ in taken:
            there = stock.pieces + sum(pieces for when, pieces in stock.arrivals if when <= day)
            assert sum(pieces for when, pieces in taken if when <= day) <= there
    assert schedule.ready_day == max(ready.values(), default=0)
    assert schedule.bound_day <= schedule.ready_day


def _assert_in_its_days(net: Network, one: Activity, timed: Timed) -> None:
    weather = next((weather for weather in net.weather if weather.id == one.weather), None)
    assert timed.ready_day - timed.start_day == one.days + (weather.reserve_days if weather else 0)
    assert timed.start_day >= max(one.not_before_day, 0)
    days = range(timed.start_day, max(timed.ready_day, timed.start_day + 1))
    if one.windows is not None:
        assert all(_within(day, net.windows[one.windows]) for day in days)
    if weather is not None and weather.days:
        assert all(_within(day, weather.days) for day in days)
    if one.frozen:
        assert not any(_within(day, net.freezes) for day in days)


def _assert_crews_suffice(net: Network, schedule: Schedule) -> None:
    busy: dict[tuple[str, int], int] = {}
    for one, timed in zip(net.activities, schedule.timed, strict=True):
        for pool, jobs in (*one.needs.items(), *(((one.pool, one.jobs),) if one.pool else ())):
            for day in range(timed.start_day, timed.ready_day):
                busy[pool, day] = busy.get((pool, day), 0) + jobs
    pools = {pool.id: pool for pool in net.pools}
    for (name, day), jobs in busy.items():
        assert jobs <= (0 if _within(day, pools[name].off) else pools[name].jobs_per_day)


def _within(day: int, spans: tuple[Days, ...]) -> bool:
    return any(first <= day <= last for first, last in spans)


spans = st.lists(
    st.tuples(st.integers(0, 25), st.integers(0, 8)).map(lambda one: (one[0], one[0] + one[1])), min_size=1, max_size=4
).map(tuple)


@st.composite
def networks(draw: st.DrawFn, most: int = 8, calendars: bool = True, scarce: bool = True) -> Network:
    """Small networks in which every activity has a day: pools and stocks suffice, and all calendars end open."""
    ends_open: Days = (40, 400)
    count = draw(st.integers(1, most))
    pools = (
        Pool(id="crew", jobs_per_day=2, off=draw(spans) if draw(st.booleans()) else ()),
        Pool(id="lift", jobs_per_day=3),
    )
    activities = []
    for n in range(count):
        before = draw(st.sets(st.integers(0, n - 1), max_size=2)) if n else set()
        days = draw(st.integers(0, 4))
        more: dict[str, Any] = {"not_before_day": draw(st.sampled_from((0, 0, 0, 3)))}
        if calendars:
            more["windows"] = draw(st.sampled_from((None, None, "site")))
            more["weather"] = draw(st.sampled_from((None, None, "dry", "windy")))
            more["frozen"] = draw(st.booleans())
        if scarce:
            more["pool"] = draw(st.sampled_from((None, "crew")))
            more["jobs"] = draw(st.integers(1, 2))
            more["needs"] = {"lift": draw(st.integers(0, 3))}
            more["stock"], more["pieces"] = draw(st.sampled_from(((None, 0), ("box", 1), ("box", 2))))
        activities.append(act(f"a{n}", days, *((f"a{b}", draw(st.integers(0, 2))) for b in sorted(before)), **more))
    return Network(
        activities=tuple(activities),
        pools=pools,
        stocks=(Stock(id="box", pieces=draw(st.integers(0, 3)), arrivals=((draw(st.integers(1, 9)), 2), (11, 20))),),
        windows={"site": (*draw(spans), ends_open)},
        weather=(
            Weather(id="dry", days=(*draw(spans), ends_open), reserve_days=draw(st.integers(0, 2))),
            Weather(id="windy", reserve_days=1),
        ),
        freezes=draw(spans) if draw(st.booleans()) else (),
        due_day=draw(st.sampled_from((None, 20, 60))),
    )
