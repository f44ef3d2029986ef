"""Items that are kept apart, all at once: one integer programme over the arcs of the network.

Prices say little about what only one of some items may pass, so columns that are asked for by price come in vain again
and again. On arcs such a thing is one row. What an item's several legs may have in common is not told there: a design
that is refused when it is finished is forbidden, and the next is asked for.
"""

from collections.abc import Sequence
from math import ceil, inf
from typing import NamedTuple

from linkwright.design.choice.arc_items import ItemOnArcs, Takes
from linkwright.design.choice.arc_space import Arc
from linkwright.design.choice.arcs import Leg
from linkwright.design.choice.arcs_apart import keep_apart
from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.choice import Core, Objective, broken_rows, slack_of
from linkwright.design.choice.drafts import columns_of
from linkwright.design.choice.programme import Programme
from linkwright.design.choice.refused import Refused, refused
from linkwright.design.limits import Search

MOST_ARCS, FEW_ARCS = 30_000, 12_000
"""Of the ways of all legs together; in larger networks prices tell more. Few are looked at before any price is."""
NODES = 5_000
MOST_REFUSED = 60
"""So often a design is asked for instead of one that was refused."""
HALF = 0.5
ROUNDING = 1e-5


class OnArcs(NamedTuple):
    """A bound for all choices, and the columns of the best one that was found (None: none was).

    `core` tells what a proof leaned on that there is no choice, where that is known.
    """

    bound: float
    columns: tuple[Column, ...] | None
    core: Core | None = None


def best_on_arcs(case: Case, objective: Objective, search: Search, *, serves_all: bool) -> OnArcs | None:
    """The choice of least objective; `serves_all`: among those that serve every site, whatever the objective allows.

    None where it is not for such a case.
    """
    return _Programme(case, objective, serves_all=serves_all).best(search) if is_suitable(case) else None


def is_suitable(case: Case, most_arcs: int = MOST_ARCS) -> bool:
    """Whether there are not too many arcs, and no leg may have to lead beyond a goal."""
    if any(site.demand.has_differential and len(end.goals) > 1 for site in case.sites for end in site.ends):
        return False
    legs = sum(len(site.ends) * len(shape.wishes) for site in case.sites for shape in site.demand.shapes)
    return 2 * legs * len(case.graph.link_ids) <= most_arcs


class _Programme:
    def __init__(self, case: Case, objective: Objective, *, serves_all: bool) -> None:
        self.case = case
        self.objective = objective
        self.programme = Programme()
        self.takes = Takes()
        self.items = [ItemOnArcs(case, site, objective.scale, self.programme, self.takes) for site in case.sites]
        self._choose_one_design_each(serves_all=serves_all or objective.unserved is None)
        self._open()
        keep_apart(case, {item.site.site.id: item for item in self.items}, self.programme)
        for row, entries in sorted(self.takes.by_row.items()):
            self.programme.subjects = frozenset({case.coupling.rows[row].constraint})
            self.programme.row(entries, case.coupling.rows[row].limit)

    def best(self, search: Search) -> OnArcs:
        """Until a choice keeps every rule; what is refused is forbidden with all its parts."""
        bound = -inf
        for _ in range(MOST_REFUSED):
            solved = self.programme.solve(min(NODES, search.limits.nodes), search.left_s())
            bound = max(bound, _whole(solved.bound))
            if solved.values is None:
                return OnArcs(bound, None, self._core() if bound == inf else None)
            chosen = [self._of_item(item, solved.values) for item in self.items]
            lessons = [own for _, own_lessons in chosen for own in own_lessons]
            if not lessons:
                return OnArcs(bound, self._checked([column for column, _ in chosen if column is not None]))
            for own in lessons:
                self.programme.forbid(own.arcs, own.frames)
            if search.is_over():
                break
        return OnArcs(bound, None)

    def _core(self) -> Core | None:
        blamed = self.programme.blamed()
        if blamed is None:
            return None
        sites = tuple(site.index for site in self.case.sites if f"site:{site.site.id}" in blamed)
        common = {row.constraint for row in self.case.coupling.rows if row.constraint}
        return Core(sites, frozenset(blamed & common)) if sites else None

    def _choose_one_design_each(self, *, serves_all: bool) -> None:
        programme, objective = self.programme, self.objective
        alone = [] if serves_all else [programme.yes(objective.unserved or 0) for _ in self.items]
        for number, item in enumerate(self.items):
            programme.subjects = frozenset({f"site:{item.site.site.id}"})
            programme.row(
                [(own, 1.0) for own in (*(f.variable for f in item.frames), *alone[number : number + 1])], 1, 1
            )
        if objective.most_unserved is not None:
            programme.row([(own, 1.0) for own in alone], objective.most_unserved)

    def _open(self) -> None:
        for opening in self.case.coupling.openings:
            self.takes.add(self.programme.yes(self.objective.scale * opening.worth), opening.uses)
        for slack in slack_of(self.case, self.objective):
            self.takes.add(self.programme.amount(slack.worth), slack.uses)

    def _of_item(self, item: ItemOnArcs, values: Sequence[float]) -> tuple[Column | None, Sequence[Refused]]:
        """Its design, or what its refusal teaches; neither where it has none."""
        for mode in item.modes.values():
            for frame in mode.frames:
                if values[frame.variable] > HALF:
                    ways = [_way(leg, option.pop, values) for leg, option in zip(mode.legs, frame.options, strict=True)]
                    paths = tuple(tuple(link for link, _ in way) for way in ways)
                    found = dict(columns_of(self.case, item.site, frame.place, paths))
                    column = found.get(frame.cpe)
                    return column, () if column is not None else list(refused(item, mode, frame, ways, list(found)))
        return None, ()

    def _checked(self, columns: Sequence[Column]) -> tuple[Column, ...] | None:
        """None where rounding breaks a limit."""
        rows = self.case.coupling.rows
        broken = (rows[row].constraint for row in broken_rows(self.case, columns))
        return None if any(constraint != self.objective.elastic for constraint in broken) else tuple(columns)


def _way(leg: Leg, start: int, values: Sequence[float]) -> list[Arc]:
    """The arcs that a leg follows from its start; a circle elsewhere leads nowhere."""
    node, way = start, list[Arc]()
    while node not in leg.goals:
        link = next(link for link, _ in leg.graph.arcs[node] if _is_on((link, node), leg, values))
        way.append((link, node))
        node = leg.graph.other_end(link, node)
    return way


def _is_on(arc: Arc, leg: Leg, values: Sequence[float]) -> bool:
    return arc in leg.arcs and values[leg.arcs[arc]] > HALF


def _whole(bound: float) -> float:
    """Every objective is a sum of integers."""
    return bound if bound in (inf, -inf) else float(ceil(bound - ROUNDING - 1e-11 * abs(bound)))
