"""A disk that takes nothing more: what was accepted stays, what comes is refused clearly, and it heals by itself.

The process may write no file beyond a few bytes, which is told to it as a disk tells that it is full.
"""

import resource
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import requests

from tests.journeys.bss import HUB, ORDERS, Bss, check_in_the_end
from tests.journeys.processes import (
    ORDER_SYSTEMS,
    PARTNERS,
    QUALIFICATION,
    Linkwright,
    Listener,
    clear_faults,
    is_holding,
    set_faults,
    until,
)
from tests.journeys.requests_of import BY_PARTNERS_ALONE, a_check, an_order_of, at_an_address
from tests.journeys.warm import Forge

FULL = (0, resource.RLIM_INFINITY)
ROOMY = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


@pytest.fixture
def server(tmp_path: Path, world: Mapping[str, str], forge: Forge) -> Iterator[Linkwright]:
    with Linkwright(tmp_path, world, forge=forge, first_look_s="0.2", longest_look_s="1").running(world) as running:
        yield running


def test_on_a_full_disk_posts_are_refused_nothing_is_lost_and_space_heals_everything(
    server: Linkwright, world: Mapping[str, str], listener: Listener
) -> None:
    bss = Bss(server=server)
    server.post(HUB, {"callback": listener.url})
    address = BY_PARTNERS_ALONE[0]
    question = a_check(at_an_address(address, address), provideAlternative=False)
    check = server.check_done(server.post(f"{QUALIFICATION}/checkServiceQualification", question))
    for partner in PARTNERS:
        set_faults(world, partner, {"hold": "after", "operations": ["createServiceOrder"], "times": 1})
    bss.wish("before", ORDERS, an_order_of(check, address))
    until("it is on its way to the partner", lambda: any(is_holding(world, partner) for partner in PARTNERS))

    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, FULL)
    refused = requests.post(
        f"{server.url}{ORDERS}",
        json=an_order_of(check, address),
        headers={"Idempotency-Key": "meanwhile"},
        timeout=30,
    )
    assert refused.status_code == 503
    assert refused.json()["code"] == "503"
    assert "database" in refused.json()["message"]
    ready = requests.get(f"{server.url}/health/ready", timeout=10)
    assert ready.status_code == 503
    assert ready.json()["checks"]["writing"] is False
    assert server.get(f"{ORDERS}/{bss.made['before']}")["state"] == "inProgress"
    for mock in ORDER_SYSTEMS:
        clear_faults(world, mock)
    time.sleep(1)  # so that the partner's answer comes while it cannot be written; later would do no harm

    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, ROOMY)
    until("it is ready again", server.ready)
    bss.wish("meanwhile", ORDERS, an_order_of(check, address))
    bss.insist()
    check_in_the_end(bss, world, listener)
