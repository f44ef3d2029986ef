"""A resource pool in memory: orders and checks hold in the same one, and so may others."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from linkwright.errors import Refused, Unavailable
from linkwright.holds.model import Found, Hold, Reserved, Wanted
from linkwright.orders.errands import Errand, Seen, Sent
from tests.fakes import Crash


@dataclass(frozen=True, kw_only=True)
class Reservation:
    id: str
    key: str
    made_at: datetime
    end: datetime | None = None
    state: str = "completed"
    owner: str = "us"


@dataclass
class FakePool:
    """`room` reservations fit. `dies_after`: the process dies once, right after this key was placed.
    `silent_after`: that key arrives, but nobody hears of it.

    `meanwhile` happens once, while something is being placed.
    """

    clock: Callable[[], datetime]
    hold: Callable[[], datetime]
    room: int = 1_000
    down: bool = False
    extends: bool = True
    dies_after: str = ""
    silent_after: str = ""
    meanwhile: Callable[[], object] = lambda: None
    reservations: dict[str, Reservation] = field(default_factory=dict)
    posts: list[str] = field(default_factory=list)
    released: list[str] = field(default_factory=list)
    extended: list[str] = field(default_factory=list)

    def active(self) -> list[str]:
        """The keys under which something of ours is held."""
        self._expire()
        return [one.key for one in self.reservations.values() if one.state == "completed" and one.owner == "us"]

    def put(self, reservation: Reservation) -> None:
        self.reservations[reservation.id] = reservation

    def drop(self, key: str) -> None:
        """The pool loses it."""
        self.reservations = {name: one for name, one in self.reservations.items() if one.key != key}

    # orders

    def send(self, errand: Errand) -> Sent:
        made = self._place(errand.task.placed_as, self.hold())
        return Sent(remote_id=made.id, expires_at=made.end)

    def look(self, errand: Errand) -> Seen:
        found = self._found(errand.task.placed_as, errand.task.remote_id)
        if found is None:
            return Seen(state="unknown", remote_state="")
        state = "done" if found.state == "completed" else "failed"
        return Seen(state=state, remote_state=found.state, text=found.state, expires_at=found.end)  # type: ignore[arg-type]

    def undo(self, errand: Errand) -> Seen:
        self.release(errand.task.placed_as, errand.task.remote_id)
        return Seen(state="done", remote_state="")

    def subscribe(self, system: str, callback: str) -> str | None:
        return None

    def extend(self, errand: Errand, until: datetime) -> datetime | None:
        found = self._found(errand.task.placed_as, errand.task.remote_id)
        if found is None or not self.extends:
            raise Refused("pool", "no longer than that")
        self.put(replace(found, end=until))
        self.extended.append(found.key)
        return until

    # checks

    def place(self, wanted: Wanted) -> Reserved:
        return _reserved(self._place(wanted.hold.key, wanted.hold.expires_at))

    def find(self, hold: Hold) -> Reserved | None:
        found = self._found(hold.key, hold.remote_id)
        return None if found is None else _reserved(found)

    def release(self, key: str, remote_id: str | None) -> None:
        found = self._found(key, remote_id)
        if found is not None:
            del self.reservations[found.id]
            self.released.append(found.key)

    def ours(self) -> Iterator[Found]:
        self._answer()
        for one in list(self.reservations.values()):
            if one.owner == "us":
                void = one.state != "completed"
                yield Found(remote_id=one.id, key=one.key, is_void=void, made_at=one.made_at, expires_at=one.end)

    def _place(self, key: str, end: datetime) -> Reservation:
        self._answer()
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        made = self._by_key(key)
        if made is None:
            self.posts.append(key)
            state = "completed" if len(self.active()) < self.room else "rejected"
            made = Reservation(id=f"r-{len(self.posts)}", key=key, made_at=self.clock(), end=end, state=state)
            self.put(made)
        if self.dies_after == key:
            self.dies_after = ""
            raise Crash
        if self.silent_after == key:
            raise Unavailable("pool", "silent")
        return made

    def _found(self, key: str, remote_id: str | None) -> Reservation | None:
        self._answer()
        return self._by_key(key) if remote_id is None else self.reservations.get(remote_id)

    def _by_key(self, key: str) -> Reservation | None:
        return next((one for one in self.reservations.values() if one.key == key), None)

    def _answer(self) -> None:
        self._expire()
        if self.down:
            raise Unavailable("pool", "silent")

    def _expire(self) -> None:
        for one in self.reservations.values():
            if one.state == "completed" and one.end is not None and one.end <= self.clock():
                self.reservations = {**self.reservations, one.id: replace(one, state="cancelled")}


def _reserved(one: Reservation) -> Reserved:
    state = "held" if one.state == "completed" else "void"
    return Reserved(remote_id=one.id, state=state, expires_at=one.end, text=one.state)  # type: ignore[arg-type]
