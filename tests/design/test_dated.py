"""Days on which a link can be too full: few of them, and never too few."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.design.choice.dated import Calendar, Load, Profile, binding_days
from linkwright.design.model import Booking, Link, Retirement, Upgrade

DAY = st.integers(0, 12)
MBPS = st.integers(1, 30)
LOADS = st.lists(st.builds(Load, DAY, st.none() | DAY, MBPS), max_size=6)
STEPS = st.lists(st.tuples(DAY, MBPS), max_size=2)


def _bookings(drawn: Sequence[tuple[int, int, int]]) -> tuple[Booking, ...]:
    return tuple(Booking(from_day=min(a, z), to_day=max(a, z), mbps=mbps) for a, z, mbps in drawn)


LINKS = st.builds(
    lambda mbps, upgrades, retirements, bookings: Link(
        id="l",
        a="a",
        z="z",
        length_km=1.0,
        availability=1.0,
        mrc_minor_per_mbps=0,
        capacity_mbps=mbps,
        upgrades=tuple(Upgrade(day=day, adds_mbps=more) for day, more in upgrades),
        retirements=tuple(Retirement(day=day, removes_mbps=less) for day, less in retirements),
        bookings=_bookings(bookings),
    ),
    MBPS,
    STEPS,
    STEPS,
    st.lists(st.tuples(DAY, DAY, MBPS), max_size=2),
)


def _there(loads: Sequence[Load], day: int) -> list[Load]:
    return [load for load in loads if load.start <= day and (load.end is None or day <= load.end)]


@given(LINKS, STEPS, DAY)
def test_the_capacity_of_a_day_is_what_came_and_stayed(link: Link, freed: list[tuple[int, int]], day: int) -> None:
    there = link.capacity_mbps + sum(own.adds_mbps for own in link.upgrades if own.day <= day)
    there -= sum(own.removes_mbps for own in link.retirements if own.day <= day)
    there -= sum(own.mbps for own in link.bookings if own.from_day <= day <= own.to_day)
    there += sum(mbps for since, mbps in freed if since <= day)
    assert Profile.of(link, freed).at(day) == there


@settings(max_examples=300)
@given(LINKS, LOADS, STEPS, STEPS, st.data())
def test_what_fits_on_the_binding_days_fits_on_all(
    link: Link, loads: list[Load], more: list[tuple[int, int]], given_back: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Whatever loads there are of those that could be, whatever is bought, whoever gives back."""
    profile = Profile.of(link)
    days = binding_days(profile, Calendar(loads), more, given_back)
    some = [load for load in loads if data.draw(st.booleans())]
    is_bought = data.draw(st.booleans())
    given_now = [own for own in given_back if data.draw(st.booleans())]

    def fits(day: int) -> bool:
        taken = sum(load.mbps for load in _there(some, day))
        room = profile.at(day) + sum(mbps for since, mbps in given_now if since <= day)
        room += sum(mbps for since, mbps in more if since <= day) if is_bought else 0
        return taken <= room or taken == 0

    if all(fits(day) for day in days):
        assert all(fits(day) for day in range(15))


def test_where_nothing_ends_or_falls_the_last_day_before_each_step_is_enough() -> None:
    loads = [Load(day, None, 5) for day in (1, 2, 4, 7, 9)]
    link = Link(
        id="l", a="a", z="z", length_km=1.0, availability=1.0, mrc_minor_per_mbps=0, capacity_mbps=9,
        upgrades=(Upgrade(day=4, adds_mbps=10), Upgrade(day=30, adds_mbps=1)),
    )  # fmt: skip
    assert binding_days(Profile.of(link), Calendar(loads)) == [2, 9]
    assert binding_days(Profile.of(link), Calendar(loads), more=[(8, 20)]) == [2, 7, 9]


def test_a_calendar_knows_the_legs_of_a_day() -> None:
    calendar = Calendar([Load(1, None, 5), Load(3, 4, 7), Load(4, None, 2)])
    assert [(day, calendar.total(day), sorted(calendar.on(day))) for day in (0, 1, 3, 4, 5)] == [
        (0, 0, []),
        (1, 5, [5]),
        (3, 12, [5, 7]),
        (4, 14, [2, 5, 7]),
        (5, 7, [2, 5]),
    ]
