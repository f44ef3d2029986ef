"""The settings as every command reads them."""

import os
from pathlib import Path

import typer

from linkwright.settings import Settings

SETTINGS_FILE = Path("linkwright.toml")


def configured() -> Settings:
    """Read them; what is wrong is named, and ends the command."""
    try:
        return Settings.load(os.environ, SETTINGS_FILE)
    except ValueError as error:
        typer.echo(f"Settings: {error}", err=True)
        raise typer.Exit(2) from error


def database_of(url: str | None) -> str:
    """The store that is meant: the one that was told, or that of the settings."""
    return url or configured().database
