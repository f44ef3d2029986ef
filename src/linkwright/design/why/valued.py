"""Constraints that have no most generous value: what is possible once they are set aside may not be under any value.

A weaker diversity asks for two legs or for one, and neither does for all; a period has to begin after a date that may
change with it; who starts later gives back later. So values of these are tried together, one after the other: where
nothing is possible under a few of them although the rest is as free as can be, no more are tried beside these.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from linkwright.design.choice.ideal import figure_of
from linkwright.design.choice.optimise import is_feasible
from linkwright.design.model import Problem
from linkwright.design.rules.apart import weakest
from linkwright.design.rules.figures import UNSOUND
from linkwright.design.rules.rules import own_rule
from linkwright.design.why.asked import Asked
from linkwright.design.why.common import is_rule
from linkwright.design.why.least import first_value, least_value
from linkwright.design.why.narrowed import site_of
from linkwright.design.why.relaxed import Value, with_value

MOST_TOGETHER = 64
"""So many questions are asked about values of several constraints together."""
MEMBERS = {"date": "required_day", "period": "end_day", "diversity": "diversity"}
"""Of an item, by the constraint that has no most generous value."""


def values_of(problem: Problem, constraint: str) -> Sequence[Value] | None:
    """The values that a constraint could have, the least generous first; None where any number could be one.

    Of a period those that it could have beside any date.
    """
    if not constraint.startswith("site:"):
        return () if is_rule(constraint) else None
    if not constraint.endswith("/period"):
        return _values_now(problem, constraint)
    date = _beside(constraint, "date")
    dated = [problem, *(with_value(problem, date, day) for day in _values_now(problem, date) or ())]
    days = {day for one in dated for day in _values_now(one, constraint) or ()}
    return sorted(days, key=int, reverse=True)


def _values_now(problem: Problem, constraint: str) -> Sequence[Value] | None:
    values = own_rule(constraint).values if constraint.startswith("site:") else None
    return None if values is None else values(problem, site_of(problem, _site_id(constraint)))


def is_choosy(problem: Problem, constraint: str, aside: Iterable[str] = ()) -> bool:
    """Whether no value of it is the most generous one while these may change as well."""
    if not constraint.startswith("site:"):
        return False
    if constraint.endswith("/date"):
        return _beside(constraint, "period") in aside or not _is_halved(problem, constraint)
    return constraint.endswith(("/period", "/diversity"))


def _is_halved(problem: Problem, constraint: str) -> bool:
    return own_rule(constraint).by_halves(site_of(problem, _site_id(constraint)))


def has_values(problem: Problem, aside: Iterable[str], asked: Asked) -> bool | None:
    """Whether what can be set aside would be possible under values of it, too, be it those of today.

    The values that were enough the last time are tried first.
    """
    aside, is_known = frozenset(aside), True
    choosy = _choosy_among(problem, aside)
    again = _with_values(problem, {one: value for one, value in asked.enough.items() if one in choosy})
    if again != problem and _is_possible(again, aside.difference(choosy), asked):
        return True
    for found in _possible(problem, aside, asked):
        if found is not None:
            asked.enough = _values_in(found, problem, choosy)
            return True
        is_known = False
    return False if is_known else None


def least_beside(problem: Problem, constraint: str, aside: Sequence[str], asked: Asked) -> Value | None:
    """The least generous value that is enough under some values of what may change beside it; None if none is known."""
    values = _values_now(problem, constraint)
    if values is None:
        return _least_figure(problem, constraint, aside, asked)
    answers: list[bool | None] = []

    def works(value: Value) -> bool:
        answers.append(has_values(with_value(problem, constraint, value), aside, asked))
        return answers[-1] is True

    monotone = _is_halved(problem, constraint) and not is_choosy(problem, constraint, aside)
    found = first_value(values, works, monotone=monotone)
    return None if None in answers else found


def _least_figure(problem: Problem, constraint: str, aside: Sequence[str], asked: Asked) -> Value | None:
    found: list[float] = []
    others = [one for one in aside if not is_choosy(problem, one, aside)]
    for valued in _possible(problem, frozenset((*aside, constraint)), asked):
        if valued is None:
            return None
        changed, dropped = asked.freed(valued, others)
        least = least_value(changed, asked.graph, constraint, dropped, asked.search)
        if least is None:
            return None
        found.append(float(least.value))
    falls = constraint.startswith("site:") and figure_of(own_rule(constraint)) == UNSOUND
    return (max if falls else min)(found, default=None)


def _possible(
    problem: Problem, aside: frozenset[str], asked: Asked, among: Sequence[str] | None = None
) -> Iterator[Problem | None]:
    """The problem with each of the most generous values of what has several, under which it can be served with the rest
    of it set aside; None where that was left open. `among`: only these get values.

    Where the first values do not lead to one, it may be that some item has none whatever values the others have.
    """
    choosy = _choosy_among(problem, aside) if among is None else among
    waiting: list[tuple[Problem, Sequence[str]]] = [(problem, choosy)]
    questions = 0
    while waiting:
        if questions == 1 + len(choosy) and _some_item_has_none(problem, aside, asked, choosy):
            return
        if questions == MOST_TOGETHER:
            yield None
            return
        valued, left = waiting.pop()
        questions += 1
        answer = _is_possible(valued, aside.difference(choosy).union(left), asked)
        if answer is None:
            yield None
        elif answer and not left:
            yield valued
        elif answer:
            waiting += [(own, left[1:]) for own in reversed(list(_with_each(valued, left[0])))]


def _choosy_among(problem: Problem, aside: frozenset[str]) -> Sequence[str]:
    return sorted(one for one in aside if is_choosy(problem, one, aside))


def _is_possible(problem: Problem, aside: Iterable[str], asked: Asked) -> bool | None:
    changed, dropped = asked.freed(problem, aside)
    return is_feasible(changed, asked.graph, dropped, asked.search)


def _with_values(problem: Problem, values: Mapping[str, Value]) -> Problem:
    """With those of them that a constraint could have after those before it."""
    for constraint, value in values.items():
        if value in (_values_now(problem, constraint) or ()):
            problem = with_value(problem, constraint, value)
    return problem


def _values_in(changed: Problem, problem: Problem, names: Sequence[str]) -> Mapping[str, Value]:
    """Of these constraints the values that were changed."""
    found: dict[str, Value] = {}
    for one in names:
        before, site = (site_of(own, _site_id(one)) for own in (problem, changed))
        member = MEMBERS[one.rpartition("/")[2]]
        value = getattr(site, member)
        if value != getattr(before, member):
            found[one] = value
    return found


def _some_item_has_none(problem: Problem, aside: frozenset[str], asked: Asked, choosy: Sequence[str]) -> bool:
    by_item: dict[str, list[str]] = defaultdict(list)
    for one in choosy:
        by_item[_site_id(one)].append(one)
    return len(by_item) > 1 and any(
        not any(True for _ in _possible(problem, aside, asked, own)) for own in by_item.values()
    )


def _with_each(valued: Problem, constraint: str) -> Iterator[Problem]:
    """The most generous value first; of several of which none is more generous than another all, with today's."""
    site, values = site_of(valued, _site_id(constraint)), _values_now(valued, constraint) or ()
    found: Sequence[Value] = values[-1:]
    if constraint.endswith("/date"):
        found = (*reversed(values), site.required_day)
    elif constraint.endswith("/diversity"):
        found = weakest(site.diversity) if not site.legs else ("none",)
    yield from (with_value(valued, constraint, value) for value in found)
    if not found:
        yield valued


def _site_id(constraint: str) -> str:
    return constraint.removeprefix("site:").rpartition("/")[0]


def _beside(constraint: str, dimension: str) -> str:
    return f"{constraint.rpartition('/')[0]}/{dimension}"
