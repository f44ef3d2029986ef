"""Which states may follow which: what every table of states has in common."""

from collections.abc import Mapping
from typing import TypeVar

from linkwright.errors import Conflict

S = TypeVar("S", bound=str)

TASK: Mapping[str, frozenset[str]] = {
    "accepted": frozenset({"inProgress"}),
    "inProgress": frozenset({"done", "terminatedWithError"}),
    "done": frozenset(),
    "terminatedWithError": frozenset(),
}
"""Checks, queries and requests to cancel are tasks of one kind; `done` says that there is an answer, be it no."""


def refuse_illegal(what: str, table: Mapping[S, frozenset[S]], before: S, after: S) -> None:
    """Raises Conflict, which names the states that are allowed; staying where one is is no move."""
    if after != before and after not in table[before]:
        allowed = ", ".join(sorted(table[before])) or "none, it is final"
        raise Conflict(f"{what} cannot go from {before} to {after}; allowed: {allowed}.")
