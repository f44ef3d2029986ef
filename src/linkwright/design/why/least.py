"""The least generous value of one constraint that makes a problem feasible, proved from both sides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf

from linkwright.design.choice.alone import cheapest_alone, cheapest_of_each, fitting_alone, thriftiest_alone
from linkwright.design.choice.case import Case
from linkwright.design.choice.choice import MOST_SITES, Objective, Optimum, broken_rows, opened_by
from linkwright.design.choice.ideal import figure_of, ideal_of_site
from linkwright.design.choice.optimise import is_feasible, optimise
from linkwright.design.choice.outcome import design_of
from linkwright.design.limits import Search
from linkwright.design.model import Design, Link, Problem, Site
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.figures import UNSOUND
from linkwright.design.rules.rules import OWN_RULES, WHOLE, OwnRule, own_rule
from linkwright.design.rules.screen import Dropped
from linkwright.design.verify.check import check
from linkwright.design.why.common import is_rule, lowest_mbps
from linkwright.design.why.relaxed import Value, with_value

LOOSE_LABELS = 4_000
"""Labels of one search for legs that may have everything in common, in a network of more than a few nodes."""
FEW_NODES = 12
ROUGHLY = 5
"""So often an interval is halved before it is asked whether what was reached is the best."""
ANY_OPTICAL_DB = 1e9
"""More than any light loses on its way."""


@dataclass(frozen=True, slots=True)
class Least:
    """A value that is enough, where no less generous one is; `limit` is what it stands against, where that is a figure
    of the design (the capacity of the day on which a link is fullest)."""

    value: Value
    limit: float | None = None


def least_value(problem: Problem, graph: Graph, constraint: str, dropped: Dropped, search: Search) -> Least | None:
    """The least generous value for `constraint`, `dropped` set aside; None where none is enough, or none is known."""
    if search.is_over():
        return None
    link = next((link for link in problem.network.links if constraint == f"link:{link.id}/capacity"), None)
    if link is not None:
        return _least_capacity(problem, graph, link, dropped, search)
    if not constraint.startswith("site:"):
        return None if is_rule(constraint) else _least_shared(problem, graph, constraint, dropped, search)
    site_id = constraint.removeprefix("site:").rpartition("/")[0]
    site = next(site for site in problem.sites if site.id == site_id)

    def works(value: Value) -> bool:
        return is_feasible(with_value(problem, constraint, value), graph, dropped, search) is True

    rule = own_rule(constraint)
    if rule.values is None:
        return _least_own_figure(problem, graph, _own_figure(problem, site, rule), rule, dropped, search)
    found = first_value(rule.values(problem, site), works, monotone=rule.by_halves(site))
    return None if found is None else Least(found)


def _without(problem: Problem, graph: Graph, constraint: str, dropped: Dropped, search: Search) -> Design | None:
    """Some design with one rule set aside; where a figure is not known, no value of it helps."""
    if constraint.endswith("/optical"):
        return some_design(with_value(problem, constraint, ANY_OPTICAL_DB), graph, dropped, search)[0]
    return some_design(problem, graph, dropped | {constraint}, search)[0]


def constraints_of(problem: Problem, graph: Graph) -> list[str]:
    """Everything that could be set aside: the common limits first, then each site's own, dimension by dimension."""
    own = [f"site:{site.id}/{rule.dimension}" for rule in OWN_RULES for site in _concerned(problem, rule)]
    free = Case(problem, graph, frozenset(own))
    return [*dict.fromkeys(row.constraint for row in free.coupling.rows if row.constraint), *own]


def _concerned(problem: Problem, rule: OwnRule) -> list[Site]:
    concerned = None if rule.concerns is None else rule.concerns(problem)
    return [site for site in problem.sites if rule.is_asked(site) and (concerned is None or site.id in concerned)]


def first_value(values: Sequence[Value], works: Callable[[Value], bool], *, monotone: bool) -> Value | None:
    """The first value that works; by halves where every later one works too."""
    if not monotone:
        return next((value for value in values if works(value)), None)
    if not values or not works(values[-1]):
        return None
    low, high = -1, len(values) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if works(values[middle]) else (middle, high)
    return values[high]


