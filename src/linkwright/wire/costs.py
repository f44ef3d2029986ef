"""What of a document a caller without `cost:read` does not see: our costs, budgets, and the prices of partners.

Works on anything that we serve or send: resources, events and design documents. Nothing is marked as left out.
"""

from collections.abc import Mapping
from typing import Any

from linkwright.wire.json import Json

OURS = ("commercial.", "design.solution.oneTime", "design.solution.recurring", "design.solution.budget")
"""Prefixes of characteristics that are costs or follow from them."""
SENT = frozenset({"budgetOneTime", "budgetRecurring", "priceOneTime", "priceRecurring"})
"""Characteristics of the requester's own: hidden from others alone."""
MEMBERS = frozenset(
    {
        "oneTimeCost",
        "recurringCost",
        "oneTimeCostMinor",
        "recurringCostMinor",
        "budgetOneTimeMinor",
        "budgetRecurringMinor",
    }
)
"""Members of partners' answers and of design documents."""
TELLING = ("SD-BUD-", "SD-FIN-", "BUDGET_EXCEEDED")
"""Codes and names whose text has amounts of money in it."""
UNTOLD = "Money stands in the way; the amounts are told to callers that may see costs."
THROUGH = frozenset({"serviceCharacteristic", "eligibilityUnavailabilityReason", "errorMessage", "jeopardyAlert"})
"""Attributes on the way to what is hidden: who does not see it must not find out by filtering either."""


def without_costs(value: Json, *, own: bool) -> Json:
    """The document without money; `own` leaves in what its requester himself has sent."""
    if isinstance(value, list):
        return [without_costs(one, own=own) for one in value if not _is_hidden(one, own)]
    if not isinstance(value, Mapping):
        return value
    kept = {name: without_costs(part, own=own) for name, part in value.items() if not _names_money(name, own)}
    return _untold(kept) if _tells_money(value) else kept


def leads_to_costs(path: str) -> bool:
    """True for a filter or sort path whose result would tell something of what is hidden."""
    return not THROUGH.isdisjoint(path.split("."))


def _is_hidden(value: Any, own: bool) -> bool:
    name = value.get("name") if isinstance(value, Mapping) and "value" in value else None
    return isinstance(name, str) and (name.startswith(OURS) or (name in SENT and not own))


def _names_money(name: str, own: bool) -> bool:
    return name in MEMBERS or (name in SENT and not own)


def _tells_money(value: Mapping[str, Json]) -> bool:
    return any(str(value.get(word, "")).startswith(TELLING) for word in ("code", "name"))


def _untold(value: dict[str, Json]) -> dict[str, Json]:
    return {name: UNTOLD if name in ("label", "message") else part for name, part in value.items()}
