"""A plan over time: bars of work with their float, the critical path, and the days from which there is no way back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from linkwright.documents.svg import ACCENT, ALARM, BACKUP, GOOD, INK, MUTED, RULE, Canvas, Point, fitted, text_width
from linkwright.documents.words import count, day, month

WIDTH, ROW_H, FOOT_H, SIZE = 960.0, 22.0, 34.0, 11.0
LEAST_LABEL_W, MOST_LABEL_W = 120.0, 390.0
FLAG_H, TICKS_H, LEGEND, SIGN_W = 14.0, 36.0, 9.0, 16.0
MOST_LINES = 40
FRIDAY = 4
NEAR_PX = 6.0
LEAST_OF_A_DAY_PX = 1.5
"""Where days are narrower, weekends are not drawn: they would be one grey."""
FREE, CLOSED, OPEN = "#e9edf1", "#f3dcd9", "#dcefe3"
BandKind = Literal["free", "closed", "open"]
BANDS: Mapping[BandKind, tuple[str, str]] = {
    "free": (FREE, "no working day"),
    "closed": (CLOSED, "no change allowed"),
    "open": (OPEN, "access to the site"),
}
"""What stands behind the bars: its colour, and what the legend calls it."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`float_days` are working days, None where nobody waits for the plan. `mark` stands behind the bar.

    A `moment` takes no time: it is drawn where its day begins.
    """

    name: str
    start: date
    end: date
    float_days: int | None = None
    critical: bool = False
    no_return: str | None = None
    mark: str = ""
    moment: bool = False


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A day that counts for all of the plan."""

    name: str
    on: date
    tone: str = INK


@dataclass(frozen=True, kw_only=True)
class Band:
    """Days that are not as others are, both included."""

    kind: BandKind
    start: date
    end: date


