"""An order of several items has the design of all of them: its own for each item that has others below it."""

from dataclasses import replace
from typing import Any

from linkwright.business.rules import Finance
from linkwright.designs.requirement import Requirement
from linkwright.orders.commit import Commitment, Committed
from linkwright.orders.model import OrderItem
from linkwright.orders.states import leaves
from linkwright.wire.v4.service_order import order_internals, read_stored_order, write_order
from tests.builders import a_solution, an_item, an_order
from tests.designs.answering import a_designer, some_facts
from tests.designs.whole.test_bundles import PROMPT, several
from tests.orders.world import World

BASE = "http://us"


def leaf(ref: str, **changes: Any) -> OrderItem:
    return an_item(id=ref, requirement=several(ref)[0], design_id=None, **changes)


def parent(ref: str, *children: OrderItem, **wanted: Any) -> OrderItem:
    return an_item(id=ref, requirement=Requirement(ref=ref, **wanted), design_id=None, children=children)


def committed(*items: OrderItem, finance: Finance | None = None) -> Committed:
    world = World()
    rules = {} if finance is None else {"finance": finance}
    designer = a_designer(some_facts("a", "b", "c"), **rules)
    commitment = Commitment(books=world.books, designer=designer, now=world.clock)
    return commitment.commit(an_order(items=items))


def service_of(doc: Any, ref: str) -> Any:
    found = [one for item in doc["serviceOrderItem"] for one in (item, *item.get("serviceOrderItem", ()))]
    return next(one["service"] for one in found if one["id"] == ref)


def words(service: Any) -> dict[str, Any]:
    told = service.get("serviceCharacteristic", ())
    assert len({one["name"] for one in told}) == len(told)
    return {one["name"]: one["value"] for one in told}


def designs(service: Any) -> list[str]:
    return [one["id"] for one in service.get("relatedEntity", ()) if one["role"] == "serviceDesign"]


def test_an_item_with_others_below_it_refers_to_the_design_of_all_of_them() -> None:
    result = committed(parent("all", leaf("a"), leaf("b")), leaf("c"))
    (whole,) = result.wholes
    assert [one.ref for one in whole.members] == ["a", "b"]
    assert whole in result.documented
    doc = write_order(result.order, BASE)
    service = service_of(doc, "all")
    assert designs(service) == [whole.design_id]
    assert words(service)["design.id"] == whole.design_id
    assert words(service)["commercial.oneTimeCost"] == {"unit": "EUR", "value": whole.nrc_minor / 100}
    assert designs(service_of(doc, "a")) == [result.solutions["a"].design_id]
    assert not any(name.startswith("design.solution.") for name in words(service_of(doc, "c")))


def test_without_such_an_item_the_first_one_leads_to_the_design_of_all() -> None:
    result = committed(leaf("a"), leaf("b"))
    (whole,) = result.wholes
    doc = write_order(result.order, BASE)
    first = words(service_of(doc, "a"))
    assert first["design.solution.id"] == whole.design_id
    assert first["design.solution.oneTimeCost"] == {"unit": "EUR", "value": whole.nrc_minor / 100}
    assert designs(service_of(doc, "a")) == [first["design.id"]] == [result.solutions["a"].design_id]
    assert "design.solution.id" not in words(service_of(doc, "b"))


def test_the_way_to_the_design_of_all_stays_in_the_stored_order() -> None:
    for items in ((leaf("a"), leaf("b")), (parent("all", leaf("a"), leaf("b")),)):
        order = committed(*items).order
        doc = write_order(order, BASE)
        stored = read_stored_order(doc, version=2, requester="bss", internals=order_internals(order))
        assert write_order(stored, BASE) == doc
        assert all(one.solution is None for one in leaves(stored.items))


def test_words_of_a_check_that_were_copied_into_the_order_go() -> None:
    order = committed(parent("all", leaf("a"), leaf("b"))).order
    copied = {"id": "all", "service": {"serviceCharacteristic": [{"name": "design.id", "value": "of the check"}]}}
    doc = write_order(replace(order, body={"serviceOrderItem": [copied]}), BASE)
    assert words(service_of(doc, "all"))["design.id"] == designs(service_of(doc, "all"))[0]


def test_each_item_with_others_below_it_has_its_own_design_of_all() -> None:
    result = committed(parent("one", leaf("a")), parent("two", leaf("b"), leaf("c")))
    doc = write_order(result.order, BASE)
    told = [designs(service_of(doc, ref)) for ref in ("one", "two")]
    assert told == [[whole.design_id] for whole in result.wholes]
    assert [[one.ref for one in whole.members] for whole in result.wholes] == [["a"], ["b", "c"]]


def test_what_is_designed_already_makes_no_design_of_all() -> None:
    world = World()
    commitment = Commitment(books=world.books, designer=a_designer(some_facts("a")), now=world.clock)
    ordered = an_item(id="1", design_id="design-1")
    result = commitment.commit(an_order(items=(parent("all", leaf("a"), ordered),)))
    assert not result.rejected
    assert result.wholes == ()
    assert designs(service_of(write_order(result.order, BASE), "all")) == []


def test_the_budget_of_an_item_with_others_below_it_binds_their_sum() -> None:
    (whole,) = committed(parent("all", leaf("a"), leaf("b"))).wholes
    enough = parent("all", leaf("a"), leaf("b"), budget_nrc_minor=whole.nrc_minor)
    assert not committed(enough).rejected
    short = parent("all", leaf("a"), leaf("b"), budget_nrc_minor=whole.nrc_minor - 1)
    refused = committed(short, leaf("c"))
    assert refused.rejected
    assert [fault.code for fault in refused.order.faults] == ["SD-BUD-01"]


def test_the_rules_for_money_bind_what_lies_below_an_item_as_a_whole() -> None:
    refused = committed(parent("all", leaf("a"), leaf("b")), finance=PROMPT)
    assert [fault.code for fault in refused.order.faults] == ["SD-FIN-01"]
    items = (leaf("a"), replace(leaf("b"), requirement=several("b", price_mrc_minor=1)[0]))
    rules = Finance(discount_rate=0.09, currency="EUR", min_npv_minor=0)
    assert not committed(parent("all", *items), finance=rules).rejected
    assert committed(*items, finance=rules).rejected


def test_an_item_below_that_cannot_be_had_is_the_only_reason_that_is_told() -> None:
    lost = replace(leaf("b"), requirement=several("b", bandwidth_mbps=5_000)[0])
    refused = committed(parent("all", leaf("a"), lost))
    assert refused.rejected
    assert not any("see them" in fault.message for fault in refused.order.faults)


def test_designs_that_cost_more_than_an_item_above_them_has_are_told_though_they_are_ordered() -> None:
    world = World()
    commitment = Commitment(books=world.books, designer=a_designer(some_facts("a")), now=world.clock)
    cost_minor = a_solution().nrc_minor
    for budget_minor, alerts in ((cost_minor - 1, ["BUDGET_EXCEEDED/inner/design"]), (cost_minor, [])):
        inner = parent("inner", an_item(id="1", design_id="design-1"), budget_nrc_minor=budget_minor)
        order = commitment.commit(an_order(items=(parent("all", inner),))).order
        assert [one.id for one in order.jeopardies] == alerts
        assert all(f"budget {budget_minor / 100:,.2f}" in one.message for one in order.jeopardies)


def test_the_budget_of_an_item_between_is_compared_with_new_designs_too() -> None:
    inner = parent("inner", leaf("b"), budget_mrc_minor=1)
    order = committed(parent("all", leaf("a"), inner)).order
    assert [one.items for one in order.jeopardies] == [("inner",)]
