"""What the partners of a scenario cover, offer and refuse."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mocks.scenario.format import Money, Partner
from mocks.scenario.format import Offer as Said
from mocks.world.partners import EURO, Offer, bandwidth_mbps

CENT = Decimal("0.01")


class ScenarioMarket:
    """Places that are not named at a partner are outside of its area."""

    def __init__(self, partners: Mapping[str, Partner], address_of: Mapping[str, str]) -> None:
        """`address_of` gives the address of each site: both ids mean the same place."""
        self._site_at = {address: site for site, address in address_of.items()}
        self._areas = {name: frozenset(partner.places) for name, partner in partners.items()}
        self._offers: dict[tuple[str, str], list[Said]] = {}
        self._refusals: dict[tuple[str, str], str] = {}
        for name, partner in partners.items():
            for offer in partner.offers:
                for place in offer.places:
                    self._offers.setdefault((name, place), []).append(offer)
            for refusal in partner.refusals:
                self._refusals |= {(name, place): refusal.reason for place in refusal.places}

    @property
    def places(self) -> frozenset[str]:
        return frozenset().union(*self._areas.values())

    def area(self, partner: str) -> frozenset[str]:
        return self._areas[partner]

    def covers(self, partner: str, place_id: str) -> bool:
        return self._place(partner, place_id) is not None

    def offer(self, partner: str, place_id: str, requirement: Mapping[str, Any]) -> Offer | None:
        """The first offer there of an allowed technology with enough bandwidth, else the fastest allowed one.

        Where no bandwidth is asked for, as of some backups, any is enough.

        Raises:
            ValueError: it is refused, or `bandwidth` cannot be understood.
        """
        place = self._place(partner, place_id) or place_id
        if reason := self._refusals.get((partner, place)):
            raise ValueError(reason)
        wanted_mbps = bandwidth_mbps(requirement["bandwidth"]) if requirement.get("bandwidth") else 0
        offers = [one for one in self._offers.get((partner, place), ()) if _is_allowed(one, requirement)]
        enough = (one for one in offers if one.bandwidth_mbps >= wanted_mbps)
        best = next(enough, max(offers, key=lambda one: one.bandwidth_mbps, default=None))
        return None if best is None else _offer(best)

    def _place(self, partner: str, place_id: str) -> str | None:
        names = (place_id, self._site_at.get(place_id))
        return next((one for one in names if one in self._areas[partner]), None)


def _is_allowed(offer: Said, requirement: Mapping[str, Any]) -> bool:
    allowed, forbidden = requirement.get("technologyAllowed"), requirement.get("technologyForbidden", ())
    return offer.technology not in forbidden and (not allowed or offer.technology in allowed)


def _offer(said: Said) -> Offer:
    return Offer(
        technology=said.technology,
        bandwidth_mbps=said.bandwidth_mbps,
        nrc=_cents(said.nrc),
        mrc=_cents(said.mrc),
        currency=next((price.unit for price in (said.nrc, said.mrc) if isinstance(price, Money)), EURO),
        availability=said.availability,
        delay_ms=said.delay_ms,
        lead_time_days=said.lead_time_days,
        handover_pop=said.handover_pop,
        shared_risk_groups=_fixed(said.shared_risk_groups),
        up_mbps=said.up_mbps,
        jitter_ms=said.jitter_ms,
        loss_percent=said.loss_percent,
        entry=_fixed(said.entry),
        carriers=_fixed(said.carriers),
        valid_days=said.valid_days,
    )


def _fixed(names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _cents(price: float | Money | None) -> Decimal | None:
    amount = price.value if isinstance(price, Money) else price
    return None if amount is None else Decimal(str(amount)).quantize(CENT)
