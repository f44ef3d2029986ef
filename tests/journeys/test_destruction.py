"""Killed at every boundary of a step, at any moment, and amid neighbours that fail and lie: nothing is lost or doubled.

LINKWRIGHT_DESTRUCTION_RUNS is the number of kills in all; without it there are as many as a daily run can bear.
"""

import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from random import Random

import pytest

from tests.journeys.bss import CANCELS, HUB, ORDERS, Bss, check_in_the_end
from tests.journeys.processes import (
    ORDER_SYSTEMS,
    PARTNERS,
    QUALIFICATION,
    Json,
    Linkwright,
    Listener,
    clear_faults,
    is_holding,
    mock_state,
    mock_world,
    set_faults,
    until,
)
from tests.journeys.requests_of import BY_PARTNERS_ALONE, a_check, an_order_of, at_an_address
from tests.journeys.warm import Forge

CHECKS = f"{QUALIFICATION}/checkServiceQualification"
CREATES = ("createReservation", "createServiceOrder", "createResourceOrder", "createService")
STEPS = (
    ("pool", "createReservation", 0),
    ("partners", "createServiceOrder", 0),
    ("resource-orders", "createResourceOrder", 0),
    ("resource-orders", "retrieveResourceOrder", 0),
    ("downstream", "createServiceOrder", 0),
    ("downstream", "createServiceOrder", 1),
    ("services", "createService", 0),
    ("pool", "deleteReservation", 0),
)
STEPS_BACK = (
    ("partners", "createCancelServiceOrder"),
    ("resource-orders", "createCancelResourceOrder"),
    ("pool", "deleteReservation"),
)
KILLS_OF_A_ROUND = 10
KILLS_AT_STEPS = 2 * (len(STEPS) + len(STEPS_BACK))
ROUNDS = max(1, -(-(int(os.environ.get("LINKWRIGHT_DESTRUCTION_RUNS", "30")) - KILLS_AT_STEPS) // KILLS_OF_A_ROUND))
TROUBLES: tuple[Json, ...] = (
    {"fail_rate": 0.4},
    {"hang_s": 1.5, "times": 2},
    {"latency_s": 0.3},
    {"malformed": True, "times": 2},
    {"drop": "before", "times": 2},
    {"drop": "after", "times": 2},
    {"drop": "forget", "times": 1},
    {"events_twice": True, "events_reordered": True, "events_late_s": 0.2},
    {"events_dropped": True},
)


class Stage:
    """One world, one server that dies again and again, a BSS, and a listener that now and then takes nothing."""

    def __init__(self, folder: Path, world: Mapping[str, str], forge: Forge, listener: Listener) -> None:
        self.world, self.listener = world, listener
        pauses = {"first_look_s": "0.2", "longest_look_s": "1", "first_pause_s": "0.1", "late_post_s": "3"}
        self.server = Linkwright(folder, world, forge=forge, tries="2", read_timeout_s="1", **pauses).start()
        self.bss = Bss(server=self.server)
        self._addresses = cycle(BY_PARTNERS_ALONE)
        self.server.post(HUB, {"callback": listener.url})
        sites = [at_an_address(address, address) for address in BY_PARTNERS_ALONE]
        self._check = self.server.check_done(self.server.post(CHECKS, a_check(*sites, provideAlternative=False)))

    def order(self, key: str) -> None:
        self.bss.wish(key, ORDERS, an_order_of(self._check, next(self._addresses)))

    def cancel(self, key: str) -> None:
        """If the order was accepted: who has no answer does not know what to cancel."""
        if (order_id := self.bss.made.get(key)) is not None:
            self.bss.wish(f"cancel {key}", CANCELS, {"serviceOrder": {"id": order_id}})

    def have(self, system: str, faults: Json) -> None:
        for mock in _mocks(system):
            set_faults(self.world, mock, faults)

    def is_holding(self, system: str) -> bool:
        return any(is_holding(self.world, mock) for mock in _mocks(system))

    def kill_at(self, system: str, operation: str, faults_then: Json | None = None) -> None:
        """While such a call is held. What was sent before the kill still arrives, after the restart began."""
        until(f"{operation} is on its way", lambda: self.is_holding(system))
        self.server.kill()
        self.server.begin()
        self.have(system, faults_then or {})
        until("linkwright ready", self.server.ready)

    def end(self) -> None:
        for mock in ORDER_SYSTEMS:
            clear_faults(self.world, mock)
        until("linkwright ready", self.server.ready)
        self.bss.insist()
        check_in_the_end(self.bss, self.world, self.listener)


def _mocks(system: str) -> tuple[str, ...]:
    return PARTNERS if system == "partners" else (system,)


@pytest.fixture
def flaky_listener() -> Iterator[Listener]:
    chance = Random(5)
    heard = Listener(refuses=lambda: chance.random() < 0.05)
    yield heard
    heard.close()


@pytest.fixture
def stage(tmp_path: Path, forge: Forge, flaky_listener: Listener) -> Iterator[Stage]:
    with mock_world(tmp_path, "--step-s", "0.2", forge=forge) as world:
        made = Stage(tmp_path, world, forge, flaky_listener)
        yield made
        made.server.stop()


def test_killed_before_and_after_every_step_of_an_order_nothing_is_lost_or_doubled(stage: Stage) -> None:
    for when in ("before", "after"):
        for system, operation, skip in STEPS:
            stage.have(system, {"hold": when, "operations": [operation], "skip": skip, "times": 1})
            stage.order(f"{when} {system} {operation} {skip}")
            stage.kill_at(system, operation)
    stage.end()


def test_killed_before_and_after_every_step_of_a_cancel_everything_is_given_back_once(stage: Stage) -> None:
    working = {"orders_wait": True}
    for system in ("partners", "resource-orders"):
        stage.have(system, working)
    for when in ("before", "after"):
        for system, operation in STEPS_BACK:
            key = f"{when} {system} {operation}"
            stage.order(key)
            until("it is ordered", lambda key=key: _is_ordered(stage, key))
            stage.have(system, {**working, "hold": when, "operations": [operation], "times": 1})
            stage.cancel(key)
            stage.kill_at(system, operation, working)
    orders = stage.bss.orders().values()
    until(
        "all are cancelled", lambda: {stage.server.get(f"{ORDERS}/{one}")["state"] for one in orders} == {"cancelled"}
    )
    stage.end()


def _is_ordered(stage: Stage, key: str) -> bool:
    orders = mock_state(stage.world, "resource-orders")["resourceOrder"]
    return any(order["externalId"].startswith(stage.bss.made[key]) for order in orders)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_killed_at_any_moment_amid_neighbours_that_fail_and_lie_every_order_ends_well(stage: Stage, seed: int) -> None:
    chance = Random(seed)
    with ThreadPoolExecutor(2) as threads:
        under_way: list[Future[None]] = []
        for kill in range(KILLS_OF_A_ROUND):
            for mock in ORDER_SYSTEMS:
                clear_faults(stage.world, mock)
            mock, trouble = chance.choice(ORDER_SYSTEMS), chance.choice(TROUBLES)
            concerned = {} if trouble.get("drop") != "forget" else {"operations": CREATES}
            set_faults(stage.world, mock, {**trouble, **concerned, "seed": kill})
            under_way.append(threads.submit(stage.order, f"order {kill}"))
            if kill and chance.random() < 0.4:
                under_way.append(threads.submit(stage.cancel, f"order {chance.randrange(kill)}"))
            time.sleep(chance.random())  # not to wait for something, but to die at another moment each time
            stage.server.kill()
            stage.server.begin()
            if chance.random() < 0.7:
                until("linkwright ready", stage.server.ready)
        for wish in under_way:
            wish.result()
    stage.end()
