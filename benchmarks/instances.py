"""The problems that the design core is measured on: synthetic sites on real graphs, told by a line of words."""

import random
from dataclasses import dataclass, replace
from math import hypot

from linkwright.design.model import Problem
from mocks.world.topology import City, Span, Topology, UnknownTopology
from tests.design import medium

NATIONAL, CONTINENT = "sndlib/germany50", "backbone/europe"
GENERATED = "generated"
"""Stands for a graph of our own where topohub is not installed."""


@dataclass(frozen=True, kw_only=True)
class Instance:
    """`room` scales the free capacity of links (1.0 is tight); `orders` caps what each partner takes.

    `eased`: by so much less availability than the generator draws; latency may always be half as long again.
    """

    graph: str
    sites: int
    seed: int
    room: float = 1.0
    eased: float = 0.001
    srlg: bool = True
    orders: int | None = None

    def __str__(self) -> str:
        more = "" if self.srlg else ", no SRLG"
        more += "" if self.orders is None else f", {self.orders} orders a partner"
        return f"{self.graph}, {self.sites} sites, seed {self.seed}, room {self.room:g}{more}"

    def problem(self) -> Problem:
        problem = a_problem(self)
        sites = [
            replace(
                site,
                max_latency_ms=1.5 * site.max_latency_ms,
                min_availability=site.min_availability - self.eased,
            )
            for site in problem.sites
            if self.srlg or site.diversity != "srlg"
        ]
        partners = problem.partners
        if self.orders is not None:
            partners = tuple(replace(partner, max_orders=self.orders) for partner in partners)
        return replace(problem, sites=tuple(sites), partners=partners)


def a_problem(instance: Instance) -> Problem:
    medium.load = known  # type: ignore[attr-defined]
    return medium.a_medium_problem(instance.graph, sites=instance.sites, seed=instance.seed, room=instance.room)


def known(name: str) -> Topology:
    """A topology of topohub, or one of our own of about the same size."""
    from mocks.world.topology import load

    try:
        return load(name)
    except (UnknownTopology, ModuleNotFoundError):
        return generated(850 if "europe" in name else 50)


def generated(nodes: int) -> Topology:
    """Places drawn over a country, each with links to its three nearest: connected, with about 3/2 links a place."""
    dice = random.Random(nodes)
    places = [(dice.uniform(47, 55), dice.uniform(6, 15)) for _ in range(nodes)]
    cities = tuple(
        City(pop=f"pop-{n:04}", slug=f"{n:04}", name=f"Place {n}", lat_deg=lat, lon_deg=lon)
        for n, (lat, lon) in enumerate(places)
    )
    pairs: set[tuple[int, int]] = set()
    for number in range(1, nodes):
        earlier = sorted(range(number), key=lambda other: _km(places[number], places[other]))
        pairs.update((other, number) for other in earlier[: 2 if number % 2 else 1])
    spans = tuple(
        Span(id=f"link-{a:04}-{z:04}", a=cities[a].pop, z=cities[z].pop, length_km=1 + 1.3 * _km(places[a], places[z]))
        for a, z in sorted(pairs)
    )
    return Topology(name=GENERATED, country="ZZ", cities=cities, spans=spans)


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    return 100 * hypot(one[0] - other[0], 0.65 * (one[1] - other[1]))
