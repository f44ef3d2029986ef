"""What the handlers reach, in memory. Everything is stored as the resource that is served, and parsed from it again."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson
from structlog.contextvars import get_contextvars

from linkwright.api.ports import Api, Kind, Page, Stored, Subscription
from linkwright.design.ask import never
from linkwright.errors import Conflict, InvalidRequest, NotFound, Refused, Repeated, StaleVersion
from linkwright.orders.errands import Hint
from linkwright.orders.model import Cancel, Order
from linkwright.qualifications.model import Question
from linkwright.wire.filters import ListQuery
from linkwright.wire.matching import matches
from linkwright.wire.v4.cancel_order import write_cancel
from linkwright.wire.v4.qualification import read_stored_question, write_question
from linkwright.wire.v4.qualification_so_far import question_internals
from linkwright.wire.v4.service_order import order_internals, read_stored_order, write_order

BASE = "http://lw.test"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


NO_INTERNALS = {"before_cancel": None, "references": [], "relations": []}


@dataclass
class Shelf:
    """Resources by kind and id. `before_write` is called first by every write, and may change or break things.

    `most_on_page`: a page ends after so many, as if more were too large.
    """

    resources: dict[Kind, dict[str, Stored]] = field(default_factory=dict)
    asked: list[ListQuery] = field(default_factory=list)
    before_write: Callable[[], None] = lambda: None
    before_read: Callable[[], None] = lambda: None
    most_on_page: int | None = None

    def put(
        self, kind: Kind, document: Any, version: int, requester: str = "anonymous", internals: Any = NO_INTERNALS
    ) -> None:
        body, beside = orjson.dumps(document), orjson.dumps(internals)
        stored = Stored(version=version, body=body, requester=requester, internals=beside)
        self.resources.setdefault(kind, {})[document["id"]] = stored

    def get(self, kind: Kind, resource_id: str) -> Stored | None:
        self.before_read()
        return self.resources.get(kind, {}).get(resource_id)

    def brief_page(self, kind: Kind, query: ListQuery, requester: str | None = None) -> Page | None:
        return None

    def page(self, kind: Kind, query: ListQuery, requester: str | None = None) -> Page:
        self.before_read()
        self.asked.append(query)
        mine = [one for one in self.resources.get(kind, {}).values() if requester in (None, one.requester)]
        bodies = [one.body for one in mine]
        found = [body for body in bodies if matches(query.filter, orjson.loads(body))]
        page = found[query.offset : query.offset + query.limit]
        return Page(bodies=page[: self.most_on_page], total=len(found))


@dataclass
class FakeDesk:
    shelf: Shelf
    orders: dict[str, Order] = field(default_factory=dict)

    def place(self, order: Order) -> Order:
        self.shelf.before_write()
        return self._stored(order)

    def amend(self, before: Order, after: Order, field_paths: tuple[str, ...]) -> Order:
        self.shelf.before_write()
        if self.orders[before.id].version != before.version:
            raise StaleVersion(before.id)
        if after.state != before.state:
            raise Conflict(f"The state of order {before.id} is {before.state}.")
        return self._stored(replace(after, version=before.version + 1))

    def withdraw(self, order_id: str, version: int | None = None) -> None:
        self.shelf.before_write()
        if order_id in self.orders and version not in (None, self.orders[order_id].version):
            raise StaleVersion(order_id)
        if self.orders.pop(order_id, None) is None:
            raise NotFound("serviceOrder", order_id)
        del self.shelf.resources["serviceOrder"][order_id]

    def cancel(self, cancel: Cancel) -> Cancel:
        self.shelf.before_write()
        if cancel.order_id not in self.orders:
            raise InvalidRequest(f"No serviceOrder has the id {cancel.order_id!r}.", "serviceOrder.id")
        self.shelf.put("cancelServiceOrder", write_cancel(cancel, BASE), cancel.version, cancel.requester)
        return cancel

    def touch(self, order_id: str) -> None:
        """Somebody else writes."""
        order = self.orders[order_id]
        self._stored(replace(order, version=order.version + 1))

    def put(self, order: Order, over: int) -> Order:
        """Write over this version."""
        if self.orders[order.id].version != over:
            raise StaleVersion(order.id)
        return self._stored(order)

    def _stored(self, order: Order) -> Order:
        document = write_order(order, BASE)
        self.shelf.put("serviceOrder", document, order.version, order.requester, order_internals(order))
        self.orders[order.id] = read_stored_order(
            document, version=order.version, requester=order.requester, internals=order_internals(order)
        )
        return order


@dataclass
class FakeDeskBooks:
    """The orders of a desk as books: for decisions about them."""

    desk: FakeDesk
    audited: list[tuple[str, str]] = field(default_factory=list)

    def read(self, look: Callable[[Any], Any]) -> Any:
        return look(self)

    def write(self, change: Callable[[Any], Any]) -> Any:
        self.desk.shelf.before_write()
        return change(self)

    def save(self, order: Order, *happenings: str, field_path: str | None = None, over: Order | None = None) -> Order:
        return self.desk.put(replace(order, version=order.version + 1), over=order.version)

    def audit(self, _order: Order, action: str, reason: str) -> None:
        self.audited.append((action, reason))

    def wake(self, kind: str, key: str, at: datetime) -> None:
        pass


@dataclass
class FakeQuestions:
    """`computed` waits until `may_answer` is set, or it is told to stop, and then sets `gave_up`.

    `stored` tells in which way each question came into the books. `first` was posted before it, `first_meanwhile` while
    it was computed. `named` is what its log lines would say meanwhile.
    """

    shelf: Shelf
    questions: dict[str, Question] = field(default_factory=dict)
    stored: list[str] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)
    has_finished: threading.Event = field(default_factory=threading.Event)
    gave_up: threading.Event = field(default_factory=threading.Event)
    breaks: Exception | None = None
    first: str | None = None
    first_meanwhile: str | None = None
    named: list[dict[str, Any]] = field(default_factory=list)

    def refuse_repeated(self, question: Question) -> None:
        if self.first is not None:
            raise Repeated(self.first)

    def computed(self, question: Question, stop: Callable[[], bool] = never) -> Question:
        self.named.append(get_contextvars())
        if self.breaks is not None:
            raise self.breaks
        while not self.may_answer.wait(timeout=0.02):
            if stop():
                self.gave_up.set()
                break
        return replace(question, state="done", done_at=NOW)

    def is_gone(self, question: Question) -> bool:
        return question.id not in self.questions

    def accept(self, question: Question) -> Question:
        self.stored.append("accepted")
        return self._stored(question)

    def accept_begun(self, question: Question, grace_s: float) -> Question:
        if self.first_meanwhile is not None:
            raise Repeated(self.first_meanwhile)
        self.stored.append(f"begun, due after {grace_s:g} s")
        return self._stored(question.moved("inProgress"))

    def accept_answered(self, ended: Question, question: Question) -> Question:
        self.stored.append("answered")
        return self._stored(ended)

    def answer(self, kind: str, question_id: str) -> Question:
        ended = self.computed(self.questions[question_id])
        self.finish(ended)
        return ended

    def finish(self, ended: Question) -> None:
        self.stored.append("finished")
        self._stored(ended)
        self.has_finished.set()

    def amend(self, before: Question, after: Question, field_paths: Any) -> Question:
        if self.questions[before.id].version != before.version:
            raise StaleVersion(before.id)
        return self._stored(replace(after, version=before.version + 1))

    def remove(self, kind: str, question_id: str, version: int | None = None) -> None:
        if question_id in self.questions and version not in (None, self.questions[question_id].version):
            raise StaleVersion(question_id)
        if self.questions.pop(question_id, None) is None:
            raise NotFound(kind, question_id)
        del self.shelf.resources[_kind(kind)][question_id]

    def _stored(self, question: Question) -> Question:
        document = write_question(question, BASE)
        self.shelf.put(_kind(question.kind), document, question.version, question.requester)
        self.questions[question.id] = read_stored_question(
            question.kind, document, question.version, question.requester, question_internals(question)
        )
        return question


def _kind(kind: str) -> Kind:
    return "checkServiceQualification" if kind == "check" else "queryServiceQualification"


@dataclass
class FakeSubscriptions:
    kept: dict[str, Subscription] = field(default_factory=dict)
    told: dict[str, tuple[str | None, bool]] = field(default_factory=dict)
    ids: Any = field(default_factory=lambda: count(1))

    def add(
        self, api: Api, callback: str, query: str, requester: str | None = None, *, costs: bool = True
    ) -> Subscription:
        if query == "no filter":
            raise InvalidRequest("The query cannot be read.", "query")
        added = Subscription(id=f"hub-{next(self.ids)}", api=api, callback=callback, query=query)
        self.kept[added.id] = added
        self.told[added.id] = (requester, costs)
        return added

    def remove(self, api: Api, subscription_id: str, requester: str | None = None) -> bool:
        found = self.kept.get(subscription_id)
        if requester is not None and self.told.get(subscription_id, (None, True))[0] != requester:
            return False
        return found is not None and found.api == api and self.kept.pop(subscription_id) is found


class FakeGuard:
    def check(self, url: str) -> None:
        if not url.startswith("https://listener.test"):
            raise Refused(url, "a private or reserved address")


@dataclass
class FakeDesigns:
    """`owners` by design id; a design without one belongs to nobody in particular."""

    documents: dict[str, bytes] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def document(self, design_id: str, requester: str | None = None) -> bytes | None:
        mine = requester is None or self.owners.get(design_id) == requester
        return self.documents.get(design_id) if mine else None


@dataclass
class FakeNews:
    heard_of: list[tuple[str, str | None]] = field(default_factory=list)

    def heard(self, system: str, hint: Hint) -> bool:
        self.heard_of.append((system, hint.remote_id))
        return True
