"""Items that can be mended each by itself: then the least sets of the whole are one of each group, put together.

What serves all items serves those of a group, so every set that is enough for the whole holds one that is enough for
each group. Where a design of each group under each of its least sets is known, and these keep the common limits
however they are put together, all such unions are enough; then there are no other least sets, and the values that are
least for the groups are least for the whole. Groups that may be in each other's way are explained as one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from linkwright.design.choice.alone import cheapest_of_each
from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.cheapest import carried, cheapest
from linkwright.design.choice.optimise import is_feasible
from linkwright.design.model import Change, Problem
from linkwright.design.rules.screen import NOTHING_DROPPED
from linkwright.design.why.asked import Asked
from linkwright.design.why.corrections import Changeable, Corrections, corrections
from linkwright.design.why.fitting import Fitting
from linkwright.design.why.narrowed import offers_of, only
from linkwright.design.why.priced import Alone, as_if_alone, least_changes, with_changes
from linkwright.design.why.shrunk import shrunk
from linkwright.design.why.valued import is_choosy

Group = tuple[str, ...]
FEW_LABELS = 4_000
"""Of one question about items together; where that leaves it open, not all least sets are known."""
MOST_WAYS = 200
"""Of more least sets than this a group has ways only for those that may be cheapest."""
FEW_WAYS = 20
MOST_OPEN = 1
"""So many questions about a group may be left open before no more are asked."""


@dataclass(frozen=True, slots=True)
class Way:
    """A least set of one group with its least values, and what all its items count at least under these."""

    changes: tuple[Change, ...]
    bound: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(change.constraint for change in self.changes))

    @property
    def common(self) -> Sequence[Change]:
        return [change for change in self.changes if not change.constraint.startswith("site:")]


@dataclass(frozen=True, slots=True)
class Severally:
    """Groups of items with the ways of each, the cheapest first; none where not all are known.

    `go_together`: whether any ways do. `raised`: the common limits that some way changes. `alone`: the least values of
    single items. `conflicts`: what is known of these. `whole`: the least sets of all items, where they are one group.
    """

    ways: Mapping[Group, Sequence[Way]] = field(default_factory=dict)
    go_together: bool = False
    raised: frozenset[str] = frozenset()
    alone: Alone = field(default_factory=dict)
    conflicts: Sequence[Sequence[str]] = ()
    guards: frozenset[str] = frozenset()
    """Of the searches for least values."""
    whole: Corrections | None = None
    grow: Callable[[], "Severally"] | None = None
    """Looks for larger groups that go together, where some of one item each do not or not all their ways are known."""


def severally(problem: Problem, among: Changeable, asked: Asked) -> Severally:
    """The ways of single items, as far as they are found soon."""
    if len(problem.sites) == 1 or _depend_on_each_other(problem):
        return Severally()
    return _Grouping(problem, among, asked).of_each()


class _Grouping:
    """What is known of groups while they grow."""

    def __init__(self, problem: Problem, among: Changeable, asked: Asked) -> None:
        self.problem, self.among, self.asked = problem, among, asked
        self.known: dict[Group, Sequence[Way]] = {}
        self.alone: dict[frozenset[str], Sequence[Change]] = {}
        self.conflicts: list[Sequence[str]] = []
        self.guards: set[str] = set()
        self.open: set[Group] = set()
        """Those of which there may be other ways."""

    def of_each(self) -> Severally:
        groups: list[Group] = [(site.id,) for site in self.problem.sites]
        for group in groups:
            self._learn(group, FEW_LABELS)
        if not all(self.known[group] for group in groups):
            return self._known(Severally())
        best, competing = self._together(groups)
        if best.go_together:
            return self._known(best)
        return self._known(replace(best, grow=partial(self._grown, groups, best, competing)))

    def _grown(self, groups: list[Group], best: Severally, competing: Sequence[frozenset[Group]] | None) -> Severally:
        """The same of larger groups; those of one item if these do not go together either, or are not known."""
        if self.open:
            for group in sorted(self.open):
                self._learn(group, None)
            best, competing = self._together(groups)
        found = best
        while competing and not self.open and not found.go_together and not self.asked.search.is_over():
            groups = _merged(self.problem, groups, competing)
            if len(groups) == 1:
                return self._known(best, whole=self._corrections(groups[0], FEW_LABELS))
            for group in groups:
                if group not in self.known:
                    self._learn(group, FEW_LABELS)
                if group in self.open or not self.known[group]:
                    return self._known(best)
            found, competing = self._together(groups)
        return self._known(found if found.go_together else best)

    def _together(self, groups: Sequence[Group]) -> tuple[Severally, list[frozenset[Group]] | None]:
        """With the groups that may be in each other's way; None where that is not known."""
        together = _Together(self.problem, {group: self.known[group] for group in groups}, self.asked)
        competing = None if self.open else together.competing()
        return replace(together.found(), go_together=competing == []), competing

    def _known(self, best: Severally, whole: Corrections | None = None) -> Severally:
        return replace(best, alone=self.alone, conflicts=self.conflicts, guards=frozenset(self.guards), whole=whole)

    def _learn(self, group: Group, labels: int | None) -> None:
        """The ways of a group, of more sets than can be priced those that may be cheapest."""
        own = only(self.problem, group)
        found = self._corrections(group, labels)
        sets = found.sets
        if len(sets) > MOST_WAYS:
            sets = [needed for _, needed in self._bounded(own, sets)[:FEW_WAYS]]
        elif not sets and not found.are_all:
            sets = self._some_set(own)
        self.known[group] = self._ways(group, sets)
        is_known = found.are_all and len(found.sets) == len(self.known[group])
        (self.open.discard if is_known else self.open.add)(group)

    def _corrections(self, group: Group, labels: int | None) -> Corrections:
        """With so few labels some questions may be left open, but not many."""
        own = only(self.problem, group)
        there = set(self.asked.everything(own))
        known = [one for one in self.conflicts if there.issuperset(one)]
        asked = self.asked if labels is None else self._soon(labels)
        found = corrections(own, replace(self.among, names=self._names(own)), asked, known, self.alone)
        self.conflicts += [one for one in found.conflicts if one not in self.conflicts]
        return found

    def _names(self, own: Problem) -> list[str]:
        there = set(self.asked.everything(own))
        return [name for name in self.among.names if name in there]

    def _soon(self, labels: int) -> Asked:
        return replace(self.asked, search=self.asked.search.with_labels(labels), may_be_open=MOST_OPEN)

    def _bounded(self, own: Problem, sets: Sequence[Sequence[str]]) -> list[tuple[float, Sequence[str]]]:
        """The cheapest first, by what a design costs at least once they are set aside."""
        bounds: list[tuple[float, Sequence[str]]] = []
        soon = self.asked.search.with_labels(FEW_LABELS)
        for needed in sets:
            changed, aside = self.asked.freed(own, needed)
            bounds.append((cheapest(Case(changed, self.asked.graph, aside), soon).bound, needed))
        return sorted(bounds)

    def _some_set(self, own: Problem) -> Sequence[Sequence[str]]:
        """What is left over when constraints are put back into force; first without those that are hard to value."""
        names = self._names(own)
        for some in ([name for name in names if not is_choosy(own, name)], names):
            asked = self._soon(FEW_LABELS)
            if asked.is_feasible(own, some):
                return [shrunk(some, lambda kept, asked=asked: asked.is_feasible(own, kept) is True)]  # type: ignore[misc]
        return []

    def _ways(self, group: Group, sets: Sequence[Sequence[str]]) -> Sequence[Way]:
        """The least sets of a group with their values, as far as they are found."""
        ways: list[Way] = []
        for needed in sets:
            changes = self._changes(only(self.problem, group), needed)
            if changes is None or self.asked.search.is_over():
                continue
            if len(group) == 1:
                self.alone[frozenset(needed)] = changes
            ways.append(Way(tuple(changes)))
        return ways

    def _changes(self, own: Problem, needed: Sequence[str]) -> Sequence[Change] | None:
        asked = self.asked
        known = as_if_alone(needed, self.alone)
        if known is not None and is_feasible(with_changes(own, known), asked.graph, NOTHING_DROPPED, asked.search):
            return known
        search = asked.search
        asked.search = replace(search, guards=set())
        changes = least_changes(own, needed, asked, self.problem)
        if not asked.search.is_over():
            self.guards |= asked.search.guards
        asked.search = search
        return changes


