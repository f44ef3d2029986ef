"""Whether partners keep their dates: noted when an order of ours is seen to be fulfilled."""

from collections.abc import Callable
from datetime import datetime

from linkwright.designs.partner_book import PartnerBook
from linkwright.orders.errands import Errand, Seen, Sent
from linkwright.orders.ports import Errands


class NotedDeliveries:
    """Implements `orders.ports.Errands` around the orders at partners.

    The promised day is that of the design, from the lead time that the partner offered.
    """

    def __init__(self, errands: Errands, book: PartnerBook, *, now: Callable[[], datetime]) -> None:
        self._errands, self._book, self._now = errands, book, now

    def send(self, errand: Errand) -> Sent:
        return self._errands.send(errand)

    def look(self, errand: Errand) -> Seen:
        seen = self._errands.look(errand)
        promised = [
            leg.ready
            for item in errand.task.items
            if item in errand.solutions
            for leg in errand.solutions[item].legs
            if leg.access == errand.task.access
        ]
        if seen.state == "done" and promised:
            self._book.delivered(errand.task.system, errand.task.key, max(promised), self._now().date())
        return seen

    def undo(self, errand: Errand) -> Seen:
        return self._errands.undo(errand)

    def subscribe(self, system: str, callback: str) -> str | None:
        return self._errands.subscribe(system, callback)
