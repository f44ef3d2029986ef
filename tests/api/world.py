"""The whole application over fakes, and a client that asks it without a socket."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self, cast

import httpx

from linkwright.api.app import Served, build_app
from linkwright.api.collections import Collection
from linkwright.api.contracts import Contract
from linkwright.api.design_documents import DesignDocumentApi
from linkwright.api.gate import Gate
from linkwright.api.hub import HubApi
from linkwright.api.patching import Patching
from linkwright.api.peer_events import PeerEventApi
from linkwright.api.ports import Api, Kind
from linkwright.api.service_order import FIXED, ServiceOrderApi, order_amender
from linkwright.api.service_qualification import (
    CHECK_FIXED,
    QUERY_FIXED,
    ServiceQualificationApi,
    question_amender,
)
from linkwright.api.validation import whole_resource
from linkwright.orders.operator import OperatorDesk
from linkwright.wire.attributes import known_attributes

from .answers import conforming, contract
from .fakes import (
    BASE,
    NOW,
    FakeDesigns,
    FakeDesk,
    FakeDeskBooks,
    FakeGuard,
    FakeNews,
    FakeQuestions,
    FakeSubscriptions,
    Shelf,
)

ORDERS = "/tmf-api/serviceOrdering/v4"
CHECKS = "/tmf-api/serviceQualificationManagement/v4"
MAX_BODY = 200_000


@dataclass
class World:
    shelf: Shelf = field(default_factory=Shelf)
    subscriptions: FakeSubscriptions = field(default_factory=FakeSubscriptions)
    designs: FakeDesigns = field(default_factory=FakeDesigns)
    news: FakeNews = field(default_factory=FakeNews)
    calls: list[str] = field(default_factory=list)
    checks: dict[str, Callable[[], bool]] = field(default_factory=lambda: {"store": lambda: True})
    budget_s: float = 20.0
    validate_responses: bool = False
    gate: Gate | None = None

    def __post_init__(self) -> None:
        self.desk = FakeDesk(self.shelf)
        self.operators = OperatorDesk(books=FakeDeskBooks(self.desk), now=lambda: NOW)
        self.questions = FakeQuestions(self.shelf)
        self.answering = ThreadPoolExecutor(2)
        self.ids = count(1)
        self.app = build_app(
            self.apis(),
            max_body_bytes=MAX_BODY,
            checks=self.checks,
            start=lambda: self.calls.append("start"),
            stop=lambda: self.calls.append("stop"),
            validate_responses=self.validate_responses,
            gate=self.gate,
        )

    def new_id(self) -> str:
        return f"id-{next(self.ids)}"

    def close(self) -> None:
        self.questions.may_answer.set()
        self.answering.shutdown()

    def apis(self) -> list[Served]:
        ordering, qualification = contract("tmf641-v4"), contract("tmf645-v4")
        news = PeerEventApi(news=cast(Any, self.news), peers={"globex", "initech"}, secrets={"initech": "open sesame"})
        return [
            Served(contract=ordering, handlers=(self._orders(ordering), self._hub("serviceOrdering", ordering))),
            Served(
                contract=qualification,
                handlers=(self._checks(qualification), self._hub("serviceQualificationManagement", qualification)),
            ),
            Served(contract=contract("partner-events-v4"), handlers=(news,)),
            Served(contract=contract("design-document-v1"), handlers=(DesignDocumentApi(designs=self.designs),)),
        ]

    def _orders(self, ordering: Contract) -> ServiceOrderApi:
        desk = cast(Any, self.desk)
        return ServiceOrderApi(
            desk=desk,
            orders=self._resources(ordering, "serviceOrder"),
            cancels=self._resources(ordering, "cancelServiceOrder"),
            patching=self._patching(
                ordering, "serviceOrder", FIXED, order_amender(desk, self.operators, BASE, max_items=50)
            ),
            checks=self._resources(contract("tmf645-v4"), "checkServiceQualification"),
            designs=self.designs,
            base_url=BASE,
            now=lambda: NOW,
            new_id=self.new_id,
            max_items=50,
        )

    def _checks(self, qualification: Contract) -> ServiceQualificationApi:
        questions = cast(Any, self.questions)
        checked = question_amender(questions, "check", BASE, max_items=50)
        queried = question_amender(questions, "query", BASE)
        return ServiceQualificationApi(
            questions=questions,
            checks=self._resources(qualification, "checkServiceQualification"),
            queries=self._resources(qualification, "queryServiceQualification"),
            check_patching=self._patching(qualification, "checkServiceQualification", CHECK_FIXED, checked),
            query_patching=self._patching(qualification, "queryServiceQualification", QUERY_FIXED, queried),
            base_url=BASE,
            now=lambda: NOW,
            new_id=self.new_id,
            answering=self.answering,
            budget_s=self.budget_s,
            max_items=50,
        )

    def _hub(self, api: Api, served: Contract) -> HubApi:
        href = f"{BASE}{served.base_path}/hub"
        return HubApi(api=api, href=href, subscriptions=self.subscriptions, guard=FakeGuard())

    def _resources(self, served: Contract, kind: Kind) -> Collection:
        known = known_attributes(served.document["components"]["schemas"], schema_of(kind))
        return Collection(kind=kind, href=f"{BASE}{served.base_path}/{kind}", documents=self.shelf, known=known)

    def _patching(self, served: Contract, kind: Kind, fixed: frozenset[str], amend: Any) -> Patching:
        check = whole_resource(served, schema_of(kind))
        return Patching(resources=self._resources(served, kind), fixed=fixed, check=check, amend=amend)


def schema_of(kind: str) -> str:
    return f"{kind[0].upper()}{kind[1:]}"


class Client:
    """Blocking calls; every answer is held against the contract."""

    def __init__(self, app: Any) -> None:
        self._loop = asyncio.Runner()
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self._http.aclose())
        self._loop.close()

    def ask(self, method: str, url: str, **options: Any) -> httpx.Response:
        return conforming(self._loop.run(self._http.request(method, url, **options)))

    def get(self, url: str, **options: Any) -> httpx.Response:
        return self.ask("GET", url, **options)

    def post(self, url: str, body: Any, **options: Any) -> httpx.Response:
        return self.ask("POST", url, json=body, **options)

    def patch(self, url: str, body: Any, media_type: str = "application/json", **headers: str) -> httpx.Response:
        return self.ask("PATCH", url, json=body, headers={"content-type": media_type, **headers})

    def delete(self, url: str) -> httpx.Response:
        return self.ask("DELETE", url)

    def send(self, method: str, url: str, raw: bytes, media_type: str = "application/json") -> httpx.Response:
        return self.ask(method, url, content=raw, headers={"content-type": media_type})

    def run(self, call: Any) -> Any:
        return self._loop.run(call)


async def in_chunks(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    """A body without a declared length."""
    for chunk in chunks:
        yield chunk


def an_order_body(**changes: Any) -> dict[str, Any]:
    return {"externalId": "bss-1", "serviceOrderItem": [an_item("1")], **changes}


def an_item(name: str, **changes: Any) -> dict[str, Any]:
    return {"id": name, "action": "add", "service": {"serviceSpecification": {"id": "cfs"}}, **changes}


def a_check_body(**changes: Any) -> dict[str, Any]:
    return {"serviceQualificationItem": [{"id": "1", "service": {"serviceSpecification": {"id": "cfs"}}}], **changes}


def a_query_body(**changes: Any) -> dict[str, Any]:
    return {"searchCriteria": {"service": {"serviceSpecification": {"id": "cfs"}}}, **changes}