def _depend_on_each_other(problem: Problem) -> bool:
    """Whether an item may be served because of another, or is kept apart from it: then none is explained alone."""
    return bool(problem.apart or problem.meets or any(site.frees for site in problem.sites))


def _merged(problem: Problem, groups: Sequence[Group], competing: Sequence[frozenset[Group]]) -> list[Group]:
    """One group of those that compete for something."""
    merged = [set(group) for group in groups]
    for those in competing:
        members = {site for group in those for site in group}
        apart = [group for group in merged if group.isdisjoint(members)]
        merged = [*apart, members.union(*(group for group in merged if not group.isdisjoint(members)))]
    places = {site.id: place for place, site in enumerate(problem.sites)}
    return sorted((tuple(sorted(group, key=places.__getitem__)) for group in merged), key=lambda g: places[g[0]])


class _Together:
    """All ways of all groups in one case, each with items of its own name, so that what they take can be compared."""

    def __init__(self, problem: Problem, ways_of: Mapping[Group, Sequence[Way]], asked: Asked) -> None:
        self.ways_of, self.graph = ways_of, asked.graph
        self.search = replace(asked.search, guards=set())
        changes = [change for ways in ways_of.values() for way in ways for change in way.common]
        self.raised = frozenset(change.constraint for change in changes)
        self.all = _with_all_ways(problem, ways_of)
        self.case = Case(self.all, asked.graph, elastic=self.raised)

    def found(self) -> Severally:
        """The cheapest ways of each group first; what one raises may serve the others, too."""
        bounds = {
            site.site.id: bound
            for site, (bound, _) in zip(self.case.sites, cheapest_of_each(self.case, self.search), strict=True)
        }
        found: dict[Group, Sequence[Way]] = {}
        for group, ways in self.ways_of.items():
            priced = [
                replace(way, bound=sum(bounds[name] for name in _names(group, number)))
                for number, way in enumerate(ways)
            ]
            found[group] = sorted(priced, key=lambda way: (way.bound, way.names))
        return Severally(found, raised=self.raised)

    def competing(self) -> list[frozenset[Group]] | None:
        """Groups that may take too much of something together; None where some way has no design that is known."""
        designs: dict[int, Sequence[Sequence[Column]]] = {}
        fixed: set[tuple[int, int]] = set()
        for place, (group, ways) in enumerate(self.ways_of.items()):
            found = [self._columns(group, number, way) for number, way in enumerate(ways)]
            designs[place] = [columns for columns in found if columns is not None]
            if len(designs[place]) < len(ways):
                return None
            fixed.update((place, number) for number, way in enumerate(ways) if way.common)
        competing = Fitting(self.case, designs, self.search).competing(fixed)
        groups = list(self.ways_of)
        if any(len(those) < 2 for those in competing):
            return None
        return [frozenset(groups[place] for place in those) for those in competing]

    def _columns(self, group: Group, number: int, way: Way) -> Sequence[Column] | None:
        """The cheapest design of the items of one way, as if there were no others."""
        case = Case(with_changes(only(self.all, _names(group, number)), way.common), self.graph)
        choice = cheapest(case, self.search).choice
        found = () if choice is None else tuple(carried(case, choice.columns, self.case))
        return found if len(found) == len(group) else None


def _names(group: Group, way: int) -> list[str]:
    """How the items of a group are called that go one of its ways."""
    return [f"{way}:{site_id}" for site_id in group]


def _with_all_ways(problem: Problem, ways_of: Mapping[Group, Sequence[Way]]) -> Problem:
    sites, options = [], []
    for group, ways in ways_of.items():
        for number, way in enumerate(ways):
            own = [change for change in way.changes if change.constraint.startswith("site:")]
            for name, site in zip(_names(group, number), with_changes(only(problem, group), own).sites, strict=True):
                sites.append(replace(site, id=name))
                offers = offers_of(problem, site.id)
                options += [replace(option, id=f"{number}:{option.id}", site=name) for option in offers]
    return replace(problem, sites=tuple(sites), access_options=tuple(options))
