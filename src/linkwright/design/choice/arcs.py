"""The ways of one item's legs on the arcs of the network, as variables of a programme."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from linkwright.design.choice.arc_space import Arc
from linkwright.design.choice.parts import Arrangement, End, Option
from linkwright.design.choice.programme import Entry, Programme
from linkwright.design.routes.graph import Graph
from linkwright.design.rules.figures import N_FIGURES, Sums


@dataclass(frozen=True, slots=True)
class Frame:
    """A design but for its ways: the variable that stands for it, its accesses and CPE model, what each way may use."""

    variable: int
    place: Arrangement
    cpe: int
    options: tuple[Option, ...]
    most: tuple[Sums, ...]


@dataclass(slots=True)
class Leg:
    """The variables of the way of one leg."""

    graph: Graph
    goals: frozenset[int]
    links_by_mark: Mapping[str, Sequence[int]]
    arcs: dict[Arc, int] = field(default_factory=dict)
    leaving: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By node the arcs that leave it."""
    reaching: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By node the arcs that lead there."""
    starts: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By node the frames in which the leg begins there."""
    marked: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By group or technology the frames whose access has it."""
    known: dict[str, list[Entry]] = field(default_factory=dict)
    """By group or technology what is 1 if the leg has it anywhere, made when it is first asked for."""

    def on(self, link: int) -> list[int]:
        """Both ways over a link."""
        ends = self.graph.link_ends[link]
        return [self.arcs[link, node] for node in ends if (link, node) in self.arcs]

    def ending(self, node: int) -> list[int]:
        return [*self.reaching[node], *self.starts[node]] if node in self.goals else []

    def beginning_at_the_end(self, node: int) -> list[int]:
        return self.starts[node] if node in self.goals else []

    def having(self, programme: Programme, mark: str) -> list[Entry]:
        """What is 1 if the leg has a group or a technology anywhere."""
        if mark not in self.known:
            links = self.links_by_mark.get(mark, ())
            self.known[mark] = programme.any_of([self.marked[mark], *(self.on(link) for link in links)])
        return self.known[mark]


@dataclass(frozen=True, slots=True)
class Mode:
    """One shape of an item's legs at one of its ends."""

    end: End
    frames: list[Frame]
    legs: list[Leg]

    def loosest(self, leg: int) -> Sums:
        """What the way of a leg may use up with the best of all frames."""
        return tuple(max(frame.most[leg][figure] for frame in self.frames) for figure in range(N_FIGURES))
