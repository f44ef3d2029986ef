"""What is remembered of partners: their answers, as long as they hold, and how they were."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from linkwright.designs.facts import PartnerAnswer


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What a partner said to a question about `place`. `until`: so long others are told the same; None: never."""

    key: str
    place: str
    answer: PartnerAnswer
    until: datetime | None = None


class PartnerBook(Protocol):
    """Shared by all instances. Keys are those of `wire.v4.partner.question_key`."""

    def fresh(self, partner: str, keys: Sequence[str]) -> Mapping[str, PartnerAnswer]:
        """The answers that still hold, by key; each with the ref of who asked first."""
        ...

    def keep(self, partner: str, heard: Sequence[Heard]) -> None:
        """Count these answers, and keep those that may be used again."""
        ...

    def reused(self, partner: str, count: int) -> None:
        """So many questions were spared."""
        ...

    def forget(self, place_ids: Iterable[str]) -> None:
        """What was answered about these places may not be true any more."""
        ...

    def delivered(self, partner: str, key: str, promised: date, actual: date) -> None:
        """The order with this key is fulfilled; it is counted once, however often this is told."""
        ...


class NoBook(PartnerBook):
    """Remembers nothing."""

    def fresh(self, partner: str, keys: Sequence[str]) -> Mapping[str, PartnerAnswer]:  # noqa: ARG002
        return {}

    def keep(self, partner: str, heard: Sequence[Heard]) -> None: ...

    def reused(self, partner: str, count: int) -> None: ...

    def forget(self, place_ids: Iterable[str]) -> None: ...

    def delivered(self, partner: str, key: str, promised: date, actual: date) -> None: ...
