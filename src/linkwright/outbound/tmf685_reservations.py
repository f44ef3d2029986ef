"""Holds of capacity in the resource pool (TMF685)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from linkwright.outbound.http import Client
from linkwright.outbound.keyed_errands import KeyedErrands
from linkwright.wire.v4.outward import read_hold_end, read_order_progress, write_reservation

BASE = "tmf-api/resourcePoolManagement/v4"


class Reservations(KeyedErrands):
    """Tasks of the kind `reserve`. A hold that nobody gives back ends by itself after `hold`."""

    def __init__(self, system: str, client: Client, *, now: Callable[[], datetime], hold: timedelta) -> None:
        super().__init__(
            system,
            client,
            BASE,
            "reservation",
            write=lambda errand: write_reservation(errand, now() + hold),
            read=read_order_progress,
            given_up={"state": "cancelled"},
            ends=read_hold_end,
        )
