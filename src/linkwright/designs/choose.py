"""Choosing designs: each site alone first, then all together, and what instead where that is not possible.

Whoever cannot be served at all must not hold up the others, so a site that is infeasible alone is answered alone.
Nothing leaves here that the verifier has not confirmed on the very problem that is answered.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import accumulate

from linkwright.design.ask import Ask
from linkwright.design.model import Budget, Reason
from linkwright.designs.answers import Finding, ItemAnswer, Proposal, SiteSolution
from linkwright.designs.assemble import Candidate
from linkwright.designs.beside_all import BesideAll
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.facts import NetworkFacts
from linkwright.designs.instead import concerning
from linkwright.designs.item import diversity_of, is_point_to_point, own_budget
from linkwright.designs.jointly import UNLIMITED, Jointly, beyond_own_budget
from linkwright.designs.options import Options, most_of
from linkwright.designs.reasons import (
    crowded_out,
    findings,
    missing,
    no_access,
    not_considered,
    partner_findings,
    undecided,
)
from linkwright.designs.side_by_side import used_up
from linkwright.designs.understand import in_currency, misread
from linkwright.errors import BadProblem, LinkwrightError, UntrueDesign

NOT_ANSWERABLE = (BadProblem, UntrueDesign)
"""Facts that contradict each other, or a mistake of ours: told for the item, and no reason to ask again at once."""
SEARCHES = 12
"""So many further searches are made at most for the designs that no other beats."""
FEW = 30
"""In a request of more items nothing but what is infeasible has alternatives."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Answers over one set of facts; with `alternatives` also other good designs of what is feasible.

    Among `many` items only those have other designs who say how many. Who is left out beside the others is told what
    his own design would use up, and offered what the room that is left allows.
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
        answers: dict[str, ItemAnswer] = {}
        possible: list[Drawn] = []
        for candidate, alone in zip(candidates, self._each_alone(candidates), strict=True):
            if isinstance(alone, ItemAnswer):
                answers[alone.ref] = alone
            elif alone.outcome.design is None:
                told = self._instead(alone, candidate, Options(drawing=self.drawing, drawn=alone))
                answers[alone.ref] = _like(told, answers.get(alone.reused_from or ""))
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
            parts, whole = Jointly(drawing=self.drawing, ask=self._ask_all).of(possible, budget)
            return self._of_parts(parts, whole, possible)
        except NOT_ANSWERABLE as error:
            broken = [_broken(candidate, str(error)) for drawn in possible for candidate in drawn.candidates]
            return {answer.ref: answer for answer in broken}

    def _each_alone(self, candidates: Sequence[Candidate]) -> list[Drawn | ItemAnswer]:
        """What the core says to each if it had the network for itself, or what it need not be asked about."""
        said = [self._answered(one) for one in candidates]
        open_ = [candidate for candidate, answer in zip(candidates, said, strict=True) if answer is None]
        drawn = iter(
            self.drawing.draw_each([([one], own_budget(one.requirement), self._ask([one], "all")) for one in open_])
        )
        found = [next(drawn) if answer is None else answer for answer in said]
        return [
            _broken(candidate, str(one)) if isinstance(one, LinkwrightError) else one
            for candidate, one in zip(candidates, found, strict=True)
        ]

    def _answered(self, candidate: Candidate) -> ItemAnswer | None:
        """The answer where the core need not be asked."""
        if troubles := misread(in_currency(candidate.requirement, self.drawing.facts.network.currency)):
            return _unqualified(candidate, tuple(troubles))
        wanted = candidate.requirement.destinations or ()
        if not is_point_to_point(candidate.requirement) and self._nodes.isdisjoint(wanted):
            return _unqualified(candidate, (missing(f"destination {', '.join(wanted)} in the resource inventory"),))
        if not candidate.options or (is_point_to_point(candidate.requirement) and not candidate.far_options):
            return _unqualified(candidate, no_access(candidate))
        return None

    @cached_property
    def _nodes(self) -> frozenset[str]:
        return frozenset(node.id for node in self.drawing.facts.network.nodes)

    def _ask(self, candidates: Sequence[Candidate], serve: str) -> Ask:
        """With the searches for alternatives, if anybody wants them; more structures, if one wants many."""
        if not any(self._wants_others(candidate) for candidate in candidates):
            return Ask(serve=serve, relax=True)
        said = max((candidate.requirement.max_alternatives or 0 for candidate in candidates), default=0)
        return Ask(serve=serve, relax=True, alternatives=SEARCHES, structures=said + 1 if said else 0)

    def _wants_others(self, candidate: Candidate) -> bool:
        """Whether other designs are searched for of what is feasible."""
        is_said = candidate.requirement.max_alternatives is not None
        return self.alternatives and most_of(candidate) > 0 and (is_said or not self.many)

    def _ask_all(self, candidates: Sequence[Candidate]) -> Ask:
        return Ask(serve="most", explained=0) if self.many else self._ask(candidates, "most")

    def _of_parts(self, parts: Sequence[Drawn], whole: Drawn, possible: Sequence[Drawn]) -> dict[str, ItemAnswer]:
        """The answers to all items, which were designed in groups that do not get in each other's way."""
        solutions = self.drawing.drawn_solutions(whole)
        alone = {one.ref: one for one in possible}
        beside = BesideAll(drawing=self.drawing, whole=whole) if self.many else None
        left = [one for part in parts for one in part.candidates if one.requirement.ref not in solutions]
        offers = beside.relaxed(left) if beside is not None else {}
        answers: dict[str, ItemAnswer] = {}
        for part in parts:
            short = used_up(self.drawing, part, alone) if self.many else {}
            options = Options(drawing=self.drawing, drawn=part, beside=whole if len(parts) > 1 else None)
            for candidate in part.candidates:
                ref = candidate.requirement.ref
                if ref not in solutions:
                    offer = offers.get(ref)
                    rest = options if beside is None else None if offer is None else beside.options(offer)
                    told = self._instead(part, candidate, rest, short.get(ref, ()))
                    first = part.reused_from if offer is None else offer.reused_from
                else:
                    own = None if part is alone[ref] else alone[ref]
                    others = partial(options.others, candidate, own)
                    if beside is not None:
                        others = partial(beside.others, candidate, alone[ref])
                    told, first = self._served(options, candidate, solutions[ref], others), part.reused_from
                answers[ref] = _like(told, answers.get(first or ""))
        return answers

    def _served(
        self,
        options: Options,
        candidate: Candidate,
        solution: SiteSolution,
        others: Callable[[], tuple[Proposal, ...]],
    ) -> ItemAnswer:
        if beyond := beyond_own_budget(solution):
            return _unqualified(candidate, beyond)
        if options.drawn.inputs is not None:
            solution = replace(solution, input_id=options.drawn.inputs.id, inputs=options.drawn.inputs)
        return ItemAnswer(
            ref=candidate.requirement.ref,
            result="qualified",
            solution=replace(solution, roles=options.roles_of_drawn()),
            proposals=others() if self._wants_others(candidate) else (),
            asked=candidate.asked,
        )

    def _instead(
        self, drawn: Drawn, candidate: Candidate, options: Options | None, used_up: Sequence[Reason] = ()
    ) -> ItemAnswer:
        """Why not, and alternates from the smallest relaxations, each a verified design of its own.

        What could not be decided is no reason: such an item has no result. `options` make the proposals.
        """
        if drawn.outcome.status == "unknown":
            return _broken(candidate, undecided(drawn.outcome.guards))
        ref = candidate.requirement.ref
        own = concerning(drawn.outcome, ref)
        facts = self.drawing.facts
        told = findings(
            (*own.reasons, *used_up),
            own.relaxations,
            facts.days,
            drawn.assembled.facts,
            facts.network.currency,
            diversity_of(candidate.requirement),
            candidate.requirement,
        )
        if len(drawn.candidates) > 1:
            told = (crowded_out(len(drawn.design.sites), len(drawn.candidates)), *told)
        proposals = () if options is None else options.relaxed(candidate)
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


