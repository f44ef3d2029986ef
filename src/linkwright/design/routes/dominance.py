"""Labels of a path search that can wait, because another one at their node paid no more and used no more.

Wherever the one that waits can go on, the other can too, or a beginning of it where the two would cross. So nothing is
lost until just that path has been told: then the label stops waiting, and order and completeness of all paths stay as
they are without any waiting.
"""

import heapq
from collections import defaultdict
from operator import le

from linkwright.design.rules.figures import Sums

Links = tuple[int, ...]
Label = tuple[float, Links, tuple[int, ...], float, Sums]
"""Estimate, links, nodes, what is paid, what is used."""


class _Ahead:
    """A label that others wait behind, and how many of its links begin a path that was told."""

    __slots__ = ("label", "told", "waiting")

    def __init__(self, label: Label) -> None:
        self.label = label
        self.told = 0
        self.waiting: list[Label] = []

    def beats(self, label: Label) -> bool:
        """Whether all that `label` can lead to is, cheaper, among what this one leads to and was not told."""
        _, _, nodes, paid, used = self.label
        if paid > label[3] or not all(map(le, used, label[4])):
            return False
        return self.told == 0 or all(node in label[2] for node in nodes[1 : self.told + 1])


class Waiting:
    """The labels of one search: those that went on by the node they reached, and behind them those that wait.

    Without `anybody` none waits: that would save nothing where nothing is limited.
    """

    def __init__(self, heap: list[Label], *, anybody: bool) -> None:
        self._heap = heap
        self._anybody = anybody
        self._ahead: dict[int, list[_Ahead]] = defaultdict(list)
        self._told: set[Links] = set()
        self._watch: dict[Links, list[_Ahead]] = defaultdict(list)
        """By the next beginning of a label that may come to be told."""

    def takes(self, label: Label) -> bool:
        """Whether a label must wait; if not it goes on, and others may wait behind it."""
        if not self._anybody:
            return False
        here = self._ahead[label[2][-1]]
        for ahead in here:
            if ahead.beats(label):
                ahead.waiting.append(label)
                return True
        ahead = _Ahead(label)
        if self._is_open(ahead):
            here.append(ahead)
        return False

    def tell(self, links: Links) -> None:
        """Puts those back that need not wait any more, now that this path was told."""
        for count in range(1, 1 + len(links) if self._anybody else 0):
            beginning = links[:count]
            if beginning in self._told:
                continue
            self._told.add(beginning)
            for ahead in self._watch.pop(beginning, ()):
                for label in self._freed(ahead):
                    heapq.heappush(self._heap, label)

    def _freed(self, ahead: _Ahead) -> list[Label]:
        before = ahead.waiting
        if not self._is_open(ahead):
            self._ahead[ahead.label[2][-1]].remove(ahead)
            return before
        ahead.waiting = [label for label in before if ahead.beats(label)]
        kept = set(map(id, ahead.waiting))
        return [label for label in before if id(label) not in kept]

    def _is_open(self, ahead: _Ahead) -> bool:
        """Whether anything may still wait behind a label: not once a path was told that it begins."""
        links = ahead.label[1]
        while links[: ahead.told + 1] in self._told and ahead.told < len(links):
            ahead.told += 1
        if links and ahead.told == len(links):
            return False
        self._watch[links[: ahead.told + 1]].append(ahead)
        return True
