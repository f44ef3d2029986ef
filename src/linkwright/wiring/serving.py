"""The published APIs, and who may call them."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from linkwright.api.api_keys import ApiKeys
from linkwright.api.app import Served
from linkwright.api.collections import Collection
from linkwright.api.contracts import SERVED, Contract, read_contract
from linkwright.api.design_documents import DesignDocumentApi
from linkwright.api.gate import Gate, GuardedGate, OpenGate, areas_of
from linkwright.api.hub import HubApi
from linkwright.api.identity import Caller
from linkwright.api.metrics import AREA as METRICS_AREA
from linkwright.api.metrics import PATH as METRICS
from linkwright.api.patching import Patching
from linkwright.api.peer_events import PeerEventApi
from linkwright.api.ports import Api, Kind
from linkwright.api.scopes import known_scopes, refuse_unknown
from linkwright.api.service_order import FIXED as ORDER_FIXED
from linkwright.api.service_order import ServiceOrderApi, order_amender
from linkwright.api.service_qualification import (
    CHECK_FIXED,
    QUERY_FIXED,
    ServiceQualificationApi,
    question_amender,
)
from linkwright.api.validation import whole_resource
from linkwright.orders.operator import OperatorDesk
from linkwright.orders.peer_event import PeerNews
from linkwright.orders.place import OrderDesk
from linkwright.outbound.address_guard import AddressGuard
from linkwright.qualifications.answer import Questions
from linkwright.qualifications.model import Kind as QuestionKind
from linkwright.settings import SYSTEMS, Settings
from linkwright.store.designs import SqlDesigns
from linkwright.store.documents import SqlDocuments
from linkwright.store.subscriptions import SqlSubscriptions
from linkwright.wire.attributes import known_attributes, known_in_events
from linkwright.wiring.outside import Outside
from linkwright.wiring.sources import new_id, now
from linkwright.wiring.storing import Stored

if TYPE_CHECKING:
    from linkwright.api.tokens import Tokens


def apis_of(
    settings: Settings,
    store: Stored,
    questions: Questions,
    desk: OrderDesk,
    operators: OperatorDesk,
    guard: AddressGuard,
    answering: ThreadPoolExecutor,
) -> Sequence[Served]:
    ordering, qualification, events, design_documents = map(read_contract, SERVED)
    documents = SqlDocuments(store.database, page_bytes=settings.max_page_bytes)
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
            amend=order_amender(desk, operators, base_url),
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
    secrets = {partner.name: partner.event_secret for partner in settings.partners if partner.event_secret}
    news = PeerEventApi(news=PeerNews(books=store.books.orders, now=now), peers=peers, secrets=secrets)
    return (
        Served(contract=ordering, handlers=(orders, hub("serviceOrdering", ordering))),
        Served(contract=qualification, handlers=(checks, hub("serviceQualificationManagement", qualification))),
        Served(contract=events, handlers=(news,)),
        Served(contract=design_documents, handlers=(DesignDocumentApi(designs=designs),)),
    )


def gate_of(settings: Settings, apis: Sequence[Served], outside: Outside) -> Gate:
    """Open as long as nothing is configured: then the server is bound to loopback, or was told to be insecure.

    Raises `BadSetting` where an API key has a scope that there is not.
    """
    if not settings.asks_who_calls:
        return OpenGate()
    areas = [(METRICS, METRICS_AREA), *(area for served in apis for area in areas_of(served.contract))]
    scopes = known_scopes(served.contract.area for served in apis)
    for key in settings.api_keys:
        refuse_unknown(f"api_keys.{key.name}", key.scopes, scopes)
    by_digest = {key.sha256: Caller(key.name, frozenset(key.scopes)) for key in settings.api_keys}
    api_keys = ApiKeys(by_digest) if by_digest else None
    return GuardedGate(areas, tokens=_tokens(settings, outside), api_keys=api_keys)


def _tokens(settings: Settings, outside: Outside) -> "Tokens | None":
    """Its cryptography costs 9 MB, which only those pay who need it."""
    known = settings.tokens
    if known is None:
        return None
    from linkwright.api.tokens import Tokens
    from linkwright.outbound.key_sets import PublishedKeys

    scheme, _, rest = known.jwks_url.partition("://")
    host, _, path = rest.partition("/")
    keys = PublishedKeys(outside.client("identity provider", f"{scheme}://{host}"), path)
    return Tokens(issuer=known.issuer, audience=known.audience, algorithms=known.algorithms, keys=keys, now=now)
