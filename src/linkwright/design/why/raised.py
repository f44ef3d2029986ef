"""A combination that is found soon: own changes of all items, and common limits raised where these are not enough.

Everything is read off designs of all items that exceed the common limits as little as is found without branching, so
there is one whenever every item can be mended alone. Nothing proves that there is no cheaper one.
"""

from collections.abc import Sequence
from dataclasses import replace

from linkwright.design.choice.case import Case, Column
from linkwright.design.choice.choice import broken_rows
from linkwright.design.choice.outcome import design_of
from linkwright.design.limits import Search
from linkwright.design.model import Change, Problem
from linkwright.design.verify.check import check
from linkwright.design.why.asked import Asked
from linkwright.design.why.common import is_rule
from linkwright.design.why.crowd import FREE, Crowd
from linkwright.design.why.narrowed import only
from linkwright.design.why.priced import Priced, as_changed, each_alone, least_changes, with_changes

FEW_LABELS, FEW_NODES = 4_000, 500
"""Of one question about all items together."""


def with_limits_raised(problem: Problem, own: Sequence[Change], names: Sequence[str], asked: Asked) -> Priced | None:
    """What these changes of items change, as far as it is needed still, and common limits of `names` beside it.

    The values of items are those of today's limits, where these are enough. None where limits would have to be raised
    that are rules, or time was short.
    """
    return _Raising(problem, names, asked).best(own)


class _Raising:
    def __init__(self, problem: Problem, names: Sequence[str], asked: Asked) -> None:
        self.problem, self.asked = problem, asked
        self.names = {name for name in names if not name.startswith("site:") and not is_rule(name)}
        self.places = {name: place for place, name in enumerate(names)}
        self.search = _soon(asked.search)
        self.not_least: set[str] = set()
        """The guards of values that may be more generous than they had to be."""

    def best(self, alone: Sequence[Change]) -> Priced | None:
        own = [change.constraint for change in alone]
        changed, aside = self.asked.freed(self.problem, own)
        crowd = Crowd.of(Case(changed, self.asked.graph, aside), self.search)
        common = self._needed(crowd)
        if common is None:
            return None
        if common:
            own = self._still_needed(common, own)
        for make in (self._with_least, self._with_known, self._one_by_one):
            self.not_least.clear()
            self.search.guards.clear()
            changes = make(crowd, common, own, alone)
            guards = frozenset(self.not_least | self.search.guards)
            priced = None if changes is None else self._priced(changes)
            if priced is not None:
                return replace(priced, guards=guards)
        return None

    def _with_least(
        self, crowd: Crowd, common: Sequence[str], own: Sequence[str], _: Sequence[Change]
    ) -> Sequence[Change] | None:
        """Common limits at what is least while items change as much as they can, then what each item needs alone."""
        raised = self._values(crowd, common)
        if raised is None:
            return None
        least = each_alone(with_changes(self.problem, raised), own, self._fresh(), self.problem)
        return None if least is None else [*raised, *least]

    def _with_known(
        self, _: Crowd, common: Sequence[str], own: Sequence[str], alone: Sequence[Change]
    ) -> Sequence[Change] | None:
        """Items change what each of them had to alone, and the same common limits are raised for that."""
        kept = [change for change in alone if change.constraint in own]
        crowd = Crowd.of(Case(with_changes(self.problem, kept), self.asked.graph), self.search)
        if not crowd.is_feasible(common):
            return None
        raised = self._values(crowd, common)
        if raised is None:
            return None
        self.not_least |= {f"least {constraint}" for constraint in common}
        least = each_alone(with_changes(self.problem, raised), own, self._fresh(), self.problem)
        if least is not None:
            return [*raised, *least]
        self.not_least |= {f"least {constraint}" for constraint in (own if common else ())}
        return [*raised, *kept]

    def _one_by_one(
        self, _: Crowd, common: Sequence[str], own: Sequence[str], __: Sequence[Change]
    ) -> Sequence[Change] | None:
        names = sorted([*common, *own], key=self.places.__getitem__)
        return least_changes(self.problem, names, self._fresh(), self.problem)

    def _fresh(self) -> Asked:
        return Asked(self.asked.graph, self.search, instead=self.asked.instead)

    def _needed(self, crowd: Crowd) -> list[str] | None:
        """Common limits that must be raised, of those that the cheapest designs of items exceed."""
        if not crowd.designs:
            return None
        needed = _exceeded(crowd, crowd.designs[0])
        if not self.names.issuperset(needed):
            needed = sorted(self.names)
            if not crowd.is_feasible(needed):
                return None
        for constraint in list(needed):
            rest = [one for one in needed if one != constraint]
            columns = crowd.served(rest) if constraint in needed else None
            if columns is not None:
                needed = _exceeded(crowd, columns)
        return sorted(needed, key=self.places.__getitem__)

    def _values(self, crowd: Crowd, needed: Sequence[str]) -> Sequence[Change] | None:
        """What one design of all items needs that exceeds these limits as little as was found, one after the other."""
        more = dict.fromkeys(needed, FREE)
        for constraint in needed:
            closest = crowd.closest(constraint, {name: raised for name, raised in more.items() if name != constraint})
            if closest.choice is None:
                return None
            more[constraint] = closest.choice.value
            if not (closest.is_settled and crowd.is_even(constraint)):
                self.not_least.add(f"least {constraint}")
        leasts = {constraint: crowd.raised_to(constraint, more[constraint]) for constraint in needed}
        if None not in leasts.values():
            return [Change(constraint=name, value=least.value) for name, least in leasts.items() if least is not None]
        case, optimum = crowd.cheapest(more)
        if optimum.choice is None:
            return None
        crowd.designs.append(optimum.choice.columns)
        violations = check(crowd.problem, design_of(case, optimum.choice.columns)).violations
        values = {one.constraint: int(one.needed) for one in violations if one.needed is not None}
        if not values.keys() <= set(needed) or len(values) < len({one.constraint for one in violations}):
            return None
        return [Change(constraint=name, value=values[name]) for name in needed if name in values]

    def _still_needed(self, common: Sequence[str], own: Sequence[str]) -> list[str]:
        """Who may use what is raised may have less to change."""
        asked, kept = self._fresh(), list(own)
        for name in own:
            rest = [one for one in kept if one != name]
            alone = only(self.problem, [name.removeprefix("site:").rpartition("/")[0]])
            if not asked.fails(alone, [*common, *rest]) and asked.is_feasible(self.problem, [*common, *rest]):
                kept = rest
        return kept

    def _priced(self, changes: Sequence[Change]) -> Priced | None:
        in_order = sorted(changes, key=lambda change: self.places[change.constraint])
        changed = with_changes(self.problem, in_order)
        priced = as_changed(changed, self.asked.graph, in_order, self.search)
        return priced or as_changed(changed, self.asked.graph, in_order, self.asked.search)


def _soon(search: Search) -> Search:
    soon = search.with_labels(FEW_LABELS)
    soon.limits = replace(soon.limits, branches=0, nodes=min(FEW_NODES, soon.limits.nodes))
    return soon


def _exceeded(crowd: Crowd, columns: Sequence[Column]) -> list[str]:
    rows = crowd.case.coupling.rows
    return list(dict.fromkeys(rows[row].constraint for row in broken_rows(crowd.case, columns)))
