"""A person decides at the command line, and the running server goes on."""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.journeys.processes import (
    ORDERING,
    QUALIFICATION,
    Json,
    Linkwright,
    clear_faults,
    mock_state,
    set_faults,
    until,
)
from tests.journeys.requests_of import a_check, an_order_of, the_headquarters

POLICY = '[approval.business]\ncurrency = "EUR"\none_time_minor = 100\n[approval.engineering]\nrisk = 100'


@pytest.fixture
def tables() -> tuple[str, ...]:
    return (POLICY,)


def _command(linkwright: Linkwright, *arguments: str) -> str:
    command = [sys.executable, "-m", "linkwright", *arguments]
    command += ["--database", f"sqlite:///{linkwright.folder / 'linkwright.db'}"]
    return subprocess.run(command, cwd=linkwright.folder, check=True, capture_output=True, text=True).stdout


def _orders(world: Mapping[str, str]) -> list[Json]:
    return [*mock_state(world, "downstream")["serviceOrder"], *mock_state(world, "partner-north")["serviceOrder"]]


def test_an_order_is_held_until_it_is_approved_at_the_command_line(
    linkwright: Linkwright, world: Mapping[str, str]
) -> None:
    check = linkwright.check_done(
        linkwright.post(f"{QUALIFICATION}/checkServiceQualification", a_check(the_headquarters()))
    )
    order = linkwright.post(f"{ORDERING}/serviceOrder", an_order_of(check, "hq"))
    held = linkwright.order_in(order, "held")
    assert "needs business approval: one-time cost" in held["note"][-1]["text"]
    assert _orders(world) == []
    assert f"{order['id']}  held  business  items hq" in _command(linkwright, "orders", "list")
    _command(linkwright, "approve", order["id"], "--by", "Ann", "--reason", "a good customer")
    done = linkwright.order_in(order, "completed")
    assert (done["note"][-1]["author"], "a good customer" in done["note"][-1]["text"]) == ("Ann", True)
    assert "businessCaseApproved" in [milestone["name"] for milestone in done["milestone"]]
    assert "Ann  approved  serviceOrder version" in _command(linkwright, "audit", order["id"])
    assert done["href"].startswith(linkwright.url)


def test_what_was_allocated_by_hand_is_implemented_below(linkwright: Linkwright, world: Mapping[str, str]) -> None:
    set_faults(world, "downstream", {"items_lost": ["hq"]})
    check = linkwright.check_done(
        linkwright.post(f"{QUALIFICATION}/checkServiceQualification", a_check(the_headquarters()))
    )
    order = linkwright.post(f"{ORDERING}/serviceOrder", an_order_of(check, "hq"))
    linkwright.order_in(order, "held")
    _command(linkwright, "approve", order["id"])
    until("the allocation has failed", lambda: "fallout" in _command(linkwright, "orders", "list"))
    clear_faults(world, "downstream")
    given = {"vlanId": 4001, "ipv4Prefix": "192.0.2.0/30", "serviceIdentifier": "OLD-7"}
    named = [word for name, value in given.items() for word in ("--parameter", f"{name}={value}")]
    _command(linkwright, "orders", "resolve", order["id"], "hq", "--as", "done", "--reason", "by hand", *named)
    linkwright.order_in(order, "completed")
    (below,) = (one for one in _orders(world) if "Implement" in one["category"])
    assert "orderRelationship" not in below
    told = {one["name"]: one["value"] for one in below["serviceOrderItem"][0]["service"]["serviceCharacteristic"]}
    assert told.items() >= given.items()
