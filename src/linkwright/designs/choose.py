"""Choosing designs: each site alone first, then all together, and what instead where that is not possible.

Whoever cannot be served at all must not hold up the others, so a site that is infeasible alone is answered alone.
Nothing leaves here that the verifier has not confirmed on the very problem that is answered.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from linkwright.design.model import Budget, Design, Outcome, Reason, Relaxation
from linkwright.designs.assemble import Assembled, Candidate, assemble, option_key
from linkwright.designs.gather import Facts
from linkwright.designs.instead import relaxed_requirement
from linkwright.designs.model import Finding, ItemAnswer, Proposal, Requirement, SiteSolution
from linkwright.designs.ports import Solver
from linkwright.designs.reasons import (
    crowded_out,
    dimension_of,
    findings,
    missing,
    no_access,
    not_considered,
    over_budget,
    partner_findings,
)
from linkwright.designs.solutions import Context, site_solutions
from linkwright.errors import LinkwrightError, Unavailable

UNLIMITED = Budget()


class UntrueDesign(LinkwrightError):
    """The verifier refuses a design: a mistake in the core, never handed out."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A candidate or several, their problem and what the core says to it."""

    candidates: tuple[Candidate, ...]
    assembled: Assembled
    outcome: Outcome

    @property
    def design(self) -> Design:
        return self.outcome.design or Design(sites=())


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One set of facts and rules; `validity` is how long an answer holds at most."""

    solver: Solver
    facts: Facts
    validity: timedelta
    partner_caps: Mapping[str, int | None]
    new_id: Callable[[], str]

    def of(self, candidates: Sequence[Candidate], budget: Budget = UNLIMITED) -> dict[str, ItemAnswer]:
        """The answer to each candidate, by its ref; `budget` binds the sum of all."""
        answers: dict[str, ItemAnswer] = {}
        possible: list[Drawn] = []
        for candidate in candidates:
            try:
                alone = self._alone(candidate)
            except LinkwrightError as error:
                alone = _broken(candidate, error)
            if isinstance(alone, ItemAnswer):
                answers[alone.ref] = alone
            else:
                possible.append(alone)
        if possible:
            try:
                answers |= self._jointly(possible, budget)
            except LinkwrightError as error:
                answers |= {one.ref: one for drawn in possible for one in [_broken(drawn.candidates[0], error)]}
        return answers

    def _alone(self, candidate: Candidate) -> Drawn | ItemAnswer:
        """The best for one site if it had the network for itself, or why there is none and what instead."""
        known = {node.id for node in self.facts.network.nodes}
        wanted = candidate.requirement.destinations or ()
        if known.isdisjoint(wanted):
            return _unqualified(candidate, (missing(f"destination {', '.join(wanted)} in the resource inventory"),))
        if not candidate.options:
            return _unqualified(candidate, no_access(candidate))
        budget = own_budget(candidate.requirement)
        drawn = self._draw((candidate,), budget, serve="all", relax=True)
        if drawn.outcome.design is None:
            return self._instead(drawn, drawn, candidate)
        solution = self._solutions(drawn)[candidate.requirement.ref]
        if beyond := self._beyond_own_budget(solution):
            return _unqualified(candidate, beyond)
        return drawn

    def _jointly(self, possible: Sequence[Drawn], budget: Budget) -> dict[str, ItemAnswer]:
        """The cheapest choice for all together; where not all fit, as many as can be served."""
        drawn = self._together(possible, budget)
        solutions = self._solutions(drawn)
        dear = {ref for ref, solution in solutions.items() if self._beyond_own_budget(solution)}
        if dear and len(possible) > 1:
            drawn = self._together([_as_alone(one) if _ref(one) in dear else one for one in possible], budget)
            solutions = self._solutions(drawn)
        return {
            candidate.requirement.ref: self._told(drawn, candidate, solutions.get(candidate.requirement.ref), possible)
            for candidate in drawn.candidates
        }

    def _together(self, possible: Sequence[Drawn], budget: Budget) -> Drawn:
        if len(possible) == 1 and budget == UNLIMITED:
            return possible[0]
        candidates = tuple(candidate for drawn in possible for candidate in drawn.candidates)
        return self._draw(candidates, budget, serve="most", relax=True)

    def _told(
        self, drawn: Drawn, candidate: Candidate, solution: SiteSolution | None, possible: Sequence[Drawn]
    ) -> ItemAnswer:
        if solution is None:
            return self._instead(drawn, _only(drawn, candidate.requirement.ref), candidate)
        if beyond := self._beyond_own_budget(solution):
            return _unqualified(candidate, beyond)
        asked = next(one for one in possible if _ref(one) == candidate.requirement.ref).candidates[0].asked
        return ItemAnswer(ref=candidate.requirement.ref, result="qualified", solution=solution, asked=asked)
