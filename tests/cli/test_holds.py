"""`linkwright holds`: what is held, in one line each."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from linkwright.cli.holds import holds
from linkwright.store.database import Database
from tests.builders import NOW, an_order
from tests.store.test_holds import a_hold, a_task
from tests.store.worlds import World


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'linkwright.db'}"
    database = Database(url)
    database.migrate()
    database.close()
    return url


def test_without_a_hold_it_says_so(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    holds(url)
    assert capsys.readouterr().out == "Nothing is held.\n"


def test_open_holds_are_listed_with_their_owner_purpose_and_end(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    database = Database(url)

    def change(tx: Any) -> None:
        tx.add(an_order(requester="bss"))
        tx.put_task(a_task("1"))
        tx.put_task(a_task("2", state="sent", remote_id=None, expires_at=None, note="pool: silent"))
        tx.put_task(a_task("3", state="undone"))
        tx.add_hold(a_hold(state="held", remote_id="r-9", expires_at=NOW + timedelta(hours=1)))

    World(database).orders.write(change)
    database.close()
    holds(url)
    assert capsys.readouterr().out.splitlines() == [
        "2026-11-02T10:00:00+00:00  held  soft  check check-1 item 1  anonymous  pool r-9",
        "2026-11-16T09:00:00+00:00  held  commitment  order order-1 item 1  bss  pool r-1",
        "no end known  asked  commitment  order order-1 item 2  bss  pool -  pool: silent",
    ]
