"""What we hold, order or give back changes what we have read: the facts about these places are read again."""

from collections.abc import Callable, Iterable

from linkwright.orders.model import Errand, Seen, Sent
from linkwright.orders.ports import Errands


class HeededErrands:
    """Implements `orders.ports.Errands` around others; `forget` is told the ids of the places that each is about.

    It is told whatever becomes of a call: one whose answer is lost may have arrived.
    """

    def __init__(self, errands: Errands, forget: Callable[[Iterable[str]], None]) -> None:
        self._errands, self._forget = errands, forget

    def send(self, errand: Errand) -> Sent:
        try:
            return self._errands.send(errand)
        finally:
            self._forget(_places(errand))

    def look(self, errand: Errand) -> Seen:
        seen = self._errands.look(errand)
        if seen.state != "waiting":
            self._forget(_places(errand))
        return seen

    def undo(self, errand: Errand) -> Seen:
        try:
            return self._errands.undo(errand)
        finally:
            self._forget(_places(errand))

    def subscribe(self, system: str, callback: str) -> str | None:
        return self._errands.subscribe(system, callback)


def _places(errand: Errand) -> list[str]:
    """Every id under which facts about the places of its items may be filed."""
    designed = [errand.solutions[item] for item in errand.task.items if item in errand.solutions]
    spots = [spot for one in designed for spot in (one.place, one.place.far) if spot is not None]
    return [place_id for spot in spots for place_id in spot.ids]
