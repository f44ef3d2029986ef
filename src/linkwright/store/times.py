"""Moments as text that sorts by time on every database: `YYYY-MM-DDThh:mm:ss.ffffffZ`, always UTC."""

from datetime import UTC, datetime

_WITHOUT_ZONE = len("2026-01-01T00:00:00.000000")
_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def stamp(moment: datetime) -> str:
    """The stored form of a moment; a moment without zone counts as UTC."""
    in_utc = moment.astimezone(UTC) if moment.tzinfo not in (None, UTC) else moment
    return f"{in_utc.isoformat(timespec='microseconds')[:_WITHOUT_ZONE]}Z"


def moment(text: str) -> datetime:
    """The moment of a stored form."""
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC)


def stamp_or_none(value: datetime | None) -> str | None:
    return None if value is None else stamp(value)


def moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else moment(text)
