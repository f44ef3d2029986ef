"""Holds of capacity in the resource pool (TMF685), our own and those of others."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from linkwright.designs.requirement import Json
from linkwright.outbound.http import Client
from linkwright.outbound.keyed_errands import KeyedErrands
from linkwright.outbound.lookup import matching
from linkwright.wire.v4.outward import read_hold_end, read_hold_progress, write_reservation

BASE = "tmf-api/resourcePoolManagement/v4"
RESERVATIONS = f"{BASE}/reservation"
NEEDED = "id,state,reservationPeriod,validFor,reservationItem"


def reservations(client: Client) -> Iterator[Json]:
    """Everything that is reserved, by whomever; a pool may well tell more of it than is needed."""
    return matching(client, RESERVATIONS, {"fields": NEEDED}, lambda _: True)


class Reservations(KeyedErrands):
    """Tasks of the kind `reserve`. A hold that nobody gives back ends by itself after `hold`."""

    def __init__(self, system: str, client: Client, *, now: Callable[[], datetime], hold: timedelta) -> None:
        super().__init__(
            system,
            client,
            BASE,
            "reservation",
            write=lambda errand: write_reservation(errand, now() + hold),
            read=read_hold_progress,
            given_up={"state": "cancelled"},
            ends=read_hold_end,
        )
