"""Money over the months: what all months come to so far as a line, and below it what each month comes to as a bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkwright.documents.svg import ACCENT, ALARM, GOOD, INK, MUTED, RULE, SOFT, Canvas
from linkwright.documents.words import money

WIDTH, LEFT, RIGHT = 960.0, 130.0, 20.0
LINE_TOP, LINE_H, GAP, BARS_H, FOOT = 30.0, 210.0, 44.0, 120.0, 30.0
SIZE = 10.0
TICK_H = 34.0


@dataclass(frozen=True, kw_only=True)
class MonthOf:
    number: int
    net_minor: int
    cumulated_minor: int


@dataclass(frozen=True, kw_only=True)
class _Panel:
    """An area with its scale; zero is always in it."""

    top: float
    height: float
    low: int
    high: int

    def y(self, minor: float) -> float:
        return self.top + self.height * (self.high - minor) / max(self.high - self.low, 1)


def draw_cash(months: Sequence[MonthOf], currency: str, payback_months: int | None) -> str:
    """The payback is marked where the line comes up through zero for good."""
    sums, nets = [one.cumulated_minor for one in months], [one.net_minor for one in months]
    above = _Panel(top=LINE_TOP, height=LINE_H, low=min(0, *sums), high=max(0, *sums))
    below = _Panel(top=LINE_TOP + LINE_H + GAP, height=BARS_H, low=min(0, *nets), high=max(0, *nets))
    canvas = Canvas(WIDTH, below.top + BARS_H + FOOT, _title(sums, currency, payback_months))
    wide = (WIDTH - LEFT - RIGHT) / len(months)
    x = {one.number: LEFT + (place + 0.5) * wide for place, one in enumerate(months)}
    canvas.text((LEFT, 12), "Cumulated", size=11, bold=True)
    canvas.text((LEFT, below.top - 16), "Each month: income less cost", size=11, bold=True)
    for panel in (above, below):
        _scale(canvas, panel, currency)
    for one in months:
        top, bottom = sorted((below.y(one.net_minor), below.y(0)))
        tone = GOOD if one.net_minor >= 0 else ALARM
        about = f"Month {one.number}: {money(one.net_minor, currency)}"
        canvas.rect((x[one.number] - wide * 0.36, top), (max(wide * 0.72, 0.6), bottom - top), fill=tone, about=about)
    line = [(x[one.number], above.y(one.cumulated_minor)) for one in months]
    canvas.shape([(line[0][0], above.y(0)), *line, (line[-1][0], above.y(0))], SOFT)
    canvas.line([(LEFT, above.y(0)), (WIDTH - RIGHT, above.y(0))], INK, 1)
    canvas.line(line, ACCENT, 2.2)
    if payback_months in x:
        _payback(canvas, x[payback_months], above, payback_months)
    _numbers(canvas, months, x, below.top + BARS_H + 14)
    return canvas.markup()


def _title(sums: Sequence[int], currency: str, payback_months: int | None) -> str:
    paid = "not paid back" if payback_months is None else f"paid back in month {payback_months}"
    return f"Cash flow by month, {currency}: cumulated from {money(sums[0], '')} to {money(sums[-1], '')}, {paid}"


def _payback(canvas: Canvas, x: float, panel: _Panel, months: int | None) -> None:
    canvas.line([(x, panel.top - 6), (x, panel.top + panel.height)], GOOD, 1.4, "4 3")
    canvas.dot((x, panel.y(0)), 5, GOOD)
    told = f"Paid back in month {months}"
    canvas.text((WIDTH - RIGHT, 12), told, anchor="end", fill=GOOD, bold=True)


def _scale(canvas: Canvas, panel: _Panel, currency: str) -> None:
    step = _step((panel.high - panel.low) / (panel.height / TICK_H))
    for number in range(-(-panel.low // step), panel.high // step + 1):
        value = number * step
        y = panel.y(value)
        canvas.line([(LEFT, y), (WIDTH - RIGHT, y)], INK if value == 0 else RULE, 0.8)
        canvas.text((LEFT - 8, y), money(value, currency)[:-3], size=SIZE, anchor="end", fill=MUTED)


def _step(least_minor: float) -> int:
    """The next round amount in whole units: one, two or five times a power of ten."""
    power = 100
    while power * 10 < least_minor:
        power *= 10
    return next(power * times for times in (1, 2, 5, 10, 20) if power * times >= least_minor or times == 20)


def _numbers(canvas: Canvas, months: Sequence[MonthOf], x: dict[int, float], y: float) -> None:
    every = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 100_000) if len(months) / step <= 30)
    for one in months:
        if one.number % every == 0:
            canvas.text((x[one.number], y), str(one.number), size=SIZE, anchor="middle", fill=MUTED)
    canvas.text((LEFT - 8, y), "month", size=SIZE, anchor="end", fill=MUTED)
