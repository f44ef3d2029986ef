"""What the activities that are asked for may name beside each other."""

from collections.abc import Sequence
from typing import get_args

from linkwright.designs.facts import OperatorFacts
from linkwright.designs.requirement import Work
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
