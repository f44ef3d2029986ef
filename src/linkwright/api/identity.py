"""Who calls, and what he may do: the words of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from linkwright.errors import Forbidden
from linkwright.orders.waits import Approval

CALLER = "linkwright.caller"
"""Where a request carries its caller: among the extensions of its scope."""
READ, WRITE = "read", "write"
SEE_ALL = "resources:all"
"""See the resources of every requester, not only one's own."""
SEE_COSTS = "cost:read"
"""See costs, budgets of ours and prices of partners."""
APPROVE: Mapping[Approval, str] = {
    "business": "orders:approve:business",
    "engineering": "orders:approve:engineering",
}
"""Give or refuse an approval that an order item waits for."""
READING = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A client by its id. `scopes` is None where nobody is asked who he is: then everything is allowed."""

    id: str
    scopes: frozenset[str] | None = None

    def may(self, scope: str) -> bool:
        return self.scopes is None or scope in self.scopes

    @property
    def sees_only(self) -> str | None:
        """The requester whose resources he sees; None for those of all."""
        return None if self.may(SEE_ALL) else self.id

    def approves(self, kinds: Collection[Approval]) -> Collection[Approval]:
        """Those of some approvals that he may give; raises Forbidden where there is none."""
        allowed = [kind for kind in kinds if self.may(APPROVE[kind])]
        if not allowed:
            raise Forbidden(APPROVE[next(iter(kinds))])
        return allowed

    @property
    def sees_costs(self) -> bool:
        return self.may(SEE_COSTS)


ANONYMOUS = Caller("anonymous")


def scope_needed(area: str, method: str) -> str:
    """`serviceOrdering:read` and its like: one scope for each API and verb."""
    return f"{area}:{READ if method in READING else WRITE}"
