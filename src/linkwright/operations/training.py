"""Who has to be taught what, by which course, and whether that is over before it is needed.

People to train = people needed - people who have the skill. A course has so many seats at once and is held again as
soon as it ends, as often as it must be; whoever needs it first gets the first seats, whatever his team.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from linkwright.operations.model import CourseFact, SkillNeed, StaffFact, Training
from linkwright.plan.working_days import WorkingDays


@dataclass(frozen=True, kw_only=True, slots=True)
class Uses:
    """What the design is made of, and the number of the day on which each kind of activity first starts."""

    technologies: frozenset[str] = frozenset()
    specifications: frozenset[str] = frozenset()
    activities: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class SkillGap:
    """So many `people` of a team will not have a skill on the day on which it is needed.

    `trained` is the first day on which all of them have it, None where no course teaches it.
    """

    team: str
    skill: str
    people: int
    needed: int
    held: int
    needed_by: date
    course: str | None = None
    trained: date | None = None

    @property
    def label(self) -> str:
        """A sentence with the numbers, and the smallest change that would be enough."""
        told = (
            f"team {self.team} needs {self.needed} trained in {self.skill} by {self.needed_by.isoformat()} and has "
            f"{self.held}; {self.people} would not be trained in time"
        )
        if self.trained is None:
            return f"{told}, since no course teaches it; would be feasible if {self.people} more had the skill"
        after = f"{told} by {self.course}"
        return f"{after}; would be feasible if it was needed on {self.trained.isoformat()} or later"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingPlan:
    """Each run of a course that ends in time, for each team, and who is left without."""

    trainings: tuple[Training, ...] = ()
    gaps: tuple[SkillGap, ...] = ()


def training(
    needs: Iterable[SkillNeed],
    staff: Iterable[StaffFact],
    courses: Sequence[CourseFact],
    uses: Uses,
    *,
    by_day: int,
    ordered: date,
    days: WorkingDays,
) -> TrainingPlan:
    """What is to be taught. Needed is it on the first day of the activity that needs it, else on `by_day`.

    A need with several conditions applies where all of them do. Two needs of a team for one skill are met by the same
    people. Of all courses the one is taken that is over first, then the cheapest (no price stated: last). A run starts
    on the day of the order, or when it is available, and has to end before the skill is needed.
    """
    held = Counter[tuple[str, str]]()
    for fact in staff:
        held[fact.team, fact.skill] += fact.people
    taught = Counter[tuple[str, str]]()
    room = _Courses(courses, ordered, days)
    trainings: list[Training] = []
    gaps: list[SkillGap] = []
    for day, need in sorted(_applying(needs, uses, by_day), key=lambda one: (one[0], one[1].team, one[1].id)):
        who = (need.team, need.skill)
        missing = need.people - held[who] - taught[who]
        if missing <= 0:
            continue
        taught[who] += missing
        in_time, gap = _met(need, missing, held[who], room, day)
        trainings += in_time
        gaps += gap
    return TrainingPlan(trainings=tuple(trainings), gaps=tuple(gaps))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Run:
    """A course from a day number on, for so many people; ready is the first day on which they have the skill."""

    course: CourseFact
    number: int
    people: int
    start_day: int
    ready_day: int


class _Courses:
    """The seats of all courses that are still free, run by run."""

    def __init__(self, courses: Iterable[CourseFact], ordered: date, days: WorkingDays) -> None:
        self._courses = [course for course in courses if course.seats > 0 and course.days >= 0]
        self._ordered = ordered
        self.days = days
        self._taken: dict[str, Counter[int]] = defaultdict(Counter)

    def runs_for(self, skill: str, people: int) -> list[_Run]:
        """Those of the best course; none where no course could ever teach all of them."""
        offers = [self._runs(course, people) for course in self._courses if course.skill == skill]
        possible = [runs for runs in offers if runs[-1].ready_day <= self.days.last]
        return min(possible, key=_rank, default=[])

    def take(self, runs: Iterable[_Run]) -> None:
        for run in runs:
            self._taken[run.course.id][run.number] += run.people

    def _runs(self, course: CourseFact, people: int) -> list[_Run]:
        first = self.days.from_(max(self._ordered, course.available_from or self._ordered))
        runs: list[_Run] = []
        number = 0
        while people:
            seats = min(people, course.seats - self._taken[course.id][number])
            if seats:
                start = first + number * course.days
                runs.append(
                    _Run(course=course, number=number, people=seats, start_day=start, ready_day=start + course.days)
                )
            people -= seats
            number += 1
        return runs


def _applying(needs: Iterable[SkillNeed], uses: Uses, by_day: int) -> Iterator[tuple[int, SkillNeed]]:
    for need in needs:
        if need.applies_to(uses.technologies, uses.specifications, uses.activities):
            yield (by_day if need.activity is None else uses.activities[need.activity]), need


def _met(need: SkillNeed, people: int, held: int, room: _Courses, day: int) -> tuple[list[Training], list[SkillGap]]:
    runs = room.runs_for(need.skill, people)
    room.take(runs)
    needed_by = room.days.date_of(day)
    in_time = [run for run in runs if run.ready_day <= day]
    left = people - sum(run.people for run in in_time)
    gap = SkillGap(
        team=need.team,
        skill=need.skill,
        people=left,
        needed=need.people,
        held=held,
        needed_by=needed_by,
        course=runs[-1].course.name if runs else None,
        trained=room.days.date_of(runs[-1].ready_day) if runs else None,
    )
    return [_told(need, run, needed_by, room.days) for run in in_time], [gap] if left else []


def _told(need: SkillNeed, run: _Run, needed_by: date, days: WorkingDays) -> Training:
    price = run.course.nrc_minor
    return Training(
        team=need.team,
        skill=need.skill,
        people=run.people,
        course=run.course.name,
        start=days.date_of(run.start_day),
        end=days.date_of(max(run.start_day, run.ready_day - 1)),
        needed_by=needed_by,
        nrc_minor=None if price is None else price * run.people,
    )


def _rank(runs: Sequence[_Run]) -> tuple[int, bool, int, str]:
    course = runs[-1].course
    return runs[-1].ready_day, course.nrc_minor is None, course.nrc_minor or 0, course.id
