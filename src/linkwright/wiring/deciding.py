"""The use cases: what designs, and what carries out an order."""

from collections.abc import Mapping
from datetime import date, timedelta

from linkwright.api.monitor import Monitor
from linkwright.designs.designer import Designer, Rules
from linkwright.free_days import free_days
from linkwright.orders.amending import Amending
from linkwright.orders.builds import Builds
from linkwright.orders.cancelling import Canceller
from linkwright.orders.carry import Carrier
from linkwright.orders.commit import Commitment
from linkwright.orders.errands import TaskKind
from linkwright.orders.fulfil import Fulfilment
from linkwright.orders.instead import Instead
from linkwright.orders.keeping import Keeping
from linkwright.orders.ports import Errands
from linkwright.orders.replies import Replies
from linkwright.orders.standstill import Standstill
from linkwright.orders.watch import Watch
from linkwright.orders.work import Pauses
from linkwright.outbound.observed import ObservedMarket, TimedSolver
from linkwright.outbound.order_notes import OrderNotes
from linkwright.outbound.own_changes import HeededErrands
from linkwright.outbound.partners.deliveries import NotedDeliveries
from linkwright.outbound.tmf633_catalogue import Tmf633Catalogue
from linkwright.outbound.tmf638_services import ServiceRegistrations, Tmf638Services
from linkwright.outbound.tmf641_orders import allocation_orders, implementation_orders, partner_orders
from linkwright.outbound.tmf652_resource_orders import resource_orders
from linkwright.outbound.tmf657_quality import QualityErrands
from linkwright.outbound.tmf673_places import Tmf673Places
from linkwright.outbound.tmf685_reservations import Reservations
from linkwright.settings import Settings
from linkwright.store.designs import SqlDesigns
from linkwright.wiring.outside import Outside
from linkwright.wiring.sources import new_id, now
from linkwright.wiring.storing import Stored


def designer_of(settings: Settings, store: Stored, outside: Outside, monitor: Monitor) -> Designer:
    return Designer(
        inventory=outside.inventory,
        places=Tmf673Places(
            outside.systems["places"],
            now=now,
            freshness_s=settings.network_freshness_s,
            sites_located=any(partner.footprint.needs_addresses for partner in settings.partners),
        ),
        catalogue=Tmf633Catalogue(outside.systems["catalogue"], now=now, freshness_s=settings.network_freshness_s),
        market=ObservedMarket(outside.market, monitor.answer),
        services=Tmf638Services(
            outside.systems["services"] if "services" in settings.systems else None,
            SqlDesigns(store.database).designed,
        ),
        solver=TimedSolver(outside.pool, monitor.design),
        rules=Rules(
            validity=timedelta(days=settings.answer_validity_days),
            holidays=_free_days(settings),
            partner_caps={partner.name: partner.max_orders for partner in settings.partners},
            finance=settings.business,
            risk_rates=settings.risk,
        ),
        now=now,
        new_id=new_id,
        retried=store.engine.steps.retried,
    )


def fulfilment_of(settings: Settings, store: Stored, outside: Outside, designer: Designer) -> Fulfilment:
    systems, books = outside.systems, store.books.orders
    dialects = {partner.name: partner.dialect for partner in settings.partners}
    idempotent = {partner.name for partner in settings.partners if partner.idempotent}
    hold = timedelta(days=settings.hold_days)
    reservations = Reservations("pool", systems["pool"], now=now, hold=hold, holder=store.holder)
    errands: Mapping[TaskKind, Errands] = {
        "reserve": reservations,
        "procure": HeededErrands(
            NotedDeliveries(partner_orders(outside.partners, dialects, idempotent), outside.book, now=now),
            lambda places, _: outside.market.forget(places),
        ),
        "provide": resource_orders("resource-orders", systems["resource-orders"]),
        "allocate": allocation_orders("downstream", systems["downstream"]),
        "publish": QualityErrands("service-quality", systems["service-quality"]),
        "implement": implementation_orders("downstream", systems["downstream"]),
        "register": ServiceRegistrations("services", systems["services"]),
    }
    forget = outside.inventory.forget
    errands = {kind: HeededErrands(plain, forget) for kind, plain in errands.items()}
    pauses = Pauses(
        first=timedelta(seconds=settings.first_look_s),
        longest=timedelta(seconds=settings.longest_look_s),
        late=timedelta(seconds=settings.late_post_s),
    )
    carrier = Carrier(
        books=books,
        errands=errands,
        retried=store.engine.steps.retried,
        now=now,
        pauses=pauses,
        listener=lambda system: f"{settings.base_url}/listener/{system}",
        patience=timedelta(days=settings.fallout_days),
        publishes="service-quality" in settings.systems,
        holidays=_free_days(settings),
        keeping=Keeping(
            hold=hold,
            extended=timedelta(days=settings.hold_extended_days),
            hazard=timedelta(days=settings.hold_hazard_days),
            critical=timedelta(days=settings.hold_critical_days),
            extend=reservations.extend,
        ),
    )
    answer_within = timedelta(days=settings.confirmation_days) if settings.confirmation_days else None
    commitment = Commitment(
        books=books,
        designer=designer,
        now=now,
        asks_requester=settings.ask_when_worse,
        answer_within=answer_within,
    )
    return Fulfilment(
        books=books,
        commitment=commitment,
        carrier=carrier,
        canceller=Canceller(books=books, now=now),
        watch=Watch(
            books=books,
            instead=Instead(designer=designer),
            builds=Builds(inventory=outside.inventory, now=now, holidays=_free_days(settings)),
            now=now,
            holidays=_free_days(settings),
        ),
        replies=Replies(
            books=books, notes=OrderNotes(outside.partners), retried=store.engine.steps.retried, now=now, pauses=pauses
        ),
        standstill=Standstill(books=books, carrier=carrier, policy=settings.approval, now=now),
        amending=Amending(books=books, commitment=commitment, carrier=carrier, policy=settings.approval, now=now),
        now=now,
        pauses=pauses,
    )


def _free_days(settings: Settings) -> frozenset[date]:
    return free_days(settings.holidays, settings.holiday_regions, now().year)
