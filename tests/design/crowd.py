"""Problems of eight to twenty items on a network of a few nodes, where all designs of an item can still be listed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from linkwright.design.model import Budget, Freed, Problem, Separation
from tests.design.naive import Item
from tests.design.tiny2 import lawful
from tests.design.tiny2_features import FEATURES
from tests.design.tiny2_plain import SHAPES, Dice, plain

MOST_DESIGNS = 120
"""An item with more designs than this is left out, and so is one with none."""


def a_crowd(seed: int, allowed: Sequence[str]) -> tuple[Problem, list[list[Item]]]:
    """A problem with two to four of the allowed features, and the lawful designs of each of its items."""
    dice = Dice(seed)
    wanted = dice.randint(8, 20)
    problem, designs = _drawn(dice, f"crowd-{seed}", allowed, (), wanted)
    return _roomier(problem, int(wanted * dice.choice((0.5, 0.75, 1.0)))), designs


def a_tight_crowd(
    seed: int, feature: str, allowed: Sequence[str], is_possible: Callable[[Problem, list[list[Item]]], bool]
) -> tuple[Problem, list[list[Item]]]:
    """The same with this feature and with hardly more room than all items together need."""
    dice = Dice(f"{feature} {seed}")
    while True:
        problem, designs = _drawn(dice, f"{feature}-{seed}", allowed, (feature,), dice.randint(6, 12))
        for factor in (*range(1, 6), 7, 9, 12, 16):
            crowd = _roomier(problem, factor)
            if is_possible(crowd, designs):
                return crowd, designs


def _drawn(
    dice: Dice, name: str, allowed: Sequence[str], always: Sequence[str], wanted: int
) -> tuple[Problem, list[list[Item]]]:
    """As many items as are wanted of those that have designs, but not too many, and common limits for two or three."""
    chosen = {*always, *dice.sample(sorted(allowed), min(len(allowed), dice.randint(2, 4)))}
    name = f"{name}: {'+'.join(feature for feature in FEATURES if feature in chosen)}"
    shape = dice.choice([shape for shape in SHAPES if shape != "disconnected"])
    problem = plain(dice, name, shape, 3 * wanted, dice.randint(5, 7))
    for feature, change in FEATURES.items():
        if feature in chosen:
            problem = change(dice, problem)
    designs = {site.id: lawful(problem, site) for site in problem.sites}
    able = [site.id for site in problem.sites if 0 < len(designs[site.id]) <= MOST_DESIGNS][:wanted]
    problem = _only(problem, able)
    if "apart" in chosen and len(able) > 3:
        pairs = (able[0], able[1], "link"), (able[2], able[3], "node")
        problem = replace(problem, apart=tuple(Separation(a=a, b=b, diversity=word) for a, b, word in pairs))
    return problem, [designs[site_id] for site_id in able]


def _only(problem: Problem, names: Sequence[str]) -> Problem:
    kept = set(names)
    return replace(
        problem,
        sites=tuple(site for site in problem.sites if site.id in kept),
        access_options=tuple(option for option in problem.access_options if option.site in kept),
        apart=(),
        meets=tuple(replace(m, sites=tuple(site for site in m.sites if site in kept)) for m in problem.meets),
    )


def _roomier(problem: Problem, factor: int) -> Problem:
    """Everything that items share, times a factor: it was drawn for two or three of them."""

    def times(limit: int | None) -> int | None:
        return None if limit is None else factor * limit

    def freed(some: Sequence[Freed]) -> tuple[Freed, ...]:
        return tuple(replace(one, mbps=factor * one.mbps) for one in some)

    network = problem.network
    links = tuple(
        replace(
            link,
            capacity_mbps=factor * link.capacity_mbps,
            upgrades=tuple(replace(step, adds_mbps=factor * step.adds_mbps) for step in link.upgrades),
            retirements=tuple(replace(step, removes_mbps=factor * step.removes_mbps) for step in link.retirements),
            bookings=tuple(replace(booking, mbps=factor * booking.mbps) for booking in link.bookings),
            augment=link.augment and replace(link.augment, adds_mbps=factor * link.augment.adds_mbps),
        )
        for link in network.links
    )
    budget = problem.budget
    return replace(
        problem,
        network=replace(
            network, links=links, nodes=tuple(replace(node, ports=times(node.ports)) for node in network.nodes)
        ),
        builds=tuple(
            replace(b, max_sites=times(b.max_sites), capacity_mbps=times(b.capacity_mbps)) for b in problem.builds
        ),
        partners=tuple(replace(partner, max_orders=times(partner.max_orders)) for partner in problem.partners),
        field_capacity=tuple(replace(crew, crew_days=factor * crew.crew_days) for crew in problem.field_capacity),
        cpe_models=tuple(
            replace(model, stock=tuple(replace(there, pieces=factor * there.pieces) for there in model.stock))
            for model in problem.cpe_models
        ),
        budget=Budget(
            nrc_minor=times(budget.nrc_minor), mrc_minor=times(budget.mrc_minor), total_minor=times(budget.total_minor)
        ),
        frees=freed(problem.frees),
    )
