"""How a service is run: its class, the method and tier that follow from it, what is kept, and when it may be touched.

Each rule is one table here, the same for every catalogue.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from linkwright.operations.model import Objective, Operations, Spare, Training

SlaClass = Literal["platinum", "gold", "silver", "bronze"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """What a class of service gets. `spare_permille` of all pieces of a model are kept, rounded up: one at least.

    `availability` is the least target that belongs to the class.
    """

    availability: float
    support: str
    method: str
    maintenance: str
    spare_permille: int


TIERS: Mapping[SlaClass, Tier] = {
    "platinum": Tier(
        availability=0.9999,
        support="tier 1: 24x7, response in 15 minutes, repair in 4 hours",
        method="watched end to end, faults are opened before the customer sees them",
        maintenance="Sunday 02:00 to 04:00, one leg at a time, announced 15 working days before",
        spare_permille=100,
    ),
    "gold": Tier(
        availability=0.9995,
        support="tier 2: 24x7, response in 30 minutes, repair in 6 hours",
        method="watched at its ends, faults are opened by alarms",
        maintenance="Sunday 01:00 to 05:00, announced 10 working days before",
        spare_permille=50,
    ),
    "silver": Tier(
        availability=0.999,
        support="tier 3: 24x7, response in 1 hour, repair in 8 hours",
        method="watched at the device, faults are opened by alarms",
        maintenance="any day 00:00 to 06:00, announced 5 working days before",
        spare_permille=20,
    ),
    "bronze": Tier(
        availability=0.0,
        support="tier 4: working hours, response in 4 hours, repair on the next working day",
        method="faults are opened by the customer",
        maintenance="any day 22:00 to 06:00, announced 5 working days before",
        spare_permille=10,
    ),
}
"""From the strictest to the least strict. A service without a target is of the last class: nothing was promised."""

FAMILIES: Mapping[str, frozenset[str]] = {
    "mobile": frozenset({"5g", "4g", "lte"}),
    "satellite": frozenset({"satellite", "leo", "geo"}),
    "radio": frozenset({"microwave", "fwa"}),
    "overlay": frozenset({"sd-wan", "sdwan"}),
    "copper": frozenset({"dsl", "vdsl", "copper", "cable"}),
}
METHODS: Mapping[str, str] = {
    "fibre": "optical levels and OTDR",
    "copper": "line tests",
    "radio": "received level and fading margin",
    "mobile": "signal strength, SIM and data volume",
    "satellite": "terminal state and obstruction",
    "overlay": "tunnels and policies from the controller",
    "other": "reachability and interface counters",
}
"""By what a leg of each family is watched, and where a fault is looked for first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceFacts:
    """What is to be run: one service, or all of one solution together. `cpe` are pieces by model.

    `availability` is the target that was asked for, the strictest of several, None where nothing was.
    """

    technologies: tuple[str, ...]
    availability: float | None = None
    cpe: Mapping[str, int] = field(default_factory=dict)
    stock_locations: Mapping[str, str] = field(default_factory=dict)
    partners: tuple[str, ...] = ()
    diverse_in: str | None = None
    shared_risks: tuple[str, ...] = ()
    with_parameters: bool = False
    temporary: bool = False


def sla_class(availability: float | None) -> SlaClass:
    """By the availability that was asked for."""
    return next((name for name, tier in TIERS.items() if (availability or 0.0) >= tier.availability), "bronze")


def family_of(technology: str) -> str:
    word = technology.lower()
    if "fibre" in word or "fiber" in word:
        return "fibre"
    return next((family for family, words in FAMILIES.items() if word in words), "other")


def operations(
    facts: ServiceFacts, *, training: Iterable[Training] = (), objectives: Iterable[Objective] = ()
) -> Operations:
    """How it is run. Spares of a solution are counted over all its items together."""
    name = sla_class(facts.availability)
    tier, courses = TIERS[name], tuple(training)
    spares = _spares(facts, tier)
    return Operations(
        method=_method(facts, name, tier),
        support_tier=f"{name}, {tier.support}",
        spares=spares,
        maintenance_window=f"{tier.maintenance}, local time at the place"
        + (", never during the service's own period" if facts.temporary else ""),
        training=courses,
        checklist=_checklist(facts, tier, spares, courses, tuple(objectives)),
    )


def _method(facts: ServiceFacts, name: SlaClass, tier: Tier) -> str:
    families = dict.fromkeys(family_of(technology) for technology in facts.technologies)
    legs = "; ".join(f"{family}: {METHODS[family]}" for family in families)
    return f"{name}: {tier.method}" + (f" ({legs})" if legs else "")


def _spares(facts: ServiceFacts, tier: Tier) -> tuple[Spare, ...]:
    return tuple(
        Spare(
            model=model,
            pieces=-(-pieces * tier.spare_permille // 1000),
            location=facts.stock_locations.get(model, ""),
        )
        for model, pieces in sorted(facts.cpe.items())
        if pieces > 0
    )


def _checklist(
    facts: ServiceFacts,
    tier: Tier,
    spares: tuple[Spare, ...],
    courses: tuple[Training, ...],
    objectives: tuple[Objective, ...],
) -> tuple[str, ...]:
    """What has to be there before operations take over, of what the design has."""
    partners = ", ".join(dict.fromkeys(facts.partners))
    found = [
        (True, "Topology and bill of materials filed with the service"),
        (bool(partners), f"Fault desk, contract and escalation of {partners} known to the service desk"),
        (facts.diverse_in is not None, f"Drawing of both ways filed; they differ in {facts.diverse_in}"),
        (bool(facts.shared_risks), f"Told to the service desk: the legs share {', '.join(facts.shared_risks)}"),
        (facts.with_parameters, "Allocated parameters recorded in the inventory"),
        (bool(objectives), f"Alarms set for {', '.join(one.name for one in objectives)}"),
        (bool(courses), f"Trained: {', '.join(_course_told(course) for course in courses)}"),
        (bool(spares), f"Spares in stock: {', '.join(_spare_told(spare) for spare in spares)}"),
        (True, f"Maintenance window agreed with the customer: {tier.maintenance}"),
        (facts.temporary, "Date of removal and return of equipment agreed"),
    ]
    return tuple(told for there, told in found if there)


def _course_told(course: Training) -> str:
    return f"{course.people} of {course.team} in {course.skill} by {course.end.isoformat()}"


def _spare_told(spare: Spare) -> str:
    return f"{spare.pieces} {spare.model}" + (f" at {spare.location}" if spare.location else "")
