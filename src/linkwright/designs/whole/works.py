"""What the activities that are asked for may name beside each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import get_args

from linkwright.designs.facts import OperatorFacts
from linkwright.designs.requirement import Requirement, Work
from linkwright.plan.model import ActivityKind

CAPACITY = "capacity"
"""The id of the activity that stands for links that carry more only later."""
FREE = "free:"
"""How the ids of milestones begin from which on an access is in nobody else's hands: only tests wait for these."""


def unknown_references(works: Sequence[Work], operator: OperatorFacts) -> str:
    """Says which works refer to activities that the inventory does not have, and to which; empty where none does."""
    known = {work.id for work in operator.works}
    named = [f"{work.id} to {work.reference}" for work in works if work.reference and work.reference not in known]
    return f"the inventory has no bespoke activity that they refer to: {', '.join(named)}" if named else ""


def unknown_after(works: Sequence[Work], operator: OperatorFacts) -> list[str]:
    """What works come after that is no activity of any design: what only this one has not is waited for by nobody."""
    kinds = get_args(ActivityKind)
    known = {*kinds, CAPACITY, *(work.id for work in works), *(work.id for work in operator.works)}
    named = (after.activity for work in works for after in work.after or ())
    return [name for name in dict.fromkeys(named) if name not in known and name.partition(":")[0] not in kinds]


def common_prices(wanted: Iterable[Requirement]) -> Mapping[str, int]:
    """What is done once for all of them has one price, whichever of them states it: the highest, by its id."""
    found: dict[str, int] = {}
    for one in wanted:
        for work in (*(one.activities or ()), *(one.bespoke_activities or ())):
            if not work.each and work.nrc_minor is not None:
                found[work.id] = max(work.nrc_minor, found.get(work.id, work.nrc_minor))
    return found


def with_prices(wanted: Requirement, prices: Mapping[str, int]) -> Requirement:
    """With these of what is done once for all."""

    def priced(some: tuple[Work, ...] | None) -> tuple[Work, ...] | None:
        if some is None:
            return None
        return tuple(one if one.each else replace(one, nrc_minor=prices.get(one.id)) for one in some)

    if not prices:
        return wanted
    return replace(wanted, activities=priced(wanted.activities), bespoke_activities=priced(wanted.bespoke_activities))
