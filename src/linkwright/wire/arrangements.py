"""When and in which order a requester lets things be done, what of a design he wants, and what else it costs."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Literal, get_args

from linkwright.business.model import Layer
from linkwright.designs.requirement import Aspect, CostComponent, Rollout, Span
from linkwright.wire import quantities
from linkwright.wire.activities import working_days
from linkwright.wire.json import Json
from linkwright.wire.members import MemberError, Members, elements, text

Per = Literal["site", "cpe", "leg"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
LAYERS: tuple[Layer, ...] = get_args(Layer)
PER: tuple[Per, ...] = get_args(Per)
AMOUNTS = ("cost", "oneTimeCost", "recurringCost")
UNKNOWN = "unknown"
NONE = "none"
_MONTH_AND_DAY = re.compile(r"(?:--)?([0-9]{2})-([0-9]{2})")
_ANY_YEAR = 2000  # it has a 29 February


def spans(word: str) -> Callable[[Json], tuple[Span, ...] | None]:
    """A reader of the days that are the value of this characteristic; `none` and an empty list say nothing."""

    def read(value: Json) -> tuple[Span, ...] | None:
        if value == NONE or value == []:
            return None
        return tuple(_span(one, f"{word}[{number}]") for number, one in enumerate(elements(value, word)))

    return read


def write_spans(days: tuple[Span, ...]) -> list[Json]:
    return [_write_span(one) for one in days]


def _span(value: Json, where: str) -> Span:
    one = Members(value, where, ("from", "to", "yearly", "hours"))
    (start, every), (end, also) = (one.needed(name, _day_of_year) for name in ("from", "to"))
    said = one.get("yearly", quantities.yes_or_no)
    if every != also or (every and said is False):
        raise MemberError(f"{where}: from and to are expected to be both dates, or both month and day of every year")
    yearly = every or bool(said)
    if not yearly and end < start:
        raise MemberError(f"{where}: it ends on {end.isoformat()}, before it starts on {start.isoformat()}")
    if yearly:
        start, end = (day.replace(year=_ANY_YEAR) for day in (start, end))
    return Span(start=start, end=end, yearly=yearly, hours=one.get("hours", text) or "")


def _day_of_year(value: Json) -> tuple[date, bool]:
    """A date, or a month and a day, and whether it is of every year."""
    found = _MONTH_AND_DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        return quantities.day(value), False
    try:
        return date(_ANY_YEAR, int(found[1]), int(found[2])), True
    except ValueError:
        raise ValueError("a month and a day such as 11-15 are expected") from None


def _write_span(span: Span) -> dict[str, Json]:
    told: dict[str, Any] = {"from": span.start.isoformat(), "to": span.end.isoformat()}
    if span.yearly:
        told = {name: f"--{day[5:]}" for name, day in told.items()} | {"yearly": True}
    return told | ({"hours": span.hours} if span.hours else {})


def rollout(value: Json) -> Rollout:
    one = Members(value, "rollout", ("pilotItems", "pilotDays", "waveItems"))
    return Rollout(
        pilot_items=one.get("pilotItems", quantities.whole) or 0,
        pilot_days=one.get("pilotDays", working_days) or 0,
        wave_items=one.get("waveItems", quantities.whole_from_1),
    )


def write_rollout(wanted: Rollout) -> dict[str, Json]:
    told = {"pilotItems": wanted.pilot_items, "pilotDays": wanted.pilot_days, "waveItems": wanted.wave_items}
    return {name: value for name, value in told.items() if value is not None}


def design_scope(value: Json) -> tuple[Aspect, ...] | None:
    """The parts of a design that are wanted; an empty list says nothing."""
    known = {str(aspect): aspect for aspect in ASPECTS}
    said = [name.lower() for name in quantities.names(value)]
    if any(name not in known for name in said):
        raise ValueError(f"one or more of {', '.join(known)} are expected")
    return tuple(dict.fromkeys(known[name] for name in said)) or None


def cost_components(word: str) -> Callable[[Json], tuple[CostComponent, ...]]:
    """A reader of what a service costs beside its parts."""

    def read(value: Json) -> tuple[CostComponent, ...]:
        return tuple(_component(one, f"{word}[{number}]") for number, one in enumerate(elements(value, word)))

    return read


def _component(value: Json, where: str) -> CostComponent:
    one = Members(value, where, ("name", "component", "layer", "per", "oneTimeCost", "recurringCost"))
    return CostComponent(
        name=one.needed("name", text),
        component=one.get("component", text) or "management",
        layer=one.get("layer", quantities.one_of(LAYERS)) or "service",
        per=one.get("per", quantities.one_of(PER)) or "site",
        nrc_minor=_amount(one, "oneTimeCost"),
        mrc_minor=_amount(one, "recurringCost"),
    )


def _amount(one: Members, name: str) -> int | None:
    """0 where nothing is said, None where it is said that it is not known."""
    return one.get(name, _stated_minor) if one.has(name) else 0


def _stated_minor(value: Json) -> int | None:
    if value == UNKNOWN or (isinstance(value, Mapping) and value.get("value", UNKNOWN) in (None, UNKNOWN)):
        return None
    return quantities.money_minor(value)[0]


def currencies_of_costs(value: Json) -> Iterator[str]:
    """The currencies of the costs that stand in activities and cost components, whatever else is wrong with them."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, list):
            yield from currencies_of_costs(one)
        elif isinstance(one, Mapping):
            amounts = (one.get(name) for name in AMOUNTS)
            yield from (str(cost["unit"]) for cost in amounts if isinstance(cost, Mapping) and cost.get("unit"))
