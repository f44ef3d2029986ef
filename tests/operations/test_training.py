"""Who is taught what and when, against dates worked out by hand and a plain check of seats."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from linkwright.operations.model import CourseFact, SkillNeed, StaffFact
from linkwright.operations.training import TrainingPlan, Uses, training
from linkwright.plan.working_days import HORIZON_DAYS, WorkingDays

MONDAY = date(2027, 1, 11)
DAYS = WorkingDays(MONDAY)
NEED = SkillNeed(id="noc-overlay", team="NOC", skill="overlay", people=3, technology="sd-wan")
STAFF = (StaffFact(team="NOC", skill="overlay", people=1),)
COURSE = CourseFact(id="c1", name="Overlay basics", skill="overlay", days=3, seats=2, nrc_minor=90_000)
USES = Uses(technologies=frozenset({"sd-wan"}))


def planned(
    needs: list[SkillNeed],
    staff: tuple[StaffFact, ...] = STAFF,
    courses: tuple[CourseFact, ...] = (COURSE,),
    uses: Uses = USES,
    by_day: int = 5,
) -> TrainingPlan:
    return training(needs, staff, courses, uses, by_day=by_day, ordered=MONDAY, days=DAYS)


def test_c13_whoever_is_missing_is_taught_before_the_skill_is_needed() -> None:
    plan = planned([NEED])
    (one,) = plan.trainings
    assert plan.gaps == ()
    assert (one.team, one.skill, one.people, one.course) == ("NOC", "overlay", 2, "Overlay basics")
    assert (one.start, one.end, one.needed_by) == (MONDAY, date(2027, 1, 13), date(2027, 1, 18))
    assert one.nrc_minor == 180_000


def test_runs_follow_each_other_when_there_are_not_enough_seats() -> None:
    plan = planned([replace(NEED, people=6)], by_day=9)
    assert [(one.people, one.start, one.end) for one in plan.trainings] == [
        (2, MONDAY, date(2027, 1, 13)),
        (2, date(2027, 1, 14), date(2027, 1, 18)),
        (1, date(2027, 1, 19), date(2027, 1, 21)),
    ]
    assert plan.gaps == ()


def test_whoever_is_taught_too_late_is_a_gap_with_the_date_that_would_do() -> None:
    plan = planned([replace(NEED, people=6)], by_day=8)
    assert [one.people for one in plan.trainings] == [2, 2]
    (gap,) = plan.gaps
    assert (gap.people, gap.needed, gap.held, gap.trained) == (1, 6, 1, date(2027, 1, 22))
    assert gap.label.startswith(
        "team NOC needs 6 trained in overlay by 2027-01-21 and has 1; 1 would not be trained in time"
    )
    assert gap.label.endswith("would be feasible if it was needed on 2027-01-22 or later")
    assert planned([replace(NEED, people=6)], by_day=DAYS.from_(date(2027, 1, 22))).gaps == ()


def test_without_a_course_nobody_is_ever_trained() -> None:
    (gap,) = planned([NEED], courses=()).gaps
    assert (gap.people, gap.course, gap.trained) == (2, None, None)
    assert gap.label.endswith("no course teaches it; would be feasible if 2 more had the skill")
    more = (StaffFact(team="NOC", skill="overlay", people=3),)
    assert planned([NEED], staff=more, courses=()) == TrainingPlan()


def test_a_course_that_cannot_be_held_within_the_horizon_is_none() -> None:
    never = replace(COURSE, available_from=date.fromordinal(MONDAY.toordinal() + HORIZON_DAYS + 30))
    empty = replace(COURSE, seats=0)
    (gap,) = planned([NEED], courses=(never, empty)).gaps
    assert gap.trained is None


def test_a_skill_counts_in_its_own_team_only_and_staff_adds_up() -> None:
    elsewhere = (StaffFact(team="field", skill="overlay", people=9), StaffFact(team="NOC", skill="fibre", people=9))
    assert sum(one.people for one in planned([NEED], staff=elsewhere, by_day=99).trainings) == 3
    twice = (*STAFF, *STAFF)
    assert sum(one.people for one in planned([NEED], staff=twice).trainings) == 1


def test_only_needs_whose_every_condition_applies_count() -> None:
    both = replace(NEED, specification="wan", activity="installation")
    uses = Uses(
        technologies=frozenset({"sd-wan"}), specifications=frozenset({"wan"}), activities={"installation": 3, "test": 9}
    )
    assert planned([both], uses=uses).trainings[0].needed_by == DAYS.date_of(3)
    for other in (
        replace(uses, technologies=frozenset()),
        replace(uses, specifications=frozenset({"lan"})),
        replace(uses, activities={"test": 9}),
    ):
        assert planned([both], uses=other) == TrainingPlan()
    always = SkillNeed(id="any", team="NOC", skill="overlay", people=3)
    assert planned([always], uses=Uses()).trainings


def test_needs_of_one_team_for_one_skill_are_met_by_the_same_people() -> None:
    first = replace(NEED, id="first", people=2, activity="installation")
    uses = replace(USES, activities={"installation": 3})
    plan = planned([NEED, first], uses=uses, by_day=20)
    assert [(one.people, one.needed_by) for one in plan.trainings] == [(1, DAYS.date_of(3)), (1, DAYS.date_of(20))]
    assert [one.start for one in plan.trainings] == [MONDAY, MONDAY]


def test_teams_share_the_seats_and_whoever_needs_it_first_goes_first() -> None:
    field = SkillNeed(id="field", team="field", skill="overlay", people=2, activity="installation")
    plan = planned([NEED, field], uses=replace(USES, activities={"installation": 3}), by_day=20)
    assert [(one.team, one.start) for one in plan.trainings] == [("field", MONDAY), ("NOC", date(2027, 1, 14))]


def test_the_course_is_taken_that_is_over_first_and_then_the_cheapest() -> None:
    later = replace(COURSE, id="c0", nrc_minor=1, available_from=date(2027, 1, 12))
    dearer = replace(COURSE, id="c0", nrc_minor=95_000)
    unpriced = replace(COURSE, id="c0", nrc_minor=None)
    for other in (later, dearer, unpriced):
        assert planned([NEED], courses=(other, COURSE)).trainings[0].nrc_minor == 180_000
    quick = replace(unpriced, days=1)
    (one,) = planned([NEED], courses=(quick, COURSE)).trainings
    assert (one.end, one.nrc_minor) == (MONDAY, None)


def test_a_course_begins_when_it_is_available_on_a_working_day() -> None:
    saturday = replace(COURSE, available_from=date(2027, 1, 16))
    (one,) = planned([NEED], courses=(saturday,), by_day=10).trainings
    assert (one.start, one.end) == (date(2027, 1, 18), date(2027, 1, 20))


NEEDS = st.lists(
    st.builds(
        SkillNeed,
        id=st.sampled_from("pqr"),
        team=st.sampled_from(["NOC", "field"]),
        skill=st.sampled_from(["overlay", "fibre"]),
        people=st.integers(0, 9),
        activity=st.none() | st.sampled_from(["installation", "test"]),
    ),
    max_size=5,
)
STAFFS = st.lists(
    st.builds(
        StaffFact,
        team=st.sampled_from(["NOC", "field"]),
        skill=st.sampled_from(["overlay", "fibre"]),
        people=st.integers(0, 5),
    ),
    max_size=3,
)
COURSES = st.lists(
    st.builds(
        CourseFact,
        id=st.sampled_from(["c1", "c2", "c3"]),
        name=st.just("course"),
        skill=st.sampled_from(["overlay", "fibre"]),
        days=st.integers(1, 5),
        seats=st.integers(0, 4),
        nrc_minor=st.none() | st.integers(0, 100),
        available_from=st.none() | st.dates(MONDAY, date(2027, 3, 1)),
    ),
    max_size=3,
    unique_by=lambda course: course.id,
)


@given(NEEDS, STAFFS, COURSES, st.integers(0, 40), st.integers(0, 40))
def test_everybody_is_either_taught_in_time_or_in_a_gap(
    needs: list[SkillNeed], staff: list[StaffFact], courses: list[CourseFact], by_day: int, starts: int
) -> None:
    named = [replace(course, name=course.id) for course in courses]
    uses = Uses(activities={"installation": starts})
    plan = training(needs, staff, named, uses, by_day=by_day, ordered=MONDAY, days=DAYS)
    held = Counter[tuple[str, str]]()
    for fact in staff:
        held[fact.team, fact.skill] += fact.people
    most = Counter[tuple[str, str]]()
    for need in needs:
        if need.activity != "test":
            most[need.team, need.skill] = max(most[need.team, need.skill], need.people)
    got = Counter[tuple[str, str]]()
    for one in (*plan.trainings, *plan.gaps):
        got[one.team, one.skill] += one.people
    assert got == Counter({who: people - held[who] for who, people in most.items() if people > held[who]})
    assert all(one.end < one.needed_by and one.start >= MONDAY for one in plan.trainings)
    assert all(gap.trained is None or gap.trained > gap.needed_by for gap in plan.gaps)
    seats = Counter[tuple[str, date]]()
    for one in plan.trainings:
        seats[one.course, one.start] += one.people
    room = {course.id: course.seats for course in named}
    assert all(people <= room[course] for (course, _), people in seats.items())
