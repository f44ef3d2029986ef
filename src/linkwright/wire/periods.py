"""When a service is wanted, and for how long."""

from collections.abc import Mapping
from datetime import date

from linkwright.wire.json import Json


def dates(filled: Mapping[str, Json], needed_by: date | None) -> dict[str, Json]:
    """When the service is needed (`needed_by` where it does not say), and for how many months if it ends."""
    start = filled.get("needed_by") or filled.get("service_start") or needed_by
    end = filled.get("service_end")
    return {"needed_by": start} | ({"term_months": _months(start, end)} if start and end else {})


def no_time(filled: Mapping[str, Json]) -> str | None:
    """The sentence about a service that ends before it starts."""
    start, end = filled.get("needed_by"), filled.get("service_end")
    if start is None or end is None or start <= end:
        return None
    return f"The service ends on {end.isoformat()}, before it starts on {start.isoformat()}."


def _months(start: date, end: date) -> int:
    """Begun months count; there is always one."""
    return max((end.year - start.year) * 12 + end.month - start.month + (end.day > start.day), 1)
