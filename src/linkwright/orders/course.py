"""What an item tells of the plan of its design while it is carried out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from linkwright.designs.local_time import day_at
from linkwright.plan.model import NoReturn

WorkState = Literal["planned", "started", "done"]


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point of no return: the day on which a step begins that has one. `step` is its name, empty where none is.

    `zone` is the time zone of its place, in which the day is one; None: that of UTC.
    """

    kind: NoReturn
    since: date
    step: str = ""
    zone: str | None = None

    def is_past(self, now: datetime) -> bool:
        """From the beginning of its day on."""
        return self.since <= day_at(now, self.zone)


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """A bespoke step of the plan; its state follows from today's date, and is `done` once its item is completed."""

    id: str
    name: str
    owner: str
    start: date
    end: date
    state: WorkState


@dataclass(frozen=True, kw_only=True)
class Course:
    """`late` are the steps that end later than planned, and by how many working days; `ready` is the day that others
    make of it, None where the design's own day stands. Work items stand on the days that are left by that; points of no
    return stay where they were told, so that everybody knows until when he may change his mind.

    `time_to_revenue_days` are calendar days from the order to the first day that is billed. `objectives` are the ids
    of the published objectives (TMF657), by their names. `days_late` says of a completed item by how many working days
    it was later than its plan, below zero where it was earlier.
    """

    late: Mapping[str, int] = field(default_factory=dict)
    ready: date | None = None
    points: tuple[Point, ...] = ()
    work: tuple[WorkItem, ...] = ()
    time_to_revenue_days: int | None = None
    objectives: Mapping[str, str] = field(default_factory=dict)
    days_late: int | None = None


NO_COURSE = Course()
