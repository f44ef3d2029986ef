"""Orders that somebody has to decide about."""

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import and_, false, or_, select

from linkwright.orders.model import Order
from linkwright.store.database import Database
from linkwright.store.packed import unpacked
from linkwright.store.tables.resources import document
from linkwright.store.tables.work import task
from linkwright.wire.v4.service_order import read_stored_order

RUNNING = ("held", "inProgress", "pending", "pendingCancellation")
_WAITS = b'"waits":'


def standing_orders(database: Database, states: Collection[str]) -> list[Order]:
    """Orders of which an item waits in one of these states, the oldest first.

    Reads every order that runs, and of the others, those that were withdrawn too, the ones of which something is still
    to be taken back.
    """
    return database.read(
        lambda connection: [
            order
            for order in map(_order, connection.execute(_RUNNING, execution_options={"yield_per": 100}))
            if order is not None and any(wait.state in states for wait in order.waits)
        ]
    )


def base_url_of(order: Order) -> str:
    """The address under which the order is served."""
    return str(order.body["href"]).partition("/tmf-api/")[0]


_TAKEN_BACK = select(task.c.order_id).where(task.c.state == "undoing")
_RUNNING = (
    select(document.c.version, document.c.requester, document.c.doc, document.c.internals)
    .where(document.c.kind == "serviceOrder")
    .where(or_(and_(document.c.hidden == false(), document.c.state.in_(RUNNING)), document.c.id.in_(_TAKEN_BACK)))
    .order_by(document.c.date, document.c.id)
)


def _order(row: Any) -> Order | None:
    """None for an order that waits for nobody, which is most of them."""
    if _WAITS not in row.internals:
        return None
    doc, internals = orjson.loads(unpacked(row.doc)), orjson.loads(row.internals)
    return read_stored_order(doc, version=row.version, requester=row.requester, internals=internals)