@dataclass(frozen=True, slots=True)
class _Figure:
    """A constraint whose value is a figure of designs: `of` tells what one needs, `between` the next value to try.

    Two values nearer than `close` are equal.
    """

    constraint: str
    today: float
    of: Callable[[Design], Least | None]
    between: Callable[[float, float], float | None]
    close: float = WHOLE


def _least_own_figure(
    problem: Problem, graph: Graph, figure: _Figure, rule: OwnRule, dropped: Dropped, search: Search
) -> Least | None:
    """Asks for the best that any leg could reach before the interval is halved."""
    ideal = _ideal(problem, graph, figure, rule, dropped)
    if ideal is not None:
        design, is_proved = some_design(with_value(problem, figure.constraint, ideal), graph, dropped, search)
        if design is not None:
            return _nearer(figure.of(design), ideal, figure.today)
        if is_proved:
            figure = replace(figure, today=ideal)
    design = _without(problem, graph, figure.constraint, dropped, search)
    return None if design is None else _least_figure(problem, graph, figure, design, dropped, search)


def _ideal(problem: Problem, graph: Graph, figure: _Figure, rule: OwnRule, dropped: Dropped) -> float | None:
    """The best conceivable value of the only item; None where it is not known, or today's is no better."""
    number = figure_of(rule)
    if number is None or len(problem.sites) != 1:
        return None
    free = dropped | {figure.constraint}
    ideal = ideal_of_site(Case(problem, graph, free), number)
    more = 0.0 if ideal is None else ideal - figure.today
    return ideal if (more < 0) == (number == UNSOUND) and abs(more) > rule.close else None


def _own_figure(problem: Problem, site: Site, rule: OwnRule) -> _Figure:
    def of(design: Design) -> Least | None:
        reports = (report for report in check(problem, design).sites if report.site == site.id)
        values = (rule.reached(problem, site, report) for report in reports)
        return next((Least(value) for value in values if value is not None), None)

    def between(one: float, other: float) -> float | None:
        middle = int(one + other) // 2 if rule.close == WHOLE else (one + other) / 2
        return None if abs(one - other) <= rule.close or middle in (one, other) else middle

    return _Figure(f"site:{site.id}/{rule.dimension}", rule.limit(site) or 0.0, of, between, rule.close)


def _capacity(problem: Problem, link: Link) -> _Figure:
    constraint = f"link:{link.id}/capacity"

    def of(design: Design) -> Least | None:
        violations = (v for v in check(problem, design).violations if v.constraint == constraint)
        return next((Least(int(v.needed), v.limit) for v in violations if v.needed is not None), None)

    def between(one: float, other: float) -> float | None:
        return None if abs(one - other) <= 1 else int(one + other) // 2

    return _Figure(constraint, lowest_mbps(problem, link), of, between)


def _least_capacity(problem: Problem, graph: Graph, link: Link, dropped: Dropped, search: Search) -> Least | None:
    """What a link would have to carry, starting from the design that exceeds it least without its augment."""
    figure = _capacity(problem, link)
    plain = replace(link, augment=None)
    links = tuple(plain if own.id == link.id else own for own in problem.network.links)
    without = replace(problem, network=replace(problem.network, links=links))
    case, closest = _closest(without, graph, figure.constraint, dropped, search)
    if closest.choice is None:
        return None
    if link.augment is None:
        least_limit = min(case.coupling.limits_of(figure.constraint), default=0)
        figure = replace(figure, today=max(figure.today, least_limit + closest.bound - 1))
    return _least_figure(problem, graph, figure, design_of(case, closest.choice.columns), dropped, search)


def _least_figure(
    problem: Problem, graph: Graph, figure: _Figure, design: Design | None, dropped: Dropped, search: Search
) -> Least | None:
    """Halves the interval between what fails and what a design reached, until it is closed.

    Designs reach few values, so once the interval is small it asks in turn whether what was reached is the best
    already. Far from the best that takes long: much is nearly enough. Where a guard leaves a question open, the best
    that was reached is the answer.
    """
    too_little, halved, by_halves = figure.today, 0, True
    enough = None if design is None else figure.of(design)
    while enough is not None:
        reached = float(enough.value)
        wanted = figure.between(reached, too_little)
        if wanted is None or search.is_over():
            break
        if not by_halves:
            wanted = reached + figure.close if too_little > reached else reached - figure.close
        design, is_proved = some_design(with_value(problem, figure.constraint, wanted), graph, dropped, search)
        if design is not None:
            enough = _nearer(figure.of(design), wanted, too_little)
        elif is_proved:
            too_little = wanted
        else:
            break
        halved += by_halves
        by_halves = halved < ROUGHLY or not by_halves
    return enough


