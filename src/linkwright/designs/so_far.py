"""What is known of items while the whole is being answered, and which of it nothing can change any more.

Designs are chosen for all items together, so that none of them is final before the end. That there is no way to a place
at all is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linkwright.designs.answers import ItemAnswer
from linkwright.designs.assemble import Candidate
from linkwright.designs.currencies import in_currency
from linkwright.designs.facts import Asked, NetworkFacts, PartnerAnswer
from linkwright.designs.item import is_point_to_point
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.reasons import missing, no_access, partner_findings
from linkwright.designs.understand import misread
from linkwright.remembered import remembered

ASK_AGAIN: frozenset[Asked] = frozenset({"silent", "failed"})
"""Who is asked again may say something else."""


@dataclass(frozen=True, kw_only=True)
class SoFar:
    """By the ref of the item: answers that are final, and what the partners say of others that they are done with."""

    settled: Mapping[str, ItemAnswer] = field(default_factory=dict)
    heard: Mapping[str, Sequence[PartnerAnswer]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.settled or self.heard)


Tell = Callable[[SoFar, bool], None]
"""Told again and again what is new, be it nothing; the flag says that a stage has ended."""


def so_far(candidates: Iterable[Candidate], network: NetworkFacts) -> SoFar:
    """Of items whose own access is known, and all partners of which were heard."""
    settled, heard = dict[str, ItemAnswer](), dict[str, Sequence[PartnerAnswer]]()
    for candidate in candidates:
        answer = None if _may_change(candidate) else without_design(candidate, network)
        if answer is not None:
            settled[answer.ref] = answer
        elif candidate.asked:
            heard[candidate.requirement.ref] = candidate.asked
    return SoFar(settled=settled, heard=heard)


def without_design(candidate: Candidate, network: NetworkFacts) -> ItemAnswer | None:
    """The answer where the design core need not be asked."""
    if troubles := misread(in_currency(candidate.requirement, network.currency)):
        return _unqualified(candidate, tuple(troubles))
    wanted = candidate.requirement.destinations or ()
    if not is_point_to_point(candidate.requirement) and nodes_of(network).isdisjoint(wanted):
        return _unqualified(candidate, (missing(f"destination {', '.join(wanted)} in the resource inventory"),))
    if not candidate.options or (is_point_to_point(candidate.requirement) and not candidate.far_options):
        return _unqualified(candidate, no_access(candidate))
    return None


@remembered
def nodes_of(network: NetworkFacts) -> frozenset[str]:
    return frozenset(node.id for node in network.nodes)


def _may_change(candidate: Candidate) -> bool:
    """A way without a price may still be offered, and a partner that gave no answer asked again."""
    is_unpriced = bool(candidate.unpriced or candidate.far_unpriced)
    return is_unpriced or any(answer.asked in ASK_AGAIN for answer in candidate.asked)


def _unqualified(candidate: Candidate, why: tuple[Finding, ...]) -> ItemAnswer:
    return ItemAnswer(
        ref=candidate.requirement.ref,
        result="unqualified",
        findings=why + partner_findings(candidate.asked),
        asked=candidate.asked,
    )
