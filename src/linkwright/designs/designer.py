"""The use case that checks, queries and orders share: requirements in, verified answers out.

It reads like the process: understand what is asked, gather the facts, screen each site alone, choose jointly,
verify, explain. All facts come through ports; the only state is what the ports cache.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from linkwright.design.model import Budget, Design, Outcome, Problem, Relaxation, Verdict
from linkwright.designs.assemble import Assembled, Candidate, allowed_options, assemble
from linkwright.designs.model import (
    AccessFact,
    Answer,
    Finding,
    ItemAnswer,
    NetworkFacts,
    PartnerAnswer,
    Place,
    PlaceTrouble,
    Proposal,
    Requirement,
    SiteSolution,
    Specification,
    Totals,
)
from linkwright.designs.ports import Catalogue, Inventory, PartnerMarket, Places
from linkwright.designs.reasons import dimension_of, findings, no_access, partner_findings, relaxed_value
from linkwright.designs.solutions import Context, site_solutions
from linkwright.designs.working_days import WorkingDays

T = TypeVar("T")
Retried = Callable[[str, Callable[[], Any]], Any]


class Solver(Protocol):
    """The design core, wherever it runs."""

    def solve(self, problem: Problem, *, serve: str, relax: bool) -> Outcome: ...

    def check(self, problem: Problem, design: Design) -> Verdict: ...


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the operator decides: how long an answer holds, free days, how many orders each partner takes."""

    validity: timedelta
    holidays: tuple[Any, ...] = ()
    partner_caps: Mapping[str, int | None] | None = None


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """Everything read from outside for one answer."""

    network: NetworkFacts
    days: WorkingDays
    now: datetime


