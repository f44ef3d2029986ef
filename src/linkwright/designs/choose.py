"""Choosing designs: each site alone first, then all together, and what instead where that is not possible.

Whoever cannot be served at all must not hold up the others, so a site that is infeasible alone is answered alone.
Nothing leaves here that the verifier has not confirmed on the very problem that is answered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import accumulate

from linkwright.design.model import Budget, Design, Outcome, Relaxation, Verdict
from linkwright.designs.assemble import Assembled, Candidate, assemble, option_key
from linkwright.designs.gather import Facts
from linkwright.designs.instead import concerning, relaxed_requirement, together
from linkwright.designs.model import Finding, ItemAnswer, NetworkFacts, Proposal, Requirement, SiteSolution
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
    undecided,
)
from linkwright.designs.solutions import Context, site_solutions
from linkwright.errors import BadProblem, UntrueDesign

UNLIMITED = Budget()
NOT_ANSWERABLE = (BadProblem, UntrueDesign)
"""Facts that contradict each other, or a mistake of ours: told for the item, and no reason to ask again at once."""


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
        """The answer to each candidate, by its ref; `budget` binds the sum of all.

        Raises:
            Unavailable: the design core was lost on the way; asking again is safe.
        """
        answers: dict[str, ItemAnswer] = {}
        possible: list[Drawn] = []
        for candidate in candidates:
            try:
                alone = self._alone(candidate)
            except NOT_ANSWERABLE as error:
                alone = _broken(candidate, str(error))
            if isinstance(alone, ItemAnswer):
                answers[alone.ref] = alone
            else:
                possible.append(alone)
        return answers | self._of_possible(possible, budget)

    def of_most(self, candidates: Sequence[Candidate]) -> dict[str, ItemAnswer]:
        """The same, each with the largest bandwidth up to its own with which it can be served, and by itself."""
        return {candidate.requirement.ref: self._most(candidate) for candidate in candidates}

    def _most(self, candidate: Candidate) -> ItemAnswer:
        """By halves: whatever carries more could carry less."""
        sizes = _sizes(candidate, self.facts.network)
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

    def _of_possible(self, possible: Sequence[Drawn], budget: Budget) -> dict[str, ItemAnswer]:
        if not possible:
            return {}
        try:
            return self._jointly(possible, budget)
        except NOT_ANSWERABLE as error:
            broken = [_broken(candidate, str(error)) for drawn in possible for candidate in drawn.candidates]
            return {answer.ref: answer for answer in broken}

    def _alone(self, candidate: Candidate) -> Drawn | ItemAnswer:
        """The best for one site if it had the network for itself, or why there is none and what instead."""
        known = {node.id for node in self.facts.network.nodes}
        wanted = candidate.requirement.destinations or ()
        if known.isdisjoint(wanted):
            return _unqualified(candidate, (missing(f"destination {', '.join(wanted)} in the resource inventory"),))
        if not candidate.options:
            return _unqualified(candidate, no_access(candidate))
        drawn = self._draw((candidate,), own_budget(candidate.requirement), serve="all")
        return drawn if drawn.outcome.design is not None else self._instead(drawn, candidate)

    def _jointly(self, possible: Sequence[Drawn], budget: Budget) -> dict[str, ItemAnswer]:
        """The cheapest choice for all together; where not all fit, as many as can be served.

        What is cheapest for all can be too dear for one that has a budget of its own: such a one keeps to the accesses
        of the design that it has alone.
        """
        drawn = self._together(possible, budget)
        solutions = self._drawn_solutions(drawn)
        dear = {ref for ref, solution in solutions.items() if _beyond_own_budget(solution)}
        if dear and len(possible) > 1:
            drawn = self._together([_as_alone(one) if _ref(one) in dear else one for one in possible], budget)
            solutions = self._drawn_solutions(drawn)
        asked = {_ref(one): one.candidates[0] for one in possible}
        return {ref: self._told(drawn, candidate, solutions.get(ref)) for ref, candidate in asked.items()}

    def _together(self, possible: Sequence[Drawn], budget: Budget) -> Drawn:
        if len(possible) == 1 and budget == UNLIMITED:
            return possible[0]
        return self._draw(tuple(one.candidates[0] for one in possible), budget, serve="most")

    def _told(self, drawn: Drawn, candidate: Candidate, solution: SiteSolution | None) -> ItemAnswer:
        if solution is None:
            return self._instead(drawn, candidate)
        if beyond := _beyond_own_budget(solution):
            return _unqualified(candidate, beyond)
        return ItemAnswer(ref=candidate.requirement.ref, result="qualified", solution=solution, asked=candidate.asked)

    def _instead(self, drawn: Drawn, candidate: Candidate) -> ItemAnswer:
        """Why not, and alternates from the smallest relaxations, each a verified design of its own.

        What could not be decided is no reason: such an item has no result.
        """
        if drawn.outcome.status == "unknown":
            return _broken(candidate, undecided(drawn.outcome.guards))
        ref = candidate.requirement.ref
        own = concerning(drawn.outcome, ref)
        network = self.facts.network
        told = findings(own.reasons, own.relaxations, self.facts.days, drawn.assembled.facts, network.currency)
        if len(drawn.candidates) > 1:
            told = (crowded_out(len(drawn.design.sites), len(drawn.candidates)), *told)
        numbered = enumerate(own.relaxations, start=1)
        offered = [self._proposal(str(number), drawn, candidate, relaxation) for number, relaxation in numbered]
        proposals = tuple(proposal for proposal in offered if proposal is not None)
        return ItemAnswer(
            ref=ref,
            result="alternate" if proposals else "unqualified",
            findings=(*told, *not_considered(candidate), *partner_findings(candidate.asked)),
            proposals=proposals,
            asked=candidate.asked,
        )

    def _proposal(self, number: str, drawn: Drawn, candidate: Candidate, relaxation: Relaxation) -> Proposal | None:
        """The site under the relaxed requirement, beside the others as they are answered; None where that breaks."""
        dimension = dimension_of(relaxation.constraint)
        if dimension is None:
            return None
        requirement, wanted, offered = relaxed_requirement(candidate.requirement, relaxation, self.facts.days)
        candidates = tuple(
            replace(one, requirement=requirement) if one.requirement.ref == requirement.ref else one
            for one in drawn.candidates
        )
        budget = drawn.assembled.problem.budget
        relaxed = replace(drawn, candidates=candidates, assembled=self._assemble(candidates, budget))
        design = together(drawn.design, relaxation.design, requirement.ref)
        try:
            verdict = self._verdict(relaxed, design)
            solution = self._solutions(relaxed, design, verdict, relaxation.gap)[requirement.ref]
        except UntrueDesign:  # possible, but only if others were designed otherwise
            return None
        return Proposal(id=number, dimension=dimension, wanted=wanted, offered=offered, solution=solution)

    def _draw(self, candidates: tuple[Candidate, ...], budget: Budget, *, serve: str) -> Drawn:
        assembled = self._assemble(candidates, budget)
        outcome = self.solver.solve(assembled.problem, serve=serve, relax=True)
        return Drawn(candidates=candidates, assembled=assembled, outcome=outcome)

    def _assemble(self, candidates: Sequence[Candidate], budget: Budget) -> Assembled:
        return assemble(
            "+".join(candidate.requirement.ref for candidate in candidates[:3]),
            candidates,
            self.facts.network,
            self.facts.days,
            partner_caps=self.partner_caps,
            budget=budget,
        )

    def _drawn_solutions(self, drawn: Drawn) -> dict[str, SiteSolution]:
        outcome = drawn.outcome
        return self._solutions(drawn, drawn.design, outcome.verdict or self._verdict(drawn, drawn.design), outcome.gap)

    def _verdict(self, drawn: Drawn, design: Design) -> Verdict:
        """The second verifier's, on the problem as it is answered.

        Raises:
            UntrueDesign: the design breaks a rule.
        """
        served = {site.site for site in design.sites}
        problem = drawn.assembled.problem
        asked = replace(problem, sites=tuple(site for site in problem.sites if site.id in served))
        verdict = self.solver.check(asked, design)
        if verdict.violations:
            broken = ", ".join(violation.constraint for violation in verdict.violations)
            raise UntrueDesign(f"The verifier refuses the design of {problem.name!r}: {broken}.")
        return verdict

    def _solutions(self, drawn: Drawn, design: Design, verdict: Verdict, gap: float | None) -> dict[str, SiteSolution]:
        if not design.sites:
            return {}
        context = Context(
            assembled=drawn.assembled,
            network=self.facts.network,
            days=self.facts.days,
            now=self.facts.now,
            validity=self.validity,
            new_id=self.new_id,
        )
        by_ref = {candidate.requirement.ref: candidate for candidate in drawn.candidates}
        return site_solutions(context, by_ref, design, verdict, gap or 0.0)


def _sizes(candidate: Candidate, network: NetworkFacts) -> list[int]:
    """Every bandwidth at which something begins to be too small, the least first."""
    sizes = {option.bandwidth_mbps for option in candidate.options}
    sizes |= {fact.model.max_mbps for fact in network.cpe}
    for link in network.links:
        added = accumulate(upgrade.adds_mbps for upgrade in network.upgrades if upgrade.link == link.id)
        sizes |= {link.capacity_mbps, *(link.capacity_mbps + more for more in added)}
    most = candidate.requirement.bandwidth_mbps or 0
    return sorted(size for size in sizes if 0 < size <= most) or [most]


def own_budget(requirement: Requirement) -> Budget:
    return Budget(nrc_minor=requirement.budget_nrc_minor, mrc_minor=requirement.budget_mrc_minor)


def _beyond_own_budget(solution: SiteSolution) -> tuple[Finding, ...]:
    """What the site's share of the whole exceeds of its own budget."""
    budget = own_budget(solution.requirement)
    return over_budget(solution.nrc_minor, solution.mrc_minor, budget, solution.currency)


def _as_alone(drawn: Drawn) -> Drawn:
    """The same site with no other accesses than those of its own best design."""
    candidate = drawn.candidates[0]
    used = {leg.access for site in drawn.design.sites for leg in site.legs}
    options = tuple(option for option in candidate.options if option_key(candidate.requirement, option) in used)
    return replace(drawn, candidates=(replace(candidate, options=options),))


def _ref(drawn: Drawn) -> str:
    return drawn.candidates[0].requirement.ref


def _unqualified(candidate: Candidate, why: tuple[Finding, ...]) -> ItemAnswer:
    return ItemAnswer(
        ref=candidate.requirement.ref,
        result="unqualified",
        findings=why + partner_findings(candidate.asked),
        asked=candidate.asked,
    )


def _broken(candidate: Candidate, why: str) -> ItemAnswer:
    return ItemAnswer(ref=candidate.requirement.ref, result=None, asked=candidate.asked, broken=why)
