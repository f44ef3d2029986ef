"""What a design promised, held against what is reported of the service once it is there (C19).

What nobody reports is told as unknown: it is neither better nor worse, and least of all as it was promised.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from linkwright.design.rules.apart import canonical
from linkwright.designs.answers import SiteSolution
from linkwright.orders.errands import Task
from linkwright.orders.model import Jeopardy, Milestone, Order
from linkwright.orders.outcome import Outcome, outcome_of, told
from linkwright.orders.progress import with_jeopardy
from linkwright.orders.states import leaves

COMPARED = "expectedResultsCompared"
ENDED = frozenset({"completed", "partial"})
MOST_NAMED = 20
"""So many items are told one by one, those with a difference first; the others are counted."""


@dataclass(frozen=True)
class _Subject:
    """One promise: its name among the reported facts, its unit, the alert when it is not kept."""

    name: str
    text: str
    unit: str
    alert: str
    promised: Callable[[SiteSolution], Any]
    is_worse: Callable[[Any, Any], bool]


def _is_less(reported: float, promised: float) -> bool:
    return reported < promised


def _is_more(reported: float, promised: float) -> bool:
    return reported > promised


def _lacks(reported: str, promised: str) -> bool:
    return canonical((*reported.split("+"), *promised.split("+"))) != reported


def _kept_apart(solution: SiteSolution) -> str | None:
    return solution.diverse_in if solution.diverse_in != "none" else None


READY = _Subject("ready", "ready", "", "DATE_AT_RISK", lambda one: one.ready, _is_more)
SUBJECTS = (
    _Subject("availability", "availability", "", "SLA_MARGIN_THIN", lambda one: one.availability, _is_less),
    _Subject("roundTripMs", "round trip", " ms", "SLA_MARGIN_THIN", lambda one: 2 * one.latency_ms, _is_more),
    _Subject(
        "bandwidthMbps", "bandwidth", " Mbit/s", "CAPACITY_LOST", lambda one: one.requirement.bandwidth_mbps, _is_less
    ),
    _Subject("diversity", "diversity", "", "DIVERSITY_BROKEN", _kept_apart, _lacks),
    READY,
)


@dataclass(frozen=True)
class _Compared:
    item: str
    text: str
    worse: tuple[tuple[str, str], ...]
    unknown: int


def with_results(order: Order, tasks: Iterable[Task], solutions: Mapping[str, SiteSolution], now: datetime) -> Order:
    """Once the order has ended: one milestone with the numbers, and an alert for whatever is worse than promised."""
    if order.state not in ENDED or any(milestone.name == COMPARED for milestone in order.milestones):
        return order
    tasks = tuple(tasks)
    reported = _reported(tasks)
    compared = [
        _compared(leaf.id, solutions[leaf.id], leaf.parameters, reported.get(leaf.id, {}))
        for leaf in leaves(order.items)
        if leaf.state == "completed" and leaf.id in solutions
    ]
    if not compared:
        return order
    outcomes = _outcomes(order, tasks, solutions, reported)
    message = _message(compared) + told(list(outcomes.values()), MOST_NAMED)
    reached = Milestone(id=COMPARED, name=COMPARED, status="reached", at=now, message=message)
    alerts = [
        Jeopardy(
            id=f"{code}/{one.item}/delivered", name=code, severity="Hazard", at=now, message=text, items=(one.item,)
        )
        for one in compared
        for code, text in (*one.worse, *_dearer(outcomes[one.item]))
    ]
    return with_jeopardy(replace(order, milestones=(*order.milestones, reached)), *alerts)


def _outcomes(
    order: Order, tasks: Collection[Task], solutions: Mapping[str, SiteSolution], reported: Mapping[str, Any]
) -> dict[str, Outcome]:
    """By item, for those that are there."""
    began = (order.started_at or order.ordered_at).date()
    of_item: dict[str, list[Task]] = {}
    for task in tasks:
        for item in task.items if task.kind == "procure" else ():
            of_item.setdefault(item, []).append(task)
    return {
        leaf.id: outcome_of(leaf.id, solutions[leaf.id], of_item.get(leaf.id, ()), _ready(reported, leaf.id), began)
        for leaf in leaves(order.items)
        if leaf.state == "completed" and leaf.id in solutions
    }


def _ready(reported: Mapping[str, Any], item: str) -> date | None:
    """On which day it was there, where anybody says it."""
    day: date | None = _read(READY, reported.get(item, {}))
    return day


def _dearer(outcome: Outcome) -> Iterator[tuple[str, str]]:
    if outcome.dearer:
        yield "BUDGET_EXCEEDED", outcome.dearer


def _reported(tasks: Iterable[Task]) -> dict[str, dict[str, Any]]:
    """By item id; what the inventory says goes before what the implementation said earlier."""
    found: dict[str, dict[str, Any]] = {}
    for task in sorted((task for task in tasks if task.reported), key=lambda task: task.kind == "register"):
        for item, facts in task.reported.items():
            found.setdefault(item, {}).update(facts)
    return found


def _compared(
    item: str, solution: SiteSolution, allocated: Mapping[str, Any], reported: Mapping[str, Any]
) -> _Compared:
    texts, worse, unknown = [], [], 0
    for subject in SUBJECTS:
        promised, found = subject.promised(solution), _read(subject, reported)
        if promised is None:
            continue
        text = f"{subject.text} {_told(promised)}{subject.unit} promised, "
        text += "unknown" if found is None else f"{_told(found)}{subject.unit} delivered"
        texts.append(text)
        unknown += found is None
        if found is not None and subject.is_worse(found, promised):
            worse.append((subject.alert, f"item {item}: {text}"))
    differing, unsaid = _parameters(allocated, reported.get("parameters"))
    texts += [f"parameter {name} {text}" for name, text in differing]
    worse += [("DOWNSTREAM_FALLOUT", f"item {item}: parameter {name} {text}") for name, text in differing]
    if allocated:
        kept = len(allocated) - len(differing) - unsaid
        texts.append(f"parameters as allocated {kept} of {len(allocated)}, unknown {unsaid}")
    return _Compared(item, f"item {item}: {', '.join(texts)}", _once(worse), unknown + (unsaid > 0))


def _read(subject: _Subject, reported: Mapping[str, Any]) -> Any:
    """Ready is, where nobody names a day, what has been entered as active."""
    if subject.name != "ready":
        return reported.get(subject.name)
    day = reported.get("ready", reported.get("registered"))
    return None if day is None else date.fromisoformat(day)


def _parameters(allocated: Mapping[str, Any], found: Mapping[str, Any] | None) -> tuple[list[tuple[str, str]], int]:
    """Parameters that the service has otherwise than allocated, and how many it says nothing of."""
    found = found or {}
    differing = [
        (name, f"{value} allocated, {found[name]} delivered")
        for name, value in allocated.items()
        if name in found and found[name] != value
    ]
    return differing, sum(name not in found for name in allocated)


def _once(worse: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """One alert for each code."""
    texts: dict[str, str] = {}
    for code, text in worse:
        texts[code] = f"{texts[code]}; {text}" if code in texts else text
    return tuple(texts.items())


def _message(compared: list[_Compared]) -> str:
    worse, unknown = sum(bool(one.worse) for one in compared), sum(bool(one.unknown) for one in compared)
    head = f"Services compared: {len(compared)}, worse than promised: {worse}, not known in full: {unknown}."
    named = sorted(compared, key=lambda one: not one.worse)[:MOST_NAMED]
    return " ".join([head, *(f"{one.text[0].upper()}{one.text[1:]}." for one in named)])


def _told(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:.10g}" if isinstance(value, float) else str(value)
