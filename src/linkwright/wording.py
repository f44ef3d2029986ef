"""Figures as they stand in sentences, the same in all rooms."""


def counted(number: int, one: str, more: str | None = None) -> str:
    """Such as `1 day`, `-1 day` and `2 days`; `more` where the plural is no `s`."""
    return f"{number:,} {one if abs(number) == 1 else more or one + 's'}"


def in_working_days(number: int) -> str:
    return counted(number, "working day")
