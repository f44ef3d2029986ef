"""TMF645: what each operation of the contract does. Read, call, write."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import orjson
import structlog
from structlog.contextvars import bound_contextvars

from linkwright.api.brevity import Run, brief, in_a_thread
from linkwright.api.callers import (
    body_of,
    caller_of,
    has_large_body,
    if_match_of,
    media_type_of,
    mended,
    post_of,
    query_string,
)
from linkwright.api.collections import Collection, visible
from linkwright.api.identity import Caller
from linkwright.api.patching import Amended, Before, Patching
from linkwright.api.replies import Reply, reply
from linkwright.api.sizes import MOST_ITEMS, refuse_too_many
from linkwright.errors import Repeated
from linkwright.posting import Post
from linkwright.qualifications.answer import Questions
from linkwright.qualifications.holds import asks_for_holds
from linkwright.qualifications.model import Kind, Question
from linkwright.wire.repairs import Repaired
from linkwright.wire.v4.qualification import (
    amended_question,
    ignored_in_check,
    ignored_in_query,
    read_check,
    read_query,
    read_stored_question,
    write_question,
)

ITEMS = "serviceQualificationItem"
CHECK_FIXED = frozenset({"id", "href", "checkServiceQualificationDate"})
QUERY_FIXED = frozenset({"id", "href", "queryServiceQualificationDate"})
MOST_BRIEF = 20
"""More items than these are not written on the event loop."""
GRACE = 2
"""So many times its budget an answer may take until a run begins it anew."""
log = structlog.get_logger(__name__)


Store = Callable[[Question], Question]


class Read(Protocol):
    def __call__(self, body: Any, *, id: str, now: datetime, requester: str) -> Question: ...


@dataclass(frozen=True)
class _Waiting:
    """Whether somebody waits for an answer that is being computed.

    `kept` is set once its question is stored, and may be removed; `given_up` once it never will be.
    """

    is_gone: Callable[[], bool]
    kept: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)

    def has_ended(self) -> bool:
        return self.given_up.is_set() or (self.kept.is_set() and self.is_gone())


@dataclass(frozen=True, kw_only=True)
class ServiceQualificationApi:
    """`answering` works for callers who wait; `budget_s` is how long they do."""

    questions: Questions
    checks: Collection
    queries: Collection
    check_patching: Patching
    query_patching: Patching
    base_url: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    answering: ThreadPoolExecutor
    budget_s: float
    max_items: int = MOST_ITEMS
    run_brief: Run = in_a_thread

    @brief
    def list_check_service_qualification(self) -> Reply:
        return self.checks.page(query_string(), caller_of())

    @brief
    def retrieve_check_service_qualification(self, id: str) -> Reply:
        return self.checks.one(id, query_string(), caller_of())

    async def create_check_service_qualification(self) -> Reply:
        return await self._asked(read_check)

    @brief
    def patch_check_service_qualification(self, id: str) -> Reply:
        return self.check_patching.patch(id, media_type_of(), body_of(), if_match_of(), caller_of())

    @brief
    def delete_check_service_qualification(self, id: str) -> Reply:
        return self.checks.removed(id, caller_of(), partial(self.questions.remove, "check", id))

    @brief
    def list_query_service_qualification(self) -> Reply:
        return self.queries.page(query_string(), caller_of())

    @brief
    def retrieve_query_service_qualification(self, id: str) -> Reply:
        return self.queries.one(id, query_string(), caller_of())

    async def create_query_service_qualification(self) -> Reply:
        return await self._asked(read_query)

    @brief
    def patch_query_service_qualification(self, id: str) -> Reply:
        return self.query_patching.patch(id, media_type_of(), body_of(), if_match_of(), caller_of())

    @brief
    def delete_query_service_qualification(self, id: str) -> Reply:
        return self.queries.removed(id, caller_of(), partial(self.questions.remove, "query", id))

    async def _asked(self, read: Read) -> Reply:
        """200 with the answer for one who waits and gets it in time, else 201 and a resource to look at later.

        Asynchronous, so that those who wait occupy none of the threads that everybody else needs.
        """
        body, caller, post = body_of(), caller_of(), post_of(body_of())
        run = in_a_thread if has_large_body() else self.run_brief
        try:
            question = await run(partial(self._understood, read, body, caller, post))
            if len(question.requirements) > MOST_BRIEF:
                run = in_a_thread
            if question.answer_now and asks_for_holds(question):
                store = await self._stored_first(question, run)
            else:
                store = await self._answered(question) if question.answer_now else self.questions.accept
            return await run(partial(self._told, store, question, caller))  # type: ignore[no-any-return]
        except Repeated as before:
            resources = self.checks if read is read_check else self.queries
            return await in_a_thread(partial(self._again, resources, before, caller))  # type: ignore[no-any-return]

    def _understood(self, read: Read, body: Any, caller: Caller, post: Post | None) -> Question:
        refuse_too_many(body, ITEMS, self.max_items)
        question = read(body, id=self.new_id(), now=self.now(), requester=caller.id)
        left_out = ignored_in_check if question.kind == "check" else ignored_in_query
        mended(Repaired(body=body, notes=left_out(body)))
        question = replace(question, post=post)
        if question.answer_now:
            self.questions.refuse_repeated(question)
        return question

    async def _answered(self, question: Question) -> Store:
        """How the question is to be stored. Nothing was promised to its sender yet, so its answer can come with it.

        An answer that takes too long is stored when it comes; whatever goes wrong here is left to a run.
        """
        waiting = _Waiting(partial(self.questions.is_gone, question))
        job = self.answering.submit(self._computed, question, waiting.has_ended)
        answer = asyncio.wrap_future(job)
        try:
            answered, _ = await asyncio.wait([answer], timeout=self.budget_s)
        except asyncio.CancelledError:
            waiting.given_up.set()
            raise
        if not answered:
            begun = not job.cancel()
            answer.cancel()
            return partial(self._accepted_meanwhile, job, waiting) if begun else self.questions.accept
        if (error := answer.exception()) is not None:
            log.warning("no answer at once", kind=question.kind, id=question.id, exc_info=error)
            return self.questions.accept
        return partial(self.questions.accept_answered, answer.result())

    async def _stored_first(self, question: Question, run: Run) -> Store:
        """Something is held for it, so that it has to be there before it is answered; its run takes over from us."""
        begun = await run(partial(self.questions.accept_begun, question, GRACE * self.budget_s))
        job = asyncio.wrap_future(self.answering.submit(self.questions.answer, question.kind, question.id))
        answered, _ = await asyncio.wait([job], timeout=self.budget_s)
        if not answered:
            return lambda _: begun
        if (error := job.exception()) is not None:
            log.warning("no answer at once", kind=question.kind, id=question.id, exc_info=error)
            return lambda _: begun
        return lambda _: job.result() or begun

    def _computed(self, question: Question, stop: Callable[[], bool]) -> Question:
        """Every line that is logged meanwhile says for which question."""
        with bound_contextvars(kind=question.kind, id=question.id):
            return self.questions.computed(question, stop)

    def _accepted_meanwhile(self, job: Future[Question], waiting: _Waiting, question: Question) -> Question:
        try:
            begun = self.questions.accept_begun(question, GRACE * self.budget_s)
        except BaseException:  # the question has no answer of its own: the same was posted before, or it is not stored
            waiting.given_up.set()
            raise
        waiting.kept.set()
        job.add_done_callback(lambda _: self.answering.submit(self._finished, job))
        return begun

    def _finished(self, job: Future[Question]) -> None:
        """The question is stored with its run: whatever goes wrong here is left to it."""
        try:
            self.questions.finish(job.result())
        except Exception:
            log.warning("no answer late", exc_info=True)

    def _told(self, store: Store, question: Question, caller: Caller) -> Reply:
        return _created(write_question(store(question), self.base_url), caller)

    def _again(self, resources: Collection, repeated: Repeated, caller: Caller) -> Reply:
        """The first question as it is by now."""
        return _created(orjson.loads(resources.stored(repeated.resource_id, caller).body), caller)


def _created(document: Any, caller: Caller) -> Reply:
    answered = document.get("instantSyncQualification") is True and document["state"] == "done"
    return reply(visible(document, caller), 200 if answered else 201, {"Location": document["href"]})


def question_amender(
    questions: Questions, kind: Kind, base_url: str, *, max_items: int = MOST_ITEMS
) -> Callable[[Any, Before, tuple[str, ...]], Amended]:
    """Stores a patched check or query."""

    def amend(document: Any, before: Before, paths: tuple[str, ...]) -> Amended:
        refuse_too_many(document, ITEMS, max_items)
        stored = before.stored
        internals = orjson.loads(stored.internals)
        question = read_stored_question(kind, before.document, stored.version, stored.requester, internals)
        amended = questions.amend(question, amended_question(document, question), paths)
        return amended.version, orjson.dumps(write_question(amended, base_url))

    return amend
