"""The bodies that are sent: orders of about 1.6 kB an item, to be begun so late that no background run competes."""

from typing import Any

import orjson

ORDERS = "/tmf-api/serviceOrdering/v4/serviceOrder"
CHECKS = "/tmf-api/serviceQualificationManagement/v4/checkServiceQualification"
START = "2037-01-01T00:00:00.000Z"
PARTY = {
    "id": "c1",
    "role": "customer",
    "name": "Example Ltd",
    "@type": "RelatedParty",
    "@referredType": "Organization",
}
WISHES: dict[str, Any] = {
    "bandwidth": {"down": 100, "up": 100, "unit": "Mbit/s"},
    "availabilityTarget": 99.9,
    "latencyMaxMs": 30,
    "termMonths": 36,
}


def an_order(items: int, **changes: Any) -> dict[str, Any]:
    return {
        "description": "A bespoke line",
        "category": "bespoke",
        "priority": "1",
        "requestedStartDate": START,
        "note": [{"author": "bench", "text": "Access to the building only after registration at the gate.", "id": "1"}],
        "relatedParty": [PARTY],
        "serviceOrderItem": [an_item(str(number)) for number in range(1, items + 1)],
        **changes,
    }


def an_item(name: str) -> dict[str, Any]:
    return {"id": name, "action": "add", "service": {**a_service("site-1"), "relatedParty": [PARTY]}}


def a_service(site: str, **wishes: Any) -> dict[str, Any]:
    values = WISHES | wishes
    return {
        "name": "vpn",
        "serviceType": "CFS",
        "serviceSpecification": {"id": "cfs-vpn-site", "name": "VPN site", "@type": "ServiceSpecificationRef"},
        "place": [{"id": site, "role": "installation", "@type": "PlaceRef", "@referredType": "GeographicSite"}],
        "serviceCharacteristic": [
            {"name": name, "valueType": _type_of(value), "value": value} for name, value in values.items()
        ],
    }


def _type_of(value: Any) -> str:
    return "object" if isinstance(value, dict) else "number"


def as_body(document: Any) -> bytes:
    return orjson.dumps(document)
