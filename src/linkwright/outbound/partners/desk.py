"""What is asked of one partner, by whomever: each question once as long as its answer holds, and by threads of his own.

A partner that is slow or silent takes no time from the others. Where there are more questions than threads they travel
together, as items of one check; a partner that makes nothing of such a check is asked one by one. Who asks little waits
for no one who asks much: their checks take turns.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from linkwright.designs.facts import Asked, PartnerAnswer
from linkwright.designs.partner_book import Heard, PartnerBook
from linkwright.errors import LinkwrightError, Stopping
from linkwright.outbound.http import HttpUnavailable
from linkwright.outbound.partners.breaker import Breaker
from linkwright.outbound.partners.standard import Check, PartnerLine, Question, without_offer, words_for

ANSWERED: frozenset[Asked] = frozenset({"offered", "refused", "noCoverage"})
LEFT_ALONE = "not asked: it left the questions before unanswered"
NOT_ANY_MORE = "partners are not asked any more"
NOBODY_WAITS = "not asked: nobody waits for the answer any more"
LOOK_EVERY_S = 1.0
log = structlog.get_logger(__name__)

Answers = Mapping[str, PartnerAnswer]


class Patience:
    """Within one asking: a partner that left as many checks in a row without answer as it gets at once is lost."""

    def __init__(self, most: int) -> None:
        self._most, self._silent, self._lock = most, 0, threading.Lock()

    def note(self, asked: Asked) -> None:
        with self._lock:
            self._silent = self._silent + 1 if asked == "silent" else 0

    def is_lost(self) -> bool:
        with self._lock:
            return self._silent >= self._most


@dataclass(eq=False, kw_only=True)
class Part:
    """Questions that travel together. `wanted`: so many askings wait for it; `asker` is the context of the first."""

    keys: Sequence[str]
    questions: Sequence[Question]
    currency: str | None
    patience: Patience
    asker: Context = field(default_factory=copy_context)
    wanted: int = 1
    answers: Future[Answers] = field(default_factory=Future)


class Desk:
    def __init__(
        self,
        line: PartnerLine,
        book: PartnerBook,
        *,
        new_id: Callable[[], str],
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self._line, self._book, self._now = line, book, now
        self._check = Check(line, new_id=new_id, pause=pause)
        self._breaker = Breaker(line.breaker_most, line.breaker_pause_s, monotonic)
        self._threads = ThreadPoolExecutor(line.at_once, thread_name_prefix=f"partner-{line.partner}")
        self._lock = threading.Lock()
        self._turns: deque[deque[Part]] = deque()
        self._open: dict[str, Part] = {}
        self._is_closed = False

    def ask(self, questions: Sequence[Question], keys: Sequence[str], currency: str | None) -> "Asking":
        """Begin to ask what nobody knows yet.

        Raises:
            Stopping: partners are not asked any more.
        """
        told, why_not = dict[int, PartnerAnswer](), self._line.footprint.why_not
        for number, (requirement, place) in enumerate(questions):
            if why := why_not(requirement, place):
                told[number] = self._said(requirement.ref, *why)
        left = [number for number in range(len(questions)) if number not in told]
        fresh = self._fresh([keys[n] for n in left])
        told |= {n: replace(fresh[keys[n]], ref=questions[n][0].ref) for n in left if keys[n] in fresh}
        left = [number for number in left if number not in told]
        with self._lock:
            known = {number: self._open[keys[number]] for number in left if keys[number] in self._open}
            new = self._parts([n for n in left if n not in known], questions, keys, currency)
            if new and self._is_closed:
                raise Stopping(NOT_ANY_MORE)
            for part in set(known.values()):
                part.wanted += 1
            self._open |= {key: part for part in new for key in part.keys}
            if new:
                self._turns.append(deque(new))
            waits = {number: self._open[keys[number]] for number in left}
        for _ in new:
            self._begin()
        if spared := len(fresh) + len(known):
            self._remember(lambda: self._book.reused(self._line.partner, spared))
        return Asking(self, [one.ref for one, _ in questions], keys, told, waits)

    def give_up(self, parts: Sequence[Part]) -> None:
        """One who asked for these does not wait any more."""
        with self._lock:
            for part in parts:
                part.wanted -= 1
                if not part.wanted:
                    self._close(part)

    def nobody_waits(self, ref: str) -> PartnerAnswer:
        return self._said(ref, "failed", NOBODY_WAITS)

    def close(self) -> None:
        """Begin no further check; those that are out end with their time limit."""
        self._line.pace.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._is_closed = True
            waiting = [part for parts in self._turns for part in parts]
            self._turns.clear()
        for part in waiting:
            part.answers.set_exception(Stopping(NOT_ANY_MORE))

    def _begin(self) -> None:
        try:
            self._threads.submit(self._work)
        except RuntimeError as error:  # that is how it says that it was shut down
            raise Stopping(NOT_ANY_MORE) from error

    def _said(self, ref: str, asked: Asked, text: str) -> PartnerAnswer:
        return PartnerAnswer(partner=self._line.partner, ref=ref, asked=asked, text=text)

    def _parts(
        self, numbers: Sequence[int], questions: Sequence[Question], keys: Sequence[str], currency: str | None
    ) -> list[Part]:
        line = self._line
        patience, size = Patience(line.at_once), min(-(-len(numbers) // line.at_once), line.items_per_check)
        return [
            Part(
                keys=[keys[n] for n in numbers[first : first + size]],
                questions=[questions[n] for n in numbers[first : first + size]],
                currency=currency,
                patience=patience,
            )
            for first in range(0, len(numbers), size or 1)
        ]

    def _work(self) -> None:
        part = self._next()
        if part is None:
            return
        try:
            found = part.asker.run(self._found, part)
        except BaseException as error:
            with self._lock:
                self._close(part)
            part.answers.set_exception(error)
        else:
            with self._lock:
                self._close(part)
            part.answers.set_result(found)

    def _next(self) -> Part | None:
        with self._lock:
            while self._turns:
                parts = self._turns.popleft()
                part = parts.popleft()
                if parts:
                    self._turns.append(parts)
                if part.wanted:
                    return part
        return None

    def _close(self, part: Part) -> None:
        """Nobody else joins it."""
        for key in part.keys:
            if self._open.get(key) is part:
                del self._open[key]

    def _found(self, part: Part) -> Answers:
        """What others have heard since the part began to wait is not asked again."""
        fresh = self._fresh(part.keys)
        left = [(key, q) for key, q in zip(part.keys, part.questions, strict=True) if key not in fresh]
        fresh = {**fresh, **self._not_offered(left)}
        left = [(key, question) for key, question in left if key not in fresh]
        if not left:
            return fresh
        answers = self._asked(part.patience, [question for _, question in left], part.currency)
        heard = [
            Heard(key=key, place=place.id, answer=answer, until=self._kept_until(answer))
            for (key, (_, place)), answer in zip(left, answers, strict=True)
        ]
        self._remember(lambda: self._book.keep(self._line.partner, heard))
        return {**fresh, **{one.key: one.answer for one in heard}}

    def _not_offered(self, asked: Sequence[tuple[str, Question]]) -> Answers:
        """What its own catalogue rules out; read here, where nobody else waits for it."""
        if (catalogue := self._line.catalogue) is None:
            return {}
        ruled_out = ((key, one.ref, catalogue.why_not(one, place)) for key, (one, place) in asked)
        return {key: self._said(ref, *why) for key, ref, why in ruled_out if why is not None}

    def _kept_until(self, answer: PartnerAnswer) -> datetime | None:
        """Silence and failure are never kept, and nothing that has no validity."""
        now = self._now()
        if answer.asked not in ANSWERED or answer.valid_until is None or not self._line.reuse_s:
            return None
        until = min(answer.valid_until, now + timedelta(seconds=self._line.reuse_s))
        return until if until > now else None

    def _asked(
        self, patience: Patience, questions: Sequence[Question], currency: str | None
    ) -> tuple[PartnerAnswer, ...]:
        line, breaker = self._line, self._breaker
        if patience.is_lost():
            return without_offer(line.partner, questions, "silent", LEFT_ALONE)
        if not breaker.lets_through():
            return without_offer(line.partner, questions, breaker.left, LEFT_ALONE)
        began_s, is_there = line.pace.own_time_s(), True
        try:
            answers = self._check.answers(questions, currency)
            breaker.answered()
        except HttpUnavailable as error:
            is_there = False
            left: Asked = "silent" if error.timed_out else "failed"
            breaker.unanswered(left)
            answers = without_offer(line.partner, questions, left, words_for(error), error.detail)
        for text, raw in sorted({(one.text, one.raw) for one in answers if one.raw}):
            log.warning("a partner gave no answer", partner=line.partner, told=text, said=raw)
        took_s = line.pace.own_time_s() - began_s
        answers = tuple(replace(answer, took_s=took_s) for answer in answers)
        patience.note(answers[0].asked)
        if len(questions) == 1 or not is_there:
            return answers
        return tuple(  # what was asked in vain together is asked one by one
            self._asked(patience, [question], currency)[0] if answer.asked == "failed" else answer
            for question, answer in zip(questions, answers, strict=True)
        )

    def _fresh(self, keys: Sequence[str]) -> Answers:
        try:
            found = self._book.fresh(self._line.partner, keys) if keys else {}
            return {key: replace(answer, took_s=0.0) for key, answer in found.items()}
        except LinkwrightError:
            log.warning("answers of a partner cannot be read", partner=self._line.partner, exc_info=True)
            return {}

    def _remember(self, write: Callable[[], None]) -> None:
        """An answer is one also where it cannot be kept."""
        try:
            write()
        except LinkwrightError:
            log.warning("answers of a partner cannot be kept", partner=self._line.partner, exc_info=True)


class Asking:
    """What one who asks many questions waits for."""

    def __init__(
        self,
        desk: Desk,
        refs: Sequence[str],
        keys: Sequence[str],
        told: Mapping[int, PartnerAnswer],
        waits: Mapping[int, Part],
    ) -> None:
        self._desk, self._refs, self._keys, self._told, self._waits = desk, refs, keys, told, waits

    def answers(self, stop: Callable[[], bool]) -> list[PartnerAnswer]:
        """One for each question; those that are still open when `stop` is true stay without."""
        open_ = {part.answers for part in self._waits.values()}
        while open_:
            open_ = wait(open_, timeout=LOOK_EVERY_S).not_done
            if open_ and stop():
                self._desk.give_up([part for part in set(self._waits.values()) if not part.answers.done()])
                break
        return [self._answer(number, ref) for number, ref in enumerate(self._refs)]

    def answer_by_now(self, number: int) -> PartnerAnswer | None:
        """None as long as there is none; what went wrong is raised by `answers`."""
        part = self._waits.get(number)
        if part is not None and (not part.answers.done() or part.answers.exception() is not None):
            return None
        return self._answer(number, self._refs[number])

    def _answer(self, number: int, ref: str) -> PartnerAnswer:
        if number in self._told:
            return self._told[number]
        part = self._waits[number]
        if not part.answers.done():
            return self._desk.nobody_waits(ref)
        return replace(part.answers.result()[self._keys[number]], ref=ref)
