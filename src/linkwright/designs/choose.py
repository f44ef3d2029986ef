"""Choosing designs: each site alone first, then all together, and what instead where that is not possible.

Whoever cannot be served at all must not hold up the others, so a site that is infeasible alone is answered alone.
Nothing leaves here that the verifier has not confirmed on the very problem that is answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from linkwright.design.ask import Ask
from linkwright.design.model import Budget
from linkwright.designs.answers import Finding, ItemAnswer, SiteSolution
from linkwright.designs.assemble import Candidate, option_key
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.facts import NetworkFacts
from linkwright.designs.instead import concerning
from linkwright.designs.item import diversity_of, is_point_to_point
from linkwright.designs.options import Options, most_of
from linkwright.designs.patterns import Patterns
from linkwright.designs.reasons import (
    crowded_out,
    findings,
    missing,
    no_access,
    not_considered,
    over_budget,
    partner_findings,
    undecided,
)
from linkwright.designs.requirement import Requirement
from linkwright.designs.side_by_side import side_by_side
from linkwright.designs.understand import in_currency, misread
from linkwright.errors import BadProblem, UntrueDesign

UNLIMITED = Budget()
NOT_ANSWERABLE = (BadProblem, UntrueDesign)
"""Facts that contradict each other, or a mistake of ours: told for the item, and no reason to ask again at once."""
SEARCHES = 12
"""So many further searches are made at most for the designs that no other beats."""
FEW = 30
"""Up to so many items each has alternatives of its own, where they do not get in each other's way."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Answers over one set of facts; with `alternatives` also other good designs of what is feasible."""

    drawing: Drawing
    alternatives: bool = False

    def of(self, candidates: Sequence[Candidate], budget: Budget = UNLIMITED) -> dict[str, ItemAnswer]:
        """The answer to each candidate, by its ref; `budget` binds the sum of all.

        Raises:
            Unavailable: the design core was lost on the way; asking again is safe.
        """
        answers: dict[str, ItemAnswer] = {}
        possible: list[Drawn] = []
        patterns: Patterns[Drawn] | None = Patterns() if len(candidates) > 1 else None
        several = len(candidates) > FEW
        for candidate in candidates:
            try:
                alone = self._alone(candidate, patterns, several=several)
            except NOT_ANSWERABLE as error:
                alone = _broken(candidate, str(error))
            if isinstance(alone, ItemAnswer):
                answers[alone.ref] = alone
            elif alone.outcome.design is None:
                answers[alone.ref] = _like(self._instead(alone, candidate), answers.get(alone.reused_from or ""))
            else:
                possible.append(alone)
        return answers | self._of_possible(possible, budget)

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

    def _of_possible(self, possible: Sequence[Drawn], budget: Budget) -> dict[str, ItemAnswer]:
        if not possible:
            return {}
        try:
            return self._jointly(possible, budget)
        except NOT_ANSWERABLE as error:
            broken = [_broken(candidate, str(error)) for drawn in possible for candidate in drawn.candidates]
            return {answer.ref: answer for answer in broken}

    def _alone(self, candidate: Candidate, patterns: Patterns[Drawn] | None, *, several: bool) -> Drawn | ItemAnswer:
        """What the core says to one site if it had the network for itself, or what it need not be asked about."""
        if troubles := misread(in_currency(candidate.requirement, self.drawing.facts.network.currency)):
            return _unqualified(candidate, tuple(troubles))
        known = {node.id for node in self.drawing.facts.network.nodes}
        wanted = candidate.requirement.destinations or ()
        if not is_point_to_point(candidate.requirement) and known.isdisjoint(wanted):
            return _unqualified(candidate, (missing(f"destination {', '.join(wanted)} in the resource inventory"),))
        if not candidate.options or (is_point_to_point(candidate.requirement) and not candidate.far_options):
            return _unqualified(candidate, no_access(candidate))
        ask = Ask(relax=True) if several else self._ask([candidate], "all")
        budget = own_budget(candidate.requirement)
        if patterns is None:
            return self.drawing.draw([candidate], budget, ask)
        return self.drawing.draw_once(candidate, budget, ask, patterns)

    def _ask(self, candidates: Sequence[Candidate], serve: str) -> Ask:
        """With the searches for alternatives, if anybody wants them; more structures, if one wants many."""
        wanted = max((most_of(candidate) for candidate in candidates), default=0)
        if not self.alternatives or not wanted:
            return Ask(serve=serve, relax=True)
        said = max((candidate.requirement.max_alternatives or 0 for candidate in candidates), default=0)
        return Ask(serve=serve, relax=True, alternatives=SEARCHES, structures=said + 1 if said else 0)

    def _jointly(self, possible: Sequence[Drawn], budget: Budget) -> dict[str, ItemAnswer]:
        """The cheapest choice for all together; where not all fit, as many as can be served.

        What is cheapest for all can be too dear for one that has a budget of its own: such a one keeps to the accesses
        of the design that it has alone.
        """
        apart = side_by_side(self.drawing, possible, budget)
        if apart is not None:
            return self._side_by_side(possible, apart)
        drawn = self._together(possible, budget)
        solutions = self.drawing.drawn_solutions(drawn)
        dear = {ref for ref, solution in solutions.items() if _beyond_own_budget(solution)}
        if dear and len(possible) > 1:
            drawn = self._together([_as_alone(one) if one.ref in dear else one for one in possible], budget)
            solutions = self.drawing.drawn_solutions(drawn)
        options = Options(drawing=self.drawing, drawn=drawn)
        return {one.ref: self._told(options, one.candidates[0], solutions.get(one.ref), one) for one in possible}

    def _side_by_side(self, possible: Sequence[Drawn], together: Drawn) -> dict[str, ItemAnswer]:
        """Each item as it was designed alone, since they do not get in each other's way."""
        solutions = self.drawing.drawn_solutions(together)
        answers: dict[str, ItemAnswer] = {}
        for one in possible:
            solution = solutions[one.ref]
            if one.inputs is not None:
                solution = replace(solution, input_id=one.inputs.id, inputs=one.inputs)
            beside = together if len(possible) > 1 else None
            options = Options(drawing=self.drawing, drawn=one, beside=beside)
            told = self._told(options, one.candidates[0], solution)
            answers[one.ref] = _like(told, answers.get(one.reused_from or ""))
        return answers

    def _together(self, possible: Sequence[Drawn], budget: Budget) -> Drawn:
        candidates = tuple(one.candidates[0] for one in possible)
        return self.drawing.draw(candidates, budget, self._ask(candidates, "most"))

    def _told(
        self, options: Options, candidate: Candidate, solution: SiteSolution | None, alone: Drawn | None = None
    ) -> ItemAnswer:
        if solution is None:
            return self._instead(options.drawn, candidate)
        if beyond := _beyond_own_budget(solution):
            return _unqualified(candidate, beyond)
        proposals = options.others(candidate, alone) if self.alternatives else ()
        return ItemAnswer(
            ref=candidate.requirement.ref,
            result="qualified",
            solution=replace(solution, roles=options.roles_of_drawn()),
            proposals=proposals,
            asked=candidate.asked,
        )

    def _instead(self, drawn: Drawn, candidate: Candidate) -> ItemAnswer:
        """Why not, and alternates from the smallest relaxations, each a verified design of its own.

        What could not be decided is no reason: such an item has no result.
        """
        if drawn.outcome.status == "unknown":
            return _broken(candidate, undecided(drawn.outcome.guards))
        ref = candidate.requirement.ref
        own = concerning(drawn.outcome, ref)
        facts = self.drawing.facts
        told = findings(
            own.reasons,
            own.relaxations,
            facts.days,
            drawn.assembled.facts,
            facts.network.currency,
            diversity_of(candidate.requirement),
        )
        if len(drawn.candidates) > 1:
            told = (crowded_out(len(drawn.design.sites), len(drawn.candidates)), *told)
        proposals = Options(drawing=self.drawing, drawn=drawn).relaxed(candidate)
        return ItemAnswer(
            ref=ref,
            result="alternate" if proposals else "unqualified",
            findings=(*told, *not_considered(candidate), *partner_findings(candidate.asked)),
            proposals=proposals,
            asked=candidate.asked,
        )


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
    used = {access for site in drawn.design.sites for leg in site.legs for access in (leg.access, leg.far)}
    options, far_options = (
        tuple(option for option in ways if option_key(candidate.requirement, option) in used)
        for ways in candidate.ends.values()
    )
    return replace(drawn, candidates=(replace(candidate, options=options, far_options=far_options),))


def _like(answer: ItemAnswer, first: ItemAnswer | None) -> ItemAnswer:
    """The answer with what it repeats of another item's: the same designs under other names."""
    if first is None:
        return answer
    solution = answer.solution
    if solution is not None and first.solution is not None:
        solution = replace(solution, reused_from=first.solution.design_id)
    origins = {one.id: one.solution.design_id for one in first.proposals}
    proposals = tuple(
        replace(one, solution=replace(one.solution, reused_from=origins.get(one.id))) for one in answer.proposals
    )
    return replace(answer, solution=solution, proposals=proposals)


def _unqualified(candidate: Candidate, why: tuple[Finding, ...]) -> ItemAnswer:
    return ItemAnswer(
        ref=candidate.requirement.ref,
        result="unqualified",
        findings=why + partner_findings(candidate.asked),
        asked=candidate.asked,
    )


def _broken(candidate: Candidate, why: str) -> ItemAnswer:
    return ItemAnswer(ref=candidate.requirement.ref, result=None, asked=candidate.asked, broken=why)
