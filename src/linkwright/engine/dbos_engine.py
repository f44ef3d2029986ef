"""The engine port on dbos: one short workflow, `advance(kind, key)`, on one partitioned queue.

dbos keeps the queue, the delays, the retries of a step and the rule that a piece never runs twice at once. It is not
asked to replay: a run may always begin again, so what a dead process left is cancelled and its pieces are poked anew.
That holds across versions, and a process that was only thought dead finds its run cancelled at its next step.
"""

import os
import socket
import threading
from collections.abc import Callable, Sequence, Set
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
import structlog
import uuid_utils

from linkwright.engine.dbos_history import purge
from linkwright.engine.dbos_lanes import Lanes
from linkwright.engine.dbos_log import quieten
from linkwright.engine.dbos_pieces import WORKFLOW, new_workflow_id, partition_of, piece_of
from linkwright.engine.dbos_sqlite import sqlite_engine
from linkwright.engine.dbos_steps import step_runner
from linkwright.engine.liveness import liveness_of
from linkwright.engine.orphans import Orphans
from linkwright.engine.ports import DueRows, Steps
from linkwright.engine.steps import BoxedSteps
from linkwright.engine.sweep import Chore, Piece, PieceBook, Sweeper

if TYPE_CHECKING:
    from dbos import DBOSConfig

TAKE_OVER_EVERY_S = 5.0
PURGE_EVERY_S = 3600.0
KEEP = timedelta(days=1)
LONGEST_JOIN_S = 15.0
RELAUNCH_PAUSE_S = 2.0
LONGEST_RELAUNCH_PAUSE_S = 30.0

log = structlog.get_logger()


