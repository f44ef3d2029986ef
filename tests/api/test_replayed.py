"""A running server delivers what its operator queues from beside it."""

from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from linkwright.cli.hub import hub
from linkwright.store.database import Database
from linkwright.store.outbox import SqlOutbox
from tests.journeys.processes import until

from .real import real_client, store_url
from .test_named_callbacks import Listener, listener
from .world import ORDERS, an_order_body

__all__ = ["listener"]
HEADERS = ("Linkwright-Event-Id", "Linkwright-Signature")


def test_what_a_suspended_listener_missed_arrives_once_it_is_replayed(listener: Listener, tmp_path: Path) -> None:
    url = store_url(tmp_path)
    with real_client(tmp_path, validate_responses=False, callback_secret="s3cret") as client:  # noqa: S106
        callback = f"http://127.0.0.1:{listener.server_port}/cb"
        subscription = client.post(f"{ORDERS}/hub", {"callback": callback}).json()["id"]
        beside = Database(url)
        SqlOutbox(beside).suspend(subscription, "by a test", datetime.now(UTC))
        beside.close()
        later = {"requestedStartDate": "2037-01-01T00:00:00Z"}
        assert client.post(f"{ORDERS}/serviceOrder", an_order_body(**later)).status_code == 201
        assert listener.heard == []

        done = CliRunner().invoke(hub, ["replay", subscription, "--database", url])

        assert done.exit_code == 0, done.output
        until("the missed event arrives", lambda: listener.heard)
    assert [name for _, name in listener.heard] == ["ServiceOrderCreateEvent"]
    assert all(listener.headers_heard[0].get(name) for name in HEADERS)
