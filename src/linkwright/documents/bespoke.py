"""Work that is done for this customer alone: what it is, whose it is, how long it may take, and what it costs."""

from collections.abc import Mapping, Sequence

from linkwright.documents.blocks import Block, Cell, Mark, Table, columns, rest_of
from linkwright.documents.words import day, days, money
from linkwright.wire.json import Json

MOST_WORKS = 60


def bespoke_work(doc: Json, steps: Sequence[Json]) -> list[Block]:
    """Empty where nothing is; estimates and costs are there where its requester or the catalogue has stated them."""
    works = [step for step in steps if step.get("bespoke")]
    if not works:
        return []
    asked = {one["id"]: one for one in (doc.get("requirement") or {}).get("bespokeActivities") or ()}
    priced = any("oneTimeCostMinor" in one for one in asked.values())
    cost = ("#Cost once",) if priced else ()
    heads = columns("Work", "Owner", "#Working days", "#Start", "#End", "#Float", *cost, "Critical")
    currency = str(doc.get("currency", ""))
    rows = tuple(_row(step, asked.get(step["id"]) or {}, currency, priced) for step in works[:MOST_WORKS])
    return [Table(columns=heads, rows=rows, caption="Bespoke work"), *rest_of(len(works), MOST_WORKS, "works")]


def _row(step: Json, asked: Mapping[str, Json], currency: str, priced: bool) -> tuple[Cell, ...]:
    cost = asked.get("oneTimeCostMinor")
    return (
        str(step.get("name") or step["id"]),
        str(step.get("owner") or ""),
        _estimate(step, asked),
        day(step["start"]),
        day(step["end"]),
        days(step.get("floatDays")),
        *(("" if cost is None else money(cost, currency),) if priced else ()),
        Mark(text="critical", tone="bad") if step.get("critical") else "",
    )


def _estimate(step: Json, asked: Mapping[str, Json]) -> str:
    likely = f"{step.get('days', 0)}"
    least, most = asked.get("leastDays"), asked.get("mostDays")
    return likely if least is None and most is None else f"{likely} ({least or likely} to {most or likely})"
