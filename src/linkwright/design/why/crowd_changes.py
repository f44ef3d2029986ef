"""Several limits that many items share changed together, read off what is known of these items."""

from collections.abc import Mapping, Sequence

from linkwright.design.choice.cheapest import gap_of, true_design
from linkwright.design.model import Change, Combination, Relaxation
from linkwright.design.why.crowd import FREE, Crowd
from linkwright.design.why.least import Least
from linkwright.design.why.relaxed import with_value


def crowded_combination(crowd: Crowd, constraints: Sequence[str]) -> Combination | None:
    """The cheapest design once these limits are raised as far as needed; they are put back in one order only.

    Others of them, or changes of items, may be cheaper.
    """
    if not crowd.is_feasible(constraints):
        return None
    needed = list(constraints)
    for constraint in constraints:
        rest = [one for one in needed if one != constraint]
        if crowd.is_feasible(rest):
            needed = rest
    changes: dict[str, Least] = {}
    for place, constraint in enumerate(needed):
        more = {**raised_by(changes), **dict.fromkeys(needed[place + 1 :], FREE)}
        least = crowd.least(constraint, more)
        if least is None:
            return None
        changes[constraint] = least
    return changed(crowd, changes)


def changed(crowd: Crowd, changes: Mapping[str, Least]) -> Combination | None:
    """The cheapest design once these limits have these values."""
    problem = crowd.problem
    for constraint, least in changes.items():
        problem = with_value(problem, constraint, least.value)
    case, optimum = crowd.cheapest(raised_by(changes))
    if optimum.choice is None:
        return None
    design, verdict = true_design(problem, case, optimum.choice)
    return Combination(
        changes=tuple(Change(constraint=constraint, value=least.value) for constraint, least in changes.items()),
        cost_minor=verdict.cost_minor,
        gap=gap_of(optimum.choice.value, optimum.bound),
        design=design,
    )


def of_one_change(made: Combination) -> Relaxation:
    """A combination of one change as what it is."""
    (change,) = made.changes
    return Relaxation(
        constraint=change.constraint,
        value=change.value,
        cost_minor=made.cost_minor,
        gap=made.gap,
        design=made.design,
    )


def raised_by(changes: Mapping[str, Least]) -> dict[str, int]:
    """By how much each of these limits is raised."""
    return {constraint: int(least.value) - int(least.limit or 0) for constraint, least in changes.items()}
