"""Branch and bound: a branch opens a build or an augment or leaves it closed, or settles whether a site uses a part.
The branch with the least bound goes first.

What stays between the bound of a linear programme and the best choice comes mostly from what it opens by half. A branch
is settled as soon as the few columns that could still be better can be listed.
"""

import heapq
from collections import defaultdict
from dataclasses import replace
from math import inf

from linkwright.design.choice.gap import Listing, Room, list_columns
from linkwright.design.choice.growing import Growing, Node, Part, parts_of, slack_of

FRACTION = 1e-6
"""What lies nearer to 0 or 1 than this is not open by half."""
CLEARLY = 1e-3
"""What lies nearer to 0 or 1 than this is not used by half."""
A_FEW = Room(columns=3_000, columns_a_site=600)
"""So many columns are listed where branching could still help instead."""
NODES_OF_A_TRY = 500
"""So much is spent on a list that proves nothing."""


def close(growing: Growing) -> None:
    """Raises the bound and improves the best choice of a question until they meet, or a limit is reached."""
    _Branches(growing).run()


class _Branches:
    def __init__(self, growing: Growing) -> None:
        self.growing = growing
        self.case = growing.case
        self.search = growing.search
        self.master = growing.master

    def run(self) -> None:
        growing, search = self.growing, self.search
        self.master.allow_unserved()
        waiting = [(growing.root.bound, 0, growing.root)]
        left_open = inf
        for number in range(1, 1 + search.limits.branches):
            self._raise_bound(min(left_open, waiting[0][0] if waiting else inf))
            if not waiting or growing.is_hopeless(waiting[0][2]) or search.is_over() or growing.is_near_enough():
                return
            node = heapq.heappop(waiting)[2]
            split = self._opened_by_half(node)
            if self._settle(node, self._room(node, split)):
                continue
            branches = [] if search.is_over() else self._split(node, split)
            if not branches:
                left_open = min(left_open, node.bound)
            for place, branch in enumerate(branches):
                growing.generate(branch)
                if not growing.is_hopeless(branch):
                    heapq.heappush(waiting, (branch.bound, 2 * number + place, branch))
            if len(self.master.pool) > 1.2 * growing.picked_from:
                self.master.fix({})
                growing.pick()
        search.guards.add(f"branches {search.limits.branches}")

    def _raise_bound(self, bound: float) -> None:
        best = self.growing.best
        if best is not None:
            self.growing.raise_bound(min(bound, float(best.value)))

    def _room(self, node: Node, split: int | None) -> Room:
        """Long lists are tried once, where no opening is left to branch on, and not again in the branches below.

        To branch on an opening helps more than the best choice of some columns, so a part of a list is no use there.
        """
        limits = self.search.limits
        if split is not None:
            return replace(A_FEW, all_or_none=True)
        return A_FEW if node.used else Room(limits.columns, limits.columns_a_site)

    def _opened_by_half(self, node: Node) -> int | None:
        """The opening that the programme opens by half at the greatest cost."""
        if node.relaxed is None:
            return None
        halves = [
            (min(share, 1 - share) * (1 + opening.worth), number)
            for number, (share, opening) in enumerate(zip(node.relaxed.opened, self.master.openings, strict=True))
            if opening.kind != "slack" and number not in node.fixed and FRACTION < share < 1 - FRACTION
        ]
        return max(halves)[1] if halves else None

    def _split(self, node: Node, opening: int | None) -> list[Node]:
        """Closed or opened; where nothing is opened by half, without or with a part that a site uses by half."""
        if opening is not None:
            return [Node({**node.fixed, opening: is_open}, node.used, node.bound) for is_open in (False, True)]
        half = self._used_by_half(node)
        if half is None:
            return []
        site, part = half
        known = node.used.get(site, {})
        choices = ({**known, part: is_used} for is_used in (False, True))
        return [Node(node.fixed, {**node.used, site: choice}, node.bound) for choice in choices]

    def _used_by_half(self, node: Node) -> tuple[int, Part] | None:
        """A site and the part of it that the programme uses most nearly by half: an option, or else a CPE model."""
        used: dict[tuple[int, Part], float] = defaultdict(float)
        taken = () if node.relaxed is None else node.relaxed.taken
        for column, share in zip(self.master.pool, taken, strict=False):
            if CLEARLY < share < 1 - CLEARLY:
                for part in parts_of(column):
                    used[column.site, part] += share
        halves = [
            (min(share, 1 - share) if CLEARLY < share < 1 - CLEARLY else 0.0, part[0], place)
            for place, ((_, part), share) in enumerate(used.items())
        ]
        for kind in ("option", "cpe"):
            best = max((half for half in halves if half[0] > 0 and half[1] == kind), default=None)
            if best is not None:
                return list(used)[best[2]]
        return None

    def _settle(self, node: Node, room: Room) -> bool:
        """Lists the columns that could make a better choice in this branch and finds the best of them.

        Whether that settles the branch: not if there are too many. But the cheapest of them may make a better choice
        all the same, and then there are fewer.
        """
        growing = self.growing
        while node.prices is not None and growing.best is not None and not growing.is_hopeless(node):
            best = growing.best
            slack = slack_of(node, best.value)
            listing = list_columns(self.case, node.prices, node.least, slack, room, self.search, best, node.allows)
            if room.all_or_none and not listing.is_complete:
                return False
            is_proved = self._choose_from(listing, node)
            if listing.is_complete:
                return is_proved
            if growing.best.value == best.value or self.search.is_over():
                return False
        return growing.is_hopeless(node)

    def _choose_from(self, listing: Listing, node: Node) -> bool:
        """Takes the best choice of these columns in a branch, if it is better; whether none of them is better still."""
        growing = self.growing
        self.master.add(listing.columns)
        growing.enter(node)
        seconds = max(1.0, self.search.left_s())
        nodes = self.search.limits.nodes if listing.is_complete else NODES_OF_A_TRY
        choice, is_proved = self.master.choose(listing.columns, nodes=nodes, seconds=seconds, start=growing.best)
        growing.take(choice)
        if listing.is_complete and not is_proved:
            self.search.guards.add(f"nodes {nodes}")
        return is_proved
