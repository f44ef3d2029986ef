"""What is done once for several items: a pilot and its waves, courses, and activities that all of them wait for."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from linkwright.designs.requirement import Rollout
from linkwright.operations.model import Training
from linkwright.plan.model import Activity, After
from linkwright.plan.working_days import WorkingDays

PILOT, ACCEPTED = "pilot", "pilot accepted"


def wave_of(number: int, rollout: Rollout | None) -> int | None:
    if rollout is None:
        return None
    if number < rollout.pilot_items:
        return 0
    return 1 + (number - rollout.pilot_items) // (rollout.wave_items or 10**9)


def joined(known: Activity | None, one: Activity) -> Activity:
    """What is done once for several items waits for what each of them says."""
    if known is None:
        return one
    return replace(known, after=tuple(dict.fromkeys((*known.after, *one.after))))


def taught(training: Sequence[Training], days: WorkingDays) -> list[Activity]:
    return [
        Activity(
            id=f"training:{one.skill}" if number == 1 else f"training:{one.skill}:{number}",
            name=f"Training of {one.people} of {one.team}: {one.course}",
            kind="training",
            days=days.up_to(one.end) - days.from_(one.start) + 1,
            not_before_day=days.from_(one.start),
            owner=one.team,
        )
        for number, one in _numbered(training)
    ]


def waiting(one: Activity, courses: Sequence[str]) -> Activity:
    """Nothing but a pilot is handed over before people know how to run it."""
    if one.kind != "handover" or one.wave == 0 or not courses:
        return one
    return replace(one, after=(*one.after, *(After(activity=name) for name in courses)))


def _numbered(training: Sequence[Training]) -> Iterable[tuple[int, Training]]:
    seen: dict[str, int] = {}
    for one in training:
        seen[one.skill] = seen.get(one.skill, 0) + 1
        yield seen[one.skill], one


def with_pilot(activities: Sequence[Activity], rollout: Rollout) -> list[Activity]:
    """The pilot begins with its first installation, lasts as long as is said, and has to be over before all others."""
    first = [one for one in activities if one.kind == "installation" and one.wave == 0]
    before = tuple(dict.fromkeys(after for one in first for after in one.after))
    pilot = Activity(
        id=PILOT, name=f"Pilot of {rollout.pilot_items} items", kind="test", days=rollout.pilot_days, after=before
    )
    accepted = Activity(
        id=ACCEPTED,
        name="Pilot accepted",
        kind="test",
        days=0,
        after=(After(activity=PILOT), *(After(activity=one.id) for one in first)),
    )
    rest = [
        replace(one, after=(*one.after, After(activity=ACCEPTED)))
        if one.kind == "installation" and one.wave != 0
        else one
        for one in activities
    ]
    return [*rest, pilot, accepted]
