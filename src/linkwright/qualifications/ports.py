"""What a question needs remembered. One `write` is one transaction: all of it is on disk when it returns, or none."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from linkwright.designs.answers import Documented
from linkwright.holds.ports import HoldTx
from linkwright.qualifications.model import Happening, Kind, Question

T = TypeVar("T")


class QuestionTx(HoldTx, Protocol):
    """One open transaction. `NotFound` for an unknown id, `StaleVersion` when a newer version is stored."""

    def question(self, kind: Kind, question_id: str, known: Question | None = None) -> Question:
        """As it is stored. `known` was read before, and comes back where it still is what is stored."""
        ...

    def is_there(self, kind: Kind, question_id: str) -> bool:
        """Whether it is stored; costs next to nothing, however large the question is."""
        ...

    def refuse_repeated(self, question: Question) -> None:
        """Raises `Repeated` if the same was posted before, `Conflict` if something else was under one of its keys."""
        ...

    def add(self, *way: Question) -> Question:
        """Store a new question as it is at the end of `way`, its states so far, with an event for each of them.

        Raises like `refuse_repeated`; the returned question has the version that is stored.
        """
        ...

    def save(
        self, question: Question, *happenings: Happening, field_path: str | None = None, over: Question | None = None
    ) -> Question:
        """Write over the version that was read, with an event for each happening; what comes back has the new version.

        `over` is what was read, if that was not in this transaction.
        """
        ...

    def remove(self, question: Question) -> None:
        """Delete it, with its event."""
        ...

    def put_designs(self, solutions: Sequence[Documented], requester: str) -> None:
        """Store designs, and that of all items together, as documents of this requester."""
        ...


class QuestionBooks(Protocol):
    def read(self, look: Callable[[QuestionTx], T]) -> T: ...

    def write(self, change: Callable[[QuestionTx], T]) -> T: ...
