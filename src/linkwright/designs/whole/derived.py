"""What a design takes by itself: its accesses, its planned capacity, its CPE, its end."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import OWN
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.whole.works import CAPACITY, FREE
from linkwright.plan.model import Activity, ActivityKind
from linkwright.plan.working_days import WorkingDays

ALWAYS: Mapping[ActivityKind, str] = {
    "allocation": "Allocation of parameters",
    "installation": "Installation",
    "configuration": "Configuration",
    "test": "Test",
    "quality": "Set-up of quality monitoring",
    "handover": "Handover to operation",
}
"""What every item has, whatever its design is; it takes time only where somebody says so."""


def derived_from(solution: SiteSolution, days: WorkingDays) -> Iterator[Activity]:
    """What a design takes, in the order of time."""
    legs = {f"{leg.end}/{leg.access}": leg for leg in solution.legs if not leg.existing}
    for leg in legs.values():
        yield from _delivery(leg, days)
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
            id="logistics", name="Delivery of CPE", kind="logistics", days=0, stock=solution.cpe, pieces=pieces
        )
    yield from whatever_the_design()


def whatever_the_design() -> Iterator[Activity]:
    for kind, name in ALWAYS.items():
        yield Activity(id=kind, name=name, kind=kind, days=0)


def _delivery(leg: LegSolution, days: WorkingDays) -> Iterator[Activity]:
    """From the day on which it can begin, which lies later where what it stands on is only planned.

    Survey and permits are the beginning of its lead time, each an activity of its own; what needs them is built.
    """
    ready = days.from_(leg.ready)
    start = 0 if leg.usable_from is None else min(days.after(leg.usable_from), ready)
    before = leg.survey_days + leg.permit_days
    drawn = Activity(
        id=f"delivery:{leg.access}",
        name=f"Access {leg.access} ({leg.technology}, {'own network' if leg.supplier == OWN else leg.supplier})",
        kind="delivery" if leg.build is None and not before else "build",
        days=ready - start - before,
        not_before_day=start,
        owner="" if leg.supplier == OWN else leg.supplier,
    )
    if leg.survey_days:
        name = f"Survey for access {leg.access}"
        yield replace(drawn, id=f"survey:{leg.access}", name=name, kind="survey", days=leg.survey_days)
    if leg.permit_days:
        name = f"Permits for access {leg.access}"
        yield replace(drawn, id=f"permit:{leg.access}", name=name, kind="permit", days=leg.permit_days)
    yield drawn
