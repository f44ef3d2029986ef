"""The rows of a problem while they are being made: what each part of the making adds to."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from linkwright.design.choice.coupling import Coupling, Opening
from linkwright.design.model import AccessOption, Augment, Build, Problem, Site
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.screen import Dropped
from linkwright.design.rules.weights import weights_of
from linkwright.design.units import total_cost_minor

Key = tuple[Hashable, ...]
Usable = Mapping[str, Sequence[AccessOption]]


@dataclass(frozen=True, slots=True)
class Making:
    problem: Problem
    graph: Graph
    usable: Usable
    dropped: Dropped
    coupling: Coupling
    most: Mapping[Key, int]
    """By key more than all sites together can ever use."""

    def row(self, constraint: str, limit: int | None, most: int) -> int | None:
        if limit is None or most <= limit or constraint in self.dropped:
            return None
        return self.coupling.add(constraint, limit)

    def open(self, kind: str, id: str, paid: Build | Augment, room: Sequence[tuple[int, int]]) -> None:
        cost_minor = total_cost_minor(paid.nrc_minor, paid.mrc_minor, self.problem.term_months)
        money = self.coupling.of_money(paid.nrc_minor, paid.mrc_minor, cost_minor)
        worth = weights_of(self.problem).of(paid.nrc_minor, paid.mrc_minor)
        self.coupling.openings.append(Opening(kind, id, worth, tuple(sorted((*room, *money)))))

    def give(self, site: Site, row: int, amount: int) -> None:
        """The present service of a site gives that much back."""
        coupling = self.coupling
        coupling.gives[site.id] = (*coupling.gives.get(site.id, ()), (row, -amount))
        coupling.given[row] += amount
