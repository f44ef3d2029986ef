"""A search that somebody can stop: it gives back what it has by then, and says so."""

from collections.abc import Callable
from dataclasses import dataclass

from linkwright.design.ask import STOPPED, never
from linkwright.design.limits import Search


@dataclass(slots=True)
class StoppableSearch(Search):
    """`stop` is asked whenever the time is looked at."""

    stop: Callable[[], bool] = never

    def left_s(self) -> float:
        return 0.0 if self.stop() else Search.left_s(self)

    def is_over(self) -> bool:
        if self.stop():
            self.guards.add(STOPPED)
            return True
        return Search.is_over(self)
