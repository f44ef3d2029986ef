"""The answer first: can it be done, by when, at what cost and with what risk."""

from linkwright.designs.amounts import percent as cut_percent
from linkwright.documents.amounts import shows_costs, verdict_of
from linkwright.documents.blocks import Block, Cell, Facts, Link, Mark, Paragraph, Section
from linkwright.documents.risks import exposure_days
from linkwright.documents.solution import confidence, name_of
from linkwright.documents.wanted import by_date, wishes_of
from linkwright.documents.whole import AS_WANTED
from linkwright.documents.whole import wishes_of as wishes_of_all
from linkwright.documents.words import count, day, day_of, joined, money, sentence
from linkwright.documents.words import told as in_words
from linkwright.wire.design_document import wanted_of
from linkwright.wire.json import Json


def site_summary(doc: Json) -> Section:
    missed = [wish.name.lower() for wish in wishes_of(doc) if wish.met is False]
    answer = f"Yes: the service at {name_of(doc)} can be built as it is wanted."
    if missed:
        answer = f"In part: the service at {name_of(doc)} can be built; what is not met: {joined(missed)}."
    blocks: list[Block] = [Paragraph(text=f"{answer} {_when(doc)}", lead=True)]
    blocks.append(Facts(rows=tuple(_site_facts(doc, _ANSWERS[not missed])), at_a_glance=True))
    blocks += [Paragraph(text=text) for text in (_cost(doc), _risk(doc)) if text]
    return Section(id="summary", title="The answer", clauses=("C2", "C11", "C19"), blocks=tuple(blocks))


_ANSWERS = {True: Mark(text="Yes", tone="good"), False: Mark(text="In part", tone="warn")}
_NO = Mark(text="No", tone="bad")


def _when(doc: Json) -> str:
    ready = doc.get("ready")
    if ready is None:
        return ""
    wanted = (doc.get("requirement") or {}).get("neededBy")
    told = f"It is ready for service on {day(ready)}"
    if wanted is None:
        return f"{told}."
    left = (day_of(wanted) - day_of(ready)).days
    if left < 0:
        return f"{told}, {count(-left, 'day')} after the date that was wanted."
    return (
        f"{told}, {count(left, 'day')} before the date that was wanted."
        if left
        else f"{told}, the day that was wanted."
    )


def _cost(doc: Json) -> str:
    if not shows_costs(doc):
        return ""
    currency, months = str(doc.get("currency", "")), (doc.get("requirement") or {}).get("termMonths")
    once, monthly = doc["oneTimeCostMinor"], doc.get("recurringCostMinor", 0)
    told = f"It costs {money(once, currency)} once and {money(monthly, currency)} a month"
    told += f", which is {money(once + months * monthly, currency)} over {count(months, 'month')}." if months else "."
    return told + _case(doc)


ONCE, MONTHLY = "oneTimeCostMinor", "recurringCostMinor"


def _case(doc: Json) -> str:
    case, told = doc.get("businessCase") or {}, ""
    if unknown := sum(None in (one.get(ONCE, 0), one.get(MONTHLY, 0)) for one in case.get("lines") or ()):
        told += f" {count(unknown, 'price is', 'prices are')} not stated, and in none of these sums."
    if case.get("verdict") in ("accepted", "rejected"):
        told += f" The business case is {case['verdict']}."
    return told


def _risk(doc: Json) -> str:
    risks, plan = doc.get("risks") or (), doc.get("plan") or {}
    told = []
    if risks:
        worst = in_words(max(risks, key=exposure_days).get("cause")).rstrip(".")
        told.append(f"{count(len(risks), 'risk is', 'risks are')} known; the largest: {worst}.")
    if plan.get("p80"):
        told.append(f"With a probability of 80 % it is ready by {day(plan['p80'])}.")
    if plan.get("latestOrder"):
        told.append(f"It has to be ordered by {day(plan['latestOrder'])} to be in time.")
    return " ".join(told)


def _site_facts(doc: Json, answer: Mark) -> list[tuple[str, Cell]]:
    """Availability is cut here, never rounded up; every digit of it stands among the expected service levels."""
    wanted = doc.get("requirement") or {}
    told: list[tuple[str, Cell]] = [("Can it be built?", answer), ("Ready for service", day(doc.get("ready")))]
    told += _money_and_risk(doc)
    if doc.get("availability") is not None:
        told.append(("Availability", cut_percent(doc["availability"])))
    if wanted.get("bandwidthMbps") is not None:
        told.append(("Bandwidth", f"{wanted['bandwidthMbps']:,} Mbit/s"))
    told.append(("Technology", joined(dict.fromkeys(str(leg.get("technology")) for leg in doc.get("legs") or ()))))
    told.append(("Confidence", confidence(doc)))
    if doc.get("validUntil"):
        told.append(("On offer until", day(doc["validUntil"])))
    return told


