"""What the use cases need from outside, in memory, with failures on demand."""

import copy
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from linkwright.designs.answers import Answer, ItemAnswer, SiteSolution, Totals
from linkwright.designs.existing import ExistingService
from linkwright.designs.facts import AccessFact, AccessFacts, NetworkFacts, PartnerAnswer
from linkwright.designs.ports import Meanwhile
from linkwright.designs.requirement import Place, PlaceTrouble, PlaceWanted, Requirement, Specification
from linkwright.errors import NotFound, Refused, Repeated, StaleVersion, Unavailable
from linkwright.holds.model import OPEN, Entry, Found, Hold
from linkwright.orders.errands import Errand, Heard, Hint, Seen, Sent, Task
from linkwright.orders.model import Cancel, Order, OrderItem, QualificationRef
from linkwright.orders.replies import Reply
from linkwright.qualifications.model import Question
from tests.builders import NOW, a_solution

T = TypeVar("T")
_SHELVES = (dict, set, list)


class Crash(BaseException):
    """The process dies here."""


def at_once(_name: str, call: Callable[[], Any]) -> Any:
    return call()


@dataclass
class FakeClock:
    time: datetime

    def __call__(self) -> datetime:
        return self.time


@dataclass(frozen=True)
class FakeRun:
    due_at: datetime | None = None
    revision: int = 0
    settled: int = 0
    failures: int = 0


@dataclass(frozen=True)
class FakeHint:
    task: Task
    at: datetime
    followed: bool = False


