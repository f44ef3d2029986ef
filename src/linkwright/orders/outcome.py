"""The business outcome of an order that has ended, held against what its designs expected (C19).

Partners confirm their prices by the orders that they complete; all else is ordered at the prices of its design.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linkwright.designs.answers import SiteSolution
from linkwright.orders.errands import Task
from linkwright.orders.plans import time_to_revenue
from linkwright.orders.tasks import gives_up

OUTCOME = " Business outcome: "
"""Begins the part of a message that not every caller sees."""
PRICES = ("nrc", "mrc")
_WORDS = {"nrc": "one-time cost", "mrc": "recurring cost a month"}


@dataclass(frozen=True)
class Outcome:
    """Of one item. `dearer` is the part of it that costs more than expected, empty where nothing does."""

    text: str
    dearer: str


def outcome_of(item: str, solution: SiteSolution, tasks: Iterable[Task], ready: date | None, ordered: date) -> Outcome:
    """`ready` is the day on which the service was there, `ordered` that of the order."""
    confirmed = list(_confirmed(item, solution, tasks))
    costs = [_cost(name, solution, confirmed) for name in PRICES]
    texts, dearer = [text for text, _ in costs], [text for text, more in costs if more]
    expected = None if solution.case is None else solution.case.time_to_revenue_days
    if expected is not None:
        found = None if ready is None else time_to_revenue(solution, ready, ordered)
        texts.append(f"time to revenue {expected} days expected, {'unknown' if found is None else f'{found} days'}")
    return Outcome(f"item {item}: {', '.join(texts)}", f"item {item}: {', '.join(dearer)}" if dearer else "")


def told(outcomes: Sequence[Outcome], most: int) -> str:
    """Those with a difference first."""
    named = sorted(outcomes, key=lambda one: not one.dearer)[:most]
    return OUTCOME + "; ".join(one.text for one in named) + "." if named else ""


@dataclass(frozen=True)
class _Confirmed:
    system: str
    offered: Mapping[str, int]
    price: Mapping[str, int]


def _confirmed(item: str, solution: SiteSolution, tasks: Iterable[Task]) -> Iterator[_Confirmed]:
    offers = {one.offer.id: one.offer for one in solution.asked if one.offer is not None}
    for task in tasks:
        said: Mapping[str, Any] = task.reported.get(item, {}).get("confirmed", {})
        offer = offers.get(task.access or "")
        if task.kind != "procure" or gives_up(task) or task.state != "done" or offer is None:
            continue
        price = {name: said[name]["minor"] for name in PRICES if said.get(name, {}).get("unit") == solution.currency}
        yield _Confirmed(task.system, {"nrc": offer.nrc_minor, "mrc": offer.mrc_minor}, price)


def _cost(name: str, solution: SiteSolution, confirmed: Sequence[_Confirmed]) -> tuple[str, bool]:
    expected = solution.nrc_minor if name == "nrc" else solution.mrc_minor
    said = [one for one in confirmed if name in one.price]
    ordered = expected + sum(one.price[name] - one.offered[name] for one in said)

    def money(minor: int) -> str:
        return f"{minor / 100:,.2f} {solution.currency}"

    by = ", ".join(f"{money(one.price[name])} confirmed by {one.system}" for one in said)
    text = f"{_WORDS[name]} {money(expected)} expected, {money(ordered)} ordered{f' ({by})' if by else ''}"
    return text, ordered > expected
