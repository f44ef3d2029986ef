"""Other designs of many items: searched for once for each pattern of facts, in the time that can be spared for that."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from linkwright.design.ask import Ask
from linkwright.designs.assemble import Candidate
from linkwright.designs.drawing import Drawing, Drawn, alike
from linkwright.designs.item import own_budget
from linkwright.designs.replay import is_cut_short
from linkwright.errors import LinkwrightError

MOST_S = 45.0
"""So long at most is searched for other designs, and half of the time that is left."""
FOR_PROPOSALS = 1 / 3
"""Of that, what remains to make proposals of what was found."""
AT_ONCE = 16
"""So many patterns are asked about on one way; after that it is looked whether there is time for more."""


class Spare:
    """The time that can be spared for what an answer could do without; it begins to run when it is asked first."""

    def __init__(self, left_s: Callable[[], float | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._left_s, self._clock = left_s, clock
        self._all_s, self._ends = 0.0, None  # type: float, float | None

    def seconds(self, but: float = 0.0) -> float:
        """What is left of it, but for a part of all that there was; never less than nothing."""
        if self._ends is None:
            left_s = self._left_s()
            self._all_s = MOST_S if left_s is None else min(MOST_S, max(left_s, 0.0) / 2)
            self._ends = self._clock() + self._all_s
        return max(self._ends - but * self._all_s - self._clock(), 0.0)


@dataclass(frozen=True, kw_only=True)
class Searched:
    """By ref what is known of the other designs of items; of those in `short` not all were looked for."""

    drawn: Mapping[str, Drawn]
    short: frozenset[str]


def search_others(
    drawing: Drawing, wanted: Sequence[Drawn], ask: Callable[[Sequence[Candidate]], Ask], spare: Spare
) -> Searched:
    """Each pattern gets an equal share of the time that is left when its turn comes."""
    leaders = dict[tuple[str, Ask], Drawn]()
    for one in wanted:
        leaders.setdefault((one.reused_from or one.ref, ask(one.candidates)), one)
    found, left = dict[tuple[str, Ask], Drawn | LinkwrightError](), list(leaders)
    turns = iter(leaders.items())
    while (left_s := spare.seconds(but=FOR_PROPOSALS)) > 0 and (part := list(islice(turns, AT_ONCE))):
        told = drawing.draw_each(
            [(one.candidates, own_budget(one.candidates[0].requirement), key[1]) for key, one in part],
            within_s=left_s / (len(left) - len(found)),
        )
        found.update(zip((key for key, _ in part), told, strict=True))
    drawn, short = dict[str, Drawn](), set[str]()
    for one in wanted:
        key = one.reused_from or one.ref, ask(one.candidates)
        first = found.get(key)
        own = first if leaders[key] is one or first is None else alike(first, one.candidates[0], one.assembled)
        if isinstance(own, Drawn):
            drawn[one.ref] = own
        if not isinstance(own, Drawn) or is_cut_short(own.outcome):
            short.add(one.ref)
    return Searched(drawn=drawn, short=frozenset(short))
