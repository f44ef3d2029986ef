"""The most units that a network carries from several sources to one end, one shortest augmenting path at a time.

Source: R. K. Ahuja, T. L. Magnanti, J. B. Orlin, Network Flows (1993), chapter 7.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field

Step = tuple[int, int | None]
"""The state that is reached, and the label of the arc to it."""


@dataclass(slots=True)
class _Arc:
    """`back` is the place of its reverse, which holds what flows, among the arcs that leave `to`."""

    to: int
    free: int
    back: int
    label: int | None
    is_forward: bool


@dataclass(slots=True)
class UnitFlow:
    arcs: dict[int, list[_Arc]] = field(default_factory=lambda: defaultdict(list))

    def arc(self, start: int, to: int, capacity: int = 1, label: int | None = None) -> None:
        here, there = self.arcs[start], self.arcs[to]
        here.append(_Arc(to, capacity, len(there), label, True))
        there.append(_Arc(start, 0, len(here) - 1, label, False))

    def add(self, source: int, end: int) -> bool:
        """One unit more from this source; False where there is no room for it beside the others."""
        came: dict[int, _Arc] = {}
        waiting = deque([source])
        while waiting:
            state = waiting.popleft()
            if state == end:
                self._push(source, end, came)
                return True
            for arc in self.arcs[state]:
                if arc.free and arc.to not in came and arc.to != source:
                    came[arc.to] = arc
                    waiting.append(arc.to)
        return False

    def _push(self, source: int, end: int, came: dict[int, _Arc]) -> None:
        state = end
        while state != source:
            arc = came[state]
            reverse = self.arcs[state][arc.back]
            arc.free -= 1
            reverse.free += 1
            state = reverse.to

    def walk(self, source: int, end: int) -> list[Step]:
        """The steps of one unit from this source, which is taken off."""
        steps: list[Step] = []
        state = source
        while state != end:
            arc = next(own for own in self.arcs[state] if own.is_forward and self.arcs[own.to][own.back].free)
            self.arcs[arc.to][arc.back].free -= 1
            arc.free += 1
            state = arc.to
            steps.append((state, arc.label))
        return steps
