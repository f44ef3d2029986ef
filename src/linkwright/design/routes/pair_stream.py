"""All diverse pairs of paths in order of price, under limits on what adds up and apart from common risk groups.

The space of pairs is cut up along leg one, as Yen and Lawler do for single paths: the cheapest pair of a part is a
bound for all of it; once that pair has been looked at, the rest of the part is "leg one is just this" and, for each of
its nodes, "leg one comes this far and goes on differently". So pairs appear in true order of price, and the first one
that passes is the best one, whatever else it had to satisfy. Where no group matters the cheapest pair is that of the
flow; otherwise `cheapest_pair` looks for one that shares none. Where the legs do not pay the same for a link, the pair
is that at the lower price, and what each leg must pay beyond is added.
"""

import heapq
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from math import inf
from typing import NamedTuple

from linkwright.design.routes.beside import links_in
from linkwright.design.routes.cheapest_pair import Found, PairSearch, Rules
from linkwright.design.routes.gap_bounds import GapBounds
from linkwright.design.routes.graph import NO_GROUPS, NOTHING, DisjointPair, Routes
from linkwright.design.routes.leg_space import LegSpace
from linkwright.design.routes.pair_parts import Item, Part, Rest, Solved, Sought
from linkwright.design.routes.pairs import DetourProblem, disjoint_pair
from linkwright.design.routes.partners import Partners
from linkwright.design.routes.paths import Effort, Gate
from linkwright.design.routes.tolled import Leg, tolled_for
from linkwright.design.rules.apart import Apart
from linkwright.design.rules.figures import LATENCY, UNSOUND, Sums
from linkwright.design.rules.together import Together

LABELS_OF_A_PAIR = 20
"""What the solution of one part counts as, measured against one label of a path search."""


class PairStep(NamedTuple):
    """The next pair; None where the search gave up: whatever it missed costs `price` or more.

    Where it `is_waiting`, there is none yet, and others may come first that cost less than `price`.
    """

    price: float
    pair: DisjointPair | None
    is_waiting: bool = False


def pairs_by_price(
    apart: Apart, one: LegSpace, two: LegSpace, together: Together, effort: Effort
) -> Iterator[PairStep]:
    """Every pair without a common link that is apart as asked and within both allowances, cheapest first.

    Some that cannot reach what both must reach together are left out; the exact figure is for the caller to check.
    """
    if together.gap_ms < inf:
        one, two = one.bounded(), two.bounded()
    if together.gap_ms < inf and together.access_ms[0] < together.access_ms[1]:
        turned = _Disjoint(apart, two, one, together.turned(), effort).steps()
        return (step if step.pair is None else PairStep(step.price, _turned(step.pair)) for step in turned)
    return _Disjoint(apart, one, two, together, effort).steps()


def _turned(pair: DisjointPair) -> DisjointPair:
    return DisjointPair(pair.price, pair.two, pair.one)