def _nearer(reached: Least | None, wanted: float, too_little: float) -> Least:
    """What a design needs; where that cannot be told, or is told by another day, the value that it was found under."""
    if reached is None or abs(float(reached.value) - too_little) > abs(wanted - too_little):
        return Least(wanted, None if reached is None else reached.limit)
    return reached


def some_design(problem: Problem, graph: Graph, dropped: Dropped, search: Search) -> tuple[Design | None, bool]:
    """Some design that keeps every rule but those set aside; without one, whether it is proved that there is none."""
    case = Case(problem, graph, dropped)
    if len(case.sites) == 1 and len(case.sites[0].demand.shapes) > 1:
        column = fitting_alone(case, search)
        if column is not None:
            return design_of(case, [column]), True
        search = _for_loose_legs(case, search)
    alone = cheapest_of_each(case, search)
    if any(bound == inf for bound, _ in alone):
        return None, True
    columns = [column for _, column in alone if column is not None]
    if len(columns) == len(alone) and not broken_rows(case, columns):
        return design_of(case, columns), True
    if len(case.sites) == 1:
        best = cheapest_alone(case, search)
        if best is not None:
            return None if best.choice is None else design_of(case, best.choice.columns), True
    found = optimise(case, MOST_SITES, search, enough=1, alone=alone)
    if found.choice is None or found.choice.unserved:
        return None, found.bound > 0
    return design_of(case, found.choice.columns), True


def _for_loose_legs(case: Case, search: Search) -> Search:
    """Legs that may have everything in common are many, and little is known of them before they are looked at; but on
    a few nodes there are not too many."""
    if len(case.graph.arcs) <= FEW_NODES:
        return search
    shapes = (shape for site in case.sites for shape in site.demand.shapes)
    if all(len(shape.wishes) == 1 or shape.apart.by_link for shape in shapes):
        return search
    return replace(search, limits=replace(search.limits, labels_a_site=min(search.limits.labels_a_site, LOOSE_LABELS)))


def _least_shared(problem: Problem, graph: Graph, constraint: str, dropped: Dropped, search: Search) -> Least | None:
    """A common limit that is the same on every day: the design that exceeds it least tells by how much."""
    thrifty = _least_of_budget(problem, graph, constraint, dropped, search)
    if thrifty is not None:
        return thrifty
    case, closest = _closest(problem, graph, constraint, dropped, search)
    if closest.choice is None:
        return None
    verdict = check(problem, design_of(case, closest.choice.columns))
    for violation in verdict.violations:
        if violation.constraint == constraint and violation.needed is not None:
            return Least(int(violation.needed), violation.limit)
    return None


def _least_of_budget(problem: Problem, graph: Graph, constraint: str, dropped: Dropped, search: Search) -> Least | None:
    """What the only site spends at least, where that is told by a design that keeps all other common limits."""
    case = Case(problem, graph, dropped, elastic=(constraint,))
    row = next((n for n, own in enumerate(case.coupling.rows) if own.constraint == constraint), None)
    if len(case.sites) != 1 or row is None or not constraint.startswith("budget/"):
        return None
    column = thriftiest_alone(case, row, search)
    if column is None or opened_by(case, [column]) or set(broken_rows(case, [column])) - {row}:
        return None
    least = dict(column.uses).get(row, 0)
    tighter = with_value(problem, constraint, least - 1)
    if is_feasible(tighter, graph, dropped, search) is not False:
        return None
    return Least(least, case.coupling.rows[row].limit)


def _closest(problem: Problem, graph: Graph, constraint: str, dropped: Dropped, search: Search) -> tuple[Case, Optimum]:
    """The choice that exceeds a common limit least, among all rows of that limit."""
    case = Case(problem, graph, dropped, elastic=(constraint,))
    any_way = optimise(case, Objective(scale=0, unserved=1, elastic=constraint, excess=0), search)
    if any_way.choice is None or any_way.choice.unserved:
        return case, Optimum(None, inf)
    closest = optimise(case, Objective(scale=0, elastic=constraint), search, seeds=any_way.choice.columns)
    return case, closest if closest.choice is not None else replace(any_way, bound=0.0)
