"""Whether a partner keeps its dates is noted from its orders."""

from datetime import date
from typing import Any

import pytest

from linkwright.designs.partner_book import NoBook
from linkwright.orders.errands import Errand, Seen
from linkwright.outbound.partners.deliveries import NotedDeliveries
from tests.builders import a_leg, a_solution

from .builders import an_errand
from .fakes import Clock

PROMISED = date(2026, 11, 30)


class Errands:
    def __init__(self, state: Any) -> None:
        self.state = state

    def look(self, errand: Errand) -> Seen:
        return Seen(state=self.state, remote_state=self.state)


class Book(NoBook):
    def __init__(self) -> None:
        self.noted: list[tuple[str, str, date, date]] = []

    def delivered(self, partner: str, key: str, promised: date, actual: date) -> None:
        self.noted.append((partner, key, promised, actual))


@pytest.mark.parametrize(("state", "is_noted"), [("done", True), ("waiting", False), ("failed", False)])
def test_a_fulfilled_order_is_noted_with_the_day_that_was_promised(state: Any, is_noted: bool) -> None:
    book, clock = Book(), Clock()
    legs = (a_leg(access="own", ready=date(2026, 12, 24)), a_leg(access="north:q", ready=PROMISED))
    errand = an_errand(a_solution(legs=legs), kind="procure", system="north", access="north:q")
    errands: Any = Errands(state)
    assert NotedDeliveries(errands, book, now=clock).look(errand).state == state
    assert book.noted == ([("north", "order-1/reserve/1", PROMISED, clock.at.date())] if is_noted else [])
