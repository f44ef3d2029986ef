"""The store that a command asks, which is not always there: nothing is said of one that does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from linkwright.cli.configured import database_of

if TYPE_CHECKING:
    from linkwright.store.database import Database


@contextmanager
def opened(url: str | None) -> "Iterator[Database]":
    """The store at `url`, else that of the settings. Ends the command with exit code 1 where there is none."""
    from linkwright.store.database import Database, without_password

    url = database_of(url)
    store = Database(url)
    try:
        if not store.ready():
            typer.echo(f"{without_password(url)} does not answer, or is no store of this release.", err=True)
            raise typer.Exit(1)
        yield store
    finally:
        store.close()
