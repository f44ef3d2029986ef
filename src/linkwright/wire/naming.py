"""How a request names a service that is there, says what becomes of it, and whose it is."""

from collections.abc import Mapping

from linkwright.designs.requirement import Change
from linkwright.wire.json import Json

TERMINATED, SERVICE_REF, CUSTOMER = "terminated", "ServiceRef", "customer"


def service_id_of(service: Mapping[str, Json]) -> str | None:
    """The id, or else the end of the address."""
    named = service.get("id") or str(service.get("href") or "").rstrip("/").rpartition("/")[2]
    return str(named) if named else None


def change_of(service: Mapping[str, Json]) -> Change | None:
    """What a service says by itself: by its address or as a reference it is one that is there; the state is wanted."""
    if service_id_of(service) is None:
        return None
    if str(service.get("state") or "").lower() == TERMINATED:
        return "delete"
    return "modify" if service.get("href") or service.get("@type") == SERVICE_REF else None


def customer_of(document: Mapping[str, Json]) -> str | None:
    """The party with the role of a customer."""
    given = document.get("relatedParty")
    parties = [party for party in given if isinstance(party, dict)] if isinstance(given, list) else []
    named = (party.get("id") for party in parties if str(party.get("role") or "").lower() == CUSTOMER)
    return next((str(party) for party in named if party), None)
