"""The store that a command asks, which is not always there: what is wrong with it is said instead of an answer."""

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
    from linkwright.errors import Unavailable
    from linkwright.store.opening import open_database

    try:
        store = open_database(database_of(url))
    except Unavailable as missing:
        typer.echo(str(missing), err=True)
        raise typer.Exit(1) from None
    try:
        yield store
    finally:
        store.close()
