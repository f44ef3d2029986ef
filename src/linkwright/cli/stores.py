"""The store that a command asks, which is not always there: nothing is said of one that does not answer."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from linkwright.settings import Settings

if TYPE_CHECKING:
    from linkwright.store.database import Database

SETTINGS_FILE = Path("linkwright.toml")


@contextmanager
def opened(url: str | None) -> "Iterator[Database]":
    """The store at `url`, else that of the settings. Ends the command with exit code 1 where there is none."""
    from linkwright.store.database import Database, without_password

    url = url or Settings.load(os.environ, SETTINGS_FILE).database
    store = Database(url)
    try:
        if not store.ready():
            typer.echo(f"{without_password(url)} does not answer, or is no store of this release.", err=True)
            raise typer.Exit(1)
        yield store
    finally:
        store.close()
