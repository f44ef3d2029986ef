"""What a requester says of a new resource although it is ours to say."""

from structlog.testing import capture_logs

from linkwright.api.repair_log import _log

from .world import CHECKS, ORDERS, Client, an_item, an_order_body

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


def test_what_is_said_of_a_new_order_or_cancel_in_our_place_is_told(client: Client) -> None:
    ours = {"id": "mine", "orderDate": "2020-01-01T00:00:00Z", "cancellationReason": "none yet", "milestone": []}
    answer = client.post(ORDER, an_order_body(**ours))
    assert answer.headers[HEADER] == "; ".join(f"{name}: set by us alone, and ignored" for name in ours)
    assert not {"cancellationReason"} & answer.json().keys()
    assert answer.json()["id"] != "mine"

    cancel = {"serviceOrder": {"id": answer.json()["id"]}, "state": "done"}
    asked = client.post(f"{ORDERS}/cancelServiceOrder", cancel)
    assert asked.json()["state"] == "accepted"
    assert asked.headers[HEADER] == "state: set by us alone, and ignored"


def test_what_is_said_of_a_new_check_or_query_in_our_place_is_told(client: Client) -> None:
    item = {"id": "1", "qualificationResult": "qualified", "terminationError": []}
    check = client.post(f"{CHECKS}/checkServiceQualification", {"state": "done", "serviceQualificationItem": [item]})
    names = ["state", "serviceQualificationItem[0].qualificationResult", "serviceQualificationItem[0].terminationError"]
    assert check.headers[HEADER] == "; ".join(f"{name}: set by us alone, and ignored" for name in names)
    assert check.json()["state"] == "accepted"

    query = client.post(
        f"{CHECKS}/queryServiceQualification", {"searchCriteria": {}, "serviceQualificationItem": [{"id": "1"}]}
    )
    assert query.headers[HEADER] == "serviceQualificationItem: set by us alone, and ignored"
    assert query.json()["serviceQualificationItem"] == []
