"""How a problem is asked about: together with the problem, all that an answer depends on."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

EXPLAINED_SITES = 8
"""Of sites left out of a partial answer, so many are explained each by itself."""
STOPPED = "stopped"
"""The guard of an answer that nobody waited for."""


def never() -> bool:
    """Nobody has asked to stop."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What `solve` is asked for beside the best design; its arguments of the same names say what they mean."""

    serve: str = "all"
    relax: bool = False
    alternatives: int = 0
    structures: int = 0
    explained: int = EXPLAINED_SITES

    def options(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Self:
        return cls(**options)


def seldom(stop: Callable[[], bool], every_s: float, clock: Callable[[], float] = time.monotonic) -> Callable[[], bool]:
    """The same question, but really asked only so often; who has once said yes is not asked again."""
    asked_at, said = clock() - every_s, False

    def asked() -> bool:
        nonlocal asked_at, said
        if not said and clock() - asked_at >= every_s:
            said, asked_at = stop(), clock()
        return said

    return asked
