"""The implementation plan: dates, critical path, float, what waits for what, and the ways back."""

from collections.abc import Mapping, Sequence
from typing import Any

from linkwright.documents.bespoke import bespoke_work
from linkwright.documents.blocks import (
    Block,
    Cell,
    Facts,
    Mark,
    Paragraph,
    Section,
    Table,
    columns,
    rest_of,
    some,
)
from linkwright.documents.chart import chart_of, names_of, wave_name
from linkwright.documents.legs import bare
from linkwright.documents.svg_gantt import MOST_LINES
from linkwright.documents.words import count, day, days, joined, money, sentence
from linkwright.documents.words import told as in_words
from linkwright.wire.json import Json

MOST_STEPS, MOST_WAVES = 120, 60
_NO_RETURN = {"soft": "cancelling costs", "hard": "no cancelling"}


def plan(doc: Json) -> Section | None:
    told = doc.get("plan")
    if not told:
        return None
    steps: Sequence[Any] = told.get("steps") or ()
    blocks: list[Block] = [Facts(rows=tuple(_facts(told)))]
    if told.get("bottleneck"):
        blocks.append(Paragraph(text=f"Bottleneck: {in_words(told['bottleneck'])}"))
    names = names_of(doc, steps)
    if chart := chart_of(doc, told, names):
        blocks.append(chart)
    blocks += _waves(told)
    if steps:
        blocks += [*_steps(told, steps, names), *bespoke_work(doc, steps)]
    clauses = ("C12", "C21", "C23") + (("C34",) if any(one.get("bespoke") for one in steps) else ())
    return Section(id="plan", title="Implementation plan", clauses=clauses, blocks=tuple(blocks))


def _facts(plan: Json) -> list[tuple[str, Cell]]:
    left = plan.get("totalFloatDays")
    told: list[tuple[str, Cell]] = [
        ("Ordered", day(plan.get("ordered"))),
        ("Work begins", day(plan.get("start"))),
        ("Last day of work", day(plan.get("end"))),
        ("Ready for service", day(plan.get("ready"))),
        ("Duration", count(plan.get("durationDays", 0), "working day")),
    ]
    if left is not None:
        tone = Mark(text=count(left, "working day"), tone="good" if left > 0 else "warn" if left == 0 else "bad")
        told.append(("Float of the critical path", tone))
    for field, name in (
        ("latestOrder", "Latest order date"),
        ("p50", "Ready with a probability of 50 %"),
        ("p80", "Ready with a probability of 80 %"),
        ("softNoReturn", "Cancelling costs from"),
        ("hardNoReturn", "No cancelling from"),
    ):
        if plan.get(field):
            told.append((name, day(plan[field])))
    return told


def _waves(plan: Json) -> list[Block]:
    waves = plan.get("waves") or ()
    if not waves:
        return []
    rows = [
        (
            wave_name(one),
            day(one["start"]),
            day(one["end"]),
            f"{one.get('items', 0):,}",
            in_words(one.get("reason") or ""),
        )
        for one in waves
    ]
    shown, rest = some(rows, MOST_WAVES, "waves")
    heads = columns("Wave", "#First day", "#Last day", "#Sites", "Why it ends here")
    return [Table(columns=heads, rows=shown, caption="Waves of installation"), *rest]


def _steps(plan: Json, steps: Sequence[Any], names: Mapping[str, str]) -> list[Block]:
    """Critical ones stay when not all have room, and then those that take time."""
    chosen = steps
    if len(steps) > MOST_STEPS:
        chosen = sorted(steps, key=lambda one: (not one.get("critical"), not one.get("days"), one["start"]))
    rows: tuple[tuple[Cell, ...], ...] = tuple(_row(step, names) for step in chosen[:MOST_STEPS])
    heads = columns("Step", "Kind", "Owner", "#Start", "#End", "#Days", "#Float", "After", "Notes")
    at_once = {step["id"] for step in steps if not step.get("days")}
    path = [names.get(one, str(one)) for one in plan.get("criticalPath") or () if one not in at_once]
    more = f" and {len(path) - MOST_LINES} more" if len(path) > MOST_LINES else ""
    told: list[Block] = [Paragraph(text=f"Critical path: {', then '.join(path[:MOST_LINES])}{more}.")] if path else []
    return [*told, Table(columns=heads, rows=rows), *rest_of(len(steps), MOST_STEPS, "steps")]


def _row(step: Json, names: Mapping[str, str]) -> tuple[Cell, ...]:
    """The place is said once: what comes before it is told without it where it is done there too."""
    place = names[step["id"]].removesuffix(str(step.get("name") or step["id"]))
    notes = [
        "critical" if step.get("critical") else "",
        "bespoke" if step.get("bespoke") else "",
        _NO_RETURN.get(step.get("noReturn", ""), ""),
        f"needs {step['skill']}" if step.get("skill") else "",
        f"waits for {bare(step['waitsFor'])}" if step.get("waitsFor") else "",
    ]
    told = ", ".join(filter(None, notes))
    return (
        names[step["id"]],
        sentence(str(step.get("kind", ""))),
        str(step.get("owner") or ""),
        day(step["start"]),
        day(step["end"]),
        f"{step.get('days', 0)}",
        days(step.get("floatDays")),
        joined([names.get(one, one).removeprefix(place) for one in step["after"]]) if step.get("after") else "",
        Mark(text=told, tone="bad") if step.get("critical") else told,
    )


def training(doc: Json) -> Section | None:
    """Empty, it says so: that everybody is trained is an answer too."""
    operations = doc.get("operations")
    if not operations:
        return None
    needs = operations.get("training") or ()
    if not needs:
        text = "No course is needed: the teams that run this service have the skills that it needs."
        return Section(id="training", title="Training plan", clauses=("C13",), blocks=(Paragraph(text=text),))
    currency = str(doc.get("currency", ""))
    priced = any("oneTimeCostMinor" in one for one in needs)
    heads = columns(
        "Team", "Skill", "#People", "Course", "#First day", "#Last day", "#Needed by", *(("#Cost",) if priced else ())
    )
    rows = tuple(_course(one, currency, priced=priced) for one in needs)
    return Section(id="training", title="Training plan", clauses=("C13",), blocks=(Table(columns=heads, rows=rows),))


def _course(one: Json, currency: str, *, priced: bool) -> tuple[Cell, ...]:
    dates = (day(one.get("start")), day(one.get("end")), day(one.get("neededBy")))
    cost = (money(one.get("oneTimeCostMinor"), currency),) if priced else ()
    return (str(one.get("team")), str(one.get("skill")), str(one.get("people")), str(one.get("course")), *dates, *cost)
