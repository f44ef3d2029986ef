"""Proposals of single items, or of those who are tied, beside the answer to all, which stays as it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from linkwright.design.ask import Ask
from linkwright.design.model import Budget, Design, Problem
from linkwright.designs.answers import Proposal
from linkwright.designs.assemble import Candidate, option_key
from linkwright.designs.beside import Others, Room
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.facts import AccessFact
from linkwright.designs.instead import exchanged, sites_of
from linkwright.designs.item import own_budget
from linkwright.designs.jointly import UNLIMITED
from linkwright.designs.network import bookings_of
from linkwright.designs.options import Options
from linkwright.designs.others import Spare
from linkwright.designs.ports_of_access import ports_of


@dataclass(frozen=True, kw_only=True)
class BesideAll:
    """`whole` is the verified answer to all items together, `budget` the one that binds their sum.

    The core is asked once for all items with the same facts. Two items may be offered the same room: each offer is
    true beside what is answered, not beside the other offers.
    """

    drawing: Drawing
    whole: Drawn
    budget: Budget = UNLIMITED

    @cached_property
    def _others(self) -> Others:
        assembled, design = self.whole.assembled, self.whole.design
        verdict = self.whole.outcome.verdict or self.drawing.verdict(assembled, design)
        return Others(assembled, design, verdict, last_day=self.drawing.facts.days.last, budget=self.budget)

    def relaxed(self, left: Sequence[Candidate], spare: Spare) -> dict[str, Drawn]:
        """What the core says to each item that has no design about the room that is left, by its ref.

        It is asked once for each pattern, and in turn as long as there is time; not about those for whom no CPE is
        left at all, whatever they ask for.
        """
        open_ = [self.with_free_accesses(one) for one in left]
        open_ = [one for one in open_ if one.options and bool(one.far_options) == (one.place.far is not None)]
        open_ = [one for one in open_ if self._beside_all.assemble([one], UNLIMITED).problem.cpe_models]
        if not open_:
            return {}
        drawn = self._beside_all.draw_in_turns(
            [([one], own_budget(one.requirement), Ask(serve="all", relax=True)) for one in open_], spare.seconds
        )
        return {one.ref: one for one in drawn if isinstance(one, Drawn)}

    def options(self, left_out: Drawn) -> Options:
        """The proposals of an item that is left out, from what the core says to it about the room that is left."""
        return Options(drawing=self._beside_all, drawn=left_out)

    def as_alone(self, candidate: Candidate, alone: Drawn, most: int) -> tuple[Proposal, ...] | None:
        """The changes that would help an item alone, where all of these are as good beside the others.

        None where one of them, of `most` that there are, is not possible here, or the others give more than they take.
        """
        if self._room.gives:
            return None
        taken = self._taken(candidate, ())
        outcome = replace(
            alone.outcome,
            relaxations=tuple(one for one in alone.outcome.relaxations if taken.isdisjoint(_accesses(one.design))),
            combinations=tuple(one for one in alone.outcome.combinations if taken.isdisjoint(_accesses(one.design))),
        )
        found = Options(drawing=self._beside_all, drawn=replace(alone, outcome=outcome)).relaxed(candidate)
        return found if len(found) == most else None

    @cached_property
    def _room(self) -> Room:
        return self._others.room()

    @cached_property
    def _beside_all(self) -> Drawing:
        return replace(self.drawing, room=self._room)

    def without(self, refs: Collection[str]) -> Drawing:
        """With all the room that is there without these items."""
        return replace(self.drawing, room=self._others.room(refs))

    def others(self, candidate: Candidate, alone: Drawn, group: Sequence[Candidate] = ()) -> tuple[Proposal, ...]:
        """The other designs that an item has alone, where they fit into the room that all others leave.

        `group` are those whom it is tied to, and itself: all of them are there as they are answered.
        """
        candidates = tuple(group) or (candidate,)
        refs = [one.requirement.ref for one in candidates]
        drawing = self.without(refs)
        budget = UNLIMITED if group else own_budget(candidate.requirement)
        assembled = drawing.assemble(candidates, budget)
        design = _part_of(self.whole.design, refs, self.whole.assembled.problem)
        taken = self._taken(candidate, refs)
        fitting = tuple(one for one in alone.outcome.alternatives if taken.isdisjoint(_accesses(one.design)))
        if not group:
            outcome = replace(alone.outcome, design=design, alternatives=fitting)
            return Options(drawing=drawing, drawn=replace(alone, assembled=assembled, outcome=outcome)).others(
                candidate
            )
        verdict, own = drawing.verdict(assembled, design), replace(alone.outcome, alternatives=fitting)
        spare = self._value - (self.whole.outcome.bound_minor or 0.0)
        outcome = replace(own, design=design, verdict=verdict, bound_minor=verdict.value - spare, alternatives=())
        drawn = replace(alone, candidates=candidates, assembled=assembled, outcome=outcome)
        return Options(drawing=drawing, drawn=drawn).others(candidate, replace(alone, outcome=own))

    @cached_property
    def _value(self) -> int:
        verdict = self.whole.outcome.verdict or self.drawing.verdict(self.whole.assembled, self.whole.design)
        return verdict.value

    def _taken(self, candidate: Candidate, without: Collection[str]) -> frozenset[str]:
        """The accesses of the item, as its problem names them, that others have."""
        ways = (*candidate.options, *candidate.far_options)
        return frozenset(option_key(candidate.requirement, way) for way in ways if not self._left_of(way, without))

    def with_free_accesses(self, candidate: Candidate, without: Collection[str] = ()) -> Candidate:
        """The item with the accesses that others leave, each with so many ports."""
        options, far_options = (
            tuple(left for way in ways if (left := self._left_of(way, without)) is not None)
            for ways in candidate.ends.values()
        )
        return replace(candidate, options=options, far_options=far_options)

    def _left_of(self, way: AccessFact, without: Collection[str]) -> AccessFact | None:
        if way.quote is not None or way.existing:
            return way
        times = self._others.times(way.id, without)
        booked = bookings_of(self.drawing.facts.network).get(way.id, ())
        if ports_of(way, booked) <= times:
            return None
        return replace(way, ports=way.ports - times) if times else way


def _accesses(design: Design) -> set[str]:
    legs = (leg for site in design.sites for leg in site.legs)
    return {access for leg in legs for access in (leg.access, leg.far) if access is not None}


def _part_of(whole: Design, refs: Collection[str], problem: Problem) -> Design:
    """What some items have of a design of all."""
    own = Design(sites=sites_of(whole, refs))
    return exchanged(own, Design(sites=(), builds=whole.builds, augments=whole.augments), frozenset(), problem)
