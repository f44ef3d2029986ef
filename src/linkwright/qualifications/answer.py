"""Checks and queries: accepted at once, answered by a short durable run, kept until they are removed.

An answer takes seconds, in which its requester may change or remove the question, or another run may answer it. So it
is laid over the question as it is stored by then, never over the one that was read before.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from linkwright.design.ask import never
from linkwright.designs.answers import Answer
from linkwright.designs.designer import Designer
from linkwright.errors import Conflict, LinkwrightError, NotFound, StaleVersion, Stopping, Unavailable
from linkwright.holds.keep import Keeping, forget_holds, note_holds
from linkwright.holds.model import Wanted
from linkwright.qualifications.ends import begun, broken_off, designs_of, end_of, items_of, laid_over
from linkwright.qualifications.holds import NO_POOL, asks_for_holds, keep_only_told, wanted_holds, with_holds
from linkwright.qualifications.model import Kind, Question, State
from linkwright.qualifications.ports import QuestionBooks, QuestionTx
from linkwright.qualifications.progress import Progress, stands_by
from linkwright.remembered import kept_with, let_go

FINAL: frozenset[State] = frozenset({"done", "terminatedWithError"})
ITEMS = frozenset({"serviceQualificationItem", "searchCriteria"})
MOST_FAILURES = 5
FIRST_PAUSE_S = 2.0
TRIES = 3


@dataclass(frozen=True, kw_only=True)
class Questions:
    """`keeping` holds what a check asks to be held; without it nothing can be."""

    books: QuestionBooks
    designer: Designer
    now: Callable[[], datetime]
    keeping: Keeping | None = None
    monotonic: Callable[[], float] = time.monotonic

    def accept(self, question: Question) -> Question:
        """Store the question with its run, which is due at once.

        Raises:
            Repeated: the same was posted before; Conflict: something else was, under the same key.
        """

        def change(tx: QuestionTx) -> None:
            tx.add(question)
            tx.wake(question.kind, question.id, self.now())

        self.books.write(change)
        return question

    def refuse_repeated(self, question: Question) -> None:
        """Raises like `accept`, before anything is done for the question."""
        if question.post is not None:
            self.books.read(lambda tx: tx.refuse_repeated(question))

    def computed(
        self, question: Question, stop: Callable[[], bool] = never, progress: Progress | None = None
    ) -> Question:
        """With its answer; nothing is stored but its `progress`. It ends early once `stop` is true.

        Raises:
            Unavailable: facts cannot be read now. A failure that would only repeat itself is an end, and told.
        """
        if question.state in FINAL:
            return question
        try:
            if question.kind == "query":
                offers = (offer for one in question.requirements for offer in self.designer.offers(one, stop=stop))
                answered = replace(question, offers=tuple(offers))
            else:
                answered = replace(question, answer=self._designed(question, stop, progress))
        except (Unavailable, Stopping):
            raise
        except LinkwrightError as error:
            return broken_off(question if progress is None else progress.question, str(error), self.now())
        return begun(answered).moved(end_of(answered), done_at=self.now())

    def _designed(self, question: Question, stop: Callable[[], bool], progress: Progress | None) -> Answer:
        return self.designer.answer(
            question.requirements,
            alternatives=question.wants_alternatives,
            stop=stop,
            by=question.expected_by,
            settled=question.so_far.settled,
            tell=None if progress is None else progress.tell,
        )

    def accept_answered(self, ended: Question, question: Question) -> Question:
        """Store a question together with its answer, and tell its whole way: one transaction, and no run.

        Raises like `accept`; then somebody else's question with the same key was faster.
        """

        def change(tx: QuestionTx) -> Question:
            tx.put_designs(designs_of(ended), ended.requester)
            return tx.add(question, begun(question), ended)

        return self.books.write(change)

    def accept_begun(self, question: Question, grace_s: float) -> Question:
        """Store a question that is being answered; its run looks after it when no answer came in `grace_s` seconds.

        Raises like `accept`.
        """
        due = self.now() + timedelta(seconds=grace_s)

        def change(tx: QuestionTx) -> Question:
            tx.wake(question.kind, question.id, due)
            return tx.add(question, begun(question))

        return self.books.write(change)

    def finish(self, ended: Question) -> None:
        """Store the answer to a question that was accepted while it was computed; no effect if it has one, or is gone.

        Raises:
            StaleVersion: the question never stands still; its run will answer it.
        """
        try:
            revision, _ = self.books.read(lambda tx: tx.attempts(ended.kind, ended.id))
            self._finish(ended, revision)
        except NotFound:
            return

    def answer(self, kind: Kind, question_id: str) -> Question | None:
        """Compute and store the answer. Safe to repeat: a final question stays as it is.

        A resource domain that stays silent or contradicts itself ends the question as `terminatedWithError`; anything
        unforeseen is tried again a few times with growing pauses, and ends the same way, so that no question waits for
        ever. None: the question was removed, or a race was lost, and then the run is due again.

        Raises:
            Exception: the unforeseen, for the log; the next try is due already.
        """
        revision, failures = self.books.read(lambda tx: tx.attempts(kind, question_id))
        try:
            return self._answered(kind, question_id, revision, failures)
        except NotFound:
            self.books.write(lambda tx: tx.settle(kind, question_id, revision, None))
        except StaleVersion:
            self.books.write(lambda tx: tx.wake(kind, question_id, self.now()))
        return None

    def amend(self, before: Question, after: Question, field_paths: Sequence[str]) -> Question:
        """Store the question as its requester wants it; `field_paths` name every attribute that changes.

        Raises:
            StaleVersion: another version is stored than `before`, against which the change was worked out.
            Conflict: the items of a question that is being answered, or was, cannot change.
        """
        touches_items = bool(ITEMS & {path.partition(".")[0] for path in field_paths})
        if before.state != "accepted" and (touches_items or after.requirements != before.requirements):
            raise Conflict(
                f"The items of a {before.kind} in state {before.state} cannot change; allowed in state accepted."
            )
        field_path = ",".join(field_paths) or None
        return self.books.write(lambda tx: tx.save(after, "attributeChanged", field_path=field_path, over=before))

    def remove(self, kind: Kind, question_id: str, version: int | None = None) -> None:
        """Remove the question at any time; a run that is answering it ends without a word.

        Raises:
            StaleVersion: another version is stored than the one that is named.
        """

        def change(tx: QuestionTx) -> None:
            question = tx.question(kind, question_id)
            _refuse_other_version(question, version)
            forget_holds(tx, question.id, self.now())
            tx.remove(question)

        self.books.write(change)

    def _answered(self, kind: Kind, question_id: str, revision: int, failures: int) -> Question:
        progress = Progress(books=self.books, question=self._taken_up(kind, question_id), monotonic=self.monotonic)
        try:
            ended = self._held(self._ended(progress))
            return self._finish(ended, revision, progress.question)
        except (NotFound, StaleVersion, Stopping):
            raise
        except Exception as error:
            if failures >= MOST_FAILURES:
                why = f"internal error: {type(error).__name__}"
                return self._finish(broken_off(progress.question, why, self.now()), revision, progress.question)
            again = self.now() + timedelta(seconds=FIRST_PAUSE_S * 2**failures)
            self.books.write(lambda tx: tx.settle(kind, question_id, revision, again, failed=True))
            raise

    def _taken_up(self, kind: Kind, question_id: str) -> Question:
        """The question as it is stored now: from here on its items do not change any more."""

        def change(tx: QuestionTx) -> Question:
            question = tx.question(kind, question_id)
            if question.state != "accepted":
                return question
            return tx.save(begun(question), "stateChanged")

        return self._written(change)

    def _ended(self, progress: Progress) -> Question:
        """With its answer, or with the reason why there is none; only the unforeseen is raised."""
        question = progress.question
        try:
            return self.computed(question, lambda: self.is_gone(question), progress)
        except Unavailable as error:
            return broken_off(progress.question, str(error), self.now())

    def _held(self, ended: Question) -> Question:
        """With what could be held of the answer. Holds are noted, with their designs, before the pool is asked.

        A run that died here is begun anew: its holds stand in the ledger, and are given back for those of its answer.
        """
        if not asks_for_holds(ended):
            return ended
        keeping = self.keeping
        if keeping is None:
            return with_holds(ended, (), NO_POOL)
        wanted = wanted_holds(ended, self.now(), keeping.spans)

        def note(tx: QuestionTx) -> tuple[Wanted, ...] | None:
            if tx.question(ended.kind, ended.id).state in FINAL:
                return None
            tx.put_designs(designs_of(ended), ended.requester)
            return note_holds(tx, ended.id, wanted, self.now(), keeping.spans)

        noted = self.books.write(note)
        return ended if noted is None else with_holds(ended, [keeping.place(one) for one in noted])

    def is_gone(self, question: Question) -> bool:
        """Whether a stored question was removed, as far as anybody can tell now."""
        try:
            return not self.books.read(lambda tx: tx.is_there(question.kind, question.id))
        except Unavailable:
            return False

    def _finish(self, ended: Question, revision: int, known: Question | None = None) -> Question:
        """Designs, answer, event and the end of the run are one transaction; who answers first is believed, also of
        single items."""

        def change(tx: QuestionTx) -> Question:
            stored = tx.question(ended.kind, ended.id, known)
            if stored.state not in FINAL:
                if not stands_by(stored.so_far, ended.answer):
                    raise StaleVersion(f"{ended.kind} {ended.id}: items were answered otherwise meanwhile.")
                keep_only_told(tx, ended, self.now())
                tx.put_designs(designs_of(ended), ended.requester)
                stored = tx.save(laid_over(stored, ended), "stateChanged")
            tx.settle(ended.kind, ended.id, revision, None)
            return stored

        return self._written(change)

    def _written(self, change: Callable[[QuestionTx], Question]) -> Question:
        """A change that reads what it writes over is simply repeated when somebody else wrote in between."""
        for _ in range(TRIES - 1):
            try:
                return self.books.write(change)
            except StaleVersion:
                continue
        return self.books.write(change)


def done_with(question: Question | None) -> None:
    """Nobody needs it any more, and it is large: the caller must not refer to it."""
    if question is None:
        return
    parts: list[Any] = list(items_of(question))
    parts += [
        part for doc in kept_with(question) for whole in doc.values() if isinstance(whole, list) for part in whole
    ]
    del question
    let_go(parts)


def _refuse_other_version(question: Question, version: int | None) -> None:
    if version not in (None, question.version):
        raise StaleVersion(f"{question.kind} {question.id} is at version {question.version}, not {version}.")
