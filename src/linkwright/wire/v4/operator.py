"""Whom and what an operator has to build and run services with, in the words of docs/words.md."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from linkwright.designs.facts import CrewPool, OperatorFacts, WeatherFact
from linkwright.designs.requirement import Work
from linkwright.operations.model import CourseFact, SkillNeed, StaffFact
from linkwright.wire.activities import MEMBERS, read_activity
from linkwright.wire.v4.inventory_facts import Resource

OPERATOR_CATEGORIES = ("crewPool", "staff", "skillNeed", "course", "weather", "bespokeActivity")
T = TypeVar("T")


class ReadAll(Protocol):
    """Reads every resource of a category; what cannot be read is named elsewhere."""

    def __call__(self, category: str, read: Callable[[Resource], T], /) -> tuple[T, ...]: ...


def read_operator(read_all: ReadAll) -> OperatorFacts:
    return OperatorFacts(
        pools=read_all("crewPool", _pool),
        weather=read_all("weather", _weather),
        staff=read_all("staff", _staff),
        needs=read_all("skillNeed", _need),
        courses=read_all("course", _course),
        works=read_all("bespokeActivity", _work),
    )


def _pool(resource: Resource) -> CrewPool:
    return CrewPool(
        id=resource.id,
        skill=resource.text("skill"),
        crews=resource.whole("crews"),
        jobs_per_day=resource.count("jobsPerDay") if resource.has("jobsPerDay") else 1,
    )


def _weather(resource: Resource) -> WeatherFact:
    return WeatherFact(
        id=resource.id,
        months=resource.months("months"),
        reserve_days=resource.days("reserveDays") if resource.has("reserveDays") else 0,
    )


def _staff(resource: Resource) -> StaffFact:
    return StaffFact(team=resource.text("team"), skill=resource.text("skill"), people=resource.whole("people"))


def _need(resource: Resource) -> SkillNeed:
    return SkillNeed(
        id=resource.id,
        team=resource.text("team"),
        skill=resource.text("skill"),
        people=resource.whole("people"),
        technology=resource.text_or_none("technology"),
        specification=resource.text_or_none("specification"),
        activity=resource.text_or_none("activity"),
    )


def _course(resource: Resource) -> CourseFact:
    return CourseFact(
        id=resource.id,
        name=resource.name,
        skill=resource.text("skill"),
        days=resource.days("durationDays"),
        seats=resource.count("seats"),
        nrc_minor=resource.money("nrc") if resource.has("nrc") else None,
        available_from=resource.day("startOperatingDate"),
    )


def _work(resource: Resource) -> Work:
    """How long it takes has to be said: what is not known is not planned."""
    if not resource.has("days"):
        raise ValueError("days is missing")
    told = {"name": resource.name, **resource.only(MEMBERS), "id": resource.id}
    return read_activity(told, "activity", money=resource.minor)
