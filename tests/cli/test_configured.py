"""Every command reads the same settings, and names what is wrong with them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer

from linkwright.cli.audit import audit
from linkwright.cli.configured import SETTINGS_FILE, database_of
from linkwright.cli.holds import holds
from linkwright.cli.orders import approve, list_orders
from linkwright.cli.partners import partners


@pytest.fixture
def wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    SETTINGS_FILE.write_text('hold_days = "many"\n')


@pytest.mark.usefixtures("wrong")
@pytest.mark.parametrize(
    "command", [lambda: audit("order-1"), holds, partners, list_orders, lambda: approve("order-1")]
)
def test_a_wrong_setting_is_named_and_ends_the_command(
    command: Callable[[], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        command()
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == "Settings: hold_days: 'many' is not a whole number\n"


@pytest.mark.usefixtures("wrong")
def test_with_a_database_told_the_settings_are_not_asked() -> None:
    assert database_of("sqlite://") == "sqlite://"