@dataclass
class FakeBooks:
    """Orders, questions, tasks and runs in dictionaries; a write that fails leaves nothing behind.

    `die_at`: crash instead of the n-th write; `writes` counts them. `lost_races`: so many writes come too late.
    """

    die_at: int | None = None
    writes: int = 0
    lost_races: int = 0
    orders: dict[str, Order] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    stored_tasks: dict[str, Task] = field(default_factory=dict)
    stored_cancels: dict[str, Cancel] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    designs: dict[str, SiteSolution] = field(default_factory=dict)
    qualified_designs: dict[QualificationRef, SiteSolution] = field(default_factory=dict)
    runs: dict[tuple[str, str], FakeRun] = field(default_factory=dict)
    hubs: dict[str, str] = field(default_factory=dict)
    hints: dict[tuple[str, str], FakeHint] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    events: list[tuple[str, str, str]] = field(default_factory=list)
    audited: list[tuple[str, str, str]] = field(default_factory=list)

    def read(self, look: Callable[[Any], T]) -> T:
        return look(self)

    def write(self, change: Callable[[Any], T]) -> T:
        self.writes += 1
        if self.die_at is not None and self.writes >= self.die_at:
            raise Crash
        before = {name: copy.copy(shelf) for name, shelf in vars(self).items() if isinstance(shelf, _SHELVES)}
        try:
            result = change(self)
            if self.lost_races > 0:
                raise StaleVersion("another write came first")
        except BaseException:
            vars(self).update(before)
            self.lost_races = max(self.lost_races - 1, 0)
            raise
        return result

    # orders

    def order(self, order_id: str) -> Order:
        if order_id not in self.orders:
            raise NotFound("serviceOrder", order_id)
        return self.orders[order_id]

    def withdrawn(self, order_id: str) -> bool:
        return order_id in self.hidden

    def add(self, *way: Any) -> Any:
        thing = replace(way[-1], version=way[-1].version + len(way) - 1)
        if isinstance(thing, Question):
            self.questions[thing.id] = thing
        else:
            self.orders[thing.id] = thing
        happened = ["created", *["stateChanged"] * (len(way) - 1)]
        self.events.extend((step.id, happening, step.state) for step, happening in zip(way, happened, strict=True))
        return thing

    def save(self, thing: Any, *happenings: str, field_path: str | None = None, over: Any = None) -> Any:
        shelf: dict[str, Any] = self.questions if isinstance(thing, Question) else self.orders
        if thing.id not in shelf:
            raise NotFound(type(thing).__name__, thing.id)
        if shelf[thing.id].version != thing.version:
            raise StaleVersion(thing.id)
        saved = replace(thing, version=thing.version + 1)
        if isinstance(saved, Order):
            saved = replace(saved, items=_as_stored(saved.items))
        shelf[thing.id] = saved
        if thing.id not in self.hidden:
            self.events.extend((thing.id, happening, thing.state) for happening in happenings)
        return saved

    def audit(self, order: Order, action: str, reason: str) -> None:
        self.audited.append((order.id, action, reason))

    def remove(self, thing: Any, still_running: bool = False) -> None:
        self.events.append((thing.id, "deleted", thing.state))
        if isinstance(thing, Question):
            del self.questions[thing.id]
        else:
            self.hidden.add(thing.id)
            self.orders[thing.id] = replace(thing, version=thing.version + 1)
            if not still_running:
                self.forget(thing.id)

    def forget(self, order_id: str) -> None:
        del self.orders[order_id]
        self.stored_tasks = {key: task for key, task in self.stored_tasks.items() if task.order_id != order_id}
        self.stored_cancels = {key: one for key, one in self.stored_cancels.items() if one.order_id != order_id}

    def tasks(self, order_id: str) -> tuple[Task, ...]:
        return tuple(task for task in self.stored_tasks.values() if task.order_id == order_id)

    def put_task(self, task: Task) -> None:
        self.stored_tasks[task.key] = task

    def task_of(self, system: str, remote_id: str) -> Task | None:
        return next((t for t in self.stored_tasks.values() if (t.system, t.remote_id) == (system, remote_id)), None)

    def task(self, key: str) -> Task | None:
        return self.stored_tasks.get(key)

    def hear(self, system: str, hint: Hint, task: Task, at: datetime) -> bool:
        is_new = (system, hint.event_id) not in self.hints
        self.hints.setdefault((system, hint.event_id), FakeHint(task, at))
        return is_new

    def last_heard(self, order_id: str) -> datetime | None:
        return max((one.at for one in self.hints.values() if one.task.order_id == order_id), default=None)

    def heard(self, order_id: str) -> tuple[Heard, ...]:
        return tuple(
            Heard(system=system, event_id=event_id, task_key=one.task.key)
            for (system, event_id), one in self.hints.items()
            if one.task.order_id == order_id and not one.followed
        )

    def followed(self, heard: Iterable[Heard]) -> None:
        for one in heard:
            hint = self.hints[one.system, one.event_id]
            self.hints[one.system, one.event_id] = replace(hint, followed=True)

    def forget_heard(self, before: datetime) -> None:
        self.hints = {name: one for name, one in self.hints.items() if one.at >= before}

    def cancels(self, order_id: str) -> tuple[Cancel, ...]:
        return tuple(cancel for cancel in self.stored_cancels.values() if cancel.order_id == order_id)

    def add_cancel(self, cancel: Cancel) -> None:
        for first in self.stored_cancels.values():
            if cancel.post is not None and cancel.post == first.post:
                raise Repeated(first.id)
        self.stored_cancels[cancel.id] = cancel
        self.events.append((cancel.id, "created", cancel.state))

    def save_cancel(self, cancel: Cancel) -> Cancel:
        if self.stored_cancels[cancel.id].version != cancel.version:
            raise StaleVersion(cancel.id)
        saved = replace(cancel, version=cancel.version + 1)
        if self.stored_cancels[cancel.id].state != cancel.state:
            self.events.append((cancel.id, "stateChanged", cancel.state))
        self.stored_cancels[cancel.id] = saved
        return saved

    def design(self, design_id: str) -> SiteSolution | None:
        return self.designs.get(design_id)

    def qualified(self, ref: QualificationRef) -> SiteSolution | None:
        return self.qualified_designs.get(ref)

    def put_design(self, solution: SiteSolution) -> None:
        self.designs[solution.design_id] = solution

    def put_designs(self, solutions: Iterable[SiteSolution], requester: str = "") -> None:
        for solution in solutions:
            self.put_design(solution)

    def peer_hub(self, system: str) -> str | None:
        return self.hubs.get(system)

    def put_peer_hub(self, system: str, subscription_id: str) -> None:
        self.hubs[system] = subscription_id

    # questions

    def question(self, _kind: str, question_id: str, _known: Question | None = None) -> Question:
        if question_id not in self.questions:
            raise NotFound("question", question_id)
        return self.questions[question_id]

    def is_there(self, _kind: str, question_id: str) -> bool:
        return question_id in self.questions

    # holds

    def hold(self, key: str) -> Hold | None:
        return self.holds.get(key)

    def holds_of(self, check_id: str) -> tuple[Hold, ...]:
        return tuple(hold for hold in self.holds.values() if hold.check_id == check_id)

    def holds_of_designs(self, design_ids: Collection[str]) -> tuple[Hold, ...]:
        return tuple(hold for hold in self.holds.values() if hold.design_id in design_ids)

    def add_hold(self, hold: Hold) -> None:
        self.holds.setdefault(hold.key, hold)

    def move_hold(self, hold: Hold, before: str) -> bool:
        if hold.key not in self.holds or self.holds[hold.key].state != before:
            return False
        self.holds[hold.key] = hold
        return True

    def drop_hold(self, key: str) -> None:
        self.holds.pop(key, None)

    def look_soon(self, key: str, at: datetime) -> None:
        task = self.stored_tasks[key]
        if task.kind == "reserve" and task.state == "done":
            self.stored_tasks[key] = replace(task, look_at=at)

    def is_asking(self, check_id: str) -> bool:
        return check_id in self.questions and self.questions[check_id].state in ("accepted", "inProgress")

    def is_stored(self, check_id: str) -> bool:
        return check_id in self.questions

    def owned(self, found: Sequence[Found]) -> set[str]:
        lines = [(t.remote_id, t.placed_as) for t in self._held_tasks()]
        lines += [(hold.remote_id, hold.key) for hold in self.holds.values() if hold.state in OPEN]
        return {one.remote_id for one in found if (one.remote_id in dict(lines)) or (None, one.key) in lines}

    def open_entries(self, after: str, limit: int) -> list[Entry]:
        states: dict[str, Any] = {"sent": "asked", "done": "held", "undoing": "releasing"}
        found = [
            Entry(
                owner_kind="order",
                owner_id=task.order_id,
                items=task.items,
                purpose="commitment",
                requester="",
                state=states[task.state],
                key=task.key,
                remote_id=task.remote_id,
                expires_at=task.expires_at,
            )
            for task in self._held_tasks()
        ]
        found += [
            Entry(
                owner_kind="check",
                owner_id=hold.check_id,
                items=(hold.item_id,),
                purpose=hold.policy,
                requester="",
                state=hold.state,
                key=hold.key,
                remote_id=hold.remote_id,
                expires_at=hold.expires_at,
            )
            for hold in self.holds.values()
            if hold.state in OPEN
        ]
        return sorted((one for one in found if one.key > after), key=lambda one: one.key)[:limit]

    def look_again(self, entry: Entry, at: datetime) -> None:
        if entry.owner_kind == "check":
            self.wake("hold", entry.key, at)
            return
        self.look_soon(entry.key, at)
        self.wake("order", entry.owner_id, at)

    def _held_tasks(self) -> list[Task]:
        held = ("sent", "done", "undoing")
        return [task for task in self.stored_tasks.values() if task.kind == "reserve" and task.state in held]

    # runs

    def _run(self, kind: str, key: str) -> FakeRun:
        return self.runs.get((kind, key), FakeRun())

    def wake(self, kind: str, key: str, at: datetime) -> None:
        run = self._run(kind, key)
        due_at = at if run.due_at is None else min(run.due_at, at)
        self.runs[kind, key] = replace(run, due_at=due_at, revision=run.revision + 1, failures=0)

    def attempts(self, kind: str, key: str) -> tuple[int, int]:
        run = self._run(kind, key)
        return run.revision, run.failures

    def settle(self, kind: str, key: str, revision: int, again_at: datetime | None, failed: bool = False) -> None:
        run = self._run(kind, key)
        if (kind, key) in self.runs and run.revision == revision:
            failures = run.failures + 1 if failed else 0
            self.runs[kind, key] = replace(run, due_at=again_at, settled=revision, failures=failures)


