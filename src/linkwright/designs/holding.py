"""Proposals of several items that are true together: each alone is true beside the answer, and only some beside others.

Which are, the verifier says, of the answer with all of these in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from linkwright.design.model import Budget, Design, Verdict
from linkwright.designs.answers import ItemAnswer, Proposal
from linkwright.designs.assemble import Assembled, Candidate
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.side_by_side import all_of, thing_of, used_by


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What an item that has no design is offered first."""

    candidate: Candidate
    proposal: Proposal


@dataclass(frozen=True, kw_only=True)
class Holding:
    """`whole` is the answer that all proposals are beside, if any item has a design; `budget` binds the sum of all."""

    drawing: Drawing
    whole: Drawn | None
    budget: Budget

    def numbered(
        self, answers: Mapping[str, ItemAnswer], offered: Sequence[Offered], numbers: Iterator[int]
    ) -> list[ItemAnswer]:
        """The answers whose first proposals are true together, as many as are easily found, with one number."""
        together = self._together(offered)
        if len(together) < 2:
            return []
        number = next(numbers)
        return [_numbered(answers[one.candidate.requirement.ref], number) for one in together]

    def _together(self, offered: Sequence[Offered]) -> Sequence[Offered]:
        """All of them; else those who use up nothing together, and of the others the first, as far as there is room."""
        if len(offered) < 2:
            return ()
        assembled, verdict = self._checked(offered)
        if not verdict.violations:
            return offered
        apart, rivals = _parted(offered, assembled, verdict)
        if apart and not self._hold(apart):
            apart, rivals = [], list(offered)
        low, high = 0, len(rivals)
        while high - low > 1:
            middle = (low + high) // 2
            fits = self._hold([*apart, *rivals[:middle]])
            low, high = (middle, high) if fits else (low, middle)
        chosen = {id(one) for one in (*apart, *rivals[:low])}
        return [one for one in offered if id(one) in chosen]

    def _hold(self, offered: Sequence[Offered]) -> bool:
        return not self._checked(offered)[1].violations

    def _checked(self, offered: Sequence[Offered]) -> tuple[Assembled, Verdict]:
        """The problem and what the verifier says of the answer with these in it."""
        served = () if self.whole is None else self.whole.candidates
        answered = {site.site for site in self.whole.design.sites} if self.whole is not None else set()
        candidates = [one for one in served if one.requirement.ref in answered]
        candidates += [replace(one.candidate, requirement=one.proposal.solution.requirement) for one in offered]
        assembled = self.drawing.assemble(candidates, self.budget)
        designs = [] if self.whole is None else [self.whole.design]
        return assembled, self.drawing.solver.check(assembled.problem, all_of([*designs, *map(_design_of, offered)]))


def _parted(offered: Sequence[Offered], assembled: Assembled, verdict: Verdict) -> tuple[list[Offered], list[Offered]]:
    """Those who have to do with no violation, and those who may."""
    short = {thing_of(one.constraint) for one in verdict.violations}
    options = {option.id: option for option in assembled.problem.access_options}
    uses = [{thing for site in _design_of(one).sites for thing in used_by(site, options)} for one in offered]
    if not short <= set[str]().union(*uses):
        return [], list(offered)
    is_apart = [short.isdisjoint(used) for used in uses]
    apart = [one for one, yes in zip(offered, is_apart, strict=True) if yes]
    return apart, [one for one, yes in zip(offered, is_apart, strict=True) if not yes]


def _design_of(one: Offered) -> Design:
    """What the item has of the design that its change makes possible: that of others stays as it is."""
    design: Design = one.proposal.design
    ref = one.candidate.requirement.ref
    return replace(design, sites=tuple(site for site in design.sites if site.site == ref))


def _numbered(answer: ItemAnswer, number: int) -> ItemAnswer:
    first, *others = answer.proposals
    first = replace(first, solution=replace(first.solution, alternative=number))
    return replace(answer, proposals=(first, *others))
