"""A scenario's facts in full: as the resource domain, the catalogue and the registers of places tell them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from mocks.scenario.expectations import several
from mocks.scenario.format import Booking, Resource, Scenario, Site, Specification
from mocks.scenario.market import ScenarioMarket
from mocks.world import World
from mocks.world.catalogue import SPECIFICATIONS
from mocks.world.words import ADDRESSES, SITES, Json, at_address, at_site, euro, fact, resource, supplied_by

UNLIMITED = 1_000_000_000
LIMITED_BY = {"cpeModel": "stock", "pop": "freePorts"}
"""The fact without which there is no limit."""
YEARS_AHEAD = 5
MONEY = ("nrc", "mrc", "mrcPerMbps", "oneTimeCost", "recurringCost")
"""Facts that are money; a plain number of them is euros."""
_KINDS: Mapping[type, str] = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}


def world_of(scenario: Scenario) -> World:
    """What all mocks of the scenario tell.

    Raises:
        ValueError: two things have one id, or a fact is at a place that is not there.
    """
    facts = scenario.facts
    sites = {site.id for site in facts.sites}
    addresses = [*facts.addresses, *(_address(site) for site in facts.sites if site.address is None)]
    places = sites | {one["id"] for one in addresses}
    resources = [_resource(one, sites, places) for one in facts.resources]
    for named, listed in (("resources", resources), ("sites", facts.sites), ("addresses", addresses)):
        _refuse_doubles(named, [one["id"] if isinstance(one, dict) else one.id for one in listed])
    market = ScenarioMarket(scenario.partners, {site.id: site.address or _address_id(site) for site in facts.sites})
    if unknown := market.places - places:
        raise ValueError(f"partners: there is no site or address {min(unknown)}")
    return _ScenarioWorld(
        hubs=("", ""),
        resources=resources,
        addresses=addresses,
        sites=[_site(site) for site in facts.sites],
        specifications=[_specification(one) for one in facts.specifications],
        offers=market,
    )


class _ScenarioWorld(World):
    """What has no limit can be held without an end; a stock that is filled up again stays as told."""

    def capacity(self, resource_id: str) -> int | None:
        return UNLIMITED if self._is_endless(resource_id) else super().capacity(resource_id)

    def take(self, resource_id: str, quantity: int) -> None:
        if not self._is_endless(resource_id):
            super().take(resource_id, quantity)

    def give_back(self, resource_id: str, quantity: int) -> None:
        if not self._is_endless(resource_id):
            super().give_back(resource_id, quantity)

    def assign(self, resource_id: str, quantity: int) -> None:
        if not self._is_endless(resource_id):
            super().assign(resource_id, quantity)

    def unassign(self, resource_id: str, quantity: int) -> None:
        if not self._is_endless(resource_id):
            super().unassign(resource_id, quantity)

    def _is_endless(self, resource_id: str) -> bool:
        """CPE that is ordered anew, or of which nobody says how much there is; a node that does not tell its ports."""
        found = self.resource(resource_id)
        if found is None or found["category"] not in LIMITED_BY:
            return False
        return fact(found, "restockDays") is not None or fact(found, LIMITED_BY[found["category"]]) is None


def holidays_of(scenario: Scenario) -> frozenset[date]:
    """On these days nobody works, neither here nor at a partner: those that are named, and those of all regions."""
    from holidays import country_holidays

    free = {date.fromisoformat(str(day)) for day in scenario.settings.get("holidays", ())}
    years = range(scenario.clock.year - 1, scenario.clock.year + YEARS_AHEAD)
    for region in scenario.settings.get("holiday_regions", ()):
        country, _, part = region.partition("-")
        free |= set(country_holidays(country, subdiv=part or None, years=years))
    return frozenset(free)


def reservations_of(scenario: Scenario) -> list[Json]:
    """The bookings as the pool (TMF685) has them."""
    return [_reservation(one, number) for number, one in enumerate(scenario.facts.bookings, start=1)]


def _refuse_doubles(named: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise ValueError(f"facts.{named}: {one} is there twice")
        seen.add(one)


def _resource(one: Resource, sites: set[str], places: set[str]) -> Json:
    attributes = {name: _moment(name, value) for name, value in one.attributes.items()}
    if one.place is not None:
        if one.place not in places:
            raise ValueError(f"facts.resources: {one.id} is at {one.place}, which is no site or address")
        attributes["place"] = at_site(one.place) if one.place in sites else at_address(one.place)
    if one.supplier is not None:
        attributes["relatedParty"] = [supplied_by(one.supplier)]
    facts = {name: _fact(name, value) for name, value in one.facts.items()}
    relations = [(kind, other) for kind, others in one.relations.items() for other in several(others)]
    found = resource(one.category, one.id, one.name or one.id, facts, relations, **attributes)
    return {name: value for name, value in found.items() if value is not None}


def _moment(name: str, value: Any) -> Any:
    """A day is its beginning, where a resource has a date-time."""
    return f"{value}T00:00:00Z" if name.endswith("Date") and isinstance(value, str) and len(value) == 10 else value


def _fact(name: str, value: Any) -> Any:
    return euro(value) if name in MONEY and isinstance(value, int | float) else value


def _specification(one: Specification) -> Json:
    names = dict.fromkeys([*one.defaults, *one.mandatory])
    return {
        "id": one.id,
        "href": f"{SPECIFICATIONS}/{one.id}",
        "@type": "CustomerFacingServiceSpecification",
        "@baseType": "ServiceSpecification",
        "name": one.name or one.id,
        "version": one.version,
        "lifecycleStatus": one.status,
        "isBundle": False,
        "specCharacteristic": [_characteristic(one, name) for name in names],
    }


def _characteristic(one: Specification, name: str) -> Json:
    value = one.defaults.get(name)
    kind = _KINDS.get(type(value), "object")
    said = [] if value is None else [{"isDefault": True, "value": _money_in(value), "valueType": kind}]
    return {
        "name": name,
        "valueType": kind,
        "configurable": True,
        "minCardinality": int(name in one.mandatory),
        "maxCardinality": 1,
        "characteristicValueSpecification": said,
    }


def _money_in(value: Any) -> Any:
    """Plain numbers that are money, wherever they stand."""
    if isinstance(value, dict):
        return {name: _fact(name, _money_in(one)) for name, one in value.items()}
    return [_money_in(one) for one in value] if isinstance(value, list) else value


def _address_id(site: Site) -> str:
    return f"address-of-{site.id}"


def _address(site: Site) -> Json:
    address_id = _address_id(site)
    return {
        "id": address_id,
        "href": f"{ADDRESSES}/{address_id}",
        "@type": "GeographicAddress",
        "name": site.name or site.id,
        "streetName": site.name or site.id,
        "streetNr": "1",
        "country": "DE",
    }


def _site(site: Site) -> Json:
    address_id = site.address or _address_id(site)
    return {
        "id": site.id,
        "href": f"{SITES}/{site.id}",
        "@type": "GeographicSite",
        "name": site.name or site.id,
        "status": "existing",
        "place": [
            {"id": address_id, "href": f"{ADDRESSES}/{address_id}", "@referredType": "GeographicAddress"},
        ],
        "relatedParty": [],
        **_calendar(site),
    }


def _calendar(site: Site) -> Json:
    said = {"day": "all week", "status": "open", "timeZone": site.time_zone}
    return {} if site.time_zone is None else {"calendar": [said]}


def _reservation(one: Booking, number: int) -> Json:
    reservation_id = f"reservation-{number}"
    period = dict(_period(one))
    return {
        "id": reservation_id,
        "href": f"/tmf-api/resourcePoolManagement/v4/reservation/{reservation_id}",
        "@type": "Reservation",
        "description": one.id,
        "reservationPeriod": period,
        "relatedEntity": [],
        "reservationItem": [
            {
                "quantity": one.quantity,
                "relatedEntity": [
                    {"id": one.resource, "role": "reserved", "@referredType": one.category},
                ],
            }
        ],
    }


def _period(one: Booking) -> Iterator[tuple[str, str]]:
    yield "startDateTime", f"{one.from_}T00:00:00Z"
    if one.until is not None:
        yield "endDateTime", f"{one.until}T23:59:59Z"