def _as_stored(items: tuple[OrderItem, ...]) -> tuple[OrderItem, ...]:
    return tuple(replace(item, solution=None, children=_as_stored(item.children)) for item in items)


@dataclass
class FakeNotes:
    """Partners that take notes on our orders. `fails` is what they do instead; `dies` after the next that was told."""

    told: list[tuple[str, str]] = field(default_factory=list)
    fails: Exception | None = None
    dies: bool = False
    _known: set[str] = field(default_factory=set)

    def tell(self, errand: Errand, reply: Reply) -> None:
        if self.fails is not None:
            raise self.fails
        if (known := f"{errand.task.key}/{reply.id}") not in self._known:
            self._known.add(known)
            self.told.append((errand.task.key, reply.text))
        if self.dies:
            self.dies = False
            raise Crash


@dataclass
class FakeErrands:
    """An outward system that remembers by key. `down`, `refuses…` and `fails…` make it misbehave.

    Where it `refuses_undo` it is still at work, unless it `has_delivered`; so it is with orders that it `keeps`.

    `dies_after`: the process dies once, right after this task was placed and before anybody learns of it.
    `meanwhile` happens while it is being sent something. `says` is what it tells of what it has not done yet.
    """

    clock: Callable[[], datetime]
    looks_until_done: int = 1
    down: bool = False
    refuses: bool = False
    refuses_undo: bool = False
    has_delivered: bool = False
    keeps: set[str] = field(default_factory=set)
    fails_looks: bool = False
    placed: dict[str, int] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    tried: set[str] = field(default_factory=set)
    dies_after: str = ""
    meanwhile: Callable[[Errand], Any] = lambda _: None
    says: dict[str, Any] = field(default_factory=dict)

    def send(self, errand: Errand) -> Sent:
        key = errand.task.key
        assert not (errand.first and key in self.tried), f"{key} was sent before"
        self.tried.add(key)
        self.meanwhile(errand)
        if self.down:
            raise Unavailable(errand.task.system, "silent")
        if self.refuses:
            raise Refused(errand.task.system, "no")
        if key not in self.placed:
            self.posts.append(key)
            self.placed[key] = 0
        if self.dies_after == key:
            self.dies_after = ""
            raise Crash
        return Sent(remote_id=f"remote/{key}")

    def look(self, errand: Errand) -> Seen:
        key = errand.task.key
        if self.down:
            raise Unavailable(errand.task.system, "silent")
        if key not in self.placed:
            return Seen(state="unknown", remote_state="")
        if self.fails_looks:
            del self.placed[key]
            return Seen(state="failed", remote_state="failed", text="it broke")
        self.placed[key] += 1
        if self.placed[key] < self.looks_until_done:
            return Seen(**{"state": "waiting", "remote_state": "inProgress", **self.says})
        parameters = {item: {"vlanId": 100} for item in errand.task.items} if errand.task.kind == "allocate" else {}
        return Seen(state="done", remote_state="completed", parameters=parameters)

    def undo(self, errand: Errand) -> Seen:
        if self.down:
            raise Unavailable(errand.task.system, "silent")
        if self.refuses_undo or errand.task.key in self.keeps:
            given = errand.task.items if self.has_delivered else ()
            return Seen(state="failed", remote_state="completed", text="too late", delivered=given)
        if errand.task.key in self.placed:
            del self.placed[errand.task.key]
            self.undone.append(errand.task.key)
            return Seen(state="done", remote_state="cancelled")
        return Seen(state="unknown", remote_state="")

    def subscribe(self, system: str, callback: str) -> str | None:
        return f"hub-of-{system}-for-{callback}"