class _Disjoint:
    def __init__(self, apart: Apart, one: LegSpace, two: LegSpace, together: Together, effort: Effort) -> None:
        self.apart = apart
        self.joined = one.routes.joined(two.routes)
        self.graph = one.routes.graph
        self.goals = one.routes.goals
        self.by_node = apart.by_node
        self.marks = self.graph.marks_of(apart.kinds)
        self.rules = Rules(apart.by_node, self.marks, self.graph.sharing_of(apart.kinds))
        self.one = one
        self.two = two
        self.together = together
        self.soundest = one.routes.aim.least(UNSOUND)
        self.effort = effort
        self.gate = Gate(one.routes.aim, one.allowance)
        self.gate_two = Gate(two.routes.aim, two.allowance)
        self.not_one = self._links_in(two.groups) | one.routes.aim.closed
        self.rest_one = one.routes.tree_without(self._links_in(two.groups)).weight
        self.heap: list[tuple[float, int, int, Item]] = []
        self.pushed = 0
        self.gap = None if together.gap_ms == inf else GapBounds(one, two, together, apart.by_node)
        self.partners = Partners(apart, one, two, together, effort, self.gap)

    def steps(self) -> Iterator[PairStep]:
        used = self.gate.first(self.one.start)
        if used is None or self.gate_two.first(self.two.start) is None:
            return
        least: float = 0
        for least in self._least_of_all(used):
            yield PairStep(least, None, is_waiting=True)
        if least == inf:
            return
        self._push(least, 2, Sought(Part((self.one.start,), (), 0, used, NOTHING), None))
        told: float = 0
        while self.heap:
            price, _, _, item = heapq.heappop(self.heap)
            if self.gap is not None and price > told:
                told = price
                yield PairStep(price, None, is_waiting=True)
            if isinstance(item, Rest) and item.step is not None and not item.step.is_waiting:
                yield _pair_step(price, item.one, item.step.links)
            if isinstance(item, Sought) and item.search is None and not self.effort.spend(LABELS_OF_A_PAIR):
                yield PairStep(price, None)
                return
            self._take(price, item)

    def _take(self, price: float, item: Item) -> None:
        if isinstance(item, Rest):
            self._advance(price, item)
        elif isinstance(item, Solved):
            self._cut(price, item)
        elif isinstance(item, Sought):
            self._solve(price, item)
        else:
            self._push(max(price, self._each_alone(item)), 2, Sought(item, None))

    def _least_of_all(self, used: Sums) -> Iterator[float]:
        """What all pairs cost at least because of the gap, first roughly and then well; nothing where there is none."""
        if self.gap is not None:
            start, used_ms = (self.one.start,), used[LATENCY]
            least = self.gap.of_begun(start, used_ms)
            yield least
            if least < inf:
                self.gap.sharpen()
                yield max(least, self.gap.of_begun(start, used_ms))

    def _push(self, price: float, rank: int, item: Item) -> None:
        if price < inf:
            self.pushed += 1
            heapq.heappush(self.heap, (price, rank, self.pushed, item))

    def _advance(self, price: float, rest: Rest) -> None:
        """Queues the next partner of a first leg, at what both cost."""
        step = next(rest.steps, None)
        if step is not None:
            total = max(price, self.one.path_price(rest.one) + step.price)
            self._push(total, 0, Rest(rest.one, step, rest.steps))

    def _links_in(self, groups: frozenset[str]) -> frozenset[int]:
        return links_in(self.one.routes, groups, self.apart.kinds)

    def _each_alone(self, part: Part) -> float:
        """Less than any pair of a part costs: leg one goes on as cheaply as it can, leg two minds its groups alone."""
        here, rest, price = part.nodes[-1], self.rest_one, self.one.routes.price
        onward = min(
            (
                price[link] + rest[other]
                for link, other in self.graph.arcs[here]
                if link not in part.not_first and link not in self.not_one and other not in part.nodes
            ),
            default=inf,
        )
        if onward == inf:
            return inf
        least = part.paid + onward + self.partners.least(self._groups_of(part))
        return least if self.gap is None else max(least, part.paid + self.gap.of_begun(part.nodes, part.used[LATENCY]))

    def _solve(self, price: float, sought: Sought) -> None:
        """Finds the cheapest pair of a part, or that it is dearer than others; the part is dropped where there is none,
        or none that is sound enough."""
        joined, part, search = self.joined, sought.part, sought.search
        begun = part.paid + joined.beyond_from(0, part.nodes[-1]) + joined.beyond_from(1, self.two.start)
        found = None if search else self._of_flow(part)
        if found is None:
            search = search or self._search(part)
            found = search.go_on((self.heap[0][0] if self.heap else inf) - begun)
        if found is None and search is not None:
            self._push(max(price, begun + search.least), 2, Sought(part, search))
        elif found is not None and found.least < inf:
            pair = found.pair or self._cheapest(joined.routes, part)
            if pair is not None and self._is_sound(part, pair):
                is_exact = found.is_exact and joined.beyond is None
                self._push(max(price, begun + found.least), 1, Solved(part, pair, is_exact))

    def _of_flow(self, part: Part) -> Found | None:
        """The cheapest pair of a part as the flow finds it; None where groups matter and others may be cheaper."""
        is_whole = not part.links and not part.not_first
        if self.apart.kinds and not is_whole:
            return None
        pair = self._cheapest(self.joined.routes, part)
        if pair is None:
            return Found(inf, None, True)
        shut_two = self._links_in(self.one.groups) | self.two.routes.aim.closed
        is_lawful = self.not_one.isdisjoint(pair.one) and shut_two.isdisjoint(pair.two) and self._shares_no_group(pair)
        if self.apart.kinds and not is_lawful:
            return None
        return Found(pair.price, pair, is_lawful and (self.by_node or is_whole))

    def _cheapest(self, routes: Routes, part: Part) -> DisjointPair | None:
        if len(part.links) == 0 and not part.not_first:
            return disjoint_pair(routes, self.one.start, self.two.start, by_node=self.by_node)
        return DetourProblem(
            routes,
            part.nodes[-1],
            self.two.start,
            by_node=self.by_node,
            without_nodes=part.nodes[:-1] if self.by_node else NOTHING,
            without_links=part.links,
            not_first=part.not_first,
        ).solve()

    def _search(self, part: Part) -> PairSearch:
        here, start_two = part.nodes[-1], self.two.start
        taken = frozenset(~link for link in part.links)
        off_one = taken.union(part.nodes[:-1], (~link for link in self.not_one))
        shut_two = self._links_in(self._groups_of(part)) | self.two.routes.aim.closed
        off_two = taken.union(~link for link in shut_two)
        if self.by_node:
            taken = taken.union(part.nodes[:-1])
            off_one |= frozenset((start_two,)) - self.goals
            off_two |= frozenset(part.nodes) - self.goals
        legs = Leg(here, part.not_first), Leg(start_two)
        tolled = tolled_for(self.joined.routes, self.one.start, start_two, by_node=self.by_node)
        return PairSearch(self.rules, legs, (off_one, off_two), taken, tolled, self.effort)

    def _shares_no_group(self, pair: DisjointPair) -> bool:
        marks = self.marks
        one = NO_GROUPS.union(*(marks[link] for link in pair.one))
        return not one or one.isdisjoint(chain.from_iterable(marks[link] for link in pair.two))

    def _groups_of(self, part: Part) -> frozenset[str]:
        return self.one.groups.union(*(self.marks[link] for link in part.links))

    def _is_sound(self, part: Part, cheapest: DisjointPair) -> bool:
        """Whether the soundest two paths of a part could reach what both must reach together.

        Where its cheapest two could, the soundest need not be looked for.
        """
        if self.together.down >= 1:
            return True
        losses = self.joined.routes.aim.losses
        lost = sum(losses.price[link] for link in (*cheapest.one, *cheapest.two))
        if self._could_reach(part, lost):
            return True
        soundest = self._cheapest(losses, part)
        return soundest is not None and self._could_reach(part, soundest.price)

    def _could_reach(self, part: Part, lost: float) -> bool:
        """Whether both could reach what they must, if what follows the beginning of a part loses no less than this."""
        losses = self.joined.routes.aim.losses
        begun = sum(losses.price[link] for link in part.links)
        both = losses.whole(begun + lost, self.one.start, self.two.start)
        if self.gap is not None and self.gate.counts_unsoundness:
            both = max(both, self.gap.both_lose(part.nodes[-1], part.used))
        return self.together.allows(self.gate.unsound(part.used) + self.soundest[part.nodes[-1]], both)

    def _cut(self, price: float, solved: Solved) -> None:
        """Splits a part at its cheapest pair; ways on which leg one breaks a rule are not followed."""
        part = solved.part
        for link in solved.pair.one:
            self._push(price, 2, replace(part, not_first=part.not_first | {link}))
            nodes = part.nodes
            other = self.graph.other_end(link, nodes[-1])
            entered = None if other in nodes or link in self.not_one else self.gate(link, other, part.used)
            if entered is None or not self.together.allows(self.gate.unsound(entered) + self.soundest[other]):
                return
            paid = part.paid + self.one.routes.price[link]
            part = Part((*nodes, other), (*part.links, link), paid, entered, NOTHING)
        groups = self._groups_of(part)
        known = solved.pair.two if solved.is_exact else None
        least = part.paid + (self.partners.least(groups) if known is None else self.two.path_price(known))
        if self.gap is not None:
            least = max(least, part.paid + self.gap.of_partner(part.nodes, part.used[LATENCY]))
        if least < inf:
            lost = self.gate.unsound(part.used)
            partners = self.partners.beside(part.nodes, part.links, lost, groups, known)
            self._push(max(price, least), 0, Rest(part.links, None, partners))


def _pair_step(price: float, one: tuple[int, ...] | None, two: tuple[int, ...] | None) -> PairStep:
    return PairStep(price, None if one is None or two is None else DisjointPair(price, one, two))
