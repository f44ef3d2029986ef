"""What is done once for several items: a pilot and its waves, courses, and activities that all of them wait for."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from linkwright.designs.requirement import Rollout
from linkwright.operations.model import Training
from linkwright.plan.model import Activity, After
from linkwright.plan.working_days import WorkingDays

PILOT, ACCEPTED = "pilot", "pilot accepted"
Skills = Mapping[str, frozenset[tuple[str, str]]]
"""What the teams have to know who run each item: team and skill, by the ref of the item."""


def wave_of(number: int, rollout: Rollout | None) -> int | None:
    if rollout is None:
        return None
    if number < rollout.pilot_items:
        return 0
    return 1 + (number - rollout.pilot_items) // max(rollout.wave_items or 10**9, 1)


def joined(known: Activity | None, one: Activity) -> Activity:
    """What is done once for several items waits for what each of them says, and takes the longest that any says."""
    if known is None:
        return one
    after = tuple(dict.fromkeys((*known.after, *one.after)))
    longest = max(known, one, key=lambda each: each.days)  # the first of those that are as long
    return replace(longest, after=after)


def taught(training: Sequence[Training], days: WorkingDays) -> list[tuple[Activity, tuple[str, str]]]:
    """Each course, and which team learns which skill in it."""
    return [
        (
            Activity(
                id=f"training:{one.skill}" if number == 1 else f"training:{one.skill}:{number}",
                name=f"Training of {one.people} of {one.team}: {one.course}",
                kind="training",
                days=days.up_to(one.end) - days.from_(one.start) + 1,
                not_before_day=days.from_(one.start),
                owner=one.team,
            ),
            (one.team, one.skill),
        )
        for number, one in _numbered(training)
    ]


def waiting(
    one: Activity, courses: Sequence[tuple[Activity, tuple[str, str]]], needed: Set[tuple[str, str]]
) -> Activity:
    """Nothing but a pilot is handed over before those who run it know how to."""
    if one.kind != "handover" or one.wave == 0:
        return one
    after = (After(activity=course.id) for course, taught in courses if taught in needed)
    return replace(one, after=(*one.after, *after))


def _numbered(training: Sequence[Training]) -> Iterable[tuple[int, Training]]:
    seen: dict[str, int] = {}
    for one in training:
        seen[one.skill] = seen.get(one.skill, 0) + 1
        yield seen[one.skill], one


def with_pilot(activities: Sequence[Activity], rollout: Rollout) -> list[Activity]:
    """The pilot lasts as long as is said from when all of it can be installed, and is over before all others are."""
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


def in_waves(activities: Sequence[Activity]) -> list[Activity]:
    """Nothing of a wave is installed before all of the one before it is; what the pilot delays is said elsewhere."""
    of_wave: dict[int, list[str]] = {}
    for one in activities:
        if one.kind == "installation" and one.wave:
            of_wave.setdefault(one.wave, []).append(one.id)
    done = [
        Activity(
            id=_installed(wave),
            name=f"Wave {wave} installed",
            kind="test",
            days=0,
            after=tuple(After(activity=name) for name in of_wave[wave]),
        )
        for wave in sorted(of_wave)
        if wave + 1 in of_wave
    ]
    rest = [
        replace(one, after=(*one.after, After(activity=_installed(one.wave - 1))))
        if one.kind == "installation" and one.wave is not None and one.wave - 1 in of_wave
        else one
        for one in activities
    ]
    return [*rest, *done]


def _installed(wave: int) -> str:
    return f"wave {wave} installed"