class DbosEngine:
    """Runs pieces of work with dbos: on SQLite in a file of the engine's own, on PostgreSQL in the schema `dbos`.

    On SQLite exactly one process may run, kept by a lock file beside the database. On PostgreSQL several may; each
    takes over what a dead one left. `executor_id` only names the process in dbos' tables, and is made unique.
    There can be one started engine in a process, as dbos is a singleton.
    """

    def __init__(
        self,
        database_url: str,
        *,
        due_rows: DueRows,
        now: Callable[[], datetime],
        sweep_every_s: float = 1.0,
        workers: int = 8,
        tries: int = 4,
        first_pause_s: float = 0.2,
        application_version: str,
        executor_id: str | None = None,
        keep: timedelta = KEEP,
    ) -> None:
        self._url = sa.make_url(database_url)
        self._on_sqlite = self._url.get_backend_name() == "sqlite"
        if self._on_sqlite and self._url.database in (None, "", ":memory:"):
            raise ValueError("the engine needs a database file of its own, not one in memory")
        self._version, self._keep = application_version, keep
        self._executor_id = f"{executor_id or socket.gethostname()}:{os.getpid()}:{uuid_utils.uuid7()}"
        self._runs: dict[str, Callable[[str], None]] = {}
        self._book = PieceBook()
        self._orphans = Orphans()
        self._lanes = Lanes(self._book, workers)
        self._steps = BoxedSteps(step_runner(tries, first_pause_s))
        self._liveness = liveness_of(self._url, self._executor_id)
        self._sweeper = Sweeper(
            self._book,
            due_rows,
            self._enqueue,
            now=now,
            every_s=sweep_every_s,
            enqueued=self._lanes.ring,
            in_queue=self._in_queue,
            chores=self._chores(),
        )
        self._database: sa.Engine | None = None
        self._stopping, self._launched = threading.Event(), threading.Event()
        self._launcher = threading.Thread(target=self._launch_until_it_works, name="linkwright-launch", daemon=True)
        self._begun = False
        self.taken_over = 0
        """So many runs of dead processes were taken over by this one."""

    def register(self, kind: str, run: Callable[[str], None], *, workers: int | None = None) -> None:
        if ":" in kind:
            raise ValueError(f"a kind has no colon in it: {kind!r}")
        if self._launcher.ident is not None:
            raise RuntimeError(f"{kind!r} was registered after the start")
        self._runs[kind] = run
        if workers is not None:
            self._lanes.give_its_own(kind, workers)

    def start(self) -> None:
        """Launch in the background and return at once; `healthy` tells when it is done.

        Raises:
            EngineBusy: another process works on this SQLite file.
        """
        if self._on_sqlite:
            self._liveness.claim()
        self._launcher.start()

    def stop(self, drain_s: float) -> None:
        """Begin nothing new and give running pieces `drain_s` seconds.

        What still runs after that is left to the next process, which may begin once this one has ended, or once a
        repeated stop has seen the end of it.
        """
        self._stopping.set()
        if self._launcher.ident is not None:
            self._launcher.join(LONGEST_JOIN_S)
        self._sweeper.stop(LONGEST_JOIN_S)
        self._lanes.stop(LONGEST_JOIN_S)
        drained = self._book.wait_idle(drain_s)
        self._destroy()
        if drained:
            self._liveness.release()
        self._launched.clear()

    def poke(self, kind: str, key: str, delay_s: float = 0.0) -> None:
        """Run the piece soon. Takes microseconds, never fails and never blocks, not even before the start."""
        self._book.ask((kind, key), delay_s)
        self._sweeper.wake()

    @property
    def steps(self) -> Steps:
        return self._steps

    @property
    def sweeps(self) -> int:
        """So often this process has looked for what is due."""
        return self._sweeper.sweeps

    def healthy(self) -> bool:
        """True once it is launched, and while all of its threads live."""
        return self._launched.is_set() and self._lanes.are_working() and self._sweeper.is_alive()

    def purge(self, before: datetime) -> int:
        """Delete the history of everything that was put into the queue before then and does not run; how much that was.

        What never began may be deleted too: the sweep puts it in again when its row is due.
        """
        return purge(before, self._stopping.is_set)

    def _in_queue(self) -> Set[Piece]:
        """Without this every process would put in again what waits or runs in another. On SQLite there is no other."""
        return frozenset() if self._on_sqlite else self._lanes.queued(self._version)

    def _chores(self) -> Sequence[Chore]:
        return (
            Chore(name="take over", every_s=TAKE_OVER_EVERY_S, do=self._take_over),
            Chore(name="purge", every_s=PURGE_EVERY_S, do=self._purge_old),
        )

    def _purge_old(self) -> None:
        self.purge(datetime.now(UTC) - self._keep)

    def _launch_until_it_works(self) -> None:
        pause_s = RELAUNCH_PAUSE_S
        while not self._stopping.is_set():
            try:
                self._liveness.claim()
                self._launch()
                return
            except Exception as error:  # a database that is not up yet must not end the engine for good
                log.error("engine: launch failed, will try again", error=f"{type(error).__name__}: {error}")
                self._destroy()
                self._stopping.wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_RELAUNCH_PAUSE_S)

    def _launch(self) -> None:
        from dbos import DBOS

        quieten()
        self._begun = True
        dbos = DBOS(config=self._config())
        DBOS.listen_queues([])  # the lanes do that themselves
        self._workflow = DBOS.workflow(name=WORKFLOW)(self._advance())
        DBOS.launch()
        self._lanes.work(dbos)
        self._sweeper.start()
        self._launched.set()

    def _config(self) -> "DBOSConfig":
        from dbos import DBOSPortableJSONSerializer

        config: DBOSConfig = {
            "name": "linkwright",
            "system_database_url": self._url.render_as_string(hide_password=False),
            "application_version": self._version,
            "executor_id": self._executor_id,
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": self._lanes.workers + 4,
            "log_level": "WARNING",
        }
        if self._on_sqlite:
            self._database = config["system_database_engine"] = sqlite_engine(self._url)
        return config

    def _destroy(self) -> None:
        if not self._begun:
            return
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True)
        self._begun = False
        if self._database is not None:
            self._database.dispose()
            self._database = None

    def _advance(self) -> Callable[[str, str], None]:
        from dbos import DBOS

        def advance(kind: str, key: str) -> None:
            if self._stopping.is_set() or self._orphans.is_given_up(DBOS.workflow_id):
                return  # its row stays due
            try:
                with self._book.running((kind, key)), self._steps.inside():
                    self._runs[kind](key)
            except Exception:
                log.exception("engine: a run failed, its row stays due", kind=kind, key=key)
                raise
            finally:
                if self._book.is_asked_for((kind, key)):
                    self._sweeper.wake()

        return advance

    def _enqueue(self, kind: str, key: str, delay_s: float) -> None:
        from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

        piece = (kind, key)
        with (
            SetWorkflowID(new_workflow_id(piece)),
            SetEnqueueOptions(queue_partition_key=partition_of(piece), delay_seconds=delay_s or None),
        ):
            DBOS.enqueue_workflow(self._lanes.of(kind).queue, self._workflow, kind, key)

    def _take_over(self) -> None:
        """Cancel the runs of dead processes, and ours that ended unnoticed, and poke their pieces.

        On SQLite every other process is dead.
        """
        from dbos import DBOS

        self._liveness.claim()
        running = DBOS.list_workflows(status="PENDING", name=WORKFLOW, load_input=False, load_output=False)
        for owner in {workflow.executor_id for workflow in running} - {self._executor_id}:
            with self._liveness.found_dead(str(owner)) as dead:
                left = [workflow.workflow_id for workflow in running if workflow.executor_id == owner]
                if dead:
                    self._begin_again(str(owner), left)
        ours = (workflow.workflow_id for workflow in running if workflow.executor_id == self._executor_id)
        self._begin_again(
            self._executor_id,
            self._orphans.found(run for run in ours if not self._book.is_running(piece_of(run))),
        )

    def _begin_again(self, owner: str, runs: Sequence[str]) -> None:
        from dbos import DBOS

        if runs:
            DBOS.cancel_workflows(list(runs))
        for run in runs:
            log.warning("engine: took over a run that nobody carries out any more", owner=owner, run=run)
            self.taken_over += owner != self._executor_id
            self.poke(*piece_of(run))
