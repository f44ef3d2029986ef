"""The days on which the work of items may be done, as windows that items with the same days share."""

from collections.abc import Mapping
from functools import lru_cache

from linkwright.designs.requirement import Requirement, Span
from linkwright.designs.whole.activities import Bounds
from linkwright.plan.calendar import days_but, days_of
from linkwright.plan.model import Days
from linkwright.plan.runs import common
from linkwright.plan.working_days import WorkingDays


def bounds_of(
    wanted: Requirement,
    place: str,
    windows: dict[str, tuple[Days, ...]],
    *,
    days: WorkingDays,
    without: frozenset[str],
    pools: Mapping[str, str],
) -> Bounds:
    """What binds one item; its windows are added to those of all. `without` like that of `Planning`."""
    site = None if "site" in without else wanted.site_access
    freeze = None if "freeze" in without else wanted.change_freeze
    at_site = None if not site else _days_in(site, days)
    free = None if not freeze else _days_outside(freeze, days)
    both = at_site if free is None else free if at_site is None else common(at_site, free)
    return Bounds(
        site_windows=_window(f"access days of {place}", at_site, windows),
        free_windows=_window("days outside change freezes", free, windows),
        both_windows=_window(
            f"access days of {place} outside change freezes"
            if free is not None and at_site is not None
            else f"access days of {place}"
            if at_site is not None
            else "days outside change freezes",
            both,
            windows,
        ),
        pools=pools,
    )


@lru_cache(maxsize=64)
def _days_in(spans: tuple[Span, ...], days: WorkingDays) -> tuple[Days, ...]:
    """The same spans are those of many items."""
    return days_of(spans, days)


@lru_cache(maxsize=64)
def _days_outside(spans: tuple[Span, ...], days: WorkingDays) -> tuple[Days, ...]:
    return days_but(spans, days)


def _window(name: str, days: tuple[Days, ...] | None, windows: dict[str, tuple[Days, ...]]) -> str | None:
    """The name under which these days stand among the windows of all: that of the same days where there are some."""
    if days is None:
        return None
    number, told = 1, name
    while windows.setdefault(told, days) != days:
        number += 1
        told = f"{name} ({number})"
    return told
