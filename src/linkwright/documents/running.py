"""How the service is run and measured once it is there: method, support, spares, handover, and its objectives."""

from linkwright.documents.blocks import Block, Cell, Facts, Items, Paragraph, Section, Table, columns
from linkwright.documents.words import percent, period, sentence
from linkwright.wire.json import Json

_COMPARED = {">=": "at least", "<=": "at most"}


def support(doc: Json) -> Section | None:
    told = doc.get("operations")
    if not told:
        return None
    facts: list[tuple[str, Cell]] = [
        ("Operational method", str(told.get("method") or "not stated")),
        ("Support tier", str(told.get("supportTier") or "not stated")),
        ("Maintenance window", str(told.get("maintenanceWindow") or "not stated")),
    ]
    blocks: list[Block] = [Facts(rows=tuple(facts))]
    if spares := told.get("spares"):
        rows = tuple(
            (str(one.get("model")), f"{one.get('pieces', 0):,}", str(one.get("location") or "")) for one in spares
        )
        blocks.append(Table(columns=columns("Spare", "#Pieces", "Kept at"), rows=rows))
    if checklist := told.get("checklist"):
        blocks += [Paragraph(text="Handed over to operations once all of this is done:")]
        blocks += [Items(items=tuple(map(str, checklist)), open_boxes=True)]
    return Section(id="support", title="Operational support", clauses=("C9", "C14"), blocks=tuple(blocks))


def objectives(doc: Json) -> Section | None:
    told = doc.get("objectives") or ()
    if not told:
        return None
    heads = columns("Objective", "Bound", "#Target", "#Alarm", "Period", "Measured at", "Published as")
    table = Table(columns=heads, rows=tuple(map(_objective, told)))
    return Section(id="quality", title="Service quality parameters", clauses=("C15",), blocks=(table,))


def _objective(one: Json) -> tuple[Cell, ...]:
    unit = str(one.get("unit") or "")
    return (
        sentence(str(one.get("name"))),
        _COMPARED.get(one.get("comparator"), str(one.get("comparator"))),
        _value(one.get("target"), unit),
        _value(one.get("threshold"), unit),
        period(one.get("period")),
        str(one.get("measuringPoint") or ""),
        str(one.get("reference") or "not published yet"),
    )


def _value(value: Json, unit: str) -> str:
    """A share is told as percent, whatever its unit is called; other values as they are."""
    if unit.casefold() in ("", "1", "ratio", "probability"):
        return percent(value)
    return f"{value:,.12g} {unit}"
