"""What is paid once for several items (activities that are done for all of them, courses), and who bears it.

That is their bundle, or all items together of a request without one; an item that is in neither bears it itself. What
several of these need is split evenly, to the last minor unit. Bundles that have items in common are one to the others,
and each of them bears all of their part.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from linkwright.designs.answers import ItemAnswer, SiteSolution
from linkwright.designs.fixed_costs import costs_of_works
from linkwright.designs.in_common import part_of
from linkwright.designs.missing_prices import missing_component_texts, missing_costs
from linkwright.designs.parts_of_answers import FixedCost
from linkwright.designs.requirement import Requirement, Work
from linkwright.designs.whole.activities import works_of
from linkwright.designs.whole.people import People
from linkwright.operations.model import Training

ALL = ""
"""Bears what all items of a request without a bundle have in common."""


@dataclass(frozen=True, kw_only=True)
class PaidOnce:
    """`bearers` are the refs of the items that each pays for; `chosen` are the designs that count.

    With `each_all` nobody relies on the others: each bears all of it.
    """

    bearers: Mapping[str, Collection[str]]
    chosen: Sequence[SiteSolution]
    people: People
    each_all: bool = False

    def of(self, bearer: str, refs: Collection[str]) -> tuple[FixedCost, ...]:
        """Its part of everything that one of these items needs."""
        return tuple(cost for cost, users in self._parts.get(bearer, ()) if not users.isdisjoint(refs))

    def with_own(self, solution: SiteSolution) -> SiteSolution:
        """The design with what its item bears itself; nothing is added twice."""
        ref = solution.requirement.ref
        if ref not in self.bearers:
            return solution
        own = [one for one in self.of(ref, (ref,)) if one not in solution.fixed]
        paid_minor = sum(one.nrc_minor or 0 for one in own)
        doubts = [text for text in missing_component_texts(own) if text not in solution.confidence_reason]
        return replace(
            solution,
            fixed=(*solution.fixed, *own),
            nrc_minor=solution.nrc_minor + paid_minor,
            confidence="yellow" if doubts and solution.confidence == "green" else solution.confidence,
            confidence_reason="; ".join(text for text in (solution.confidence_reason, *doubts) if text),
        )

    def told(self, answer: ItemAnswer) -> ItemAnswer:
        """With the courses of which nobody has stated the price."""
        if not answer.can_be_had:
            return answer
        missing = missing_costs([_taught(one) for one in self.people.training_for(answer.ref)])
        return replace(answer, findings=(*answer.findings, *missing)) if missing else answer

    @cached_property
    def _parts(self) -> Mapping[str, Sequence[tuple[FixedCost, Set[str]]]]:
        found: dict[str, list[tuple[FixedCost, Set[str]]]] = defaultdict(list)
        for cost, users, paying in self._split:
            for place, names in enumerate(paying):
                part = None if cost.nrc_minor is None else part_of(cost.nrc_minor, place, len(paying))
                for bearer in names:
                    found[bearer].append((replace(cost, nrc_minor=part), users))
        return found

    @property
    def is_split(self) -> bool:
        """Whether anything is paid in parts."""
        return any(len(paying) > 1 for _, _, paying in self._split)

    @cached_property
    def _split(self) -> Sequence[tuple[FixedCost, Set[str], Sequence[Sequence[str]]]]:
        """Each cost with the items that need it, and who pays a part of it."""
        parties = [list(self.bearers)] if self.each_all else _parties(self.bearers)
        return [
            (
                cost,
                users,
                [some for one in parties if (some := [n for n in one if not users.isdisjoint(self.bearers[n])])],
            )
            for cost, users in self._costs()
        ]

    def _costs(self) -> Iterator[tuple[FixedCost, Set[str]]]:
        """Each with the refs of the items that need it."""
        refs = {one.requirement.ref for one in self.chosen}
        common: dict[str, Work] = {}
        naming: dict[str, list[str]] = {}
        for one in self.chosen:
            for work in works_of(one.requirement):
                if not work.each:
                    common[work.id] = work
                    naming.setdefault(work.id, []).append(one.requirement.ref)
        for name, work in common.items():
            for cost in costs_of_works([work]):
                yield cost, frozenset(naming[name])
        for course in self.people.training:
            needing = (ref for ref, skills in self.people.skills.items() if (course.team, course.skill) in skills)
            yield _taught(course), refs.intersection(needing)


def _parties(bearers: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Those that have items in common together."""
    party_of: dict[str, list[str]] = {}
    for name, own in bearers.items():
        near = {id(party): party for ref in own if (party := party_of.get(ref)) is not None}
        together = [*(one for party in near.values() for one in party), name]
        party_of |= dict.fromkeys((ref for one in together for ref in bearers[one]), together)
    return list({id(party): party for party in party_of.values()}.values())


def _taught(one: Training) -> FixedCost:
    name = f"Course {one.course}"
    return FixedCost(name=name, component="training", layer="service", nrc_minor=one.nrc_minor, mrc_minor=0)


def bearers_of(requirements: Sequence[Requirement], chosen: Sequence[SiteSolution]) -> dict[str, Collection[str]]:
    """Who bears what items have in common, by ref of the bundle, or of the item that is alone."""
    refs = [one.requirement.ref for one in chosen]
    bundles, inside = members_of(requirements), bundled(requirements)
    if not bundles and len(refs) > 1:
        return {ALL: refs}
    return {**bundles, **{ref: (ref,) for ref in refs if ref not in inside}}


def members_of(requirements: Sequence[Requirement]) -> dict[str, list[str]]:
    """The refs of the items of each bundle, by its own."""
    others = [one.ref for one in requirements if not one.is_bundle]
    return {one.ref: one.members_among(others) for one in requirements if one.is_bundle}


def bundled(requirements: Sequence[Requirement]) -> set[str]:
    """The refs of all items that are in a bundle."""
    return {ref for members in members_of(requirements).values() for ref in members}
