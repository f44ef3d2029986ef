"""The command `serve`: what it refuses before anything is bound."""

import typer
from typer.testing import CliRunner

from linkwright.cli.serve import serve

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
