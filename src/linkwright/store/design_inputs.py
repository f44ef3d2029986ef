"""What designs were computed from, each network and each problem once, however many designs share it."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from sqlalchemy import Connection, bindparam, select, text

from linkwright.designs.replay import Inputs, Snapshot
from linkwright.store.prepared import statement, upsert
from linkwright.store.tables.designs import design_input, design_network
from linkwright.store.times import stamp

_LOCK_KEY = 0x6C77_696E  # any number, the same in every process
_PUT_NETWORK = upsert(design_network, ("id",), lambda _: {})
_PUT = upsert(design_input, ("id",), lambda new: {"created_at": new.created_at})
_GET = statement(
    select(
        design_input.c.network_id,
        design_network.c.doc,
        design_input.c.rest,
        design_input.c.ask,
        design_input.c.outcome,
    )
    .join(design_network, design_network.c.id == design_input.c.network_id)
    .where(design_input.c.id == bindparam("id"))
)


def put_inputs(connection: Connection, inputs: Iterable[Inputs], now: datetime) -> None:
    """Store what is not stored yet, and make young again what is: it is used once more."""
    found = {one.id: one.snapshot for one in inputs}
    if not found:
        return
    _lock(connection, "pg_advisory_xact_lock_shared")
    networks = {one.network_id: one.network for one in found.values()}
    _PUT_NETWORK.run_many(connection, [{"id": id, "doc": doc} for id, doc in networks.items()])
    _PUT.run_many(
        connection,
        [
            {
                "id": one.id,
                "network_id": one.network_id,
                "rest": one.rest,
                "ask": one.ask,
                "outcome": one.outcome,
                "core_version": _core_version(),
                "created_at": stamp(now),
            }
            for one in found.values()
        ],
    )


def get_snapshot(connection: Connection, input_id: str) -> Snapshot | None:
    found = _GET.one(connection, {"id": input_id})
    if found is None:
        return None
    return Snapshot(input_id, found.network_id, *map(bytes, (found.doc, found.rest, found.ask, found.outcome)))


def keep_others_out(connection: Connection) -> None:
    """Until the end of this transaction nobody else stores inputs, which might share a network that is to go."""
    _lock(connection, "pg_advisory_xact_lock")


def _lock(connection: Connection, function: str) -> None:
    """On SQLite there is one writer at a time anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT {function}(:key)"), {"key": _LOCK_KEY})


@cache
def _core_version() -> str:
    try:
        return version("linkwright")
    except PackageNotFoundError:  # run from a folder of sources
        return ""