def _money_and_risk(doc: Json) -> list[tuple[str, Cell]]:
    told: list[tuple[str, Cell]] = []
    if shows_costs(doc):
        currency = str(doc.get("currency", ""))
        told += [("Cost once", money(doc[ONCE], currency)), ("Cost a month", money(doc.get(MONTHLY), currency))]
    if case := doc.get("businessCase"):
        told.append(("Business case", verdict_of(case)))
    if risks := doc.get("risks"):
        told.append(("Risks", f"{len(risks):,}, exposure {sum(map(exposure_days, risks)):.3g} working days"))
    if latest := (doc.get("plan") or {}).get("latestOrder"):
        told.append(("Order by", day(latest)))
    return told


def whole_summary(doc: Json) -> Section:
    members = doc.get("members") or ()
    designed = [one for one in members if one.get("designId")]
    qualified = sum(one.get("result") == "qualified" for one in members)
    alternate = sum(one.get("result") == "alternate" for one in members)
    unqualified = sum(one.get("result") == "unqualified" for one in members)
    missed = [wish.name.lower() for wish in wishes_of_all(doc) if wish.met is False and wish.name != AS_WANTED]
    answer = _ANSWERS[qualified == len(members) and not missed] if designed or alternate else _NO
    told = f"{answer.text}: of {count(len(members), 'item')} {qualified:,} can be had as wanted"
    told += f", {alternate:,} in another way, and {unqualified:,} cannot be had." if qualified < len(members) else "."
    told += f" Not met of what is wanted of all together: {joined(missed)}." if missed else ""
    ready = (doc.get("plan") or {}).get("ready")
    told += f" All that is designed is ready for service on {day(ready)}." if ready else ""
    blocks: list[Block] = [Paragraph(text=told, lead=True)]
    facts: list[tuple[str, Cell]] = [
        ("Can it be built?", answer),
        *([("Ready for service", day(ready))] if ready else []),
        *_money_and_risk(doc),
        ("Items", f"{len(members):,}"),
        ("Qualified", f"{qualified:,}"),
        ("Alternate", f"{alternate:,}"),
        ("Unqualified", f"{unqualified:,}"),
    ]
    facts += (
        [("Availability of the solution", cut_percent(doc["availability"]))]
        if doc.get("availability") is not None
        else []
    )
    wanted = (doc.get("wanted") or {}).get("neededBy")
    if wanted and ready:
        date = by_date(wanted, ready)
        facts.append(("Wanted by", f"{date.asked}, float {date.margin}"))
    blocks.append(Facts(rows=tuple(facts), at_a_glance=True))
    blocks += [Paragraph(text=text) for text in (_whole_cost(doc), _risk(doc)) if text]
    blocks += [Paragraph(text=f"{one.get('code')}: {in_words(one.get('label'))}") for one in doc.get("findings") or ()]
    return Section(id="summary", title="The answer", clauses=("C2", "C11", "C19"), blocks=tuple(blocks))


def _whole_cost(doc: Json) -> str:
    if not shows_costs(doc):
        return ""
    currency = str(doc.get("currency", ""))
    once, monthly = money(doc["oneTimeCostMinor"], currency), money(doc.get("recurringCostMinor"), currency)
    return f"It costs {once} once and {monthly} a month.{_case(doc)}"


def identity(doc: Json) -> list[tuple[str, Cell]]:
    """What stands on the first page, whoever it is for."""
    told: list[tuple[str, Cell]] = [
        ("Design", str(doc.get("designId"))),
        ("Version", str(doc.get("version", ""))),
        ("Computed on", day(doc.get("computedAt"))),
    ]
    if doc.get("validUntil"):
        told.append(("On offer until", day(doc["validUntil"])))
    if doc.get("replaces"):
        told.append(("In place of", Link(text=str(doc["replaces"]), design_id=str(doc["replaces"]))))
    if specification := wanted_of(doc).get("specification"):
        told.append(("Specification", str(specification)))
    return told


def profile(doc: Json) -> Section:
    """The same document serves a feasibility assessment and an order."""
    text = (
        "This document never changes, and commits nothing by itself. For a feasibility assessment nothing is ordered; "
        "a confirmed order that refers to it commits this very design while it is on offer, and verifies it anew later."
    )
    rows: list[tuple[str, Cell]] = [("Kind", sentence(str(doc.get("@type", "ServiceDesign"))))]
    if doc.get("snapshot"):
        rows.append(("Facts that it stands on", str(doc["snapshot"])))
    blocks = (Paragraph(text=text), Facts(rows=tuple(rows)))
    return Section(id="profile", title="About this document", clauses=("C4", "C5"), blocks=blocks)
