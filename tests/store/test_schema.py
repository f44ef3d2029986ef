from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text

from linkwright.errors import Unavailable
from linkwright.store import schema
from linkwright.store.database import Database
from linkwright.store.opening import open_and_migrate, open_database
from linkwright.store.resources import Resource, insert_resource
from linkwright.store.tables.basis import metadata
from linkwright.store.tables.resources import doc_entry, document


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    opened = Database(empty_url)
    yield opened
    opened.close()


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or name != "lw_revision"}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def _indexes(connection: Connection) -> dict[str, list[tuple[str | None, list[str | None], bool, str]]]:
    seen = inspect(connection)
    return {
        table: sorted(
            (
                index["name"],
                index["column_names"],
                bool(index["unique"]),
                str(index.get("dialect_options", {}).get(f"{connection.dialect.name}_where", "")),
            )
            for index in seen.get_indexes(table)
        )
        for table in metadata.tables
    }


def _collations(connection: Connection) -> set[tuple[str, str]]:
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE name LIKE 'lw_%' AND type = 'table'"))
        return {(name, " ".join(sql.split())) for name, sql in rows if name != "lw_revision"}
    rows = connection.execute(
        text(
            "SELECT table_name, column_name || ' ' || collation_name FROM information_schema.columns "
            "WHERE collation_name IS NOT NULL AND table_name LIKE 'lw%' AND table_name <> 'lw_revision'"
        )
    )
    return {(table, column) for table, column in rows}


def test_a_new_database_has_the_tables_of_this_release(empty: Database) -> None:
    assert not empty.ready()

    empty.migrate()

    assert empty.ready()
    assert empty.read(_differences) == []


def test_migrating_from_nothing_ends_where_a_new_database_begins(empty: Database, tmp_path: Path) -> None:
    empty.write(schema.upgrade)

    migrated = empty.read(lambda c: (_differences(c), _indexes(c), _collations(c), schema.stored_revision(c)))

    empty.write(lambda c: (metadata.drop_all(c), c.execute(text("DROP TABLE lw_revision"))))
    empty.migrate()
    created = empty.read(lambda c: (_differences(c), _indexes(c), _collations(c), schema.stored_revision(c)))
    assert migrated == created
    assert created[0] == []


def test_migrating_again_changes_nothing(empty: Database) -> None:
    empty.migrate()
    before = empty.read(_indexes)

    empty.migrate()

    assert empty.read(_indexes) == before


def test_what_lies_in_the_side_index_of_an_older_database_is_still_found(empty: Database) -> None:
    empty.write(lambda c: schema.upgrade(c, "0002"))
    empty.write(lambda c: c.execute(text("INSERT INTO lw_doc_index VALUES ('serviceOrder', 'o-1', 'note.id', '$7')")))

    empty.migrate()

    found = empty.read(lambda c: c.execute(select(doc_entry)).all())
    assert [tuple(row) for row in found] == [("serviceOrder", "note.id", "$7", "o-1")]


def _stored(c: Connection) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    columns = select(document.c.id, document.c.external_id, document.c.priority).order_by(document.c.id)
    entries = select(doc_entry.c.path, doc_entry.c.value, doc_entry.c.id).order_by(doc_entry.c.value, doc_entry.c.id)
    return [tuple(row) for row in c.execute(columns)], [tuple(row) for row in c.execute(entries)]


def test_texts_that_read_like_numbers_are_found_as_they_are_written_after_a_migration(empty: Database) -> None:
    docs = [
        {
            "id": f"o-{n:03}",
            "externalId": f"{n:04}",
            "priority": "1.0",
            "relatedParty": [{"id": f"{n:04}"}, {"id": "a"}],
        }
        for n in range(602)
    ]
    docs[1]["relatedParty"] = [{"id": "01"}, {"id": "1.0"}, {"id": "-1e0"}, {"id": "9"}]

    def put(connection: Connection) -> None:
        for doc in docs:
            resource = Resource(
                kind="serviceOrder", id=doc["id"], version=1, requester="bss", date="", doc=doc, internals={}
            )
            insert_resource(connection, resource, orjson.dumps(doc))

    empty.write(schema.upgrade)
    empty.write(put)
    written = empty.read(_stored)

    empty.write(lambda c: command.downgrade(schema._config(c), "0003"))
    before = empty.read(_stored)
    assert before[0][7] == ("o-007", "7", "1")
    assert [value for _, value, name in before[1] if name == "o-001"] == ["#-1", "#1", "#9"]

    empty.migrate()
    assert empty.read(_stored) == written
    assert [value for _, value, name in written[1] if name == "o-001"] == ["#-1e0", "#01", "#1.0", "#9"]


def test_an_older_database_is_migrated(empty: Database) -> None:
    empty.write(schema.upgrade)
    empty.write(lambda c: metadata.drop_all(c))
    empty.write(lambda c: c.execute(text("UPDATE lw_revision SET version_num = 'older'")))
    assert not empty.ready()
    # a revision that nobody knows cannot be migrated, and that is said instead of guessed
    with pytest.raises(Exception, match="older"):
        empty.migrate()


def test_tables_of_a_newer_release_are_left_alone_and_told(empty_url: str) -> None:
    store = open_and_migrate(empty_url)
    newer = text("UPDATE lw_revision SET version_num = '9999'")
    store.write(lambda c: c.execute(newer))
    store.close()
    with pytest.raises(
        Unavailable, match=r"cannot be used: its tables have the revision 9999, which this release does not know$"
    ):
        open_and_migrate(empty_url)
    with pytest.raises(Unavailable, match=r"cannot be used: it is no store of this release$"):
        open_database(empty_url)


def test_processes_that_start_together_create_the_tables_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(Database.migrate, databases))

    assert all(database.ready() for database in databases)
    for database in databases:
        database.close()


def test_the_head_that_the_code_expects_is_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))

    assert ScriptDirectory.from_config(config).get_current_head() == schema.HEAD


def test_every_table_is_ours_by_name() -> None:
    assert all(name.startswith("lw_") for name in metadata.tables)