class _Axis:
    """Names stand to the left of `left`."""

    def __init__(self, first: date, last: date, left: float) -> None:
        self.left = left
        self.first, self.last = first - timedelta(days=1), last + timedelta(days=2)
        self.per_day = (WIDTH - left - 20) / max((self.last - self.first).days, 1)

    def x(self, on: date) -> float:
        return self.left + (on - self.first).days * self.per_day

    def ticks(self) -> list[tuple[date, str]]:
        """Weeks, or months where there are many, each with its name."""
        length = (self.last - self.first).days
        if length <= 84:
            weeks = 1 if length <= 56 else 2
            start = self.first - timedelta(days=self.first.weekday())
            mondays = [start + timedelta(weeks=weeks * number) for number in range(length // (7 * weeks) + 2)]
            return [(on, day(on)[:-5]) for on in mondays if self.first < on < self.last]
        every = 1 if length <= 330 else 3 if length <= 1000 else 6 if length <= 2000 else 12
        firsts = (
            date(year, number, 1) for year in range(self.first.year, self.last.year + 1) for number in range(1, 13)
        )
        return [(on, month(on)) for on in firsts if self.first <= on < self.last and (on.month - 1) % every == 0]


def draw_gantt(bars: Sequence[Bar], flags: Sequence[Flag], bands: Sequence[Band] = ()) -> str:
    """Each bar on a line of its own, in their order."""
    on = [one for bar in bars for one in (bar.start, bar.end)] + [flag.on for flag in flags]
    names_w = max(text_width(bar.name, SIZE) for bar in bars) + 16
    axis = _Axis(min(on), max(on), min(max(names_w, LEAST_LABEL_W), MOST_LABEL_W))
    placed = list(_placed(axis, flags))
    head = TICKS_H + FLAG_H * (1 + max((line for line, *_ in placed), default=0))
    height = head + len(bars) * ROW_H + FOOT_H
    title = f"Schedule from {day(min(on))} to {day(max(on))}, {count(len(bars), 'bar')}; a table below tells the same"
    canvas = Canvas(WIDTH, height, title)
    drawn = _bands(canvas, axis, [*_weekends(axis), *bands], (head - 8, height - FOOT_H))
    _flags(canvas, placed, head, height)
    for start, name in axis.ticks():
        x, wide = axis.x(start), text_width(name, SIZE - 1) * 1.1
        canvas.line([(x, head - 8), (x, height - FOOT_H)], RULE, 0.7)
        if x + wide < WIDTH:
            canvas.rect((x, head - 22), (wide, 14))
            canvas.text((x + 2, head - 15), name, size=SIZE - 1, fill=MUTED)
    for number, bar in enumerate(bars):
        _bar(canvas, axis, bar, head + number * ROW_H + ROW_H / 2)
    _legend(canvas, height - 12, drawn, bars)
    return canvas.markup()


def _weekends(axis: _Axis) -> Iterator[Band]:
    if axis.per_day < LEAST_OF_A_DAY_PX:
        return
    saturday = axis.first + timedelta(days=FRIDAY + 1 - axis.first.weekday())
    while saturday < axis.last:
        yield Band(kind="free", start=saturday, end=saturday + timedelta(days=1))
        saturday += timedelta(weeks=1)


def _bands(canvas: Canvas, axis: _Axis, bands: Sequence[Band], between: tuple[float, float]) -> list[BandKind]:
    """Free days lie above the others; what is returned is what can be seen."""
    seen = []
    for band in sorted(bands, key=lambda one: one.kind == "free"):
        left = max(axis.x(band.start), axis.x(axis.first))
        right = min(axis.x(band.end + timedelta(days=1)), axis.x(axis.last))
        if left < right:
            colour, name = BANDS[band.kind]
            about = "" if band.kind == "free" else f"{name}: {day(band.start)} to {day(band.end)}"
            canvas.rect((left, between[0]), (right - left, between[1] - between[0]), fill=colour, about=about)
            seen.append(band.kind)
    return [kind for kind in BANDS if kind in seen]


def _bar(canvas: Canvas, axis: _Axis, bar: Bar, y: float) -> None:
    colour = ALARM if bar.critical else ACCENT
    left = axis.x(bar.start)
    right = left if bar.moment else axis.x(bar.end + timedelta(days=1))
    canvas.text((axis.left - 10, y), fitted(bar.name, axis.left - 14, SIZE), size=SIZE, anchor="end", bold=bar.critical)
    if bar.float_days:
        end = min(axis.x(_working_days_after(bar.end, bar.float_days) + timedelta(days=1)), WIDTH - 8)
        canvas.line([(right, y), (end, y)], colour, 1, "2 2")
    if bar.moment:
        canvas.shape(_diamond(left, y), colour, about=f"{bar.name}: {day(bar.start)}")
    else:
        about = f"{bar.name}: {day(bar.start)} to {day(bar.end)}"
        canvas.rect((left, y - 6), (max(right - left, 3), 12), fill=colour, radius=2, about=about)
    if bar.no_return is not None:
        hard = bar.no_return == "hard"
        canvas.shape([(left - 5, y - 9), (left + 5, y - 9), (left, y - 1)], INK if hard else "#ffffff", INK)
    if bar.mark:
        is_room = right + 5 + text_width(bar.mark, SIZE - 1) < WIDTH - 8
        at, anchor = (right + 5, "start") if is_room else (left - 5, "end")
        canvas.text((at, y), bar.mark, size=SIZE - 1, anchor=anchor, fill=MUTED)


def _placed(axis: _Axis, flags: Sequence[Flag]) -> Iterator[tuple[int, float, float, str, str]]:
    """Each day once, with all that it stands for: the line of its name, where it begins, its day, itself, its tone."""
    ends: list[float] = []
    for on, same in groupby(sorted(flags, key=lambda one: one.on), key=lambda one: one.on):
        told = list(same)
        name = f"{told[0].name}{''.join(f', {flag.name.lower()}' for flag in told[1:])} {day(on)}"
        wide = text_width(name, SIZE - 1) * 1.1
        left = min(max(axis.x(on) - wide / 2, 4), WIDTH - wide - 4)
        line = next((number for number, end in enumerate(ends) if left > end + NEAR_PX), len(ends))
        ends[line:] = [left + wide, *ends[line + 1 :]]
        yield line, left, axis.x(on), name, told[0].tone


def _flags(canvas: Canvas, placed: Sequence[tuple[int, float, float, str, str]], head: float, height: float) -> None:
    for line, left, x, name, tone in placed:
        canvas.line([(x, head - 22), (x, height - FOOT_H)], tone, 1.2, "4 3")
        canvas.text((left, 9 + FLAG_H * line), name, size=SIZE - 1, fill=tone, bold=True)


def _working_days_after(on: date, many: int) -> date:
    """Without holidays: the length of a dotted line, which is no promise."""
    weeks, rest = divmod(many, FRIDAY + 1)
    on += timedelta(weeks=weeks)
    while rest:
        on += timedelta(days=1)
        rest -= on.weekday() <= FRIDAY
    return on


def _legend(canvas: Canvas, y: float, bands: Sequence[BandKind], bars: Sequence[Bar]) -> None:
    """Only of what is there."""
    canvas.line([(10, y - 13), (WIDTH - 10, y - 13)], RULE)
    x = 10.0
    signs = [(ALARM, "critical path"), (ACCENT, "other work"), *(BANDS[kind] for kind in bands)]
    for colour, name in signs:
        canvas.rect((x, y - 4), (SIGN_W, 8), fill=colour, radius=2)
        x = _named(canvas, x, y, name)
    canvas.line([(x, y), (x + SIGN_W, y)], ACCENT, 1, "2 2")
    x = _named(canvas, x, y, "float")
    if any(bar.moment for bar in bars):
        canvas.shape(_diamond(x + SIGN_W / 2, y), ACCENT)
        x = _named(canvas, x, y, "takes no time")
    for kind, colour, name in (
        ("soft", "#ffffff", "cancelling costs from here"), ("hard", INK, "no cancelling from here")
    ):  # fmt: skip
        if any(bar.no_return == kind for bar in bars):
            canvas.shape([(x + 3, y - 4), (x + 13, y - 4), (x + 8, y + 4)], colour, INK)
            x = _named(canvas, x, y, name)


def _diamond(x: float, y: float) -> list[Point]:
    return [(x - 5, y), (x, y - 5), (x + 5, y), (x, y + 5)]


def _named(canvas: Canvas, x: float, y: float, name: str) -> float:
    """Behind its sign; where the next one begins."""
    canvas.text((x + SIGN_W + 5, y), name, size=LEGEND, fill=MUTED)
    return x + SIGN_W + 5 + text_width(name, LEGEND) + 8


FLAG_TONES = {"ready": GOOD, "wanted": INK, "p80": BACKUP, "order": ALARM}
