"""The tasks of one order, counted: what may go out, what is due and what serves nobody any more.

Nothing here looks at all tasks for the sake of one that changed. A board belongs to one run of an order, which
changes it in place as it stores what it has done.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from heapq import heappop, heappush

from linkwright.orders.errands import Task
from linkwright.orders.model import State
from linkwright.orders.standing import next_key
from linkwright.orders.tasks import NEEDS, TOGETHER, gives_up, is_guarded, is_out, stage_of, step_of, unserved

_AT_ONCE = datetime.min.replace(tzinfo=UTC)


class Board:
    """`waits` are the items that an item depends on; `lost` those that have failed or were cancelled before."""

    def __init__(
        self,
        tasks: Iterable[Task] = (),
        *,
        waits: Mapping[str, Iterable[str]] | None = None,
        lost: Iterable[str] = (),
    ) -> None:
        self._tasks: dict[str, Task] = {}
        self._places: dict[str, int] = {}
        self._of_item: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._in_stage: Counter[str] = Counter()
        self._holding_up: set[str] = set()
        self._behind: defaultdict[str, list[str]] = defaultdict(list)
        self._stages_left: Counter[str] = Counter()
        self._lacking: Counter[tuple[str, str]] = Counter()
        self._asked: Counter[str] = Counter()
        self._alive: Counter[str] = Counter()
        self._ready: list[tuple[int, str]] = []
        self._to_gather: dict[str, None] = {}
        self._due: list[tuple[datetime, int, str]] = []
        self._idle: list[str] = []
        self._arrived: dict[str, None] = {}
        self._waits = {item: tuple(others) for item, others in (waits or {}).items()}
        self._dependents: defaultdict[str, list[str]] = defaultdict(list)
        for item, others in self._waits.items():
            for other in others:
                self._dependents[other].append(item)
        self.lost: set[str] = set()
        self.standing: Mapping[str, State] = {}
        for task in tasks:
            self.put(task)
        self.lose(lost)

    def __iter__(self) -> Iterator[Task]:
        """In the sequence in which they were planned."""
        return iter(tuple(self._tasks.values()))

    def __len__(self) -> int:
        return len(self._tasks)

    def __contains__(self, key: object) -> bool:
        return key in self._tasks

    def __getitem__(self, key: str) -> Task:
        return self._tasks[key]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Board) and self._tasks == other._tasks

    __hash__ = None  # type: ignore[assignment]

    def of(self, items: Iterable[str]) -> list[Task]:
        """The tasks that serve any of these items."""
        keys = {key: None for item in items for key in self._of_item.get(item, ())}
        return [self._tasks[key] for key in keys]

    def put(self, task: Task) -> None:
        """A new task, or one that has changed."""
        old = self._tasks.get(task.key)
        self._tasks[task.key] = task
        if old is None:
            self._places[task.key] = len(self._places)
            for stage in task.after:
                self._behind[stage].append(task.key)
                self._stages_left[task.key] += self._in_stage[stage] > 0
        self._count_stage(task)
        if old is None or _service(old) != _service(task):
            self._count_items(old, task)
            if task.kind == "provide" and (task.delivered or task.state == "done"):
                self._arrived[task.key] = None
        self._queue(task)
        self._count_asked(old, task)
        if task.state == "failed":
            self.lose(task.items)
        if task.failures:
            self.lose(task.failures)

    def lose(self, items: Iterable[str]) -> None:
        """These items have failed or were cancelled, and whatever depends on them is lost too."""
        found = [item for item in items if item not in self.lost]
        while found:
            item = found.pop()
            if item in self.lost or self._is_registered(item):
                continue
            self.lost.add(item)
            for key in self._of_item.get(item, ()):
                self._alive[key] -= 1
                self._count_stage(self._tasks[key])
                self._offer(key)
                if self._alive[key] == 0:
                    self._idle.append(key)
            found += self._dependents.get(item, ())

    def stand(self, items: Mapping[str, State]) -> None:
        """These items stand still, `held` or `pending`, and no others: nothing new goes out for them."""
        before, self.standing = self.standing, items
        for item in before.keys() | items.keys():
            if before.get(item) != items.get(item):
                for key in self._of_item.get(item, ()):
                    self._count_stage(self._tasks[key])
                    self._offer(key)

    def parted(self, task: Task) -> list[Task]:
        """The task for those who go on, and the rest of it, which follows later under a key of its own."""
        staying = tuple(item for item in task.items if item not in self.lost and self._stands(task.kind, item))
        if not staying:
            return [task]
        rest = replace(task, key=next_key(self, task.key), items=staying, stage=stage_of(task))
        return [replace(task, items=tuple(item for item in task.items if item not in staying)), rest]

    def ready(self) -> Task | None:
        """The first planned task that may go out now for one of its items at least, and is not put with others."""
        while self._ready:
            task = self._tasks[self._ready[0][1]]
            if self._may_go(task):
                return task
            heappop(self._ready)
        return None

    def due(self, now: datetime) -> Task | None:
        """The task that has waited longest for somebody to look at it."""
        at = self.next_look()
        return self._tasks[self._due[0][2]] if at is not None and at <= now else None

    def next_look(self) -> datetime | None:
        """When the next of the tasks that are out, or of the holds, is due."""
        while self._due:
            at, _, key = self._due[0]
            task = self._tasks[key]
            if (is_out(task) or is_guarded(task)) and (task.look_at or _AT_ONCE) == at:
                return at
            heappop(self._due)
        return None

    def gathered(self) -> list[Task]:
        """All that can be implemented now, or given up in one way: the first takes the items of the others along."""
        found = [self._tasks[key] for key in self._to_gather]
        found = sorted((task for task in found if self._may_go(task)), key=lambda task: self._places[task.key])
        step = step_of(found[0]) if found else ""
        self._to_gather = {task.key: None for task in found if step_of(task) != step}
        found = [task for task in found if step_of(task) == step]
        if not found:
            return []
        first, *others = found
        items = tuple(dict.fromkeys(item for task in found for item in task.items))
        note = f"its items go out with {first.key}"
        return [replace(first, items=items), *(replace(one, items=(), state="undone", note=note) for one in others)]

    def arrived(self) -> list[Task]:
        """Resource orders that have brought something since this was asked last."""
        found, self._arrived = self._arrived, {}
        return [self._tasks[key] for key in found if not gives_up(self._tasks[key])]

    def idle(self) -> list[Task]:
        """Tasks that serve nobody any more, since this was asked last: of lost items, and holds of what is active."""
        found, self._idle = self._idle, []
        return [task for task in map(self._tasks.__getitem__, dict.fromkeys(found)) if self._is_idle(task)]

    def _is_idle(self, task: Task) -> bool:
        if task.kind == "reserve" and task.state == "done":
            return all(item in self.lost or self._is_registered(item) for item in task.items)
        if task.is_return or (gives_up(task) and task.state != "planned"):
            return False
        return bool(task.items) and self._alive[task.key] == 0

    def _count_stage(self, task: Task) -> None:
        now = self._holds_up(task)
        if (task.key in self._holding_up) == now:
            return
        (self._holding_up.add if now else self._holding_up.discard)(task.key)
        stage = stage_of(task)
        before = self._in_stage[stage]
        self._in_stage[stage] = after = before + (1 if now else -1)
        if (before > 0) == (after > 0):
            return
        for key in self._behind.get(stage, ()):
            self._stages_left[key] += 1 if now else -1
            if self._stages_left[key] == 0:
                self._offer(key)

    def _holds_up(self, task: Task) -> bool:
        """Nobody waits for a task any more once it is taken back, or while nobody is left who could begin it.

        Until a service is registered it has what others may get from it, however long that takes.
        """
        if task.kind == "register":
            return task.state in ("planned", "sent", "fallen") and any(item not in self.lost for item in task.items)
        if task.state != "planned" or not self.standing:
            return task.state in ("planned", "sent")
        alive = [item for item in task.items if item not in self.lost]
        return not alive or any(not self._stands(task.kind, item) for item in alive)

    def _stands(self, kind: str, item: str) -> bool:
        """What is only held by us may be reserved meanwhile."""
        state = self.standing.get(item)
        return state is not None and (kind != "reserve" or state == "pending")

    def _count_items(self, old: Task | None, task: Task) -> None:
        for one, step in ((old, -1), (task, 1)):
            for item in unserved(one) if one is not None else ():
                self._lacking[step_of(task), item] += step
        if old is None or old.items != task.items:
            self._index(old, task)
        for item in task.items:
            if self._lacking[step_of(task), item] == 0:
                self._served(step_of(task), item)

    def _index(self, old: Task | None, task: Task) -> None:
        for item in old.items if old is not None else ():
            self._of_item[item].pop(task.key, None)
        for item in task.items:
            self._of_item[item][task.key] = None
        self._alive[task.key] = sum(item not in self.lost for item in task.items)
        if self._alive[task.key] == 0:
            self._idle.append(task.key)

    def _served(self, step: str, item: str) -> None:
        """Whatever waited for this may go out now; what is held for a service that is active is idle."""
        waiting = [item, *self._dependents.get(item, ())] if step == "implement" else [item]
        for one in waiting:
            for key in self._of_item.get(one, ()):
                if step_of(self._tasks[key]) in NEEDS:
                    self._offer(key)
                elif step == "register":
                    self._idle.append(key)

    def _count_asked(self, old: Task | None, task: Task) -> None:
        """Items whose orders are being taken back: nothing new goes out for them until it is answered."""
        was, now = old is not None and _is_asked_back(old), _is_asked_back(task)
        if was == now:
            return
        for item in task.items:
            self._asked[item] += 1 if now else -1
            if self._asked[item] == 0:
                for key in self._of_item[item]:
                    self._offer(key)

    def _queue(self, task: Task) -> None:
        self._offer(task.key)
        if is_out(task) or is_guarded(task):
            heappush(self._due, (task.look_at or _AT_ONCE, self._places[task.key], task.key))

    def _offer(self, key: str) -> None:
        """It may have become possible to send this; whether it is so is looked at when it is its turn."""
        task = self._tasks[key]
        if task.state != "planned":
            return
        if step_of(task) in TOGETHER:
            self._to_gather[key] = None
        else:
            heappush(self._ready, (self._places[key], key))

    def _may_go(self, task: Task) -> bool:
        if task.state != "planned" or self._stages_left[task.key] > 0:
            return False
        alive = [item for item in task.items if item not in self.lost]
        going = [item for item in alive if not self._stands(task.kind, item)]
        if len(going) < len(alive) and (not going or step_of(task) in TOGETHER):
            return False
        return all(self._is_prepared(step_of(task), item) for item in going)

    def _is_prepared(self, step: str, item: str) -> bool:
        if self._asked[item] or any(self._lacking[need, item] for need in NEEDS.get(step, ())):
            return False
        return step != "implement" or not any(self._lacking[step, other] for other in self._waits.get(item, ()))

    def _is_registered(self, item: str) -> bool:
        keys = self._of_item.get(item, ())
        return any(task.kind == "register" and task.state == "done" for task in map(self._tasks.__getitem__, keys))


def _is_asked_back(task: Task) -> bool:
    return task.state == "undoing" and task.kind != "reserve"


def _service(task: Task) -> tuple[object, ...]:
    """What decides whom a task serves."""
    return (task.items, task.state == "done", task.delivered)
