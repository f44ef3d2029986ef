"""What we hold, order or give back changes what we have read: the facts about it are read again."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import used_by
from linkwright.orders.errands import Errand, Seen, Sent
from linkwright.orders.ports import Errands
from linkwright.wire.v4.outward import given_back


class HeededErrands:
    """Implements `orders.ports.Errands` around others.

    `forget` is told the ids of the places that each is about, and those of the resources that are used there.

    It is told whatever becomes of a call: one whose answer is lost may have arrived.
    """

    def __init__(self, errands: Errands, forget: Callable[[Iterable[str], Iterable[str]], None]) -> None:
        self._errands, self._forget = errands, forget

    def send(self, errand: Errand) -> Sent:
        try:
            return self._errands.send(errand)
        finally:
            self._tell(errand)

    def look(self, errand: Errand) -> Seen:
        seen = self._errands.look(errand)
        if seen.state != "waiting":
            self._tell(errand)
        return seen

    def undo(self, errand: Errand) -> Seen:
        try:
            return self._errands.undo(errand)
        finally:
            self._tell(errand)

    def _tell(self, errand: Errand) -> None:
        designed = [errand.solutions[item] for item in errand.task.items if item in errand.solutions]
        places, resources = about(designed)
        self._forget(places, [*resources, *given_up_by(errand)])

    def subscribe(self, system: str, callback: str) -> str | None:
        return self._errands.subscribe(system, callback)


def about(designed: Sequence[SiteSolution]) -> tuple[list[str], list[str]]:
    """The ids of the places that designs are about, and of the resources that they use."""
    places = [place_id for one in designed for place_id in _place_ids(one)]
    return places, [name for one in designed for name in _resources(one)]


def given_up_by(errand: Errand) -> Iterator[str]:
    """What the items of the task do not use any more."""
    for item in errand.task.items:
        yield from (one.resource for one in given_back(errand, item))


def _place_ids(solution: SiteSolution) -> Iterator[str]:
    """Every id under which facts about its places may be filed."""
    for spot in (solution.place, solution.place.far):
        yield from () if spot is None else spot.ids


def _resources(solution: SiteSolution) -> Iterator[str]:
    yield from (name for name, _ in used_by(solution))
    yield from (leg.build for leg in solution.legs if leg.build is not None)
