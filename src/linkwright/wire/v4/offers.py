"""Offers of an access in the words that partners and inventories use: read and written alike."""

from collections.abc import Mapping

from linkwright.designs.facts import AccessFact
from linkwright.wire import quantities
from linkwright.wire.characteristics import unwrapped
from linkwright.wire.json import Json

PRICES = ("nrc", "mrc")


def write_offer(offer: AccessFact, currency: str) -> dict[str, Json]:
    """An offer in the words in which partners make it."""
    lead_time = "offer.leadTimeCalendarDays" if offer.calendar else "offer.leadTimeDays"
    words = {
        "offer.technology": offer.technology,
        "offer.bandwidthMbps": offer.bandwidth_mbps
        if offer.up_mbps is None
        else quantities.write_bandwidth(offer.bandwidth_mbps, offer.up_mbps),
        "offer.availability": offer.availability,
        "offer.delayMs": offer.delay_ms,
        lead_time: offer.lead_days,
        "offer.handoverPop": offer.pop,
    }
    told = {
        "offer.nrc": None if "nrc" in offer.unpriced else quantities.write_money(offer.nrc_minor, currency),
        "offer.mrc": None if "mrc" in offer.unpriced else quantities.write_money(offer.mrc_minor, currency),
        "offer.jitterMs": offer.jitter_ms,
        "offer.lossPercent": None if offer.loss is None else quantities.write_percent(offer.loss),
        "offer.sharedRiskGroups": list(offer.srlgs) if offer.risks_declared else None,
        "offer.entry": list(offer.entries) if offer.entry_declared else None,
        "offer.carriers": list(offer.carriers) or None,
    }
    return words | {name: value for name, value in told.items() if value is not None}


def read_offer(
    words: Mapping[str, Json], *, partner: str, place_id: str, quote: str, currency: str | None = None
) -> AccessFact:
    """An access from the words of an offer, without their prefix. A price that is not stated is noted as such,
    and so is one in another currency than `currency`, where that is given.

    Raises:
        ValueError: a fact is missing or makes no sense.
    """
    calendar = "leadTimeDays" not in words
    lead_time = "leadTimeCalendarDays" if calendar else "leadTimeDays"
    needed = ("technology", "bandwidthMbps", "availability", "delayMs", "handoverPop", lead_time)
    if missing := [f"offer.{name}" for name in needed if words.get(name) is None]:
        raise ValueError(f"{', '.join(missing)} missing")
    prices = {name: quantities.money_minor(words[name]) for name in PRICES if words.get(name) is not None}
    units = {str(unit) for _, unit in prices.values()}
    if len(units) > 1:
        raise ValueError(f"prices in {' and '.join(sorted(units))} cannot be compared with each other")
    foreign = None if currency is None else next(iter(units - {currency}), None)
    prices = {} if foreign else prices
    nrc, mrc = (prices[name][0] if name in prices else 0 for name in PRICES)
    down, up = quantities.offered_both_ways_mbps(unwrapped(words["bandwidthMbps"]))
    if words.get("upMbps") is not None:
        up = quantities.offered_both_ways_mbps(unwrapped(words["upMbps"]))[1]
    availability, delay_ms = quantities.number(words["availability"]), quantities.number(words["delayMs"])
    if not 0 < availability <= 1 or delay_ms < 0:
        raise ValueError("availability is no probability, or the delay is negative")
    risks, entries, carriers = words.get("sharedRiskGroups"), words.get("entry"), words.get("carriers")
    jitter_ms, loss = words.get("jitterMs"), words.get("lossPercent")
    return AccessFact(
        id=f"{partner}:{quote}",
        place=place_id,
        technology=str(words["technology"]),
        pop=str(words["handoverPop"]),
        bandwidth_mbps=down,
        up_mbps=None if up == down else up,
        nrc_minor=nrc,
        mrc_minor=mrc,
        unpriced=tuple(name for name in PRICES if name not in prices),
        stated_in=foreign,
        wanted_in=currency if foreign else None,
        availability=float(availability),
        delay_ms=float(delay_ms),
        lead_days=quantities.whole(words[lead_time]),
        calendar=calendar,
        srlgs=() if risks is None else quantities.names(risks),
        risks_declared=risks is not None,
        partner=partner,
        quote=quote,
        jitter_ms=None if jitter_ms is None else quantities.from_0(jitter_ms),
        loss=None if loss is None else quantities.share_of_percent(loss),
        entries=() if entries is None else quantities.names(entries),
        entry_declared=entries is not None,
        carriers=() if carriers is None else quantities.names(carriers),
    )