def _like(answer: ItemAnswer, first: ItemAnswer | None) -> ItemAnswer:
    """The answer with what it repeats of another item's: the same designs under other names."""
    if first is None:
        return answer
    solution = answer.solution
    if solution is not None and first.solution is not None:
        solution = replace(solution, reused_from=first.solution.design_id)
    origins = {_shape(one.solution): one.solution.design_id for one in first.proposals}
    proposals = tuple(
        replace(one, solution=replace(one.solution, reused_from=origins.get(_shape(one.solution))))
        for one in answer.proposals
    )
    return replace(answer, solution=solution, proposals=proposals)


def _shape(solution: SiteSolution) -> Hashable:
    """What designs of the same facts have in common that are the same but for the names of their accesses."""
    legs = tuple(
        (leg.technology, leg.supplier, leg.links, leg.pop, leg.nrc_minor, leg.mrc_minor) for leg in solution.legs
    )
    return legs, solution.cpe, solution.cpe_quantity, solution.requirement.bandwidth_mbps, solution.ready


def _unqualified(candidate: Candidate, why: tuple[Finding, ...]) -> ItemAnswer:
    return ItemAnswer(
        ref=candidate.requirement.ref,
        result="unqualified",
        findings=why + partner_findings(candidate.asked),
        asked=candidate.asked,
    )


def _broken(candidate: Candidate, why: str) -> ItemAnswer:
    return ItemAnswer(ref=candidate.requirement.ref, result=None, asked=candidate.asked, broken=why)
