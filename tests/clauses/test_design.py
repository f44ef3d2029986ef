"""What is built: the tree from service to resources, equipment, holds, and how little it takes."""

import pytest

from mocks.world.equipment import MODELS
from tests.clauses.bss import Bss, Document, Json, cents, words


def test_c07_the_solution_goes_from_the_service_down_to_resources(
    items: dict[str, Json], hq: dict[str, Json], document: Document, course: dict[str, Json]
) -> None:
    service = items["hq"]["service"]
    resources = {one["id"]: one["@referredType"] for one in service["supportingResource"]}
    links = {link for way in hq["access.path"] for link in way}
    assert {name for name, kind in resources.items() if kind == "link"} == links
    assert set(hq["access.entryPoint"]) <= {name for name, kind in resources.items() if kind == "pop"}
    assert resources[hq["cpe.model"]] == "cpeModel"
    tree = document.section("C7")
    for level in ("Customer-facing service", "Resource-facing service", "Resources"):
        assert f"| {level} |" in tree
    assert all(link in tree for link in links)
    assert "<svg" in document.html
    (parent,) = course["done"]["serviceOrderItem"]
    assert [one["id"] for one in parent["serviceOrderItem"]] == ["hq", "plant"]
    assert (parent["state"], parent["service"]["isBundle"]) == ("completed", True)


def test_c07_the_services_between_are_told_too(items: dict[str, Json], hq: dict[str, Json]) -> None:
    """One that faces resources for each leg, and one for the CPE."""
    facing = items["hq"]["service"]["supportingService"]
    assert len(facing) == len(hq["access.technology"]) + 1
    below = {used["id"] for one in facing for used in one.get("supportingResource", ())}
    assert below == {one["id"] for one in items["hq"]["service"]["supportingResource"]}


def test_c07_each_leg_says_whether_it_works_or_stands_by(hq: dict[str, Json], others: dict[str, Json]) -> None:
    assert hq["access.role"] == ["primary", "primary"]
    assert words(others["planned"]["service"])["access.role"] == ["primary", "backup"]
    assert words(others["standard"]["service"])["access.role"] == ["primary"]


def test_c08_the_cpe_fits_and_is_in_stock(hq: dict[str, Json], document: Document, items: dict[str, Json]) -> None:
    """The cheapest model over the term that carries both legs and keeps the availability."""
    model = next(one for one in MODELS if one.id == hq["cpe.model"])
    assert not model.retired
    assert model.max_mbps >= hq["bandwidth"]["down"]
    assert "routing" in model.features
    assert (hq["cpe.ports"], hq["cpe.powerW"], hq["cpe.rackU"]) == (model.ports, model.power_w, model.rack_u)
    assert hq["cpe.quantity"] == 1
    assert hq["cpe.stockLocation"] == "central warehouse"
    bill = document.section("C8")
    assert f"| {model.id} | 1 | 0 | 1 |" in bill
    assert f"{model.power_w} W each" in bill
    assert {"id": model.id, "@type": "ResourceRef", "@referredType": "cpeModel"} in items["hq"]["service"][
        "supportingResource"
    ]


def test_c08_the_cpe_of_an_order_is_ordered(
    ordered: dict[str, Json], hq: dict[str, Json], world: dict[str, Json]
) -> None:
    bought = {
        one["id"]: (one["resource"]["id"], one["quantity"])
        for order in world["resource-orders"]["resourceOrder"]
        for one in order["orderItem"]
    }
    assert bought["hq/cpe"] == (hq["cpe.model"], hq["cpe.quantity"])
    assert bought["plant/cpe"] == (words(ordered["plant"]["service"])["cpe.model"], 1)


def test_c09_the_operational_method_follows_the_technology_and_the_service_level(
    hq: dict[str, Json], others: dict[str, Json], document: Document, ordered: dict[str, Json]
) -> None:
    radio = words(others["standard"]["service"])
    assert "fibre" in hq["ops.operationalMethod"]
    assert "mobile" not in hq["ops.operationalMethod"]
    assert "mobile" in radio["ops.operationalMethod"]
    assert hq["ops.supportTier"] != radio["ops.supportTier"], "99.99 % is another class than 99.5 %"
    section = document.section("C9")
    assert hq["ops.operationalMethod"] in section
    assert hq["ops.supportTier"] in section
    assert words(ordered["hq"]["service"])["ops.operationalMethod"] == hq["ops.operationalMethod"]


def test_c10_what_is_assigned_is_held(
    hq: dict[str, Json], document: Document, world_then: dict[str, Json], course: dict[str, Json]
) -> None:
    (reservation,) = [one for one in world_then["pool"]["reservation"] if one["id"] in hq["hold.reservationId"]]
    held = {one["relatedEntity"][0]["id"]: one["quantity"] for one in reservation["reservationItem"]}
    links = {link: hq["bandwidth"]["down"] for way in hq["access.path"] for link in way}
    assert links.items() <= held.items()
    assert held.keys() - links.keys() > set(hq["access.entryPoint"]) | {hq["cpe.model"]}
    section = document.section("C10")
    assert all(f"| {resource} |" in section for resource in held)
    (parent,) = course["waiting"]["serviceOrderItem"]
    assert {one["service"]["state"] for one in parent["serviceOrderItem"]} == {"reserved"}
    holds = [
        one["id"] for one in course["waiting"]["externalReference"] if one["externalReferenceType"] == "reservation"
    ]
    assert set(hq["hold.reservationId"]) < set(holds), "the hold of the check is taken over, the plant's is new"


def test_c24_no_design_costs_less(
    hq: dict[str, Json], items: dict[str, Json], document: Document, ordered: dict[str, Json]
) -> None:
    def over_the_term(told: dict[str, Json]) -> int:
        months = told.get("termMonths", 36)
        return cents(told["commercial.oneTimeCost"]) + months * cents(told["commercial.recurringCost"])

    assert hq["design.optimalityGap"] == 0
    assert hq["design.score"] == pytest.approx(100)
    assert "cheapest" in hq["design.paretoRole"]
    others = [words(one["alternateService"]) for one in items["hq"].get("alternateServiceProposal", ())]
    assert others
    assert all(over_the_term(one) >= over_the_term(hq) for one in others)
    assert "none: it is the least" in document.section("C24")
    assert words(ordered["hq"]["service"])["design.optimalityGap"] == 0


def test_c25_designs_are_used_again_and_orders_are_few(
    alike: list[Json], whole: dict[str, Json], whole_document: Document, world: dict[str, Json], order: Json, bss: Bss
) -> None:
    first, *later = (words(one["service"]) for one in alike)
    assert "design.reusedFrom" not in first
    assert {one["design.reusedFrom"] for one in later} == {first["design.id"]}
    assert "Repeats the design" in bss.document(alike[1]["service"]).section("C25")
    assert sum(wave["items"] for wave in whole["plan.waves"]) == 2
    assert f"installed in {len(whole['plan.waves'])} waves, one visit each" in whole_document.section("C25")
    kind = f"{order['id']}/allocate"
    allocated = [one for one in world["downstream"]["serviceOrder"] if one["externalId"].startswith(kind)]
    items = [len(one["serviceOrderItem"]) for one in allocated]
    assert items in ([2], [1, 1]), "one for both sites, where both are ready for it at one moment"
