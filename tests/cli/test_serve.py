"""The command `serve`: what it refuses before anything is bound."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from linkwright.cli.serve import serve
from linkwright.engine.liveness import SoleProcess
from linkwright.settings import Settings

app = typer.Typer()
app.command()(serve)


def test_an_address_that_others_can_reach_is_refused_without_authentication() -> None:
    result = CliRunner().invoke(app, ["--host", "0.0.0.0"])  # noqa: S104 - that is what is refused
    assert result.exit_code == 2
    assert "--insecure" in result.output


def test_a_setting_of_the_wrong_kind_is_named() -> None:
    result = CliRunner().invoke(app, [], env={"LINKWRIGHT_PORT": "many"})
    assert result.exit_code == 2
    assert "LINKWRIGHT_PORT" in result.output


def test_with_api_keys_configured_it_may_be_reached_from_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Settings] = []
    monkeypatch.setattr("linkwright.cli.serve.run", served.append)
    monkeypatch.chdir(tmp_path)
    digest = "0" * 64
    Path("linkwright.toml").write_text(f'[api_keys.bss]\nsha256 = "{digest}"\nscopes = ["serviceOrdering:read"]\n')
    result = CliRunner().invoke(app, ["--host", "0.0.0.0"])  # noqa: S104 - that is what is allowed now
    assert result.exit_code == 0, result.output
    assert served[0].asks_who_calls


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ('[api_keys.bss]\nsha256 = "secret"\n', "64 hexadecimal digits"),
        ('[tokens]\nissuer = "i"\naudience = "a"\njwks_url = "u"\nalgorithms = ["HS256"]\n', "HS256"),
        ('[tokens]\nissuer = ""\naudience = "a"\njwks_url = "u"\n', "issuer"),
    ],
)
def test_an_authentication_that_would_not_protect_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str, word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("linkwright.toml").write_text(table)
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert word in result.output


def _refusal(folder: Path, *options: str) -> tuple[int, str]:
    """How a process ends that does not get as far as serving, and all that it says."""
    command = [sys.executable, "-m", "linkwright", "serve", *options]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert ended.stdout == ""
    return ended.returncode, ended.stderr


def test_a_misspelt_scope_is_refused_with_the_nearest_and_all_that_there_are(tmp_path: Path) -> None:
    table = f'[api_keys.bss]\nsha256 = "{"0" * 64}"\nscopes = ["cost:read", "serviceOrder:write"]\n'
    (tmp_path / "linkwright.toml").write_text(table)
    code, told = _refusal(tmp_path)
    assert (code, told.count("\n")) == (2, 1)
    assert told.startswith("Settings: api_keys.bss: 'serviceOrder:write' is no scope.")
    assert "Did you mean serviceOrdering:write?" in told
    assert "orders:approve:business" in told


@pytest.mark.parametrize(
    ("url", "named", "why"),
    [
        ("postgresql://lw:hush-hush@127.0.0.1:9/lw", "postgresql://lw:***@127.0.0.1:9/lw", "Connection refused"),
        ("sqlite:///nowhere/lw.db", "sqlite:///nowhere/lw.db", "nowhere is no folder"),
        ("sqlite:////proc/lw.db", "sqlite:////proc/lw.db", "unable to open database file (in the folder /proc)"),
        ("sqlite:///linkwright.toml", "sqlite:///linkwright.toml", "file is not a database"),
        ("mysql://lw:hush-hush@db/lw", "mysql://lw:***@db/lw", "neither sqlite nor postgresql"),
        ("sqlite+other:///lw.db", "sqlite+other:///lw.db", "sqlite.other"),
        ("postgresql//lw:hush-hush@db/lw", "", "its address is none"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_line_without_its_password(
    tmp_path: Path, url: str, named: str, why: str
) -> None:
    (tmp_path / "linkwright.toml").write_text("# nothing is configured, in many bytes\n" * 20)
    code, told = _refusal(tmp_path, "--database", url)
    assert (code, told.count("\n")) == (1, 1)
    assert told.startswith(f"database: {named}")
    assert why in told
    assert "hush" not in told


def test_a_second_process_on_one_sqlite_file_is_told_so_in_one_line_and_touches_nothing(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    first = SoleProcess(tmp_path / "a-engine.db")
    first.claim()
    code, told = _refusal(tmp_path, "--database", f"sqlite:///{database}")
    first.release()
    assert (code, told.count("\n")) == (1, 1)
    assert "another process runs on this database" in told
    assert not database.exists()
