"""Activities as catalogues and requesters ask for them, read and written in one form."""

from collections import Counter
from collections.abc import Callable
from typing import Any, get_args

from linkwright.designs.requirement import Work
from linkwright.plan.model import ActivityKind, After, NoReturn
from linkwright.wire import quantities
from linkwright.wire.json import Json
from linkwright.wire.members import MemberError, Members, elements, short, text

KINDS: tuple[ActivityKind, ...] = get_args(ActivityKind)
NO_RETURNS: tuple[NoReturn, ...] = get_args(NoReturn)
MEMBERS = (
    "id", "name", "kind", "days", "leastDays", "mostDays", "after", "skill", "jobs", "onSite", "weather", "frozen",
    "each", "owner", "cost", "noReturn", "reference",
)  # fmt: skip
MOST_DAYS, MOST_JOBS = 2_600, 10_000
"""About ten years of working days; nothing is planned behind them."""


def activities(word: str, *, bespoke: bool) -> Callable[[Json], tuple[Work, ...]]:
    """A reader of the list that is the value of this characteristic."""

    def read(value: Json) -> tuple[Work, ...]:
        found = [
            read_activity(one, f"{word}[{number}]", money=_minor, bespoke=bespoke)
            for number, one in enumerate(elements(value, word))
        ]
        twice = next((name for name, times in Counter(one.id for one in found).items() if times > 1), None)
        if twice is not None:
            raise MemberError(f"{word}: {short(twice)} is the id of several activities")
        return tuple(found)

    return read


def read_activity(value: Json, where: str, *, money: Callable[[Json], int], bespoke: bool = True) -> Work:
    """One activity; `money` makes minor units of its cost.

    Without a kind it is of the kind whose word its id is, or begins with before a colon, and else bespoke.
    """
    one = Members(value, where, MEMBERS)
    name = one.needed("id", text)
    work = Work(
        id=name,
        name=one.get("name", text) or "",
        kind=one.get("kind", quantities.one_of(KINDS)) or _kind_of(name),
        days=one.get("days", working_days),
        least_days=one.get("leastDays", working_days),
        most_days=one.get("mostDays", working_days),
        after=_after(one.get("after", _as_it_is), f"{where}.after"),
        skill=one.get("skill", text),
        jobs=one.get("jobs", _jobs) or 1,
        on_site=one.get("onSite", quantities.yes_or_no),
        weather=one.get("weather", text),
        frozen=one.get("frozen", quantities.yes_or_no),
        each=one.get("each", quantities.yes_or_no) is not False,
        owner=one.get("owner", text) or "",
        nrc_minor=one.get("cost", money),
        no_return=one.get("noReturn", quantities.one_of(NO_RETURNS)),
        bespoke=bespoke,
        reference=one.get("reference", text),
    )
    _in_order(work, where)
    if any(other.activity == name for other in work.after or ()):
        raise MemberError(f"{where}.after: an activity cannot come after itself")
    return work


def write_activity(work: Work, currency: str | None) -> dict[str, Json]:
    """What is not said is left out, and so is a cost without a currency."""
    cost = None if work.nrc_minor is None or currency is None else quantities.write_money(work.nrc_minor, currency)
    told: dict[str, Any] = {
        "id": work.id,
        "name": work.name or None,
        "kind": work.kind,
        "days": work.days,
        "leastDays": work.least_days,
        "mostDays": work.most_days,
        "after": None if work.after is None else [_write_after(one) for one in work.after],
        "skill": work.skill,
        "jobs": None if work.jobs == 1 else work.jobs,
        "onSite": work.on_site,
        "weather": work.weather,
        "frozen": work.frozen,
        "each": None if work.each else False,
        "owner": work.owner or None,
        "cost": cost,
        "noReturn": work.no_return,
        "reference": work.reference,
    }
    return {name: value for name, value in told.items() if value is not None}


def _minor(value: Json) -> int:
    return quantities.money_minor(value)[0]


def _kind_of(name: str) -> ActivityKind:
    return next((kind for kind in KINDS if kind == name.partition(":")[0]), "bespoke")


def working_days(value: Json) -> int:
    days = quantities.whole(value)
    if days > MOST_DAYS:
        raise ValueError(f"a whole number of working days up to {MOST_DAYS} is expected")
    return days


def _jobs(value: Json) -> int:
    jobs = quantities.whole_from_1(value)
    if jobs > MOST_JOBS:
        raise ValueError(f"a whole number up to {MOST_JOBS} is expected")
    return jobs


def _as_it_is(value: Json) -> Json:
    return value


def _after(value: Json, where: str) -> tuple[After, ...] | None:
    """Ids or kinds, alone or with working days between."""
    if value is None:
        return None
    listed = list(quantities.names(value)) if isinstance(value, str) else elements(value, where)
    return tuple(dict.fromkeys(_one_before(one, f"{where}[{number}]") for number, one in enumerate(listed)))


def _one_before(value: Json, where: str) -> After:
    if isinstance(value, str):
        value = {"activity": value}
    one = Members(value, where, ("activity", "lagDays"))
    return After(activity=one.needed("activity", text), lag_days=one.get("lagDays", working_days) or 0)


def _write_after(after: After) -> Json:
    return {"activity": after.activity, "lagDays": after.lag_days} if after.lag_days else after.activity


def _in_order(work: Work, where: str) -> None:
    if work.days is None and (work.least_days, work.most_days) != (None, None):
        raise MemberError(f"{where}.days is missing; leastDays and mostDays stand beside it")
    said = [days for days in (work.least_days, work.days, work.most_days) if days is not None]
    if said != sorted(said):
        raise MemberError(f"{where}: leastDays, days and mostDays are expected in this order of size")
