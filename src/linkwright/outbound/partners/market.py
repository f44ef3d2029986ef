"""All partners: each is asked at once about everything that lies within what it declares, and silence is an answer."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain

from linkwright.design.ask import never
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.partner_book import NoBook, PartnerBook
from linkwright.designs.ports import Meanwhile
from linkwright.outbound.partners.desk import Asking, Desk
from linkwright.outbound.partners.standard import PartnerLine, Question
from linkwright.wire.v4.outward import question_key


class PartnerMarket:
    """Implements `designs.ports.PartnerMarket`."""

    def __init__(
        self,
        lines: Iterable[PartnerLine],
        *,
        currency: Callable[[], str | None],
        new_id: Callable[[], str],
        book: PartnerBook | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`currency` is the one that our own facts are in; offers in another cannot be compared with them."""
        self._currency = currency
        self._book = book or NoBook()
        self._desks = [
            Desk(line, self._book, new_id=new_id, now=now, monotonic=monotonic, pause=pause) for line in lines
        ]

    def ask(
        self, questions: Sequence[Question], *, stop: Callable[[], bool] = never, heard: Meanwhile | None = None
    ) -> tuple[PartnerAnswer, ...]:
        if not self._desks or not questions:
            return ()
        currency = self._currency()
        keys = _keys(questions, currency)
        asking = [desk.ask(questions, keys, currency) for desk in self._desks]
        look = stop if heard is None else _telling(asking, len(questions), heard, stop)
        return tuple(chain.from_iterable(zip(*(one.answers(look) for one in asking), strict=True)))

    def forget(self, place_ids: Iterable[str]) -> None:
        """Something was ordered or given back there."""
        self._book.forget(place_ids)

    def close(self) -> None:
        """Begin no further question; those that are out end with their time limit."""
        for desk in self._desks:
            desk.close()


def _telling(
    asking: Sequence[Asking], questions: int, heard: Meanwhile, stop: Callable[[], bool]
) -> Callable[[], bool]:
    """`stop`, which is asked as long as somebody waits; what is new is told by the way."""
    left = list(range(questions))

    def look() -> bool:
        nonlocal left
        answers = {number: [one.answer_by_now(number) for one in asking] for number in left}
        done = {
            number: [one for one in told if one is not None] for number, told in answers.items() if None not in told
        }
        left = [number for number in left if number not in done]
        heard(done)
        return stop()

    return look


def _keys(questions: Sequence[Question], currency: str | None) -> list[str]:
    """What is asked twice at once wants two accesses, so it is two questions."""
    found, before = [], Counter[str]()
    for question in questions:
        key = question_key(question, currency)
        found.append(f"{key}/{before[key]}" if before[key] else key)
        before[key] += 1
    return found
