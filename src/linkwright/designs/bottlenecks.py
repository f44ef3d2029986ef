"""What every route from a place to where its service may end has to pass: a link, a node, a shared risk."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from linkwright.design.model import Link, RiskKind
from linkwright.design.rules.apart import Apart
from linkwright.designs.facts import AccessFact, NetworkFacts
from linkwright.remembered import remembered

MOST_KNOWN = 1_000
"""So many answers are kept for each network: the last ones that were worked out."""
Part = tuple[str, str]
"""`link`, `node` or `risk`, and its id."""
Entries = Collection[tuple[str, Collection[str]]]
"""Of each access the PoP at which it enters, and the groups that it stands in."""


def bottlenecks(
    ways: Iterable[AccessFact], destinations: Iterable[str], network: NetworkFacts, apart: Apart
) -> Sequence[str]:
    """Named with their kind, risks by their id alone; only what two legs that are so apart may not share."""
    entries = frozenset((way.pop, (*way.srlgs, *way.entries)) for way in ways)
    key = (entries, frozenset(destinations), apart)
    routes = _routes(network)
    found = routes.known.get(key)
    if found is None:
        found = routes.known[key] = routes.unavoidable(*key)
        for old in list(routes.known)[:-MOST_KNOWN]:
            routes.known.pop(old, None)
    return found


class Step(NamedTuple):
    """How a node was reached: from where, and over what; from nowhere by an access."""

    origin: str | None
    parts: Sequence[Part]


class _Routes:
    def __init__(self, network: NetworkFacts) -> None:
        self.known: dict[tuple[Entries, Collection[str], Apart], Sequence[str]] = {}
        self._kinds: dict[str, RiskKind] = {group.id: group.kind for group in network.srlgs}
        self._at: dict[str, list[tuple[str, Link]]] = defaultdict(list)
        for link in network.links:
            self._at[link.a].append((link.z, link))
            self._at[link.z].append((link.a, link))

    def unavoidable(self, entries: Entries, ends: Collection[str], apart: Apart) -> Sequence[str]:
        """A part that is on every route is on the shortest one too, so only the parts of that have to be tried."""
        passed = dict.fromkeys(self._shortest(entries, ends) or ())
        mattering = (part for part in passed if self._matters(part, apart))
        found = [part for part in mattering if self._shortest(entries, ends, without=part) is None]
        return sorted(name if kind == "risk" else f"{kind} {name}" for kind, name in found)

    def _matters(self, part: Part, apart: Apart) -> bool:
        kind, name = part
        if kind == "risk":
            return self._kinds.get(name) in apart.kinds
        return apart.by_link if kind == "link" else apart.by_node

    def _shortest(self, entries: Entries, ends: Collection[str], without: Part | None = None) -> list[Part] | None:
        """The parts of a route of the fewest links, but for the destination at its end; None where there is none."""
        steps: dict[str, Step] = {}
        for pop, groups in sorted(entries):
            parts = [("node", pop), *_risks(groups)]
            if without not in parts:
                steps.setdefault(pop, Step(None, parts))
        waiting = deque(steps)
        while waiting:
            node = waiting.popleft()
            if node in ends:
                return list(_walked(node, steps))
            for other, link in self._at[node]:
                if other in steps or (without == ("node", other) and other not in ends):
                    continue
                parts = [("link", link.id), *_risks(link.srlgs)]
                if without not in parts:
                    steps[other] = Step(node, parts)
                    waiting.append(other)
        return None


_routes = remembered(_Routes)


def _risks(groups: Iterable[str]) -> Iterator[Part]:
    return (("risk", group) for group in groups)


def _walked(end: str, steps: dict[str, Step]) -> Iterator[Part]:
    step = steps[end]
    while step.origin is not None:
        yield from step.parts
        yield "node", step.origin
        step = steps[step.origin]
    yield from step.parts
