"""What a listener of the hub must have heard, however often each event came."""

from collections.abc import Iterable
from itertools import pairwise

from linkwright.orders.states import ORDER
from tests.journeys.processes import Json


def distinct(events: Iterable[Json]) -> list[Json]:
    """Each event once, where it came first."""
    return list({event["eventId"]: event for event in events}.values())


def states_told(events: Iterable[Json], order_id: str) -> list[str]:
    """The states of an order one after the other, as its events told them."""
    told: list[str] = []
    for event in events:
        order = event["event"].get("serviceOrder", {})
        if order.get("id") == order_id and told[-1:] != [order["state"]]:
            told.append(order["state"])
    return told


def legal(events: Iterable[Json], order_id: str) -> bool:
    """From its beginning on every move is allowed: nothing is missing or out of turn."""
    told = states_told(events, order_id)
    moves = pairwise(told)
    return told[:1] == ["acknowledged"] and all(after in ORDER[before] for before, after in moves)
