"""Items that are tied to each other, where not all of them can be had: what the whole group could have instead.

Tied are those who are to be apart, and those who meet. What is offered to one of them is true only together with what
is offered to the others, so a group is asked about as one, and proposals that belong together have one number.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from linkwright.design.ask import Ask
from linkwright.design.model import Change, Combination, Design, Relaxation
from linkwright.designs.answers import Proposal, Relaxed, SiteSolution
from linkwright.designs.assemble import Candidate
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.instead import is_ours, relaxed_by
from linkwright.designs.item import APART, apart_of, meets_of, without_tie
from linkwright.designs.jointly import UNLIMITED, beyond_own_budget
from linkwright.designs.options import proposal_of
from linkwright.designs.replay import is_cut_short
from linkwright.designs.side_by_side import joined
from linkwright.designs.technologies import technologies_of
from linkwright.errors import UntrueDesign

MOST_STEPS = 8
"""Where more items of a group than these need a change of their own, none is offered."""
MOST_TIES = 6
"""So many ties at most that stand in the way are tried without."""
Told = Mapping[str, Sequence[Relaxed]]
"""What is changed of each item, by its ref."""


def tied_groups(candidates: Sequence[Candidate], nodes: Collection[str]) -> list[list[Candidate]]:
    """Those who are tied to each other, however far around; whoever is tied to nobody is in no group."""
    requirements = [one.requirement for one in candidates]
    number_of = {one.ref: number for number, one in enumerate(requirements)}
    together = [[number_of[pair.a], number_of[pair.b]] for pair in apart_of(requirements)]
    together += [[number_of[ref] for ref in meeting.sites] for meeting in meets_of(requirements, nodes)]
    groups = joined(len(candidates), together)
    return [[candidates[number] for number in group] for group in groups if len(group) > 1]


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """A design of the whole group, whose candidates want what is changed; `drawn` is what the core was asked."""

    drawn: Drawn
    candidates: tuple[Candidate, ...]
    told: Told
    design: Design
    gap: float | None


_Solved = tuple[int, dict[str, tuple[Sequence[Relaxed], SiteSolution]]]
"""The cost of all, and by ref what is changed, with the solution."""


@dataclass(frozen=True, kw_only=True)
class Tied:
    """One group, in the room that `drawing` knows. Each set of proposals gets one of the `numbers`.

    `hints` are changes that would help one of them if it were tied to nobody, beside the others as they are answered:
    the core looks at more values of an item by itself. They count where no other change of a wish is enough.
    """

    drawing: Drawing
    group: tuple[Candidate, ...]
    numbers: Iterator[int]
    hints: Callable[[], Sequence[Proposal]] = tuple

    def proposals(self) -> tuple[dict[str, tuple[Proposal, ...]], bool]:
        """By ref the smallest changes with which all of them can be had, cheapest first; whether all were looked for.

        Those are single changes, each of which is enough for the whole group, or else the cheapest combination; where
        that changes more than wishes, one item after the other gets the cheapest change of its own.
        """
        drawn = self._ask(self.group, Ask(serve="all", relax=True))
        solved = self._solved(self._at_once(drawn)) or self._solved(self._as_hinted())
        solved += self._solved(self._without_ties(drawn))
        solved = solved or self._solved(self._in_steps())
        cheapest_first = [solutions for _, solutions in sorted(solved, key=lambda one: one[0])][: self._most]
        found: dict[str, list[Proposal]] = {one.requirement.ref: [] for one in self.group}
        for place, solutions in enumerate(cheapest_first, start=1):
            number = next(self.numbers)
            for ref, (told, solution) in solutions.items():
                made = proposal_of(told, replace(solution, alternative=number))
                found[ref].append(replace(made, id=str(place)))
        is_cut = drawn is None or is_cut_short(drawn.outcome) or (not solved and len(self.group) > MOST_STEPS)
        return {ref: tuple(proposals) for ref, proposals in found.items()}, not is_cut

    @property
    def _most(self) -> int | None:
        """As many as each of them takes: a set of which one is missing is none."""
        said = [one.requirement.max_alternatives for one in self.group]
        return min((one for one in said if one is not None), default=None)

    def _ask(self, candidates: Sequence[Candidate], ask: Ask) -> Drawn | None:
        (drawn,) = self.drawing.draw_each([(candidates, UNLIMITED, ask)])
        return drawn if isinstance(drawn, Drawn) else None

    def _at_once(self, drawn: Drawn | None) -> Iterator[_Offer]:
        """Each change of a wish, or combination of such, that is enough; all that was asked, if that is possible."""
        if drawn is None:
            return
        yield from _as_drawn(drawn, {})
        offers = (self._changed(drawn, {}, one) for one in _cheapest_first(drawn))
        yield from (one for one in offers if one is not None)

    def _as_hinted(self) -> Iterator[_Offer]:
        for hint in self.hints():
            changed = hint.solution.requirement
            loose = [replace(c, requirement=changed) if c.requirement.ref == changed.ref else c for c in self.group]
            drawn = self._ask(loose, Ask())
            yield from () if drawn is None else _as_drawn(drawn, {changed.ref: hint.relaxed})

    def _without_ties(self, drawn: Drawn | None) -> Iterator[_Offer]:
        """Everything as it was asked for, but that two of them need not be apart."""
        if drawn is None:
            return
        blamed = [one.constraint for one in drawn.outcome.reasons if one.constraint.startswith(APART)]
        pairs = [
            {one.a, one.b}
            for one in drawn.assembled.problem.apart
            if any(name.startswith(f"{APART}{one.a}+{one.b}/") for name in blamed)
        ]
        for pair in pairs[:MOST_TIES]:
            loose, told = list[Candidate](), dict[str, Sequence[Relaxed]]()
            others = [one.requirement for one in self.group if one.requirement.ref in pair]
            for one in self.group:
                asked = one.requirement
                partners = [other for other in others if other.ref != asked.ref] if asked.ref in pair else []
                asked, changed = without_tie(asked, partners)
                loose.append(replace(one, requirement=asked))
                told[asked.ref] = [
                    Relaxed(dimension=field, wanted=list(was), offered=list(left))
                    for field, (was, left) in changed.items()
                ]
            again = self._ask(loose, Ask())
            if again is not None:
                yield from _as_drawn(again, told)

    def _in_steps(self) -> Iterator[_Offer]:
        """As many as can be had are, and one of the others gets its cheapest change, until all can be had.

        Each step serves one more, so nobody gets a change who could be had without it beside those others.
        """
        candidates, told = self.group, dict[str, Sequence[Relaxed]]()
        for _ in range(MOST_STEPS + 1):
            drawn = self._ask(candidates, Ask(serve="most", relax=True))
            if drawn is None or not drawn.outcome.unserved:
                yield from () if drawn is None else _as_drawn(drawn, told)
                return
            steps = (self._changed(drawn, told, one, drawn.outcome.unserved) for one in _cheapest_first(drawn))
            step = next((one for one in steps if one is not None), None)
            if step is None:
                return
            candidates, told = step.candidates, dict(step.told)

    def _changed(
        self, drawn: Drawn, before: Told, found: Relaxation | Combination, only: Collection[str] | None = None
    ) -> _Offer | None:
        """None where it is no change of wishes alone, or of others than `only` these."""
        by_ref = {one.requirement.ref: one for one in drawn.candidates}
        told = {ref: list(relaxed) for ref, relaxed in before.items()}
        for change in _changes(found):
            ref = next((one for one in by_ref if change.constraint.rpartition("/")[0] == f"site:{one}"), None)
            if ref is None or is_ours(change.value) or (only is not None and ref not in only):
                return None
            legs = technologies_of(found.design, drawn.assembled.facts, ref)
            asked, relaxed = relaxed_by(by_ref[ref].requirement, change, self.drawing.facts.days, legs)
            if not relaxed:
                return None
            by_ref[ref] = replace(by_ref[ref], requirement=asked)
            told[ref] = _merged(told.get(ref, ()), relaxed)
        return _Offer(drawn=drawn, candidates=tuple(by_ref.values()), told=told, design=found.design, gap=found.gap)

    def _solved(self, offers: Iterable[_Offer]) -> list[_Solved]:
        return [one for one in map(self._verified, offers) if one is not None]

    def _verified(self, offer: _Offer) -> _Solved | None:
        """With its cost; None where the verifier refuses it, or an item's share is beyond its own budget."""
        assembled = self.drawing.assemble(offer.candidates, UNLIMITED)
        try:
            verdict = self.drawing.verdict(assembled, offer.design)
        except UntrueDesign:  # a change of one item may change what is asked of another
            return None
        drawn = replace(offer.drawn, candidates=offer.candidates, assembled=assembled)
        solutions = self.drawing.solutions(drawn, offer.design, verdict, offer.gap)
        if len(solutions) < len(self.group) or any(map(beyond_own_budget, solutions.values())):
            return None
        return verdict.cost_minor, {ref: (offer.told.get(ref, ()), one) for ref, one in solutions.items()}


def _as_drawn(drawn: Drawn, told: Told) -> Iterator[_Offer]:
    """What the core has designed for all of them."""
    outcome = drawn.outcome
    if outcome.design is not None and not outcome.unserved:
        yield _Offer(drawn=drawn, candidates=drawn.candidates, told=told, design=outcome.design, gap=outcome.gap)


def _cheapest_first(drawn: Drawn) -> list[Relaxation | Combination]:
    """Single changes, then combinations."""
    outcome = drawn.outcome
    return [*sorted(outcome.relaxations, key=lambda one: one.cost_minor), *outcome.combinations]


def _changes(found: Relaxation | Combination) -> Sequence[Relaxation | Change]:
    return (found,) if isinstance(found, Relaxation) else found.changes


def _merged(before: Sequence[Relaxed], more: Sequence[Relaxed]) -> list[Relaxed]:
    """What is changed once more is wanted as it was at first."""
    wanted = {one.dimension: one.wanted for one in before}
    again = {one.dimension: replace(one, wanted=wanted.get(one.dimension, one.wanted)) for one in more}
    return [one for one in before if one.dimension not in again] + list(again.values())
