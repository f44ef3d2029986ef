"""Checks of several items over HTTP: what is alike is designed once, and what exists once is had once."""

from collections.abc import Iterable

import pytest
import requests

from tests.journeys.processes import QUALIFICATION, Json, Linkwright
from tests.journeys.requests_of import BY_PARTNERS_ALONE, a_check, an_item, at_an_address, characteristics

CHECKS = f"{QUALIFICATION}/checkServiceQualification"
PARTNERS = ["partner-north", "partner-metro"]


def answered(linkwright: Linkwright, items: Iterable[Json]) -> list[Json]:
    check = linkwright.check_done(linkwright.post(CHECKS, a_check(*items)))
    answers: list[Json] = check["serviceQualificationItem"]
    return answers


@pytest.mark.parametrize("times", [2, 8])
def test_items_that_are_alike_are_designed_once_and_each_can_be_read(linkwright: Linkwright, times: int) -> None:
    wanted = [at_an_address(f"{address}/{n}", address) for n in range(times) for address in BY_PARTNERS_ALONE]
    items = answered(linkwright, wanted)
    assert [item["id"] for item in items] == [item["id"] for item in wanted]
    assert {item["qualificationResult"] for item in items} == {"qualified"}
    for address in BY_PARTNERS_ALONE:
        first, *others = [characteristics(item["service"]) for item in items if item["id"].startswith(address)]
        assert "design.reusedFrom" not in first
        assert {facts["design.reusedFrom"] for facts in others} == {first["design.id"]}
        assert len({facts["partner.quoteRef"][0] for facts in (first, *others)}) == times
    for item in items:
        (design,) = [one for one in item["service"]["relatedEntity"] if one["role"] == "serviceDesign"]
        document = requests.get(design["href"], timeout=10)
        assert document.status_code == 200
        assert document.json()["designId"] == characteristics(item["service"])["design.id"]


def test_an_access_that_exists_once_is_offered_to_one_of_two_items(linkwright: Linkwright) -> None:
    items = answered(
        linkwright, [an_item(name, "nordwind-hq", 150, 100, partnerExcluded=PARTNERS) for name in ("one", "other")]
    )
    used = [
        {one["id"] for one in item["service"].get("supportingResource", ()) if one["@referredType"] == "accessOption"}
        for item in items
    ]
    assert used[0] | used[1]
    assert used[0].isdisjoint(used[1])
    for item in items:
        if item["qualificationResult"] == "unqualified":
            assert "SD-CAP-01" in {reason["code"] for reason in item["eligibilityUnavailabilityReason"]}
