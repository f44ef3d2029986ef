"""What another design of an item makes of its tasks: what stays, what is taken back, and what is ordered anew. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import product
from typing import Any

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import used_by
from linkwright.designs.facts import OWN
from linkwright.designs.parts_of_answers import LegSolution
from linkwright.designs.requirement import Requirement
from linkwright.orders.board import Board
from linkwright.orders.errands import Task, TaskKind
from linkwright.orders.standing import next_key
from linkwright.orders.tasks import CPE, SYSTEM_OF, planned_tasks, shared_parts

LIVE = frozenset({"planned", "sent", "done"})
WHY = "its item has another design"
_NOT_BUILT: Mapping[str, Any] = {
    "ref": "",
    "needed_by": None,
    "budget_nrc_minor": None,
    "budget_mrc_minor": None,
    "budget_currency": None,
    "partner_preferred": None,
    "partner_excluded": None,
    "technology_allowed": None,
    "technology_forbidden": None,
    "max_alternatives": None,
    "price_nrc_minor": None,
    "price_mrc_minor": None,
    "price_currency": None,
    "design_scope": None,
    "site_access": None,
    "change_freeze": None,
    "activities": None,
    "bespoke_activities": None,
    "cost_components": None,
    "cost_currency": None,
    "rollout": None,
    "characteristics": {},
    "misread": (),
}
"""What a requirement says of the choice of a design, and not of the service."""


@dataclass(frozen=True, kw_only=True)
class Switch:
    """From one design of an item to another; `hold` is the task that holds the new one, if it has one of its own."""

    old: SiteSolution
    new: SiteSolution
    hold: str | None = None


@dataclass(frozen=True, kw_only=True)
class Replanned:
    """Tasks that are new or have changed, and the keys of those that others take the place of."""

    tasks: tuple[Task, ...]
    superseded: tuple[str, ...]


def hold_for(order_id: str, item: str, tasks: Board, old: SiteSolution, new: SiteSolution) -> Task | None:
    """The task that holds the new design before the old one is given up; None where the item's own hold will do.

    That is one that holds the same, or that has not gone out yet.

    It is no part of the stage of holds, so that other items do not wait for it.
    """
    own = [task for task in tasks.of((item,)) if task.kind == "reserve" and task.state in LIVE]
    if own and (all(task.state == "planned" for task in own) or _held(old) == _held(new)):
        return None
    key = next_key(tasks, f"{order_id}/reserve/{item}")
    return Task(key=key, order_id=order_id, kind="reserve", system=SYSTEM_OF["reserve"], items=(item,))


def replanned(
    order_id: str, tasks: Board, switches: Mapping[str, Switch], now: datetime, *, publishes: bool = False
) -> Replanned:
    """The tasks of these items as their new designs need them; those of other items stay as they are."""
    plan = _Plan(order_id=order_id, tasks=tasks, now=now, publishes=publishes)
    for item, switch in switches.items():
        plan.switch(item, switch)
    plan.shared()
    return Replanned(tasks=tuple(plan.changed.values()), superseded=tuple(plan.superseded))


def added_tasks(
    order_id: str, solutions: Mapping[str, SiteSolution], tasks: Board, *, publishes: bool = False
) -> tuple[Task, ...]:
    """The tasks of items that are new in an order: they wait for each other's holds, and no other item does."""
    stages = {f"{order_id}/holds": f"{order_id}/holds/{next(iter(solutions), '')}"}
    known = dict.fromkeys(task.key for task in tasks)
    found = []
    for task in planned_tasks(order_id, solutions, publishes=publishes):
        key = next_key(known, task.key) if task.key in known else task.key
        known[key] = None
        after = tuple(stages.get(stage, stage) for stage in task.after)
        found.append(replace(task, key=key, stage=stages.get(task.stage or "", task.stage), after=after))
    return tuple(found)


