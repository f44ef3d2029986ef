"""The books over one database, with a clock and ids of their own, and ears for what is said after a commit."""

from datetime import datetime
from itertools import count as counted
from typing import Any

from sqlalchemy import func, select

from linkwright.store.books import SqlBooks
from linkwright.store.database import Database
from linkwright.store.outbox import SqlOutbox
from linkwright.store.packed import unpacked
from linkwright.store.subscriptions import SqlSubscriptions
from linkwright.store.tables.notices import event
from tests.builders import NOW

BASE_URL = "http://127.0.0.1:8640"


class World:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.woken: list[tuple[str, str, datetime]] = []
        self.told: list[set[str]] = []
        self.actor = "linkwright"
        self._numbers = counted(1)
        self.books = SqlBooks(
            database,
            base_url=BASE_URL,
            new_id=self.new_id,
            now=lambda: self.now,
            on_outbox=self.told.append,
            on_wake=lambda kind, key, at: self.woken.append((kind, key, at)),
            actor=lambda: self.actor,
        )
        self.orders = self.books.orders
        self.questions = self.books.questions
        self.subscriptions = SqlSubscriptions(database, new_id=self.new_id, now=lambda: self.now)
        self.outbox = SqlOutbox(database)

    def new_id(self) -> str:
        return f"id-{next(self._numbers):04d}"

    def events(self) -> list[str]:
        """The types of all events, in the order in which they happened."""
        seen = select(event.c.event_type).order_by(event.c.seq)
        return list(self.database.read(lambda connection: connection.execute(seen).scalars()))

    def event_bodies(self) -> list[bytes]:
        seen = select(event.c.body).order_by(event.c.seq)
        return [unpacked(stored) for stored in self.database.read(lambda c: c.execute(seen).scalars().all())]


def count(world: World, table: Any) -> int:
    return int(world.database.read(lambda c: c.execute(select(func.count()).select_from(table)).scalar_one()))


def keys(world: World, column: Any) -> list[str]:
    return list(world.database.read(lambda c: c.execute(select(column).order_by(column)).scalars()))
