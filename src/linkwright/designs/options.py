"""What can be had instead, or also: other good designs of what was asked, and the smallest changes of it."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, count

from linkwright.design.model import Alternative, Change, Combination, Design, Relaxation, Verdict
from linkwright.designs.answers import Proposal, Relaxed, SiteSolution, numbered
from linkwright.designs.assemble import Candidate
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.facts import AccessFact
from linkwright.designs.instead import as_offered, concerning, exchanged, has_own_budget, is_own, relaxed_by, together
from linkwright.designs.item import own_budget, working_legs
from linkwright.designs.requirement import Requirement
from linkwright.designs.side_by_side import SUMS
from linkwright.designs.technologies import technologies_of
from linkwright.errors import UntrueDesign

DIFFERENT = "different"
ROLES = ("cheapest", "earliest", "mostAvailable", "balanced", DIFFERENT)
"""In this order designs are offered; those without a role come last."""
USUAL = 3
"""So many are offered to a requester who does not say how many he wants."""


def most_of(candidate: Candidate) -> int:
    wanted = candidate.requirement.max_alternatives
    return USUAL if wanted is None else wanted


@dataclass(frozen=True, kw_only=True)
class Options:
    """The proposals beside a drawn answer, each a verified design of its own.

    `beside`: the answer to all items, with which every other design of this one has to go together. `numbers` are for
    proposals that belong together.
    """

    drawing: Drawing
    drawn: Drawn
    beside: Drawn | None = None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def relaxed(self, candidate: Candidate) -> tuple[Proposal, ...]:
        """The smallest relaxations, cheapest first; where none helps alone, the cheapest combination of changes."""
        ref = candidate.requirement.ref
        own = concerning(self.drawn.outcome, ref)
        cheapest_first = sorted(own.relaxations, key=lambda one: one.cost_minor)
        offered = [self._changed(candidate, one, (one,)) for one in cheapest_first]
        offered += [self._changed(candidate, one, one.changes) for one in self.drawn.outcome.combinations]
        return numbered([one for one in offered if one is not None][: candidate.requirement.max_alternatives])

    def others(self, candidate: Candidate, alone: Drawn | None = None) -> tuple[Proposal, ...]:
        """The other designs of exactly what was asked, at most as many as are wanted.

        Those of all items together come first, then those that the item has `alone` where they fit beside the others.
        """
        ref = candidate.requirement.ref
        most, seen = most_of(candidate), [self.drawn.design]
        offered: list[Proposal] = []
        common = self._of_all if len(self.drawn.candidates) > 1 else self._alternatives()
        for one, solutions in chain(common, () if alone is None else self._exchanged(ref, alone)):
            if len(offered) == most:
                break
            if ref in solutions and all(_differs(one.design, other, ref) for other in seen):
                seen.append(one.design)
                offered.append(Proposal(id="", solution=replace(solutions[ref], roles=one.roles)))
        ranked = (
            replace(one, solution=replace(one.solution, rank=place)) for place, one in enumerate(offered, start=1)
        )
        return numbered(ranked)

    def roles_of_drawn(self) -> tuple[str, ...]:
        """In what the drawn design itself is the best."""
        alternatives = self.drawn.outcome.alternatives
        return next((one.roles for one in alternatives if one.design == self.drawn.design), ())

    @cached_property
    def _of_all(self) -> list[tuple[Alternative, dict[str, SiteSolution]]]:
        """Verified once, however many items they are offered to."""
        return list(self._alternatives())

    def _alternatives(self) -> Iterator[tuple[Alternative, dict[str, SiteSolution]]]:
        """With a number that is the same for all items, where they were designed together."""
        ranked = sorted(self.drawn.outcome.alternatives, key=_rank)
        for one in ranked:
            if one.design == self.drawn.design:
                continue
            try:
                verdict = self.drawing.verdict(self.drawn.assembled, one.design)
                if self.beside is not None:
                    self._exchange(self.beside, one.design, {item.requirement.ref for item in self.drawn.candidates})
            except UntrueDesign:  # true only where something else starts earlier, too, or if others were not there
                continue
            solutions = self.drawing.solutions(self.drawn, one.design, verdict, one.gap)
            if len(self.drawn.candidates) > 1:
                number = next(self.numbers)
                solutions = {ref: replace(solution, alternative=number) for ref, solution in solutions.items()}
            yield one, solutions

    def _exchanged(self, ref: str, alone: Drawn) -> Iterator[tuple[Alternative, dict[str, SiteSolution]]]:
        """The drawn design with one item as it could be built alone; only where the bound of all holds for each."""
        bound = self.drawn.outcome.bound_minor
        if self.drawn.assembled.problem.goal.kind not in SUMS or bound is None:
            return
        for one in sorted(alone.outcome.alternatives, key=_rank):
            try:
                design, verdict = self._exchange(self.drawn, one.design, {ref})
            except UntrueDesign:  # what it needs is used by others
                continue
            gap = max(verdict.value - bound, 0.0) / verdict.value if verdict.value else 0.0
            beside = replace(one, roles=(DIFFERENT,), design=design, verdict=verdict, gap=gap)
            yield beside, self.drawing.solutions(self.drawn, design, verdict, gap)

    def _exchange(self, drawn: Drawn, other: Design, refs: Set[str]) -> tuple[Design, Verdict]:
        """Raises UntrueDesign where the items cannot be designed so beside the others."""
        design = exchanged(drawn.design, other, refs, drawn.assembled.problem)
        return design, self.drawing.verdict(drawn.assembled, design)

    def _changed(
        self, candidate: Candidate, found: Relaxation | Combination, changes: Sequence[Relaxation | Change]
    ) -> Proposal | None:
        """The site under the changed requirement, beside the others as they are answered; None where that breaks."""
        asked, problem, told = candidate.requirement, self.drawn.assembled.problem, list[Relaxed]()
        legs, requirement = technologies_of(found.design, self.drawn.assembled.facts, asked.ref), asked
        for change in changes:
            if not is_own(change.constraint, asked, problem):
                return None
            requirement, relaxed = relaxed_by(requirement, change, self.drawing.facts.days, legs)
            if not relaxed:
                return None
            told += relaxed
        if both := as_offered(asked, requirement, told, self._working(found.design, asked)):
            proposal = self._beside_the_answer(candidate, found, *both)
            if proposal is not None:
                return proposal
        return self._beside_the_answer(candidate, found, requirement, told)

    def _working(self, design: Design, asked: Requirement) -> list[AccessFact]:
        """The accesses of the legs that are no backup."""
        legs = [leg for site in design.sites if site.site == asked.ref for leg in site.legs][: working_legs(asked)]
        names = (name for leg in legs for name in (leg.access, leg.far) if name is not None)
        return [self.drawn.assembled.facts[name] for name in names]

    def _beside_the_answer(
        self, candidate: Candidate, found: Relaxation | Combination, requirement: Requirement, told: Sequence[Relaxed]
    ) -> Proposal | None:
        """None where the verifier does not confirm it beside the others."""
        asked, problem = candidate.requirement, self.drawn.assembled.problem
        candidates = tuple(
            replace(one, requirement=requirement) if one.requirement.ref == asked.ref else one
            for one in self.drawn.candidates
        )
        budget = own_budget(requirement) if has_own_budget(asked, problem) else problem.budget
        assembled = self.drawing.assemble(candidates, budget)
        changed = replace(self.drawn, candidates=candidates, assembled=assembled)
        design = together(self.drawn.design, found.design, requirement.ref)
        try:
            verdict = self.drawing.verdict(assembled, design)
            solution = self.drawing.solutions(changed, design, verdict, found.gap)[requirement.ref]
        except UntrueDesign:  # possible, but only if others were designed otherwise
            return None
        return replace(proposal_of(told, solution), design=found.design)


def proposal_of(told: Sequence[Relaxed], solution: SiteSolution) -> Proposal:
    if not told:
        return Proposal(id="", solution=solution)
    first, *further = told
    return Proposal(
        id="",
        dimension=first.dimension,
        wanted=first.wanted,
        offered=first.offered,
        further=tuple(further),
        solution=solution,
    )


def _rank(one: Alternative) -> tuple[int, int, str]:
    role = min((ROLES.index(role) for role in one.roles), default=len(ROLES))
    return role, one.cost_minor, repr(one.design)


def _differs(one: Design, other: Design, ref: str) -> bool:
    """Whether an item is designed otherwise; builds and augments of others do not count."""
    return [site for site in one.sites if site.site == ref] != [site for site in other.sites if site.site == ref]
