"""What could be had by the wanted day, where a later one is offered: over ways that are ready then, also over those of
which somebody has not stated a price. Such a one is used for nothing else.

The service keeps its backup and its availability, and as much of its bandwidth as it can: then its figures give way,
and before the bandwidth does, the kind of its backup. Only where it cannot be had so, anything may give way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from linkwright.design.ask import Ask
from linkwright.designs.answers import ItemAnswer, Proposal, Relaxed, numbered
from linkwright.designs.assemble import Candidate
from linkwright.designs.bandwidths import ways_wanted
from linkwright.designs.beside_all import BesideAll
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.facts import AccessFact
from linkwright.designs.instead import as_offered, concerning, is_ours, with_bandwidth
from linkwright.designs.item import BACKUP_TECHNOLOGIES, own_budget, required_day, working_legs
from linkwright.designs.network import lead_day
from linkwright.designs.options import Options, most_of, proposal_of
from linkwright.designs.others import Spare
from linkwright.designs.technologies import backup_of, kind_of_backup
from linkwright.errors import UntrueDesign

FIGURES = frozenset({"latency", "jitter", "loss", "optical", "differential"})


@dataclass(frozen=True, kw_only=True)
class InTime:
    """In the room that the answer to all leaves (`beside`, None without such an answer), within the time to `spare`."""

    drawing: Drawing
    beside: BesideAll | None
    spare: Spare

    def answers(self, candidates: Sequence[Candidate], answers: Mapping[str, ItemAnswer]) -> dict[str, ItemAnswer]:
        """The answers to which there is one proposal more."""
        open_ = [one for one in candidates if _is_open(one, answers[one.requirement.ref])]
        narrowed = [one for one in map(self.in_time, open_) if one is not None]
        proposals = self._keeping(narrowed)
        others = [one for one in narrowed if one.requirement.ref not in proposals]
        drawn = self._drawn(others)
        for one in others:
            if (proposal := self._proposed(one, drawn.get(one.requirement.ref))) is not None:
                proposals[one.requirement.ref] = proposal
        told = ((one, proposals[one.requirement.ref]) for one in narrowed if one.requirement.ref in proposals)
        found = (_with(answers[one.requirement.ref], proposal, most_of(one)) for one, proposal in told)
        return {one.ref: one for one in found if one is not None}

    def in_time(self, candidate: Candidate) -> Candidate | None:
        """The item with nothing but the ways that are ready in time; None where these are none at one of its ends."""
        ends = (
            (*candidate.options, *candidate.unpriced),
            (*candidate.far_options, *candidate.far_unpriced),
        )
        options, far_options = (tuple(way for way in ways if self._is_ready(candidate, way)) for ways in ends)
        if not options or bool(far_options) != (candidate.place.far is not None):
            return None
        return replace(candidate, options=options, far_options=far_options)

    def _is_ready(self, candidate: Candidate, way: AccessFact) -> bool:
        days = self.drawing.facts.days
        ready = max(lead_day(way, days), self._build_days.get(way.build or "", 0))
        return ready <= required_day(candidate.requirement, days)

    @cached_property
    def _build_days(self) -> Mapping[str, int]:
        return {build.id: build.lead_days for build in self.drawing.facts.network.builds}

    def _keeping(self, candidates: Sequence[Candidate]) -> dict[str, Proposal]:
        """Those that keep availability and backup, by the ref of their item."""
        eased = self._eased(candidates)
        drawn = self._drawn(list(eased.values()))
        found: dict[str, Proposal] = {}
        for candidate in candidates:
            ref = candidate.requirement.ref
            if ref in eased and (proposal := self._told(candidate, eased[ref], drawn.get(ref))) is not None:
                found[ref] = proposal
        return found

    def _eased(self, candidates: Sequence[Candidate]) -> dict[str, Candidate]:
        """Each with the most bandwidth that it can have if no figure is limited, over a backup as is wanted or not."""
        others = [_with_any_backup(one) for one in candidates if kind_of_backup(one.requirement)]
        found: dict[str, tuple[int, Candidate]] = {}
        for some in (candidates, others):
            drawn = self._drawn([_unlimited(one) for one in some])
            for one in some:
                ref = one.requirement.ref
                share = _share(drawn.get(ref), ref)
                if share is not None and share[0] > found.get(ref, (0, one))[0]:
                    down, up = (way * share[0] // share[1] for way in ways_wanted(one.requirement))
                    asked = with_bandwidth(one.requirement, down, up)[0] if down and up else one.requirement
                    found[ref] = share[0], replace(one, requirement=asked)
        return {ref: one for ref, (_, one) in found.items()}

    def _told(self, candidate: Candidate, eased: Candidate, drawn: Drawn | None) -> Proposal | None:
        """What is relaxed in all, in the words of what was wanted."""
        proposal = self._proposed(eased, drawn, FIGURES)
        if proposal is None or drawn is None:
            return None
        wanted, requirement, told = candidate.requirement, proposal.solution.requirement, list[Relaxed]()
        if ways_wanted(wanted) != ways_wanted(requirement):
            told += with_bandwidth(wanted, *ways_wanted(requirement))[1]
        told += proposal.relaxed
        if requirement.backup != wanted.backup:
            kind = [leg.technology for leg in proposal.solution.legs if leg.end == "a"][-1]
            is_wanted = kind in BACKUP_TECHNOLOGIES[str(wanted.backup)]
            requirement = replace(requirement, backup=wanted.backup if is_wanted else backup_of([kind]))
            if not is_wanted:
                told.append(Relaxed(dimension="backup", wanted=wanted.backup, offered=requirement.backup))
        both = as_offered(wanted, requirement, told, self._working(drawn, proposal))
        tries = [(requirement, told)] if both is None else [both, (requirement, told)]
        for asked, relaxed in tries:
            try:
                return self._verified(replace(candidate, requirement=asked), drawn, proposal, relaxed)
            except UntrueDesign:  # the room is not there for so much
                continue
        return None

    def _working(self, drawn: Drawn, proposal: Proposal) -> list[AccessFact]:
        solution = proposal.solution
        near = [number for number, leg in enumerate(solution.legs) if leg.end == "a"]
        first_backup = [*near, len(solution.legs)][working_legs(solution.requirement)]
        return [drawn.assembled.facts[f"{drawn.ref}:{leg.access}"] for leg in solution.legs[:first_backup]]

    def _verified(self, candidate: Candidate, drawn: Drawn, proposal: Proposal, told: Sequence[Relaxed]) -> Proposal:
        drawing = self._options(drawn).drawing
        assembled = drawing.assemble([candidate], own_budget(candidate.requirement))
        verdict = drawing.verdict(assembled, proposal.design)
        as_told = replace(drawn, candidates=(candidate,), assembled=assembled)
        solutions = drawing.solutions(as_told, proposal.design, verdict, proposal.solution.gap)
        return replace(proposal_of(told, solutions[candidate.requirement.ref]), design=proposal.design)

    def _proposed(
        self, candidate: Candidate, drawn: Drawn | None, only: frozenset[str] | None = None
    ) -> Proposal | None:
        """The first that keeps the day, or relaxes nothing but these dimensions; where nothing has to be relaxed, that
        design."""
        if drawn is None:
            return None
        options, ref = self._options(drawn), candidate.requirement.ref
        if drawn.outcome.design is not None:
            solution = options.drawing.drawn_solutions(drawn).get(ref)
            return None if solution is None else replace(proposal_of((), solution), design=drawn.design)
        unlimited = replace(candidate, requirement=replace(candidate.requirement, max_alternatives=None))
        for one in options.relaxed(unlimited):
            dimensions = {own.dimension for own in one.relaxed}
            if "date" not in dimensions and (only is None or dimensions <= only):
                return one
        return None

    def _drawn(self, candidates: Sequence[Candidate]) -> Mapping[str, Drawn]:
        if not candidates:
            return {}
        if self.beside is not None:
            return self.beside.relaxed(candidates, self.spare)
        asked = [([one], own_budget(one.requirement), Ask(serve="all", relax=True)) for one in candidates]
        drawn = self.drawing.draw_in_turns(asked, self.spare.seconds)
        return {one.ref: one for one in drawn if isinstance(one, Drawn)}

    def _options(self, drawn: Drawn) -> Options:
        return Options(drawing=self.drawing, drawn=drawn) if self.beside is None else self.beside.options(drawn)


def _is_open(candidate: Candidate, answer: ItemAnswer) -> bool:
    if answer.result not in ("alternate", "unqualified"):
        return False
    is_later = any(one.dimension == "date" for proposal in answer.proposals for one in proposal.relaxed)
    return is_later or bool(candidate.unpriced or candidate.far_unpriced)


def _unlimited(candidate: Candidate) -> Candidate:
    free = replace(
        candidate.requirement,
        round_trip_ms=None,
        jitter_ms=None,
        loss=None,
        optical_db=None,
        differential_round_trip_ms=None,
    )
    return replace(candidate, requirement=free)


def _with_any_backup(candidate: Candidate) -> Candidate:
    return replace(candidate, requirement=replace(candidate.requirement, backup="any"))


def _share(drawn: Drawn | None, ref: str) -> tuple[int, int] | None:
    """So many of so many Mbit/s that the core was asked for can be had; None where less would not help alone."""
    if drawn is None:
        return None
    asked = next(site.bandwidth_mbps for site in drawn.assembled.problem.sites if site.id == ref)
    if drawn.outcome.design is not None:
        return asked, asked
    own = concerning(drawn.outcome, ref).relaxations
    less = [int(one.value) for one in own if one.constraint == f"site:{ref}/bandwidth" and not is_ours(one.value)]
    return (max(less), asked) if less else None


def _with(answer: ItemAnswer, proposal: Proposal, most: int) -> ItemAnswer | None:
    """Behind what is offered already, of which as much gives way as there is too much; None where that says nothing new
    or has no place."""
    dimensions = {one.dimension for one in proposal.relaxed}
    legs = [leg.access for leg in proposal.solution.legs]
    for one in answer.proposals:
        is_same = [leg.access for leg in one.solution.legs] == legs
        if is_same and dimensions == {own.dimension for own in one.relaxed}:
            return None
    if most < (2 if answer.proposals else 1):
        return None
    told = (*answer.proposals[: most - 1], proposal)
    return replace(answer, result="alternate", proposals=numbered(told))
