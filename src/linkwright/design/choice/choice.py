"""What is to be as small as possible, and a choice of columns with all that it opens, breaks and costs, in integers."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import inf

from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.coupling import Opening


@dataclass(frozen=True, slots=True)
class Objective:
    """What is to be as small as possible.

    `scale` 1: what counts towards the goal, 0: nothing but the following. `unserved`: what leaving a site without a
    design counts, None where that is forbidden; `most_unserved` limits how many. `elastic` names one constraint that
    may be exceeded; then each unit of excess counts `excess`.
    """

    scale: int = 1
    unserved: int | None = None
    most_unserved: int | None = None
    elastic: str | None = None
    excess: int = 1


CHEAPEST = Objective()
MOST_SITES = Objective(scale=0, unserved=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """An integer solution: a column for each served site, and the value of its objective."""

    columns: tuple[Column, ...]
    unserved: tuple[int, ...]
    value: int


@dataclass(frozen=True, slots=True)
class Relaxed:
    """A solved linear programme: duals by row of the coupling (not negative), by site, and of the unserved limit."""

    value: float
    duals: list[float]
    site_duals: list[float]
    unserved_dual: float
    unserved: float
    opened: list[float]
    """By opening, how far it is opened."""
    taken: list[float]
    """By column of the pool, how much of it is taken."""


@dataclass(frozen=True, slots=True)
class Core:
    """Sites (by their positions) and common limits that seem to be enough to make a case infeasible: a hint."""

    sites: tuple[int, ...]
    constraints: frozenset[str]


@dataclass(frozen=True, slots=True)
class Proof:
    """What a bound comes from: the price of each row, and the least price of each site at them."""

    duals: tuple[float, ...]
    least: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best choice (None: there is none, or none was found) and a bound for all choices: inf if there is none.

    `core` goes with a bound that leaves sites unserved; `pool` holds every column that was looked at.
    """

    choice: Choice | None
    bound: float
    core: Core | None = None
    pool: tuple[Column, ...] = ()
    proof: Proof | None = None

    @property
    def is_settled(self) -> bool:
        return self.bound == inf or (self.choice is not None and self.bound >= self.choice.value)


def opened_by(case: Case, columns: Iterable[Column]) -> list[Opening]:
    """The openings that these columns need: builds that they use, augments of links that they overload."""
    load: dict[int, int] = defaultdict(int)
    for column in columns:
        for row, amount in column.uses:
            load[row] += amount
    rows, openings = case.coupling.rows, case.coupling.openings
    needed: set[int] = set()
    while True:
        more = [
            number
            for number, opening in enumerate(openings)
            if number not in needed
            and any(amount < 0 and load.get(row, 0) > rows[row].limit for row, amount in opening.uses)
        ]
        if not more:
            return [openings[number] for number in sorted(needed)]
        for number in more:
            needed.add(number)
            for row, amount in openings[number].uses:
                load[row] += max(0, amount)


def worth_of(case: Case, columns: Iterable[Column]) -> int:
    """What these columns count towards the goal with all that they open."""
    columns = list(columns)
    return sum(column.worth for column in columns) + sum(opening.worth for opening in opened_by(case, columns))


def excess(case: Case, columns: Iterable[Column], slack: Opening) -> int:
    """By how much these columns, with all that they open, go over the rows of an elastic constraint."""
    columns = list(columns)
    over = {row: -case.coupling.rows[row].limit for row, _ in slack.uses}
    for used in [column.uses for column in columns] + [opening.uses for opening in opened_by(case, columns)]:
        for row, amount in used:
            if row in over:
                over[row] += amount
    return max(0, *over.values()) if over else 0


def broken_rows(case: Case, columns: Iterable[Column]) -> list[int]:
    """Rows that these columns break although everything is opened that they need."""
    columns = list(columns)
    load: dict[int, int] = defaultdict(int)
    for used in [column.uses for column in columns] + [opening.uses for opening in opened_by(case, columns)]:
        for row, amount in used:
            load[row] += amount
    return sorted(row for row, amount in load.items() if amount > case.coupling.rows[row].limit)


def slack_of(case: Case, objective: Objective) -> list[Opening]:
    if objective.elastic is None:
        return []
    rows = [row for row, own in enumerate(case.coupling.rows) if own.constraint == objective.elastic]
    return [Opening("slack", objective.elastic, objective.excess, tuple((row, -1) for row in rows))]


def value_of(
    case: Case, objective: Objective, openings: Iterable[Opening], columns: Iterable[Column], unserved: Collection[int]
) -> int:
    """The objective of a choice in exact integers (without the penalty of sites that must be served).

    `openings` with those that stand for an excess.
    """
    columns = list(columns)
    value = (objective.unserved or 0) * len(unserved)
    if objective.scale:
        value += worth_of(case, columns)
    return value + sum(
        opening.worth * excess(case, columns, opening) for opening in openings if opening.kind == "slack"
    )
