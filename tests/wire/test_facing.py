"""The services below a designed one, and the one that a change uses again."""

from dataclasses import replace

from linkwright.designs.parts_of_answers import Before
from linkwright.wire.v4.facing import (
    supporting_resources,
    supporting_services,
    with_reuse,
    with_supporting_services,
)
from tests.builders import a_leg, a_solution


def test_each_leg_and_the_cpe_is_a_service_of_its_own_with_its_resources() -> None:
    own, theirs = a_leg(access="fibre-1", links=("l1",)), a_leg(access="q/1", supplier="north", links=("l2",))
    solution = a_solution(legs=(own, theirs))
    first, second, cpe = supporting_services(solution)
    assert {one["category"] for one in (first, second, cpe)} == {"RFS"}
    used = [{one["id"] for one in service["supportingResource"]} for service in (first, second, cpe)]
    assert {"fibre-1", "l1"} <= used[0]
    assert "l2" in used[1]
    assert "q/1" not in used[1], "what a partner provides is no resource of ours"
    assert used[2] == {solution.cpe}
    assert [one["id"] for one in second["relatedParty"]] == ["north"]
    assert "relatedParty" not in first
    assert set.union(*used) == {one["id"] for one in supporting_resources(solution)}


def test_the_access_at_the_far_end_belongs_to_its_leg() -> None:
    near, far = a_leg(access="near"), a_leg(access="far", end="z", links=(), nodes=())
    first, cpe = supporting_services(a_solution(legs=(near, far)))
    assert {"near", "far"} <= {one["id"] for one in first["supportingResource"]}
    assert cpe["name"].startswith("Customer premises equipment")


def test_ours_take_the_place_of_those_of_a_former_design_and_the_requesters_stay() -> None:
    theirs = {"id": "line-7", "category": "RFS"}
    once = with_supporting_services({"supportingService": [theirs]}, a_solution())
    assert with_supporting_services({"supportingService": once}, a_solution()) == once
    assert once[0] == theirs


def test_a_change_names_the_service_that_it_uses_again() -> None:
    relies = {"relationshipType": "reliesOn", "service": {"id": "other"}}
    changed = a_solution(before=Before(service="service-1", change="modify"), legs=(replace(a_leg(), existing=True),))
    told = with_reuse({"serviceRelationship": [relies]}, changed)
    assert [one["relationshipType"] for one in told] == ["reliesOn", "reuses"]
    assert told[1]["service"]["id"] == "service-1"
    assert with_reuse({"serviceRelationship": told}, changed) == told
    nothing_kept = replace(changed, legs=(a_leg(),), cpe_kept=0)
    assert with_reuse({}, nothing_kept) == []
