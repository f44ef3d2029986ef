"""The cheapest pair of paths without a common node, link or group: branching on what both legs would take.

Tolls on what both legs want make them independent of each other (Lagrange): whatever each leg pays for itself, less all
tolls, is a bound for all pairs; with the tolls of the flow and without groups it is the price of the flow. Where the
two ways have something in common, one leg must do without it: that makes two parts of the problem. Where they have
nothing in common but a toll is not used up, the pair is dearer than its bound; then one leg is told to do without what
nobody uses, and for the other leg alone it need not cost a toll.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import inf
from typing import NamedTuple

from linkwright.design.routes.graph import NOTHING, DisjointPair
from linkwright.design.routes.paths import Effort
from linkwright.design.routes.tolled import Leg, Parts, Quest, Tolled, Way

LABELS_OF_A_LOOK = 5
"""What a look at one part of the problem counts as, measured against one label of a path search."""
MOST_PARTS = 200
"""After so many parts the best bound and the best pair so far are the answer."""


class Found(NamedTuple):
    """No pair costs less than `least`; `pair` is the cheapest where it `is_exact`, and otherwise any or none."""

    least: float
    pair: DisjointPair | None
    is_exact: bool


Quests = tuple[Quest, Quest]


class _Part(NamedTuple):
    """What both legs pay at least if each keeps off something, and the searches for their cheapest ways then."""

    least: float
    number: int
    tolled: Tolled
    quests: Quests

    def ways(self) -> tuple[Way, Way] | None:
        """None while one is not found yet."""
        one, two = (quest.way for quest in self.quests)
        return None if one is None or two is None else (one, two)


@dataclass(frozen=True, slots=True)
class Rules:
    """What two legs must not share: links, nodes but the goals if they are apart `by_node`, and marks of links."""

    by_node: bool
    marks: Sequence[frozenset[str]]
    sharing: Mapping[str, frozenset[int]]
    """For each mark its links."""


class PairSearch:
    """The search for the cheapest pair of two legs that are apart, as far as it has come: none costs less than `least`.

    `off` is what each leg keeps off. Of the tolls those on what is `taken` are paid by somebody else.
    """

    def __init__(
        self,
        rules: Rules,
        legs: tuple[Leg, Leg],
        off: tuple[Parts, Parts],
        taken: Parts,
        tolled: Tolled,
        effort: Effort,
    ) -> None:
        self.rules = rules
        self.legs = legs
        self.taken = taken
        self.price = tolled.price
        self.goals = tolled.aim.goals
        self.effort = effort
        self.paid = sum(tolled.tolls.get(own, 0) for own in sorted(taken))
        self.best: DisjointPair | None = None
        self.most = inf
        """What the best pair costs."""
        self.heap: list[_Part] = []
        self.parts = 0
        self._add(-inf, tolled, (self._quest(0, tolled, off[0]), self._quest(1, tolled, off[1])))

    @property
    def least(self) -> float:
        return min(self.most, self.heap[0].least if self.heap else inf)

    def go_on(self, limit: float) -> Found | None:
        """The cheapest pair, or none; None if it costs more than this, and how much more is not known yet."""
        while True:
            if not self.heap or self.most <= self.heap[0].least:
                return Found(self.most, self.best, True)
            if self.parts > MOST_PARTS or not self.effort.spend(LABELS_OF_A_LOOK):
                return Found(self.least, self.best, False)
            self._look(heapq.heappop(self.heap), limit)
            if self.least > limit and self.heap:
                return None

    def _look(self, part: _Part, limit: float) -> None:
        sought = self._sought(part, min(self.least, max(limit, part.least)))
        ways = None if sought is None else sought.ways()
        if sought is None or ways is None:
            return
        common = self._common(*ways, sought.tolled.tolls)
        if common:
            self._divide(sought, common)
            return
        one, two = (way.links for way in ways)
        price = sum(self.price[link] for link in chain(one, two))
        if price < self.most:
            self.best, self.most = DisjointPair(price, one, two), price
        vain = self._in_vain(sought.tolled.tolls, ways)
        if price > sought.least and vain is not None:
            self._divide_untolled(sought, vain)

    def _sought(self, part: _Part, limit: float) -> _Part | None:
        """A part whose ways are both found up to this price; None: it waits, dearer, for its next turn."""
        one, two = part.quests
        total = part.tolled.total - self.paid
        is_found = True
        for quest, other in ((one, two), (two, one)):
            if is_found:
                quest.go_on(limit + total - other.price)
                is_found = quest.way is not None
        part = part._replace(least=max(part.least, one.price + two.price - total))
        if is_found and part.least <= limit:
            return part
        self._push(part)
        return None

    def _common(self, one: Way, two: Way, tolls: Mapping[int, float]) -> Parts:
        """Something that both ways take: all links of a group, or one node or link."""
        groups = one.marks & two.marks
        if groups:
            return frozenset(~link for link in self.rules.sharing[min(groups)])
        if self.rules.by_node:
            common = set(one.nodes) & set(two.nodes) - self.goals
        else:
            common = {~link for link in set(one.links) & set(two.links)}
        return frozenset((max(common, key=lambda own: (tolls.get(own, 0), own)),)) if common else NOTHING

    def _divide(self, part: _Part, common: Parts) -> None:
        """Each leg in turn keeps off what is common."""
        one, two = part.quests
        self._add(part.least, part.tolled, (self._quest(0, part.tolled, one.off | common), two))
        self._add(part.least, part.tolled, (one, self._quest(1, part.tolled, two.off | common)))

    def _divide_untolled(self, part: _Part, vain: int) -> None:
        """Each leg in turn keeps off a node or link, and for the other one its toll is taken off."""
        one, two = (quest.off for quest in part.quests)
        tolled = part.tolled.without(vain)
        quests = self._quest(0, tolled, one), self._quest(1, tolled, two)
        if vain in one or vain in two:
            self._add(part.least, tolled, quests)
        else:
            self._add(part.least, tolled, (self._quest(0, tolled, one | {vain}), quests[1]))
            self._add(part.least, tolled, (quests[0], self._quest(1, tolled, two | {vain})))

    def _quest(self, leg: int, tolled: Tolled, off: Parts) -> Quest:
        return Quest(tolled, self.legs[leg], off, self.rules.marks)

    def _add(self, least: float, tolled: Tolled, quests: Quests) -> None:
        self.parts += 1
        least = max(least, quests[0].price + quests[1].price + self.paid - tolled.total)
        self._push(_Part(least, self.parts, tolled, quests))

    def _push(self, part: _Part) -> None:
        if part.least < inf:
            heapq.heappush(self.heap, part)

    def _in_vain(self, tolls: Mapping[int, float], ways: tuple[Way, Way]) -> int | None:
        """Where the highest toll is that nobody pays; None where each toll is paid."""
        paid = self.taken.union(*(way.nodes for way in ways), *((~link for link in way.links) for way in ways))
        unpaid = [own for own in tolls if own not in paid]
        return max(unpaid, key=lambda own: (tolls[own], own), default=None)
