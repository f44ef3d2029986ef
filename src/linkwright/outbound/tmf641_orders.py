"""Service orders (TMF641): a partner's leg, the allocation of parameters, and the implementation downstream."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from linkwright.designs.requirement import Json
from linkwright.orders.errands import Errand, Seen
from linkwright.outbound.http import Client
from linkwright.outbound.order_errands import OrderApi, OrderErrands
from linkwright.wire.v4.dialect import OURS, Dialect
from linkwright.wire.v4.outward import (
    read_implementation,
    read_order_of,
    read_partner_order,
    write_allocation_order,
    write_implementation_order,
    write_partner_order,
    write_release_order,
)

NO_DIALECTS: Mapping[str, Dialect] = MappingProxyType({})
SERVICE_ORDERS = OrderApi(base="tmf-api/serviceOrdering/v4", order="serviceOrder", cancel="cancelServiceOrder")


def partner_orders(
    partners: Mapping[str, Client],
    dialects: Mapping[str, Dialect] = NO_DIALECTS,
    idempotent: Collection[str] = (),
) -> OrderErrands:
    """Tasks of the kind `procure`, by partner id. `idempotent` are partners that know a repeated order by its key."""

    def write(errand: Errand) -> Json:
        return write_partner_order(errand, dialects.get(errand.task.system, OURS))

    def read(errand: Errand, doc: Json) -> Seen:
        return read_partner_order(errand, doc, dialects.get(errand.task.system, OURS))

    return OrderErrands(SERVICE_ORDERS, partners, write, read, idempotent=idempotent)


def allocation_orders(system: str, client: Client) -> OrderErrands:
    """Tasks of the kind `allocate`: what was allocated can be given back at any time."""
    return OrderErrands(
        SERVICE_ORDERS, {system: client}, write_allocation_order, read_order_of, release=write_release_order
    )


def implementation_orders(system: str, client: Client) -> OrderErrands:
    """Tasks of the kind `implement`."""
    return OrderErrands(SERVICE_ORDERS, {system: client}, write_implementation_order, read_implementation)
