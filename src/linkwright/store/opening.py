"""The store as it is first opened: where it cannot be, one sentence says which one it is and what is wrong."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from linkwright.errors import Unavailable
from linkwright.store import schema
from linkwright.store.database import Database

FAILURES = (DBAPIError, NoConnectionFree, sqlite3.Error, Unavailable)


def open_database(url: str) -> Database:
    """The one at `url`, which must be there, with the tables of this release.

    Raises Unavailable, with a text that has no password in it.
    """
    return _opened(url, _of_this_release, may_be_new=False)


def open_and_migrate(url: str) -> Database:
    """The same; older tables become those of this release, and an empty database gets them."""
    return _opened(url, Database.migrate, may_be_new=True)


def _opened(url: str, prepare: Callable[[Database], None], *, may_be_new: bool) -> Database:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:  # whatever it is, it may have a password in it
        raise Unavailable("database", "its address is none, such as sqlite:///linkwright.db") from error
    if not may_be_new and _is_missing(address):
        raise _unavailable(address, "there is no such file")
    try:
        database = Database(url)
    except (ArgumentError, ValueError) as error:
        raise _unavailable(address, str(error)) from error
    except FAILURES as error:
        raise _unavailable(address, _why(error, address)) from error
    try:
        prepare(database)
    except FAILURES as error:
        database.close()
        raise _unavailable(address, _why(error, address)) from error
    return database


def _of_this_release(database: Database) -> None:
    if not database.read(schema.is_current):
        raise Unavailable("database", "it is no store of this release")


def _is_missing(address: URL) -> bool:
    """Whether SQLite would make a new file, which nobody wanted."""
    file = address.database or ""
    return address.get_backend_name() == "sqlite" and file[:5] not in ("", "file:", ":memo") and not Path(file).exists()


def _unavailable(address: URL, why: str) -> Unavailable:
    shown = address.difference_update_query(("password", "sslpassword")).render_as_string(hide_password=True)
    return Unavailable("database", f"{shown} cannot be used: {why}")


def _why(error: BaseException, address: URL) -> str:
    """What the database itself says, in one line; SQLite does not say where it looked."""
    if isinstance(error, Unavailable) and error.__cause__ is None:
        return error.detail
    cause = error.__cause__ if isinstance(error, Unavailable) else error
    lines = str(cause.orig if isinstance(cause, DBAPIError) else cause).splitlines()
    said = "; ".join(line.strip() for line in lines)
    if address.get_backend_name() != "sqlite":
        return said
    folder = Path(str(address.database)).absolute().parent
    return f"{said} ({folder} is no folder)" if not folder.is_dir() else f"{said} (in the folder {folder})"
