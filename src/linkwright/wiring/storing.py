"""What is remembered, and the engine that runs what is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from linkwright.api.callers import actor
from linkwright.engine.dbos_engine import DbosEngine
from linkwright.engine.liveness import check_free
from linkwright.retention_settings import Retention
from linkwright.settings import Settings
from linkwright.store.books import OURSELVES, SqlBooks
from linkwright.store.database import Database
from linkwright.store.due import AllDue
from linkwright.store.exchanges import SqlExchanges
from linkwright.store.housekeeping import Housekeeper, Removal
from linkwright.store.installations import installation_id
from linkwright.store.opening import open_and_migrate
from linkwright.store.outbox import SqlOutbox
from linkwright.store.retention import SqlRetention
from linkwright.store.subscriptions import NamedOutbox
from linkwright.wiring.sources import new_id, now

# Raised only on purpose: work that an older version began is started again by the sweep whatever this says.
ENGINE_VERSION = "1"
SWEEP_EVERY_S = 1.0
DRAIN = "drain"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """`holder` is the name under which our holds stand in a pool."""

    database: Database
    books: SqlBooks
    outbox: SqlOutbox
    exchanges: SqlExchanges
    housekeeper: Housekeeper
    engine: DbosEngine
    holder: str


def stored(settings: Settings) -> Stored:
    """The books tell the engine what they woke, and the engine asks the books what is due.

    Raises `Unavailable` where the database cannot be used, `EngineBusy` where another process works on an SQLite file.
    """
    check_free(settings.engine_url)
    database = open_and_migrate(settings.database)
    outbox = NamedOutbox(database) if settings.named_callbacks else SqlOutbox(database)
    pokes: list[Callable[[str, str, float], None]] = []

    def woken(kind: str, key: str, at: datetime) -> None:
        delay_s = max((at - now()).total_seconds(), 0.0)
        if delay_s < SWEEP_EVERY_S:  # what is due later the sweep finds in time by itself
            pokes[0](kind, key, delay_s)

    def to_deliver(subscriptions: set[str]) -> None:
        for subscription in subscriptions:
            pokes[0](DRAIN, subscription, 0.0)

    books = SqlBooks(
        database,
        base_url=settings.base_url,
        new_id=new_id,
        now=now,
        on_outbox=to_deliver,
        on_wake=woken,
        actor=lambda: actor() or OURSELVES,
    )
    engine = DbosEngine(
        settings.engine_url,
        due_rows=AllDue(books, outbox, drain=DRAIN),
        now=now,
        tries=settings.tries,
        first_pause_s=settings.first_pause_s,
        sweep_every_s=SWEEP_EVERY_S,
        application_version=ENGINE_VERSION,
        keep=timedelta(days=settings.retention.engine_days),
    )
    pokes.append(engine.poke)
    return Stored(
        database=database,
        books=books,
        outbox=outbox,
        exchanges=SqlExchanges(database),
        housekeeper=_housekeeper(settings.retention, database),
        engine=engine,
        holder=f"linkwright-{installation_id(database, new_id)}",
    )


def _housekeeper(ages: Retention, database: Database) -> Housekeeper:
    retention = SqlRetention(database, now=now)
    removals: dict[str, tuple[int, Removal]] = {
        "runs": (ages.runs_days, retention.runs),
        "dead": (ages.dead_days, retention.dead),
        "events": (ages.events_days, retention.events),
        "questions": (ages.checks_days, retention.questions),
        "inputs": (ages.inputs_days, retention.inputs),
        "reads": (ages.reads_days, retention.reads),
        "exchange bodies": (ages.exchange_bodies_days, retention.exchange_bodies),
    }
    return Housekeeper(
        {name: (timedelta(days=days), remove) for name, (days, remove) in removals.items() if days > 0}, now=now
    )
