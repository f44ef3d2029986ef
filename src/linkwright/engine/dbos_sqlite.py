"""The file in which dbos keeps what it does, on SQLite."""

from typing import Any

import sqlalchemy as sa


def sqlite_engine(url: sa.URL) -> sa.Engine:
    """What dbos would make itself, with a write-ahead log, and no flush at a commit: every run can be begun again."""
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine
