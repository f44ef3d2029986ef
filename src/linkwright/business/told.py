"""Figures as they stand in sentences."""


def money(minor: int, currency: str) -> str:
    """Such as `EUR -1,234.56`, exact."""
    whole, cents = divmod(abs(minor), 100)
    return f"{currency} {'-' if minor < 0 else ''}{whole:,}.{cents:02d}".lstrip()


def percent(rate: float) -> str:
    return f"{rate:.2%}".replace("%", " %")
