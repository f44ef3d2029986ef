"""The queues of an engine: one that most kinds share, and those of kinds that have workers of their own."""

import threading
from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from linkwright.engine.dbos_pieces import piece_of
from linkwright.engine.sweep import Bell, Lane, Piece, PieceBook

if TYPE_CHECKING:
    from dbos import DBOS

SHARED = "pieces"
IDLE_LOOK_S = 1.0
MOST_IN_QUEUE = 2_000


class Lanes:
    """Each lane is worked by a thread of ours, which can be woken; those of dbos only look from time to time."""

    def __init__(self, book: PieceBook, workers: int) -> None:
        self._book = book
        self._of_kind: dict[str, Lane] = {}
        self._shared = self._new(SHARED, workers)

    def __iter__(self) -> Iterator[Lane]:
        return iter((self._shared, *self._of_kind.values()))

    @property
    def workers(self) -> int:
        return sum(lane.workers for lane in self)

    def give_its_own(self, kind: str, workers: int) -> None:
        self._of_kind[kind] = self._new(kind, workers)

    def of(self, kind: str) -> Lane:
        return self._of_kind.get(kind, self._shared)

    def work(self, dbos: "DBOS") -> None:
        """Begin to carry out what is queued, now or later."""
        from dbos import DBOS
        from dbos._queue import queue_worker_thread

        for lane in self:
            queue = DBOS.register_queue(
                lane.queue,
                worker_concurrency=lane.workers,
                partition_concurrency=1,
                polling_interval_sec=IDLE_LOOK_S,
                on_conflict="always_update",
            )
            lane.worker = threading.Thread(
                target=queue_worker_thread, args=(lane.bell, dbos, queue), name=f"linkwright-{lane.queue}", daemon=True
            )
            lane.worker.start()

    def ring(self) -> None:
        for lane in self:
            lane.bell.ring()

    def are_working(self) -> bool:
        return all(lane.worker is not None and lane.worker.is_alive() for lane in self)

    def stop(self, timeout_s: float) -> None:
        """Begin nothing any more; `timeout_s` for each lane."""
        for lane in self:
            lane.bell.set()
        for lane in self:
            if lane.worker is not None:
                lane.worker.join(timeout_s)

    def queued(self, version: str) -> Set[Piece]:
        """What waits in the queues, whoever put it there."""
        from dbos import DBOS

        waiting = (
            workflow
            for lane in self
            for workflow in DBOS.list_queued_workflows(
                queue_name=lane.queue, app_version=version, limit=MOST_IN_QUEUE, load_input=False, load_output=False
            )
        )
        return {piece_of(workflow.workflow_id) for workflow in waiting}

    def _new(self, queue: str, workers: int) -> Lane:
        def hurry() -> bool:
            return self._book.is_waiting(lambda kind: self.of(kind).queue == queue)

        return Lane(queue=queue, workers=workers, bell=Bell(hurry))
