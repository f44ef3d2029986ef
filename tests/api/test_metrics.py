"""What a monitor is told, and who may ask."""

from pathlib import Path
from typing import Any

import pytest

from linkwright.access_settings import ApiKey
from linkwright.api.monitor import Monitor
from linkwright.api.ports import Due, Figures, Queue
from linkwright.errors import Unavailable
from tests.builders import NOW

from .callers import an_api_key, showing
from .real import real_client
from .world import ORDERS, an_order_body

FIGURES = Figures(
    due=[Due(kind="order", many=3, oldest_at=NOW)],
    queues=[
        Queue(subscription_id="sub-1", suspended=False, waiting=7, dead=1, oldest_at=NOW),
        Queue(subscription_id="sub-2", suspended=True, waiting=0, dead=0, oldest_at=None),
    ],
    suspended=1,
    holds={("commitment", "held"): 4},
    orders={"inProgress": 2},
    resources={"serviceOrder": 9},
)


def told(monitor: Monitor) -> dict[str, float]:
    lines = [line for line in monitor.text().decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def watching(figures: Any) -> Monitor:
    monitor = Monitor()
    monitor.watch(
        figures, now=lambda: NOW.replace(hour=NOW.hour + 1), sweeps=lambda: 9, taken_over=lambda: 2, lost=lambda: 5
    )
    return monitor


def test_what_waits_is_told_with_its_age() -> None:
    found = told(watching(lambda: FIGURES))
    assert (found['linkwright_due_runs{kind="order"}'], found['linkwright_due_age_seconds{kind="order"}']) == (3, 3600)
    assert found['linkwright_outbox_waiting{subscription="sub-1"}'] == 7
    assert found['linkwright_outbox_dead{subscription="sub-1"}'] == 1
    assert found['linkwright_outbox_age_seconds{subscription="sub-1"}'] == 3600
    assert found['linkwright_outbox_age_seconds{subscription="sub-2"}'] == 0
    assert found['linkwright_subscription_suspended{subscription="sub-2"}'] == 1
    assert found["linkwright_subscriptions_suspended"] == 1
    assert found['linkwright_open_holds{purpose="commitment",state="held"}'] == 4
    assert found['linkwright_orders{state="inProgress"}'] == 2
    assert found['linkwright_resources{kind="serviceOrder"}'] == 9
    of_process = ("linkwright_sweeps_total", "linkwright_takeovers_total", "linkwright_exchanges_lost_total")
    assert tuple(found[name] for name in of_process) == (9, 2, 5)
    assert found["linkwright_store_answers"] == 1


def test_a_store_that_does_not_answer_hides_nothing_else() -> None:
    def broken() -> Figures:
        raise Unavailable("database", "OperationalError")

    monitor = watching(broken)
    monitor.call("pool", "POST", "answered", 0.2)
    found = told(monitor)
    assert found["linkwright_store_answers"] == 0
    assert found['linkwright_outward_seconds_count{method="POST",outcome="answered",system="pool"}'] == 1


def test_what_happens_in_this_process_is_counted() -> None:
    monitor = Monitor()
    monitor.request("listServiceOrder", "200", 0.001)
    monitor.answer("north", "offered", 1.5)
    monitor.design(0.2)
    found = told(monitor)
    assert found['linkwright_http_request_seconds_count{operation="listServiceOrder",status="200"}'] == 1
    assert found['linkwright_partner_answer_seconds_sum{answer="offered",partner="north"}'] == 1.5
    assert found["linkwright_design_seconds_count"] == 1


def test_requests_are_counted_by_operation_and_status_and_the_store_is_asked(tmp_path: Path) -> None:
    with real_client(tmp_path, validate_responses=False) as client:
        assert client.post(f"{ORDERS}/serviceOrder", an_order_body(requestedStartDate="2037-01-01T00:00:00Z"))
        assert client.get(f"{ORDERS}/serviceOrder/nothing").status_code == 404
        assert client.get("/nowhere").status_code == 404
        answer = client.get("/metrics")
        assert client.post("/metrics", {}).status_code == 405
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/plain")
    assert 'linkwright_http_request_seconds_count{operation="createServiceOrder",status="201"} 1.0' in answer.text
    assert 'linkwright_http_request_seconds_count{operation="retrieveServiceOrder",status="404"} 1.0' in answer.text
    assert 'linkwright_http_request_seconds_count{operation="none",status="404"} 1.0' in answer.text
    assert 'linkwright_orders{state="acknowledged"} 1.0' in answer.text
    assert 'linkwright_resources{kind="serviceOrder"} 1.0' in answer.text


@pytest.fixture
def keys() -> tuple[ApiKey, ...]:
    return (
        an_api_key("monitor", "watch", "metrics:read"),
        an_api_key("bss", "order", "serviceOrdering:read"),
    )


def test_where_callers_are_asked_who_they_are_it_takes_a_scope(tmp_path: Path, keys: tuple[ApiKey, ...]) -> None:
    with real_client(tmp_path, validate_responses=False, api_keys=keys) as client:
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers=showing("order")).status_code == 403
        assert client.get("/metrics", headers=showing("watch")).status_code == 200
