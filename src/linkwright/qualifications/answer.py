"""Checks and queries: accepted at once, answered by a short durable run, kept until they are removed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from linkwright.designs.designer import Designer
from linkwright.designs.model import Answer, ItemAnswer, SiteSolution
from linkwright.errors import Conflict, Unavailable
from linkwright.qualifications.model import Kind, Question, State
from linkwright.qualifications.ports import QuestionBooks, QuestionTx

FINAL: frozenset[State] = frozenset({"done", "terminatedWithError"})
MOST_FAILURES = 5
FIRST_PAUSE_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Questions:
    books: QuestionBooks
    designer: Designer
    now: Callable[[], datetime]

    def accept(self, question: Question, grace_s: float = 0.0) -> Question:
        """Store the question with its run; the run is due after `grace_s`, in which the caller may answer it himself."""
        due = self.now() + timedelta(seconds=grace_s)

        def change(tx: QuestionTx) -> None:
            tx.add(question)
            tx.wake(question.kind, question.id, due)

        self.books.write(change)
        return question

    def answer(self, kind: Kind, question_id: str) -> Question:
        """Compute and store the answer. Safe to repeat: a final question stays as it is.

        A resource domain that stays silent ends the question as `terminatedWithError`; anything unforeseen is tried
        again a few times with growing pauses, and ends the same way, so that no question waits for ever.
        """
        question, (revision, failures) = self.books.read(
            lambda tx: (tx.question(kind, question_id), tx.attempts(kind, question_id))
        )
        if question.state in FINAL:
            self.books.write(lambda tx: tx.settle(kind, question_id, revision, None))
            return question
        try:
            question = self._begin(question)
            answered = self._compute(question)
        except Unavailable as error:
            answered = _broken(question, str(error), self.now())
        except Exception as error:
            if failures < MOST_FAILURES:
                again = self.now() + timedelta(seconds=FIRST_PAUSE_S * 2**failures)
                self.books.write(lambda tx: tx.settle(kind, question_id, revision, again, failed=True))
                raise
            answered = _broken(question, f"internal error: {type(error).__name__}", self.now())
        return self._finish(answered, revision)

    def answer_at_once(self, kind: Kind, question_id: str) -> Question:
        """The same for a caller who waits: what cannot be answered now is left to the run, undisturbed."""
        question, (revision, _) = self.books.read(
            lambda tx: (tx.question(kind, question_id), tx.attempts(kind, question_id))
        )
        try:
            question = self._begin(question)
            return self._finish(self._compute(question), revision)
        except Unavailable:
            self.books.write(lambda tx: tx.wake(kind, question_id, self.now()))
            return question

    def amend(self, changed: Question, field_paths: Sequence[str]) -> Question:
        """Store what the requester changed, against the version that was read; a final question keeps its items."""
        before = self.books.read(lambda tx: tx.question(changed.kind, changed.id))
        if changed.requirements != before.requirements and before.state != "accepted":
            raise Conflict(f"The items of a question in state {before.state} cannot change; allowed in state accepted.")
        path = ",".join(field_paths) or None
        return self.books.write(lambda tx: tx.save(changed, "attributeChanged", path))

    def remove(self, kind: Kind, question_id: str) -> None:
        self.books.write(lambda tx: tx.remove(tx.question(kind, question_id)))

    def _begin(self, question: Question) -> Question:
        if question.state != "accepted":
            return question
        started = replace(question, state="inProgress")
        return self.books.write(lambda tx: tx.save(started, "stateChanged"))

    def _compute(self, question: Question) -> Question:
        if question.kind == "query":
            answered = replace(question, offers=self.designer.offers(question.requirements[0]))
        else:
            answered = replace(question, answer=self.designer.answer(question.requirements))
        return replace(answered, state="done", done_at=self.now())

    def _finish(self, answered: Question, revision: int) -> Question:
        """Designs, answer, event and the end of the run are one transaction."""

        def change(tx: QuestionTx) -> Question:
            tx.put_designs(_solutions(answered))
            saved = tx.save(answered, "stateChanged")
            tx.settle(answered.kind, answered.id, revision, None)
            return saved

        return self.books.write(change)


def _solutions(question: Question) -> list[SiteSolution]:
    answers = question.offers + ((question.answer,) if question.answer else ())
    items = [item for answer in answers for item in answer.items]
    qualified = [item.solution for item in items if item.solution is not None]
    return qualified + [proposal.solution for item in items for proposal in item.proposals]


def _broken(question: Question, why: str, now: datetime) -> Question:
    """No answer could be produced: said for every item, so that the requester can ask again."""
    items = tuple(ItemAnswer(ref=r.ref, result=None, broken=why) for r in question.requirements)
    answer = Answer(items=items, totals=None, valid_until=None, computed_at=now)
    return replace(question, state="terminatedWithError", done_at=now, answer=answer)
