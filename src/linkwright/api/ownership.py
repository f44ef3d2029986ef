"""What an order may refer to: checks and designs that its requester may see."""

from linkwright.api.collections import Collection
from linkwright.api.identity import Caller
from linkwright.api.ports import Designs
from linkwright.errors import InvalidRequest, NotFound
from linkwright.orders.model import Order
from linkwright.orders.states import leaves


def refuse_foreign(order: Order, caller: Caller, checks: Collection, designs: Designs) -> None:
    """Raises InvalidRequest for what belongs to somebody else, in the words for what does not exist.

    Whoever sees the resources of all may refer to all; then what does not exist is told by the order's rejection.
    """
    if caller.sees_only is None:
        return
    for ref in order.qualifications:
        try:
            checks.stored(ref.check_id, caller)
        except NotFound as error:
            raise InvalidRequest(str(error), "externalReference") from error
    for item in leaves(order.items):
        if item.design_id is not None and designs.document(item.design_id, caller.sees_only) is None:
            raise InvalidRequest(f"No design has the id {item.design_id!r}.", "service.relatedEntity")
