"""What a requester wants otherwise of an order that is being fulfilled, item by item."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from linkwright.designs.requirement import Requirement

AmendmentState = Literal["asked", "accepted", "designed", "denied", "refused"]


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """An item that is to be designed anew, or that is new. The design that it has stays in force until then.

    `asked` is still to be designed. `accepted` is the design `design_id` that was proposed, `designed` one that comes
    into force as soon as its hold (the task `hold`, if it needs one of its own) is given. `denied` is one that was not
    approved. `refused` says that it cannot be done, and its requester is asked. `was` marks what the design in force
    was made for; a new item has none. `lost` is the key of the hold that the design in force could not get: its item
    fails where no other design can be held.
    """

    item: str
    state: AmendmentState = "asked"
    was: str | None = None
    design_id: str | None = None
    hold: str | None = None
    lost: str | None = None


def mark_of(requirement: Requirement) -> str:
    """The same for the same wish."""
    return sha256(repr(requirement).encode()).hexdigest()[:32]
