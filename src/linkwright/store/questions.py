"""Checks and queries in one open transaction (`qualifications.ports.QuestionTx`)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from linkwright.api import ports as api
from linkwright.designs.answers import Documented
from linkwright.errors import NotFound
from linkwright.qualifications.model import Happening, Kind, Question
from linkwright.store import designs
from linkwright.store.happenings import store_changed, store_new, tell
from linkwright.store.holds import SqlHolds
from linkwright.store.resources import (
    Resource,
    delete_resource,
    hide_resource,
    is_version,
    know,
    read_resource,
    refuse_repeated,
    status,
)
from linkwright.store.times import stamp
from linkwright.wire.v4.qualification import read_stored_question, write_in_turns, write_question
from linkwright.wire.v4.qualification_so_far import question_internals

RESOURCES: Mapping[Kind, api.Kind] = {"check": "checkServiceQualification", "query": "queryServiceQualification"}


class SqlQuestionTx(SqlHolds):
    def question(self, kind: Kind, question_id: str, known: Question | None = None) -> Question:
        if known is not None and is_version(self._connection, RESOURCES[kind], question_id, known.version):
            doc = write_question(known, self._work.base_url)
            know(self._work, RESOURCES[kind], question_id, known.version, known.requester, doc)
            return known
        kept = read_resource(self._work, RESOURCES[kind], question_id)
        return read_stored_question(kind, kept.doc, kept.version, kept.requester, kept.internals)

    def is_there(self, kind: Kind, question_id: str) -> bool:
        try:
            return not status(self._connection, RESOURCES[kind], question_id)[1]
        except NotFound:
            return False

    def refuse_repeated(self, question: Question) -> None:
        if question.post is not None:
            refuse_repeated(self._connection, RESOURCES[question.kind], question.requester, question.post)

    def add(self, *way: Question) -> Question:
        steps = [replace(step, version=step.version + number) for number, step in enumerate(way)]
        store_new(self._work, *map(self._resource, steps))
        designs.remember_answers(self._connection, steps[-1])
        return steps[-1]

    def save(
        self, question: Question, *happenings: Happening, field_path: str | None = None, over: Question | None = None
    ) -> Question:
        if over is not None:
            know(self._work, RESOURCES[over.kind], over.id, over.version, over.requester, over.body)
        newer = replace(question, version=question.version + 1)
        store_changed(self._work, self._resource(newer), happenings, field_path)
        if newer.answer is not None:  # its items were made to be written, not to be read again
            self._work.kept.pop((RESOURCES[newer.kind], newer.id), None)
        designs.remember_answers(self._connection, newer)
        return newer

    def remove(self, question: Question) -> None:
        kind = RESOURCES[question.kind]
        hide_resource(self._work, kind, question.id, question.version)
        tell(self._work, self._resource(question), ("deleted",))
        designs.forget_answers(self._connection, question.id)
        delete_resource(self._work, kind, question.id)

    def put_designs(self, solutions: Sequence[Documented], requester: str) -> None:
        designs.put_designs(self._connection, solutions, requester, self._work.now())

    def _resource(self, question: Question) -> Resource:
        return Resource(
            kind=RESOURCES[question.kind],
            id=question.id,
            version=question.version,
            requester=question.requester,
            date=stamp(question.asked_at),
            doc=write_in_turns(question, self._work.base_url),
            internals=question_internals(question),
            post=question.post,
        )
