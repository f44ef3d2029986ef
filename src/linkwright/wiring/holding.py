"""What keeps the holds of checks, and what compares all holds with the pool."""

from datetime import timedelta

from linkwright.holds.keep import Keeping
from linkwright.holds.model import Spans
from linkwright.holds.reconcile import Reconciler
from linkwright.outbound.tmf685_reservations import HoldPool
from linkwright.settings import Settings
from linkwright.wiring.outside import Outside
from linkwright.wiring.sources import now
from linkwright.wiring.storing import Stored


def keeping_of(settings: Settings, store: Stored, outside: Outside) -> Keeping:
    return Keeping(
        books=store.books.holds,
        pool=_pool(store, outside),
        retried=store.engine.steps.retried,
        now=now,
        spans=_spans(settings),
    )


def reconciler_of(settings: Settings, store: Stored, outside: Outside) -> Reconciler:
    return Reconciler(
        books=store.books.holds,
        pool=_pool(store, outside),
        now=now,
        spans=_spans(settings),
        every=timedelta(seconds=settings.hold_sweep_s),
    )


def _pool(store: Stored, outside: Outside) -> HoldPool:
    return HoldPool(outside.systems["pool"], holder=store.holder, forget=outside.inventory.forget)


def _spans(settings: Settings) -> Spans:
    return Spans(
        soft=timedelta(hours=settings.soft_hold_hours),
        firm=timedelta(days=settings.hold_days),
        grace=timedelta(seconds=settings.hold_grace_s),
    )
