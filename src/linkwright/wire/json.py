"""Reading JSON that others wrote, with complaints in their own words, and writing moments the way TM Forum APIs do."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from linkwright.errors import InvalidRequest

Json = Any


def an_object(value: Json, path: str) -> Mapping[str, Json]:
    """The object at `path`; a missing one reads as empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidRequest(f"an object is expected, {_kind(value)} is given", path)
    return value


def a_list(value: Json, path: str) -> list[Json]:
    """The list at `path`; a missing one reads as empty."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidRequest(f"a list is expected, {_kind(value)} is given", path)
    return value


def objects(parent: Mapping[str, Json], name: str, path: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Every element of the list `name` of `parent` with its own path, such as `serviceOrderItem[2]`."""
    whole = joined(path, name)
    for position, value in enumerate(a_list(parent.get(name), whole)):
        here = f"{whole}[{position}]"
        yield here, an_object(value, here)


def text(parent: Mapping[str, Json], name: str, path: str = "") -> str | None:
    """A string; an empty one counts as missing, a number is taken as it is written."""
    value = parent.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidRequest(f"a string is expected, {_kind(value)} is given", joined(path, name))
    return str(value)


def flag(parent: Mapping[str, Json], name: str, path: str = "") -> bool:
    value = parent.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise InvalidRequest(f"true or false is expected, {_kind(value)} is given", joined(path, name))
    return value


def moment(parent: Mapping[str, Json], name: str, path: str = "") -> datetime | None:
    """A date-time; without an offset it counts as UTC, and an empty string counts as missing."""
    value = text(parent, name, path)
    if value is None:
        return None
    try:
        return moment_of(value)
    except ValueError as error:
        raise InvalidRequest(str(error), joined(path, name)) from error


def day(parent: Mapping[str, Json], name: str, path: str = "") -> date | None:
    """The calendar day of a date or date-time, in the offset in which it was written."""
    value = text(parent, name, path)
    if value is None:
        return None
    try:
        return day_of(value)
    except ValueError as error:
        raise InvalidRequest(str(error), joined(path, name)) from error


def moment_of(value: str) -> datetime:
    """A date or date-time in UTC.

    Raises:
        ValueError: it is none; the text says what is expected.
    """
    try:
        read = datetime.fromisoformat(value)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{value!r} is not a date-time such as 2027-03-01T00:00:00.000Z") from error


def day_of(value: str) -> date:
    """The calendar day as it is written. Raises ValueError like `moment_of`."""
    moment_of(value)
    return datetime.fromisoformat(value).date()


def write_moment(value: datetime) -> str:
    """UTC with milliseconds, as every date of ours goes out."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_day(value: date) -> str:
    """The beginning of a calendar day, as a date-time."""
    return f"{value.isoformat()}T00:00:00.000Z"


def to_ms(value: datetime) -> datetime:
    """Cut to what `write_moment` can say, so that what is stored equals what is in hand."""
    return value.replace(microsecond=value.microsecond // 1000 * 1000)


def present(**attributes: Json) -> dict[str, Json]:
    """The attributes that are not None."""
    return {name: value for name, value in attributes.items() if value is not None}


def joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def same(one: Json, other: Json) -> bool:
    """Equality of JSON values: true is not 1, and 1 is 1.0."""
    if one is other:  # most of a patched document is the very same as before
        return True
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "true or false"
    names = {Mapping: "an object", list: "a list", str: "a string", int: "a number", float: "a number"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "null")