@dataclass
class FakeDesigner:
    """Serves every requirement, unless another answer is set for its ref.

    `fails` are raised first, one after the other; `meanwhile` happens while it computes.
    """

    answers: dict[str, ItemAnswer] = field(default_factory=dict)
    fails: list[Exception] = field(default_factory=list)
    meanwhile: Callable[[], Any] = lambda: None
    asked: list[tuple[Requirement, ...]] = field(default_factory=list)
    wanted: dict[str, Any] = field(default_factory=dict)
    totals: Totals | None = None
    further: dict[str, Totals] = field(default_factory=dict)

    def answer(self, requirements: Sequence[Requirement], **wanted: Any) -> Answer:
        self.wanted = wanted
        self.asked.append(tuple(requirements))
        self.meanwhile()
        if self.fails:
            raise self.fails.pop(0)
        items = tuple(self.answers.get(one.ref) or self._served(one) for one in requirements)
        return Answer(items=items, totals=self.totals, valid_until=None, computed_at=NOW, further=self.further)

    def offers(self, requirement: Requirement, **wanted: Any) -> tuple[Answer, ...]:
        return (self.answer((requirement,), **wanted),)

    def _served(self, one: Requirement) -> ItemAnswer:
        solution = a_solution(design_id=f"fresh-{one.ref}", requirement=one)
        return ItemAnswer(ref=one.ref, result="qualified", solution=solution)


