"""Public holidays of the regions that an operator works in."""

from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache

AHEAD_YEARS = 12
"""Somewhat more than working days are counted ahead."""
FIRST_YEAR = 2026
"""Any year will do to find out whether a region is known."""


def free_days(own: Iterable[date], regions: Collection[str], year: int) -> frozenset[date]:
    """The days that are named, and the holidays of all regions from the year before `year` on.

    A region is a country, or a part of it behind a hyphen: `DE`, `DE-BY`, as ISO 3166 has them.
    """
    return frozenset(own).union(*(_of(region, year) for region in regions))


def refuse_unknown_regions(regions: Collection[str]) -> None:
    """Raises ValueError with the name of a region whose holidays are not known."""
    for region in regions:
        _of(region, FIRST_YEAR)


@lru_cache(maxsize=64)
def _of(region: str, year: int) -> frozenset[date]:
    """Computed once: it takes half a second."""
    from holidays import country_holidays

    country, _, part = region.partition("-")
    try:
        found = country_holidays(country, subdiv=part or None, years=range(year - 1, year + AHEAD_YEARS))
    except NotImplementedError as error:
        raise ValueError(f"holiday_regions: the holidays of {region!r} are not known; DE or DE-BY would be") from error
    return frozenset(found)
