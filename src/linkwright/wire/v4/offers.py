"""Offers of an access in the words that partners and inventories use: read and written alike."""

from collections.abc import Mapping

from linkwright.designs.facts import AccessFact
from linkwright.wire import quantities
from linkwright.wire.characteristics import unwrapped
from linkwright.wire.json import Json


def write_offer(offer: AccessFact, currency: str) -> dict[str, Json]:
    """An offer in the words in which partners make it."""
    lead_time = "offer.leadTimeCalendarDays" if offer.calendar else "offer.leadTimeDays"
    words = {
        "offer.technology": offer.technology,
        "offer.bandwidthMbps": offer.bandwidth_mbps,
        "offer.availability": offer.availability,
        "offer.delayMs": offer.delay_ms,
        "offer.nrc": quantities.write_money(offer.nrc_minor, currency),
        "offer.mrc": quantities.write_money(offer.mrc_minor, currency),
        lead_time: offer.lead_days,
        "offer.handoverPop": offer.pop,
    }
    told = {
        "offer.upMbps": offer.up_mbps,
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
    """An access from the words of an offer, without their prefix.

    Raises:
        ValueError: a fact is missing or makes no sense.
    """
    calendar = "leadTimeDays" not in words
    lead_time = "leadTimeCalendarDays" if calendar else "leadTimeDays"
    needed = ("technology", "bandwidthMbps", "availability", "delayMs", "nrc", "mrc", "handoverPop", lead_time)
    if missing := [f"offer.{name}" for name in needed if words.get(name) is None]:
        raise ValueError(f"{', '.join(missing)} missing")
    (nrc, nrc_unit), (mrc, mrc_unit) = quantities.money_minor(words["nrc"]), quantities.money_minor(words["mrc"])
    if nrc_unit != mrc_unit or currency not in (None, nrc_unit):
        told = " and ".join(sorted({str(nrc_unit), str(mrc_unit)}))
        raise ValueError(f"prices in {told} cannot be compared with ours")
    availability, delay_ms = quantities.number(words["availability"]), quantities.number(words["delayMs"])
    if not 0 < availability <= 1 or delay_ms < 0:
        raise ValueError("availability is no probability, or the delay is negative")
    risks, entries, carriers = words.get("sharedRiskGroups"), words.get("entry"), words.get("carriers")
    jitter_ms, loss = words.get("jitterMs"), words.get("lossPercent")
    down_mbps = quantities.least_bandwidth_mbps(unwrapped(words["bandwidthMbps"]))
    return AccessFact(
        id=f"{partner}:{quote}",
        place=place_id,
        technology=str(words["technology"]),
        pop=str(words["handoverPop"]),
        bandwidth_mbps=down_mbps,
        up_mbps=_up_mbps(unwrapped(words.get("upMbps")), down_mbps),
        nrc_minor=nrc,
        mrc_minor=mrc,
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


def _up_mbps(value: Json, down_mbps: int) -> int | None:
    """None where it is not said, or the same as downstream."""
    if value is None:
        return None
    up_mbps = quantities.least_bandwidth_mbps(value)
    return None if up_mbps == down_mbps else up_mbps