@dataclass
class FakeFacts:
    """Inventories, places, catalogue and partner market in one."""

    facts: NetworkFacts
    access: tuple[AccessFact, ...] = ()
    known_places: dict[str, Place] = field(default_factory=dict)
    specifications: dict[str, Specification] = field(default_factory=dict)
    answers: tuple[PartnerAnswer, ...] = ()
    incomplete: dict[str, tuple[str, ...]] = field(default_factory=dict)
    services: dict[str, ExistingService] = field(default_factory=dict)
    down: bool = False

    def network(self) -> NetworkFacts:
        if self.down:
            raise Unavailable("resources", "silent")
        return self.facts

    def access_at(self, place_ids: Sequence[str]) -> AccessFacts:
        told = tuple(text for place in place_ids for text in self.incomplete.get(place, ()))
        options = tuple(option for option in self.access if option.place in place_ids)
        return AccessFacts(options=options, incomplete=told)

    def named(self, service_ids: Sequence[str], perhaps: Sequence[str] = ()) -> dict[str, ExistingService]:
        return {name: self.services[name] for name in (*service_ids, *perhaps) if name in self.services}

    def find_all(self, wanted: Sequence[PlaceWanted]) -> list[Place | PlaceTrouble]:
        return [self.find(one) for one in wanted]

    def find(self, wanted: PlaceWanted) -> Place | PlaceTrouble:
        found = self.known_places.get(wanted.id or "")
        return found or PlaceTrouble(kind="unknown", text=f"Place {wanted.id} is not known.")

    def specification(self, specification_id: str) -> Specification | None:
        return self.specifications.get(specification_id)

    def designable(self) -> tuple[Specification, ...]:
        return tuple(s for s in self.specifications.values() if s.designable)

    def ask(
        self,
        questions: Sequence[tuple[Requirement, Place]],
        *,
        stop: Callable[[], bool],
        heard: Meanwhile | None = None,
    ) -> tuple[PartnerAnswer, ...]:
        asked = {requirement.ref for requirement, _ in questions}
        return tuple(answer for answer in self.answers if answer.ref in asked)
