"""A problem with one constraint set to another value: the question "and if it were so?" as a problem of its own."""

from collections.abc import Callable
from dataclasses import replace

from linkwright.design.coupling import capacity_mbps
from linkwright.design.model import LEGS_OF_DIVERSITY, Augment, Budget, Build, Link, Problem, Site, Upgrade

Value = float | str
"""A number, a kind of diversity, or the features that would have to be given up, separated by commas."""


def with_value(problem: Problem, constraint: str, value: Value) -> Problem:
    """The problem in which this constraint has this value.

    For `link:L/capacity` the link carries at least `value` on every day, with its augment or without it. A relaxed
    `bandwidth` or `cpe_bandwidth` is a smaller demand of the site.

    >>> from linkwright.design.model import Network
    >>> from datetime import date
    >>> empty = Problem(name="", as_of=date(2027, 1, 4), term_months=1, network=Network(nodes=(), links=()), sites=(),
    ...     access_options=(), cpe_models=())
    >>> with_value(empty, "budget/nrc", 5).budget.nrc_minor
    5
    """
    kind, _, rest = constraint.partition(":")
    name, _, aspect = rest.rpartition("/")
    if kind == "site":
        changed = tuple(_site(site, aspect, value) if site.id == name else site for site in problem.sites)
        return replace(problem, sites=changed)
    if kind == "field":
        return _with_crew(problem, rest, int(value))
    if not rest:
        return replace(problem, budget=_budget(problem.budget, constraint, int(value)))
    return _SHARED[kind](problem, name, aspect, int(value))


def limit_of(problem: Problem, constraint: str) -> float | None:
    """Today's value of a constraint; None where it is a rule or no limit. For a link: its capacity on the last day."""
    kind, _, rest = constraint.partition(":")
    name, _, aspect = rest.rpartition("/")
    if not rest:
        return _budget_limit(problem.budget, constraint)
    if kind == "site":
        return next((_site_limit(site, aspect) for site in problem.sites if site.id == name), None)
    if kind == "field":
        return next((f.crew_days for f in problem.field_capacity if f"{f.skill}@{f.by_day}" == rest), None)
    if kind == "pop":
        return next((node.ports for node in problem.network.nodes if node.id == name), None)
    if kind == "partner":
        return next((partner.max_orders for partner in problem.partners if partner.id == name), None)
    if kind == "build":
        return next((_build_limit(build, aspect) for build in problem.builds if build.id == name), None)
    last = max((site.required_day for site in problem.sites), default=0)
    return next((capacity_mbps(link, last) for link in problem.network.links if link.id == name), None)


def _site(site: Site, aspect: str, value: Value) -> Site:
    if aspect == "features":
        given_up = set(str(value).split(","))
        return replace(site, features=tuple(feature for feature in site.features if feature not in given_up))
    if aspect == "diversity":
        return replace(site, diversity=next(kind for kind in LEGS_OF_DIVERSITY if kind == value))
    if aspect == "latency":
        return replace(site, max_latency_ms=float(value))
    if aspect == "availability":
        return replace(site, min_availability=float(value))
    if aspect == "date":
        return replace(site, required_day=int(value))
    return replace(site, bandwidth_mbps=int(value))


def _site_limit(site: Site, aspect: str) -> float | None:
    limits: dict[str, float] = {
        "latency": site.max_latency_ms,
        "availability": site.min_availability,
        "date": site.required_day,
        "bandwidth": site.bandwidth_mbps,
        "cpe_bandwidth": site.bandwidth_mbps,
    }
    return limits.get(aspect)


def _with_crew(problem: Problem, crew: str, value: int) -> Problem:
    there = tuple(
        replace(field, crew_days=value) if f"{field.skill}@{field.by_day}" == crew else field
        for field in problem.field_capacity
    )
    return replace(problem, field_capacity=there)


def _with_ports(problem: Problem, name: str, _aspect: str, value: int) -> Problem:
    nodes = tuple(replace(node, ports=value) if node.id == name else node for node in problem.network.nodes)
    return replace(problem, network=replace(problem.network, nodes=nodes))


def _with_orders(problem: Problem, name: str, _aspect: str, value: int) -> Problem:
    partners = tuple(replace(one, max_orders=value) if one.id == name else one for one in problem.partners)
    return replace(problem, partners=partners)


def _with_build(problem: Problem, name: str, aspect: str, value: int) -> Problem:
    def changed(build: Build) -> Build:
        return replace(build, max_sites=value) if aspect == "max_sites" else replace(build, capacity_mbps=value)

    return replace(problem, builds=tuple(changed(b) if b.id == name else b for b in problem.builds))


def _build_limit(build: Build, aspect: str) -> int | None:
    return build.max_sites if aspect == "max_sites" else build.capacity_mbps


def _budget(budget: Budget, constraint: str, value: int) -> Budget:
    if constraint == "budget/nrc":
        return replace(budget, nrc_minor=value)
    if constraint == "budget/mrc":
        return replace(budget, mrc_minor=value)
    return replace(budget, total_minor=value)


def _budget_limit(budget: Budget, constraint: str) -> int | None:
    limits = {"budget/nrc": budget.nrc_minor, "budget/mrc": budget.mrc_minor, "budget/total": budget.total_minor}
    return limits[constraint]


def _with_link(problem: Problem, name: str, _aspect: str, value: int) -> Problem:
    links = tuple(_widened(link, value) if link.id == name else link for link in problem.network.links)
    return replace(problem, network=replace(problem.network, links=links))


def _widened(link: Link, value: int) -> Link:
    """The link with at least `value` on each day; upgrades fill up what lies above, and so does the augment."""
    upgrades = []
    there = value if value > link.capacity_mbps else link.capacity_mbps
    for day in sorted({upgrade.day for upgrade in link.upgrades}):
        then = max(value, capacity_mbps(link, day))
        upgrades.append(Upgrade(day=day, adds_mbps=then - there))
        there = then
    return replace(
        link,
        capacity_mbps=max(value, link.capacity_mbps),
        upgrades=tuple(upgrades),
        augment=None if link.augment is None else _above(link, link.augment, value),
    )


def _above(link: Link, augment: Augment, value: int) -> Augment | None:
    """What an augment adds to a link that carries `value` without it; where that depends on the day, the least."""
    days = {augment.lead_days, *(upgrade.day for upgrade in link.upgrades if upgrade.day > augment.lead_days)}
    there = [capacity_mbps(link, day) for day in days]
    adds_mbps = min(max(value, capacity + augment.adds_mbps) - max(value, capacity) for capacity in there)
    return replace(augment, adds_mbps=adds_mbps) if adds_mbps > 0 else None


_SHARED: dict[str, Callable[[Problem, str, str, int], Problem]] = {
    "pop": _with_ports,
    "partner": _with_orders,
    "build": _with_build,
    "link": _with_link,
}
