"""Tiny problems without anything unusual, on networks of several shapes."""

import random
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from linkwright.design.model import (
    AccessOption,
    CpeModel,
    Link,
    Network,
    Node,
    Partner,
    Problem,
    Site,
    Srlg,
)

Dice = random.Random

SHAPES = ("tree", "ring", "ring", "two-connected", "two-connected", "disconnected", "parallel links")
WORDS = ("link", "node", "srlg", "entry", "carrier", "technology")
KINDS = ("fibre", "radio", "5g")
DAYS = (3, 5, 8)
"""Items are wanted on one of these days; everything that is dated lies around them."""


def plain(dice: Dice, name: str, shape: str, items: int, nodes: int | None = None) -> Problem:
    network = _network(dice, shape, nodes or dice.choice((3, 4, 4, 5)))
    sites = tuple(_site(dice, f"s{number}", network) for number in range(items))
    return Problem(
        name=f"{name}, {shape}",
        as_of=date(2027, 1, 4),
        term_months=3,
        network=network,
        sites=sites,
        access_options=tuple(o for site in sites for o in _options(dice, site, network)),
        cpe_models=(a_cpe(dice, "box"),),
        partners=(Partner(id="p"), Partner(id="q")),
    )


def _network(dice: Dice, shape: str, count: int) -> Network:
    around = [(n, (n + 1) % count) for n in range(count)]
    tree = [(dice.randrange(n), n) for n in range(1, count)]
    chords = dice.sample([pair for pair in combinations(range(count), 2) if pair not in around], count - 3)
    places = {
        "tree": tree,
        "ring": around,
        "two-connected": around + chords[:2],
        "disconnected": [pair for pair in around if 0 not in pair],
        "parallel links": [*tree, *tree[:2]],
    }[shape]
    nodes = tuple(
        Node(id=f"n{number}", lat_deg=0.0, lon_deg=0.0, availability=dice.choice((0.999, 1.0)), delay_ms=0.1)
        for number in range(count)
    )
    groups = [("g0", "risk"), ("g1", "risk"), ("e0", "entry"), ("c0", "carrier"), ("c1", "carrier")]
    return Network(
        nodes=nodes,
        links=tuple(_link(dice, f"l{number}", a, z) for number, (a, z) in enumerate(places)),
        srlgs=tuple(Srlg(id=group, availability=0.999, kind=kind) for group, kind in groups),  # type: ignore[arg-type]
    )


def _link(dice: Dice, name: str, a: int, z: int) -> Link:
    return Link(
        id=name,
        a=f"n{a}",
        z=f"n{z}",
        length_km=dice.choice((10.0, 100.0, 300.0)),
        availability=dice.choice((0.99, 0.999)),
        mrc_minor_per_mbps=dice.randint(0, 4),
        capacity_mbps=1000,
        srlgs=("g0",) if dice.random() < 0.2 else (),
    )


def _site(dice: Dice, name: str, network: Network) -> Site:
    nodes = [node.id for node in network.nodes]
    return Site(
        id=name,
        bandwidth_mbps=dice.choice((5, 10)),
        max_latency_ms=dice.choice((2.0, 4.0, 9.0, 9.0)),
        min_availability=dice.choice((0.9, 0.9, 0.95, 0.97)),
        diversity=dice.choice(("none", "none", "none", "link", "node", "srlg")),
        required_day=dice.choice(DAYS),
        destinations=tuple(dice.sample(nodes, dice.choice((1, 2, 2)))),
        cpe_per_leg=dice.random() < 0.3,
    )


def _options(dice: Dice, site: Site, network: Network) -> Iterator[AccessOption]:
    for number in range(dice.choice((2, 3, 3))):
        yield an_option(dice, site, network, number)


def an_option(dice: Dice, site: Site, network: Network, number: int, end: str = "a") -> AccessOption:
    return AccessOption(
        id=f"{site.id}-{end}{number}",
        site=site.id,
        kind=dice.choice(KINDS),
        pop=dice.choice(network.nodes).id,
        bandwidth_mbps=dice.choice((5, 10, 100, 100)),
        nrc_minor=dice.randint(0, 30),
        mrc_minor=dice.randint(0, 9),
        availability=dice.choice((0.99, 0.999)),
        delay_ms=dice.choice((0.1, 0.5)),
        lead_days=dice.choice((1, 1, 2, 4)),
        srlgs=("g0",) if dice.random() < 0.2 else (),
        end=end,  # type: ignore[arg-type]
    )


def a_cpe(dice: Dice, name: str) -> CpeModel:
    return CpeModel(
        id=name,
        max_mbps=100,
        features=(),
        nrc_minor=dice.randint(0, 20),
        mrc_minor=dice.randint(0, 3),
        availability=dice.choice((0.998, 0.9999)),
        delay_ms=dice.choice((0.05, 0.1)),
    )
