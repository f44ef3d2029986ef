"""The run's part in items that are wanted otherwise: design them, hold the new design, and then change over to it.

Until that moment the former design is in force, and nothing of it has been taken back. What was decided is stored, and
a decision that was not stored is made again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from linkwright.designs.answers import SiteSolution
from linkwright.designs.requirement import Requirement
from linkwright.orders.amend import blocked, given_back
from linkwright.orders.amendment import Amendment, mark_of
from linkwright.orders.approval import REFUSED, Policy, asked_of
from linkwright.orders.carry import Carrier
from linkwright.orders.commit import Commitment
from linkwright.orders.errands import Task
from linkwright.orders.holds import taken_over
from linkwright.orders.model import Fault, Happening, Order
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.progress import ANSWERED_BY, calmed, happenings, with_roll_up
from linkwright.orders.replan import Switch, added_tasks, hold_for, replanned, tied
from linkwright.orders.standing import with_standing
from linkwright.orders.states import FINAL, leaves_by_id
from linkwright.orders.unheld import LOST_CAPACITY
from linkwright.orders.waits import APPROVALS, WaitKind
from linkwright.orders.wished import Why, not_to_be_had, told_of_leftover, with_designs, with_refusals
from linkwright.orders.work import Work
from linkwright.orders.worse import QUESTIONS

UNHELD = "cannot be held any more"
TO_ANSWER: frozenset[WaitKind] = frozenset({*APPROVALS, *QUESTIONS})
"""Questions about a design that are answered before it comes into force."""


@dataclass(frozen=True, kw_only=True)
class Amending:
    """Works on what is stored, and stores what it does; safe to repeat."""

    books: OrderBooks
    commitment: Commitment
    carrier: Carrier
    policy: Policy
    now: Callable[[], datetime]

    def swept(self, work: Work) -> Work:
        """Nobody is served any more by what others have taken the place of, once it is taken back or will not be.

        Holds are given back last.
        """
        tasks = [work.tasks[key] for key in work.order.superseded]
        over = [replace(_ended(task), items=()) for task in tasks if _is_over(task)]
        gone = {task.key for task in over}
        busy = {item for task in tasks if task.kind != "reserve" and task.key not in gone for item in task.items}
        holds = [task for task in tasks if task.kind == "reserve" and busy.isdisjoint(task.items)]
        back = [given_back(task, self.now(), task.note) for task in holds]
        if not over and not back:
            return work
        order = work.order
        for task in tasks:
            order = told_of_leftover(order, task, self.now()) if task.key in gone and task.state != "undone" else order
        gone |= {task.key for task in back}
        left = tuple(key for key in order.superseded if key not in gone)
        return self._stored(work, replace(order, superseded=left), (*over, *back))

    def designed(self, work: Work, stop: Callable[[], bool]) -> Work:
        """Design what is wanted otherwise; once `stop` is true nothing is stored. Raises `Unavailable`."""
        work = self._settled(work)
        open_ = {one.item: one for one in work.order.amendments if one.state in ("asked", "accepted")}
        if not open_:
            return work
        wanted = [leaves_by_id(work.order)[item] for item in open_]
        bound = tied([leaf.id for leaf in wanted], self._requirements(work))
        chosen = {item: work.wanted.get(item) for item, one in open_.items() if one.state == "accepted"}
        new = {item for item in open_ if item not in work.solutions}
        free = [leaf for leaf in wanted if leaf.id not in bound]
        found, why = self.commitment.anew(work.order, free, new, chosen, work.solutions, stop) if free else ({}, {})
        if stop():
            return work
        found = {
            item: one if item in new or one.replaces else one.in_place_of(work.solutions[item])
            for item, one in found.items()
        }
        text = "it is designed together with item {}, which is not changed"
        why |= {item: (self._why("SD-INF-01", text.format(other)),) for item, other in bound.items()}
        return self._decided(work, open_, found, why)

    def concluded(self, work: Work) -> Work:
        """Change over to the designs that are held and approved; the same work where there are none."""
        work = self._without_denied(self.swept(work))
        ready = {one.item: one for one in work.order.amendments if self._is_ready(work, one)}
        if not ready:
            return work
        lost = {
            item: work.tasks[one.hold]
            for item, one in ready.items()
            if one.hold and work.tasks[one.hold].state != "done"
        }
        if lost:
            why = {
                item: (self._why("CAPACITY_LOST", f"it cannot be held: {task.note}"),) for item, task in lost.items()
            }
            return self.concluded(self._refused(work, why))
        if holds := self._left_to_hold(work, ready.values()):
            return self._held_first(work, holds)
        designs = {item: work.wanted[item] for item in ready}
        running = {item: one for item, one in designs.items() if leaves_by_id(work.order)[item].state == "inProgress"}
        asked = with_roll_up(asked_of(work.order, running, self.policy, self.now()), self.now())
        work = self._stored(work, asked)
        waiting = {item for wait in work.order.waits if wait.kind in TO_ANSWER for item in wait.items}
        return self._changed_over(work, [one for item, one in ready.items() if item not in waiting])

    def _left_to_hold(self, work: Work, ready: Iterable[Amendment]) -> Mapping[str, Task]:
        """Holds of their own for designs which the item's hold was to serve, had it not gone out for the former one."""
        designs = {one.item: (work.solutions[one.item], work.wanted[one.item]) for one in ready if one.hold is None}
        holds = {item: hold_for(work.order.id, item, work.tasks, *each) for item, each in designs.items()}
        return {item: hold for item, hold in holds.items() if hold is not None}

    def _held_first(self, work: Work, holds: Mapping[str, Task]) -> Work:
        amendments = tuple(
            replace(one, hold=holds[one.item].key) if one.item in holds else one for one in work.order.amendments
        )
        return self._stored(work, replace(work.order, amendments=amendments), tuple(holds.values()))

    def _without_denied(self, work: Work) -> Work:
        denied = {one.item for one in work.order.amendments if one.state == "denied"}
        why = {
            item: (self._why(REFUSED, f"{one.kind} approval is refused by {one.by}: {one.reason}"),)
            for one in work.order.decisions
            for item in denied.intersection(one.items)
            if one.kind in APPROVALS and one.verdict == "refused"
        }
        return self._refused(work, why) if why else work

    def _changed_over(self, work: Work, ready: Sequence[Amendment]) -> Work:
        """Whether it is too late depends on how things stand now."""
        for task in work.tasks.of([one.item for one in ready]):
            if task.state == "sent" and task.remote_id is not None and task.kind != "reserve":
                work = self.carrier.look(work, task)
        late = blocked(work.order, work.tasks, now=self.now())
        if why := {one.item: (self._why("SD-POL-01", late[one.item]),) for one in ready if one.item in late}:
            work = self._refused(work, why)
        switches = {
            one.item: Switch(old=work.solutions[one.item], new=work.wanted[one.item], hold=one.hold)
            for one in ready
            if one.item not in late
        }
        return self._switched(work, switches) if switches else work

    def _switched(self, work: Work, switches: Mapping[str, Switch]) -> Work:
        publishes = self.carrier.publishes
        plan = replanned(work.order.id, work.tasks, switches, self.now(), publishes=publishes)
        order = with_designs(work.order, {item: switch.new for item, switch in switches.items()}, self.now())
        for one in work.order.amendments:
            if one.item in switches and one.lost is not None:
                lost, text = work.tasks[one.lost], "another design of its item is held"
                order = calmed(order, (LOST_CAPACITY,), lost, f"{lost.system}: {text}", self.now())
        order = replace(order, superseded=(*order.superseded, *plan.superseded))
        return self._stored(work, order, plan.tasks, path="serviceOrderItem")

    def _decided(self, work: Work, open_: Mapping[str, Amendment], found: Mapping[str, SiteSolution], why: Why) -> Work:
        """New items begin at once; others have their new design held first, where that holds something else."""
        order, now = work.order, self.now()
        new = {item: one for item, one in found.items() if item not in work.solutions}
        changed, tasks = dict(open_), list[Task]()
        for item in found.keys() - new.keys():
            hold = hold_for(order.id, item, work.tasks, work.solutions[item], found[item])
            tasks += [] if hold is None else [hold]
            key = None if hold is None else hold.key
            changed[item] = replace(open_[item], state="designed", design_id=found[item].design_id, hold=key)
        order = replace(order, amendments=tuple(changed.get(one.item, one) for one in order.amendments))
        order = with_refusals(with_designs(order, new, self.now()), why, work.solutions, self.now())
        order = self._compared(order, _unasked(work.order, open_), work.solutions, found)
        tasks += _unheld(work, why)
        added = added_tasks(order.id, new, work.tasks, publishes=self.carrier.publishes)

        def begun(tx: OrderTx) -> Sequence[Task]:
            tx.put_designs(found.values(), order.requester)
            return (*tasks, *taken_over(tx, order, added, new, now))

        path = "serviceOrderItem" if new else None
        return self._stored(work, order, begun=begun, wanted={**work.wanted, **found}, path=path)

    def _refused(self, work: Work, why: Why) -> Work:
        """What is held for a design that is not to be had is given back."""
        keys = {one.hold for one in work.order.amendments if one.item in why and one.hold}
        back = [given_back(work.tasks[key], self.now(), "the former design stays") for key in keys]
        order = with_refusals(work.order, why, work.solutions, self.now())
        return self._stored(work, order, (*back, *_unheld(work, why)))

    def _compared(
        self,
        order: Order,
        items: Collection[str],
        old: Mapping[str, SiteSolution],
        found: Mapping[str, SiteSolution],
    ) -> Order:
        """Nobody has asked for another design of these items: its requester is told, and asked where it is worse."""
        anew = {item: old[item] for item in items if item in found}
        if not anew:
            return order
        told, _ = self.commitment.compared(order, anew, found, UNHELD)
        return with_roll_up(with_standing(told), self.now())

    def _settled(self, work: Work) -> Work:
        """What was answered, or is about an item that has ended, is no wish any more."""
        asking = {item for wait in work.order.waits if wait.kind == "information" for item in wait.items}
        by_id = leaves_by_id(work.order)
        left = []
        for one in work.order.amendments:
            if by_id[one.item].state in FINAL:
                continue
            if one.state == "refused" and one.item not in asking:
                left += [] if one.was is not None else [replace(one, state="asked")]
            else:
                left.append(one)
        return self._stored(work, replace(work.order, amendments=tuple(left)))

    def _requirements(self, work: Work) -> dict[str, tuple[Requirement, ...]]:
        """Of each item that is still alive, as it was designed and as it is wanted."""
        open_ = {one.item for one in work.order.amendments}
        found = {}
        for item, leaf in leaves_by_id(work.order).items():
            designed = (work.solutions[item].requirement,) if item in work.solutions else ()
            if leaf.state not in FINAL:
                found[item] = (*designed, leaf.requirement) if item in open_ else designed
        return found

    def _is_ready(self, work: Work, one: Amendment) -> bool:
        """An item that cannot keep its design changes over once nobody waits for an operator any more."""
        if one.state != "designed" or not work.is_alive(one.item):
            return False
        if one.lost and any(wait.kind == "fallout" and one.item in wait.items for wait in work.order.waits):
            return False
        hold = None if one.hold is None else work.tasks[one.hold]
        return hold is None or hold.state not in ("planned", "sent", "fallen") or not hold.items

    def _why(self, code: str, text: str) -> Fault:
        return not_to_be_had(code, text, self.now())

    def _stored(
        self,
        work: Work,
        order: Order,
        tasks: Sequence[Task] = (),
        *,
        begun: Callable[[OrderTx], Sequence[Task]] = lambda _: (),
        wanted: Mapping[str, SiteSolution] | None = None,
        path: str | None = None,
    ) -> Work:
        """Order, tasks and what `begun` does in one transaction; the same work where nothing has changed."""
        if order == work.order and not tasks:
            return work
        told: list[Happening] = list(happenings(work.order, order))
        paths = [path] if path else []
        if "informationRequired" in told:
            paths.append(ANSWERED_BY)
        if path and "attributeChanged" not in told:
            told.append("attributeChanged")

        def change(tx: OrderTx) -> tuple[Order, tuple[Task, ...]]:
            changed = (*tasks, *begun(tx))
            for task in changed:
                tx.put_task(task)
            return tx.save(order, *told, field_path=",".join(paths) or None), changed

        saved, changed = self.books.write(change)
        wanted = work.wanted if wanted is None else wanted
        fresh = {leaf.id: leaf.solution for leaf in leaves_by_id(order).values() if leaf.solution is not None}
        now = {task.key: task for task in (*work.tasks, *changed)}
        return replace(Work.of(saved, now.values(), {**work.solutions, **fresh}, wanted), news=work.news)


def _unasked(order: Order, open_: Mapping[str, Amendment]) -> set[str]:
    """Items that are designed anew for no other reason than that they are not held."""
    by_id = leaves_by_id(order)
    lost = [one for one in open_.values() if one.lost is not None and one.state == "asked"]
    return {one.item for one in lost if one.was == mark_of(by_id[one.item].requirement)}


def _unheld(work: Work, why: Why) -> list[Task]:
    """The holds that these items could not get: with no other design their items fail."""
    keys = [one.lost for one in work.order.amendments if one.item in why and one.lost is not None]
    return [replace(work.tasks[key], state="failed") for key in keys]


def _is_over(task: Task) -> bool:
    """Taken back; or left where it is, since the other side does not take it back."""
    return task.state in ("undone", "failed") or (task.kind != "reserve" and task.state != "undoing")


def _ended(task: Task) -> Task:
    return task if task.state == "undone" else replace(task, state="failed", look_at=None)
