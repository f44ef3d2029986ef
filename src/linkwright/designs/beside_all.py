"""Proposals of single items among many: each beside the answer to all, which stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from linkwright.design.ask import Ask
from linkwright.design.model import Design, Problem
from linkwright.designs.answers import Proposal
from linkwright.designs.assemble import Candidate, option_key
from linkwright.designs.beside import Others
from linkwright.designs.drawing import Drawing, Drawn
from linkwright.designs.facts import AccessFact
from linkwright.designs.instead import exchanged
from linkwright.designs.item import own_budget
from linkwright.designs.network import bookings_of
from linkwright.designs.options import Options
from linkwright.designs.ports_of_access import ports_of


@dataclass(frozen=True, kw_only=True)
class BesideAll:
    """`whole` is the verified answer to all items together.

    The core is asked once for all items with the same facts. Two items may be offered the same room: each offer is
    true beside what is answered, not beside the other offers. Items that have to be apart from others, or to meet them,
    are offered nothing here.
    """

    drawing: Drawing
    whole: Drawn

    @cached_property
    def _others(self) -> Others:
        assembled, design = self.whole.assembled, self.whole.design
        verdict = self.whole.outcome.verdict or self.drawing.verdict(assembled, design)
        return Others(assembled, design, verdict, self.drawing.facts.days.last)

    @cached_property
    def _bound(self) -> frozenset[str]:
        """Those who are apart from others, or meet them."""
        problem = self.whole.assembled.problem
        pairs = {ref for pair in problem.apart for ref in (pair.a, pair.b)}
        return frozenset(pairs.union(*(meeting.sites for meeting in problem.meets)))

    def relaxed(self, left: Sequence[Candidate]) -> dict[str, Drawn]:
        """What the core says to each item that is left out about the room that is left, by its ref."""
        open_ = [self._with_free_accesses(one) for one in left if one.requirement.ref not in self._bound]
        open_ = [one for one in open_ if one.options and bool(one.far_options) == (one.place.far is not None)]
        if not open_:
            return {}
        drawn = self._beside_all.draw_each(
            [([one], own_budget(one.requirement), Ask(serve="all", relax=True)) for one in open_]
        )
        return {one.ref: one for one in drawn if isinstance(one, Drawn)}

    def options(self, left_out: Drawn) -> Options:
        """The proposals of an item that is left out, from what the core says to it about the room that is left."""
        return Options(drawing=self._beside_all, drawn=left_out)

    @cached_property
    def _beside_all(self) -> Drawing:
        return replace(self.drawing, room=self._others.room())

    def others(self, candidate: Candidate, alone: Drawn) -> tuple[Proposal, ...]:
        """The other designs that an item has alone, where they fit into the room that all others leave."""
        ref = candidate.requirement.ref
        if ref in self._bound:
            return ()
        drawing = replace(self.drawing, room=self._others.room(ref))
        assembled = drawing.assemble([candidate], own_budget(candidate.requirement))
        design = _part_of(self.whole.design, ref, self.whole.assembled.problem)
        taken = self._taken(candidate, ref)
        fitting = tuple(
            one
            for one in alone.outcome.alternatives
            if taken.isdisjoint(
                access for site in one.design.sites for leg in site.legs for access in (leg.access, leg.far)
            )
        )
        outcome = replace(alone.outcome, design=design, alternatives=fitting)
        return Options(drawing=drawing, drawn=replace(alone, assembled=assembled, outcome=outcome)).others(candidate)

    def _taken(self, candidate: Candidate, ref: str) -> frozenset[str | None]:
        """The accesses of the item, as its problem names them, that others have."""
        ways = (*candidate.options, *candidate.far_options)
        return frozenset(option_key(candidate.requirement, way) for way in ways if not self._is_free(way, ref))

    def _with_free_accesses(self, candidate: Candidate) -> Candidate:
        options, far_options = (tuple(way for way in ways if self._is_free(way)) for ways in candidate.ends.values())
        return replace(candidate, options=options, far_options=far_options)

    def _is_free(self, way: AccessFact, without: str | None = None) -> bool:
        if way.quote is not None or way.existing:
            return True
        booked = bookings_of(self.drawing.facts.network).get(way.id, ())
        return ports_of(way, booked) > self._others.times(way.id, without)


def _part_of(whole: Design, ref: str, problem: Problem) -> Design:
    """What one item has of a design of all."""
    own = Design(sites=tuple(site for site in whole.sites if site.site == ref))
    return exchanged(own, Design(sites=(), builds=whole.builds, augments=whole.augments), frozenset(), problem)
