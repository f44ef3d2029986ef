"""The cheapest combination of the ways of groups that are not in each other's way, by branch and bound."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import cheapest
from linkwright.design.model import Change, Problem
from linkwright.design.why.asked import Asked
from linkwright.design.why.narrowed import only
from linkwright.design.why.priced import Priced, as_changed, least_changes, with_changes
from linkwright.design.why.severally import Group, Severally, Way

FEW_LABELS = 4_000
"""Of a search for what a design costs at least."""


@dataclass(frozen=True, slots=True, order=True)
class _Branch:
    """Some groups have their way, the others the cheapest and the first by name of theirs: what that counts at least.

    `is_searched`: whether what the settled groups share is in the bound already.
    """

    bound: float
    names: tuple[str, ...]
    taken: tuple[int, ...]
    is_searched: bool = False


class Products:
    """Groups with one way have it from the start; then those whose ways differ most."""

    def __init__(self, problem: Problem, found: Severally, order: Sequence[str], asked: Asked) -> None:
        self.problem, self.found, self.asked = problem, found, asked
        self.places = {name: place for place, name in enumerate(order)}
        ways = found.ways
        self.groups: list[Group] = sorted(ways, key=lambda g: (len(ways[g]) > 1, ways[g][0].bound - ways[g][-1].bound))
        self.settled = sum(len(ways[group]) == 1 for group in self.groups)

    def best(self, most_misses: int = 0, known: Priced | None = None) -> tuple[Priced | None, bool]:
        """The cheapest combination, and whether that is proved; `most_misses`: so many may be impossible.

        `known` is one that need not be a way of each group.
        """
        search = self.asked.search
        first = self._branch((0,) * len(self.groups))
        is_least = self._is_least(first)
        found = self._priced(first) if is_least else None
        misses = int(is_least and found is None)
        best = min((own for own in (found, known) if own is not None), key=lambda own: own.rank, default=None)
        waiting = [self._branch((0,) * self.settled)]
        while waiting and not (best is not None and self._is_worse(waiting[0], best)):
            if search.is_over() or misses > most_misses:
                return best, False
            branch = heapq.heappop(waiting)
            if len(branch.taken) == len(self.groups):
                if branch.taken == first.taken or not self._is_least(branch):
                    continue
                priced = self._priced(branch)
                misses += priced is None
                if priced is not None and (best is None or priced.rank < best.rank):
                    best = priced
            elif branch.is_searched:
                for further in self._next(branch):
                    heapq.heappush(waiting, further)
            else:
                heapq.heappush(waiting, self._searched(branch))
        return best, not misses

    def _is_worse(self, branch: _Branch, best: Priced) -> bool:
        """No branch that is still waiting has a combination of a better rank."""
        if branch.bound != best.value or self.problem.goal.kind != "cost":
            return branch.bound > best.value
        return branch.names >= best.rank[-1]

    def _next(self, branch: _Branch) -> Iterator[_Branch]:
        for number in range(len(self._ways(len(branch.taken)))):
            yield self._branch((*branch.taken, number), branch.bound)

    def _ways(self, place: int) -> Sequence[Way]:
        return self.found.ways[self.groups[place]]

    def _taken(self, branch: _Branch) -> list[Way]:
        return [self._ways(place)[number] for place, number in enumerate(branch.taken)]

    def _branch(self, taken: tuple[int, ...], least: float = 0.0) -> _Branch:
        own = [self._ways(place)[number] for place, number in enumerate(taken)]
        rest = [self._ways(place) for place in range(len(taken), len(self.groups))]
        bound = sum(way.bound for way in own) + sum(ways[0].bound for ways in rest)
        names = [name for way in own for name in way.names]
        names += [name for ways in rest for name in min(way.names for way in ways)]
        return _Branch(max(bound, least), tuple(sorted(set(names))), taken)

    def _searched(self, branch: _Branch) -> _Branch:
        """With what the items of the settled groups count together at least, whatever the others change."""
        items = [site_id for place in range(len(branch.taken)) for site_id in self.groups[place]]
        rest = sum(self._ways(place)[0].bound for place in range(len(branch.taken), len(self.groups)))
        bound = branch.bound
        if items:
            some = with_changes(only(self.problem, items), [c for way in self._taken(branch) for c in way.changes])
            case = Case(some, self.asked.graph, self.found.raised)
            bound = max(bound, rest + cheapest(case, self.asked.search.with_labels(FEW_LABELS)).bound)
        return _Branch(bound, branch.names, branch.taken, is_searched=True)

    def _is_least(self, branch: _Branch) -> bool:
        """Whether there is no union of other ways in it: what one group raises may be enough for another, too."""
        names = {name for way in self._taken(branch) for name in way.names}
        common = [name for name in names if not name.startswith("site:")]
        return not any(self._have_ways(names - {left_out}) for left_out in (names if common else ()))

    def _have_ways(self, names: set[str]) -> bool:
        return all(any(names.issuperset(way.names) for way in ways) for ways in self.found.ways.values())

    def _priced(self, branch: _Branch) -> Priced | None:
        """Where a common limit is raised, it may leave items less to change than each had to alone.

        Two groups that are in each other's way may both raise it; then one of them may do.
        """
        ways = self._taken(branch)
        own = (change for way in ways for change in way.changes)
        changes: Sequence[Change] | None = sorted(own, key=lambda change: self.places[change.constraint])
        if any(way.common for way in ways):
            if not self.found.go_together:
                return None
            names = sorted({name for way in ways for name in way.names}, key=self.places.__getitem__)
            changes = least_changes(self.problem, names, self.asked, self.problem)
        if changes is None:
            return None
        return as_changed(with_changes(self.problem, changes), self.asked.graph, changes, self.asked.search)
