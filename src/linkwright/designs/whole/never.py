"""Items that can never be done, and why."""

from dataclasses import dataclass

from linkwright.plan.model import Network, Schedule
from linkwright.plan.tasks import NeverPossible
from linkwright.plan.working_days import WorkingDays


@dataclass(frozen=True, kw_only=True)
class Never:
    """Why an item can never be done: the activity, and what it would have to wait for."""

    activity: str
    waits_for: str
    unknown: str = ""
    """A sentence on what is missing or contradicts itself, where that is why."""
    beyond_days: int = 0
    """So many working days behind the last that is planned for, where that is why."""


def never_of(error: NeverPossible, network: Network) -> dict[str | None, Never]:
    """By the item of the activity; None where it is done for all."""
    item_of = {one.id: one.item for one in network.activities}
    return {
        item_of[one.activity]: Never(
            activity=one.activity.removeprefix(f"{item_of[one.activity]}/"), waits_for=one.waits_for
        )
        for one in (error, *error.others)
    }


def beyond(network: Network, timed: Schedule, days: WorkingDays) -> dict[str | None, Never]:
    """Of which items something ends later than the last day that there is a date for."""
    found: dict[str | None, Never] = {}
    for one, when in zip(network.activities, timed.timed, strict=True) if timed.ready_day > days.last else ():
        late = when.ready_day - days.last
        if late > 0 and (one.item not in found or found[one.item].beyond_days < late):
            name = one.id.removeprefix(f"{one.item}/")
            found[one.item] = Never(activity=name, waits_for="", beyond_days=late)
    return found
