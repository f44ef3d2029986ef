"""Of a store that cannot be asked nothing is said, least of all that there is nothing."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import typer

from linkwright.cli.audit import audit
from linkwright.cli.design import design
from linkwright.cli.holds import holds
from linkwright.cli.hub import list_, replay
from linkwright.cli.orders import Outcome, approve, list_orders, reject, resolve, retry
from linkwright.cli.partners import partners

NOBODY = "postgresql+psycopg://linkwright:hush-hush@127.0.0.1:9/linkwright"


COMMANDS: Mapping[str, Callable[[str], None]] = {
    "audit": lambda url: audit("order-1", url, False),
    "holds": lambda url: holds(url),
    "hub list": lambda url: list_(url),
    "hub replay": lambda url: replay("subscription-1", False, None, url),
    "approve": lambda url: approve("order-1", database=url),
    "reject": lambda url: reject("order-1", "why", database=url),
    "orders list": lambda url: list_orders(database=url),
    "orders retry": lambda url: retry("order-1", database=url),
    "orders resolve": lambda url: resolve("order-1", Outcome.done, "why", database=url),
    "partners": lambda url: partners(url),
    "design": lambda url: design(replay="design-1", database=url),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_store_that_does_not_answer_is_told_without_its_password(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _refused(name, NOBODY, capsys)
    assert told.startswith("database: postgresql+psycopg://linkwright:***@127.0.0.1:9/linkwright cannot be used: ")
    assert "Connection refused" in told


@pytest.mark.parametrize("name", COMMANDS)
def test_a_file_that_is_not_there_is_told_and_not_made(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _refused(name, f"sqlite:///{tmp_path / 'linkwright.db'}", capsys)
    assert told == f"database: sqlite:///{tmp_path / 'linkwright.db'} cannot be used: there is no such file\n"
    assert list(tmp_path.iterdir()) == []


def _refused(name: str, url: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that is said, and nothing else."""
    with pytest.raises(typer.Exit) as ended:
        COMMANDS[name](url)
    told = capsys.readouterr()
    assert ended.value.exit_code == (2 if name == "design" else 1)
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "hush" not in told.err
    return told.err