class Designer:
    """Answers requirements. Raises `Unavailable` when the resource domain, catalogue or places stay silent."""

    def __init__(
        self,
        *,
        inventory: Inventory,
        places: Places,
        catalogue: Catalogue,
        market: PartnerMarket,
        solver: Solver,
        rules: Rules,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        retried: Retried,
    ) -> None:
        self._inventory, self._places, self._catalogue, self._market = inventory, places, catalogue, market
        self._solver, self._rules, self._now, self._new_id, self._retried = solver, rules, now, new_id, retried

    def answer(self, requirements: Sequence[Requirement]) -> Answer:
        """Answer all requirements together; a bundle among them gets the totals and no design of its own."""
        now = self._now()
        understood = [self._understand(requirement) for requirement in requirements if not requirement.is_bundle]
        known = [u for u in understood if isinstance(u, tuple)]
        answers = {u.ref: u for u in understood if isinstance(u, ItemAnswer)}
        facts = _Facts(
            network=self._retried("read network", self._inventory.network) if known else _NO_NETWORK(now),
            days=WorkingDays(now.date(), self._rules.holidays),
            now=now,
        )
        if known:
            answers |= self._design(self._candidates(known), facts, _bundle_budget(requirements))
        return _compose(requirements, answers, now)

    def offers(self, requirement: Requirement) -> tuple[Answer, ...]:
        """What is available at a place: each designable specification (or the one that is named), with its answer."""
        if requirement.specification is not None:
            return (self.answer((requirement,)),)
        specifications = self._retried("read catalogue", self._catalogue.designable)
        asked = [replace(requirement, ref=s.id, specification=s.id) for s in specifications]
        return tuple(self.answer((one,)) for one in asked)

    # understand -------------------------------------------------------------------------------------------------

    def _understand(self, requirement: Requirement) -> tuple[Requirement, Place] | ItemAnswer:
        """The complete requirement with its place, or the answer that says what is missing."""
        problems = [Finding(code="SD-INF-01", label=text) for text in requirement.misread]
        complete = requirement
        if requirement.specification is None:
            problems.append(_missing("the service specification"))
        else:
            name = requirement.specification
            specification = self._retried("read specification", lambda: self._catalogue.specification(name))
            complete, more = _specified(requirement, specification)
            problems += more
        place = self._place(requirement)
        if isinstance(place, Finding):
            problems.append(place)
        if problems or isinstance(place, Finding):
            return ItemAnswer(ref=requirement.ref, result="unqualified", findings=tuple(problems))
        return complete, place

    def _place(self, requirement: Requirement) -> Place | Finding:
        wanted = requirement.place
        if wanted is None:
            return _missing("the place")
        found = self._retried("find place", lambda: self._places.find(wanted))
        if isinstance(found, PlaceTrouble):
            code = "SD-GEO-01" if found.kind == "unknown" else "SD-GEO-02"
            return Finding(code=code, label=found.text)
        return found if isinstance(found, Place) else _missing("the place")

    # gather -----------------------------------------------------------------------------------------------------

    def _candidates(self, known: Sequence[tuple[Requirement, Place]]) -> list[Candidate]:
        """Own and partners' ways to every place. Partners are asked once, all at the same time."""
        ids = sorted({place_id for _, place in known for place_id in place.ids})
        own = self._retried("read access", lambda: self._inventory.access_at(ids)).options
        asked = self._market.ask(known)
        return [_candidate(requirement, place, own, asked) for requirement, place in known]

    # design -----------------------------------------------------------------------------------------------------

    def _design(self, candidates: Sequence[Candidate], facts: _Facts, budget: Budget) -> dict[str, ItemAnswer]:
        """Each site alone first: who cannot be served at all must not hold up the others; then the joint choice."""
        answers: dict[str, ItemAnswer] = {}
        possible: list[Candidate] = []
        for candidate in candidates:
            alone = self._alone(candidate, facts)
            if isinstance(alone, ItemAnswer):
                answers[alone.ref] = alone
            else:
                possible.append(candidate)
        if possible:
            answers |= self._jointly(possible, facts, budget)
        return answers

    def _alone(self, candidate: Candidate, facts: _Facts) -> Outcome | ItemAnswer:
        """The best for one site if it had the network for itself, or why there is none and what instead."""
        requirement = candidate.requirement
        if strangers := _unknown_nodes(requirement, facts.network):
            label = f"Destination {', '.join(strangers)} is not in the resource inventory."
            return _unqualified(candidate, (Finding(code="SD-INF-01", label=label),))
        if not candidate.options:
            return _unqualified(candidate, (no_access(candidate),))
        assembled = self._assemble((candidate,), facts, _own_budget(requirement))
        outcome = self._solver.solve(assembled.problem, serve="all", relax=True)
        if outcome.design is not None:
            return outcome
        return self._instead(candidate, assembled, outcome, facts)

    def _jointly(self, candidates: Sequence[Candidate], facts: _Facts, budget: Budget) -> dict[str, ItemAnswer]:
        """The cheapest choice for all together; where not all fit, as many as can be served."""
        assembled = self._assemble(candidates, facts, budget)
        outcome = self._solver.solve(assembled.problem, serve="most", relax=True)
        by_ref = {candidate.requirement.ref: candidate for candidate in candidates}
        solutions = self._solutions(by_ref, assembled, outcome.design, facts, outcome.gap or 0.0)
        served = {ref: _qualified(by_ref[ref], solution) for ref, solution in solutions.items()}
        crowded = findings(outcome.reasons, outcome.relaxations, facts.days, assembled.facts)
        return served | {ref: _unqualified(c, crowded) for ref, c in by_ref.items() if ref not in served}

    def _instead(self, candidate: Candidate, assembled: Assembled, outcome: Outcome, facts: _Facts) -> ItemAnswer:
        """Alternates from the smallest relaxations, each a verified design of its own."""
        proposals = [
            proposal
            for number, relaxation in enumerate(outcome.relaxations, start=1)
            if (proposal := self._proposal(str(number), candidate, relaxation, facts))
        ]
        told = findings(outcome.reasons, outcome.relaxations, facts.days, assembled.facts)
        return ItemAnswer(
            ref=candidate.requirement.ref,
            result="alternate" if proposals else "unqualified",
            findings=told + partner_findings(candidate.asked),
            proposals=tuple(proposals),
            asked=candidate.asked,
        )

    def _proposal(self, number: str, candidate: Candidate, relaxation: Relaxation, facts: _Facts) -> Proposal | None:
        dimension = dimension_of(relaxation.constraint)
        if dimension is None:
            return None
        requirement, wanted, offered = _relaxed(candidate.requirement, relaxation, facts.days)
        relaxed = replace(candidate, requirement=requirement)
        assembled = self._assemble((relaxed,), facts, _own_budget(requirement))
        solutions = self._solutions({requirement.ref: relaxed}, assembled, relaxation.design, facts, 0.0)
        solution = solutions[requirement.ref]
        return Proposal(id=number, dimension=dimension, wanted=wanted, offered=offered, solution=solution)

    def _solutions(
        self,
        by_ref: Mapping[str, Candidate],
        assembled: Assembled,
        design: Design | None,
        facts: _Facts,
        gap: float,
    ) -> dict[str, SiteSolution]:
        """Verified by the second verifier once more, on the problem as it is answered."""
        if design is None:
            return {}
        problem = assembled.problem
        served = {site.site for site in design.sites}
        asked = replace(problem, sites=tuple(site for site in problem.sites if site.id in served))
        verdict = self._solver.check(asked, design)
        if verdict.violations:
            raise AssertionError(f"the design core broke its own rules: {verdict.violations}")
        context = Context(
            assembled=assembled,
            network=facts.network,
            days=facts.days,
            now=facts.now,
            validity=self._rules.validity,
            new_id=self._new_id,
        )
        return site_solutions(context, by_ref, design, verdict, gap)

    def _assemble(self, candidates: Sequence[Candidate], facts: _Facts, budget: Budget) -> Assembled:
        return assemble(
            "+".join(c.requirement.ref for c in candidates[:3]),
            candidates,
            facts.network,
            facts.days,
            partner_caps=self._rules.partner_caps or {},
            budget=budget,
        )


