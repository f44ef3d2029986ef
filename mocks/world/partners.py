"""Two partner operators: where they are, and what they offer for a requirement there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from mocks.world.access import fibre_delay_ms
from mocks.world.geography import Address
from mocks.world.graph import Graph
from mocks.world.words import Json, chance, shared_risk_group

NORTH, METRO = "partner-north", "partner-metro"
PARTNERS = (NORTH, METRO)
TECHNOLOGY = "fibre"
MBPS_PER_UNIT = {"kbit/s": Decimal("0.001"), "Mbit/s": Decimal(1), "Gbit/s": Decimal(1000)}
CENT = Decimal("0.01")
EURO = "EUR"
SHARE_REFUSED = 0.06
"""Of the places in a partner's area at which it has no free port."""
SHARE_UNDECLARED = 0.5
"""Of the metro partner's routes for which it does not say what they share."""
DECLARED_AVAILABILITY = 0.9998


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a partner can do at one address; prices are EUR, the monthly one is base + Mbit/s x price for each."""

    max_mbps: int
    nrc: Decimal
    mrc_base: Decimal
    mrc_per_mbps: Decimal
    availability: float
    delay_ms: float
    lead_time_days: int
    handover_pop: str
    shared_risk_groups: tuple[str, ...] | None


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A partner's answer. `delay_ms` is one way, lead time counts working days, `shared_risk_groups` None: undeclared.

    `bandwidth_mbps` may be less than what was asked for, a price None is not stated. None of the last ones: not said.
    """

    technology: str
    bandwidth_mbps: int
    nrc: Decimal | None
    mrc: Decimal | None
    availability: float
    delay_ms: float
    lead_time_days: int
    handover_pop: str
    shared_risk_groups: tuple[str, ...] | None
    up_mbps: int | None = None
    jitter_ms: float | None = None
    loss_percent: float | None = None
    entry: tuple[str, ...] | None = None
    carriers: tuple[str, ...] | None = None
    currency: str = EURO
    valid_days: int | None = None


class PartnerOffers:
    """The areas and the terms of both partners; a place that has no terms gets no offer."""

    def __init__(self, terms: Mapping[tuple[str, str], Terms | None], address_of: Mapping[str, str]) -> None:
        """`terms` by (partner, address id), None where the partner covers the address but refuses;
        `address_of` gives the address for the id of a site or of an address."""
        self._terms = terms
        self._address_of = address_of

    def area(self, partner: str) -> frozenset[str]:
        """The ids of all places that this partner covers, sites and addresses."""
        return frozenset(place for place in self._address_of if self.covers(partner, place))

    def covers(self, partner: str, place_id: str) -> bool:
        return (partner, self._address_of.get(place_id, "")) in self._terms

    def offer(self, partner: str, place_id: str, requirement: Mapping[str, Any]) -> Offer | None:
        """The offer for these characteristics (name to value), or None where the partner has none.

        Raises:
            ValueError: `bandwidth` is missing, not a positive number or in a unit that nobody knows.
        """
        terms = self._terms.get((partner, self._address_of.get(place_id, "")))
        wanted_mbps = bandwidth_mbps(requirement.get("bandwidth"))
        if terms is None or TECHNOLOGY in requirement.get("technologyForbidden", ()):
            return None
        mbps = min(wanted_mbps, terms.max_mbps)
        return Offer(
            technology=TECHNOLOGY,
            bandwidth_mbps=mbps,
            nrc=terms.nrc.quantize(CENT),
            mrc=(terms.mrc_base + mbps * terms.mrc_per_mbps).quantize(CENT),
            availability=terms.availability,
            delay_ms=terms.delay_ms,
            lead_time_days=terms.lead_time_days,
            handover_pop=terms.handover_pop,
            shared_risk_groups=terms.shared_risk_groups,
        )


def bandwidth_mbps(value: Any) -> int:
    """The larger direction of `{down, up, unit}` or a plain number of Mbit/s, rounded up."""
    if not isinstance(value, Mapping):
        value = {"down": value, "unit": "Mbit/s"}
    per_unit = MBPS_PER_UNIT.get(value.get("unit", "Mbit/s"))
    directions = [value[way] for way in ("down", "up") if value.get(way) is not None]
    if per_unit is None or not directions or not all(_is_positive(amount) for amount in directions):
        raise ValueError(f"bandwidth {value!r}: a positive number in kbit/s, Mbit/s or Gbit/s expected")
    return -int(-(Decimal(str(max(directions))) * per_unit) // 1)


def _is_positive(amount: Any) -> bool:
    return isinstance(amount, int | float) and not isinstance(amount, bool) and 0 < amount < float("inf")


def general_terms(addresses: Sequence[Address], graph: Graph, seed: int) -> dict[tuple[str, str], Terms | None]:
    """North covers the northern half, metro the quarter of the cities with the most links; they overlap."""
    cities = {address.city.pop: address.city for address in addresses}
    middle_deg = median(city.lat_deg for city in cities.values())
    by_links = sorted(cities, key=lambda pop: (-graph.degree(pop), pop))
    areas = {
        NORTH: {pop for pop, city in cities.items() if city.lat_deg >= middle_deg},
        METRO: set(by_links[: max(1, len(by_links) // 4)]),
    }
    return {
        (partner, address.id): _terms(partner, address, seed)
        for partner in PARTNERS
        for address in addresses
        if address.city.pop in areas[partner]
    }


def declared_groups(terms: Iterable[Terms | None]) -> list[Json]:
    """The groups of the partners' own routes that are known to the inventory because they were declared."""
    declared = {group for one in terms if one is not None for group in one.shared_risk_groups or ()}
    own = sorted(group for group in declared if group.startswith(("srg-north-", "srg-metro-")))
    return [
        shared_risk_group(group, f"Declared by {partner}", "duct", DECLARED_AVAILABILITY, partner)
        for group in own
        for partner in PARTNERS
        if group.startswith(f"srg-{partner.removeprefix('partner-')}-")
    ]


def _terms(partner: str, address: Address, seed: int) -> Terms | None:
    rng = chance(seed, partner, address.id)
    if rng.random() < SHARE_REFUSED:
        return None
    undeclared = partner == METRO and rng.random() < SHARE_UNDECLARED
    route = f"srg-{partner.removeprefix('partner-')}-{address.city.slug}"
    return Terms(
        max_mbps=rng.choice((100, 500, 1000, 10_000)),
        nrc=Decimal(rng.randint(14, 45) * 100),
        mrc_base=Decimal(rng.randint(180, 420)),
        mrc_per_mbps=Decimal(rng.randint(8, 30)) / 100,
        availability=rng.choice((0.999, 0.9993, 0.9995)),
        delay_ms=round(fibre_delay_ms(address.distance_km) + rng.uniform(0.1, 0.8), 3),
        lead_time_days=rng.randint(20, 75),
        handover_pop=address.city.pop,
        shared_risk_groups=None if undeclared else (route,),
    )
