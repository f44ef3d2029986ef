"""A problem with one constraint set to another value: the question "and if it were so?" as a problem of its own."""

from dataclasses import replace

from linkwright.design.model import Problem
from linkwright.design.rules.rules import BY_DIMENSION, Value, own_rule
from linkwright.design.why.common import common_limit
from linkwright.design.why.narrowed import given_by, site_of

__all__ = ["Value", "easiest", "limit_of", "with_value"]


def with_value(problem: Problem, constraint: str, value: Value) -> Problem:
    """The problem in which this constraint has this value; a rule without numbers stays as it is.

    For `link:L/capacity` the link carries at least `value` on every day, with its augment or without it. A relaxed
    `bandwidth`, `backup_bandwidth` or `cpe_bandwidth` is a smaller demand of the site.

    >>> from linkwright.design.model import Network
    >>> from datetime import date
    >>> empty = Problem(name="", as_of=date(2027, 1, 4), term_months=1, network=Network(nodes=(), links=()), sites=(),
    ...     access_options=(), cpe_models=())
    >>> with_value(empty, "budget/nrc", 5).budget.nrc_minor
    5
    """
    if constraint.startswith("site:"):
        rule, name = own_rule(constraint), constraint.removeprefix("site:").rpartition("/")[0]
        changed = tuple(rule.with_value(site, value) if site.id == name else site for site in problem.sites)
        return replace(problem, sites=changed)
    limit, name, aspect = common_limit(constraint)
    return problem if limit.with_value is None else limit.with_value(problem, name, aspect, int(value))


def easiest(problem: Problem, constraint: str, last: Value) -> Problem:
    """With the last of its values, and no harder than with any other: who starts late gives back as early as today."""
    changed = with_value(problem, constraint, last)
    if not constraint.endswith("/date"):
        return changed
    site = site_of(problem, constraint.removeprefix("site:").rpartition("/")[0])
    sites = tuple(replace(own, frees=()) if own.id == site.id else own for own in changed.sites)
    return replace(changed, sites=sites, frees=(*changed.frees, *given_by(site))) if site.frees else changed


def limit_of(problem: Problem, constraint: str) -> float | None:
    """Today's value of a constraint; None where it is a rule or no limit. For a link: its capacity on the last day."""
    if constraint.startswith("site:"):
        name, _, dimension = constraint.removeprefix("site:").rpartition("/")
        rule = BY_DIMENSION.get(dimension)
        return None if rule is None else next((rule.limit(s) for s in problem.sites if s.id == name), None)
    limit, name, aspect = common_limit(constraint)
    return limit.today(problem, name, aspect)
