"""What was promised held against what is reported, when an order has ended."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from linkwright.business.model import BusinessCase
from linkwright.designs.facts import PartnerAnswer
from linkwright.orders.errands import Errand, Seen, Task
from linkwright.orders.model import Order
from linkwright.orders.results import COMPARED, MOST_NAMED, with_results
from tests.builders import NOW, a_requirement, a_solution, an_access, an_item, an_order
from tests.orders.world import World, a_task, an_order_of_two

PROMISED = a_solution(
    availability=0.9995, latency_ms=2.5, diverse_in="node", ready=date(2026, 11, 30), requirement=a_requirement()
)
KEPT = {"availability": 0.9996, "roundTripMs": 4.9, "bandwidthMbps": 100, "diversity": "node", "ready": "2026-11-30"}


def ended(**changes: Any) -> Order:
    return an_order(**{"state": "completed", "items": (an_item(state="completed"),), **changes})


def registered(item: str = "1", **facts: Any) -> Task:
    return a_task(key=f"r/{item}", kind="register", state="done", items=(item,), reported={item: facts})


def compared(*tasks: Task, order: Order | None = None) -> Order:
    order = order or ended()
    return with_results(order, tasks, {leaf.id: PROMISED for leaf in order.items}, NOW)


def message(order: Order) -> str:
    (told,) = (milestone for milestone in order.milestones if milestone.name == COMPARED)
    return told.message


def test_c19_what_was_promised_and_what_was_delivered_are_told_with_their_numbers() -> None:
    order = compared(registered(**KEPT))
    assert order.jeopardies == ()
    assert message(order) == (
        "Services compared: 1, worse than promised: 0, not known in full: 0. Item 1: "
        "availability 0.9995 promised, 0.9996 delivered, round trip 5 ms promised, 4.9 ms delivered, "
        "bandwidth 100 Mbit/s promised, 100 Mbit/s delivered, diversity node promised, node delivered, "
        "ready 2026-11-30 promised, 2026-11-30 delivered. Business outcome: "
        "item 1: one-time cost 1,080.00 EUR expected, 1,080.00 EUR ordered, "
        "recurring cost a month 365.00 EUR expected, 365.00 EUR ordered."
    )


BOUGHT = replace(
    PROMISED,
    asked=(PartnerAnswer(partner="north", ref="1", asked="offered", offer=an_access(id="north:q", partner="north")),),
    case=BusinessCase(
        currency="EUR", lines=(), one_time_minor=0, recurring_minor=0, investment=(), time_to_revenue_days=62
    ),
)


def confirmed(nrc: int, mrc: int, unit: str = "EUR") -> Task:
    price = {"nrc": {"minor": nrc, "unit": unit}, "mrc": {"minor": mrc, "unit": unit}}
    reported = {"1": {"confirmed": price}}
    return a_task(key="p", kind="procure", system="north", state="done", access="north:q", reported=reported)


def outcome(*tasks: Task) -> tuple[str, tuple[str, ...]]:
    order = with_results(ended(), tasks, {"1": BOUGHT}, NOW)
    return message(order).partition("Business outcome: ")[2], tuple(one.name for one in order.jeopardies)


def test_c19_the_business_outcome_is_what_was_ordered_at_the_prices_that_partners_confirmed() -> None:
    offer = BOUGHT.asked[0].offer
    assert offer is not None
    dearer = confirmed(offer.nrc_minor + 2_500, offer.mrc_minor - 100)
    told, alerts = outcome(registered(**KEPT), dearer)
    assert "one-time cost 1,080.00 EUR expected, 1,105.00 EUR ordered (" in told
    assert "confirmed by north)" in told
    assert "recurring cost a month 365.00 EUR expected, 364.00 EUR ordered" in told
    assert alerts == ("BUDGET_EXCEEDED",)
    assert outcome(registered(**KEPT), confirmed(offer.nrc_minor, offer.mrc_minor))[1] == ()
    told, alerts = outcome(registered(**KEPT), confirmed(1_000_000, 1_000_000, "USD"))
    assert ("confirmed" in told, alerts) == (False, ())


def test_c19_the_time_to_revenue_is_that_of_the_day_on_which_the_service_was_there() -> None:
    assert "time to revenue 62 days expected, 62 days" in outcome(registered(**KEPT))[0]
    assert "time to revenue 62 days expected, 93 days" in outcome(registered(**{**KEPT, "ready": "2026-12-07"}))[0]
    assert "time to revenue 62 days expected, 32 days" in outcome(registered(**{**KEPT, "ready": "2026-10-20"}))[0]
    assert "time to revenue 62 days expected, unknown" in outcome(registered(availability=0.9996))[0]


@pytest.mark.parametrize(
    ("worse", "code"),
    [
        ({"availability": 0.9994}, "SLA_MARGIN_THIN"),
        ({"roundTripMs": 5.1}, "SLA_MARGIN_THIN"),
        ({"bandwidthMbps": 50}, "CAPACITY_LOST"),
        ({"diversity": "link"}, "DIVERSITY_BROKEN"),
        ({"ready": "2026-12-01"}, "DATE_AT_RISK"),
    ],
)
def test_c19_whatever_is_worse_than_promised_is_an_alert(worse: dict[str, Any], code: str) -> None:
    order = compared(registered(**{**KEPT, **worse}))
    (alert,) = order.jeopardies
    assert (alert.name, alert.severity, alert.items) == (code, "Hazard", ("1",))
    assert "promised" in alert.message
    assert "worse than promised: 1" in message(order)


def test_c19_what_nobody_reports_is_unknown_and_neither_good_nor_bad() -> None:
    order = compared(registered(registered="2026-11-02"))
    assert order.jeopardies == ()
    assert "not known in full: 1" in message(order)
    for name in ("availability 0.9995", "round trip 5 ms", "bandwidth 100 Mbit/s", "diversity node"):
        assert f"{name} promised, unknown" in message(order)
    assert "ready 2026-11-30 promised, 2026-11-02 delivered" in message(order)


def test_c19_parameters_are_compared_with_those_that_were_allocated() -> None:
    item = an_item(state="completed", parameters={"vlanId": 100, "prefix": "10.0.0.0/30", "name": "a"})
    order = compared(
        registered(**KEPT, parameters={"vlanId": 200, "prefix": "10.0.0.0/30"}), order=ended(items=(item,))
    )
    assert [alert.name for alert in order.jeopardies] == ["DOWNSTREAM_FALLOUT"]
    assert "parameter vlanId 100 allocated, 200 delivered" in message(order)
    assert "parameters as allocated 1 of 3, unknown 1" in message(order)


def test_c19_the_inventory_goes_before_the_implementation_order() -> None:
    implemented = a_task(
        key="i", kind="implement", state="done", reported={"1": {**KEPT, "availability": 0.9, "ready": "2026-11-29"}}
    )
    order = compared(registered(availability=0.9999), implemented)
    assert "0.9999 delivered" in message(order)
    assert "2026-11-29 delivered" in message(order)
    assert order.jeopardies == ()


def test_c19_is_told_once_and_only_of_services_that_are_there() -> None:
    items = (an_item(state="completed"), an_item(id="2", state="failed"))
    order = compared(registered(**KEPT), order=ended(state="partial", items=items))
    assert "Item 2" not in message(order)
    assert compared(registered(), order=order) == order
    assert compared(registered(), order=ended(state="inProgress")).milestones == ()
    assert compared(order=ended(state="failed", items=(items[1],))).milestones == ()


def test_c19_of_many_items_the_worse_ones_are_named_and_the_others_counted() -> None:
    many = [str(n) for n in range(MOST_NAMED + 10)]
    order = ended(items=tuple(an_item(id=name, state="completed") for name in many))
    late = {**KEPT, "ready": "2027-01-01"}
    order = compared(*(registered(name, **(late if name == many[-1] else KEPT)) for name in many), order=order)
    assert f"Services compared: {len(many)}, worse than promised: 1" in message(order)
    assert message(order).count("availability") == MOST_NAMED
    assert message(order).index(f"Item {many[-1]}:") < message(order).index("Item 0:")


def test_c19_an_order_that_ends_compares_what_its_systems_have_told() -> None:
    world = World()
    look = world.outside["register"].look

    def measured(errand: Errand) -> Seen:
        (item,) = errand.task.items
        return replace(look(errand), reported={item: {"availability": 0.5 if item == "2" else 0.9999}})

    object.__setattr__(world.outside["register"], "look", measured)
    world.outside["implement"].looks_until_done = 3
    world.desk.place(an_order_of_two())
    world.until_quiet()
    assert [(one.name, one.items) for one in world.order.jeopardies] == [("SLA_MARGIN_THIN", ("2",))]
    assert "availability 0.998 promised, 0.5 delivered" in message(world.order)
    assert f"{(NOW + timedelta(seconds=3)).date().isoformat()} delivered" in message(world.order)
    assert ("milestone", "completed") in world.told()
