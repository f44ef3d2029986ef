"""What waits in the queue of an item's designs before it is a column: arrangements, and the streams of their paths."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from linkwright.design.choice.parts import Arrangement, Column, Option, Paths
from linkwright.design.routes.flows import least_of_disjoint
from linkwright.design.routes.graph import Routes
from linkwright.design.routes.leg_stream import LegsStep
from linkwright.design.rules.screen import Shape


@dataclass(frozen=True, slots=True)
class LegsPlaced:
    """An arrangement with its routes, and what it costs at these prices without paths and CPE."""

    place: Arrangement
    shape: Shape
    options: tuple[Option, ...]
    routes: tuple[Routes, ...]
    unit: int
    """A price of these routes is for so many Mbit/s."""
    price: float

    def alone(self) -> float:
        """Each leg's cheapest way for itself: never more than what diverse legs cost."""
        return sum(routes.tree.weight[o.pop] for routes, o in zip(self.routes, self.options, strict=True))


@dataclass(slots=True)
class Stream:
    legs: LegsPlaced
    seen: Paths
    cpes: tuple[int, ...]
    cpe: float
    """The price of the cheapest of these models."""
    steps: Iterator[LegsStep] | None
    most: float = inf
    """What paths may cost; those above are not looked at."""


def least_of_all(legs: LegsPlaced) -> float:
    """What more than two disjoint paths cost at least."""
    routes, starts = legs.routes[0], [option.pop for option in legs.options]
    by_node, closed = legs.shape.apart.by_node, routes.aim.closed
    return least_of_disjoint(routes.graph, routes.goals, routes.price, starts, by_node=by_node, closed=closed)


def place_of(item: object) -> Arrangement | None:
    """The arrangement to which something that waits belongs."""
    if isinstance(item, Column):
        return Arrangement(item.shape, item.end, item.options)
    if isinstance(item, Stream):
        return item.legs.place
    return item.place if isinstance(item, LegsPlaced) else None