@dataclass(kw_only=True)
class _Plan:
    order_id: str
    tasks: Board
    now: datetime
    publishes: bool = False
    changed: dict[str, Task] = field(default_factory=dict)
    superseded: dict[str, None] = field(default_factory=dict)
    to_provide: defaultdict[tuple[str, ...], list[str]] = field(default_factory=lambda: defaultdict(list))
    to_allocate: list[str] = field(default_factory=list)

    def switch(self, item: str, switch: Switch) -> None:
        self._reserve(item, switch)
        self._procure(item, switch)
        self._provide(item, switch)
        self._allocate(item, switch)
        self._publish(item, switch)

    def shared(self) -> None:
        for parts, items in self.to_provide.items():
            self._plan("provide", tuple(items), parts=parts)
        if self.to_allocate:
            self._plan("allocate", tuple(self.to_allocate))

    def _live(self, item: str, kind: TaskKind) -> list[Task]:
        found = (self.changed.get(task.key, task) for task in self.tasks.of((item,)))
        live = [task for task in found if task.kind == kind and task.state in LIVE and item in task.items]
        return [task for task in live if task.key not in self.superseded]

    def _reserve(self, item: str, switch: Switch) -> None:
        for task in self._live(item, "reserve") if switch.hold is not None else ():
            if task.key != switch.hold:
                self._take_back(task, item)

    def _procure(self, item: str, switch: Switch) -> None:
        old, new = switch.old, switch.new
        before = {leg.access: leg for leg in old.legs}
        wanted = {leg.access: leg for leg in new.legs if leg.supplier != OWN}
        for task in self._live(item, "procure"):
            leg = before.get(task.access or "")
            same = (one for one in wanted.values() if leg and bought(new, one) == bought(old, leg))
            if (found := next(same, None)) is None:
                self._take_back(task, item)
                continue
            del wanted[found.access]
            if found.access != task.access:
                self._put(replace(task, access=found.access))
        for leg in wanted.values():
            self._plan("procure", (item,), item, leg.access, system=leg.supplier, access=leg.access)

    def _provide(self, item: str, switch: Switch) -> None:
        wanted = {CPE, *shared_parts(switch.new)}
        ordered = {CPE, *shared_parts(switch.old)}
        same = wanted & ordered if _cpe(switch.old) == _cpe(switch.new) else (wanted & ordered) - {CPE}
        have: set[str] = set()
        for task in self._live(item, "provide"):
            have |= self._provided(task, item, wanted, same, ordered)
        if missing := tuple(sorted(wanted - have, key=lambda part: (part != CPE, part))):
            self.to_provide[missing].append(item)

    def _provided(self, task: Task, item: str, wanted: set[str], same: set[str], ordered: set[str]) -> set[str]:
        """What of the item's parts this task goes on to bring. Of one not sent yet the new design is ordered."""
        if task.state == "planned":
            useful = wanted & set(task.parts) if task.parts else wanted
        else:
            useful = same & set(task.parts) if task.parts else same
        is_alone = task.items == (item,) and task.state != "planned"
        if not useful or (is_alone and useful != (ordered & set(task.parts) if task.parts else ordered)):
            self._take_back(task, item)
            return set()
        if task.state != "planned" and not task.parts and wanted != ordered:
            self._put(replace(task, parts=tuple(sorted(ordered, key=lambda part: (part != CPE, part)))))
        return useful

    def _allocate(self, item: str, switch: Switch) -> None:
        """What is shared stays with the item in it, so that it is given back with the others one day."""
        if _service(switch.old) == _service(switch.new):
            return
        live = self._live(item, "allocate")
        for task in live:
            if task.state != "planned" and task.items == (item,):
                self._take_back(task, item)
        if not any(task.state == "planned" for task in live):
            self.to_allocate.append(item)

    def _publish(self, item: str, switch: Switch) -> None:
        if switch.old.objectives == switch.new.objectives:
            return
        for task in self._live(item, "publish"):
            self._take_back(task, item)
        if switch.new.objectives and self.publishes:
            self._plan("publish", (item,), item)

    def _take_back(self, task: Task, item: str) -> None:
        """An order that others share goes on without the item; a hold is given back after everything else."""
        if task.state == "planned" or task.items != (item,):
            left = tuple(one for one in task.items if one != item)
            self._put(replace(task, items=left) if left else replace(task, items=(), state="undone", note=WHY))
            return
        self.superseded[task.key] = None
        if task.kind != "reserve":
            self._put(replace(task, state="undoing", attempts=0, look_at=self.now, note=WHY))

    def _plan(self, kind: TaskKind, items: tuple[str, ...], *name: str, **more: Any) -> None:
        taken = {**dict.fromkeys(task.key for task in self.tasks), **self.changed}
        key = "/".join((self.order_id, kind, *name))
        key = next_key(taken, key) if key in taken else key
        plain = Task(key=key, order_id=self.order_id, kind=kind, system=SYSTEM_OF.get(kind, ""), items=items)
        self._put(replace(plain, after=(f"{self.order_id}/holds",), **more))

    def _put(self, task: Task) -> None:
        self.changed[task.key] = task


def bought(solution: SiteSolution, leg: LegSolution) -> tuple[Any, ...]:
    """What a partner's leg is, whichever of its answers offered it."""
    offers = (answer.offer for answer in solution.asked if answer.offer is not None)
    offer = next((offer for offer in offers if offer.id == leg.access), None)
    mbps = leg.mbps or solution.requirement.bandwidth_mbps
    facts = () if offer is None else (offer.availability, offer.delay_ms, offer.srlgs, offer.entries, offer.carriers)
    mbps = mbps if offer is None else offer.bandwidth_mbps
    what = (leg.supplier, leg.technology, leg.pop, leg.end, leg.nrc_minor, leg.mrc_minor)
    return (solution.place.ids, solution.place.far, *what, mbps, *facts)


def _held(solution: SiteSolution) -> tuple[Any, ...]:
    return used_by(solution), solution.requirement.service_start, solution.requirement.service_end


def _cpe(solution: SiteSolution) -> tuple[Any, ...]:
    return solution.cpe, solution.cpe_quantity, solution.place.ids, solution.place.far


def _service(solution: SiteSolution) -> tuple[Any, ...]:
    """What parameters are allocated for."""
    legs = [(leg.supplier, leg.technology, leg.pop, leg.nodes, leg.links, leg.end, leg.mbps) for leg in solution.legs]
    return replace(solution.requirement, **_NOT_BUILT), solution.place.ids, _cpe(solution), legs


def tied(items: Collection[str], requirements: Mapping[str, Sequence[Requirement]]) -> dict[str, str]:
    """Those of these items that are designed together with another which is not among them, and with which."""
    if not any(
        one.diverse_from or one.protects or one.pattern == "anyToAny" for of in requirements.values() for one in of
    ):
        return {}
    found: dict[str, str] = {}
    others = [other for other in requirements if other not in items]
    for item in items:
        pairs = product(requirements[item], ((other, one) for other in others for one in requirements[other]))
        met = next((other for one, (other, two) in pairs if _are_tied(item, one, other, two)), None)
        if met is not None:
            found[item] = met
    return found


def _are_tied(item: str, one: Requirement, other: str, two: Requirement) -> bool:
    if "anyToAny" == one.pattern == two.pattern and one.specification == two.specification:
        return True
    return _names(one, other, two) or _names(two, item, one)


def _names(one: Requirement, other: str, two: Requirement) -> bool:
    named = {*(one.diverse_from or ()), *(one.protects or ())}
    return other in named or two.service in named
