"""A service from its first order over a change to its end, over HTTP, and what the world has of it each time."""

from collections.abc import Mapping

import requests

from tests.journeys.processes import ORDERING, QUALIFICATION, Json, Linkwright, holds, mock_state, until
from tests.journeys.requests_of import a_check, an_order_of, characteristics, the_headquarters

CHECKS, ORDERS = f"{QUALIFICATION}/checkServiceQualification", f"{ORDERING}/serviceOrder"
FREE = "freeCapacityMbps"
RESOURCES = "tmf-api/resourceInventoryManagement/v4/resource"
ENDED = ("completed", "failed", "partial", "rejected", "held")


def _free(world: Mapping[str, str]) -> Mapping[str, Json]:
    """What the inventory says of every resource, by id."""
    listed: list[Json] = []
    while True:
        page = requests.get(
            f"{world['resources']}/{RESOURCES}", params={"offset": len(listed), "limit": 500}, timeout=30
        )
        if not page.json():
            return {
                one["id"]: characteristics({"serviceCharacteristic": one["resourceCharacteristic"]}) for one in listed
            }
        listed += page.json()


def _changed(linkwright: Linkwright, action: str, **service: Json) -> Json:
    order = linkwright.post(ORDERS, {"serviceOrderItem": [{"id": "1", "action": action, "service": service}]})
    done = linkwright.order_in(order, *ENDED)
    assert done["state"] == "completed", (done["serviceOrderItem"][0].get("errorMessage"), done.get("note"))
    return done


def _less(before: Mapping[str, Json], after: Mapping[str, Json]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_a_service_is_ordered_changed_and_ended_and_everything_is_as_it_was(
    linkwright: Linkwright, world: Mapping[str, str]
) -> None:
    untouched = _free(world)
    check = linkwright.check_done(linkwright.post(CHECKS, a_check(the_headquarters())))
    first = linkwright.order_in(linkwright.post(ORDERS, an_order_of(check, "hq")), *ENDED)
    assert first["state"] == "completed", first
    until("nothing is held", lambda: not holds(world))
    (made,) = mock_state(world, "services")["service"]
    links = [name for path in characteristics(made)["access.path"] for name in path]
    ordered = _free(world)
    assert set(links) <= _less(untouched, ordered)

    slower = [{"name": "bandwidth", "value": {"down": 400, "up": 400, "unit": "Mbit/s"}}]
    changed = _changed(linkwright, "modify", id=made["id"], serviceCharacteristic=slower)
    assert changed["serviceOrderItem"][0]["service"]["state"] == "active"
    until("nothing is held", lambda: not holds(world))
    (there,) = mock_state(world, "services")["service"]
    words = characteristics(there)
    assert (there["id"], there["state"], words["bandwidth"]["down"]) == (made["id"], "active", 400)
    assert {"vlanId", "ipv4Prefix", "serviceIdentifier"} <= words.keys()
    narrower = _free(world)
    assert {name for name in links if narrower[name][FREE] - ordered[name][FREE] >= 600} == set(links)
    assert len(mock_state(world, "partner-north")["serviceOrder"]) == 1

    ended = _changed(linkwright, "delete", id=made["id"])
    assert ended["serviceOrderItem"][0]["service"]["state"] == "terminated"
    assert mock_state(world, "services")["service"][0]["state"] == "terminated"
    assert holds(world) == []
    assert _less(untouched, _free(world)) == set()
    bought, ceased = mock_state(world, "partner-north")["serviceOrder"]
    assert ceased["serviceOrderItem"][0]["action"] == "delete"
    assert [one["id"] for one in ceased["orderRelationship"]] == [bought["id"]]
    related = {one["relationshipType"] for one in ended["orderRelationship"]}
    assert related == {"implements", "ceases", "returns", "releases"}
    until(
        "the partner has ended it",
        lambda: mock_state(world, "partner-north")["serviceOrder"][1]["state"] == "completed",
    )
