"""The roll-out to all stores, and its money recomputed from the days of its own plan."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mocks.scenario.look import is_bundle, items_of, service_of
from tests.journeys.warm import Forge
from tests.scenarios.stage import stage, unmet

Json = Any
ROLL_OUT = "s3"
ORDERED = date(2027, 1, 11)
PRICE, MONTHS, RATE = 89.0, 36, 0.09
HOLIDAYS = {date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)}


def test_all_stores(tmp_path: Path, forge: Forge) -> None:
    with stage(tmp_path, forge, ROLL_OUT) as played:
        failed = unmet(played.player.play())
        check = played.player.found("check")
    assert failed == []
    figures = {one["name"]: one["value"] for one in bundle_of(check)["service"]["serviceCharacteristic"]}
    stores = list(stores_of(check))
    flow = cash_flow(stores)
    assert len(stores) == 1988
    assert figures["commercial.npv"]["value"] == pytest.approx(npv(flow), abs=0.01 * len(flow))
    assert figures["commercial.paybackMonths"] == payback(flow)
    assert figures["commercial.timeToRevenueDays"] == (min(first_billed(ready) for ready, *_ in stores) - ORDERED).days


def bundle_of(check: Json) -> Json:
    return next(item for item in items_of(check) if is_bundle(item))


def stores_of(check: Json) -> Iterator[tuple[date, float, float]]:
    """(day from which it is ready, cost once, cost a month) of each store that is built, an alternate as proposed."""
    for item in items_of(check):
        result = item.get("qualificationResult")
        if is_bundle(item) or result not in ("qualified", "alternate"):
            continue
        built = item if result == "qualified" else item["alternateServiceProposal"][0]
        said = {one["name"]: one["value"] for one in service_of(built)["serviceCharacteristic"]}
        yield (
            date.fromisoformat(said["plan.readyForServiceDate"][:10]),
            said["commercial.oneTimeCost"]["value"],
            said["commercial.recurringCost"]["value"],
        )


def cash_flow(stores: list[tuple[date, float, float]]) -> Mapping[int, float]:
    """Money by month, that of the order being 0: the cost once when it is installed, then 36 months of margin."""
    flow: Counter[int] = Counter()
    for ready, once, monthly in stores:
        flow[month(working_day_before(ready))] -= once  # type: ignore[assignment]
        first = month(first_billed(ready))
        for number in range(first, first + MONTHS):
            flow[number] += PRICE - monthly  # type: ignore[assignment]
    return flow


def working_day_before(day: date) -> date:
    """The day of the installation: what it delivers can be used on the next working day."""
    before = day - timedelta(days=1)
    while before.weekday() > 4 or before in HOLIDAYS:
        before -= timedelta(days=1)
    return before


def first_billed(ready: date) -> date:
    """The beginning of the first full month in which it is active."""
    return ready if ready.day == 1 else (ready.replace(day=1) + timedelta(days=32)).replace(day=1)


def month(day: date) -> int:
    return (day.year - ORDERED.year) * 12 + day.month - ORDERED.month


def npv(flow: Mapping[int, float]) -> float:
    monthly = (1 + RATE) ** (1 / 12) - 1
    return sum(money / (1 + monthly) ** number for number, money in flow.items())


def payback(flow: Mapping[int, float]) -> int:
    """The first month at whose end everything is back, for good."""
    total, back = 0.0, 0
    for number in range(max(flow) + 1):
        total += flow.get(number, 0.0)
        if total < -0.005:
            back = number + 1
    return back
