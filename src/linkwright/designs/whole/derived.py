"""What a design takes by itself: its accesses, its planned capacity, its CPE, its end."""

from collections.abc import Iterator, Mapping

from linkwright.designs.answers import SiteSolution
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.whole.works import CAPACITY, FREE
from linkwright.plan.model import Activity
from linkwright.plan.working_days import WorkingDays

OWN = "own"
NAMES: Mapping[str, str] = {
    "logistics": "Delivery of CPE",
    "installation": "Installation",
    "handover": "Handover to operation",
}


def derived_from(solution: SiteSolution, days: WorkingDays) -> Iterator[Activity]:
    """What a design takes, in the order of time."""
    legs = {f"{leg.end}/{leg.access}": leg for leg in solution.legs if not leg.existing}
    for leg in legs.values():
        yield _delivery(leg, days)
    for leg in legs.values():
        if leg.free_from is not None:
            yield Activity(
                id=f"{FREE}{leg.access}",
                name=f"Access {leg.access} free of others",
                kind="delivery",
                days=0,
                not_before_day=days.from_(leg.free_from),
            )
    there = max((days.from_(leg.ready) for leg in legs.values()), default=0)
    network = 0 if solution.network_ready is None else days.from_(solution.network_ready)
    if network > there:
        yield Activity(id=CAPACITY, name="Planned capacity in service", kind="build", days=0, not_before_day=network)
    pieces = solution.cpe_quantity - solution.cpe_kept
    if pieces > 0:
        yield Activity(
            id="logistics", name=NAMES["logistics"], kind="logistics", days=0, stock=solution.cpe, pieces=pieces
        )
    yield from at_the_end()


def at_the_end() -> Iterator[Activity]:
    """What every item has, whatever its design is; it takes time only where somebody says so."""
    yield Activity(id="installation", name=NAMES["installation"], kind="installation", days=0)
    yield Activity(id="handover", name=NAMES["handover"], kind="handover", days=0)


def _delivery(leg: LegSolution, days: WorkingDays) -> Activity:
    """From the day on which it can begin, which lies later where what it stands on is only planned."""
    ready = days.from_(leg.ready)
    start = 0 if leg.usable_from is None else min(days.after(leg.usable_from), ready)
    who = "own network" if leg.supplier == OWN else leg.supplier
    return Activity(
        id=f"delivery:{leg.access}",
        name=f"Access {leg.access} ({leg.technology}, {who})",
        kind="delivery" if leg.build is None else "build",
        days=ready - start,
        not_before_day=start,
        owner="" if leg.supplier == OWN else leg.supplier,
    )
