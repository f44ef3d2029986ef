"""The delivery of CPE is a step of every plan that needs CPE: it leaves the stock when it is needed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linkwright.designs.answers import Answer
from linkwright.designs.requirement import Span, Work
from linkwright.plan.model import After, Step
from tests.builders import a_requirement
from tests.designs.whole.test_activities import asked, names, plan_of_item, several

READY = date(2027, 5, 10)
"""The access has a lead time of five working days from Monday, 2027-05-03, on."""
RESTOCKED = date(2027, 5, 31)
EMPTY = {"stock": 0, "restock_days": 20}


def steps_of(*works: Work, stock: dict[str, Any] | None = None, **changes: Any) -> dict[str, Step]:
    wanted = a_requirement(**{"needed_by": date(2027, 9, 1), "bespoke_activities": works} | changes)
    (item,) = asked(wanted, **({"stock": stock} if stock else {})).items
    return {step.id: step for step in plan_of_item(item).steps}


def plans(answer: Answer) -> list[dict[str, Step]]:
    return [{step.id: step for step in plan_of_item(item).steps} for item in answer.items]


def test_cpe_in_stock_comes_on_the_day_of_the_installation() -> None:
    opened = (Span(start=date(2027, 6, 14), end=date(2027, 6, 30)),)
    steps = steps_of(Work(id="installation", days=2), site_access=opened)
    delivery, installation = steps["logistics"], steps["installation"]
    assert (delivery.start, delivery.ready, delivery.days) == (date(2027, 6, 14), installation.start, 0)
    assert (delivery.float_days, delivery.free_float_days) == (installation.float_days, 0)
    assert delivery.after == tuple(name for name in installation.after if name != "logistics")
    assert "logistics" in installation.after
    assert "logistics" not in steps["handover"].after


def test_cpe_out_of_stock_comes_when_the_stock_is_filled() -> None:
    steps = steps_of(stock=EMPTY)
    assert (steps["logistics"].start, steps["installation"].start) == (RESTOCKED, RESTOCKED)
    assert steps["logistics"].waits_for.startswith("stock:")


def test_what_comes_after_the_delivery_waits_for_the_stock() -> None:
    staged = steps_of(Work(id="staging", kind="staging", days=3), stock=EMPTY)
    assert (staged["logistics"].start, staged["staging"].start) == (RESTOCKED, RESTOCKED)
    assert staged["installation"].start == staged["staging"].ready
    lag = (After(activity="logistics", lag_days=4),)
    later = steps_of(Work(id="installation", days=1, after=lag), stock=EMPTY)
    assert (later["logistics"].start, later["installation"].start) == (RESTOCKED, date(2027, 6, 4))


@pytest.mark.parametrize("days", [0, 3])
def test_what_is_said_of_the_delivery_holds_however_long_it_takes(days: int) -> None:
    steps = steps_of(
        Work(id="approval", days=9, nrc_minor=0),
        Work(
            id="courier",
            kind="logistics",
            days=days,
            name="By courier",
            owner="depot",
            no_return="soft",
            after=(After(activity="approval"),),
        ),
    )
    courier = steps["courier"]
    assert (courier.name, courier.owner, courier.no_return, courier.days) == ("By courier", "depot", "soft", days)
    assert steps["approval"].ready <= courier.start
    assert courier.ready == steps["installation"].start


def test_a_cancel_costs_from_the_delivery_on() -> None:
    sent = Work(id="logistics", days=0, no_return="soft")
    (item,) = asked(a_requirement(needed_by=date(2027, 9, 1), bespoke_activities=(sent,))).items
    assert plan_of_item(item).soft_no_return == READY


def test_a_delivery_after_the_installation_stays_there() -> None:
    spare = Work(id="logistics", days=0, after=(After(activity="installation"),))
    steps = steps_of(Work(id="installation", days=4), spare)
    assert steps["logistics"].start == steps["installation"].ready


def test_a_delivery_in_the_days_of_the_place_keeps_them() -> None:
    opened = (Span(start=date(2027, 6, 14), end=date(2027, 6, 30)),)
    steps = steps_of(
        Work(id="logistics", days=0, on_site=True), Work(id="installation", on_site=False), site_access=opened
    )
    assert (steps["logistics"].start, steps["installation"].start) == (date(2027, 6, 14), date(2027, 6, 14))


@pytest.mark.parametrize("days", [0, 2])
def test_one_delivery_for_all_brings_the_pieces_of_all(days: int) -> None:
    together = Work(id="logistics", days=days, each=False)
    wanted = [replace(one, bespoke_activities=(together,)) for one in several(5)]
    found = plans(asked(*wanted, sites=names(5), stock={"stock": 2, "restock_days": 20}))
    assert [one["installation"].start >= RESTOCKED for one in found] == [False, False, True, True, True]
    assert len({one["logistics"].start for one in found}) == 1


def test_each_of_many_has_its_own_delivery() -> None:
    found = plans(asked(*several(5), sites=names(5), stock={"stock": 2, "restock_days": 20}))
    assert [one["logistics"].start for one in found] == [READY, READY, RESTOCKED, RESTOCKED, RESTOCKED]
    assert all(one["logistics"].start == one["installation"].start for one in found)
