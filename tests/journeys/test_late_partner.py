"""A partner that asks, goes on and is late, against real processes: its events, our looks, and what the BSS hears."""

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
from tests.journeys.requests_of import a_check, an_order_of, the_headquarters
from tests.journeys.warm import Forge

PARTNER = "partner-north"


def _steer(world: Mapping[str, str], order_id: str, **wish: Json) -> None:
    url = f"{world[PARTNER]}/mock-control/orders/{order_id}"
    assert requests.patch(url, json=wish, timeout=10).status_code == 204


def _alert(order: Json, name: str, severity: str) -> Json:
    alerts = order.get("jeopardyAlert", ())
    return next((one for one in alerts if (one["name"], one["jeopardyType"]) == (name, severity)), None)


def test_what_a_partner_says_of_its_order_reaches_the_bss(tmp_path: Path, listener: Listener, forge: Forge) -> None:
    """Its orders take long enough to be steered before they are over."""
    with (
        mock_world(tmp_path, "--step-s", "4", forge=forge) as world,
        Linkwright(tmp_path, world, forge=forge, first_look_s="1").running(world) as server,
    ):
        server.post(f"{ORDERING}/hub", {"callback": listener.url})
        check = server.check_done(
            server.post(f"{QUALIFICATION}/checkServiceQualification", a_check(the_headquarters()))
        )
        order = server.post(f"{ORDERING}/serviceOrder", an_order_of(check, "hq"))
        path = f"{ORDERING}/serviceOrder/{order['id']}"
        placed = until("the partner's order", lambda: mock_state(world, PARTNER)["serviceOrder"])[0]["id"]

        _steer(world, placed, state="pending", reason="Which floor?")
        asked = server.order_in(order, "pending")
        assert [(note["author"], note["text"]) for note in asked["note"]] == [(PARTNER, "Which floor?")]
        server.patch(path, {"note": [*asked["note"], {"text": "The third", "author": "Ann"}]})
        server.order_in(order, "inProgress")
        (told,) = [one for one in mock_state(world, PARTNER)["serviceOrder"] if one["id"] == placed]
        assert [(note["author"], note["text"]) for note in told["note"]] == [("linkwright", "The third")]

        _steer(world, placed, state="held")
        _steer(world, placed, slipDays=400)
        late = until("the alert", lambda: _alert(server.get(path), "DATE_AT_RISK", "Critical"))
        assert "float -" in late["message"]
        assert server.get(path)["state"] == "inProgress"

        _steer(world, placed, slipDays=-400)
        until("the end of the alert", lambda: not _alert(server.get(path), "DATE_AT_RISK", "Critical"))
        _steer(world, placed, state="inProgress")
        server.order_in(order, "completed")
        types = {event["eventType"] for event in listener.events}
        assert types >= {"ServiceOrderInformationRequiredEvent", "ServiceOrderJeopardyEvent"}
