"""A person decides at the command line, and the running server goes on."""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.journeys.processes import ORDERING, QUALIFICATION, Json, Linkwright, mock_state
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
