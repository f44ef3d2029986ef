"""What a requester answers to a partner that asks: his new notes go to the partner's order, each once."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Protocol

from linkwright.errors import Refused, Unavailable
from linkwright.orders.errands import Errand, Task
from linkwright.orders.model import Order
from linkwright.orders.ports import OrderBooks, OrderTx
from linkwright.orders.standing import OURSELVES, with_remark
from linkwright.orders.waits import Wait
from linkwright.orders.work import Pauses, Work


@dataclass(frozen=True, kw_only=True)
class Reply:
    """`id` is the same for the same words of the same note."""

    id: str
    text: str


class PeerNotes(Protocol):
    def tell(self, errand: Errand, reply: Reply) -> None:
        """Add a note to the order that the task has placed; once, however often this is repeated.

        Raises:
            Refused: that order takes no notes.
            Unavailable: it may be tried again.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Replies:
    books: OrderBooks
    notes: PeerNotes
    retried: Callable[[str, Callable[[], Any]], Any]
    now: Callable[[], datetime]
    pauses: Pauses

    def handed_on(self, work: Work) -> Work:
        """The work as it is stored afterwards. Who does not answer is told with the next look at his order."""
        for wait in work.order.waits:
            if wait.kind == "partner" and wait.task is not None and wait.task in work.tasks:
                work = self._handed_on(work, wait, work.tasks[wait.task])
        return work

    def _handed_on(self, work: Work, wait: Wait, task: Task) -> Work:
        said = replies_in(work.order)
        if wait.heard is None:
            return self._stored(work, _with(work.order, replace(wait, heard=tuple(said))))
        for key in [key for key in said if key not in wait.heard]:
            order = work.order
            try:
                call = partial(self.notes.tell, work.errand(task), said[key])
                self.retried(f"tell {task.key}", call)
            except Unavailable:
                return work
            except Refused:
                text = f"{task.system} takes no notes on its order; it has to be told in another way."
                order = with_remark(order, f"{task.key}/{key}", OURSELVES, self.now(), text)
            wait = replace(wait, heard=(*(wait.heard or ()), key))
            task = replace(task, attempts=0, look_at=self.now() + self.pauses.first)
            work = self._stored(work, _with(order, wait), task)
        return work

    def _stored(self, work: Work, order: Order, *tasks: Task) -> Work:
        is_told = order.remarks != work.order.remarks

        def change(tx: OrderTx) -> Order:
            for task in tasks:
                tx.put_task(task)
            return tx.save(order, "attributeChanged", field_path="note") if is_told else tx.save(order)

        saved = self.books.write(change)
        for task in tasks:
            work.tasks.put(task)
        return replace(work, order=saved)


def replies_in(order: Order) -> Mapping[str, Reply]:
    """The notes of the requester, by their ids here; who says the same again has answered again."""
    ours = {one.id for one in order.remarks}
    notes = [note for note in order.body.get("note") or () if note.get("id") not in ours and note.get("text")]
    found, before = dict[str, Reply](), Counter[str]()
    for note in notes:
        words = f"{note.get('id')}\n{note['text']}"
        key = _key(f"{words}\n{before[words]}" if before[words] else words)
        before[words] += 1
        found[key] = Reply(id=key, text=note["text"])
    return found


def is_answer(order: Order, attributes: set[str]) -> bool:
    """Whether a change of these attributes may answer a partner that asks."""
    return "note" in attributes and any(wait.kind == "partner" for wait in order.waits)


def _key(words: str) -> str:
    return sha256(words.encode()).hexdigest()[:16]


def _with(order: Order, wait: Wait) -> Order:
    """The order with this wait instead of the one for the same task."""
    same = (wait.kind, wait.task)
    return replace(order, waits=tuple(wait if (one.kind, one.task) == same else one for one in order.waits))
