"""The plan of several designs together: what they share (crews, CPE, a pilot, courses) is planned once for all."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import NetworkFacts
from linkwright.designs.requirement import Requirement, Rollout, Work
from linkwright.designs.whole.activities import Bounds, drafts, unestimated, works_of
from linkwright.designs.whole.beside import Beside
from linkwright.designs.whole.crews import crews_of
from linkwright.designs.whole.derived import derived_from, whatever_the_design
from linkwright.designs.whole.never import Never, beyond, never_of
from linkwright.designs.whole.parts import plan_of_some, unprefixed
from linkwright.designs.whole.shared_work import Skills, in_waves, joined, taught, waiting, wave_of, with_pilot
from linkwright.designs.whole.windows import bounds_of
from linkwright.designs.whole.works import unknown_after, unknown_references
from linkwright.operations.model import Training
from linkwright.plan.calendar import days_in_months
from linkwright.plan.model import Activity, Days, Network, Plan, Pool, Stock, Weather
from linkwright.plan.schedule import NeverPossible, schedule
from linkwright.plan.tasks import Contradiction, tasks_of
from linkwright.plan.told import parts_of, plan_of
from linkwright.plan.working_days import WorkingDays

SEED = 20
SAMPLES = 500
"""So many courses are simulated for the dates by which it is ready in half, and in four fifths, of them."""
FEW = 30
"""Of more items the courses are simulated for all together alone."""


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
    named: Mapping[str, Plan] = field(default_factory=dict, repr=False)
    """The plans of items, their steps called as in that of all."""
    placed: Beside | None = field(default=None, repr=False)

    def together(self, refs: Sequence[str], days: WorkingDays) -> Plan | None:
        """That of these items."""
        plans = [self.named[ref] for ref in refs if ref in self.named]
        return self.whole if len(plans) == len(self.named) or not plans else plan_of_some(plans, days)


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
        skills: Skills | None = None,
        beside: Beside | None = None,
    ) -> Planned:
        """Who cannot be done at all is left out, and told. An item waits for the training in its `skills` (by ref).

        With `beside` it is one item that is planned once more among all others.
        """
        never = {one.requirement.ref: lacking for one in solutions if (lacking := self._lacking(one)) is not None}
        left = [one for one in solutions if one.requirement.ref not in never]
        while left:
            drawn = self._draw(left, rollout, training, skills or {}, beside)
            try:
                timed = schedule(drawn.network, seed=SEED, samples=self.samples)
                lost = beyond(drawn.network, timed, self.days)
            except NeverPossible as error:
                lost = never_of(error, drawn.network)
            except ValueError as error:
                activities = error.activities if isinstance(error, Contradiction) else frozenset[str]()
                wrong = self._contradictions(left) or dict.fromkeys(_concerned(left, activities), str(error))
                lost = {ref: Never(activity="", waits_for="", unknown=told) for ref, told in wrong.items()}
            if (of_all := lost.pop(None, None)) is not None:
                lost |= dict.fromkeys(_concerned(left, {of_all.activity}), of_all)
            if lost:
                never |= {ref: why for ref, why in lost.items() if ref is not None}
                left = [one for one in left if one.requirement.ref not in lost]
                continue
            whole = plan_of(drawn.network, timed, self.days, pilot_items=drawn.pilot_items)
            refs = [one.requirement.ref for one in left]
            samples, having = self.samples if len(refs) <= FEW else 0, {one.item for one in drawn.network.activities}
            is_only = len(refs) == 1 and beside is None
            alone = {ref: whole for ref in refs if ref not in having or is_only}
            others = [ref for ref in refs if ref not in alone]
            parts = parts_of(drawn.network, timed, self.days, others, seed=SEED, samples=samples) if others else {}
            named = {ref: alone.get(ref) or parts[ref] for ref in refs}
            own = {ref: unprefixed(plan, ref) for ref, plan in named.items()}
            placed = Beside(network=drawn.network, schedule=timed)
            return Planned(plans=own, whole=whole, never=never, named=named, placed=placed)
        return Planned(plans={}, never=never)

    def _lacking(self, solution: SiteSolution) -> Never | None:
        """What nobody has said how long it takes."""
        works = works_of(solution.requirement)
        if self._unknown(works):
            named = ", ".join(self._unknown(works))
            told = f"an activity comes after {named}, which is no activity of this item"
            return Never(activity="", waits_for="", unknown=told)
        if told := unknown_references(works, self.network.operator):
            return Never(activity="", waits_for="", unknown=told)
        if all(work.days is not None for work in works):
            return None
        open_ended = unestimated(derived_from(solution, self.days), works)
        if not open_ended:
            return None
        told = f"nobody has said how many working days {', '.join(open_ended)} takes"
        return Never(activity=open_ended[0], waits_for="", unknown=told)

    def _unknown(self, works: tuple[Work, ...]) -> list[str]:
        if works not in self._known_unknown:
            self._known_unknown[works] = unknown_after(works, self.network.operator)
        return self._known_unknown[works]

    @cached_property
    def _known_unknown(self) -> dict[object, list[str]]:
        return {}

    def _bounds(self, wanted: Requirement, place: str, windows: dict[str, tuple[Days, ...]]) -> Bounds:
        pools = {skill: pool.id for skill, pool in self._crews.items()}
        return bounds_of(wanted, place, windows, days=self.days, without=self.without, pools=pools)

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
        skills: Skills,
        beside: Beside | None = None,
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
                wave_of(number, rollout) if beside is None else beside.wave(ref),
            )
            own += found.own
            for shared in found.common:
                common[shared.id] = joined(common.get(shared.id), shared)
        courses = taught(training, self.days)
        if courses:
            own = [waiting(one, courses, skills.get(one.item or "", frozenset())) for one in own]
        activities = [*(course for course, _ in courses), *common.values(), *own]
        if rollout is not None:
            activities = in_waves(with_pilot(activities, rollout) if pilots else activities)
        due = {
            one.requirement.ref: self.days.up_to(one.requirement.needed_by)
            for one in solutions
            if one.requirement.needed_by is not None
        }
        network = Network(
            activities=tuple(activities),
            pools=self._pools,
            stocks=self._stocks(solutions, 0 if beside is None else beside.pieces),
            windows=windows,
            weather=self._weather,
            due_day=max(due.values()) if len(due) == len(solutions) and due else None,
            due_by_item=due,
        )
        if beside is not None:
            network = beside.around(network, solutions[0].requirement.ref)
        return _Drawn(network=network, pilot_items=pilots)

    def delivered_by(self, wanted: Requirement, place: str) -> "Delivered | None":
        """By when all accesses have to be there and free, so that what comes after them is done in time.

        What has to be done before they can be ordered is taken off, for their lead times do not know of it. None where
        nothing comes after them, nobody wants a date, or it cannot be in time whatever is designed.
        """
        works = works_of(wanted)
        if wanted.needed_by is None or not (works or wanted.site_access or wanted.change_freeze):
            return None
        windows: dict[str, tuple[Days, ...]] = {}
        access = Activity(id="delivery:", name="Access", kind="delivery", days=0)
        found = drafts(
            wanted.ref, [access, *whatever_the_design()], works, self._bounds(wanted, place, windows), wave=None
        )
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
        drawn = timed.get(f"{wanted.ref}/{access.id}") or timed[access.id]
        if drawn.latest_start_day is None or drawn.latest_start_day < drawn.start_day:
            return None
        latest = drawn.latest_start_day + (drawn.ready_day - drawn.start_day) - drawn.start_day
        tests = (timed[one.id].latest_start_day for one in network.activities if one.kind == "test")
        tested = min((day for day in tests if day is not None), default=latest)
        return Delivered(ready=self.days.date_of(latest), free=self.days.date_of(max(latest, tested)))

    @cached_property
    def _crews(self) -> Mapping[str, Pool]:
        return crews_of(self.network.operator.pools)

    @property
    def _pools(self) -> tuple[Pool, ...]:
        return tuple(self._crews.values())

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

    def _stocks(self, solutions: Sequence[SiteSolution], others: int) -> tuple[Stock, ...]:
        used = {one.cpe for one in solutions}
        needed = others + sum(one.cpe_quantity for one in solutions)
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


def _concerned(solutions: Sequence[SiteSolution], activities: Set[str]) -> list[str]:
    """The refs of the items for which, beside others, one of these is done; all where none of them says so."""
    common = {
        one.requirement.ref: {work.id for work in works_of(one.requirement) if not work.each} for one in solutions
    }
    return [ref for ref, ids in common.items() if not ids.isdisjoint(activities)] or list(common)


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    network: Network
    pilot_items: int
