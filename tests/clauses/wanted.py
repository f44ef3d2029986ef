"""What is asked of the mock world in these tests: a headquarters, a plant, and what goes wrong with them."""

from tests.clauses.bss import Json, euro, on

CRANE_CENTS = 75_050
PLANNED, PLANNED_AT = "acc-regensburg-1-fibre", "addr-regensburg-1"
"""An own fibre that is only planned, and the address to which it leads; 5G is there already."""
LEAD_DAYS = 55
"""Working days that the partner takes whose duct is another one."""


def item(name: str, place: str, mbps: int, *, kind: str = "GeographicSite", **wanted: Json) -> Json:
    said = {"bandwidth": {"down": mbps, "up": mbps, "unit": "Mbit/s"}, **wanted}
    return {
        "id": name,
        "service": {
            "serviceSpecification": {"id": "cfs-vpn-site"},
            "place": [{"id": place, "role": "site", "@type": "PlaceRef", "@referredType": kind}],
            "serviceCharacteristic": [{"name": word, "value": value} for word, value in said.items()],
        },
    }


def bundle(name: str, *members: str, **wanted: Json) -> Json:
    return {
        "id": name,
        "service": {
            "isBundle": True,
            "serviceCharacteristic": [{"name": word, "value": value} for word, value in wanted.items()],
        },
        "qualificationItemRelationship": [{"relationshipType": "bundles", "id": one} for one in members],
    }


def diverse(name: str = "hq", mbps: int = 1000, **wanted: Json) -> Json:
    """The headquarters with two ways in that share no duct: only one partner has the second one."""
    said = {"availabilityTarget": 99.99, "latencyMaxMs": 30, "accessDiversity": "duct", **wanted}
    return item(name, "nordwind-hq", mbps, **said)


def headquarters(**more: Json) -> Json:
    """Access days, a freeze and work of its own after the partner's delivery.

    In working days: the accesses are there on day 55, the crane waits for the first access day and works from 57 to 60,
    the freeze (61 and 62) puts the installation off to 63 and 64, and it is ready on 65, three days before it has to.
    """
    crane = {
        "id": "crane",
        "name": "Crane for the antenna",
        "days": 4,
        "leastDays": 3,
        "mostDays": 8,
        "after": ["delivery"],
        "owner": "city works",
        "cost": euro(CRANE_CENTS / 100),
        "onSite": True,
    }
    survey = {"id": "survey", "name": "Site survey", "days": 3, "leastDays": 2, "mostDays": 5}
    wanted: dict[str, Json] = {
        "neededBy": on(68),
        "priceOneTime": euro(6000),
        "priceRecurring": euro(3200),
        "budgetOneTime": euro(8000),
        "budgetRecurring": euro(2600),
        "holdPolicy": "soft",
        "siteAccessCalendar": [{"from": on(57), "to": on(110)}],
        "changeFreeze": [{"from": on(61), "to": on(62)}],
        "bespokeActivities": [crane, survey, {"id": "installation", "days": 2, "skill": "install"}],
    }
    return diverse(**{**wanted, **more})


def plant(**wanted: Json) -> Json:
    """Reached by 5G alone, for which the team lacks one trained person."""
    said = {"availabilityTarget": 99.5, "neededBy": on(90), "priceOneTime": euro(500), "priceRecurring": euro(400)}
    return item("plant", "nordwind-plant", 40, **{**said, **wanted})


def order_of(check: Json, *items: str) -> Json:
    """Nested below one item, as the check's bundle has them."""
    service = {"serviceSpecification": {"id": "cfs-vpn-site"}}
    leaves = [{"id": one, "action": "add", "service": service} for one in items]
    parent = {"id": "all", "action": "add", "service": {"isBundle": True}, "serviceOrderItem": leaves}
    return {
        "externalReference": [
            {"id": f"{check['id']}/{one}", "name": one, "externalReferenceType": "serviceQualification"}
            for one in items
        ],
        "serviceOrderItem": [parent] if len(items) > 1 else leaves,
    }


def planned(**wanted: Json) -> Json:
    """By the fibre that is not in service yet, with 5G for when it fails."""
    said = {"availabilityTarget": 99.5, "neededBy": on(110), "technologyAllowed": ["fibre", "5g"], "backup": "mobile"}
    return item("later", PLANNED_AT, 100, kind="GeographicAddress", **{**said, "backupBandwidth": 10, **wanted})


def by_partner(name: str, **wanted: Json) -> Json:
    """At an address that partners alone reach, as often as one likes."""
    said = {"availabilityTarget": 99.0, "neededBy": on(110), **wanted}
    return item(name, "addr-leipzig-2", 100, kind="GeographicAddress", **said)


def worth(price_a_month: float) -> Json:
    """The two ways in, for so much a month and nothing once."""
    return diverse(mbps=800, neededBy=on(80), priceOneTime=euro(0), priceRecurring=euro(price_a_month))


OTHERS = {
    "standard": plant(),
    "dear": diverse(neededBy=on(80), budgetOneTime=euro(5000)),
    "early": diverse(neededBy=on(40)),
    "remote": item("depot", "nordwind-depot", 100, neededBy=on(60)),
    "undeclared": diverse(mbps=700, neededBy=on(80), partnerExcluded=["partner-north"]),
    "inPart": plant(designScope=["topology", "plan"]),
    "planned": planned(),
}
