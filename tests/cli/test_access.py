"""The commands around who calls: `key` and `audit`."""

import tomllib
from pathlib import Path

import typer
from typer.testing import CliRunner

from linkwright.access_settings import ApiKey
from linkwright.api.api_keys import digest_of
from linkwright.cli.audit import audit
from linkwright.cli.key import key
from linkwright.settings import Settings
from linkwright.store.database import Database
from tests.builders import an_order
from tests.store.worlds import World


def _run(command, *arguments: str):  # type: ignore[no-untyped-def]
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, list(arguments))


def test_a_new_key_is_shown_once_and_its_table_can_be_configured(tmp_path: Path) -> None:
    result = _run(key, "bss north", "--scope", "serviceOrdering:write", "--scope", "cost:read")
    assert result.exit_code == 0
    shown = result.stderr.removeprefix("X-API-Key: ").strip()
    file = tmp_path / "linkwright.toml"
    file.write_text(result.stdout)
    assert tomllib.loads(result.stdout)
    scopes = ("serviceOrdering:write", "cost:read")
    assert Settings.load({}, file).api_keys == (ApiKey(name="bss north", sha256=digest_of(shown), scopes=scopes),)
    assert shown not in result.stdout


def test_a_scope_that_is_none_is_refused_before_there_is_a_key() -> None:
    result = _run(key, "bss", "--scope", "cost:read", "--scope", "serviceOrder:write")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'serviceOrder:write' is no scope. Did you mean serviceOrdering:write?" in result.stderr
    assert "metrics:read, orders:approve:business" in result.stderr


def test_a_scope_that_is_like_none_is_refused_without_a_guess() -> None:
    result = _run(key, "bss", "--scope", "*")
    assert result.exit_code == 2
    assert "Did you mean" not in result.stderr


def test_the_trail_of_a_resource_is_printed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lw.db'}"
    database = Database(url)
    database.migrate()
    world = World(database)
    world.actor = "bss"
    world.orders.write(lambda tx: tx.add(an_order(id="order-9")))
    database.close()
    result = _run(audit, "order-9", "--database", url)
    assert result.exit_code == 0
    assert "bss  created  serviceOrder version 1" in result.stdout


def test_an_unknown_resource_has_no_trail(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'lw.db'}"
    database = Database(url)
    database.migrate()
    database.close()
    result = _run(audit, "nothing", "--database", url)
    assert result.exit_code == 1
    assert "Nothing is known" in result.stderr
