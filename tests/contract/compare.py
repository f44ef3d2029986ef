"""What two tables of facts (see facts.py) differ in, one readable line for each fact."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .facts import Facts, Table, cut_down


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One fact that ours adds (`+`), lacks (`-`) or states otherwise (`~`). Its text is stable and is its key."""

    kind: Literal["+", "-", "~"]
    place: str
    fact: str
    published: str = ""
    ours: str = ""

    def __str__(self) -> str:
        values = " -> ".join(value for value in (self.published, self.ours) if value)
        return f"{self.kind} {self.place} {self.fact}: {values}"


def differences(published: Table, ours: Table) -> list[Difference]:
    """Every fact in which the two tables are not equal, sorted by text."""
    places = published.keys() | ours.keys()
    found = [each for place in places for each in _compared(place, published.get(place, {}), ours.get(place, {}))]
    return sorted(found, key=str)


def subset_differences(published: Table, ours: Table) -> list[Difference]:
    """What ours adds or states otherwise; what ours leaves out is no difference.

    Except for an attribute or input that the published file requires: leaving it out of a place that ours has would
    describe something that the other side refuses.
    """
    needed = cut_down(published, ours)
    return [each for each in differences(needed, ours) if each.kind != "-" or each.published.endswith(" required")]


def _compared(place: str, published: Facts, ours: Facts) -> Iterator[Difference]:
    for fact in published.keys() | ours.keys():
        theirs, own = published.get(fact), ours.get(fact)
        if theirs is None and own is not None:
            yield Difference(kind="+", place=place, fact=fact, ours=own)
        elif own is None and theirs is not None:
            yield Difference(kind="-", place=place, fact=fact, published=theirs)
        elif theirs is not None and own is not None and theirs != own:
            yield Difference(kind="~", place=place, fact=fact, published=theirs, ours=own)
