"""Other designs of many items: searched for once for each pattern of facts, in the time that can be spared for that."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from linkwright.design.ask import Ask
from linkwright.designs.assemble import Candidate
from linkwright.designs.drawing import Drawing, Drawn, alike
from linkwright.designs.instead import sites_of
from linkwright.designs.item import own_budget
from linkwright.designs.replay import is_cut_short

MOST_S = 45.0
"""So long at most is searched for other designs, and half of the time that is left."""
FOR_PROPOSALS = 1 / 3
"""Of that, what remains to make proposals of what was found."""


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


def roles_in(whole: Drawn | None, known: Drawn) -> tuple[str, ...]:
    """In what the answered design is the best of those of its item."""
    sites = () if whole is None else sites_of(whole.design, [known.ref])
    return next((one.roles for one in known.outcome.alternatives if tuple(one.design.sites) == sites), ())


def search_others(
    drawing: Drawing, wanted: Sequence[Drawn], ask: Callable[[Sequence[Candidate]], Ask], spare: Spare
) -> Searched:
    """Each pattern of facts and wish is searched once, for an equal share of the time."""
    leaders = dict[tuple[str, Ask], Drawn]()
    for one in wanted:
        leaders.setdefault((one.reused_from or one.ref, ask(one.candidates)), one)
    told = drawing.draw_in_turns(
        [(one.candidates, own_budget(one.candidates[0].requirement), key[1]) for key, one in leaders.items()],
        lambda: spare.seconds(but=FOR_PROPOSALS),
    )
    found = dict(zip(leaders, told, strict=True))
    drawn, short = dict[str, Drawn](), set[str]()
    for one in wanted:
        key = one.reused_from or one.ref, ask(one.candidates)
        own = found[key] if leaders[key] is one else alike(found[key], one.candidates[0], one.assembled)
        if isinstance(own, Drawn):
            drawn[one.ref] = own
        if not isinstance(own, Drawn) or is_cut_short(own.outcome):
            short.add(one.ref)
    return Searched(drawn=drawn, short=frozenset(short))
