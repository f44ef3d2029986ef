"""The days that a plan has for items that are late can be wanted: then nothing is late."""

import random
from dataclasses import replace
from typing import Any

import pytest

from linkwright.plan.model import Activity, Network, Pool, Stock
from linkwright.plan.schedule import schedule
from linkwright.plan.serial import lateness
from linkwright.plan.tasks import tasks_of
from tests.plan.pieces import act, assert_keeps_the_rules, network


def _items(seed: int) -> Network:
    """Survey, installation and test of several items, by one crew and one tester; all of them wanted too early."""
    rng = random.Random(seed)
    count, activities = rng.randint(3, 6), list[Activity]()
    for n in range(count):
        kept: dict[str, Any] = {"item": f"i{n}", "not_before_day": rng.randint(0, 12)}
        activities += [
            act(f"survey {n}", rng.randint(1, 4), pool=rng.choice((None, "crew")), **kept),
            act(f"install {n}", rng.randint(1, 6), f"survey {n}", pool="crew", stock="cpe", pieces=1, **kept),
            act(f"test {n}", rng.randint(0, 4), f"install {n}", pool=rng.choice((None, "tester")), **kept),
        ]
    return network(
        *activities,
        pools=(Pool(id="crew", jobs_per_day=1), Pool(id="tester", jobs_per_day=1)),
        stocks=(Stock(id="cpe", pieces=rng.randint(0, count), arrivals=((rng.randint(5, 20), count),)),),
        due_by_item={f"i{n}": rng.randint(5, 20) for n in range(count)},
    )


def _as_planned(net: Network) -> Network:
    """The items that are late wanted by the day that they have."""
    ends: dict[str, int] = {}
    for one, timed in zip(net.activities, schedule(net, samples=0).timed, strict=True):
        ends[one.item or ""] = max(ends.get(one.item or "", 0), timed.ready_day)
    return replace(net, due_by_item={item: max(day, ends[item]) for item, day in net.due_by_item.items()})


def _is_late(net: Network) -> bool:
    return lateness(tasks_of(net), [timed.start_day for timed in schedule(net, samples=0).timed]) > 0


@pytest.mark.parametrize("seed", [16, 24, 38, 41, 47, 53])
def test_what_is_told_of_late_items_can_be_wanted(seed: int) -> None:
    net = _items(seed)
    assert _is_late(net)
    assert_keeps_the_rules(net, schedule(net, samples=0))
    assert not _is_late(_as_planned(net))
