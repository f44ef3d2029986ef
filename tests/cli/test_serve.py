"""The command `serve`: what it refuses before anything is bound."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from linkwright.cli.serve import serve
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
