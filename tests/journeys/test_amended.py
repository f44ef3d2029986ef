"""An order that is amended while a partner works on it, against real processes."""

from collections.abc import Mapping
from pathlib import Path

import requests

from tests.journeys.processes import (
    ORDERING,
    QUALIFICATION,
    Json,
    Linkwright,
    Listener,
    mock_state,
    mock_world,
    until,
)
from tests.journeys.requests_of import BY_PARTNERS_ALONE, a_check, an_order_of, at_an_address


def _patched(server: Linkwright, path: str, patch: Json) -> requests.Response:
    return requests.patch(f"{server.url}{path}", json=patch, timeout=30)


def _ordered(world: Mapping[str, str]) -> list[Json]:
    """At all partners."""
    partners = [name for name in world if name.startswith("partner-")]
    return [order for name in partners for order in mock_state(world, name)["serviceOrder"]]


def _states(world: Mapping[str, str], our_id: str) -> list[str]:
    return [order["state"] for order in _ordered(world) if order["externalId"].startswith(our_id)]


def test_more_bandwidth_is_ordered_while_the_partner_works_on_less(tmp_path: Path, listener: Listener) -> None:
    """Its orders take long enough to be changed before they are over."""
    with mock_world(tmp_path, "--step-s", "4") as world:
        server = Linkwright(tmp_path, world, first_look_s="1").start()
        try:
            server.post(f"{ORDERING}/hub", {"callback": listener.url})
            wanted = at_an_address("site", BY_PARTNERS_ALONE[0])
            check = server.check_done(server.post(f"{QUALIFICATION}/checkServiceQualification", a_check(wanted)))
            order = an_order_of(check, "site")
            order["serviceOrderItem"][0]["service"] = wanted["service"]
            order = server.post(f"{ORDERING}/serviceOrder", order)
            path = f"{ORDERING}/serviceOrder/{order['id']}"
            until("the partner's order", lambda: _states(world, order["id"]))
            before = server.get(path)["serviceOrderItem"][0]["service"]["relatedEntity"][0]["id"]

            service = at_an_address("site", BY_PARTNERS_ALONE[0])["service"]
            faster = {"name": "bandwidth", "value": {"down": 150, "up": 150, "unit": "Mbit/s"}}
            said = [one for one in service["serviceCharacteristic"] if one["name"] != "bandwidth"]
            patch = {"serviceOrderItem": [{"id": "site", "service": {"serviceCharacteristic": [*said, faster]}}]}
            assert _patched(server, path, patch).status_code == 200

            def designed_anew() -> Json:
                now = server.get(path)["serviceOrderItem"][0]["service"]["relatedEntity"][0]["id"]
                return now if now != before else None

            until("the new design", designed_anew)
            until("the first order's end", lambda: "cancelled" in _states(world, order["id"]))
            until("the second order", lambda: len(_states(world, order["id"])) == 2)
            types = [event["eventType"] for event in listener.events]
            assert "ServiceOrderAttributeValueChangeEvent" in types
        finally:
            server.stop()
