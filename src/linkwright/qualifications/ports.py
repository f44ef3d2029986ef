"""What a question needs remembered. One `write` is one transaction: all of it is on disk when it returns, or none."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from linkwright.designs.answers import SiteSolution
from linkwright.qualifications.model import Happening, Kind, Question

T = TypeVar("T")


class QuestionTx(Protocol):
    """One open transaction. `NotFound` for an unknown id, `StaleVersion` when a newer version is stored."""

    def question(self, kind: Kind, question_id: str) -> Question: ...

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
        self, question: Question, happening: Happening, field_path: str | None = None, over: Question | None = None
    ) -> Question:
        """Write over the version that was read, with its event; the returned question has the new version.

        `over` is what was read, if that was not in this transaction.
        """
        ...

    def remove(self, question: Question) -> None:
        """Delete it, with its event."""
        ...

    def put_designs(self, solutions: Sequence[SiteSolution], requester: str) -> None: ...

    def wake(self, kind: str, key: str, at: datetime) -> None:
        """Make the piece of work due at `at` (or earlier if it is already): counts as a new stimulus.

        Whoever implements this starts the run soon after the commit; the due row is what counts.
        """
        ...

    def attempts(self, kind: str, key: str) -> tuple[int, int]:
        """(revision, failed attempts) of a piece of work as it stands now."""
        ...

    def settle(self, kind: str, key: str, revision: int, again_at: datetime | None, failed: bool = False) -> None:
        """End of a run: nothing more to do (None) or look again at a time.

        No effect if a stimulus came since `revision`.
        """
        ...


class QuestionBooks(Protocol):
    def read(self, look: Callable[[QuestionTx], T]) -> T: ...

    def write(self, change: Callable[[QuestionTx], T]) -> T: ...
