"""Facts that were read a moment ago. A failed reading is never kept, and nothing is kept beyond its freshness limit."""

import threading
from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Kept(Generic[T]):
    """One value that is dear to read. While one thread reads it, the others wait for that reading and share its end.

    After `outdate` a part of the value is not true any more: `renew` makes the new value of the one that is kept,
    without reading all of it again.
    """

    def __init__(
        self,
        read: Callable[[], T],
        *,
        freshness_s: float,
        now: Callable[[], datetime],
        renew: Callable[[T], T] | None = None,
    ) -> None:
        self._read, self._freshness, self._now = read, timedelta(seconds=freshness_s), now
        self._renew = renew
        self._lock = threading.Lock()
        self._value: tuple[datetime, int, T] | None = None
        self._reading: tuple[int, Future[T]] | None = None
        self._changes = 0

    def get(self) -> T:
        """The value, at most as old as the freshness limit. Raises whatever reading raises."""
        with self._lock:
            wanted = self._changes
        while True:
            with self._lock:
                known = self._value if self._value and _is_fresh(self._value[0], self._now(), self._freshness) else None
                if known is not None and known[1] >= wanted:
                    return known[2]
                reading = self._reading
                mine = self._changes, Future[T]()
                if reading is None:
                    self._reading = mine
            if reading is None:
                return self._refreshed(known, *mine)
            value = reading[1].result()
            if reading[0] >= wanted:
                return value

    def outdate(self) -> None:
        """Something of it has changed: who asks from now on gets a value that was read, or renewed, after that."""
        with self._lock:
            self._changes += 1

    def _refreshed(self, known: tuple[datetime, int, T] | None, changes: int, reading: Future[T]) -> T:
        began = self._now()
        try:
            if known is None or self._renew is None:
                value = self._read()
            else:
                began, value = known[0], self._renew(known[2])
        except BaseException as error:
            with self._lock:
                self._reading = None
            reading.set_exception(error)
            raise
        with self._lock:
            self._value, self._reading = (began, changes, value), None
        reading.set_result(value)
        return value


class KeptByKey(Generic[K, T]):
    """Many values by key, at most `most` of them. Two threads may read the same key at the same time: harmless."""

    def __init__(self, *, freshness_s: float, now: Callable[[], datetime], most: int = 50_000) -> None:
        self._freshness, self._now, self._most = timedelta(seconds=freshness_s), now, most
        self._lock = threading.Lock()
        self._values: dict[K, tuple[datetime, T]] = {}
        self._forgotten: dict[K, datetime] = {}

    def fresh(self, keys: Iterable[K]) -> dict[K, T]:
        """What is kept and still fresh, of these keys."""
        now = self._now()
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
        return {key: value for key, (at, value) in found.items() if _is_fresh(at, now, self._freshness)}

    def keep(self, values: Mapping[K, T], read_at: datetime) -> None:
        """Keep values whose reading began at `read_at`; the oldest make room. What was forgotten since is not kept."""
        with self._lock:
            for key, value in values.items():
                if (forgotten := self._forgotten.get(key)) is not None and read_at <= forgotten:
                    continue
                self._values.pop(key, None)
                self._values[key] = (read_at, value)
            while len(self._values) > self._most:
                del self._values[next(iter(self._values))]

    def forget(self, keys: Iterable[K]) -> None:
        """What is known of these keys has changed: it is read again, and so is what is being read at this moment."""
        now = self._now()
        with self._lock:
            for key in keys:
                self._values.pop(key, None)
                self._forgotten.pop(key, None)
                self._forgotten[key] = now
            while len(self._forgotten) > self._most:
                del self._forgotten[next(iter(self._forgotten))]

    def get(self, key: K, read: Callable[[], T]) -> T:
        """The value of one key, read where it is not there or too old."""
        kept = self.fresh([key])
        if key in kept:
            return kept[key]
        began = self._now()
        value = read()
        self.keep({key: value}, began)
        return value


def _is_fresh(read_at: datetime, now: datetime, freshness: timedelta) -> bool:
    """A clock that was set back makes everything stale: what was read in the future cannot be judged."""
    return timedelta(0) <= now - read_at < freshness
