"""Other systems and a designer with which everything goes wrong, one thing after the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from linkwright.designs.answers import Answer, ItemAnswer
from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.requirement import Requirement
from linkwright.errors import Refused, Unavailable, Uncertain
from linkwright.orders.errands import Errand, Seen, Sent
from tests.builders import NOW, a_leg, a_solution
from tests.fakes import FakeErrands
from tests.orders.world import AVAILABLE, PARTNER_LEG, PAUSES, QUICK

JUST_NOT_LATE = PAUSES.late - timedelta(minutes=1)
SENDS = ("ok", "ok", "down", "refuses", "lost", "silent", "late")
LOOKS = ("done", "waiting", "fails", "asks")
UNDOES = ("ok", "never", "slowly")
DESIGNS = ("other", "dearer", "none", "down")
FIRM = frozenset({"procure", "provide"})


@dataclass
class Troubled(FakeErrands):
    """Goes wrong in the way that is set. What is `coming` was sent, and arrives later."""

    kind: str = ""
    random: Random = field(default_factory=Random)
    sends: str = "ok"
    looks: str = "done"
    undoes: str = "ok"
    can_be_asked: bool = True
    coming: dict[str, datetime] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)

    def send(self, errand: Errand) -> Sent:
        key, system = self._arrived(errand), errand.task.system
        assert not (errand.first and key in self.tried), f"{key} was sent before"
        assert errand.again or key not in self.late, f"{key} may come twice"
        self.tried.add(key)
        if self.sends == "down":
            raise Unavailable(system, "silent")
        if self.sends == "refuses" and key not in self.placed:
            raise Refused(system, "no")
        if self.sends == "late" or key in self.coming:
            self.coming.setdefault(key, self.clock() + JUST_NOT_LATE)
            self.late.add(key)
            raise Uncertain(system, "no answer")
        if self.sends == "ok" or self.random.random() < 0.5:
            self.placed[key] = 0
        if self.sends == "silent":
            raise Uncertain(system, "no answer")
        if self.sends == "lost":
            error = Unavailable(system, "silent")
            error.may_have_arrived = True
            raise error
        return Sent(remote_id=f"remote/{key}")

    def look(self, errand: Errand) -> Seen:
        key, items = self._arrived(errand), errand.task.items
        if self.sends == "down":
            raise Unavailable(errand.task.system, "silent")
        if key not in self.placed:
            return Seen(state="unknown", remote_state="")
        if self.looks == "fails" and key not in self.delivered:
            del self.placed[key]
            return Seen(state="failed", remote_state="failed", text="it broke")
        if self.looks != "done" and key not in self.delivered:
            return Seen(state="waiting", remote_state="pending" if self.looks == "asks" else "inProgress")
        if self.kind != "reserve":
            self.delivered.add(key)
        given = {item: {"vlanId": 100} for item in items} if self.kind == "allocate" else {}
        return Seen(state="done", remote_state="completed", parameters=given)

    def undo(self, errand: Errand) -> Seen:
        key, task = self._arrived(errand), errand.task
        if self.sends == "down":
            raise Unavailable(task.system, "silent")
        if task.remote_id is None and not self.can_be_asked:
            raise Refused(task.system, "405")
        if key in self.placed and self.kind in FIRM and (key in self.delivered or self.undoes == "never"):
            given = task.items if key in self.delivered else ()
            return Seen(state="failed", remote_state="completed", text="too late", delivered=given)
        if key in self.placed and self.kind in FIRM and self.undoes == "slowly":
            return Seen(state="waiting", remote_state="assessingCancellation")
        return Seen(state="unknown" if self.placed.pop(key, None) is None else "done", remote_state="")

    def arrive(self) -> None:
        for key in [key for key, at in self.coming.items() if at <= self.clock()]:
            self.placed[key] = 0
            del self.coming[key]

    def _arrived(self, errand: Errand) -> str:
        self.arrive()
        return errand.task.placed_as


@dataclass
class Designer:
    """Has always another design, or says why not."""

    how: str = "other"
    made: int = 0

    def answer(self, requirements: Sequence[Requirement], **_wanted: Any) -> Answer:
        if self.how == "down":
            raise Unavailable("resources", "silent")
        return Answer(items=tuple(map(self._of, requirements)), totals=None, valid_until=None, computed_at=NOW)

    def _of(self, wanted: Requirement) -> ItemAnswer:
        if self.how == "none":
            none = Finding(code="SD-CAP-01", label="no capacity")
            return ItemAnswer(ref=wanted.ref, result="unqualified", findings=(none,))
        self.made += 1
        bought = replace(PARTNER_LEG, access=f"offer-{self.made + 1}", quote=f"quote-{self.made + 1}")
        design = a_solution(design_id=f"another-{self.made}", requirement=wanted, legs=(a_leg(), bought))
        dearer = replace(design, nrc_minor=design.nrc_minor + 1) if self.how == "dearer" else design
        measured = replace(dearer, objectives=(AVAILABLE, QUICK)[: self.made % 3])
        return ItemAnswer(ref=wanted.ref, result="qualified", solution=measured)
