"""What is known of a check's items while it is answered, stored now and then so that its requester can read it.

Each such write is the whole document, so there are few, however many items there are, and none for a quick answer.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from linkwright.designs.answers import Answer
from linkwright.designs.so_far import SoFar
from linkwright.errors import NotFound, StaleVersion, Unavailable
from linkwright.qualifications.model import Question
from linkwright.qualifications.ports import QuestionBooks, QuestionTx

FIRST_AFTER_S = 1.0
EVERY_S = 5.0
PART = 20
"""At most one part in so many of the time goes into these writes."""
ITEMS = "serviceQualificationItem"


@dataclass(kw_only=True)
class Progress:
    """`question` is the newest that is known to be stored; `monotonic` counts the time between writes."""

    books: QuestionBooks
    question: Question
    monotonic: Callable[[], float] = time.monotonic
    _news: SoFar = field(default_factory=SoFar)
    _next_s: float = 0.0
    _began_s: float = 0.0

    def __post_init__(self) -> None:
        self._began_s = self.monotonic()
        self._next_s = self._began_s + FIRST_AFTER_S

    def tell(self, found: SoFar, is_end_of_stage: bool) -> None:
        """Store it with all that was not stored yet, if it is time for that; at the end of a stage it is."""
        self._news = _beside(self._news, found)
        now_s = self.monotonic()
        due_s = self._began_s + FIRST_AFTER_S if is_end_of_stage else self._next_s
        if now_s < due_s or not _is_new(self._news, self.question.so_far):
            return
        try:
            self.question = self.books.write(self._stored)
        except (NotFound, StaleVersion):  # it was removed, or changed just now: then there is a next time
            return
        except Unavailable:  # nor does the answer need to know that the database was away for a moment
            self._next_s = self.monotonic() + EVERY_S
            return
        self._news = SoFar()
        done_s = self.monotonic()
        self._next_s = done_s + max(EVERY_S, PART * (done_s - now_s))

    def _stored(self, tx: QuestionTx) -> Question:
        stored = tx.question(self.question.kind, self.question.id, self.question)
        if stored.state != "inProgress":
            return stored
        newer = replace(stored, so_far=_beside(self._news, stored.so_far))
        if stored.so_far:
            return tx.save(newer)
        return tx.save(newer, "attributeChanged", field_path=ITEMS)


def stands_by(settled: SoFar, answer: Answer | None) -> bool:
    """Whether the answer says of each item what was told of it as final."""
    told = {} if answer is None else {one.ref: one for one in answer.items}
    return all(
        ref in told and (one.result, one.findings) == (told[ref].result, told[ref].findings)
        for ref, one in settled.settled.items()
    )


def _is_new(found: SoFar, known: SoFar) -> bool:
    return bool(found.settled.keys() - known.settled.keys() or found.heard.keys() - known.heard.keys())


def _beside(one: SoFar, before: SoFar) -> SoFar:
    """Both; what was final before stays as it is."""
    return SoFar(settled={**one.settled, **before.settled}, heard={**before.heard, **one.heard})
