"""What would be possible instead: the smallest relaxation of a requirement, and its place among the other answers."""

from collections.abc import Mapping, Set
from dataclasses import replace

from linkwright.design.model import Change, Design, Outcome, Problem, Relaxation
from linkwright.designs.answers import Dimension, Relaxed
from linkwright.designs.kept_cpe import KEPT
from linkwright.designs.reasons import dimension_of, relaxed_value
from linkwright.designs.requirement import Json, Requirement
from linkwright.designs.working_days import WorkingDays

PLAIN: Mapping[Dimension, str] = {
    "jitter": "jitter_ms",
    "loss": "loss",
    "optical": "optical_db",
    "differential": "differential_round_trip_ms",
    "backup": "backup",
}
"""The field of a requirement that takes the offered value as it is told."""


def concerning(outcome: Outcome, site: str) -> Outcome:
    """The outcome without the reasons and relaxations that are about other sites; common limits concern everybody.

    To give up what keeps a CPE at its item is no relaxation of anything that was wished.
    """

    def concerns(constraint: str) -> bool:
        return not constraint.startswith("site:") or constraint.rpartition("/")[0] == f"site:{site}"

    def is_ours(value: float | str) -> bool:
        return KEPT in str(value)

    return replace(
        outcome,
        reasons=tuple(reason for reason in outcome.reasons if concerns(reason.constraint)),
        relaxations=tuple(one for one in outcome.relaxations if concerns(one.constraint) and not is_ours(one.value)),
    )


def together(answered: Design, relaxed: Design, site: str) -> Design:
    """The answered design with one more site, as a relaxed design has it."""
    return Design(
        sites=(*answered.sites, *(one for one in relaxed.sites if one.site == site)),
        builds=tuple(sorted({*answered.builds, *relaxed.builds})),
        augments=tuple(sorted({*answered.augments, *relaxed.augments})),
    )


def exchanged(answered: Design, other: Design, sites: Set[str], problem: Problem) -> Design:
    """The answered design with some sites as another design has them, and nothing bought that no site uses any more."""
    theirs = {one.site: one for one in other.sites}
    chosen = tuple(theirs.get(one.site, one) if one.site in sites else one for one in answered.sites)
    build_of = {option.id: option.build for option in problem.access_options}
    legs = [leg for one in chosen for leg in one.legs]
    built = {build_of[access] for leg in legs for access in (leg.access, leg.far) if access is not None}
    carried = {link for leg in legs for link in leg.path}
    return Design(
        sites=chosen,
        builds=tuple(sorted({*answered.builds, *other.builds} & built)),
        augments=tuple(sorted({*answered.augments, *other.augments} & carried)),
    )


def relaxed_by(requirement: Requirement, change: Change | Relaxation, days: WorkingDays) -> tuple[Requirement, Relaxed]:
    """The requirement with one dimension relaxed; what was wanted and what is offered, in the requester's units."""
    offered = relaxed_value(change, days)
    kind, value = dimension_of(change.constraint), change.value
    if kind is None:
        raise ValueError(f"{change.constraint} is no dimension of a requirement")
    if kind == "date":
        wanted: Json = requirement.needed_by.isoformat() if requirement.needed_by else None
        changed = replace(requirement, needed_by=days.date_of(int(value)))
    elif kind == "latency":
        wanted, changed = requirement.round_trip_ms, replace(requirement, round_trip_ms=float(offered))
    elif kind == "availability":
        wanted, changed = requirement.availability, replace(requirement, availability=float(value))
    elif kind == "bandwidth":
        wanted, changed = requirement.bandwidth_mbps, replace(requirement, bandwidth_mbps=int(value))
    elif kind in PLAIN:
        wanted, changed = getattr(requirement, PLAIN[kind]), replace(requirement, **{PLAIN[kind]: offered})
    else:
        wanted, changed = requirement.diversity, replace(requirement, diversity=str(value))
    return changed, Relaxed(dimension=kind, wanted=wanted, offered=offered)
