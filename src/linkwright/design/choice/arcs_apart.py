"""What items on arcs must not share: a row for each thing that only one of some items may have."""

from collections.abc import Iterator, Mapping, Sequence

from linkwright.design.choice.arc_items import ItemOnArcs
from linkwright.design.choice.arcs import Leg
from linkwright.design.choice.case import Case
from linkwright.design.choice.coupling import Separated
from linkwright.design.choice.programme import Entry, Programme


def keep_apart(case: Case, items: Mapping[str, ItemOnArcs], programme: Programme) -> None:
    """The rows of every rule between items. What is said of every two of a group is said of all of it at once."""
    separated = case.coupling.separated
    rules = {rule.number: rule for name in sorted(separated) for rule in separated[name]}
    groups = [rule for rule in rules.values() if rule.row is None]
    whole = _Having(programme)
    for _, rule in sorted(rules.items()):
        members = [items[name] for name in rule.sides]
        programme.subjects = frozenset(
            one.constraint
            for one in rules.values()
            if one.row is not None and one.apart == rule.apart and set(one.sides) <= set(rule.sides)
        )
        if rule.row is not None:
            _leave_one_unsure(rule, members, programme)
            if any(rule.apart == group.apart and set(rule.sides) <= set(group.sides) for group in groups):
                continue
        _Rule(case, rule, members, whole).keep()


def _leave_one_unsure(rule: Separated, members: Sequence[ItemOnArcs], programme: Programme) -> None:
    """An item that has what does not declare its groups could share them with the other: it takes both of two."""
    entries: list[Entry] = []
    for item in members:
        frames = [
            frame for frame in item.frames if any(_is_unsure(rule, option.undeclared) for option in frame.options)
        ]
        far = [
            leg.on(mode.end.first_far + number)
            for mode in item.modes.values()
            for number, option in enumerate(mode.end.far)
            if _is_unsure(rule, option.undeclared)
            for leg in mode.legs
        ]
        entries += programme.any_of([[frame.variable for frame in frames], *far])
        entries += ((frame.variable, 1.0) for frame in item.frames)
    programme.row(entries, 2)


def _is_unsure(rule: Separated, undeclared: frozenset[str]) -> bool:
    return not rule.apart.kinds.isdisjoint(undeclared)


class _Having:
    """What is 1 if an item has something with any of its legs; the same for all rules."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self._known: dict[tuple[int, str, int, str], list[Entry]] = {}

    def of(self, item: ItemOnArcs, kind: str, index: int, name: str = "") -> list[Entry]:
        key = item.site.index, kind, index, name
        if key not in self._known:
            self._known[key] = self._whole(item, kind, index, name)
        return self._known[key]

    def _whole(self, item: ItemOnArcs, kind: str, index: int, name: str) -> list[Entry]:
        """Legs that cannot have it at once are simply added."""
        legs = [self._of_leg(leg, kind, index, name) for leg in item.legs]
        if _is_of_one(item, kind, name):
            return [(variable, 1.0) for variables in legs for variable in variables]
        return self.programme.any_of(legs)

    def _of_leg(self, leg: Leg, kind: str, index: int, name: str) -> list[int]:
        if kind == "link":
            return leg.on(index)
        if kind == "group":
            return [variable for variable, _ in leg.having(self.programme, name)]
        if kind == "passing":
            return leg.leaving[index]
        return leg.ending(index) if kind == "ending" else leg.beginning_at_the_end(index)


def _is_of_one(item: ItemOnArcs, kind: str, name: str) -> bool:
    """Whether the item's own rules leave at most one of its legs with that."""
    for shape, _ in item.modes:
        own = item.site.demand.shapes[shape]
        if len(own.wishes) == 1:
            continue
        if kind == "link" and own.apart.by_link:
            continue
        if kind in ("passing", "beginning") and own.apart.by_node:
            continue
        if kind == "group" and _is_kept_apart(item, own.apart.kinds, name):
            continue
        return False
    return True


def _is_kept_apart(item: ItemOnArcs, kinds: frozenset[str], name: str) -> bool:
    ends = [mode.end.graph for mode in item.modes.values()]
    marks = frozenset[str]().union(*(graph_marks for graph in ends for graph_marks in graph.marks_of(kinds)))
    return bool(kinds) and name in marks


class _Rule:
    """One rule between some items."""

    def __init__(self, case: Case, rule: Separated, members: Sequence[ItemOnArcs], whole: _Having) -> None:
        self.case = case
        self.rule = rule
        self.members = members
        self.whole = whole

    def keep(self) -> None:
        for entries in self._rows():
            if len({variable for variable, _ in entries}) > 1:
                self.whole.programme.row(entries, 1)

    def _rows(self) -> Iterator[list[Entry]]:
        apart, graph = self.rule.apart, self.case.graph
        if apart.by_link:
            yield from (self._all("link", link) for link in range(len(graph.link_ids)))
        for node in range(len(graph.node_ids)) if apart.by_node else ():
            yield from self._at(node)
        for name in self._marks():
            yield self._all("group", 0, name)

    def _all(self, kind: str, index: int, name: str = "") -> list[Entry]:
        return [entry for item in self.members for entry in self.whole.of(item, kind, index, name)]

    def _at(self, node: int) -> Iterator[list[Entry]]:
        """Where one ends others may end, too, but nobody may pass; and no two may begin there."""
        passing = self._all("passing", node)
        yield passing
        for item in self.members:
            ending = self.whole.of(item, "ending", node)
            if ending:
                yield [*passing, *ending]
        yield self._all("beginning", node)

    def _marks(self) -> list[str]:
        """The groups and technologies that items could have in common."""
        kinds, found = self.rule.apart.kinds, set[str]()
        for item in self.members if kinds else ():
            for mode in item.modes.values():
                found.update(*mode.end.graph.marks_of(kinds))
            found.update(*(item.site.marks(option, kinds) for option in item.site.options))
        return sorted(found)