def _NO_NETWORK(now: datetime) -> NetworkFacts:  # noqa: N802 - reads as the constant that it would be without a date
    """Nothing has to be designed, so nothing was read."""
    return NetworkFacts(
        nodes=(),
        links=(),
        srlgs=(),
        upgrades=(),
        augments=(),
        cpe=(),
        builds=(),
        crews=(),
        currency="",
        read_at=now,
        snapshot="",
    )


def _missing(what: str) -> Finding:
    return Finding(code="SD-INF-01", label=f"Information missing: {what}; would be answered if it were given.")


def _specified(requirement: Requirement, specification: Specification | None) -> tuple[Requirement, list[Finding]]:
    if specification is None or not specification.designable:
        why = "is not in the catalogue" if specification is None else specification.why_not
        label = f"Service specification {requirement.specification} {why}, so it cannot be designed."
        return requirement, [Finding(code="SD-CAT-01", label=label)]
    complete = requirement.completed_by(specification.defaults)
    silent = [name for name in sorted(specification.mandatory) if getattr(complete, name) is None]
    needed = [_missing(_ASKED_FOR.get(name, name)) for name in silent]
    if complete.bandwidth_mbps is None and "bandwidth_mbps" not in silent:
        needed.append(_missing(_ASKED_FOR["bandwidth_mbps"]))
    if not complete.destinations and "destinations" not in silent:
        needed.append(_missing(_ASKED_FOR["destinations"]))
    return complete, needed


_ASKED_FOR: Mapping[str, str] = {
    "bandwidth_mbps": "the characteristic bandwidth",
    "destinations": "the characteristic destination",
    "availability": "the characteristic availabilityTarget",
    "round_trip_ms": "the characteristic latencyMaxMs",
    "diversity": "the characteristic accessDiversity",
    "term_months": "the characteristic termMonths",
    "needed_by": "the characteristic neededBy",
}


def _candidate(
    requirement: Requirement, place: Place, own: Sequence[AccessFact], asked: Sequence[PartnerAnswer]
) -> Candidate:
    mine = tuple(answer for answer in asked if answer.ref == requirement.ref)
    ways = [option for option in own if option.place in place.ids]
    ways += [answer.offer for answer in mine if answer.offer is not None]
    kept, dropped = allowed_options(requirement, ways)
    return Candidate(requirement=requirement, place=place, options=tuple(kept), asked=mine, dropped=tuple(dropped))


