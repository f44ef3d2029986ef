"""Resource orders (TMF652): CPE, builds and augments."""

from linkwright.outbound.http import Client
from linkwright.outbound.order_errands import OrderApi, OrderErrands
from linkwright.wire.v4.outward import read_resource_order, write_resource_order

RESOURCE_ORDERS = OrderApi(
    base="tmf-api/resourceOrderingManagement/v4", order="resourceOrder", cancel="cancelResourceOrder"
)


def resource_orders(system: str, client: Client) -> OrderErrands:
    """Tasks of the kind `provide`."""
    return OrderErrands(RESOURCE_ORDERS, {system: client}, write_resource_order, read_resource_order)
