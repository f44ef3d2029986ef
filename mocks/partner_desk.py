"""What a partner says to questions and orders: its answers, without the way they travel."""

from collections.abc import Mapping, Set
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from mocks.calls import Json, wire_time
from mocks.characteristics import values_of, with_values
from mocks.order_api import OrderOf
from mocks.working_days import working_days_after
from mocks.world.partners import Offer, bandwidth_mbps

HOLDS_DAYS = 30
NO_COVERAGE, REFUSED = "NO-COVERAGE-01", "REFUSED-02"
WORST_FIRST = ("unqualified", "alternate", "qualified")


class Market(Protocol):
    """What a partner needs of the world."""

    def partner_covers(self, partner: str, place_id: str) -> bool: ...

    def partner_offer(self, partner: str, place_id: str, requirement: Mapping[str, Any]) -> Offer | None:
        """None: no offer there. ValueError: the requirement cannot be understood."""
        ...


class PartnerDesk:
    """One partner's desk; keeps nothing."""

    def __init__(
        self, partner: str, market: Market, holidays: Set[date] = frozenset(), *, offers_less: bool = False
    ) -> None:
        """`offers_less`: what is slower than wanted is offered, too, where alternatives are."""
        self._partner = partner
        self._market = market
        self._holidays, self._offers_less = holidays, offers_less

    def answered(self, check: Json, now: datetime) -> Json:
        """What the answer changes in the check. An item without place gets no answer, the others do."""
        until = _until(now, HOLDS_DAYS)
        alternatives = bool(check.get("provideAlternative"))
        items = [
            {**item, "expirationDate": until, **self._item(item.get("service", {}), alternatives, now)}
            for item in check["serviceQualificationItem"]
        ]
        change = {"serviceQualificationItem": items, "effectiveQualificationDate": wire_time(now)}
        results = {item["qualificationResult"] for item in items if item["state"] == "done"}
        if not results:
            return {**change, "state": "terminatedWithError"}
        worst = next(result for result in WORST_FIRST if result in results)
        first = min(item["expirationDate"] for item in items)
        return {**change, "state": "done", "qualificationResult": worst, "expirationDate": first}

    def refused(self, order: Json, _order_of: OrderOf) -> str | None:
        """Why the order is rejected: a place that is unknown here, or that gets no offer. Anything may be ended."""
        for item in _bought(order):
            place_id = _place_id(item["service"])
            if place_id is None or not self._market.partner_covers(self._partner, place_id):
                return f"item {item['id']}: {place_id or 'no place'} is not known to {self._partner}"
            if self._ordered(item) is None:
                return f"item {item['id']}: {self._partner} delivers nothing like that at {place_id}"
        return None

    def expected(self, order: Json, now: datetime) -> datetime | None:
        """The end of the longest lead time, in working days."""
        offers = [self._ordered(item) for item in _bought(order)]
        ends = (working_days_after(now, offer.lead_time_days, self._holidays) for offer in offers if offer)
        return max(ends, default=None)

    def _ordered(self, item: Json) -> Offer | None:
        """What an order's item buys; its bandwidth may be given as the offer said it."""
        place_id, wanted = _place_id(item["service"]), values_of(item["service"])
        wanted.setdefault("bandwidth", wanted.get("offer.bandwidthMbps"))
        try:
            return self._market.partner_offer(self._partner, place_id, wanted) if place_id else None
        except ValueError:
            return None

    def _item(self, service: Json, alternatives: bool, now: datetime) -> Json:
        place_id = _place_id(service)
        if place_id is None:
            error = {"id": "noPlace", "value": "the item names no place by an id", "@type": "TerminationError"}
            return {"state": "terminatedWithError", "terminationError": [error]}
        if not self._market.partner_covers(self._partner, place_id):
            return _unqualified(NO_COVERAGE, f"{place_id} is outside the area of {self._partner}")
        wanted = values_of(service)
        try:
            offer = self._market.partner_offer(self._partner, place_id, wanted)
        except ValueError as error:
            return _unqualified(REFUSED, str(error))
        if offer is None:
            return _unqualified(REFUSED, f"{self._partner} has nothing to offer at {place_id}")
        reason = _unmet(offer, wanted)
        if reason and not (alternatives and self._offers_less):
            return _unqualified(REFUSED, reason)
        short = bool(reason) or ("bandwidth" in wanted and offer.bandwidth_mbps < bandwidth_mbps(wanted["bandwidth"]))
        if short and not alternatives:
            return _unqualified(REFUSED, f"{offer.bandwidth_mbps} Mbit/s at most at {place_id}")
        answer = _offered(service, offer, short, working_days_after(now, offer.lead_time_days, self._holidays))
        return answer if offer.valid_days is None else {**answer, "expirationDate": _until(now, offer.valid_days)}


def _until(now: datetime, days: int) -> str:
    return wire_time(now + timedelta(days=days))


def _bought(order: Json) -> list[Json]:
    return [item for item in order["serviceOrderItem"] if item.get("action") != "delete"]


def _unmet(offer: Offer, wanted: Mapping[str, Any]) -> str | None:
    """What no smaller service would mend. How available the whole service is, one leg cannot say."""
    allowed = wanted.get("technologyAllowed")
    if allowed and offer.technology not in allowed:
        return f"only {offer.technology} is to be had there"
    longest_ms = wanted.get("latencyMaxMs")
    if longest_ms is not None and 2 * offer.delay_ms > longest_ms:
        return f"the round trip takes {2 * offer.delay_ms} ms"
    return None


def _offered(service: Json, offer: Offer, short: bool, delivered: datetime) -> Json:
    ready = wire_time(delivered)
    answered = with_values(service, offer_values(offer))
    answer = {
        "state": "done",
        "qualificationResult": "alternate" if short else "qualified",
        "service": answered,
        "expectedServiceAvailabilityDate": ready,
    }
    if not short:
        return answer
    proposal = {
        "id": "1",
        "alternateServiceAvailabilityDate": ready,
        "alternateService": answered,
        "@type": "AlternateServiceProposal",
    }
    return {**answer, "alternateServiceProposal": [proposal]}


def offer_values(offer: Offer) -> dict[str, Any]:
    """An offer in the words of docs/words.md, section Partners."""
    values = {
        "offer.technology": offer.technology,
        "offer.bandwidthMbps": offer.bandwidth_mbps,
        "offer.availability": offer.availability,
        "offer.delayMs": offer.delay_ms,
        "offer.leadTimeDays": offer.lead_time_days,
        "offer.handoverPop": offer.handover_pop,
        "offer.nrc": None if offer.nrc is None else _money(offer.nrc, offer.currency),
        "offer.mrc": None if offer.mrc is None else _money(offer.mrc, offer.currency),
        "offer.upMbps": offer.up_mbps,
        "offer.jitterMs": offer.jitter_ms,
        "offer.lossPercent": offer.loss_percent,
        "offer.sharedRiskGroups": _listed(offer.shared_risk_groups),
        "offer.entry": _listed(offer.entry),
        "offer.carriers": _listed(offer.carriers),
    }
    return {name: value for name, value in values.items() if value is not None}


def _listed(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def _money(amount: Decimal, currency: str) -> Json:
    return {"unit": currency, "value": float(amount)}


def _unqualified(code: str, label: str) -> Json:
    reason = {"code": code, "label": label, "@type": "ServiceEligibilityUnavailabilityReason"}
    return {"state": "done", "qualificationResult": "unqualified", "eligibilityUnavailabilityReason": [reason]}


def _place_id(service: Json) -> str | None:
    places = (place["id"] for place in service.get("place", []) if "id" in place)
    return next(places, None)
