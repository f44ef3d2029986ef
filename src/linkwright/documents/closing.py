"""What closes a document: its efficiency, who signs for which figure, what is left out, where each clause is."""

from collections.abc import Collection, Sequence

from linkwright.documents.amounts import shows_costs
from linkwright.documents.blocks import Block, Cell, Facts, Inside, Items, Link, Paragraph, Section, Table, columns
from linkwright.documents.orders import following, solution_of
from linkwright.documents.words import UNKNOWN, count, day, joined, money, percent, rate, sentence
from linkwright.wire.json import Json

VISITS = frozenset({"survey", "installation"})
ASPECTS = {
    "topology": "Topology",
    "cpe": "Bill of materials",
    "assignments": "Resource assignments, infrastructure and partners",
    "plan": "Implementation plan",
    "training": "Training plan",
    "support": "Operational support",
    "quality": "Service quality parameters",
    "cost": "Cost",
    "risk": "Risk register",
    "business": "Business assessment",
    "efficiency": "Efficiency",
    "orders": "Order set and parameters",
}
CLAUSES = {
    "C2": "Design that complies with one customer's requirement",
    "C3": "Special arrangements",
    "C4": "Part of a feasibility assessment",
    "C5": "Result of a confirmed order",
    "C7": "Overall service solution",
    "C8": "Customer premises equipment",
    "C9": "Operational methods",
    "C10": "Resource assignments",
    "C11": "Pre-order feasibility",
    "C12": "Implementation plan",
    "C13": "Training measures and needs",
    "C14": "Operational support measures",
    "C15": "Parameters for service quality management",
    "C16": "Current service infrastructure",
    "C17": "Current resource infrastructure",
    "C18": "Future infrastructure",
    "C19": "Expected solution results",
    "C20": "Budget",
    "C21": "Duration",
    "C22": "Risks",
    "C23": "Time schedule per customer requirements",
    "C24": "Service efficiency",
    "C25": "Provisioning efficiency",
    "C26": "Business assessment",
    "C27": "Time to revenue",
    "C28": "Service and resource investment",
    "C29": "Orders to implement, configure and activate",
    "C30": "Orders to allocate specific service parameters",
    "C31": "Some or all aspects",
    "C32": "Requests to resource provisioning",
    "C33": "Requests to partners",
    "C34": "Bespoke activities",
    "C35": "Enterprise sales, service order, engineering",
}


OF_SINGLE_ITEMS = frozenset({"C3", "C8", "C10", "C15", "C16", "C17", "C18", "C29", "C30", "C32", "C33"})


def efficiency(doc: Json) -> Section | None:
    facts: list[tuple[str, Cell]] = []
    if doc.get("optimalityGap") is not None:
        facts.append(("Proved distance from the least cost", _proved(doc["optimalityGap"])))
    if doc.get("roles"):
        facts.append(("Among the alternatives", joined([sentence(role).lower() for role in doc["roles"]])))
    if doc.get("rank") is not None:
        facts.append(("Rank among the alternatives", str(doc["rank"])))
    if doc.get("reusedFrom"):
        facts.append(("Repeats the design", Link(text=str(doc["reusedFrom"]), design_id=str(doc["reusedFrom"]))))
    plan = doc.get("plan") or {}
    if plan.get("steps"):
        visits = sum(step.get("kind") in VISITS for step in plan["steps"])
        facts.append(("Site visits in the plan", count(visits, "visit")))
    if plan.get("waves"):
        facts.append(("Waves of installation", f"{len(plan['waves']):,}"))
    if plan.get("optimalityGap") is not None:
        facts.append(("Proved distance of the plan from the shortest", _proved(plan["optimalityGap"])))
    if (solution := solution_of(doc)) is not None:
        facts.append(("Orders and calls that follow", str(len(following(solution, solution.requirement.ref)))))
    if not facts:
        return None
    return Section(id="efficiency", title="Efficiency", clauses=("C24", "C25"), blocks=(Facts(rows=tuple(facts)),))


def _proved(gap: float) -> str:
    return "none: it is the least" if gap == 0 else f"at most {rate(gap)}"


def sign_off(doc: Json) -> Section:
    """Everybody signs for figures of his own; those that are not in the document are not in the table."""
    currency = str(doc.get("currency", ""))
    case = doc.get("businessCase") or {}
    figures: list[tuple[str, str, str]] = []
    if shows_costs(doc):
        figures.append(("Enterprise sales (business)", "Cost once", money(doc["oneTimeCostMinor"], currency)))
        figures.append(("Enterprise sales (business)", "Cost a month", money(doc.get("recurringCostMinor"), currency)))
    if case:
        verdict = f"{sentence(str(case.get('verdict')))}, NPV {money(case.get('npvMinor'), currency)}"
        figures.append(("Enterprise sales (business)", "Business case", verdict))
    availability = doc.get("availability")
    figures.append(("Engineering", "Availability", UNKNOWN if availability is None else percent(availability)))
    figures.append(
        ("Engineering", "Risks and confidence", f"{len(doc.get('risks') or ())}, {doc.get('confidence') or UNKNOWN}")
    )
    figures.append(("Service order management", "Ready for service", ready_of(doc)))
    heads = columns("Role", "Approves", "#Figure", "Name", "Date", "Signature")
    table = Table(columns=heads, rows=tuple((*one, "", "", "") for one in figures))
    note = "Which of these need an approval before anything is ordered is a matter of the operator's policy."
    return Section(id="sign-off", title="Sign-off", clauses=("C35",), blocks=(Paragraph(text=note), table))


def ready_of(doc: Json) -> str:
    return day(doc.get("ready") or (doc.get("plan") or {}).get("ready"))


def left_out(scope: Sequence[str] | None) -> tuple[str, ...]:
    """Aspects that the requester did not want, by the titles of their sections."""
    return () if scope is None else tuple(title for aspect, title in ASPECTS.items() if aspect not in scope)


def scope_section(scope: Sequence[str] | None) -> Section:
    names = left_out(scope)
    if not names:
        text = "The requester wanted all aspects of a design; nothing is left out for him."
        return Section(id="scope", title="Scope", clauses=("C31",), blocks=(Paragraph(text=text),))
    blocks: tuple[Block, ...] = (Paragraph(text="The requester left these aspects out:"), Items(items=names))
    return Section(id="scope", title="Not in scope", clauses=("C31",), blocks=blocks)


def trace(sections: Sequence[Section], elsewhere: Collection[str] = ()) -> Section:
    """Each clause of the process, and the sections that answer it; some are answered in documents of single items."""
    rows: list[tuple[Cell, ...]] = []
    for clause, title in CLAUSES.items():
        found = tuple(
            (f"{number}. {one.title}", one.id) for number, one in enumerate(sections, 1) if clause in one.clauses
        )
        missing = "in the document of each item" if clause in elsewhere else "not in this document"
        rows.append((clause, title, Inside(sections=found) if found else missing))
    table = Table(columns=columns("Clause", "What it asks for", "Answered in"), rows=tuple(rows))
    return Section(id="trace", title="Clause by clause", clauses=(), blocks=(table,))
