"""What a BSS asks in the journeys: the customer's three sites of the mock world, and variations."""

from datetime import UTC, datetime, timedelta
from typing import Any

Json = Any


def an_item(item: str, site: str, days: int, mbps: int, **more: Json) -> Json:
    needed = (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
    wanted: dict[str, Json] = {
        "bandwidth": {"down": mbps, "up": mbps, "unit": "Mbit/s"},
        "availabilityTarget": 99.5,
        "latencyMaxMs": 40,
        "neededBy": needed,
        **more,
    }
    return {
        "id": item,
        "service": {
            "serviceSpecification": {"id": "cfs-vpn-site"},
            "place": [{"id": site, "role": "site", "@type": "PlaceRef", "@referredType": "GeographicSite"}],
            "serviceCharacteristic": [{"name": name, "value": value} for name, value in wanted.items()],
        },
    }


def the_headquarters() -> Json:
    """Feasible, and only with a partner's second leg."""
    return an_item("hq", "nordwind-hq", 120, 1000, availabilityTarget=99.99, latencyMaxMs=30, accessDiversity="duct")


def the_plant() -> Json:
    """Feasible later, or with less bandwidth."""
    return an_item("plant", "nordwind-plant", 45, 200, availabilityTarget=99.9, latencyMaxMs=30)


def the_depot() -> Json:
    """Nobody reaches it."""
    return an_item("depot", "nordwind-depot", 60, 100)


BY_PARTNERS_ALONE = ("addr-leipzig-2", "addr-karlsruhe-3", "addr-dresden-2", "addr-kassel-1")


def at_an_address(name: str, address: str) -> Json:
    """Feasible at those that only partners reach, as often as one likes."""
    item = an_item(name, address, 150, 100, availabilityTarget=99.0)
    item["service"]["place"][0]["@referredType"] = "GeographicAddress"
    return item


def a_check(*items: Json, **more: Json) -> Json:
    return {
        "provideAlternative": True,
        "provideUnavailabilityReason": True,
        "serviceQualificationItem": list(items),
        **more,
    }


def an_order_of(check: Json, *items: str) -> Json:
    return {
        "externalReference": [
            {"id": f"{check['id']}/{item}", "name": item, "externalReferenceType": "serviceQualification"}
            for item in items
        ],
        "serviceOrderItem": [
            {"id": item, "action": "add", "service": {"serviceSpecification": {"id": "cfs-vpn-site"}}} for item in items
        ],
    }


def characteristics(service: Json) -> dict[str, Json]:
    return {one["name"]: one["value"] for one in service.get("serviceCharacteristic", [])}
