"""Each wish of a requirement against what was designed for it, with the margin between the two."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from linkwright.designs.amounts import loss_up
from linkwright.documents.blocks import Block, Cell, Mark, Paragraph, Section, Table, columns
from linkwright.documents.legs import has_backup, near_legs
from linkwright.documents.words import (
    MINUS,
    count,
    day,
    day_of,
    day_of_year,
    joined,
    local_time,
    lost,
    money,
    ms,
    percent,
    points,
    signed,
    variance,
)
from linkwright.wire.json import Json

MET, NOT_MET, VERIFIED = Mark(text="met", tone="good"), Mark(text="not met", tone="bad"), "verified"
_DIVERSITY = {"srlg": "duct"}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """`met` None: no figure of it is in the document; the verifier has checked it with all others."""

    name: str
    asked: str
    designed: str
    margin: str = ""
    met: bool | None = None

    def row(self) -> tuple[Cell, ...]:
        told: Cell = Mark(text=VERIFIED, tone="good") if self.met is None else MET if self.met else NOT_MET
        return (self.name, self.asked, self.designed, self.margin, told)


def compliance(doc: Json) -> Section | None:
    wishes = list(wishes_of(doc))
    if not wishes:
        return None
    missed = [wish.name for wish in wishes if wish.met is False]
    told = f"All {count(len(wishes), 'wish', 'wishes')} of the requirement are met."
    if missed:
        told = (
            f"{len(wishes) - len(missed)} of {count(len(wishes), 'wish', 'wishes')} are met; not met: {joined(missed)}."
        )
    elif len(wishes) == 1:
        told = "The only wish of the requirement is met."
    blocks: list[Block] = [Paragraph(text=told), matrix_of(wishes)]
    if any(wish.met is None for wish in wishes):
        blocks.append(
            Paragraph(text="Verified: an independent check of the finished design holds it against this wish too.")
        )
    if misread := (doc.get("requirement") or {}).get("misread"):
        blocks.append(Paragraph(text=f"Not understood, and so not part of the design: {'; '.join(map(str, misread))}"))
    return Section(id="compliance", title="Requirement and evidence", clauses=("C2", "C23"), blocks=tuple(blocks))


def matrix_of(wishes: Sequence[Wish]) -> Table:
    heads = columns("Requirement", "#Asked", "#Designed", "#Margin", "Evidence")
    return Table(columns=heads, rows=tuple(wish.row() for wish in wishes))


def wishes_of(doc: Json) -> Iterator[Wish]:
    """In the order in which a customer reads them."""
    wanted = doc.get("requirement") or {}
    for group in (_capacity, _quality, _resilience, _equipment, _time, within_budgets):
        yield from group(wanted, doc)


def _capacity(wanted: Json, doc: Json) -> Iterator[Wish]:
    legs = near_legs(doc)
    working = legs[: len(legs) - has_backup(doc)] if legs else []
    if (mbps := wanted.get("bandwidthMbps")) is not None:
        yield _at_least("Bandwidth", mbps, [leg.get("offeredMbps") for leg in working], "Mbit/s")
    if (up_mbps := wanted.get("upMbps")) is not None:
        offered = [leg.get("offeredUpMbps") or leg.get("offeredMbps") for leg in working]
        yield _at_least("Bandwidth upstream", up_mbps, offered, "Mbit/s")
    if has_backup(doc):
        backup, asked = legs[-1], wanted.get("backupMbps") or wanted.get("bandwidthMbps")
        yield Wish(name="Backup", asked=str(wanted["backup"]), designed=str(backup.get("technology")), met=True)
        if asked is not None:
            yield _at_least("Bandwidth of the backup", asked, [backup.get("offeredMbps")], "Mbit/s")


def _at_least(name: str, asked: int, offered: Sequence[Any], unit: str) -> Wish:
    """What accesses can carry is not known of designs of former versions: they carry what was asked at least."""
    known = [one for one in offered if one is not None]
    if not known or len(known) < len(offered):
        return Wish(name=name, asked=f"{asked:,} {unit}", designed=f"at least {asked:,} {unit}")
    least = min(known)
    margin = f"+{least - asked:,} {unit}" if least > asked else f"{signed(f'{least - asked:,}')} {unit}"
    return Wish(name=name, asked=f"{asked:,} {unit}", designed=f"{least:,} {unit}", margin=margin, met=least >= asked)


def _quality(wanted: Json, doc: Json) -> Iterator[Wish]:
    target, availability = wanted.get("availability"), doc.get("availability")
    if target is not None and availability is not None:
        yield Wish(
            name="Availability",
            asked=percent(target),
            designed=percent(availability),
            margin=points(availability, target),
            met=availability >= target,
        )
    one_way = doc.get("latencyOneWayMs")
    yield from _at_most(
        "Latency, round trip", wanted.get("latencyRoundTripMs"), None if one_way is None else 2 * one_way
    )
    yield from _at_most("Jitter", wanted.get("jitterMs"), doc.get("jitterMs"))
    loss, asked = doc.get("loss"), wanted.get("loss")
    if asked is not None:
        margin = "" if loss is None else points(asked, loss_up(loss))
        met = None if loss is None else loss <= asked
        yield Wish(name="Packet loss", asked=percent(asked), designed=lost(loss), margin=margin, met=met)
    yield from _at_most("Difference of delay, round trip", wanted.get("differentialRoundTripMs"), difference_ms(doc))
    if wanted.get("opticalDb") is not None:
        yield Wish(name="Optical budget", asked=f"{wanted['opticalDb']:g} dB", designed="within it")


def difference_ms(doc: Json) -> float | None:
    """Between the slowest and the fastest leg, round trip; None for one leg alone."""
    delays = [leg.get("latencyOneWayMs") for leg in near_legs(doc)]
    if len(delays) < 2 or None in delays:
        return None
    return float(2 * (max(delays) - min(delays)))


def _at_most(name: str, asked: float | None, designed: float | None) -> Iterator[Wish]:
    if asked is None:
        return
    if designed is None:
        yield Wish(name=name, asked=f"{asked:g} ms", designed="within it")
        return
    left = f"{MINUS if designed > asked else ''}{abs(asked - designed):.6g} ms"
    met = designed <= asked + 1e-9
    yield Wish(name=name, asked=f"{asked:g} ms", designed=ms(designed), margin=left, met=met)


def _resilience(wanted: Json, doc: Json) -> Iterator[Wish]:
    if (diversity := wanted.get("diversity")) not in (None, "none"):
        achieved = doc.get("diverseIn") or diversity
        yield Wish(name="Diversity of the legs", asked=_word(diversity), designed=_word(achieved))
    if (legs := wanted.get("accessLegs")) is not None:
        found = len(near_legs(doc)) - has_backup(doc)
        yield Wish(name="Working legs", asked=str(legs), designed=str(found), met=found >= legs)
    for field, name in (("diverseFrom", "Kept apart from"), ("protects", "Protects")):
        if wanted.get(field):
            yield Wish(name=name, asked=joined(wanted[field]), designed="kept apart")


def _word(diversity: Json) -> str:
    return ", ".join(_DIVERSITY.get(word, word) for word in str(diversity).replace(",", " ").replace("+", " ").split())


def _equipment(wanted: Json, doc: Json) -> Iterator[Wish]:
    if wanted.get("cpeFeatures"):
        yield Wish(name="Features of the CPE", asked=joined(wanted["cpeFeatures"]), designed=str(doc.get("cpe")))
    used = {str(leg.get("technology")) for leg in doc.get("legs") or ()}
    suppliers = {str(leg.get("supplier")) for leg in doc.get("legs") or ()}
    if wanted.get("technologyAllowed"):
        fits = used <= set(wanted["technologyAllowed"])
        yield Wish(
            name="Technologies allowed",
            asked=joined(wanted["technologyAllowed"]),
            designed=joined(sorted(used)),
            met=fits,
        )
    if wanted.get("technologyForbidden"):
        fits = used.isdisjoint(wanted["technologyForbidden"])
        asked = joined(wanted["technologyForbidden"])
        yield Wish(name="Technologies forbidden", asked=asked, designed=joined(sorted(used)), met=fits)
    if wanted.get("partnerExcluded"):
        fits = suppliers.isdisjoint(wanted["partnerExcluded"])
        asked = joined(wanted["partnerExcluded"])
        yield Wish(name="Partners excluded", asked=asked, designed=joined(sorted(suppliers)), met=fits)


def _time(wanted: Json, doc: Json) -> Iterator[Wish]:
    if wanted.get("neededBy") and doc.get("ready"):
        yield by_date(wanted["neededBy"], doc["ready"])
    zone = (doc.get("place") or {}).get("timeZone")
    if wanted.get("serviceStart"):
        said = wanted.get("characteristics") or {}
        begin, end = (local_time(said.get(name) or wanted.get(name), zone) for name in ("serviceStart", "serviceEnd"))
        asked = f"{begin} to {end}" if wanted.get("serviceEnd") else f"from {begin}"
        yield Wish(name="Service period", asked=asked, designed="held for it")
    for field, name in (("siteAccess", "Access to the site only"), ("changeFreeze", "No change")):
        if wanted.get(field):
            yield Wish(name=name, asked=spans(wanted[field], zone), designed="planned so")


def by_date(asked: Json, ready: Json) -> Wish:
    left = (day_of(asked) - day_of(ready)).days
    margin = f"{left} d" if left >= 0 else f"{MINUS}{-left} d"
    return Wish(name="Ready for service by", asked=day(asked), designed=day(ready), margin=margin, met=left >= 0)


def spans(given: Json, time_zone: Json = None) -> str:
    """Hours are those of a clock at the place."""
    there = f" ({time_zone})" if time_zone else ""
    told = [
        (
            f"{day_of_year(one.get('start'))} to {day_of_year(one.get('end'))} every year"
            if one.get("yearly")
            else f"{day(one.get('start'))} to {day(one.get('end'))}"
        )
        + (f", {one['hours']}{there}" if one.get("hours") else "")
        for one in given
    ]
    return "; ".join(told)


def within_budgets(wanted: Json, doc: Json) -> Iterator[Wish]:
    """Only where the caller sees costs: otherwise neither is in the document."""
    names = (
        ("budgetOneTimeMinor", "oneTimeCostMinor", "Budget once"),
        ("budgetRecurringMinor", "recurringCostMinor", "Budget a month"),
    )
    for budget, cost, name in names:
        yield from within(name, wanted.get(budget), doc.get(cost), str(doc.get("currency", "")))


def within(name: str, budget: int | None, cost: int | None, currency: str) -> Iterator[Wish]:
    if budget is not None and cost is not None:
        margin = variance(budget - cost, currency)
        yield Wish(
            name=name, asked=money(budget, currency), designed=money(cost, currency), margin=margin, met=cost <= budget
        )
