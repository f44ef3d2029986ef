"""An engine with something to do."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

from linkwright.engine.dbos_engine import DbosEngine
from linkwright.engine.in_memory import InMemoryEngine
from linkwright.engine.ports import Engine
from tests.engine.fakes import Rows, real_now, wait_until

TRIES, WORKERS = 4, 8


class Bench:
    """An engine at work. Each test gives its own key something to do; the key's row is settled when that went well."""

    def __init__(self, url: str | None) -> None:
        self.rows = Rows()
        self._todo: dict[str, Callable[[], object]] = {}
        self._ahead = timedelta()
        self.engine: Engine = self._in_memory() if url is None else self._dbos(url)
        self.aside: list[Callable[[str], None]] = []
        """What pieces of the kind `aside` do, which has workers of its own."""
        self.engine.register("piece", self._run)
        self.engine.register("aside", self._beside, workers=2)
        self.engine.start()
        wait_until(self.engine.healthy, "the engine is healthy")

    def _in_memory(self) -> InMemoryEngine:
        self._memory = InMemoryEngine(self.rows, self.now, tries=TRIES)
        return self._memory

    def _dbos(self, url: str) -> DbosEngine:
        return DbosEngine(
            url,
            due_rows=self.rows,
            now=self.now,
            sweep_every_s=0.1,
            tries=TRIES,
            workers=WORKERS,
            first_pause_s=0.001,
            application_version="1",
        )

    def _beside(self, key: str) -> None:
        for do in self.aside:
            do(key)

    @property
    def real(self) -> bool:
        return isinstance(self.engine, DbosEngine)

    def now(self) -> datetime:
        return real_now() + self._ahead

    def a_piece(self, todo: Callable[[], object], key: str | None = None) -> str:
        key = key or str(uuid4())
        self._todo[key] = todo
        return key

    def due(self, key: str) -> str:
        self.rows.put("piece", key, self.now())
        return key

    def settled(self, key: str) -> bool:
        return not self.rows.has("piece", key)

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Let the engine work until it holds; in memory, time flies."""
        if self.real:
            return wait_until(condition, what)
        for _ in range(100):
            with suppress(Exception):
                self._memory.run_due()
            if condition():
                return None
            self._ahead += timedelta(seconds=1)
        raise AssertionError(f"never happened: {what}")

    def _run(self, key: str) -> None:
        self._todo[key]()
        self.rows.settle("piece", key)
