"""How partners were: what they answered and how fast, and whether they delivered by the day that they had promised."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from linkwright.store.database import Database
from linkwright.store.partner_book import REUSED, end_of
from linkwright.store.prepared import statement
from linkwright.store.tables.partners import partner_delivery, partner_tally

ANSWERED = frozenset({"offered", "refused", "noCoverage"})

_TALLIES = statement(
    select(
        partner_tally.c.partner,
        partner_tally.c.answer,
        partner_tally.c.bucket,
        func.sum(partner_tally.c.questions).label("questions"),
    )
    .where(partner_tally.c.month >= bindparam("since"))
    .group_by(partner_tally.c.partner, partner_tally.c.answer, partner_tally.c.bucket)
)
_DELIVERIES = statement(
    select(partner_delivery.c.partner, partner_delivery.c.promised, partner_delivery.c.actual).where(
        partner_delivery.c.actual >= bindparam("since")
    )
)


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """One partner. `answers` counts what became of the questions that it was asked; `reused` were spared.

    Times are those of the questions that it answered, at most a tenth too long; None where there was none. `kept` of
    its `deliveries` were there by the promised day.
    """

    partner: str
    answers: Mapping[str, int]
    reused: int
    median_s: float | None
    p95_s: float | None
    deliveries: int
    kept: int

    @property
    def questions(self) -> int:
        return sum(self.answers.values())


def scorecards(database: Database, since: str = "") -> Sequence[Scorecard]:
    """In the order of their names. `since`: the first month that counts, such as 2026-11."""

    def look(connection: Connection) -> tuple[list[Any], list[Any]]:
        return _TALLIES.rows(connection, {"since": since}), _DELIVERIES.rows(connection, {"since": since})

    tallies, deliveries = database.read(look)
    answers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    times: defaultdict[str, Counter[int]] = defaultdict(Counter)
    kept: defaultdict[str, list[bool]] = defaultdict(list)
    for partner, answer, bucket, questions in tallies:
        answers[partner][answer] += int(questions)
        if answer in ANSWERED:
            times[partner][bucket] += int(questions)
    for partner, promised, actual in deliveries:
        kept[partner].append(actual <= promised)
    return [
        Scorecard(
            partner=partner,
            reused=answers[partner].pop(REUSED, 0),
            answers=dict(sorted(answers[partner].items())),
            median_s=_quantile(times[partner], 0.5),
            p95_s=_quantile(times[partner], 0.95),
            deliveries=len(kept[partner]),
            kept=sum(kept[partner]),
        )
        for partner in sorted({*answers, *kept})
    ]


def _quantile(times: Mapping[int, int], share: float) -> float | None:
    """So long the given share of the answers took at most."""
    needed, seen = share * sum(times.values()), 0
    for bucket in sorted(times):
        seen += times[bucket]
        if seen >= needed:
            return end_of(bucket)
    return None
