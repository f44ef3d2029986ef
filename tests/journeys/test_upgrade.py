"""What the previous release left half done is finished by this one, on both databases."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from linkwright.store.database import Database
from tests.journeys.events import distinct, legal, states_told
from tests.journeys.processes import ORDERING, Json, Linkwright, Listener, mock_state, until
from tests.journeys.warm import Forge
from tests.previous.dump import Previous, load, read
from tests.previous.make import CALLBACK, FOLDER, PARTNERS, PUBLIC_URL

ORDERS = f"{ORDERING}/serviceOrder"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def previous(kind: str) -> Previous:
    return read(FOLDER / f"{kind}.jsonl", datetime.now(UTC).date())


@pytest.fixture
def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path, previous: Previous, listener: Listener) -> str:
    """A database as the previous release left it, but for the address of its listener."""
    url = str(request.getfixturevalue("postgres_url")) if kind == "postgresql" else f"sqlite:///{tmp_path / 'old.db'}"
    rows = [{**row, "callback": listener.url} if row.get("callback") == CALLBACK else row for row in previous.rows]
    database = Database(url)
    database.write(lambda c: load(c, Previous(**{**vars(previous), "rows": tuple(rows)})))
    assert not database.ready(), "its tables are of this release already"
    database.close()
    return url


def test_what_the_previous_release_began_is_finished(
    url: str, previous: Previous, world: Mapping[str, str], tmp_path: Path, listener: Listener, forge: Forge
) -> None:
    for mock, state in previous.mocks.items():
        requests.put(f"{world[mock]}/mock-control/state", json=state, timeout=10).raise_for_status()
    server = Linkwright(tmp_path, world, database=url, forge=forge, first_look_s="0.2", public_url=PUBLIC_URL)
    with server.running(world):
        _finishes_everything(server, previous.names)
    keys = [order["externalId"] for mock in PARTNERS for order in mock_state(world, mock)["serviceOrder"]]
    assert len(keys) == len(set(keys)) == 3
    assert len(mock_state(world, "resource-orders")["resourceOrder"]) == 3
    heard = distinct(listener.events)
    left = [row["event_id"] for row in previous.rows if row["table"] == "lw_outbox"]
    assert [event["eventId"] for event in heard][: len(left)] == left
    for name in ("half way", "waiting", "cancelled"):
        assert legal(heard, previous.names[name])
        assert states_told(heard, previous.names[name])[-1] == ("cancelled" if name == "cancelled" else "completed")


def _finishes_everything(server: Linkwright, names: Mapping[str, str]) -> None:
    def called(name: str) -> Json:
        return {"id": names[name]}

    assert server.check_done(called("check"))["state"] == "done"
    server.order_in(called("half way"), "completed")
    server.order_in(called("cancelled"), "cancelled")
    assert server.get(f"{ORDERING}/cancelServiceOrder/{names['cancel']}")["state"] == "done"

    waiting = server.get(f"{ORDERS}/{names['waiting']}")
    assert waiting["state"] == "acknowledged"
    assert datetime.fromisoformat(waiting["requestedStartDate"]) > datetime.now(UTC)
    at_once = {"requestedStartDate": datetime.now(UTC).isoformat()}
    patch = requests.patch(
        f"{server.url}{ORDERS}/{names['waiting']}",
        json=at_once,
        headers={"Content-Type": "application/merge-patch+json"},
        timeout=30,
    )
    assert patch.status_code == 200, patch.text
    server.order_in(called("waiting"), "completed")
    until("everything is delivered", lambda: _nothing_waits(server))


def _nothing_waits(server: Linkwright) -> bool:
    database = Database(server.database)
    try:
        return not database.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM lw_outbox").scalar_one())
    finally:
        database.close()