def _unknown_nodes(requirement: Requirement, network: NetworkFacts) -> list[str]:
    known = {node.id for node in network.nodes}
    return [node for node in requirement.destinations or () if node not in known]


def _own_budget(requirement: Requirement) -> Budget:
    return Budget(nrc_minor=requirement.budget_nrc_minor, mrc_minor=requirement.budget_mrc_minor)


def _bundle_budget(requirements: Sequence[Requirement]) -> Budget:
    """The budget of the bundle binds the sum of its items; without a bundle nothing does."""
    bundle = next((requirement for requirement in requirements if requirement.is_bundle), None)
    return Budget() if bundle is None else _own_budget(bundle)


def _relaxed(requirement: Requirement, relaxation: Relaxation, days: WorkingDays) -> tuple[Requirement, Any, Any]:
    """(relaxed requirement, value wanted, value offered), the values in the requester's units."""
    offered = relaxed_value(relaxation, days)
    kind = dimension_of(relaxation.constraint)
    if kind == "date":
        wanted = requirement.needed_by.isoformat() if requirement.needed_by else None
        return replace(requirement, needed_by=days.date_of(int(relaxation.value))), wanted, offered
    if kind == "latency":
        return replace(requirement, round_trip_ms=float(offered)), requirement.round_trip_ms, offered
    if kind == "availability":
        return replace(requirement, availability=float(relaxation.value)), requirement.availability, offered
    if kind == "bandwidth":
        return replace(requirement, bandwidth_mbps=int(relaxation.value)), requirement.bandwidth_mbps, offered
    diversity: Any = relaxation.value
    return replace(requirement, diversity=diversity), requirement.diversity, offered


def _qualified(candidate: Candidate, solution: SiteSolution) -> ItemAnswer:
    return ItemAnswer(ref=candidate.requirement.ref, result="qualified", solution=solution, asked=candidate.asked)


def _unqualified(candidate: Candidate, why: tuple[Finding, ...]) -> ItemAnswer:
    return ItemAnswer(
        ref=candidate.requirement.ref,
        result="unqualified",
        findings=why + partner_findings(candidate.asked),
        asked=candidate.asked,
    )


def _compose(requirements: Sequence[Requirement], answers: Mapping[str, ItemAnswer], now: datetime) -> Answer:
    """All answers in the order of the request; a bundle's own answer is the worst of what it bundles."""
    items = tuple(
        _bundle_answer(requirement, answers) if requirement.is_bundle else answers[requirement.ref]
        for requirement in requirements
    )
    solutions = [item.solution for item in answers.values() if item.solution is not None]
    offered = solutions + [proposal.solution for item in answers.values() for proposal in item.proposals]
    return Answer(
        items=items,
        totals=_totals(tuple(answers.values()), solutions),
        valid_until=min((solution.valid_until for solution in offered), default=None),
        computed_at=now,
    )


def _bundle_answer(bundle: Requirement, answers: Mapping[str, ItemAnswer]) -> ItemAnswer:
    members = [answers[ref] for ref in bundle.bundles or () if ref in answers] or list(answers.values())
    results = {member.result for member in members}
    for worst in ("unqualified", "alternate"):
        if worst in results:
            counts = f"{sum(m.result == worst for m in members)} of {len(members)} items are {worst}"
            codes = sorted({finding.code for m in members if m.result == worst for finding in m.findings})
            why = tuple(Finding(code=code, label=f"{counts}, see them.") for code in codes)
            return ItemAnswer(ref=bundle.ref, result=worst, findings=why)
    return ItemAnswer(ref=bundle.ref, result="qualified")


def _totals(items: Sequence[ItemAnswer], solutions: Sequence[SiteSolution]) -> Totals | None:
    if not items:
        return None
    return Totals(
        qualified=sum(item.result == "qualified" for item in items),
        alternate=sum(item.result == "alternate" for item in items),
        unqualified=sum(item.result == "unqualified" for item in items),
        nrc_minor=sum(solution.nrc_minor for solution in solutions),
        mrc_minor=sum(solution.mrc_minor for solution in solutions),
        currency=solutions[0].currency if solutions else "",
        ready=max((solution.ready for solution in solutions), default=None),
        gap=max((solution.gap for solution in solutions), default=None),
    )
