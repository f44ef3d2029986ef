"""Where the legs of an item may end: its destinations, the node of a meeting, or the accesses at its far end."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from linkwright.design.choice.coupling import Coupling
from linkwright.design.choice.parts import End, Option
from linkwright.design.model import Meeting, Problem, Site
from linkwright.design.routes.graph import TECHNOLOGY, FarLink, Graph, overlay
from linkwright.design.rules.rules import mixes_no_technology
from linkwright.design.wishes import wishes_of


def ends_of(
    problem: Problem,
    graph: Graph,
    coupling: Coupling,
    site: Site,
    far: Sequence[tuple[str, Option]] | None,
    unmixed: Sequence[frozenset[str]] = (),
) -> tuple[End, ...]:
    """The ends of an item, each of which all its legs share; `far` are its accesses at the far end with their kinds.

    A member of a meeting has one for each node where it may be, with what it takes to be there. With accesses at a far
    end there is one more for each set of technologies (`unmixed`) that backups may have for themselves.
    """
    if far is not None:
        return tuple(_far_ends(graph, site, far, unmixed)) if far else ()
    meetings = [own for own in problem.meets if site.id in own.sites and own.id in coupling.meetings]
    if not meetings:
        return (End(graph, frozenset(graph.node_index[node] for node in site.destinations)),)
    return tuple(
        End(graph, frozenset({graph.node_index[node]}), coupling.of_end(site, node))
        for node in _common_nodes(site, meetings)
    )


def _common_nodes(site: Site, meetings: Sequence[Meeting]) -> list[str]:
    allowed = [meeting.nodes for meeting in meetings if meeting.nodes]
    return sorted(node for node in set(site.destinations) if all(node in nodes for nodes in allowed))


def technologies_of_backups(site: Site, accesses: Iterable[tuple[str, Option]]) -> list[frozenset[str]]:
    """Every set of technologies that the backups of an item could use, at both ends together."""
    backups = [number for number, wish in enumerate(wishes_of(site)) if wish.role == "backup"]
    if not mixes_no_technology(site):
        return []
    able = sorted({kind for kind, option in accesses if any(option.by_wish[number] for number in backups)})
    most = min(2 * len(backups), len(able))
    return [frozenset(some) for count in range(1, most + 1) for some in combinations(able, count)]


def _far_ends(
    graph: Graph, site: Site, far: Sequence[tuple[str, Option]], unmixed: Sequence[frozenset[str]]
) -> Iterator[End]:
    end = _far_end(graph, site, far)
    yield end
    backups = [wish.role == "backup" for wish in wishes_of(site)]
    for technologies in unmixed:
        able = tuple(
            replace(
                option,
                by_wish=tuple(
                    answers and is_backup == (kind in technologies)
                    for answers, is_backup in zip(option.by_wish, backups, strict=True)
                ),
            )
            for kind, option in far
        )
        yield replace(end, far=able, of_backups=frozenset(TECHNOLOGY + kind for kind in technologies))


def _far_end(graph: Graph, site: Site, far: Sequence[tuple[str, Option]]) -> End:
    links = [
        FarLink(
            id=option.id,
            at=option.pop,
            figures=option.sums,
            availability=option.availability,
            groups=option.groups,
            technology=TECHNOLOGY + kind,
        )
        for kind, option in far
    ]
    grown = overlay(graph, f"far end of {site.id}", links)
    return End(grown, frozenset({len(graph.node_ids)}), far=tuple(option for _, option in far))
