"""The plan of several designs together: what they share (crews, CPE, a pilot, courses) is planned once for all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache

from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import NetworkFacts
from linkwright.designs.requirement import Requirement, Rollout, Span, Work
from linkwright.designs.whole.activities import Bounds, at_the_end, derived_from, drafts, unestimated, works_of
from linkwright.designs.whole.shared_work import joined, taught, waiting, wave_of, with_pilot
from linkwright.operations.model import Training
from linkwright.plan.calendar import days_but, days_in_months, days_of
from linkwright.plan.model import Activity, Days, Network, Plan, Pool, Stock, Weather
from linkwright.plan.schedule import NeverPossible, schedule
from linkwright.plan.tasks import tasks_of
from linkwright.plan.told import parts_of, plan_of
from linkwright.plan.working_days import WorkingDays

SEED = 20
SAMPLES = 500
"""So many courses are simulated for the dates by which it is ready in half, and in four fifths, of them."""
FEW = 30
"""Of more items the courses are simulated for all together alone."""


@dataclass(frozen=True, kw_only=True)
class Never:
    """Why an item can never be done: the activity, and what it would have to wait for."""

    activity: str
    waits_for: str
    unknown: str = ""
    """A sentence on what is missing or contradicts itself, where that is why."""


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """The last day on which accesses may be ready, and the first on which they have to be free of all others: that of
    the test, or else the same."""

    ready: date
    free: date


@dataclass(frozen=True, kw_only=True)
class Planned:
    """The plans by the ref of their items, that of all together, and who cannot be planned at all."""

    plans: Mapping[str, Plan]
    whole: Plan | None = None
    never: Mapping[str, Never] = field(default_factory=dict)
    works: Mapping[str, tuple[Work, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Planning:
    """`without` leaves out calendars of the place (`site`) or change freezes (`freeze`): what would be without them."""

    network: NetworkFacts
    days: WorkingDays
    without: frozenset[str] = frozenset()
    samples: int = SAMPLES

    def of(
        self,
        solutions: Sequence[SiteSolution],
        *,
        rollout: Rollout | None = None,
        training: Sequence[Training] = (),
        skills: Mapping[str, frozenset[str]] | None = None,
    ) -> Planned:
        """Who cannot be done at all is left out, and told. An item waits for the training in its `skills` (by ref)."""
        never = {one.requirement.ref: lacking for one in solutions if (lacking := self._lacking(one)) is not None}
        left = [one for one in solutions if one.requirement.ref not in never]
        while left:
            drawn = self._draw(left, rollout, training, skills or {})
            try:
                timed = schedule(drawn.network, seed=SEED, samples=self.samples)
            except NeverPossible as error:
                item = next((one.item for one in drawn.network.activities if one.id == error.activity), None)
                if item is None:
                    return Planned(plans={}, never={one.requirement.ref: _never(error) for one in left} | never)
                never[item] = _never(error)
                left = [one for one in left if one.requirement.ref != item]
                continue
            except ValueError as error:
                wrong = self._contradictions(left) or {one.requirement.ref: str(error) for one in left}
                never |= {ref: Never(activity="", waits_for="", unknown=told) for ref, told in wrong.items()}
                left = [one for one in left if one.requirement.ref not in wrong]
                continue
            whole = plan_of(drawn.network, timed, self.days, pilot_items=drawn.pilot_items)
            refs = [one.requirement.ref for one in left]
            samples = self.samples if len(refs) <= FEW else 0
            plans = (
                {refs[0]: whole}
                if len(refs) == 1
                else parts_of(drawn.network, timed, self.days, refs, seed=SEED, samples=samples)
            )
            own = {ref: _unprefixed(plan, ref) for ref, plan in plans.items()}
            return Planned(plans=own, whole=whole, never=never, works=drawn.works)
        return Planned(plans={}, never=never)

    def _lacking(self, solution: SiteSolution) -> Never | None:
        """What nobody has said how long it takes."""
        works = works_of(solution.requirement)
        open_ended = unestimated(derived_from(solution, self.days), works)
        if not open_ended:
            return None
        told = f"nobody has said how many working days {', '.join(open_ended)} takes"
        return Never(activity=open_ended[0], waits_for="", unknown=told)

    def _contradictions(self, solutions: Sequence[SiteSolution]) -> dict[str, str]:
        """Whose activities alone are no plan, such as those that wait for each other in a circle."""
        found = {}
        for one in solutions:
            try:
                tasks_of(self._draw([one], None, (), {}).network)
            except ValueError as error:
                found[one.requirement.ref] = str(error).replace(f"{one.requirement.ref}/", "")
        return found

    def _draw(
        self,
        solutions: Sequence[SiteSolution],
        rollout: Rollout | None,
        training: Sequence[Training],
        skills: Mapping[str, frozenset[str]],
    ) -> "_Drawn":
        windows: dict[str, tuple[Days, ...]] = {}
        works = {one.requirement.ref: works_of(one.requirement) for one in solutions}
        own: list[Activity] = []
        common: dict[str, Activity] = {}
        pilots = rollout.pilot_items if rollout is not None else 0
        for number, one in enumerate(solutions):
            ref, place = one.requirement.ref, one.place.name or one.place.id
            found = drafts(
                ref,
                derived_from(one, self.days),
                works[ref],
                self._bounds(one.requirement, place, windows),
                wave_of(number, rollout),
            )
            own += found.own
            for shared in found.common:
                common[shared.id] = joined(common.get(shared.id), shared)
        courses = {one.id: one for one in taught(training, self.days)}
        skill_of = {name: name.split(":")[1] for name in courses}
        own = [
            waiting(one, [name for name in courses if skill_of[name] in skills.get(one.item or "", ())]) for one in own
        ]
        activities = [*courses.values(), *common.values(), *own]
        if rollout is not None and pilots and rollout.pilot_days:
            activities = with_pilot(activities, rollout)
        due = {
            one.requirement.ref: self.days.up_to(one.requirement.needed_by)
            for one in solutions
            if one.requirement.needed_by is not None
        }
        network = Network(
            activities=tuple(activities),
            pools=self._pools,
            stocks=self._stocks(solutions),
            windows=windows,
            weather=self._weather,
            due_day=max(due.values()) if len(due) == len(solutions) and due else None,
            due_by_item=due,
        )
        return _Drawn(network=network, works=works, pilot_items=pilots)

    def delivered_by(self, wanted: Requirement, place: str) -> "Delivered | None":
        """By when all accesses have to be there and free, so that what comes after them is done in time.

        None where nothing comes after them, nobody wants a date, or it cannot be in time whatever is designed.
        """
        works = works_of(wanted)
        if wanted.needed_by is None or not (works or wanted.site_access or wanted.change_freeze):
            return None
        windows: dict[str, tuple[Days, ...]] = {}
        access = Activity(id="delivery:", name="Access", kind="delivery", days=0)
        found = drafts(wanted.ref, [access, *at_the_end()], works, self._bounds(wanted, place, windows), wave=None)
        network = Network(
            activities=(*found.common, *found.own),
            pools=self._pools,
            windows=windows,
            weather=self._weather,
            due_day=self.days.up_to(wanted.needed_by),
        )
        try:
            timed = {one.activity: one for one in schedule(network, samples=0).timed}
        except ValueError:
            return None
        latest = timed[f"{wanted.ref}/{access.id}"].latest_start_day
        if latest is None or latest < 0:
            return None
        tests = (timed[one.id].latest_start_day for one in network.activities if one.kind == "test")
        tested = min((day for day in tests if day is not None), default=latest)
        return Delivered(ready=self.days.date_of(latest), free=self.days.date_of(max(latest, tested)))

    def _bounds(self, wanted: Requirement, place: str, windows: dict[str, tuple[Days, ...]]) -> Bounds:
        """The windows of one item, which are added to those of all."""
        site = None if "site" in self.without else wanted.site_access
        freeze = None if "freeze" in self.without else wanted.change_freeze
        at_site = None if not site else _days_in(site, self.days)
        free = None if not freeze else _days_outside(freeze, self.days)
        both = at_site if free is None else free if at_site is None else _common(at_site, free)
        return Bounds(
            site_windows=_window(f"access days of {place}", at_site, windows),
            free_windows=_window("days outside change freezes", free, windows),
            both_windows=_window(
                f"access days of {place} outside change freezes"
                if free and at_site
                else f"access days of {place}"
                if at_site
                else "days outside change freezes",
                both,
                windows,
            ),
            pools=self._pool_of,
        )

    @cached_property
    def _pool_of(self) -> Mapping[str, str]:
        return {one.skill: one.id for one in reversed(self.network.operator.pools)}

    @cached_property
    def _pools(self) -> tuple[Pool, ...]:
        return tuple(Pool(id=one.id, jobs_per_day=one.crews * one.jobs_per_day) for one in self.network.operator.pools)

    @cached_property
    def _weather(self) -> tuple[Weather, ...]:
        return tuple(
            Weather(
                id=one.id,
                days=days_in_months(one.months, self.days) if one.months else (),
                reserve_days=one.reserve_days,
            )
            for one in self.network.operator.weather
        )

    def _stocks(self, solutions: Sequence[SiteSolution]) -> tuple[Stock, ...]:
        used = {one.cpe for one in solutions}
        needed = sum(one.cpe_quantity for one in solutions)
        return tuple(
            Stock(
                id=fact.model.id,
                pieces=needed if fact.stock is None else fact.stock,
                arrivals=tuple(
                    (max(self.days.from_(one.on), 0), one.pieces)
                    for one in self.network.arrivals
                    if one.model == fact.model.id
                )
                + (() if fact.restock_days is None else ((fact.restock_days, needed),)),
            )
            for fact in self.network.cpe
            if fact.model.id in used
        )


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    network: Network
    works: Mapping[str, tuple[Work, ...]]
    pilot_items: int


@lru_cache(maxsize=64)
def _days_in(spans: tuple[Span, ...], days: WorkingDays) -> tuple[Days, ...]:
    """The same spans are those of many items."""
    return days_of(spans, days)


@lru_cache(maxsize=64)
def _days_outside(spans: tuple[Span, ...], days: WorkingDays) -> tuple[Days, ...]:
    return days_but(spans, days)


def _never(error: NeverPossible) -> Never:
    return Never(activity=error.activity.rpartition("/")[2], waits_for=error.waits_for)


def _window(name: str, days: tuple[Days, ...] | None, windows: dict[str, tuple[Days, ...]]) -> str | None:
    """The name under which these days stand among the windows of all: that of the same days where there are some."""
    if days is None:
        return None
    number, told = 1, name
    while windows.setdefault(told, days) != days:
        number += 1
        told = f"{name} ({number})"
    return told


def _common(some: Iterable[Days], others: Sequence[Days]) -> tuple[Days, ...]:
    """The days that are in both."""
    pairs = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return tuple(sorted((first, last) for first, last in pairs if first <= last))


def _unprefixed(plan: Plan, ref: str) -> Plan:
    """An item's plan calls its activities as the requester does."""
    start = f"{ref}/"
    return replace(
        plan,
        steps=tuple(
            replace(
                one,
                id=one.id.removeprefix(start),
                after=tuple(name.removeprefix(start) for name in one.after),
            )
            for one in plan.steps
        ),
        critical_path=tuple(name.removeprefix(start) for name in plan.critical_path),
    )
