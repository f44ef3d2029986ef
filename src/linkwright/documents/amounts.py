"""What it costs and earns. A document without costs has none of these sections, and none of their figures."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from linkwright.documents.blocks import (
    Block,
    Cell,
    Facts,
    Figure,
    Items,
    Mark,
    Paragraph,
    Section,
    Table,
    columns,
    some,
)
from linkwright.documents.svg_cash import MonthOf, draw_cash
from linkwright.documents.wanted import within
from linkwright.documents.words import UNKNOWN, count, money, rate, sentence, variance
from linkwright.documents.words import told as in_words
from linkwright.wire.design_document import wanted_of
from linkwright.wire.json import Json

MOST_LINES = 60
_TONES = {"accepted": "good", "rejected": "bad"}
Line = tuple[str, str, str, str, int | None, int | None]
"""Name, component, layer, supplier, once, a month."""


def shows_costs(doc: Json) -> bool:
    return "oneTimeCostMinor" in doc


def costs(doc: Json) -> Section | None:
    if not shows_costs(doc):
        return None
    currency = str(doc.get("currency", ""))
    case = doc.get("businessCase") or {}
    lines = _lines(case.get("lines") or ()) if case.get("lines") else _plain_lines(doc)
    blocks: list[Block] = [_build_up(lines, doc, currency)]
    if case.get("investment"):
        blocks.append(_investment(case["investment"], currency))
    if variances := _budget(doc, currency):
        blocks.append(variances)
    if missing := case.get("missing"):
        blocks.append(Paragraph(text="Prices that nobody has stated; the sums are without them:"))
        blocks.append(Items(items=tuple(map(str, missing))))
    return Section(id="cost", title="Cost", clauses=("C20", "C28"), blocks=tuple(blocks))


def _lines(told: Sequence[Any]) -> list[Line]:
    """One by one, or where there are too many, what is of one kind together."""
    if len(told) <= MOST_LINES:
        return [
            (str(one.get("name")), *_kind(one), one.get("oneTimeCostMinor"), one.get("recurringCostMinor"))
            for one in told
        ]
    kinds: defaultdict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for one in told:
        kinds[_kind(one)].append(one)
    return [
        (f"{len(some):,} x {kind[0]}", *kind, _sum(some, "oneTimeCostMinor"), _sum(some, "recurringCostMinor"))
        for kind, some in sorted(kinds.items())
    ]


def _kind(one: Json) -> tuple[str, str, str]:
    return str(one.get("component")), str(one.get("layer")), str(one.get("supplier", "own"))


def _sum(lines: Sequence[Any], field: str) -> int | None:
    """Unknown where one of them is."""
    amounts = [one.get(field) for one in lines]
    return None if None in amounts else sum(amounts)


def _plain_lines(doc: Json) -> list[Line]:
    """Of a design without a business case: its legs, and all the rest."""
    legs = doc.get("legs") or ()
    lines: list[Line] = [
        (
            str(leg.get("access")),
            "access",
            "resource",
            str(leg.get("supplier")),
            _stated(leg, "nrc", "oneTimeCostMinor"),
            _stated(leg, "mrc", "recurringCostMinor"),
        )
        for leg in legs
    ]
    if not legs:
        return []
    rest = [
        doc.get(name, 0) - sum(leg.get(name, 0) for leg in legs) for name in ("oneTimeCostMinor", "recurringCostMinor")
    ]
    return [*lines, ("CPE, builds and augments", "rest", "resource", "own", rest[0], rest[1])]


def _stated(leg: Json, word: str, field: str) -> int | None:
    return None if word in (leg.get("unpriced") or ()) else leg.get(field)


def _build_up(lines: Sequence[Line], doc: Json, currency: str) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (name, sentence(component), sentence(layer), supplier, money(once, currency), money(monthly, currency))
        for name, component, layer, supplier, once, monthly in lines
    ]
    total = (money(doc.get("oneTimeCostMinor"), currency), money(doc.get("recurringCostMinor"), currency))
    rows.append(("Total", "", "", "", *total))
    heads = columns("Component", "Kind", "Layer", "Supplier", "#Once", "#A month")
    return Table(columns=heads, rows=tuple(rows), sums=1, caption="Cost build-up")


def _investment(told: Sequence[Any], currency: str) -> Table:
    rows = tuple(
        (
            sentence(str(one.get("layer"))),
            money(one.get("oneTimeCostMinor"), currency),
            money(one.get("recurringCostMinor"), currency),
        )
        for one in told
    )
    return Table(columns=columns("Layer", "#Once", "#A month"), rows=rows, caption="Investment by layer")


def _budget(doc: Json, currency: str) -> Table | None:
    wanted = wanted_of(doc)
    names = (
        ("Once", "budgetOneTimeMinor", "oneTimeCostMinor"),
        ("A month", "budgetRecurringMinor", "recurringCostMinor"),
    )
    rows = []
    for name, budget, cost in names:
        for wish in within(name, wanted.get(budget), doc.get(cost), currency):
            over = doc[cost] - wanted[budget]
            told = Mark(text=variance(over, currency), tone="bad" if over > 0 else "good")
            rows.append((name, wish.asked, wish.designed, told))
    heads = columns("Budget", "#Allowed", "#Cost", "#Variance")
    return Table(columns=heads, rows=tuple(rows), caption="Cost against budget") if rows else None


def business(doc: Json) -> Section | None:
    case = doc.get("businessCase")
    if not case:
        return None
    currency = str(case.get("currency") or doc.get("currency", ""))
    reason = in_words(case.get("verdictReason") or "")
    facts: list[tuple[str, Cell]] = [("Verdict", verdict_of(case))]
    facts += [("Why", reason)] if reason else []
    facts += _figures(case, currency)
    blocks: list[Block] = [Facts(rows=tuple(facts))]
    if flow := case.get("cashFlow"):
        months = [
            MonthOf(
                number=one["number"],
                net_minor=one.get("incomeMinor", 0) - one.get("costMinor", 0),
                cumulated_minor=one.get("cumulatedMinor", 0),
            )
            for one in flow
        ]
        drawn = draw_cash(months, currency, case.get("paybackMonths"))
        blocks.append(Figure(svg=drawn, caption="Month 0 is that of the order; cash is counted at the end of a month."))
        blocks += _flow(flow, currency)
    if sensitivity := case.get("sensitivity"):
        rows = tuple(
            (sentence(str(one.get("what"))), str(one.get("change")), money(one.get("npvMinor"), currency))
            for one in sensitivity
        )
        heads = columns("What is different", "#By", "#NPV")
        blocks.append(Table(columns=heads, rows=rows, caption="Sensitivity of the net present value"))
    return Section(id="business", title="Business assessment", clauses=("C26", "C27", "C28"), blocks=tuple(blocks))


def verdict_of(case: Json) -> Mark:
    verdict = str(case.get("verdict", "notAssessed"))
    tone: Any = _TONES.get(verdict, "warn")
    return Mark(text=sentence(verdict), tone=tone)


def _figures(case: Json, currency: str) -> list[tuple[str, Cell]]:
    """What cannot be computed is said to be so."""
    payback, revenue = case.get("paybackMonths"), case.get("timeToRevenueDays")
    return [
        ("Net present value", money(case.get("npvMinor"), currency)),
        ("Discount rate, a year", rate(case.get("discountRate"))),
        ("Internal rate of return, a year", rate(case.get("irr"))),
        ("Payback", "never" if payback is None and case.get("npvMinor") is not None else _or(payback, "month")),
        ("Time to revenue", _or(revenue, "calendar day")),
        ("Margin a month, once all is active", money(case.get("monthlyMarginMinor"), currency)),
    ]


def _or(many: int | None, unit: str) -> str:
    return UNKNOWN if many is None else count(many, unit)


def _flow(flow: Sequence[Any], currency: str) -> list[Block]:
    rows = [
        (
            str(one["number"]),
            money(one.get("incomeMinor"), currency),
            money(one.get("costMinor"), currency),
            money(one.get("incomeMinor", 0) - one.get("costMinor", 0), currency),
            money(one.get("cumulatedMinor"), currency),
        )
        for one in flow
    ]
    shown, rest = some(rows, MOST_LINES, "months")
    heads = columns("#Month", "#Income", "#Cost", "#Difference", "#Cumulated")
    return [Table(columns=heads, rows=shown, caption="Cash flow by month"), *rest]
