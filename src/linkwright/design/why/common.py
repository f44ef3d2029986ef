"""The common limits, one entry for each kind: what it is today, and the problem in which it is something else.

The twin of `rules`, which knows what holds for one item alone. Which rows a limit makes is told in `coupling_rows`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from linkwright.design.choice.dated import Profile
from linkwright.design.model import Augment, Budget, Build, CpeModel, Link, Problem, Retirement, Upgrade


@dataclass(frozen=True, slots=True)
class CommonLimit:
    """`today` and `with_value` are asked for a name and an aspect: of `build:B/capacity` these are `B` and `capacity`.

    Without `with_value` it is a rule: it holds or is set aside, no number makes it easier.
    """

    kind: str
    today: Callable[[Problem, str, str], float | None]
    with_value: Callable[[Problem, str, str, int], Problem] | None = None


def common_limit(constraint: str) -> tuple[CommonLimit, str, str]:
    """The limit that a constraint belongs to, its name and its aspect.

    >>> limit, name, aspect = common_limit("field:civil@90")
    >>> limit.kind, name, aspect
    ('field', 'civil', '90')

    Raises:
        KeyError: no such kind is known.
    """
    kind, colon, rest = constraint.partition(":")
    if not colon:
        kind, _, aspect = constraint.partition("/")
        return BY_KIND[kind], "", aspect
    name, _, aspect = rest.rpartition("@" if kind in ("field", "cpe") else "/")
    return BY_KIND[kind], name, aspect


def is_rule(constraint: str) -> bool:
    """Whether a common constraint can only be set aside."""
    return common_limit(constraint)[0].with_value is None


def _ports(problem: Problem, name: str, _aspect: str) -> float | None:
    return next((node.ports for node in problem.network.nodes if node.id == name), None)


def _with_ports(problem: Problem, name: str, _aspect: str, value: int) -> Problem:
    nodes = tuple(replace(node, ports=value) if node.id == name else node for node in problem.network.nodes)
    return replace(problem, network=replace(problem.network, nodes=nodes))


def _orders(problem: Problem, name: str, _aspect: str) -> float | None:
    return next((partner.max_orders for partner in problem.partners if partner.id == name), None)


def _with_orders(problem: Problem, name: str, _aspect: str, value: int) -> Problem:
    partners = tuple(replace(one, max_orders=value) if one.id == name else one for one in problem.partners)
    return replace(problem, partners=partners)


def _build(problem: Problem, name: str, aspect: str) -> float | None:
    found = (build for build in problem.builds if build.id == name)
    return next((build.max_sites if aspect == "max_sites" else build.capacity_mbps for build in found), None)


def _with_build(problem: Problem, name: str, aspect: str, value: int) -> Problem:
    def changed(build: Build) -> Build:
        return replace(build, max_sites=value) if aspect == "max_sites" else replace(build, capacity_mbps=value)

    return replace(problem, builds=tuple(changed(own) if own.id == name else own for own in problem.builds))


def _stock(problem: Problem, name: str, aspect: str) -> float | None:
    there = (own for model in problem.cpe_models if model.id == name for own in model.stock)
    return next((own.pieces for own in there if str(own.by_day) == aspect), None)


def _with_stock(problem: Problem, name: str, aspect: str, value: int) -> Problem:
    def changed(model: CpeModel) -> CpeModel:
        stock = (replace(own, pieces=value) if str(own.by_day) == aspect else own for own in model.stock)
        return replace(model, stock=tuple(stock))

    return replace(problem, cpe_models=tuple(changed(own) if own.id == name else own for own in problem.cpe_models))


def _crew_days(problem: Problem, name: str, aspect: str) -> float | None:
    crews = (crew for crew in problem.field_capacity if (crew.skill, str(crew.by_day)) == (name, aspect))
    return next((crew.crew_days for crew in crews), None)


def _with_crew_days(problem: Problem, name: str, aspect: str, value: int) -> Problem:
    crews = tuple(
        replace(crew, crew_days=value) if (crew.skill, str(crew.by_day)) == (name, aspect) else crew
        for crew in problem.field_capacity
    )
    return replace(problem, field_capacity=crews)


def _budget(problem: Problem, _name: str, aspect: str) -> float | None:
    budget = problem.budget
    return {"nrc": budget.nrc_minor, "mrc": budget.mrc_minor, "total": budget.total_minor}[aspect]


def _with_budget(problem: Problem, _name: str, aspect: str, value: int) -> Problem:
    budget: Budget = replace(problem.budget, **{f"{aspect}_minor": value})
    return replace(problem, budget=budget)


def _capacity(problem: Problem, name: str, _aspect: str) -> float | None:
    """On the last day on which an item starts."""
    last = max((site.required_day for site in problem.sites), default=0)
    profiles = (profile_of(problem, link) for link in problem.network.links if link.id == name)
    return next((profile.at(last) for profile in profiles), None)


def lowest_mbps(problem: Problem, link: Link) -> int:
    """What a link carries on its worst day without its augment: less than nothing where others have booked too much."""
    profile = profile_of(problem, link)
    return min((profile.before, *profile.mbps))


def profile_of(problem: Problem, link: Link) -> Profile:
    """What a link carries from day to day, with what deleted services give back."""
    return Profile.of(link, [(freed.day, freed.mbps) for freed in problem.frees if freed.link == link.id])


def _with_capacity(problem: Problem, name: str, _aspect: str, value: int) -> Problem:
    """The link carries at least `value` on every day, with its augment or without it."""
    links = tuple(_widened(problem, link, value) if link.id == name else link for link in problem.network.links)
    return replace(problem, network=replace(problem.network, links=links))


def _widened(problem: Problem, link: Link, value: int) -> Link:
    """What others free stays as it is; the link itself makes up for the rest, in steps up and down."""
    profile = profile_of(problem, link)
    upgrades, retirements = [], []
    before = max(value, profile.before)
    for day in profile.days:
        freed = sum(own.mbps for own in problem.frees if own.link == link.id and own.day <= day)
        there = max(value, profile.at(day)) - freed
        if there > before:
            upgrades.append(Upgrade(day=day, adds_mbps=there - before))
        elif there < before:
            retirements.append(Retirement(day=day, removes_mbps=before - there))
        before = there
    return replace(
        link,
        capacity_mbps=max(value, profile.before),
        upgrades=tuple(upgrades),
        retirements=tuple(retirements),
        bookings=(),
        augment=None if link.augment is None else _above(profile, link.augment, value),
    )


def _above(profile: Profile, augment: Augment, value: int) -> Augment | None:
    """What an augment adds to a link that carries `value` without it; where that depends on the day, the least."""
    days = {augment.lead_days, *(day for day in profile.days if day > augment.lead_days)}
    there = [profile.at(day) for day in days]
    adds_mbps = min(max(value, capacity + augment.adds_mbps) - max(value, capacity) for capacity in there)
    return replace(augment, adds_mbps=adds_mbps) if adds_mbps > 0 else None


def _no_number(_problem: Problem, _name: str, _aspect: str) -> None:
    return None


COMMON = (
    CommonLimit("budget", _budget, _with_budget),
    CommonLimit("pop", _ports, _with_ports),
    CommonLimit("partner", _orders, _with_orders),
    CommonLimit("build", _build, _with_build),
    CommonLimit("field", _crew_days, _with_crew_days),
    CommonLimit("cpe", _stock, _with_stock),
    CommonLimit("link", _capacity, _with_capacity),
    CommonLimit("meet", _no_number),
    CommonLimit("apart", _no_number),
)
BY_KIND = {limit.kind: limit for limit in COMMON}
