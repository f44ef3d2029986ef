"""From what the core says to the answers: solutions, reasons why not, and proposals that are true beside the answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import count

from linkwright.design.ask import Ask
from linkwright.design.model import Budget, Reason
from linkwright.designs.answers import CutShort, ItemAnswer, Proposal, SiteSolution, numbered
from linkwright.designs.assemble import Candidate
from linkwright.designs.beside_all import BesideAll
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.holding import Holding, Offered
from linkwright.designs.in_time import InTime
from linkwright.designs.instead import concerning, is_known_why, sites_of
from linkwright.designs.item import diversity_of
from linkwright.designs.jointly import UNLIMITED, beyond_own_budget
from linkwright.designs.missing_prices import missing_component
from linkwright.designs.not_used import Unused
from linkwright.designs.options import Options, most_of
from linkwright.designs.others import Searched, Spare, roles_in, search_others
from linkwright.designs.reasons import (
    beside_the_others,
    crowded_out,
    findings,
    not_considered,
    partner_findings,
    several_of,
    undecided,
)
from linkwright.designs.replay import is_cut_short
from linkwright.designs.reused import like
from linkwright.designs.side_by_side import used_up
from linkwright.designs.tied import Tied


@dataclass(frozen=True, kw_only=True)
class Telling:
    """`whole` is the verified answer to all who have one; `groups` holds for each tied item those of its group.

    `ask` says what the core is asked about items whose other designs are wanted, `spare` is the time for that, and
    `for_changes` the time to look for changes beside the answer.
    """

    drawing: Drawing
    budget: Budget
    ask: Callable[[Sequence[Candidate], str], Ask]
    spare: Spare
    for_changes: Spare
    alternatives: bool = False
    many: bool = False
    whole: Drawn | None = None
    groups: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def of_parts(self, parts: Sequence[Drawn], possible: Sequence[Drawn]) -> dict[str, ItemAnswer]:
        """The answers to all who could be served alone, and were designed in groups that are in nobody's way."""
        if self.whole is None:
            return {}
        solutions = self.drawing.drawn_solutions(self.whole)
        alone = {one.ref: one for one in possible}
        searched = self._searched([one for one in possible if one.ref in solutions])
        answers: dict[str, ItemAnswer] = {}
        for part in parts:
            short = used_up(self.drawing, part, alone) if self.many else {}
            beside = self.whole if len(parts) > 1 else None
            options = Options(drawing=self.drawing, drawn=part, beside=beside, numbers=self.numbers)
            for candidate in part.candidates:
                ref = candidate.requirement.ref
                if ref in solutions:
                    told = self._served(options, candidate, solutions[ref])
                    told = self._with_others(told, options, candidate, alone[ref], searched)
                    answers[ref] = like(told, answers.get(part.reused_from or ""))
                else:
                    proposals = () if self.many else options.relaxed(candidate)
                    answers[ref] = self._instead(part, candidate, proposals, short.get(ref, ()))
        left = [one for part in parts for one in part.candidates if one.requirement.ref not in solutions]
        return self._beside_the_answer(left, answers, self._beside)

    def of_stuck(self, stuck: Sequence[Drawn]) -> dict[str, ItemAnswer]:
        """The answers to those who cannot be served alone either; what they are offered is true beside the others."""
        answers: dict[str, ItemAnswer] = {}
        open_: list[Candidate] = []
        for alone in stuck:
            candidate, ref = alone.candidates[0], alone.ref
            proposals: tuple[Proposal, ...] | None = ()
            if ref not in self.groups:
                proposals = Options(drawing=self.drawing, drawn=alone).relaxed(candidate)
            if proposals and self._beside_unlimited is not None:
                proposals = self._beside_unlimited.as_alone(candidate, alone, len(proposals))
            if proposals is None:
                open_.append(candidate)
            told = self._instead(alone, candidate, proposals or ())
            answers[ref] = like(told, answers.get(alone.reused_from or ""))
        return self._beside_the_answer(open_, answers, self._beside_unlimited)

    def in_time(self, candidates: Sequence[Candidate], answers: Mapping[str, ItemAnswer]) -> dict[str, ItemAnswer]:
        """With what could be had by the wanted day, for those who are offered a later one or ways without a price."""
        untied = [one for one in candidates if one.requirement.ref not in self.groups]
        known = [one for one in untied if answers[one.requirement.ref].broken is None]
        in_time = InTime(drawing=self.drawing, beside=self._beside_unlimited, spare=self.for_changes)
        return in_time.answers(known, answers)

    def together(self, candidates: Sequence[Candidate], answers: Mapping[str, ItemAnswer]) -> dict[str, ItemAnswer]:
        """The answers that are others once several are looked at: those of the tied, and of who is offered the same.

        A group of which not all have what they asked for is offered something for all of it.
        """
        changed = dict(answers)
        for group in {id(group): group for group in self.groups.values()}.values():
            results = {answers[one.requirement.ref].result for one in group}
            if None not in results and results != {"qualified"}:
                changed |= self._of_tied(group, answers)
        untied = [one for one in candidates if one.requirement.ref not in self.groups]
        offered = [
            Offered(candidate=one, proposal=told.proposals[0])
            for one in untied
            if (told := changed[one.requirement.ref]).result == "alternate"
            and not any(leg.unpriced for leg in told.proposals[0].solution.legs)
        ]
        holding = Holding(drawing=self.drawing, whole=self.whole, budget=self.budget)
        return changed | {one.ref: one for one in holding.numbered(changed, offered, self.numbers)}

    def _of_tied(self, group: Sequence[Candidate], answers: Mapping[str, ItemAnswer]) -> dict[str, ItemAnswer]:
        refs = [one.requirement.ref for one in group]
        free = tuple(group)
        if not self.for_changes.seconds():
            return {
                ref: self._with_those_of_group(answers[ref], (), one, are_all=False)
                for ref, one in zip(refs, group, strict=True)
            }
        if self._beside is not None:
            free = tuple(self._beside.with_free_accesses(one, refs) for one in group)
        if not all(one.options and bool(one.far_options) == (one.place.far is not None) for one in free):
            return {}
        drawing = self.drawing if self._beside is None else self._beside.without(refs)
        left = [one for one in group if answers[one.requirement.ref].result != "qualified"]
        hints = partial(self._alone_beside, left) if len(left) == 1 else tuple[Proposal, ...]
        found, are_all = Tied(drawing=drawing, group=free, numbers=self.numbers, hints=hints).proposals()
        return {
            ref: self._with_those_of_group(answers[ref], found.get(ref, ()), one, are_all)
            for ref, one in zip(refs, group, strict=True)
        }

    def _alone_beside(self, left: Sequence[Candidate]) -> Sequence[Proposal]:
        """What these are offered in the room that all others leave, tied to nobody."""
        if self._beside is None:
            return ()
        drawn = self._beside.relaxed(left, self.for_changes).values()
        return [one for each in drawn for one in self._beside.options(each).relaxed(each.candidates[0])]

    def _with_those_of_group(
        self, answer: ItemAnswer, found: tuple[Proposal, ...], candidate: Candidate, are_all: bool
    ) -> ItemAnswer:
        """Who has what he asked for is offered them as well; their places follow those of his own."""
        if answer.result == "qualified":
            if not self._wants_others(candidate):
                return answer
            own = answer.proposals[: max(most_of(candidate) - len(found), 0)]
            return replace(answer, proposals=numbered((*own, *found)))
        short: tuple[CutShort, ...] = () if are_all else ("changes",)
        if not found:
            return replace(answer, cut_short=short)
        return replace(answer, result="alternate", proposals=found, cut_short=short)

    @cached_property
    def _unused(self) -> Unused | None:
        return None if self.whole is None else Unused(drawing=self.drawing, whole=self.whole)

    @cached_property
    def _beside(self) -> BesideAll | None:
        if self.whole is None or not self.whole.design.sites:
            return None
        return BesideAll(drawing=self.drawing, whole=self.whole, budget=self.budget)

    @cached_property
    def _beside_unlimited(self) -> BesideAll | None:
        """Beside the others, whatever it costs: a common budget that an offer exceeds is told with it."""
        return self._beside if self._beside is None else replace(self._beside, budget=UNLIMITED)

    def _wants_others(self, candidate: Candidate) -> bool:
        """Whether other designs are told of what is feasible."""
        return self.alternatives and most_of(candidate) > 0

    def _searched(self, served: Sequence[Drawn]) -> Searched:
        """Of few items the others are known already."""
        wanted = [one for one in served if self._wants_others(one.candidates[0])] if self.many else []
        return search_others(self.drawing, wanted, lambda candidates: self.ask(candidates, "all"), self.spare)

    def _beside_the_answer(
        self, left: Sequence[Candidate], answers: dict[str, ItemAnswer], beside: BesideAll | None
    ) -> dict[str, ItemAnswer]:
        """With what the room that is left allows to those who are tied to nobody and have no proposals yet."""
        if beside is None:
            return answers
        open_ = [one for one in left if one.requirement.ref not in self.groups]
        open_ = [one for one in open_ if not answers[one.requirement.ref].proposals]
        offers = beside.relaxed(open_, self.for_changes)
        for candidate in open_:
            drawn = offers.get(candidate.requirement.ref)
            told = answers[candidate.requirement.ref]
            if drawn is not None and told.broken is None:
                told = _with_proposals(told, beside.options(drawn).relaxed(candidate))
                told = replace(told, cut_short=("changes",) if is_cut_short(drawn.outcome) else ())
                told = self._with_changes(told, drawn)
                answers[told.ref] = like(told, answers.get(drawn.reused_from or ""))
        return answers

    def _with_changes(self, told: ItemAnswer, beside: Drawn) -> ItemAnswer:
        """With the changes that would help beside the others, where no single one does."""
        own, facts = concerning(beside.outcome, told.ref), self.drawing.facts
        several = several_of(own.relaxations, own.combinations)
        if several is None or not told.proposals:
            return told
        wanted, known = beside.candidates[0].requirement, beside.assembled.facts
        more = beside_the_others(several, facts.days, known, facts.network.currency, wanted)
        return replace(told, findings=(more, *told.findings))

    def _served(self, options: Options, candidate: Candidate, solution: SiteSolution) -> ItemAnswer:
        if beyond := beyond_own_budget(solution):
            ref, found = candidate.requirement.ref, (*beyond, *partner_findings(candidate.asked))
            return ItemAnswer(ref=ref, result="unqualified", findings=found, asked=candidate.asked)
        if options.drawn.inputs is not None:
            solution = replace(solution, input_id=options.drawn.inputs.id, inputs=options.drawn.inputs)
        if self._unused is not None:
            solution = replace(solution, not_used=self._unused.of(candidate, solution))
        return ItemAnswer(
            ref=candidate.requirement.ref,
            result="qualified",
            findings=missing_component(solution),
            solution=replace(solution, roles=options.roles_of_drawn()),
            asked=candidate.asked,
        )

    def _with_others(
        self, told: ItemAnswer, options: Options, candidate: Candidate, alone: Drawn, searched: Searched
    ) -> ItemAnswer:
        """With the other designs that are wanted; where not all were looked for, that is said."""
        if told.solution is None or not self._wants_others(candidate):
            return told
        is_short = is_cut_short(options.drawn.outcome)
        if not self.many:
            own = None if options.drawn is alone else alone
            proposals = options.others(candidate, own)
        else:
            known = searched.drawn.get(told.ref)
            is_short = told.ref in searched.short or not self.spare.seconds()
            proposals, roles = tuple[Proposal, ...](), tuple[str, ...]()
            if known is not None and self._beside is not None and self.spare.seconds():
                proposals = self._beside.others(candidate, known, self._served_of_group(told.ref))
                roles = roles_in(self.whole, known)
            told = replace(told, solution=replace(told.solution, roles=roles))
        return replace(told, proposals=proposals, cut_short=("alternatives",) if is_short else ())

    def _served_of_group(self, ref: str) -> tuple[Candidate, ...]:
        group, whole = self.groups.get(ref, ()), self.whole
        return tuple(one for one in group if whole is not None and sites_of(whole.design, [one.requirement.ref]))

    def _instead(
        self, drawn: Drawn, candidate: Candidate, proposals: tuple[Proposal, ...], used_up: Sequence[Reason] = ()
    ) -> ItemAnswer:
        """Why not, and alternates from the smallest relaxations, each a verified design of its own.

        What could not be decided is no reason: such an item has no result.
        """
        if drawn.outcome.status == "unknown":
            return broken(candidate, undecided(drawn.outcome.guards))
        own = concerning(drawn.outcome, candidate.requirement.ref)
        facts = self.drawing.facts
        told = findings(
            (*own.reasons, *used_up),
            own.relaxations,
            facts.days,
            drawn.assembled.facts,
            facts.network.currency,
            diversity_of(candidate.requirement),
            candidate.requirement,
            facts.network,
            own.combinations,
        )
        if len(drawn.candidates) > 1:
            told = (crowded_out(len(drawn.design.sites), len(drawn.candidates)), *told)
        answer = ItemAnswer(
            ref=candidate.requirement.ref,
            result="unqualified",
            findings=(*told, *not_considered(candidate), *partner_findings(candidate.asked)),
            asked=candidate.asked,
            cut_short=() if is_known_why(own, candidate.requirement.ref) else ("changes",),
        )
        return _with_proposals(answer, proposals)


def _with_proposals(answer: ItemAnswer, proposals: tuple[Proposal, ...]) -> ItemAnswer:
    return replace(answer, result="alternate" if proposals else "unqualified", proposals=proposals)


def broken(candidate: Candidate, why: str) -> ItemAnswer:
    return ItemAnswer(ref=candidate.requirement.ref, result=None, asked=candidate.asked, broken=why)
