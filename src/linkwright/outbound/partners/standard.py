"""Partners that offer TMF645 as it is published: all are asked about everything at once, and silence is an answer.

Each partner has threads of its own (a bulkhead): one that is slow or silent takes no time from the others. Where there
are more questions than threads they travel together, as items of one check; a partner that makes nothing of such a
check is asked one by one. Nobody above repeats these questions, so a failed one is asked again here, within the
partner's own time limit.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TypeVar

from linkwright.designs.facts import Asked, PartnerAnswer
from linkwright.designs.requirement import Json, Place, Requirement
from linkwright.errors import LinkwrightError
from linkwright.outbound.http import Client, HttpUnavailable, segment
from linkwright.wire.v4.outward import read_partner_check, write_partner_check

CHECKS = "tmf-api/serviceQualificationManagement/v4/checkServiceQualification"
OPEN: frozenset[str] = frozenset({"accepted", "acknowledged", "inprogress"})
AT_ONCE = 16
MOST_IN_A_CHECK = 50
TRIES = 3
FIRST_PAUSE_S, LONGEST_PAUSE_S, LEAST_S = 0.1, 2.0, 0.001

T = TypeVar("T")
Question = tuple[Requirement, Place]


@dataclass(frozen=True, kw_only=True)
class PartnerLine:
    """How one partner is reached. `at_once`: questions that it gets at the same time."""

    partner: str
    client: Client
    answer_within_s: float
    at_once: int = AT_ONCE


class PartnerMarket:
    """Implements `designs.ports.PartnerMarket`."""

    def __init__(
        self,
        lines: Iterable[PartnerLine],
        *,
        currency: Callable[[], str | None],
        new_id: Callable[[], str],
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`currency` is the one that our own facts are in; offers in another cannot be compared with them."""
        self._lines = tuple(lines)
        self._currency = currency
        self._new_id, self._monotonic, self._pause = new_id, monotonic, pause
        self._threads = {
            line.partner: ThreadPoolExecutor(line.at_once, thread_name_prefix=f"partner-{line.partner}")
            for line in self._lines
        }

    def ask(self, questions: Sequence[Question]) -> tuple[PartnerAnswer, ...]:
        currency = self._currency() if self._lines and questions else None
        asked = [self._all_of(line, questions, currency) for line in self._lines]
        found = [chain.from_iterable(future.result() for future in of_partner) for of_partner in asked]
        return tuple(chain.from_iterable(zip(*found, strict=True)))

    def _all_of(
        self, line: PartnerLine, questions: Sequence[Question], currency: str | None
    ) -> list["Future[tuple[PartnerAnswer, ...]]"]:
        """The answers of one partner, in order."""
        patience, size = _Patience(line.at_once), min(-(-len(questions) // line.at_once), MOST_IN_A_CHECK)
        parts = [questions[first : first + size] for first in range(0, len(questions), size or 1)]
        threads = self._threads[line.partner]
        return [  # each in the context of its caller: the trail says for whom we asked
            threads.submit(copy_context().run, self._timed, line, patience, part, currency) for part in parts
        ]

    def close(self) -> None:
        """Begin no further question; those that are out end with their time limit."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)

    def _timed(
        self, line: PartnerLine, patience: "_Patience", questions: Sequence[Question], currency: str | None
    ) -> tuple[PartnerAnswer, ...]:
        if patience.is_lost():
            return _without_offer(line, questions, "silent", "not asked: it left the questions before unanswered")
        began_s, is_there = self._monotonic(), True
        try:
            answers = self._answers(line, questions, currency, began_s + line.answer_within_s)
        except HttpUnavailable as error:
            is_there = False
            answers = _without_offer(line, questions, "silent" if error.timed_out else "failed", error.detail)
        took_s = self._monotonic() - began_s
        answers = tuple(replace(answer, took_s=took_s) for answer in answers)
        patience.note(answers[0].asked)
        if len(questions) == 1 or not is_there:
            return answers
        return tuple(  # what was asked in vain together is asked one by one
            self._timed(line, patience, [question], currency)[0] if answer.asked == "failed" else answer
            for question, answer in zip(questions, answers, strict=True)
        )

    def _answers(
        self, line: PartnerLine, questions: Sequence[Question], currency: str | None, until_s: float
    ) -> tuple[PartnerAnswer, ...]:
        """Raises HttpUnavailable where the partner is not there."""
        key = self._new_id()  # new for each check: the prices of an older answer must not come back
        try:
            check = self._checked(line.client, write_partner_check(questions, key), key, until_s)
            return read_partner_check(check, line.partner, questions, currency=currency)
        except HttpUnavailable:
            raise
        except LinkwrightError as error:
            return _without_offer(line, questions, "failed", str(error))

    def _checked(self, client: Client, body: Json, key: str, until_s: float) -> Json:
        """The check as it stands when the partner has finished it."""
        check = self._retried(
            until_s, lambda left_s: client.post(CHECKS, body, key=key, within_s=left_s, only_asks=True).body
        )
        if not _is_open(check):
            return check
        path, pauses = _path_of(client, check), _growing(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        while _is_open(check):
            self._rest(client, next(pauses), until_s)
            check = self._retried(until_s, lambda left_s: client.get(path, within_s=left_s))
        return check

    def _retried(self, until_s: float, call: Callable[[float], T]) -> T:
        """A call that may be repeated, a few times and while there is time; silence is not asked again."""
        for pause_s in islice(_growing(FIRST_PAUSE_S, LONGEST_PAUSE_S), TRIES - 1):
            try:
                return call(max(until_s - self._monotonic(), LEAST_S))
            except HttpUnavailable as error:
                wait_s = pause_s if error.retry_after_s is None else error.retry_after_s
                if error.timed_out or self._monotonic() + wait_s >= until_s:
                    raise
                self._pause(wait_s)
        return call(max(until_s - self._monotonic(), LEAST_S))

    def _rest(self, client: Client, pause_s: float, until_s: float) -> None:
        if self._monotonic() + pause_s >= until_s:
            raise HttpUnavailable(client.system, "its check was not finished in time", timed_out=True)
        self._pause(pause_s)


class _Patience:
    """Within one asking: a partner that left as many questions in a row without answer as it gets at once is lost."""

    def __init__(self, most: int) -> None:
        self._most, self._silent, self._lock = most, 0, threading.Lock()

    def note(self, asked: Asked) -> None:
        with self._lock:
            self._silent = self._silent + 1 if asked == "silent" else 0

    def is_lost(self) -> bool:
        with self._lock:
            return self._silent >= self._most


def _without_offer(
    line: PartnerLine, questions: Sequence[Question], asked: Asked, text: str
) -> tuple[PartnerAnswer, ...]:
    return tuple(PartnerAnswer(partner=line.partner, ref=one.ref, asked=asked, text=text) for one, _ in questions)


def _is_open(check: Json) -> bool:
    return isinstance(check, dict) and str(check.get("state", "")).casefold() in OPEN


def _path_of(client: Client, check: Json) -> str:
    """Where the check is read again: below our own address of the partner, whatever its href says."""
    if not check.get("id"):
        raise HttpUnavailable(client.system, "its answer does not say which check it made")
    return f"{CHECKS}/{segment(str(check['id']))}"


def _growing(first_s: float, longest_s: float) -> Iterator[float]:
    pause_s = first_s
    while True:
        yield pause_s
        pause_s = min(pause_s * 2, longest_s)
