"""Everything that is said to other systems and read from them, in one list of names."""

from linkwright.wire.v4.bookings import read_bookings
from linkwright.wire.v4.catalogue import read_offered
from linkwright.wire.v4.changes import given_back, has_key, service_id_of, write_service_change
from linkwright.wire.v4.delivered import read_implementation, read_registration
from linkwright.wire.v4.downstream import (
    write_allocation_order,
    write_implementation_order,
    write_inventory_service,
    write_release_order,
)
from linkwright.wire.v4.holds import read_found, read_reserved
from linkwright.wire.v4.inventory import read_access, read_network
from linkwright.wire.v4.partner import (
    question_key,
    read_partner_check,
    read_partner_order,
    write_partner_check,
    write_partner_order,
)
from linkwright.wire.v4.peer_notes import has_note, write_noted
from linkwright.wire.v4.progress import read_hold_end, read_hold_progress, read_order_of, read_order_progress
from linkwright.wire.v4.quality import (
    listed_objectives,
    objectives_of,
    published_names,
    write_level_specification,
    write_objective,
)
from linkwright.wire.v4.resource_domain import (
    read_resource_order,
    write_hold,
    write_hold_periods,
    write_reservation,
    write_resource_order,
)
from linkwright.wire.v4.service_inventory import read_service

__all__ = [
    "given_back",
    "has_key",
    "has_note",
    "listed_objectives",
    "objectives_of",
    "published_names",
    "question_key",
    "read_access",
    "read_bookings",
    "read_found",
    "read_hold_end",
    "read_hold_progress",
    "read_implementation",
    "read_network",
    "read_offered",
    "read_order_of",
    "read_order_progress",
    "read_partner_check",
    "read_partner_order",
    "read_registration",
    "read_resource_order",
    "read_reserved",
    "read_service",
    "service_id_of",
    "write_allocation_order",
    "write_hold",
    "write_hold_periods",
    "write_implementation_order",
    "write_inventory_service",
    "write_level_specification",
    "write_noted",
    "write_objective",
    "write_partner_check",
    "write_partner_order",
    "write_release_order",
    "write_reservation",
    "write_resource_order",
    "write_service_change",
]
