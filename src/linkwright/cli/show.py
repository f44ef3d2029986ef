"""Answers and orders as tables that a person can read; everything shown comes out of the TMF resources."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from linkwright.designs.amounts import percent, up

Json = Any
COLOUR: Mapping[str, str] = {"qualified": "green", "alternate": "yellow", "unqualified": "red"}


def show_check(check: Json, console: Console) -> None:
    """One row for each item, then its legs, then what would be possible instead."""
    console.print()
    currency = _currency_of(check["serviceQualificationItem"])
    table = _table(
        f"Feasibility: {check.get('qualificationResult', check['state'])}",
        *("site", "result", "availability", "latency", f"once {currency}", f"a month {currency}", "ready"),
    )
    for item in check["serviceQualificationItem"]:
        table.add_row(*_item_row(item))
    console.print(table)
    _show_reasons(check["serviceQualificationItem"], console)
    for item in check["serviceQualificationItem"]:
        facts = characteristics(item.get("service", {}))
        if "access.path" in facts:
            console.print(_legs_table(f"Legs of {item['id']}", facts))
    _show_alternates(check["serviceQualificationItem"], console)
    for item in check["serviceQualificationItem"]:
        show_whole(item["id"], characteristics(item.get("service", {})), console)


def show_whole(name: str, facts: Mapping[str, Json], console: Console) -> None:
    """Plan, money, risks and people of one item, where they are told."""
    rows = [(word, told) for word, key, shown in _WHOLE if (told := shown(facts[key]) if key in facts else "")]
    if not rows:
        return
    table = _table(f"The rest of the answer for {name}", "what", "answer", folded="answer")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _chain(steps: Sequence[Json]) -> str:
    return " → ".join(f"{step['name']} ({step['start']} to {step['end']})" for step in steps if step.get("workingDays"))


def _top(risks: Sequence[Json]) -> str:
    return "; ".join(f"{risk['cause']} ({risk['probability']:.0%})" for risk in risks[:3])


def _courses(courses: Sequence[Json]) -> str:
    return "; ".join(f"{one['people']} of {one['team']}: {one['course']} by {one['end']}" for one in courses)


def _waves(waves: Sequence[Json]) -> str:
    return "; ".join(f"{one['items']} from {one['start']} to {one['end']}" for one in waves)


def _priced(money: Json) -> str:
    return f"{money['unit']} {money['value']:,.2f}"


_WHOLE: Sequence[tuple[str, str, Callable[[Any], str]]] = (
    ("driving chain", "plan.criticalPath", _chain),
    ("waves", "plan.waves", _waves),
    ("bottleneck", "plan.bottleneck", str),
    ("float, working days", "plan.totalFloatDays", str),
    ("order by", "plan.latestOrderDate", str),
    ("ready with 80 %", "plan.p80Date", str),
    ("net present value", "commercial.npv", _priced),
    ("months to payback", "commercial.paybackMonths", str),
    ("days to revenue", "commercial.timeToRevenueDays", str),
    ("verdict", "commercial.verdictReason", str),
    ("risks", "risk.top", _top),
    ("training", "ops.trainingMeasures", _courses),
    ("support", "ops.supportTier", str),
)


def _item_row(item: Json) -> list[str | Text]:
    facts = characteristics(item.get("service", {}))
    result = item.get("qualificationResult", item.get("state", ""))
    return [
        item["id"],
        Text(result, style=COLOUR.get(result, "")),
        _percent(facts.get("sla.availability")),
        _ms(facts.get("sla.latencyMs")),
        _amount(facts.get("commercial.oneTimeCost")),
        _amount(facts.get("commercial.recurringCost")),
        str(facts.get("plan.readyForServiceDate", ""))[:10],
    ]


def _show_reasons(items: Sequence[Json], console: Console) -> None:
    """Code and sentence of everything that stands in the way."""
    table = _table("Why not", "site", "code", "reason", folded="reason")
    for item in items:
        for reason in item.get("eligibilityUnavailabilityReason", []):
            table.add_row(item["id"], reason["code"], reason["label"])
    if table.row_count:
        console.print(table)


def _legs_table(title: str, facts: Mapping[str, Json]) -> Table:
    table = _table(title, "leg", "technology", "provider", "enters at", "path", folded="path")
    columns = [_list(facts.get(f"access.{name}", [])) for name in ("technology", "provider", "entryPoint")]
    for number, path in enumerate(facts["access.path"]):
        told = [column[number] if number < len(column) else "" for column in columns]
        table.add_row(str(number + 1), *told, " →\n".join(path) or "ends at the PoP where it enters")
    return table


def _show_alternates(items: Sequence[Json], console: Console) -> None:
    currency = _currency_of(items)
    columns = ("site", "proposal", "available", "access", f"once {currency}", f"a month {currency}")
    table = _table("What would be possible instead", *columns, folded="access")
    for item in items:
        for proposal in item.get("alternateServiceProposal", []):
            facts = characteristics(proposal["alternateService"])
            table.add_row(
                item["id"],
                str(proposal["id"]),
                proposal.get("alternateServiceAvailabilityDate", "")[:10],
                " + ".join(_list(facts.get("access.technology", []))),
                _amount(facts.get("commercial.oneTimeCost")),
                _amount(facts.get("commercial.recurringCost")),
            )
    if table.row_count:
        console.print(table)


def show_order(order: Json, events: Sequence[Json], console: Console) -> None:
    """The order's milestones, what it caused elsewhere, and what the hub told about it."""
    console.print()
    table = _table(f"Service order: {order['state']}", "milestone", "reached", "what it means", folded="what it means")
    for milestone in order.get("milestone", []):
        table.add_row(milestone["name"], milestone["milestoneDate"][11:23], milestone.get("message", ""))
    console.print(table)
    caused = _table("Orders and holds that followed", "kind", "id there", folded="id there")
    for reference in order.get("externalReference", []):
        if reference.get("externalReferenceType") != "serviceQualification":
            caused.add_row(reference["externalReferenceType"], reference["id"])
    for relation in order.get("orderRelationship", []):
        caused.add_row(relation["relationshipType"], relation["id"])
    console.print(caused)
    for item in order["serviceOrderItem"]:
        facts = characteristics(item["service"])
        allocated = {name: value for name, value in facts.items() if "." not in name and name in _ALLOCATED}
        if allocated:
            console.print(f"{item['id']}: " + ", ".join(f"{name} {value}" for name, value in allocated.items()))
    told = Counter(event["eventType"] for event in events)
    console.print("The hub delivered " + ", ".join(f"{count} {name}" for name, count in sorted(told.items())) + ".")


