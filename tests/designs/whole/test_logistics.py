"""The delivery of CPE is a step of every plan that needs CPE: it leaves the stock when it is needed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from linkwright.designs.answers import Answer
from linkwright.designs.requirement import Rollout, Span, Work
from linkwright.plan.model import After, Step
from linkwright.plan.slip import moved
from linkwright.plan.working_days import working_days
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
def test_one_delivery_for_all_waits_for_the_pieces_of_all(days: int) -> None:
    together = Work(id="logistics", days=days, each=False)
    wanted = [replace(one, bespoke_activities=(together,)) for one in several(5)]
    found = plans(asked(*wanted, sites=names(5), stock={"stock": 2, "restock_days": 20}))
    assert {one["logistics"].start for one in found} == {RESTOCKED}
    assert all(one["installation"].start == one["logistics"].ready for one in found)
    assert sorted(one["logistics:stock"].start for one in found)[1:3] == [date(2027, 5, 3), RESTOCKED]


def test_one_delivery_for_all_comes_before_the_staging_of_each() -> None:
    together = Work(id="logistics", days=2, each=False)
    steps = steps_of(together, Work(id="staging", kind="staging", days=3), stock=EMPTY)
    assert steps["logistics"].start == RESTOCKED
    assert steps["staging"].start == steps["logistics"].ready
    assert steps["installation"].start == steps["staging"].ready


def test_some_have_a_delivery_in_common_and_others_their_own() -> None:
    first, *others = several(3, rollout=Rollout(pilot_items=1, pilot_days=3))
    shared = replace(first, bespoke_activities=(Work(id="logistics", days=1, each=False),))
    for item in asked(shared, *others, sites=names(3)).items:
        plan = plan_of_item(item)
        ids = [step.id for step in plan.steps]
        assert len(set(ids)) == len(ids)
        assert moved(plan, dict.fromkeys(ids, 3), working_days(date(2027, 5, 3), frozenset())).end > plan.end


def test_whatever_is_said_of_an_installation_it_needs_its_cpe() -> None:
    works = (
        Work(id="approval", days=1, nrc_minor=0),
        Work(id="logistics", days=0, after=(After(activity="approval"),)),
        Work(id="installation", days=1, after=(After(activity="delivery"),)),
    )
    steps = steps_of(*works, stock=EMPTY)
    assert (steps["logistics"].start, steps["installation"].start) == (RESTOCKED, RESTOCKED)
    two = (Work(id="mast", kind="installation", days=2, after=()), Work(id="installation", days=1, after=()))
    steps = steps_of(*two, stock=EMPTY)
    assert (steps["mast"].start, steps["installation"].start) == (RESTOCKED, RESTOCKED)


def test_a_handover_of_its_own_comes_after_the_delivery_and_before_the_installation() -> None:
    keys = Work(id="keys", kind="handover", days=1, after=(After(activity="logistics"),))
    installation = Work(id="installation", days=1, after=(After(activity="keys"),))
    steps = steps_of(keys, Work(id="handover", days=0), installation, stock=EMPTY)
    assert (steps["logistics"].start, steps["keys"].start) == (RESTOCKED, RESTOCKED)
    assert steps["installation"].start == steps["keys"].ready


def test_a_handover_some_days_after_the_delivery_counts_from_it() -> None:
    works = (
        Work(id="installation", days=8),
        Work(id="handover", days=0, after=(After(activity="logistics", lag_days=10),)),
    )
    steps = steps_of(*works)
    assert steps["handover"].after == ("logistics",)
    assert steps["handover"].start == date(2027, 5, 17), "ten working days after the stock has it"


def test_a_handover_some_days_after_the_installation_keeps_its_days() -> None:
    after = (After(activity="installation", lag_days=3), After(activity="logistics"))
    steps = steps_of(Work(id="installation", days=1), Work(id="handover", days=0, after=after))
    assert (steps["handover"].after, steps["handover"].lags) == (("installation",), (3,))


def test_each_of_many_has_its_own_delivery() -> None:
    found = plans(asked(*several(5), sites=names(5), stock={"stock": 2, "restock_days": 20}))
    assert [one["logistics"].start for one in found] == [READY, READY, RESTOCKED, RESTOCKED, RESTOCKED]
    assert all(one["logistics"].start == one["installation"].start for one in found)
