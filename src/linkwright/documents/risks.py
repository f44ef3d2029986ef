"""The risk register, worst first, with what each comes to: probability times impact."""

from collections.abc import Sequence
from typing import Any

from linkwright.documents.blocks import Block, Cell, Facts, Paragraph, Section, Table, columns, some
from linkwright.documents.words import UNKNOWN, count, days, money, sentence, share, told
from linkwright.wire.json import Json

MOST_RISKS = 50


def risk_register(doc: Json) -> Section | None:
    risks: Sequence[Any] = doc.get("risks") or ()
    if not risks:
        return None
    currency = str(doc.get("currency", ""))
    priced = any("impactMinor" in one for one in risks)
    ordered = sorted(risks, key=lambda one: (-exposure_days(one), -exposure_minor(one)))
    heads = columns(
        "Risk",
        "Cause",
        "#Probability",
        "#Impact",
        "#Exposure",
        *(("#Impact in money",) if priced else ()),
        "Mitigation",
        "Owner",
    )
    rows, rest = some([_row(one, currency, priced=priced) for one in ordered], MOST_RISKS, "risks")
    facts: list[tuple[str, Cell]] = [
        ("Risks", count(len(risks), "entry", "entries")),
        ("Exposure in time", f"{sum(map(exposure_days, risks)):.3g} working days"),
    ]
    if priced:
        unknown = sum("impactMinor" not in one for one in risks)
        more = f", and {count(unknown, 'risk')} whose cost is {UNKNOWN}" if unknown else ""
        facts.append(("Exposure in money", f"{money(round(sum(map(exposure_minor, risks))), currency)}{more}"))
    blocks: list[Block] = [Facts(rows=tuple(facts)), Table(columns=heads, rows=rows), *rest]
    blocks.append(Paragraph(text="Exposure is probability times impact; the register begins with the largest."))
    return Section(id="risk", title="Risk register", clauses=("C22",), blocks=tuple(blocks))


def exposure_days(risk: Json) -> float:
    return float(risk.get("probability", 0)) * float(risk.get("impactDays", 0))


def exposure_minor(risk: Json) -> float:
    return float(risk.get("probability", 0)) * float(risk.get("impactMinor") or 0)


def _row(risk: Json, currency: str, *, priced: bool) -> tuple[Cell, ...]:
    name = sentence(str(risk.get("code")))
    return (
        f"{name}, item {risk['item']}" if risk.get("item") else name,
        told(risk.get("cause")),
        share(risk.get("probability", 0)),
        days(risk.get("impactDays")),
        f"{exposure_days(risk):.3g} d",
        *((money(risk.get("impactMinor"), currency),) if priced else ()),
        told(risk.get("mitigation")),
        str(risk.get("owner")),
    )
