"""One check at a partner that offers TMF645 as it is published, from the question to the end of its answer.

Nobody above repeats these calls, so a failed one is made again here, with the same key and within the partner's own
time limit. What a partner says is read by one thread at a time, so that the event loop waits for one of them at most.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from linkwright.designs.facts import Asked, PartnerAnswer
from linkwright.designs.footprints import Footprint
from linkwright.designs.requirement import Json, Place, Requirement
from linkwright.errors import LinkwrightError, Stopping
from linkwright.outbound.http import Client, HttpRefused, HttpUnavailable, segment
from linkwright.outbound.partners.own_catalogue import OwnCatalogue
from linkwright.outbound.partners.pace import Pace
from linkwright.wire.v4.dialect import OURS, Dialect
from linkwright.wire.v4.outward import read_partner_check, write_partner_check

BASE = "tmf-api/serviceQualificationManagement/v4"
CHECKS = f"{BASE}/checkServiceQualification"
OPEN: frozenset[str] = frozenset({"accepted", "acknowledged", "inprogress"})
AT_ONCE = 16
MOST_IN_A_CHECK = 50
TRIES = 5
TOO_MANY, FIRST_BAD = 429, 300
FIRST_PAUSE_S, LONGEST_PAUSE_S, LEAST_S = 0.1, 2.0, 0.001

T = TypeVar("T")
Question = tuple[Requirement, Place]
_reading = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class PartnerLine:
    """How one partner is reached.

    `at_once`: checks that it gets at the same time, of `items_per_check` questions at most. `pace` gives the turns of
    `client`. After `breaker_most` questions in a row without answer it is left alone for `breaker_pause_s`. `reuse_s`:
    so long an answer is kept for others who ask the same, though never beyond its own validity. Where it has a
    `catalogue` that says what it offers, the `footprint` has no specifications.
    """

    partner: str
    client: Client
    answer_within_s: float
    pace: Pace
    at_once: int = AT_ONCE
    items_per_check: int = MOST_IN_A_CHECK
    dialect: Dialect = OURS
    footprint: Footprint = field(default_factory=Footprint)
    catalogue: OwnCatalogue | None = None
    breaker_most: int = 5
    breaker_pause_s: float = 30.0
    reuse_s: float = 86_400.0


class Check:
    """Asks the partner of a line. Times are those of its pace: waiting for a turn is not the partner's silence."""

    def __init__(self, line: PartnerLine, *, new_id: Callable[[], str], pause: Callable[[float], None]) -> None:
        self._line, self._new_id, self._pause = line, new_id, pause
        self._now_s = line.pace.own_time_s

    def answers(self, questions: Sequence[Question], currency: str | None) -> tuple[PartnerAnswer, ...]:
        """What the partner says to each question.

        Raises:
            HttpUnavailable: the partner is not there.
        """
        line, until_s = self._line, self._now_s() + self._line.answer_within_s
        key = self._new_id()  # new for each check: the prices of an older answer must not come back
        try:
            with _reading:
                body = write_partner_check(questions, key, line.dialect)
            check = self._finished(body, key, until_s)
            with _reading:
                return read_partner_check(check, line.partner, questions, currency=currency, dialect=line.dialect)
        except (HttpUnavailable, Stopping):
            raise
        except LinkwrightError as error:
            return without_offer(line.partner, questions, "failed", words_for(error), str(error))

    def _finished(self, body: Json, key: str, until_s: float) -> Json:
        """The check as it stands when the partner has finished it."""
        client = self._line.client
        check = self._retried(
            until_s, lambda left_s: client.post(CHECKS, body, key=key, within_s=left_s, only_asks=True).body
        )
        if not _is_open(check):
            return check
        path, pauses = _path_of(client, check), _growing(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        while _is_open(check):
            self._rest(next(pauses), until_s)
            check = self._retried(until_s, lambda left_s: client.get(path, within_s=left_s))
        return check

    def _retried(self, until_s: float, call: Callable[[float], T]) -> T:
        """A call that may be repeated, a few times and while there is time; silence is not asked again."""
        for pause_s in islice(_growing(FIRST_PAUSE_S, LONGEST_PAUSE_S), TRIES - 1):
            try:
                return call(max(until_s - self._now_s(), LEAST_S))
            except HttpUnavailable as error:
                wait_s = pause_s if error.retry_after_s is None else error.retry_after_s
                if error.timed_out or self._now_s() + wait_s >= until_s:
                    raise
                if error.status == TOO_MANY:
                    self._line.pace.rest(wait_s)
                else:
                    self._pause(wait_s)
        return call(max(until_s - self._now_s(), LEAST_S))

    def _rest(self, pause_s: float, until_s: float) -> None:
        if self._now_s() + pause_s >= until_s:
            raise HttpUnavailable(self._line.partner, "its check was not finished in time", timed_out=True)
        self._pause(pause_s)


def without_offer(
    partner: str, questions: Sequence[Question], asked: Asked, text: str, raw: str = ""
) -> tuple[PartnerAnswer, ...]:
    return tuple(PartnerAnswer(partner=partner, ref=one.ref, asked=asked, text=text, raw=raw) for one, _ in questions)


def words_for(error: LinkwrightError) -> str:
    """What a requester is told of it: nothing that the partner, or the way to it, says of itself."""
    if isinstance(error, HttpUnavailable) and error.timed_out:
        return "no answer in time"
    if isinstance(error, HttpUnavailable) and (error.status is None or error.status < FIRST_BAD):
        return "it cannot be reached, or its answer cannot be used"
    if isinstance(error, HttpRefused | HttpUnavailable):
        return f"it answered with HTTP status {error.status}"
    return "its answer cannot be used"


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
