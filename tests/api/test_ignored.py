"""What a requester says of a new resource although it is ours to say."""

from structlog.testing import capture_logs

from linkwright.api.repair_log import _log

from .world import ORDERS, Client, an_item, an_order_body

ORDER = f"{ORDERS}/serviceOrder"
HEADER = "linkwright-repairs"


def test_states_and_faults_of_items_are_ignored_and_told_once(client: Client) -> None:
    _log.cache_clear()
    told = [{"code": "x", "reason": "mine"}]
    child = an_item("2", state="completed")
    body = an_order_body(serviceOrderItem=[an_item("1", state="held", errorMessage=told, serviceOrderItem=[child])])
    with capture_logs() as logs:
        answer = client.post(ORDER, body)
        client.post(ORDER, body)
    (item,) = answer.json()["serviceOrderItem"]
    assert (item["state"], item["serviceOrderItem"][0]["state"]) == ("acknowledged", "acknowledged")
    assert "errorMessage" not in item
    places = ["[0].state", "[0].errorMessage", "[0].serviceOrderItem[0].state"]
    notes = [f"serviceOrderItem{place}: set by us alone, and ignored" for place in places]
    assert answer.headers[HEADER] == "; ".join(notes)
    assert len([entry for entry in logs if entry["event"] == "request mended"]) == 3
