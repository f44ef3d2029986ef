"""Who could be in the way of whom: items that may need some of what others are in conflict about."""

from collections.abc import Collection, Iterable, Iterator

from linkwright.design.model import AccessOption, Network, Problem, Site
from linkwright.design.why.common import common_limit
from linkwright.design.why.narrowed import offers_of
from linkwright.design.wishes import is_far
from linkwright.remembered import remembered

NOTHING: frozenset[tuple[str, str]] = frozenset()
AVOIDABLE = ("link", "pop", "partner", "build", "field")
"""Kinds of limits that an item with another way takes nothing of."""


def have_ways(problem: Problem) -> bool:
    """Whether it is plain that all items could be served if nothing were asked; False says nothing."""
    parts = _parts_of(problem.network)
    return bool(problem.cpe_models) and all(_has_another_way(problem, one, NOTHING, parts) for one in problem.sites)


def in_the_way(problem: Problem, shared: Iterable[str]) -> list[str]:
    """The items that may need some of these limits although nothing else is asked of them; of others that is known.

    All of them where the limits are of another kind.
    """
    named = [common_limit(constraint) for constraint in shared]
    if not named:
        return []
    if any(limit.kind not in AVOIDABLE for limit, _, _ in named):
        return [site.id for site in problem.sites]
    scarce = frozenset((limit.kind, name) for limit, name, _ in named)
    parts = _parts(problem.network, {name for kind, name in scarce if kind == "link"})
    return [site.id for site in problem.sites if not _has_another_way(problem, site, scarce, parts)]


def _has_another_way(problem: Problem, site: Site, scarce: frozenset[tuple[str, str]], parts: dict[str, int]) -> bool:
    """Whether it has as many accesses as it could need legs, each with a way that takes nothing scarce."""
    offers = offers_of(problem, site.id)
    if any(is_far(option) for option in offers):
        return False
    ends = {parts[node] for node in site.destinations}
    free = [option for option in offers if parts[option.pop] in ends and scarce.isdisjoint(_taken(option))]
    return len(free) >= max(1, len(site.legs))


def _taken(option: AccessOption) -> Iterator[tuple[str, str]]:
    yield "pop", option.pop
    if option.partner is not None:
        yield "partner", option.partner
    if option.build is not None:
        yield "build", option.build
    for skill in option.work:
        yield "field", skill


@remembered
def _parts_of(network: Network) -> dict[str, int]:
    return _parts(network, ())


def _parts(network: Network, closed: Collection[str]) -> dict[str, int]:
    """By node the part of the network that can be reached from it when these links are closed."""
    beside: dict[str, list[str]] = {node.id: [] for node in network.nodes}
    for link in network.links:
        if link.id not in closed:
            beside[link.a].append(link.z)
            beside[link.z].append(link.a)
    parts: dict[str, int] = {}
    for number, start in enumerate(beside):
        waiting = [] if start in parts else [start]
        while waiting:
            node = waiting.pop()
            if node not in parts:
                parts[node] = number
                waiting += beside[node]
    return parts
