"""The best for all items together, found in parts: only those are designed together who want the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from linkwright.design.ask import Ask
from linkwright.design.model import Budget, Problem
from linkwright.designs.answers import SiteSolution
from linkwright.designs.assemble import Candidate, option_key
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.item import own_budget
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.reasons import over_budget
from linkwright.designs.side_by_side import competing, groups_of, most_room, united
from linkwright.errors import LinkwrightError

UNLIMITED = Budget()
ROUNDS = 6
"""So often at most those are designed together who use up something together, before all are."""


@dataclass(frozen=True, kw_only=True)
class Jointly:
    """The cheapest choice for all together; where not all fit, as many as can be served.

    `ask` says what the core is asked about a group. Raises what the core says against a group.
    """

    drawing: Drawing
    ask: Callable[[Sequence[Candidate]], Ask]

    def of(self, possible: Sequence[Drawn], budget: Budget) -> tuple[Sequence[Drawn], Drawn]:
        """The parts that do not get in each other's way, and all of them as one."""
        if len(possible) == 1 and budget == UNLIMITED:
            return possible, possible[0]
        everybody = self.drawing.assemble([one.candidates[0] for one in possible], budget)
        groups = groups_of(possible, everybody.problem, self._gaining(possible, everybody.problem))
        parts = self._together(groups)
        for _ in range(ROUNDS):
            whole = united(self.drawing, parts, everybody)
            if whole.outcome.verdict is not None and not whole.outcome.verdict.violations:
                return parts, whole
            merged = competing(parts, whole)
            if len(merged) in (1, len(parts)):
                break
            groups = [[one for number in numbers for one in groups[number]] for numbers in merged]
            again = iter(self._together([group for group, of in zip(groups, merged, strict=True) if len(of) > 1]))
            parts = [parts[numbers[0]] if len(numbers) == 1 else next(again) for numbers in merged]
        (whole,) = self._together([possible], budget)
        return [whole], whole

    def _gaining(self, possible: Sequence[Drawn], problem: Problem) -> list[str]:
        """Those that would be better off with the room that others could give them, or of whom that is not known."""
        room = most_room(problem)
        if room is None:
            return []
        drawn = replace(self.drawing, room=room).draw_each(
            [(one.candidates, own_budget(one.candidates[0].requirement), Ask(serve="all")) for one in possible]
        )
        return [
            one.ref
            for one, other in zip(possible, drawn, strict=True)
            if not isinstance(other, Drawn) or (other.outcome.bound_minor or 0.0) < (one.outcome.bound_minor or 0.0)
        ]

    def _together(self, groups: Sequence[Sequence[Drawn]], budget: Budget = UNLIMITED) -> list[Drawn]:
        """The best of each group.

        What is cheapest for all can be too dear for one that has a budget of its own: such a one keeps to the accesses
        of the design that it has alone.
        """
        drawn = self._drawn_together(groups, budget)
        dear = [self._dear(part) if len(group) > 1 else set() for group, part in zip(groups, drawn, strict=True)]
        again = iter(
            self._drawn_together(
                [
                    [_as_alone(one) if one.ref in refs else one for one in group]
                    for group, refs in zip(groups, dear, strict=True)
                    if refs
                ],
                budget,
            )
        )
        return [next(again) if refs else part for part, refs in zip(drawn, dear, strict=True)]

    def _dear(self, drawn: Drawn) -> set[str]:
        """Those whose share of the whole is beyond their own budget."""
        if all(own_budget(one.requirement) == UNLIMITED for one in drawn.candidates):
            return set()
        solutions = self.drawing.drawn_solutions(drawn)
        return {ref for ref, solution in solutions.items() if beyond_own_budget(solution)}

    def _drawn_together(self, groups: Sequence[Sequence[Drawn]], budget: Budget) -> list[Drawn]:
        """One by itself is drawn already, unless a common budget is to be kept."""
        candidates = [
            tuple(one.candidates[0] for one in group) for group in groups if len(group) > 1 or budget != UNLIMITED
        ]
        drawn = self.drawing.draw_each([(each, budget, self.ask(each)) for each in candidates])
        found: list[Drawn] = []
        for part in drawn:
            if isinstance(part, LinkwrightError):
                raise part
            found.append(part)
        several = iter(found)
        return [group[0] if len(group) == 1 and budget == UNLIMITED else next(several) for group in groups]


def beyond_own_budget(solution: SiteSolution) -> tuple[Finding, ...]:
    """What the site's share of the whole exceeds of its own budget."""
    budget = own_budget(solution.requirement)
    return over_budget(solution.nrc_minor, solution.mrc_minor, budget, solution.currency)


def _as_alone(drawn: Drawn) -> Drawn:
    """The same site with no other accesses than those of its own best design."""
    candidate = drawn.candidates[0]
    used = {access for site in drawn.design.sites for leg in site.legs for access in (leg.access, leg.far)}
    options, far_options = (
        tuple(option for option in ways if option_key(candidate.requirement, option) in used)
        for ways in candidate.ends.values()
    )
    return replace(drawn, candidates=(replace(candidate, options=options, far_options=far_options),))
