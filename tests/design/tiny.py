"""Random tiny problems, and the whole truth about them by trying every design that there is."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations, product
from math import prod

from linkwright.design.model import (
    AccessOption,
    Augment,
    Budget,
    Build,
    CpeModel,
    Design,
    FieldCapacity,
    Leg,
    Link,
    Network,
    Node,
    Partner,
    Problem,
    Site,
    SiteDesign,
    Srlg,
    Upgrade,
)
from linkwright.design.verify.check import check
from linkwright.design.verify.legs import AlreadyFollowed

SCARCE_KINDS = ("links", "ports", "partner", "build", "augment", "crew", "budget", "upgrade")


def a_problem(seed: int, scarce: Sequence[str] = (), *, sites: int = 2, diversity: str | None = None) -> Problem:
    """A random problem of a few nodes; `scarce` says what the sites have to share."""
    return _drawn(random.Random(seed), f"tiny-{seed}", scarce, sites, diversity)


def a_small_problem(
    seed: int, scarce: Sequence[str] = (), *, sites: int = 2, diversity: str | None = None, most: int = 3000
) -> Problem:
    """The first problem of a seed for which no more than `most` designs are conceivable, good or bad."""
    dice = random.Random(seed)
    while True:
        problem = _drawn(dice, f"small-{seed}", scarce, sites, diversity)
        designs = (sum(1 for _ in site_designs(problem, site, _legs(site))) for site in problem.sites)
        if prod(designs) * len(augment_choices(problem)) <= most:
            return problem


def _drawn(dice: random.Random, name: str, scarce: Sequence[str], sites: int, diversity: str | None) -> Problem:
    network = _network(dice, scarce)
    builds = (Build(id="b1", nrc_minor=dice.randint(1, 60), mrc_minor=dice.randint(0, 3), lead_days=30),)
    if "build" in scarce:
        builds = (replace(builds[0], max_sites=dice.choice((None, 1)), capacity_mbps=dice.choice((None, 15))),)
    made = tuple(_site(dice, f"s{number}", network, diversity) for number in range(sites))
    options = tuple(option for site in made for option in _options(dice, site, network, scarce))
    return Problem(
        name=name,
        as_of=date(2027, 1, 4),
        term_months=3,
        network=network,
        sites=made,
        access_options=options,
        cpe_models=_cpes(dice),
        builds=builds,
        partners=(Partner(id="w", max_orders=1 if "partner" in scarce else None),),
        field_capacity=_crews(dice) if "crew" in scarce else (),
        budget=_budget(dice) if "budget" in scarce else Budget(),
    )


def _network(dice: random.Random, scarce: Sequence[str]) -> Network:
    count = dice.randint(3, 5)
    nodes = tuple(
        Node(
            id=f"n{number}",
            lat_deg=0.0,
            lon_deg=0.0,
            availability=dice.choice((0.999, 0.9999, 1.0)),
            delay_ms=dice.choice((0.0, 0.1)),
            ports=dice.choice((None, 1, 2)) if "ports" in scarce else None,
        )
        for number in range(count)
    )
    places = list(combinations(range(count), 2))
    chosen = dice.sample(places, min(len(places), dice.randint(count, count + 2)))
    chosen += [dice.choice(chosen)] if dice.random() < 0.3 else []
    links = tuple(_link(dice, f"l{number}", a, z, scarce) for number, (a, z) in enumerate(sorted(chosen)))
    return Network(nodes=nodes, links=links, srlgs=(Srlg(id="g0", availability=0.999), Srlg(id="g1", availability=1.0)))


def _link(dice: random.Random, name: str, a: int, z: int, scarce: Sequence[str]) -> Link:
    tight = "links" in scarce or "augment" in scarce or "upgrade" in scarce
    return Link(
        id=name,
        a=f"n{a}",
        z=f"n{z}",
        length_km=dice.choice((10.0, 100.0, 300.0)),
        availability=dice.choice((0.99, 0.999, 0.9995)),
        mrc_minor_per_mbps=dice.randint(0, 4),
        capacity_mbps=dice.choice((10, 15, 20, 40)) if tight else 1000,
        srlgs=(dice.choice(("g0", "g1")),) if dice.random() < 0.3 else (),
        upgrades=(Upgrade(day=dice.choice((30, 60, 90)), adds_mbps=10),) if "upgrade" in scarce else (),
        augment=Augment(adds_mbps=20, nrc_minor=dice.randint(0, 30), mrc_minor=1, lead_days=dice.choice((20, 50)))
        if "augment" in scarce and dice.random() < 0.5
        else None,
    )


def _site(dice: random.Random, name: str, network: Network, diversity: str | None) -> Site:
    nodes = [node.id for node in network.nodes]
    kind = diversity or dice.choice(("none", "none", "link", "node", "srlg"))
    return Site(
        id=name,
        bandwidth_mbps=dice.choice((5, 10, 10, 20)),
        max_latency_ms=dice.choice((1.0, 2.0, 3.0, 9.0)),
        min_availability=dice.choice((0.9, 0.9, 0.96, 0.98)),
        diversity=kind,  # type: ignore[arg-type]
        required_day=dice.choice((45, 60, 90)),
        destinations=tuple(dice.sample(nodes, dice.choice((1, 1, 2)))),
        cpe_per_leg=dice.random() < 0.4,
        features=("bgp",) if dice.random() < 0.2 else (),
    )


def _options(dice: random.Random, site: Site, network: Network, scarce: Sequence[str]) -> Iterator[AccessOption]:
    for number in range(dice.randint(2, 3)):
        yield AccessOption(
            id=f"{site.id}-o{number}",
            site=site.id,
            kind="any",
            pop=dice.choice(network.nodes).id,
            bandwidth_mbps=dice.choice((10, 100, 100, 100)),
            nrc_minor=dice.randint(0, 30),
            mrc_minor=dice.randint(0, 9),
            availability=dice.choice((0.99, 0.999, 0.9999)),
            delay_ms=dice.choice((0.05, 0.5)),
            lead_days=dice.choice((5, 30, 40, 60)),
            srlgs=("g0",) if dice.random() < 0.2 else (),
            build="b1" if "build" in scarce and dice.random() < 0.5 else None,
            partner="w" if "partner" in scarce and dice.random() < 0.5 else None,
            work={"install": dice.randint(0, 2)} if "crew" in scarce else {},
        )


def _cpes(dice: random.Random) -> tuple[CpeModel, ...]:
    small = CpeModel(id="small", max_mbps=10, features=(), nrc_minor=2, mrc_minor=1, availability=0.998, delay_ms=0.1)
    large = CpeModel(
        id="large", max_mbps=100, features=("bgp",), nrc_minor=9, mrc_minor=dice.randint(1, 4), availability=0.9999,
        delay_ms=0.05,
    )  # fmt: skip
    return small, large


def _budget(dice: random.Random) -> Budget:
    return Budget(
        nrc_minor=dice.choice((None, 50)),
        mrc_minor=dice.choice((None, 60, 120)),
        total_minor=dice.choice((None, 300)),
    )


def _crews(dice: random.Random) -> tuple[FieldCapacity, ...]:
    return (
        FieldCapacity(skill="install", by_day=50, crew_days=dice.randint(1, 2)),
        FieldCapacity(skill="install", by_day=100, crew_days=dice.randint(1, 4)),
    )


def simple_paths(problem: Problem, start: str, ends: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every path without repeated nodes from `start` to one of `ends`, also through others of them."""

    def further(node: str, seen: tuple[str, ...], links: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if node in ends:
            yield links
        for link in problem.network.links:
            if node in (link.a, link.z):
                other = link.z if node == link.a else link.a
                if other not in seen:
                    yield from further(other, (*seen, other), (*links, link.id))

    yield from further(start, (start,), ())


def site_designs(problem: Problem, site: Site, legs: Sequence[int]) -> Iterator[SiteDesign]:
    """Every design of one site with so many legs, whether it keeps the rules or not."""
    single = [
        Leg(access=option.id, path=path)
        for option in problem.access_options
        if option.site == site.id
        for path in simple_paths(problem, option.pop, site.destinations)
    ]
    for model in problem.cpe_models:
        for count in legs:
            for chosen in combinations(single, count):
                if len({leg.access for leg in chosen}) == count:
                    yield SiteDesign(site=site.id, cpe=model.id, legs=chosen)


def whole(problem: Problem, sites: Sequence[SiteDesign], augments: Sequence[str]) -> Design:
    option_of = {option.id: option for option in problem.access_options}
    builds = {option_of[leg.access].build for site in sites for leg in site.legs}
    return Design(
        sites=tuple(sites),
        builds=tuple(sorted(build for build in builds if build is not None)),
        augments=tuple(augments),
    )


def augment_choices(problem: Problem) -> list[tuple[str, ...]]:
    links = [link.id for link in problem.network.links if link.augment is not None]
    return [chosen for count in range(len(links) + 1) for chosen in combinations(links, count)]


def lawful_designs(problem: Problem, site: Site) -> list[SiteDesign]:
    """The designs of one site that break none of its own rules."""
    alone = replace(
        problem,
        sites=(site,),
        network=replace(
            problem.network,
            links=tuple(replace(link, capacity_mbps=10**6) for link in problem.network.links),
            nodes=tuple(replace(node, ports=None) for node in problem.network.nodes),
        ),
        builds=tuple(replace(build, max_sites=None, capacity_mbps=None) for build in problem.builds),
        partners=tuple(replace(partner, max_orders=None) for partner in problem.partners),
        field_capacity=(),
        budget=Budget(),
    )
    legs = 1 if site.diversity == "none" else 2
    return [
        design
        for design in site_designs(problem, site, (legs,))
        if not check(alone, whole(alone, (design,), ()), weakest=False).violations
    ]


def best_cost(problem: Problem) -> int | None:
    """The least cost of any design that keeps all rules, by trying them all; None where there is none."""
    best = None
    followed: AlreadyFollowed = {}
    augments = augment_choices(problem)
    for sites in product(*(lawful_designs(problem, site) for site in problem.sites)):
        for chosen in augments:
            verdict = check(problem, whole(problem, sites, chosen), weakest=False, followed=followed)
            if not verdict.violations and (best is None or verdict.cost_minor < best):
                best = verdict.cost_minor
    return best


def violation_sets(problem: Problem) -> dict[frozenset[str], dict[str, list[float]]]:
    """What every conceivable design breaks: by set of constraints, the values that it would need of each."""
    found: dict[frozenset[str], dict[str, list[float]]] = {}
    followed: AlreadyFollowed = {}
    for sites in product(*(list(site_designs(problem, site, _legs(site))) for site in problem.sites)):
        for chosen in augment_choices(problem):
            violations = check(problem, whole(problem, sites, chosen), weakest=False, followed=followed).violations
            needed = found.setdefault(frozenset(v.constraint for v in violations), {})
            for violation in violations:
                if violation.needed is not None:
                    needed.setdefault(violation.constraint, []).append(violation.needed)
    return found


def _legs(site: Site) -> tuple[int, ...]:
    """How many legs a conceivable design has: too few is wrong, but conceivable."""
    return (1,) if site.diversity == "none" else (1, 2)


def minimal_sets(sets: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    return [one for one in set(sets) if not any(other < one for other in sets)]


def minimal_conflicts(corrections: Sequence[frozenset[str]]) -> list[frozenset[str]]:
    """The minimal sets that hit every correction: what cannot be kept together (Reiter 1987)."""
    hitting: list[frozenset[str]] = [frozenset()]
    for correction in corrections:
        grown = [one if one & correction else one | {member} for one in hitting for member in correction]
        hitting = minimal_sets(grown)
    return hitting
