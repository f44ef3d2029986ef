"""What is paid once for several items (activities that are done for all of them, courses), and who bears it.

That is their bundle, or all items together of a request without one; an item that is in neither bears it itself. What
several of these need is split evenly, to the last minor unit.
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
    """`bearers` are the refs of the items that each pays for; `chosen` are the designs that count."""

    bearers: Mapping[str, Collection[str]]
    chosen: Sequence[SiteSolution]
    people: People

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
        for cost, users in self._costs():
            minor, paying = cost.nrc_minor, [name for name, own in self.bearers.items() if not users.isdisjoint(own)]
            for place, bearer in enumerate(paying):
                part = None if minor is None else part_of(minor, place, len(paying))
                found[bearer].append((replace(cost, nrc_minor=part), users))
        return found

    def _costs(self) -> Iterator[tuple[FixedCost, Set[str]]]:
        """Each with the refs of the items that need it."""
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
            yield _taught(course), frozenset(needing)


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
