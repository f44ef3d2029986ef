"""Every call to another system leaves a trace, whatever comes of it.

A write is in the trail before it goes out, and its answer before anybody uses it: nothing that may oblige us, and no
answer on which we act, is missing there after a crash. Reads oblige nobody, and are written soon.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from linkwright.errors import OutboundError, Unavailable
from linkwright.exchanges import Exchange, Outcome
from linkwright.outbound.redaction import redacted_path, said


class ExchangeBook(Protocol):
    """The trail. `opened` and `closed` return when it is on disk, and raise `Unavailable` where it cannot be."""

    def opened(self, exchange: Exchange) -> int:
        """Keep that something goes out; the number under which it is kept."""
        ...

    def closed(self, number: int, exchange: Exchange) -> None:
        """Keep what came of it."""
        ...

    def noted(self, exchange: Exchange) -> None:
        """Keep it soon, all at once. Never raises and never waits."""
        ...


@dataclass(kw_only=True)
class Seen:
    """What a call has seen of its answer so far."""

    status: int | None = None
    content: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """`obliges`: it may change something at the other side, and so must not be lost."""

    system: str
    method: str
    path: str
    params: Mapping[str, str]
    request: bytes | None
    key: str | None
    obliges: bool


class Recorder(Protocol):
    def recorded(self, call: Call, /) -> AbstractContextManager[Seen]:
        """Around one call, which says what it sees; what it raises goes on."""
        ...


class Unrecorded:
    """Leaves no trace."""

    @contextmanager
    def recorded(self, _call: Call, /) -> Iterator[Seen]:
        yield Seen()


class Recorded:
    """`concern` gives kind and id of the resource that is being worked on; `observed` hears how each call went."""

    def __init__(
        self,
        book: ExchangeBook,
        *,
        now: Callable[[], datetime],
        concern: Callable[[], tuple[str | None, str | None]],
        observed: Callable[[str, str, Outcome, float], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._book, self._now, self._concern = book, now, concern
        self._observed, self._monotonic = observed, monotonic

    @contextmanager
    def recorded(self, call: Call, /) -> Iterator[Seen]:
        """A failure to keep a write is raised in the place of everything else."""
        exchange = self._begun(call)
        number = self._book.opened(exchange) if call.obliges else None
        seen, failure, begun_s = Seen(), "", self._monotonic()
        outcome: Outcome = "open"
        try:
            yield seen
            outcome = "answered"
        except OutboundError as error:
            outcome, failure = _outcome_of(error), error.detail
            raise
        finally:
            took_s = self._monotonic() - begun_s
            self._observed(call.system, call.method, outcome, took_s)
            ended = replace(
                exchange,
                outcome=outcome,
                status=seen.status,
                failure=failure,
                ms=round(took_s * 1000),
                answer=said(seen.content),
            )
            if number is None:
                self._book.noted(ended)
            else:
                self._book.closed(number, ended)

    def _begun(self, call: Call) -> Exchange:
        kind, resource_id = self._concern()
        return Exchange(
            at=self._now(),
            system=call.system,
            method=call.method,
            path=redacted_path(call.path, dict(call.params)),
            key=call.key,
            kind=kind,
            id=resource_id,
            outcome="open",
            request=said(call.request),
        )


def _outcome_of(error: OutboundError) -> Outcome:
    if not isinstance(error, Unavailable):
        return "refused"
    return "silent" if error.timed_out else "unavailable"
