"""One line of the table of the design core, and how figures are written in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table: what is asked, what came out, on what it was measured."""

    what: str
    figure: str
    goal: str
    holds: bool | None
    on: str

    def __str__(self) -> str:
        holds = "" if self.holds is None else "yes" if self.holds else "**no**"
        return f"| {self.what} | {self.figure} | {self.goal} | {holds} | {self.on} |"


def span(seeds: Sequence[int]) -> str:
    return f"{seeds[0]}..{seeds[-1]}"


def share(gaps: Sequence[float]) -> str:
    return f"median {100 * median(gaps):.3f} %, worst {100 * max(gaps):.3f} %"


def spread(values: Sequence[float]) -> str:
    return f"median {median(values):.1f}, worst {max(values):.1f}"
