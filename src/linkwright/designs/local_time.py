"""Times at a place are in its own time zone: the day of a moment is the one that a calendar there shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linkwright.designs.requirement import Json, Requirement

DATED: Mapping[str, str] = {"neededBy": "needed_by", "serviceStart": "service_start", "serviceEnd": "service_end"}
"""The field of each characteristic that may be a moment."""


def at_the_place(wanted: Requirement, time_zone: str | None) -> Requirement:
    """With the days of moments as they are at the place; a date alone, or a time without offset, is one there already.

    `needed_by` follows the start of the service where nothing else says it.
    """
    zone = zone_of(time_zone)
    if zone is None:
        return wanted
    changes: dict[str, date] = {}
    for name, field in DATED.items():
        local = _local_day(wanted.characteristics.get(name), zone)
        if local is not None and getattr(wanted, field) is not None:
            changes[field] = local
    follows = wanted.needed_by == wanted.service_start and "neededBy" not in wanted.characteristics
    if follows and "service_start" in changes:
        changes["needed_by"] = changes["service_start"]
    return replace(wanted, **changes) if changes else wanted  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def zone_of(name: str | None) -> ZoneInfo | None:
    """None for what is no name of the IANA database."""
    try:
        return None if not name else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def day_at(moment: datetime, time_zone: str | None) -> date:
    """The day that a calendar at the place shows then; that of UTC where nobody knows its zone."""
    return moment.astimezone(zone_of(time_zone) or UTC).date()


def begin_at(day: date, time_zone: str | None) -> datetime:
    """When that day begins at the place."""
    return datetime.combine(day, time(0), tzinfo=zone_of(time_zone) or UTC).astimezone(UTC)


def _local_day(value: Json, zone: ZoneInfo) -> date | None:
    """None for what is no moment with an offset of its own."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.astimezone(zone).date()
