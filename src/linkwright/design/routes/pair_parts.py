"""What waits in the queue of all pairs: parts of the space of pairs, from a mere bound to paths that are there."""

from collections.abc import Iterator
from dataclasses import dataclass

from linkwright.design.routes.cheapest_pair import PairSearch
from linkwright.design.routes.graph import DisjointPair
from linkwright.design.routes.paths import PathStep
from linkwright.design.rules.figures import Sums


@dataclass(frozen=True, slots=True)
class Part:
    """Leg one begins with this prefix, and its next link is none of `not_first`."""

    nodes: tuple[int, ...]
    links: tuple[int, ...]
    paid: float
    used: Sums
    not_first: frozenset[int]


@dataclass(frozen=True, slots=True)
class Sought:
    """A part with the search for its cheapest pair, if that has begun."""

    part: Part
    search: PairSearch | None


@dataclass(frozen=True, slots=True)
class Solved:
    """A part with a pair to cut it at, which is its cheapest where it `is_exact`."""

    part: Part
    pair: DisjointPair
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """Leg one is fixed; its partners come in order of price, `step` is the next of them (None: not yet asked for)."""

    one: tuple[int, ...]
    step: PathStep | None
    steps: Iterator[PathStep]


Item = Part | Sought | Solved | Rest
