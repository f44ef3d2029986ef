"""Real graphs from topohub (Internet Topology Zoo, SNDlib, backbone maps) as cities and the links between them."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import count
from math import asin, cos, radians, sin, sqrt
from operator import truediv
from typing import Any

from mocks.world.words import slug

FAMILIES = ("sndlib", "topozoo", "backbone", "caida")
ROUTE_FACTOR = 1.3
"""A fibre route is longer than the great circle that topohub gives: a common planning surcharge."""
MIN_LENGTH_KM = 0.5
EARTH_RADIUS_KM = 6371.0
COUNTRIES = {
    "abilene": "US",
    "dfn-bwin": "DE",
    "dfn-gwin": "DE",
    "france": "FR",
    "germany50": "DE",
    "india35": "IN",
    "nobel-germany": "DE",
    "nobel-us": "US",
    "norway": "NO",
    "polska": "PL",
    "TataNld": "IN",
}
UNKNOWN_COUNTRY = "ZZ"
"""ISO 3166 leaves ZZ to users: topohub does not say in which country a node lies."""


class UnknownTopology(LookupError):
    """topohub has no such graph, or it is too small to be an operator's network."""


@dataclass(frozen=True, kw_only=True)
class City:
    """A node of the graph with its PoP. `pop` is the PoP's resource id; nobody lives at a waypoint of a sea cable."""

    pop: str
    slug: str
    name: str
    lat_deg: float
    lon_deg: float
    inhabited: bool = True


@dataclass(frozen=True, kw_only=True)
class Span:
    """An edge of the graph; `a` and `z` are PoP ids in the order of their names."""

    id: str
    a: str
    z: str
    length_km: float


@dataclass(frozen=True, kw_only=True)
class Topology:
    name: str
    country: str
    cities: tuple[City, ...]
    spans: tuple[Span, ...]

    @property
    def inhabited(self) -> tuple[City, ...]:
        """The cities where customers can be: the named ones, or all where none has a name."""
        return tuple(city for city in self.cities if city.inhabited) or self.cities


def load(name: str) -> Topology:
    """The topology of this name: a key of topohub (`topozoo/TataNld`) or the part after the slash in any letter case.

    Raises:
        UnknownTopology: nothing is called so, or it has fewer than three nodes or two edges.
    """
    key, graph = _graph(name)
    taken: Counter[str] = Counter()
    cities = {node["id"]: _city(node, taken) for node in graph["nodes"]}
    spans = tuple(_spans(graph["edges"], cities))
    if len(cities) < 3 or len(spans) < 2:
        raise UnknownTopology(f"topology {key} is too small: {len(cities)} nodes, {len(spans)} edges")
    short = key.rpartition("/")[2]
    return Topology(
        name=short, country=COUNTRIES.get(short, UNKNOWN_COUNTRY), cities=tuple(cities.values()), spans=spans
    )


def distance_km(a: City, z: City) -> float:
    """Great-circle distance in km (haversine form)."""
    return _haversine_km(a.lat_deg, a.lon_deg, z.lat_deg, z.lon_deg)


def _haversine_km(lat_a: float, lon_a: float, lat_z: float, lon_z: float) -> float:
    lat_a, lon_a, lat_z, lon_z = map(radians, (lat_a, lon_a, lat_z, lon_z))
    half = sin((lat_z - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_z) * sin((lon_z - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half))


def _graph(name: str) -> tuple[str, dict[str, Any]]:
    """The key and the graph. topohub's own reader leaves its file open, so the file is read here."""
    by_short_name = {known.rpartition("/")[2].lower(): known for known in reversed(list(_keys()))}
    key = name if "/" in name else by_short_name.get(name.lower())
    if key is None or ".." in key.split("/"):
        raise UnknownTopology(_unknown(name))
    try:
        graph = json.loads(reduce(truediv, f"{key}.json".split("/"), _data()).read_text(encoding="utf-8"))
    except OSError as error:
        raise UnknownTopology(_unknown(name)) from error
    return key, graph


def _keys() -> Iterator[str]:
    for family in FAMILIES:
        names = (file.name for file in (_data() / family).iterdir())
        yield from sorted(f"{family}/{name.removesuffix('.json')}" for name in names if name.endswith(".json"))


def _data() -> Traversable:
    import topohub.data  # only whoever builds a world needs it

    return files(topohub.data)


def _unknown(name: str) -> str:
    keys = list(_keys())
    some = ", ".join([*(k for k in keys if k.startswith("sndlib/")), *keys[-3:]])
    return f"no topology is called {name!r}; topohub has {len(keys)} by these families, for example {some}"


def _city(node: dict[str, Any], taken: Counter[str]) -> City:
    name = node.get("name") or f"{node.get('type', 'Node')} {node['id']}"
    lon_deg, lat_deg = node["pos"]
    unique = _unique(slug(name) or f"node-{node['id']}", taken)
    inhabited = bool(node.get("name"))
    return City(pop=f"pop-{unique}", slug=unique, name=name, lat_deg=lat_deg, lon_deg=lon_deg, inhabited=inhabited)


def _spans(edges: list[dict[str, Any]], cities: dict[Any, City]) -> Iterator[Span]:
    taken: Counter[str] = Counter()
    for edge in edges:
        if edge["source"] == edge["target"]:
            continue
        a, z = sorted((cities[edge["source"]], cities[edge["target"]]), key=lambda city: city.slug)
        length_km = max(MIN_LENGTH_KM, round(edge["dist"] * ROUTE_FACTOR, 2))
        link_id = _unique(f"link-{a.slug}-{z.slug}", taken)
        yield Span(id=link_id, a=a.pop, z=z.pop, length_km=length_km)


def _unique(wanted: str, taken: Counter[str]) -> str:
    if wanted not in taken:
        taken[wanted] += 1
        return wanted
    free = next(f"{wanted}-{n}" for n in count(2) if f"{wanted}-{n}" not in taken)
    taken[free] += 1
    return free
