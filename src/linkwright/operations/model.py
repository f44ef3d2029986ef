"""Who has to know what, and how a service is run and measured once it is there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class StaffFact:
    """So many people of a team have a skill today."""

    team: str
    skill: str
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SkillNeed:
    """Who runs a service of this technology or specification, or does this kind of activity, needs so many people with
    a skill in a team. What is None matters not."""

    id: str
    team: str
    skill: str
    people: int
    technology: str | None = None
    specification: str | None = None
    activity: str | None = None

    def applies_to(
        self, technologies: Collection[str], specifications: Collection[str | None], activities: Collection[str]
    ) -> bool:
        """Whether it is for something of these: all its conditions have to be met."""
        return (
            (self.technology is None or self.technology in technologies)
            and (self.specification is None or self.specification in specifications)
            and (self.activity is None or self.activity in activities)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class CourseFact:
    """A course that teaches a skill to so many people at once; `nrc_minor` for each person, None where not stated.

    `available_from`: the first day on which it can begin.
    """

    id: str
    name: str
    skill: str
    days: int
    seats: int
    nrc_minor: int | None = None
    available_from: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """People of a team who are taught a skill before it is needed (`needed_by` is the first day of that)."""

    team: str
    skill: str
    people: int
    course: str
    start: date
    end: date
    needed_by: date
    nrc_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Spare:
    """Pieces that are kept for repair, and where."""

    model: str
    pieces: int
    location: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Objective:
    """A service level objective; the target is what was promised, the threshold is where the alarm is raised.

    `comparator`: `>=` or `<=`. `reference` is the id of the TMF657 objective once it is published.
    """

    name: str
    target: float
    threshold: float
    comparator: str
    unit: str
    period: str
    measuring_point: str
    reference: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Operations:
    """How the service is run: method and tier by technology and SLA class, what is kept, when it may be touched."""

    method: str
    support_tier: str
    spares: tuple[Spare, ...] = ()
    maintenance_window: str = ""
    training: tuple[Training, ...] = ()
    checklist: tuple[str, ...] = ()
