"""Two processes on one PostgreSQL: they share the work, and what one leaves behind when it dies the other finishes."""

import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from linkwright.store.database import Database
from tests.journeys.bss import CANCELS, HUB, ORDERS, Bss, check_in_the_end
from tests.journeys.processes import (
    PARTNERS,
    QUALIFICATION,
    Json,
    Linkwright,
    Listener,
    check_left_behind,
    clear_faults,
    is_holding,
    mock_calls,
    set_faults,
    until,
)
from tests.journeys.requests_of import BY_PARTNERS_ALONE, a_check, an_order_of, at_an_address
from tests.journeys.warm import Forge

CHECKS = f"{QUALIFICATION}/checkServiceQualification"


@pytest.fixture
def both(tmp_path: Path, world: Mapping[str, str], postgres_url: str, forge: Forge) -> Iterator[list[Linkwright]]:
    servers = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        pauses = {"first_look_s": "0.2", "late_post_s": "3"}
        servers.append(Linkwright(folder, world, database=postgres_url, forge=forge, **pauses))
    for server in servers:  # together: the tables are made once all the same
        server.begin()
    for server in servers:
        until("both are ready", server.ready)
    yield servers
    check_left_behind(world)
    for server in servers:
        server.stop()


class SlowListener(Listener):
    """Takes its time, and counts how many deliveries it had at once."""

    def __init__(self) -> None:
        self.most_at_once = self._now = 0
        self._lock = threading.Lock()
        super().__init__(refuses=self._slow)

    def _slow(self) -> bool:
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        time.sleep(0.02)
        with self._lock:
            self._now -= 1
        return False


@pytest.fixture
def slow_listener() -> Iterator[SlowListener]:
    heard = SlowListener()
    yield heard
    heard.close()


def _runs(url: str, status: str) -> list[tuple[str, str]]:
    """(piece of work, process) of the runs in a status, as the engine notes them."""
    columns = "queue_partition_key, executor_id"
    database = Database(url)
    try:
        runs = database.read(
            lambda connection: connection.execute(
                text(f"SELECT {columns} FROM dbos.workflow_status WHERE status = :status"),  # noqa: S608
                {"status": status},
            ).all()
        )
    finally:
        database.close()
    return [(row[0] or "", row[1] or "") for row in runs]


def _checked(server: Linkwright) -> Json:
    sites = [at_an_address(address, address) for address in BY_PARTNERS_ALONE]
    return server.check_done(server.post(CHECKS, a_check(*sites, provideAlternative=False)))


def test_work_is_shared_each_piece_runs_once_at_a_time_and_a_wish_told_to_both_is_one(
    both: list[Linkwright], world: Mapping[str, str], postgres_url: str, slow_listener: SlowListener
) -> None:
    bss = Bss(server=both[0])
    both[1].post(HUB, {"callback": slow_listener.url})
    check = _checked(both[0])
    with ThreadPoolExecutor(8) as threads:
        for number in range(8):
            body = an_order_of(check, BY_PARTNERS_ALONE[number % len(BY_PARTNERS_ALONE)])
            for server in both:
                threads.submit(bss.wish, f"order {number}", ORDERS, body, server)
    cancel = {"serviceOrder": {"id": bss.made["order 7"]}}
    bss.wish("cancel", CANCELS, cancel, both[0])
    bss.wish("cancel", CANCELS, cancel, both[1])
    bss.insist()
    check_in_the_end(bss, world, slow_listener)
    ids = [event["eventId"] for event in slow_listener.events]
    assert len(ids) == len(set(ids)), "an event was delivered twice although nobody died"
    assert slow_listener.most_at_once == 1
    assert {_pid(process) for _, process in _runs(postgres_url, "SUCCESS")} == {server.pid for server in both}


def test_what_runs_in_one_is_not_begun_in_the_other_until_the_one_is_dead(
    both: list[Linkwright], world: Mapping[str, str], postgres_url: str, listener: Listener
) -> None:
    bss = Bss(server=both[0])
    both[0].post(HUB, {"callback": listener.url})
    check = _checked(both[0])
    for partner in PARTNERS:
        set_faults(world, partner, {"hold": "after", "operations": ["createServiceOrder"], "times": 1})
    bss.wish("order", ORDERS, an_order_of(check, BY_PARTNERS_ALONE[0]))
    piece = f"order:{bss.made['order']}"
    until("the partner has the order", lambda: any(is_holding(world, partner) for partner in PARTNERS))

    _wait_for_sweeps(both)
    ((_, process),) = [run for run in _runs(postgres_url, "PENDING") if run[0] == piece]
    assert len(_placed(world)) == 1

    dying = next(server for server in both if server.pid == _pid(process))
    dying.kill()
    for partner in PARTNERS:
        clear_faults(world, partner)
    bss.server = next(server for server in both if server is not dying)
    bss.insist()
    check_in_the_end(bss, world, listener)
    assert len(_placed(world)) == 1


def _wait_for_sweeps(servers: list[Linkwright]) -> None:
    """Two from beginning to end in each: what the first puts into the queue may begin before the second.

    One that is under way already does not count.
    """
    counted = {server.url: _sweeps(server) for server in servers}
    until("all have swept", lambda: all(_sweeps(server) >= counted[server.url] + 3 for server in servers))


def _sweeps(server: Linkwright) -> int:
    told = requests.get(f"{server.url}/metrics", timeout=10).text
    (swept,) = (line for line in told.splitlines() if line.startswith("linkwright_sweeps_total "))
    return int(float(swept.partition(" ")[2]))


def _placed(world: Mapping[str, str]) -> list[Json]:
    calls = [call for partner in PARTNERS for call in mock_calls(world, partner)]
    return [call for call in calls if call["method"] == "POST" and call["path"].endswith("/serviceOrder")]


def _pid(process: str) -> int:
    return int(process.split(":")[1])
