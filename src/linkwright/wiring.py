"""Builds every object once and hands it down: the only file that knows all rooms, and the only thing it does."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import uuid_utils

from linkwright.api.api_keys import ApiKeys
from linkwright.api.app import Served, build_app
from linkwright.api.callers import actor
from linkwright.api.collections import Collection
from linkwright.api.contracts import Contract, read_contract
from linkwright.api.design_documents import DesignDocumentApi
from linkwright.api.gate import Gate, GuardedGate, OpenGate, areas_of
from linkwright.api.hub import HubApi
from linkwright.api.identity import Caller
from linkwright.api.patching import Patching
from linkwright.api.peer_events import PeerEventApi
from linkwright.api.ports import Api, Kind
from linkwright.api.service_order import FIXED as ORDER_FIXED
from linkwright.api.service_order import ServiceOrderApi, order_amender
from linkwright.api.service_qualification import (
    CHECK_FIXED,
    QUERY_FIXED,
    ServiceQualificationApi,
    question_amender,
)
from linkwright.api.validation import whole_resource
from linkwright.designs.designer import Designer, Rules
from linkwright.engine.dbos_engine import DbosEngine
from linkwright.orders.cancelling import Canceller
from linkwright.orders.carry import Carrier, Pauses
from linkwright.orders.commit import Commitment
from linkwright.orders.fulfil import Fulfilment
from linkwright.orders.model import TaskKind
from linkwright.orders.peer_event import PeerNews
from linkwright.orders.place import RUN, OrderDesk
from linkwright.orders.ports import Errands
from linkwright.outbound.address_guard import AddressGuard, guarded_session
from linkwright.outbound.design_pool import DesignPool
from linkwright.outbound.http import Client
from linkwright.outbound.own_changes import HeededErrands
from linkwright.outbound.partners.standard import PartnerLine, PartnerMarket
from linkwright.outbound.subscribers import Delivery
from linkwright.outbound.tmf633_catalogue import Tmf633Catalogue
from linkwright.outbound.tmf638_services import ServiceRegistrations, Tmf638Services
from linkwright.outbound.tmf639_resources import Tmf639Inventory
from linkwright.outbound.tmf641_orders import allocation_orders, implementation_orders, partner_orders
from linkwright.outbound.tmf652_resource_orders import resource_orders
from linkwright.outbound.tmf673_places import Tmf673Places
from linkwright.outbound.tmf685_reservations import Reservations, reservations
from linkwright.qualifications.answer import Questions
from linkwright.qualifications.model import Kind as QuestionKind
from linkwright.settings import SYSTEMS, Settings, is_loopback
from linkwright.store.books import OURSELVES, SqlBooks
from linkwright.store.database import Database
from linkwright.store.designs import SqlDesigns
from linkwright.store.documents import SqlDocuments
from linkwright.store.due import AllDue
from linkwright.store.outbox import SqlOutbox
from linkwright.store.subscriptions import NamedOutbox, SqlSubscriptions
from linkwright.wire.filters import known_attributes, known_in_events

if TYPE_CHECKING:
    from linkwright.api.tokens import Tokens

# Raised only on purpose: work that an older version began is started again by the sweep whatever this says.
ENGINE_VERSION = "1"
ANSWERING_THREADS = 8
SWEEP_EVERY_S = 1.0
DRAIN = "drain"
DRAIN_WITHIN_S = 10.0


def now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """Ids that sort by the time of their making."""
    return str(uuid_utils.uuid7())


def build(settings: Settings, *, validate_responses: bool = False) -> Any:
    """The ASGI application with everything behind it. Nothing runs and nothing is called before it is started."""
    store = _store(settings)
    outside = _outside(settings)
    designer = _designer(settings, store, outside)
    questions = Questions(books=store.books.questions, designer=designer, now=now)
    desk = OrderDesk(books=store.books.orders, now=now, new_id=new_id)
    guard = AddressGuard(allow_loopback=is_loopback(settings.host), allowed_networks=settings.callback_networks)
    delivery = Delivery(store.outbox, partial(guarded_session, guard), now=now, address_allowed=guard.allows)
    _register_runs(store.engine, questions, _fulfilment(settings, store, outside, designer), delivery)
    answering = ThreadPoolExecutor(ANSWERING_THREADS, thread_name_prefix="answering")

    def stop() -> None:
        answering.shutdown(wait=False, cancel_futures=True)
        store.engine.stop(DRAIN_WITHIN_S)
        outside.pool.close()
        outside.market.close()
        store.database.close()

    apis = _apis(settings, store, questions, desk, guard, answering)
    return build_app(
        apis,
        max_body_bytes=settings.max_body_bytes,
        checks={"store": store.database.ready, "engine": store.engine.healthy},
        start=store.engine.start,
        stop=stop,
        gate=_gate(settings, apis),
        run_brief=store.database.run,
        validate_responses=validate_responses,
    )


@dataclass(frozen=True, kw_only=True)
class _Store:
    database: Database
    books: SqlBooks
    outbox: SqlOutbox
    engine: DbosEngine


def _store(settings: Settings) -> _Store:
    """The books tell the engine what they woke, and the engine asks the books what is due."""
    database = Database(settings.database)
    database.migrate()
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
    )
    pokes.append(engine.poke)
    return _Store(database=database, books=books, outbox=outbox, engine=engine)


@dataclass(frozen=True, kw_only=True)
class _Outside:
    systems: Mapping[str, Client]
    partners: Mapping[str, Client]
    inventory: Tmf639Inventory
    market: PartnerMarket
    pool: DesignPool


def _outside(settings: Settings) -> _Outside:
    partners = {partner.name: _client(settings, partner.name, partner.url) for partner in settings.partners}
    lines = [
        PartnerLine(partner=p.name, client=partners[p.name], answer_within_s=p.answer_within_s)
        for p in settings.partners
    ]
    systems = {name: _client(settings, name, settings.systems.get(name, "")) for name in SYSTEMS}
    inventory = Tmf639Inventory(
        systems["resources"],
        now=now,
        network_freshness_s=settings.network_freshness_s,
        access_freshness_s=settings.access_freshness_s,
        reservations=partial(reservations, systems["pool"]) if "pool" in settings.systems else tuple,
    )
    return _Outside(
        systems=systems,
        partners=partners,
        inventory=inventory,
        market=PartnerMarket(lines, currency=lambda: inventory.network().currency, new_id=new_id),
        pool=DesignPool(settings.design_time_limit_s, workers=settings.design_workers),
    )


def _gate(settings: Settings, apis: Sequence[Served]) -> Gate:
    """Open as long as nothing is configured: then the server is bound to loopback, or was told to be insecure."""
    if not settings.asks_who_calls:
        return OpenGate()
    areas = [area for served in apis for area in areas_of(served.contract)]
    by_digest = {key.sha256: Caller(key.name, frozenset(key.scopes)) for key in settings.api_keys}
    api_keys = ApiKeys(by_digest) if by_digest else None
    return GuardedGate(areas, tokens=_tokens(settings), api_keys=api_keys)


def _tokens(settings: Settings) -> "Tokens | None":
    """Its cryptography costs 9 MB, which only those pay who need it."""
    known = settings.tokens
    if known is None:
        return None
    from linkwright.api.tokens import Tokens
    from linkwright.outbound.key_sets import PublishedKeys

    scheme, _, rest = known.jwks_url.partition("://")
    host, _, path = rest.partition("/")
    keys = PublishedKeys(_client(settings, "identity provider", f"{scheme}://{host}"), path)
    return Tokens(issuer=known.issuer, audience=known.audience, algorithms=known.algorithms, keys=keys, now=now)


def _client(settings: Settings, system: str, url: str) -> Client:
    return Client(system, url, connect_timeout_s=settings.connect_timeout_s, read_timeout_s=settings.read_timeout_s)


def _designer(settings: Settings, store: _Store, outside: _Outside) -> Designer:
    return Designer(
        inventory=outside.inventory,
        places=Tmf673Places(outside.systems["places"], now=now, freshness_s=settings.network_freshness_s),
        catalogue=Tmf633Catalogue(outside.systems["catalogue"], now=now, freshness_s=settings.network_freshness_s),
        market=outside.market,
        services=Tmf638Services(
            outside.systems["services"] if "services" in settings.systems else None,
            SqlDesigns(store.database).designed,
        ),
        solver=outside.pool,
        rules=Rules(
            validity=timedelta(days=settings.answer_validity_days),
            holidays=settings.holidays,
            partner_caps={partner.name: partner.max_orders for partner in settings.partners},
        ),
        now=now,
        new_id=new_id,
        retried=store.engine.steps.retried,
    )


def _fulfilment(settings: Settings, store: _Store, outside: _Outside, designer: Designer) -> Fulfilment:
    systems, books = outside.systems, store.books.orders
    errands: Mapping[TaskKind, Errands] = {
        "reserve": Reservations("pool", systems["pool"], now=now, hold=timedelta(days=settings.hold_days)),
        "procure": partner_orders(outside.partners),
        "provide": resource_orders("resource-orders", systems["resource-orders"]),
        "allocate": allocation_orders("downstream", systems["downstream"]),
        "implement": implementation_orders("downstream", systems["downstream"]),
        "register": ServiceRegistrations("services", systems["services"]),
    }
    forget = outside.inventory.forget_access
    errands = {kind: HeededErrands(plain, forget) for kind, plain in errands.items()}
    pauses = Pauses(first=timedelta(seconds=settings.first_look_s), longest=timedelta(seconds=settings.longest_look_s))
    carrier = Carrier(
        books=books,
        errands=errands,
        retried=store.engine.steps.retried,
        now=now,
        pauses=pauses,
        listener=lambda system: f"{settings.base_url}/listener/{system}",
    )
    return Fulfilment(
        books=books,
        commitment=Commitment(books=books, designer=designer, now=now),
        carrier=carrier,
        canceller=Canceller(books=books, now=now),
        now=now,
        pauses=pauses,
    )


def _register_runs(engine: DbosEngine, questions: Questions, fulfilment: Fulfilment, delivery: Delivery) -> None:
    engine.register("check", lambda key: void(questions.answer("check", key)))
    engine.register("query", lambda key: void(questions.answer("query", key)))
    engine.register(RUN, fulfilment.advance)

    def drain(subscription: str) -> None:
        again = delivery.drain(subscription)
        if again is not None:
            engine.poke(DRAIN, subscription, max((again - now()).total_seconds(), 0.0))

    engine.register(DRAIN, drain)


def void(_result: object) -> None:
    """What a run computes is stored; the engine keeps nothing of it."""


def _apis(
    settings: Settings,
    store: _Store,
    questions: Questions,
    desk: OrderDesk,
    guard: AddressGuard,
    answering: ThreadPoolExecutor,
) -> Sequence[Served]:
    ordering, qualification = read_contract("tmf641-v4"), read_contract("tmf645-v4")
    documents = SqlDocuments(store.database)
    subscriptions = SqlSubscriptions(store.database, new_id=new_id, now=now)
    base_url = settings.base_url

    def hub(api: Api, contract: Contract) -> HubApi:
        href = f"{base_url}{contract.base_path}/hub"
        known = known_in_events(contract.document["components"]["schemas"])
        return HubApi(api=api, href=href, subscriptions=subscriptions, guard=guard, known=known)

    def resources(contract: Contract, kind: Kind) -> Collection:
        schema = f"{kind[0].upper()}{kind[1:]}"
        return Collection(
            kind=kind,
            href=f"{base_url}{contract.base_path}/{kind}",
            documents=documents,
            known=known_attributes(contract.document["components"]["schemas"], schema),
            partial_content=settings.partial_content,
        )

    def patching(of: Collection, fixed: frozenset[str], question: QuestionKind) -> Patching:
        check = whole_resource(qualification, f"{of.kind[0].upper()}{of.kind[1:]}")
        return Patching(resources=of, fixed=fixed, check=check, amend=question_amender(questions, question, base_url))

    checked = resources(qualification, "checkServiceQualification")
    queried = resources(qualification, "queryServiceQualification")
    ordered = resources(ordering, "serviceOrder")
    designs = SqlDesigns(store.database)
    orders = ServiceOrderApi(
        desk=desk,
        orders=ordered,
        cancels=resources(ordering, "cancelServiceOrder"),
        patching=Patching(
            resources=ordered,
            fixed=ORDER_FIXED,
            check=whole_resource(ordering, "ServiceOrder"),
            amend=order_amender(desk, base_url),
        ),
        checks=checked,
        designs=designs,
        base_url=base_url,
        now=now,
        new_id=new_id,
    )
    checks = ServiceQualificationApi(
        questions=questions,
        checks=checked,
        queries=queried,
        check_patching=patching(checked, CHECK_FIXED, "check"),
        query_patching=patching(queried, QUERY_FIXED, "query"),
        base_url=base_url,
        now=now,
        new_id=new_id,
        answering=answering,
        budget_s=settings.sync_budget_s,
        run_brief=store.database.run,
    )
    peers = frozenset((*SYSTEMS, *(partner.name for partner in settings.partners)))
    news = PeerEventApi(news=PeerNews(books=store.books.orders, now=now), peers=peers)
    return (
        Served(contract=ordering, handlers=(orders, hub("serviceOrdering", ordering))),
        Served(contract=qualification, handlers=(checks, hub("serviceQualificationManagement", qualification))),
        Served(contract=read_contract("partner-events-v4"), handlers=(news,)),
        Served(contract=read_contract("design-document-v1"), handlers=(DesignDocumentApi(designs=designs),)),
    )
