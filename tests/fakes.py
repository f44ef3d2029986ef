"""What the use cases need from outside, in memory, with failures on demand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from linkwright.designs.model import (
    AccessFact,
    AccessFacts,
    NetworkFacts,
    PartnerAnswer,
    Place,
    PlaceTrouble,
    PlaceWanted,
    Requirement,
    SiteSolution,
    Specification,
)
from linkwright.errors import NotFound, StaleVersion, Unavailable
from linkwright.orders.model import Cancel, Errand, Order, QualificationRef, Seen, Sent, Task
from linkwright.qualifications.model import Question

T = TypeVar("T")


class Crash(BaseException):
    """The process dies here."""


def at_once(_name: str, call: Callable[[], Any]) -> Any:
    return call()


@dataclass
class FakeClock:
    time: datetime

    def __call__(self) -> datetime:
        return self.time


@dataclass
class FakeRun:
    due_at: datetime | None = None
    revision: int = 0
    settled: int = 0
    failures: int = 0


@dataclass
class FakeBooks:
    """Orders, questions, tasks and runs in dictionaries. `die_at`: crash instead of the n-th write; `writes` counts them."""

    die_at: int | None = None
    writes: int = 0
    orders: dict[str, Order] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    stored_tasks: dict[str, Task] = field(default_factory=dict)
    stored_cancels: dict[str, Cancel] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    designs: dict[str, SiteSolution] = field(default_factory=dict)
    qualified_designs: dict[QualificationRef, SiteSolution] = field(default_factory=dict)
    runs: dict[tuple[str, str], FakeRun] = field(default_factory=dict)
    hubs: dict[str, str] = field(default_factory=dict)
    events: list[tuple[str, str, str]] = field(default_factory=list)

    def read(self, look: Callable[[Any], T]) -> T:
        return look(self)

    def write(self, change: Callable[[Any], T]) -> T:
        self.writes += 1
        if self.die_at is not None and self.writes >= self.die_at:
            raise Crash
        return change(self)

    # orders

    def order(self, order_id: str) -> Order:
        if order_id not in self.orders:
            raise NotFound("serviceOrder", order_id)
        return self.orders[order_id]

    def withdrawn(self, order_id: str) -> bool:
        return order_id in self.hidden

    def add(self, thing: Any) -> None:
        if isinstance(thing, Question):
            self.questions[thing.id] = thing
        else:
            self.orders[thing.id] = thing
        self.events.append((thing.id, "created", thing.state))

    def save(self, thing: Any, *happenings: str, field_path: str | None = None) -> Any:
        shelf: dict[str, Any] = self.questions if isinstance(thing, Question) else self.orders
        if shelf[thing.id].version != thing.version:
            raise StaleVersion(thing.id)
        saved = replace(thing, version=thing.version + 1)
        if isinstance(saved, Order):
            saved = replace(saved, items=tuple(replace(item, solution=None) for item in saved.items))
        shelf[thing.id] = saved
        self.events.extend((thing.id, happening, thing.state) for happening in happenings)
        return saved

    def remove(self, thing: Any, still_running: bool = False) -> None:
        self.events.append((thing.id, "deleted", thing.state))
        if isinstance(thing, Question):
            del self.questions[thing.id]
        elif still_running:
            self.hidden.add(thing.id)
        else:
            del self.orders[thing.id]

    def forget(self, order_id: str) -> None:
        del self.orders[order_id]

    def tasks(self, order_id: str) -> tuple[Task, ...]:
        return tuple(task for task in self.stored_tasks.values() if task.order_id == order_id)

    def put_task(self, task: Task) -> None:
        self.stored_tasks[task.key] = task

    def task_of(self, system: str, remote_id: str) -> Task | None:
        return next((t for t in self.stored_tasks.values() if (t.system, t.remote_id) == (system, remote_id)), None)

    def cancels(self, order_id: str) -> tuple[Cancel, ...]:
        return tuple(cancel for cancel in self.stored_cancels.values() if cancel.order_id == order_id)

    def add_cancel(self, cancel: Cancel) -> None:
        self.stored_cancels[cancel.id] = cancel

    def save_cancel(self, cancel: Cancel) -> Cancel:
        saved = replace(cancel, version=cancel.version + 1)
        self.stored_cancels[cancel.id] = saved
        return saved

    def design(self, design_id: str) -> SiteSolution | None:
        return self.designs.get(design_id)

    def qualified(self, ref: QualificationRef) -> SiteSolution | None:
        return self.qualified_designs.get(ref)

    def put_design(self, solution: SiteSolution) -> None:
        self.designs[solution.design_id] = solution

    def put_designs(self, solutions: Sequence[SiteSolution]) -> None:
        for solution in solutions:
            self.put_design(solution)

    def peer_hub(self, system: str) -> str | None:
        return self.hubs.get(system)

    def put_peer_hub(self, system: str, subscription_id: str) -> None:
        self.hubs[system] = subscription_id

    # questions

    def question(self, _kind: str, question_id: str) -> Question:
        if question_id not in self.questions:
            raise NotFound("question", question_id)
        return self.questions[question_id]

    # runs

    def _run(self, kind: str, key: str) -> FakeRun:
        return self.runs.setdefault((kind, key), FakeRun())

    def wake(self, kind: str, key: str, at: datetime) -> None:
        run = self._run(kind, key)
        run.due_at = at if run.due_at is None else min(run.due_at, at)
        run.revision, run.failures = run.revision + 1, 0

    def attempts(self, kind: str, key: str) -> tuple[int, int]:
        run = self._run(kind, key)
        return run.revision, run.failures

    def stimulated(self, kind: str, key: str) -> bool:
        run = self._run(kind, key)
        return run.revision > run.settled

    def settle(self, kind: str, key: str, revision: int, again_at: datetime | None, failed: bool = False) -> None:
        run = self._run(kind, key)
        if run.revision == revision:
            run.due_at, run.settled = again_at, revision
            run.failures = run.failures + 1 if failed else 0


@dataclass
class FakeErrands:
    """An outward system that remembers by key. `down`, `refuses` and `forgets` make it misbehave."""

    clock: Callable[[], datetime]
    looks_until_done: int = 1
    down: bool = False
    refuses: bool = False
    refuses_undo: bool = False
    placed: dict[str, int] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    die_after_post: bool = False

    def send(self, errand: Errand) -> Sent:
        from linkwright.errors import Refused

        key = errand.task.key
        if self.down:
            raise Unavailable(errand.task.system, "silent")
        if self.refuses:
            raise Refused(errand.task.system, "no")
        if key not in self.placed:
            self.posts.append(key)
            self.placed[key] = 0
        if self.die_after_post:
            self.die_after_post = False
            raise Crash
        return Sent(remote_id=f"remote/{key}")

    def look(self, errand: Errand) -> Seen:
        key = errand.task.key
        if self.down:
            raise Unavailable(errand.task.system, "silent")
        if key not in self.placed:
            return Seen(state="unknown", remote_state="")
        self.placed[key] += 1
        if self.placed[key] < self.looks_until_done:
            return Seen(state="waiting", remote_state="inProgress")
        parameters = {item: {"vlanId": 100} for item in errand.task.items} if errand.task.kind == "allocate" else {}
        return Seen(state="done", remote_state="completed", parameters=parameters)

    def undo(self, errand: Errand) -> Seen:
        if self.down:
            raise Unavailable(errand.task.system, "silent")
        if self.refuses_undo:
            return Seen(state="failed", remote_state="completed", text="too late")
        if errand.task.key in self.placed:
            del self.placed[errand.task.key]
            self.undone.append(errand.task.key)
        return Seen(state="done", remote_state="cancelled")

    def subscribe(self, system: str, callback: str) -> str | None:
        return f"hub-of-{system}-for-{callback}"


@dataclass
class FakeFacts:
    """Inventory, places, catalogue and partner market in one."""

    facts: NetworkFacts
    access: tuple[AccessFact, ...] = ()
    known_places: dict[str, Place] = field(default_factory=dict)
    specifications: dict[str, Specification] = field(default_factory=dict)
    answers: tuple[PartnerAnswer, ...] = ()
    down: bool = False

    def network(self) -> NetworkFacts:
        if self.down:
            raise Unavailable("resources", "silent")
        return self.facts

    def access_at(self, place_ids: Sequence[str]) -> AccessFacts:
        return AccessFacts(options=tuple(option for option in self.access if option.place in place_ids))

    def find(self, wanted: PlaceWanted) -> Place | PlaceTrouble:
        found = self.known_places.get(wanted.id or "")
        return found or PlaceTrouble(kind="unknown", text=f"Place {wanted.id} is not known.")

    def specification(self, specification_id: str) -> Specification | None:
        return self.specifications.get(specification_id)

    def designable(self) -> tuple[Specification, ...]:
        return tuple(s for s in self.specifications.values() if s.designable)

    def ask(self, questions: Sequence[tuple[Requirement, Place]]) -> tuple[PartnerAnswer, ...]:
        asked = {requirement.ref for requirement, _ in questions}
        return tuple(answer for answer in self.answers if answer.ref in asked)
