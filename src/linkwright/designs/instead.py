"""What would be possible instead: the smallest relaxation of a requirement, and its place among the other answers."""

from dataclasses import replace
from typing import Any

from linkwright.design.model import Design, Outcome, Relaxation
from linkwright.designs.model import Json, Requirement
from linkwright.designs.reasons import dimension_of, relaxed_value
from linkwright.designs.working_days import WorkingDays


def concerning(outcome: Outcome, site: str) -> Outcome:
    """The outcome without the reasons and relaxations that are about other sites; common limits concern everybody."""

    def concerns(constraint: str) -> bool:
        return not constraint.startswith("site:") or constraint.rpartition("/")[0] == f"site:{site}"

    return replace(
        outcome,
        reasons=tuple(reason for reason in outcome.reasons if concerns(reason.constraint)),
        relaxations=tuple(one for one in outcome.relaxations if concerns(one.constraint)),
    )


def together(answered: Design, relaxed: Design, site: str) -> Design:
    """The answered design with one more site, as a relaxed design has it."""
    return Design(
        sites=(*answered.sites, *(one for one in relaxed.sites if one.site == site)),
        builds=tuple(sorted({*answered.builds, *relaxed.builds})),
        augments=tuple(sorted({*answered.augments, *relaxed.augments})),
    )


def relaxed_requirement(
    requirement: Requirement, relaxation: Relaxation, days: WorkingDays
) -> tuple[Requirement, Json, Json]:
    """(relaxed requirement, value wanted, value offered), both values in the requester's units."""
    offered = relaxed_value(relaxation, days)
    kind = dimension_of(relaxation.constraint)
    if kind == "date":
        wanted = requirement.needed_by.isoformat() if requirement.needed_by else None
        return replace(requirement, needed_by=days.date_of(int(relaxation.value))), wanted, offered
    if kind == "latency":
        return replace(requirement, round_trip_ms=float(offered)), requirement.round_trip_ms, offered
    if kind == "availability":
        return replace(requirement, availability=float(relaxation.value)), requirement.availability, offered
    if kind == "bandwidth":
        return replace(requirement, bandwidth_mbps=int(relaxation.value)), requirement.bandwidth_mbps, offered
    diversity: Any = relaxation.value
    return replace(requirement, diversity=diversity), requirement.diversity, offered
