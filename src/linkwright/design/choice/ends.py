"""Where the legs of an item may end: its destinations, the node of a meeting, or the accesses at its far end."""

from collections.abc import Sequence

from linkwright.design.choice.coupling import Coupling
from linkwright.design.choice.parts import End, Option
from linkwright.design.model import Meeting, Problem, Site
from linkwright.design.routes.graph import TECHNOLOGY, FarLink, Graph, overlay


def ends_of(
    problem: Problem, graph: Graph, coupling: Coupling, site: Site, far: Sequence[tuple[str, Option]] | None
) -> tuple[End, ...]:
    """The ends of an item, each of which all its legs share; `far` are its accesses at the far end with their kinds.

    A member of a meeting has one for each node where it may be, with what it takes to be there.
    """
    if far is not None:
        return (_far_end(graph, site, far),) if far else ()
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
