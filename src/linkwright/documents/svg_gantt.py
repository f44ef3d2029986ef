"""A plan over time: bars of work with their float, the critical path, and the days from which there is no way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linkwright.documents.svg import ACCENT, ALARM, BACKUP, GOOD, INK, MUTED, RULE, Canvas, fitted, text_width
from linkwright.documents.words import day, month

WIDTH, LABEL_W, ROW_H, HEAD_H, FOOT_H, SIZE = 960.0, 250.0, 22.0, 62.0, 34.0, 10.0
MOST_LINES = 40
FRIDAY = 4
NEAR_PX = 6.0


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`float_days` are working days, None where nobody waits for the plan. `mark` stands behind the bar."""

    name: str
    start: date
    end: date
    float_days: int | None = None
    critical: bool = False
    no_return: str | None = None
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A day that counts for all of the plan."""

    name: str
    on: date
    tone: str = INK


class _Axis:
    def __init__(self, first: date, last: date) -> None:
        self.first, self.last = first - timedelta(days=1), last + timedelta(days=2)
        self._per_day = (WIDTH - LABEL_W - 20) / max((self.last - self.first).days, 1)

    def x(self, on: date) -> float:
        return LABEL_W + (on - self.first).days * self._per_day

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


def draw_gantt(bars: Sequence[Bar], flags: Sequence[Flag]) -> str:
    """Each bar on a line of its own, in their order."""
    on = [one for bar in bars for one in (bar.start, bar.end)] + [flag.on for flag in flags]
    axis = _Axis(min(on), max(on))
    height = HEAD_H + len(bars) * ROW_H + FOOT_H
    canvas = Canvas(WIDTH, height, "Schedule")
    _flags(canvas, axis, flags, height)
    for start, name in axis.ticks():
        x, wide = axis.x(start), text_width(name, 9) * 1.1
        canvas.line([(x, HEAD_H - 8), (x, height - FOOT_H)], RULE, 0.7)
        if x + wide < WIDTH:
            canvas.rect((x, HEAD_H - 21), (wide, 14))
            canvas.text((x + 2, HEAD_H - 14), name, size=9, fill=MUTED)
    for number, bar in enumerate(bars):
        _bar(canvas, axis, bar, HEAD_H + number * ROW_H + ROW_H / 2)
    _legend(canvas, height - 12)
    return canvas.markup()


def _bar(canvas: Canvas, axis: _Axis, bar: Bar, y: float) -> None:
    colour = ALARM if bar.critical else ACCENT
    left, right = axis.x(bar.start), axis.x(bar.end + timedelta(days=1))
    canvas.text((LABEL_W - 10, y), fitted(bar.name, LABEL_W - 14, SIZE), size=SIZE, anchor="end", bold=bar.critical)
    if bar.float_days:
        end = min(axis.x(_working_days_after(bar.end, bar.float_days) + timedelta(days=1)), WIDTH - 8)
        canvas.line([(right, y), (end, y)], colour, 1, "2 2")
    about = f"{bar.name}: {day(bar.start)} to {day(bar.end)}"
    canvas.rect((left, y - 6), (max(right - left, 3), 12), fill=colour, radius=2, about=about)
    if bar.no_return is not None:
        hard = bar.no_return == "hard"
        canvas.shape([(left - 5, y - 9), (left + 5, y - 9), (left, y - 1)], INK if hard else "#ffffff", INK)
    if bar.mark and right + text_width(bar.mark, 9) < WIDTH - 8 and not bar.float_days:
        canvas.text((right + 5, y), bar.mark, size=9, fill=MUTED)


def _flags(canvas: Canvas, axis: _Axis, flags: Sequence[Flag], height: float) -> None:
    """Their names stand in two lines, each where there is room for it."""
    ends = [0.0, 0.0]
    for flag in sorted(flags, key=lambda one: one.on):
        x = axis.x(flag.on)
        canvas.line([(x, HEAD_H - 26), (x, height - FOOT_H)], flag.tone, 1.2, "4 3")
        name = f"{flag.name} {day(flag.on)}"
        wide = text_width(name, 9) * 1.1
        left = min(max(x - wide / 2, 4), WIDTH - wide - 4)
        line = next((number for number, end in enumerate(ends) if left > end + NEAR_PX), None)
        if line is not None:
            canvas.text((left, 9 + 13 * line), name, size=9, fill=flag.tone, bold=True)
            ends[line] = left + wide


def _working_days_after(on: date, many: int) -> date:
    """Without holidays: the length of a dotted line, which is no promise."""
    weeks, rest = divmod(many, FRIDAY + 1)
    on += timedelta(weeks=weeks)
    while rest:
        on += timedelta(days=1)
        rest -= on.weekday() <= FRIDAY
    return on


def _legend(canvas: Canvas, y: float) -> None:
    canvas.line([(10, y - 13), (WIDTH - 10, y - 13)], RULE)
    canvas.rect((10, y - 4), (22, 8), fill=ALARM, radius=2)
    canvas.text((38, y), "critical path", size=SIZE, fill=MUTED)
    canvas.rect((130, y - 4), (22, 8), fill=ACCENT, radius=2)
    canvas.text((158, y), "other work", size=SIZE, fill=MUTED)
    canvas.line([(250, y), (274, y)], ACCENT, 1, "2 2")
    canvas.text((280, y), "float", size=SIZE, fill=MUTED)
    canvas.shape([(340, y - 4), (350, y - 4), (345, y + 4)], "#ffffff", INK)
    canvas.text((356, y), "cancelling costs from here", size=SIZE, fill=MUTED)
    canvas.shape([(540, y - 4), (550, y - 4), (545, y + 4)], INK, INK)
    canvas.text((556, y), "no cancelling from here", size=SIZE, fill=MUTED)


FLAG_TONES = {"ready": GOOD, "wanted": INK, "p80": BACKUP}