_ALLOCATED = ("vlanId", "ipv4Prefix", "serviceIdentifier")


def show_links(check: Json, order: Json, urls: Mapping[str, str], console: Console) -> None:
    """Where to look further, while everything runs."""
    console.print("\nWhere to look further (these answer while it runs; keep it running with --stay):")
    design = next((href for item in check["serviceQualificationItem"] if (href := _design_href(item))), None)
    for name, href in (("check", check["href"]), ("order", order["href"]), ("design", design)):
        if href:
            console.print(f"  {name:<10} {href}", soft_wrap=True)
    for name, url in urls.items():
        console.print(f"  {name:<16} {url}/mock-control/state", soft_wrap=True)


def _design_href(item: Json) -> str | None:
    entities = item.get("service", {}).get("relatedEntity", [])
    return next((entity["href"] for entity in entities if entity.get("role") == "serviceDesign"), None)


def characteristics(service: Json) -> dict[str, Json]:
    return {c["name"]: c["value"] for c in service.get("serviceCharacteristic", [])}


def _table(title: str, *columns: str, folded: str = "") -> Table:
    """Only the folded column may need several lines, so that the others can be read at eighty characters."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column != folded)
    return table


def _currency_of(items: Sequence[Json]) -> str:
    """The currency of the first price that is told."""
    services = [item.get("service", {}) for item in items]
    services += [one["alternateService"] for item in items for one in item.get("alternateServiceProposal", [])]
    prices = (characteristics(service).get("commercial.oneTimeCost") for service in services)
    return next((price["unit"] for price in prices if price), "")


def _amount(value: Json) -> str:
    return "" if value is None else f"{value['value']:,.2f}"


def _percent(value: Json) -> str:
    """Of a probability, or of a percentage that somebody else tells."""
    return "" if value is None else percent(float(value) / 100 if value > 1 else float(value))


def _ms(value: Json) -> str:
    return "" if value is None else f"{up(float(value), 100):.2f} ms"


def _list(value: Json) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
