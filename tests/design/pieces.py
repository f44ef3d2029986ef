"""Parts of hand-made problems: whatever a test does not mention costs nothing, never fails and is there at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from linkwright.design.model import (
    AccessOption,
    CpeModel,
    Design,
    Leg,
    Link,
    Network,
    Node,
    Problem,
    Site,
    SiteDesign,
    Srlg,
)

TERM_MONTHS = 10


def a_node(name: str, **more: Any) -> Node:
    return replace(Node(id=name, lat_deg=0.0, lon_deg=0.0, availability=1.0, delay_ms=0.0), **more)


def a_link(name: str, ends: str, price: int = 0, **more: Any) -> Link:
    """`ends` are two nodes of one letter; `price` is for each Mbit/s a month."""
    plain = Link(
        id=name,
        a=ends[0],
        z=ends[1],
        length_km=0.0,
        availability=1.0,
        mrc_minor_per_mbps=price,
        capacity_mbps=1000,
    )
    return replace(plain, **more)


def a_site(name: str, to: str = "h", **more: Any) -> Site:
    """10 Mbit/s on day 100 to any of the nodes of one letter in `to`."""
    plain = Site(
        id=name,
        bandwidth_mbps=10,
        max_latency_ms=100.0,
        min_availability=0.0,
        diversity="none",
        required_day=100,
        destinations=tuple(to),
    )
    return replace(plain, **more)


def an_option(name: str, site: str, pop: str, nrc: int = 0, **more: Any) -> AccessOption:
    plain = AccessOption(
        id=name,
        site=site,
        kind="fibre",
        pop=pop,
        bandwidth_mbps=1000,
        nrc_minor=nrc,
        mrc_minor=0,
        availability=1.0,
        delay_ms=0.0,
        lead_days=0,
    )
    return replace(plain, **more)


def a_cpe(name: str = "box", nrc: int = 0, **more: Any) -> CpeModel:
    plain = CpeModel(id=name, max_mbps=1000, features=(), nrc_minor=nrc, mrc_minor=0, availability=1.0, delay_ms=0.0)
    return replace(plain, **more)


def a_network(nodes: str | Sequence[Node], links: Sequence[Link] = (), srlgs: Sequence[Srlg] = ()) -> Network:
    made = tuple(a_node(name) if isinstance(name, str) else name for name in nodes)
    return Network(nodes=made, links=tuple(links), srlgs=tuple(srlgs))


def a_case(network: Network, sites: Sequence[Site], options: Sequence[AccessOption], **more: Any) -> Problem:
    plain = Problem(
        name="by hand",
        as_of=date(2027, 1, 4),
        term_months=TERM_MONTHS,
        network=network,
        sites=tuple(sites),
        access_options=tuple(options),
        cpe_models=(a_cpe(),),
    )
    return replace(plain, **more)


def legs_of(design: Design, site: str) -> tuple[Leg, ...]:
    return next(own.legs for own in design.sites if own.site == site)


def a_design(*sites: SiteDesign, builds: Sequence[str] = (), augments: Sequence[str] = ()) -> Design:
    return Design(sites=sites, builds=tuple(builds), augments=tuple(augments))


def with_site(problem: Problem, name: str, **changes: Any) -> Problem:
    return replace(problem, sites=tuple(replace(s, **changes) if s.id == name else s for s in problem.sites))


def with_option(problem: Problem, name: str, **changes: Any) -> Problem:
    options = tuple(replace(o, **changes) if o.id == name else o for o in problem.access_options)
    return replace(problem, access_options=options)


def with_node(problem: Problem, name: str, **changes: Any) -> Problem:
    nodes = tuple(replace(node, **changes) if node.id == name else node for node in problem.network.nodes)
    return replace(problem, network=replace(problem.network, nodes=nodes))


def with_link(problem: Problem, name: str, **changes: Any) -> Problem:
    links = tuple(replace(link, **changes) if link.id == name else link for link in problem.network.links)
    return replace(problem, network=replace(problem.network, links=links))


def with_cpe(problem: Problem, name: str, **changes: Any) -> Problem:
    models = tuple(replace(model, **changes) if model.id == name else model for model in problem.cpe_models)
    return replace(problem, cpe_models=models)
