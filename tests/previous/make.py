"""Make tests/data/previous_version anew: `python -m tests.previous.make sqlite|postgresql [URL]`.

To be run by hand with the release that is to be kept, before its tables or words change; no test runs it. It plays
against real mocks until there are: an order that waits for its partner, one that begins only weeks later, one that is
being cancelled while nothing it holds can be given back, a check that nobody has answered, and a listener that has
heard nothing of it. Then the server is killed, and its database and the mocks' state are written down.
"""

import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linkwright.store.database import Database
from tests.journeys.processes import (
    ORDERING,
    QUALIFICATION,
    Json,
    Linkwright,
    mock_state,
    mock_world,
    set_faults,
    until,
)
from tests.journeys.requests_of import (
    BY_PARTNERS_ALONE,
    a_check,
    an_order_of,
    at_an_address,
    the_headquarters,
    the_plant,
)
from tests.previous.dump import write

FOLDER = Path(__file__).parents[1] / "data" / "previous_version"
PUBLIC_URL = "https://design.example.com"
CALLBACK = "http://127.0.0.1:9/heard"
"""Where nobody listens; whoever loads the database puts a listener in its place."""
PARTNERS = ("partner-north", "partner-metro")
KEPT = (*PARTNERS, "resource-orders", "downstream", "pool")
STEP_S = 6.0
CHECKS, ORDERS = f"{QUALIFICATION}/checkServiceQualification", f"{ORDERING}/serviceOrder"


def main(kind: str, url: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as name, mock_world(Path(name), "--step-s", str(STEP_S)) as urls:
        database = url or f"sqlite:///{name}/linkwright.db"
        server = Linkwright(Path(name), urls, database=database, first_look_s="0.2", public_url=PUBLIC_URL).start()
        try:
            names = _played(server, urls)
        finally:
            server.kill()
        mocks = {mock: mock_state(urls, mock) for mock in KEPT}
        store = Database(database)
        today = datetime.now(UTC).date()
        text = "\n".join(store.read(lambda connection: list(write(connection, today, names, mocks))))
        store.close()
    for mock_url in urls.values():
        text = text.replace(mock_url, "http://mock.example.com")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{kind}.jsonl").write_text(f"{text}\n")


def _played(server: Linkwright, urls: Mapping[str, str]) -> Mapping[str, str]:
    server.post(f"{ORDERING}/hub", {"callback": CALLBACK})
    check = server.check_done(server.post(CHECKS, a_check(the_headquarters(), *_elsewhere(), provideAlternative=False)))

    later = (datetime.now(UTC) + timedelta(days=21)).isoformat()
    waiting = server.post(ORDERS, {**an_order_of(check, BY_PARTNERS_ALONE[1]), "requestedStartDate": later})

    cancelled = server.post(ORDERS, an_order_of(check, BY_PARTNERS_ALONE[0]))
    until("a partner has it, and so have the resources", lambda: _ordered(urls) == (1, 1))
    set_faults(urls, "pool", {"fail_next": 1000, "operations": ["deleteReservation", "patchReservation"]})
    cancel = server.post(f"{ORDERING}/cancelServiceOrder", {"serviceOrder": {"id": cancelled["id"]}})
    server.order_in(cancelled, "pendingCancellation")

    half_way = server.post(ORDERS, an_order_of(check, "hq"))
    until("a partner has it, and so have the resources", lambda: _ordered(urls) == (2, 2))
    set_faults(urls, "partner-north", {"hang_s": 20.0, "operations": ["createCheckServiceQualification"]})
    unanswered = server.post(CHECKS, a_check(the_headquarters(), the_plant()))
    told = {"half way": half_way, "waiting": waiting, "cancelled": cancelled, "cancel": cancel, "check": unanswered}
    assert server.get(f"{ORDERS}/{half_way['id']}")["state"] == "inProgress"
    assert server.get(f"{CHECKS}/{unanswered['id']}")["state"] in ("accepted", "acknowledged", "inProgress")
    return {name: _id(resource) for name, resource in told.items()}


def _elsewhere() -> list[Json]:
    return [at_an_address(address, address) for address in BY_PARTNERS_ALONE[:2]]


def _ordered(urls: Mapping[str, str]) -> tuple[int, int]:
    """How many orders the partners have, and the resource domain."""
    at_partners = sum(len(mock_state(urls, partner)["serviceOrder"]) for partner in PARTNERS)
    return at_partners, len(mock_state(urls, "resource-orders")["resourceOrder"])


def _id(resource: Json) -> str:
    return str(resource["id"])


if __name__ == "__main__":
    main(*sys.argv[1:])
