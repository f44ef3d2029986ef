"""The sections that only the design of all items together has: its members, their places, what was wanted of all."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from linkwright.designs.amounts import percent as cut_percent
from linkwright.documents.blocks import Block, Cell, Figure, Link, Mark, Paragraph, Section, Table, columns, some
from linkwright.documents.svg_map import Spot, draw_map
from linkwright.documents.wanted import Wish, by_date, matrix_of, spans, within_budgets
from linkwright.documents.words import MINUS, UNKNOWN, count, day, joined, money, percent, points
from linkwright.wire.json import Json

MOST_AT_A_LOOK, MOST_APART = 20, 100
"""Of more items than that, those that are not as they are wanted are told first."""
AS_WANTED = "Items as they are wanted"
_TONES = {"qualified": "good", "alternate": "warn", "unqualified": "bad"}


def members(doc: Json) -> Section:
    told: Sequence[Any] = doc.get("members") or ()
    currency = str(doc.get("currency", ""))
    priced = any("oneTimeCostMinor" in one for one in told)
    heads = columns(
        "Item",
        "Place",
        "Result",
        "Technology",
        "#Ready",
        "#Availability",
        *(("#Once", "#A month") if priced else ()),
        "Reasons",
    )
    rows = [_row(one, currency, priced=priced) for one in told]
    if priced:
        once, monthly = money(doc.get("oneTimeCostMinor"), currency), money(doc.get("recurringCostMinor"), currency)
        rows.append(("Total", "", "", "", "", "", once, monthly, ""))
    blocks: list[Block] = []
    apart = [row for row, one in zip(rows, told, strict=False) if one.get("result") != "qualified"]
    if apart and len(told) > MOST_AT_A_LOOK:
        first, rest = some(apart, MOST_APART, "such items")
        blocks += [Table(columns=heads, rows=first, caption="Items that are not as they are wanted"), *rest]
    caption = "All items; every digit of an availability stands in the document of the item"
    blocks.append(Table(columns=heads, rows=tuple(rows), sums=1 if priced else 0, caption=caption))
    blocks += _map(told)
    return Section(id="members", title="Items", clauses=("C7",), blocks=tuple(blocks))


def _row(one: Json, currency: str, *, priced: bool) -> tuple[Cell, ...]:
    ref, result = str(one.get("ref")), one.get("result")
    prices = tuple(
        money(one.get(name), currency) if one.get("designId") else ""
        for name in ("oneTimeCostMinor", "recurringCostMinor")
    )
    tone: Any = _TONES.get(str(result), "plain")
    return (
        Link(text=ref, design_id=str(one["designId"])) if one.get("designId") else ref,
        str(one.get("place") or ""),
        Mark(text=str(result or "no answer"), tone=tone),
        _technologies(one.get("technology") or ()),
        day(one["ready"]) if one.get("ready") else "",
        cut_percent(one["availability"]) if one.get("availability") is not None else "",
        *(prices if priced else ()),
        joined(one["codes"]) if one.get("codes") else "",
    )


def _technologies(names: Sequence[str]) -> str:
    """`2 x fibre, mobile`: of each leg."""
    return ", ".join(f"{many} x {name}" if many > 1 else name for name, many in Counter(names).items())


def _map(told: Sequence[Any]) -> Iterator[Block]:
    spots = {
        one["ref"]: Spot(
            name=f"{one.get('place')}", lat_deg=one["where"]["latDeg"], lon_deg=one["where"]["lonDeg"], is_place=True
        )
        for one in told
        if one.get("where")
    }
    named = {spot.name: spot for spot in spots.values()}
    if len({(spot.lat_deg, spot.lon_deg) for spot in named.values()}) > 1:
        caption = f"Places whose coordinates are known: {len(spots):,} of {count(len(told), 'item')}."
        yield Figure(svg=draw_map(list(named.values()), ()), caption=caption)


def compliance(doc: Json) -> Section | None:
    wishes = list(wishes_of(doc))
    if not wishes:
        return None
    note = Paragraph(text="What is wanted of a single item is held against its design in the document of that item.")
    return Section(
        id="compliance",
        title="Requirement and evidence",
        clauses=("C2", "C20", "C23"),
        blocks=(matrix_of(wishes), note),
    )


def wishes_of(doc: Json) -> Iterator[Wish]:
    wanted, plan = doc.get("wanted") or {}, doc.get("plan") or {}
    told = doc.get("members") or ()
    had = sum(one.get("result") == "qualified" for one in told)
    yield Wish(
        name=AS_WANTED,
        asked=f"{len(told):,}",
        designed=f"{had:,}",
        margin=f"{MINUS if had < len(told) else ''}{len(told) - had:,}",
        met=had == len(told),
    )
    if wanted.get("neededBy") and plan.get("ready"):
        yield by_date(wanted["neededBy"], plan["ready"])
    target, availability = wanted.get("availability"), doc.get("availability")
    if target is not None and availability is not None:
        yield Wish(
            name="Availability of the solution",
            asked=percent(target),
            designed=percent(availability),
            margin=points(availability, target),
            met=availability >= target,
        )
    yield from within_budgets(wanted, doc)
    for field, name in (("siteAccess", "Access to the sites only"), ("changeFreeze", "No change")):
        if wanted.get(field):
            yield Wish(name=name, asked=spans(wanted[field]), designed="planned so")
    if (rollout := wanted.get("rollout")) and rollout.get("pilotItems"):
        pilot = next((wave for wave in plan.get("waves") or () if wave.get("pilot")), None)
        found = UNKNOWN if pilot is None else count(pilot.get("items", 0), "site")
        met = None if pilot is None else pilot.get("items", 0) >= rollout["pilotItems"]
        yield Wish(name="Pilot first", asked=count(rollout["pilotItems"], "site"), designed=found, met=met)


def reuse(doc: Json) -> Section | None:
    """How much of all is of one pattern is told by each member's own document; here only what the plan tells."""
    plan = doc.get("plan") or {}
    if not plan.get("waves"):
        return None
    visited = sum(wave.get("items", 0) for wave in plan["waves"])
    text = f"{count(visited, 'site')} are installed in {count(len(plan['waves']), 'wave')}, one visit each."
    return Section(id="efficiency", title="Efficiency", clauses=("C24", "C25"), blocks=(Paragraph(text=text),))
