from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from linkwright.cli.partners import partners
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.partner_book import Heard
from linkwright.store.database import Database
from linkwright.store.partner_book import SqlPartnerBook
from tests.builders import NOW


def test_the_scorecards_of_partners_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'linkwright.db'}"
    database = Database(url)
    database.migrate()
    book = SqlPartnerBook(database, now=lambda: NOW)
    answer = PartnerAnswer(partner="north", ref="1", asked="refused", took_s=0.5)
    book.keep("north", [Heard(key=str(n), place="site-1", answer=answer) for n in range(12)])
    book.delivered("north", "order-1/procure/1", NOW.date(), NOW.date())
    database.close()
    partners(url)
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "north" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        "north", "12", "0", "12", "0", "0", "0", "0", "0.54", "0.54", "1 of 1",
    ]  # fmt: skip


def test_where_nothing_is_known_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    database = Database(url)
    database.migrate()
    database.close()
    with pytest.raises(typer.Exit):
        partners(url)
    assert "Nothing is known" in capsys.readouterr().err


def test_a_month_is_read_as_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'linkwright.db'}"
    database = Database(url)
    database.migrate()
    SqlPartnerBook(database, now=lambda: NOW).delivered("north", "order-1/procure/1", NOW.date(), NOW.date())
    database.close()
    app = typer.Typer()
    app.command()(partners)
    told = [CliRunner().invoke(app, ["--database", url, "--since", month]) for month in ("2026-9", "2026-12", "soon")]
    assert [one.exit_code for one in told] == [0, 1, 2]
    assert "north" in told[0].output
