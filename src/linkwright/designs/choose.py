"""Choosing designs: each site alone first, then all together, and what instead where that is not possible.

Whoever cannot be served at all must not hold up the others, so a site that is infeasible alone is answered alone.
Nothing leaves here that the verifier has not confirmed on the very problem that is answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from linkwright.design.ask import Ask
from linkwright.design.model import Budget
from linkwright.designs.answers import ItemAnswer
from linkwright.designs.assemble import Candidate
from linkwright.designs.bandwidths import ways_offered
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.facts import NetworkFacts
from linkwright.designs.item import own_budget
from linkwright.designs.jointly import UNLIMITED, Jointly
from linkwright.designs.options import most_of
from linkwright.designs.others import Spare
from linkwright.designs.so_far import nodes_of, without_design
from linkwright.designs.telling import Telling, broken
from linkwright.designs.tied import tied_groups
from linkwright.errors import BadProblem, LinkwrightError, UntrueDesign

NOT_ANSWERABLE = (BadProblem, UntrueDesign)
"""Facts that contradict each other, or a mistake of ours: told for the item, and no reason to ask again at once."""
SEARCHES = 12
"""So many further searches are made at most for the designs that no other beats."""
FEW = 30
"""In a request of more items the answer comes first, and other designs are searched for in the time to spare."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Answers over one set of facts; with `alternatives` also other good designs of what is feasible.

    Among `many` items who is left out beside the others is told what his own design would use up.
    """

    drawing: Drawing
    alternatives: bool = False
    many: bool = False

    def of(self, candidates: Sequence[Candidate], budget: Budget = UNLIMITED) -> dict[str, ItemAnswer]:
        """The answer to each candidate, by its ref; `budget` binds the sum of all.

        Raises:
            Unavailable: the design core was lost on the way; asking again is safe.
        """
        if len(candidates) > FEW and not self.many:
            return replace(self, many=True).of(candidates, budget)
        each = self._each_alone(candidates)
        answers = {one.ref: one for one in each if isinstance(one, ItemAnswer)}
        drawn = [one for one in each if isinstance(one, Drawn)]
        possible = [one for one in drawn if one.outcome.design is not None]
        groups = list(
            map(tuple, tied_groups([one.candidates[0] for one in drawn], nodes_of(self.drawing.facts.network)))
        )
        try:
            parts, whole = self._together(possible, budget)
            telling = Telling(
                drawing=self.drawing,
                alternatives=self.alternatives,
                many=self.many,
                budget=budget,
                whole=whole,
                groups={one.requirement.ref: group for group in groups for one in group},
                ask=self._ask,
                spare=Spare(self.drawing.left_s),
                for_changes=Spare(self.drawing.left_s),
            )
            answers |= telling.of_parts(parts, possible)
        except NOT_ANSWERABLE as error:
            told = [broken(candidate, str(error)) for one in possible for candidate in one.candidates]
            answers |= {answer.ref: answer for answer in told}
            telling = Telling(
                drawing=self.drawing,
                budget=budget,
                ask=self._ask,
                spare=Spare(self.drawing.left_s),
                for_changes=Spare(self.drawing.left_s),
            )
        answers |= telling.of_stuck([one for one in drawn if one.outcome.design is None])
        answers |= telling.in_time(candidates, answers)
        return answers | telling.together([one.candidates[0] for one in drawn], answers)

    def of_most(self, candidates: Sequence[Candidate]) -> dict[str, ItemAnswer]:
        """The same, each with the largest bandwidth up to its own with which it can be served, and by itself."""
        return {candidate.requirement.ref: self._most(candidate) for candidate in candidates}

    def _most(self, candidate: Candidate) -> ItemAnswer:
        """By halves: whatever carries more could carry less."""
        sizes = _sizes(candidate, self.drawing.facts.network)
        answer = self._with_bandwidth(candidate, sizes[0])
        low, high = 0, len(sizes)
        while high - low > 1:
            middle = (low + high) // 2
            larger = self._with_bandwidth(candidate, sizes[middle])
            if larger.result == "qualified":
                low, answer = middle, larger
            else:
                high = middle
        return answer

    def _with_bandwidth(self, candidate: Candidate, mbps: int) -> ItemAnswer:
        requirement = replace(candidate.requirement, bandwidth_mbps=mbps)
        return self.of([replace(candidate, requirement=requirement)])[requirement.ref]

    def _together(self, possible: Sequence[Drawn], budget: Budget) -> tuple[Sequence[Drawn], Drawn | None]:
        return Jointly(drawing=self.drawing, ask=self._ask_all).of(possible, budget) if possible else ((), None)

    def _each_alone(self, candidates: Sequence[Candidate]) -> list[Drawn | ItemAnswer]:
        """What the core says to each if it had the network for itself, or what it need not be asked about."""
        said = [without_design(one, self.drawing.facts.network) for one in candidates]
        open_ = [candidate for candidate, answer in zip(candidates, said, strict=True) if answer is None]
        asks = [Ask(relax=True) if self.many else self._ask([one], "all") for one in open_]
        drawn = iter(
            self.drawing.draw_each(
                [([one], own_budget(one.requirement), ask) for one, ask in zip(open_, asks, strict=True)]
            )
        )
        found = [next(drawn) if answer is None else answer for answer in said]
        return [
            broken(candidate, str(one)) if isinstance(one, LinkwrightError) else one
            for candidate, one in zip(candidates, found, strict=True)
        ]

    def _ask(self, candidates: Sequence[Candidate], serve: str) -> Ask:
        """With the searches for alternatives, if anybody wants them; more structures, if one wants many."""
        if not self.alternatives or not any(map(most_of, candidates)):
            return Ask(serve=serve, relax=True)
        said = max((candidate.requirement.max_alternatives or 0 for candidate in candidates), default=0)
        return Ask(serve=serve, relax=True, alternatives=SEARCHES, structures=said + 1 if said else 0)

    def _ask_all(self, candidates: Sequence[Candidate]) -> Ask:
        return Ask(serve="most", explained=0) if self.many else self._ask(candidates, "most")


def _sizes(candidate: Candidate, network: NetworkFacts) -> list[int]:
    """Every bandwidth at which something begins to be too small, the least first."""
    sizes = {min(ways_offered(option)) for option in candidate.options}
    sizes |= {fact.model.max_mbps for fact in network.cpe}
    for link in network.links:
        added = accumulate(upgrade.adds_mbps for upgrade in network.upgrades if upgrade.link == link.id)
        sizes |= {link.capacity_mbps, *(link.capacity_mbps + more for more in added)}
    most = candidate.requirement.bandwidth_mbps or 0
    return sorted(size for size in sizes if 0 < size <= most) or [most]
