"""How a fact is said as a TMF639 resource: the one place that knows the shape, for every other module of the world."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

Json = dict[str, Any]

INVENTORY = "/tmf-api/resourceInventoryManagement/v4/resource"
SITES = "/tmf-api/geographicSiteManagement/v4/geographicSite"
ADDRESSES = "/tmf-api/geographicAddressManagement/v4/geographicAddress"
SYNTHETIC = "Synthetic, seeded."

_VALUE_TYPES = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


def chance(seed: int, *subject: str) -> Random:
    """A source of chance of its own for each subject: adding one resource never changes another."""
    return Random("/".join((str(seed), *subject)))


def slug(text: str) -> str:
    """ASCII letters, digits and single hyphens; empty where nothing of the text can be kept."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")


def euro(amount: float | Decimal) -> Json:
    return {"unit": "EUR", "value": round(float(amount), 2)}


def moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def resource(
    category: str,
    resource_id: str,
    name: str,
    facts: Mapping[str, Any],
    relations: Iterable[tuple[str, str]] = (),
    **attributes: Any,
) -> Json:
    """One inventory resource. `relations` are (relationshipType, id of the other resource)."""
    return {
        "id": resource_id,
        "href": f"{INVENTORY}/{resource_id}",
        "@type": "Resource",
        "category": category,
        "name": name,
        "description": SYNTHETIC,
        "administrativeState": "unlocked",
        "operationalState": "enable",
        "resourceStatus": "available",
        "usageState": "idle",
        "resourceCharacteristic": [
            {"name": fact, "value": value, "valueType": _VALUE_TYPES[type(value)]} for fact, value in facts.items()
        ],
        "resourceRelationship": [
            {"relationshipType": kind, "resource": {"id": other, "href": f"{INVENTORY}/{other}"}}
            for kind, other in relations
        ],
        **attributes,
    }


def shared_risk_group(group_id: str, name: str, kind: str, availability: float, supplier: str | None = None) -> Json:
    """A thing that fails as one. `supplier` is the partner who declared it; None is the own network."""
    party: Json = {} if supplier is None else {"relatedParty": [supplied_by(supplier)]}
    return resource("sharedRiskGroup", group_id, name, {"availability": availability, "kindOfRisk": kind}, **party)


def supplied_by(partner: str) -> Json:
    return {"id": partner, "role": "supplier", "@referredType": "Organization"}


def at_address(address_id: str) -> Json:
    return _place(address_id, ADDRESSES, "GeographicAddress")


def at_site(site_id: str) -> Json:
    return _place(site_id, SITES, "GeographicSite")


def _place(place_id: str, collection: str, kind: str) -> Json:
    return {"id": place_id, "href": f"{collection}/{place_id}", "role": "servedPlace", "@referredType": kind}


def fact(thing: Mapping[str, Any], name: str) -> Any:
    """The value of a characteristic of a resource, or None."""
    return next((c["value"] for c in thing["resourceCharacteristic"] if c["name"] == name), None)


def related(thing: Mapping[str, Any], kind: str) -> list[str]:
    """The ids of the resources at the other end of relations of this kind."""
    return [r["resource"]["id"] for r in thing["resourceRelationship"] if r["relationshipType"] == kind]
