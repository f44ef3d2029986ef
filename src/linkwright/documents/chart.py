"""The chart of a plan: which of its work is drawn, and what stands before and behind it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from linkwright.designs.requirement import Span
from linkwright.documents.blocks import Figure
from linkwright.documents.svg_gantt import FLAG_TONES, MOST_LINES, Band, BandKind, Bar, Flag, draw_gantt
from linkwright.documents.words import count, day_of
from linkwright.plan.calendar import days_of
from linkwright.plan.working_days import working_days
from linkwright.wire.design_document import wanted_of
from linkwright.wire.json import Json

_SPANS: Mapping[str, BandKind] = {"siteAccess": "open", "changeFreeze": "closed"}


def chart_of(doc: Json, plan: Json, names: Mapping[str, str]) -> Figure | None:
    steps: Sequence[Any] = plan.get("steps") or ()
    bars = _bars(plan, steps, names)
    if not bars:
        return None
    drawn = draw_gantt(bars, _flags(doc, plan), list(_bands(doc, plan)))
    return Figure(svg=drawn, caption=_caption(plan, steps, bars))


def names_of(doc: Json, steps: Sequence[Any]) -> Mapping[str, str]:
    """Of each step; among those of many items with the place where it is done."""
    places = {str(one.get("ref")): str(one.get("place") or one.get("ref")) for one in doc.get("members") or ()}
    names = {}
    for step in steps:
        name, ref = str(step.get("name") or step["id"]), str(step["id"]).partition("/")[0]
        names[step["id"]] = f"{places[ref]}: {name}" if "/" in step["id"] and ref in places else name
    return names


def wave_name(wave: Json) -> str:
    return "Pilot" if wave.get("pilot") else f"Wave {wave['number']}"


def _bars(plan: Json, steps: Sequence[Any], names: Mapping[str, str]) -> list[Bar]:
    """The waves and all steps; of too many those that take time, and of these what is critical."""
    told: Sequence[Any] = plan.get("waves") or ()
    chosen = steps
    if len(told) + len(chosen) > MOST_LINES:
        chosen = [step for step in steps if step.get("days")] or steps
    if len(told) + len(chosen) > MOST_LINES:
        told = told[: MOST_LINES // 2]
        wanted = [step for step in chosen if step.get("critical") or step.get("noReturn") == "hard"] or chosen
        chosen = sorted(wanted, key=lambda one: (not one.get("critical"), one["start"]))[: MOST_LINES - len(told)]
    steps_drawn = [_bar(step, names) for step in sorted(chosen, key=lambda one: (one["start"], one["end"]))]
    return [*map(_wave, told), *steps_drawn]


def _wave(wave: Json) -> Bar:
    return Bar(
        name=wave_name(wave),
        start=day_of(wave["start"]),
        end=day_of(wave["end"]),
        mark=count(wave.get("items", 0), "site"),
    )


def _bar(step: Json, names: Mapping[str, str]) -> Bar:
    return Bar(
        name=names[step["id"]],
        start=day_of(step["start"]),
        end=max(day_of(step["end"]), day_of(step["start"])),
        float_days=step.get("floatDays"),
        critical=bool(step.get("critical")),
        no_return=step.get("noReturn"),
        moment=not step.get("days"),
    )


def _flags(doc: Json, plan: Json) -> list[Flag]:
    wanted = wanted_of(doc).get("neededBy")
    days = (
        ("Ready", "ready", plan["ready"]),
        ("Wanted", "wanted", wanted),
        ("80 % sure", "p80", plan.get("p80")),
        ("Order by", "order", plan.get("latestOrder")),
    )
    return [Flag(name=name, on=day_of(on), tone=FLAG_TONES[tone]) for name, tone, on in days if on]


def _bands(doc: Json, plan: Json) -> Iterator[Band]:
    """Free days, and the days that the requester allows or forbids; those that come every year in each of them."""
    for free in map(day_of, plan.get("freeDays") or ()):
        yield Band(kind="free", start=free, end=free)
    wanted, ordered = wanted_of(doc), day_of(plan["ordered"])
    for field, kind in _SPANS.items():
        for start, end in _dated(wanted.get(field) or (), ordered):
            yield Band(kind=kind, start=start, end=end)


def _dated(told: Sequence[Any], ordered: date) -> Iterator[tuple[date, date]]:
    days = working_days(ordered, frozenset())
    spans = [Span(start=day_of(one["start"]), end=day_of(one["end"]), yearly=bool(one.get("yearly"))) for one in told]
    for first, last in days_of(spans, days):
        yield days.date_of(first), days.date_of(last)


def _caption(plan: Json, steps: Sequence[Any], bars: Sequence[Bar]) -> str:
    waves = plan.get("waves") or ()
    installed = sum(one.get("kind") == "installation" for one in steps)
    if sum(one.get("items", 0) for one in waves) > installed:
        return "The waves, and the work that drives the dates; what is done for a single site is told in its document."
    if len(bars) == len(waves) + len(steps):
        return "All work of the plan."
    if len(bars) == len(waves) + sum(bool(step.get("days")) for step in steps):
        return "All work of the plan that takes time."
    all_ = f"{count(len(steps), 'step')} and {count(len(waves), 'wave')}"
    return f"The waves and the critical path: {len(bars)} of {all_}."
