"""Several constraints changed at once: their least values one after the other, and the best design under these."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import cheapest, gap_of, true_design
from linkwright.design.choice.optimise import is_feasible
from linkwright.design.limits import Search
from linkwright.design.model import Change, Combination, Problem
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.rules import own_rule
from linkwright.design.rules.screen import BANDWIDTHS, NOTHING_DROPPED
from linkwright.design.why.asked import Asked
from linkwright.design.why.least import least_value
from linkwright.design.why.narrowed import only, site_of
from linkwright.design.why.relaxed import Value, with_value
from linkwright.design.why.valued import is_choosy, least_beside

Rank = tuple[int, int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Priced:
    """`value` is what the goal counts: the cost, or another sum of money. `guards`: of its values."""

    value: int
    combination: Combination
    guards: frozenset[str] = frozenset()

    @property
    def rank(self) -> Rank:
        names = sorted(change.constraint for change in self.combination.changes)
        return self.value, self.combination.cost_minor, tuple(names)


Alone = Mapping[frozenset[str], Sequence[Change]]
"""The least values of least sets of single items."""


def as_if_alone(needed: Sequence[str], alone: Alone) -> tuple[Change, ...] | None:
    """The least values that each item has for itself: where all of them together are enough, there are no lesser ones.

    None where that is not known of some item, or something common is to be changed: of that an item needs less where
    its own rules change beside it.
    """
    if not all(name.startswith("site:") for name in needed):
        return None
    parts: dict[str, set[str]] = defaultdict(set)
    for constraint in needed:
        parts[constraint.rpartition("/")[0]].add(constraint)
    own = [alone.get(frozenset(part)) for part in parts.values()]
    values = {change.constraint: change for changes in own if changes is not None for change in changes}
    return None if None in own else tuple(values[constraint] for constraint in needed)


def least_changes(problem: Problem, needed: Sequence[str], asked: Asked, whole: Problem) -> tuple[Change, ...] | None:
    """Each at its least generous value while those after it are set aside; of values that `whole` knows.

    Common limits come first. After these each item is asked alone: what each needs is least if it is enough for all.
    Where what is least while others are set aside leaves these no value, values of the others are tried with each.
    """
    found = _least_while_aside(problem, needed, asked, whole)
    if found is None and any(is_choosy(problem, name) for name in needed):
        return _least_beside(problem, needed, asked, whole)
    return found


def _least_while_aside(
    problem: Problem, needed: Sequence[str], asked: Asked, whole: Problem
) -> tuple[Change, ...] | None:
    common = [name for name in needed if not name.startswith("site:")]
    own = needed[len(common) :]
    first = _one_by_one(problem, needed, len(common), asked, whole)
    if first is None or not own:
        return first
    problem = with_changes(problem, first)
    rest = each_alone(problem, own, asked, whole) if len(problem.sites) > 1 else None
    rest = rest or _one_by_one(problem, own, len(own), asked, whole)
    return None if rest is None else (*first, *rest)


def _one_by_one(
    problem: Problem, needed: Sequence[str], count: int, asked: Asked, whole: Problem
) -> tuple[Change, ...] | None:
    """So many of the first, each while those after it are set aside."""

    def while_aside(changed: Problem, constraint: str, rest: Sequence[str]) -> Value | None:
        others, aside = asked.freed(changed, rest)
        least = least_value(others, asked.graph, constraint, aside, asked.search)
        return None if least is None else least.value

    return _in_turn(problem, needed, count, whole, while_aside)


def _least_beside(problem: Problem, needed: Sequence[str], asked: Asked, whole: Problem) -> tuple[Change, ...] | None:
    """Each under some values of those after it."""

    def beside(changed: Problem, constraint: str, rest: Sequence[str]) -> Value | None:
        return least_beside(changed, constraint, rest, asked)

    return _in_turn(problem, needed, len(needed), whole, beside)


def _in_turn(
    problem: Problem,
    needed: Sequence[str],
    count: int,
    whole: Problem,
    least: Callable[[Problem, str, Sequence[str]], Value | None],
) -> tuple[Change, ...] | None:
    changes: list[Change] = []
    for place, constraint in enumerate(needed[:count]):
        found = least(problem, constraint, needed[place + 1 :])
        value = None if found is None else _known_to(whole, constraint, found)
        if value is None:
            return None
        changes.append(Change(constraint=constraint, value=value))
        problem = with_value(problem, constraint, value)
    return tuple(changes)


def each_alone(problem: Problem, needed: Sequence[str], asked: Asked, whole: Problem) -> tuple[Change, ...] | None:
    """None where an item alone needs less, where what each needs is not enough for all, or one may serve another."""
    if any(site.frees for site in problem.sites):
        return None
    fresh = Asked(asked.graph, asked.search, instead=asked.instead)
    values: dict[str, Change] = {}
    for site in problem.sites:
        part = [name for name in needed if name.rpartition("/")[0] == f"site:{site.id}"]
        if not part:
            continue
        alone = only(problem, [site.id])
        if any(not fresh.fails(alone, [name for name in part if name != left]) for left in part):
            return None
        own = _one_by_one(alone, part, len(part), fresh, whole)
        if own is None:
            return None
        values.update((change.constraint, change) for change in own)
    changes = tuple(values[name] for name in needed)
    return changes if _are_enough(problem, changes, asked) else None


def _are_enough(problem: Problem, changes: Sequence[Change], asked: Asked) -> bool:
    return is_feasible(with_changes(problem, changes), asked.graph, NOTHING_DROPPED, asked.search) is True


def _known_to(whole: Problem, constraint: str, value: Value) -> Value | None:
    """An item alone may ask for any bandwidth, one of several only for what some part carries."""
    if len(whole.sites) == 1 or constraint.rpartition("/")[2] not in BANDWIDTHS:
        return value
    rule, site_id = own_rule(constraint), constraint.removeprefix("site:").rpartition("/")[0]
    values = () if rule.values is None else rule.values(whole, site_of(whole, site_id))
    return next((mbps for mbps in values if int(mbps) <= int(value)), None)


def with_changes(problem: Problem, changes: Sequence[Change]) -> Problem:
    for change in changes:
        problem = with_value(problem, change.constraint, change.value)
    return problem


def as_changed(problem: Problem, graph: Graph, changes: Sequence[Change], search: Search) -> Priced | None:
    """These changes with the best design of the problem that they have made."""
    case = Case(problem, graph)
    optimum = cheapest(case, search)
    if optimum.choice is None:
        return None
    design, verdict = true_design(problem, case, optimum.choice)
    gap = gap_of(optimum.choice.value, optimum.bound)
    made = Combination(changes=tuple(changes), cost_minor=verdict.cost_minor, gap=gap, design=design)
    return Priced(verdict.value, made)
