"""Answers of partners that survive and are shared, and how partners were."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.partner_book import Heard
from linkwright.store.database import Database
from linkwright.store.partner_book import SqlPartnerBook
from linkwright.store.scorecards import scorecards
from tests.builders import NOW, an_access
from tests.fakes import FakeClock


@dataclass
class World:
    database: Database
    clock: FakeClock

    def book(self) -> SqlPartnerBook:
        """As another instance has it."""
        return SqlPartnerBook(self.database, now=self.clock)


@pytest.fixture
def world(database: Database) -> World:
    return World(database, FakeClock(NOW))


def an_answer(**changes: Any) -> PartnerAnswer:
    offer = an_access(id="north:c-1/1", partner="north", quote="c-1/1", srlgs=("street",), risks_declared=False)
    plain = {
        "partner": "north",
        "ref": "1",
        "asked": "offered",
        "offer": offer,
        "valid_until": NOW + timedelta(days=30),
    }
    return PartnerAnswer(**plain | changes)


def heard(key: str = "k", until: datetime | None = NOW + timedelta(hours=1), **changes: Any) -> Heard:
    return Heard(key=key, place="site-1", answer=an_answer(**changes), until=until)


def test_an_answer_is_there_for_every_instance_exactly_as_it_was(world: World) -> None:
    world.book().keep("north", [heard()])
    assert world.book().fresh("north", ["k", "other"]) == {"k": an_answer()}
    assert world.book().fresh("metro", ["k"]) == {}


def test_an_answer_is_there_until_its_time_is_over(world: World) -> None:
    world.book().keep("north", [heard()])
    world.clock.time += timedelta(minutes=59, seconds=59)
    assert world.book().fresh("north", ["k"])
    world.clock.time += timedelta(seconds=1)
    assert not world.book().fresh("north", ["k"])


def test_a_newer_answer_takes_the_place_of_the_older_one(world: World) -> None:
    newer = an_answer(text="newer")
    world.book().keep("north", [heard()])
    world.book().keep("north", [Heard(key="k", place="site-1", answer=newer, until=NOW + timedelta(hours=2))])
    assert world.book().fresh("north", ["k"]) == {"k": newer}


def test_what_is_not_to_be_used_again_is_only_counted(world: World) -> None:
    world.book().keep("north", [heard(until=None, asked="silent", offer=None)])
    assert not world.book().fresh("north", ["k"])
    assert scorecards(world.database)[0].answers == {"silent": 1}


def test_many_answers_are_found_at_once(world: World) -> None:
    keys = [f"k-{n}" for n in range(1200)]
    world.book().keep("north", [heard(key) for key in keys])
    assert world.book().fresh("north", keys).keys() == set(keys)


def test_what_was_answered_about_a_place_is_forgotten(world: World) -> None:
    elsewhere = Heard(key="e", place="site-2", answer=an_answer(), until=NOW + timedelta(hours=1))
    world.book().keep("north", [heard(), elsewhere])
    world.book().forget(["site-1", "address-of-site-1"])
    assert world.book().fresh("north", ["k", "e"]).keys() == {"e"}


def test_what_holds_no_longer_is_removed_in_time(world: World) -> None:
    book = world.book()
    book.keep("north", [heard()])
    world.clock.time += timedelta(hours=2)
    book.keep("north", [heard("later", until=world.clock.time + timedelta(hours=1))])
    world.clock.time = NOW
    assert book.fresh("north", ["k", "later"]).keys() == {"later"}


def test_instances_that_keep_answers_at_the_same_time_lose_none(world: World) -> None:
    books = [world.book() for _ in range(4)]

    def keep(number: int) -> None:
        took_s = 0.1 * (number % 3)
        answers = [heard(f"k-{n}", took_s=took_s + n) for n in (number, (number + 1) % 12, 99)]
        books[number % 4].keep("north", answers if number % 2 else answers[::-1])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(keep, range(12)))
    assert scorecards(world.database)[0].questions == 36
    assert len(world.book().fresh("north", [f"k-{n}" for n in range(100)])) == 13


def test_a_scorecard_says_what_became_of_the_questions_and_how_long_they_took(world: World) -> None:
    times = [0.1] * 60 + [1.0] * 30 + [8.0] * 10
    world.book().keep("north", [heard(f"k-{n}", took_s=took_s) for n, took_s in enumerate(times)])
    world.book().keep("north", [heard(str(n), until=None, asked="silent", offer=None, took_s=10.0) for n in range(7)])
    world.book().keep("metro", [heard(asked="refused", offer=None)])
    world.book().reused("north", 5)
    metro, north = scorecards(world.database)
    assert (metro.partner, metro.answers, metro.median_s) == ("metro", {"refused": 1}, 0.0)
    assert (north.answers, north.questions, north.reused) == ({"offered": 100, "silent": 7}, 107, 5)
    assert north.median_s == pytest.approx(0.1, rel=0.1)
    assert north.p95_s == pytest.approx(8.0, rel=0.1)
    assert north.median_s >= 0.1
    assert north.p95_s >= 8.0


def test_a_partner_that_never_answered_has_no_times(world: World) -> None:
    world.book().keep("north", [heard(until=None, asked="failed", offer=None, took_s=1.0)])
    (north,) = scorecards(world.database)
    assert (north.median_s, north.p95_s) == (None, None)


def test_a_delivery_is_counted_once_and_kept_if_it_came_by_the_promised_day(world: World) -> None:
    promised = date(2026, 12, 1)
    for day in (promised, promised, promised + timedelta(days=5)):
        world.book().delivered("north", "order-1/procure/1", promised, day)
    world.book().delivered("north", "order-2/procure/1", promised, promised + timedelta(days=1))
    (north,) = scorecards(world.database)
    assert (north.deliveries, north.kept, north.questions) == (2, 1, 0)


def test_a_scorecard_may_begin_with_a_month(world: World) -> None:
    world.book().keep("north", [heard("old")])
    world.clock.time += timedelta(days=40)
    world.book().keep("north", [heard("new", until=None)])
    world.book().delivered("north", "order-1/procure/1", NOW.date(), NOW.date())
    (north,) = scorecards(world.database, "2026-12")
    assert (north.questions, north.deliveries) == (1, 0)
    assert scorecards(world.database)[0].questions == 2
