"""The whole application."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from structlog.contextvars import bound_contextvars, get_contextvars

from linkwright.api.app import build_app
from linkwright.api.metrics import Metrics
from linkwright.api.monitor import Monitor
from linkwright.engine.dbos_engine import DbosEngine
from linkwright.errors import BadSetting
from linkwright.holds import keep, reconcile
from linkwright.holds.keep import Keeping
from linkwright.holds.reconcile import Reconciler
from linkwright.orders.fulfil import Fulfilment
from linkwright.orders.operator import OperatorDesk
from linkwright.orders.place import RUN, OrderDesk
from linkwright.outbound.address_guard import AddressGuard, guarded_session
from linkwright.outbound.recording import Recorded
from linkwright.outbound.signatures import signing
from linkwright.outbound.subscribers import Delivery
from linkwright.qualifications.answer import Questions, done_with
from linkwright.settings import Settings, is_loopback
from linkwright.store.figures import figures
from linkwright.store.partner_book import SqlPartnerBook
from linkwright.wiring.deciding import designer_of, fulfilment_of
from linkwright.wiring.holding import keeping_of, reconciler_of
from linkwright.wiring.outside import outside_of
from linkwright.wiring.serving import apis_of, gate_of
from linkwright.wiring.sources import follow_clock_file, new_id, now
from linkwright.wiring.storing import DRAIN, stored

ANSWERING_THREADS = 8
DELIVERING_THREADS = 12
DRAIN_WITHIN_S = 10.0


def build(settings: Settings, *, validate_responses: bool = False) -> Any:
    """The ASGI application with everything behind it. Nothing runs and nothing is called before it is started."""
    if settings.clock_file is not None and not is_loopback(settings.host):
        raise BadSetting("clock_file", "a clock that is moved is for rehearsals, bound to loopback only")
    follow_clock_file(settings.clock_file)
    store, monitor = stored(settings), Monitor()
    recorder = Recorded(store.exchanges, now=now, concern=_concern, observed=monitor.call)
    outside = outside_of(settings, SqlPartnerBook(store.database, now=now), recorder)
    designer = designer_of(settings, store, outside, monitor)
    has_pool = "pool" in settings.systems
    keeping, reconciler = keeping_of(settings, store, outside), reconciler_of(settings, store, outside)
    questions = Questions(
        books=store.books.questions, designer=designer, now=now, keeping=keeping if has_pool else None
    )
    desk = OrderDesk(books=store.books.orders, now=now, new_id=new_id)
    operators = OperatorDesk(books=store.books.orders, now=now)
    guard = AddressGuard(allow_loopback=is_loopback(settings.host), allowed_networks=settings.callback_networks)
    delivery = Delivery(
        store.outbox,
        partial(guarded_session, guard),
        now=now,
        address_allowed=guard.allows,
        signed=signing(settings.secret_of),
    )
    monitor.watch(
        lambda: figures(store.database, now()),
        now=now,
        sweeps=lambda: store.engine.sweeps,
        taken_over=lambda: store.engine.taken_over,
        lost=lambda: store.exchanges.lost,
    )
    register_runs(store.engine, questions, fulfilment_of(settings, store, outside, designer), delivery)
    register_holds(store.engine, keeping, reconciler)
    answering = ThreadPoolExecutor(ANSWERING_THREADS, thread_name_prefix="answering")

    def start() -> None:
        store.exchanges.start()
        store.engine.start()
        store.housekeeper.start()
        if has_pool:
            reconciler.begin()

    def stop() -> None:
        answering.shutdown(wait=False, cancel_futures=True)
        store.engine.stop(DRAIN_WITHIN_S)
        outside.close()
        store.housekeeper.stop(DRAIN_WITHIN_S)
        store.exchanges.stop(DRAIN_WITHIN_S)
        store.database.close()

    apis = apis_of(settings, store, questions, desk, operators, guard, answering)
    return build_app(
        apis,
        max_body_bytes=settings.max_body_bytes,
        checks={
            "store": store.database.ready,
            "writing": store.database.takes_writes,
            "engine": store.engine.healthy,
        },
        start=start,
        stop=stop,
        gate=gate_of(settings, apis, outside),
        metrics=Metrics(monitor.text, monitor.request),
        run_brief=store.database.run,
        validate_responses=validate_responses,
    )


def _concern() -> tuple[str | None, str | None]:
    """Kind and id of the resource that this thread works on: the one that every line of the log names."""
    context = get_contextvars()
    return context.get("kind"), context.get("id")


def _named_in_log(kind: str, run: Callable[[str], None]) -> Callable[[str], None]:
    """Every line that is logged meanwhile says for which resource."""

    def named(key: str) -> None:
        with bound_contextvars(kind=kind, id=key):
            run(key)

    return named


def register_holds(engine: DbosEngine, keeping: Keeping, reconciler: Reconciler) -> None:
    engine.register(keep.RUN, _named_in_log(keep.RUN, keeping.advance))
    engine.register(reconcile.RUN, _named_in_log(reconcile.RUN, reconciler.advance))


def register_runs(engine: DbosEngine, questions: Questions, fulfilment: Fulfilment, delivery: Delivery) -> None:
    """What the engine carries out, by its kind."""
    runs: dict[str, Callable[[str], None]] = {
        "check": lambda key: done_with(questions.answer("check", key)),
        "query": lambda key: done_with(questions.answer("query", key)),
        RUN: fulfilment.advance,
    }
    for kind, run in runs.items():
        engine.register(kind, _named_in_log(kind, run))
    register_drain(engine, delivery)


def register_drain(engine: DbosEngine, delivery: Delivery) -> None:
    """Deliveries have workers of their own: a listener that is in trouble takes none from checks and orders."""

    def drain(subscription: str) -> None:
        again = delivery.drain(subscription)
        if again is not None:
            engine.poke(DRAIN, subscription, max((again - now()).total_seconds(), 0.0))

    engine.register(DRAIN, drain, workers=DELIVERING_THREADS)
