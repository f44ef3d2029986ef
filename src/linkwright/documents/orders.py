"""What an order of this design sets in motion: what is held, who gets orders, what is allocated; and who was asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from linkwright.designs.answers import SiteSolution
from linkwright.designs.existing import needed_by
from linkwright.documents.amounts import shows_costs
from linkwright.documents.blocks import Block, Cell, Code, Mark, Paragraph, Section, Table, columns
from linkwright.documents.words import UNKNOWN, count, day, joined, json_text, money, percent, sentence
from linkwright.documents.words import told as in_words
from linkwright.orders.errands import Task
from linkwright.orders.tasks import NEEDS, gives_up, new_cpe, planned_tasks, step_of
from linkwright.wire.design_document import read_design
from linkwright.wire.json import Json
from linkwright.wire.v4.previews import ORDER, REQUESTER, previewed

_KINDS: Mapping[str, tuple[str, str, str]] = {
    "reserve": ("Hold resources", "resource pool", "TMF685 reservation"),
    "procure": ("Order an access", "", "TMF641 service order"),
    "provide": ("Order resources", "resource provisioning", "TMF652 resource order"),
    "allocate": (
        "Allocate service parameters",
        "Allocate Specific Service Parameters to Services",
        "TMF641 service order",
    ),
    "publish": ("Publish service level objectives", "service quality management", "TMF657 service level objectives"),
    "implement": (
        "Implement, configure and activate",
        "Implement, Configure & Activate Service",
        "TMF641 service order",
    ),
    "register": ("Register the service", "service inventory", "TMF638 service"),
}
_RESOURCE_DOMAIN = frozenset({_KINDS["reserve"][2], _KINDS["provide"][2]})
_ANSWERS = {
    "offered": ("offered", "good"),
    "refused": ("refused", "warn"),
    "noCoverage": ("no coverage", "warn"),
    "silent": ("silent", "bad"),
    "failed": ("failed", "bad"),
    "notAsked": ("not asked", "plain"),
}


@dataclass(frozen=True, kw_only=True)
class Following:
    """One order or call that follows, in its turn; `after` are the turns that come first."""

    task: Task
    turn: int
    what: str
    to: str
    how: str
    about: str
    after: tuple[int, ...]


def following(solution: SiteSolution, ref: str) -> tuple[Following, ...]:
    """What follows from a design that is ordered by itself, in the order in which it goes out."""
    tasks = planned_tasks(ORDER, {ref: solution}, publishes=True)
    turns = {task.key: number for number, task in enumerate(tasks, 1)}
    stages = {task.stage: turns[task.key] for task in tasks if task.stage}
    return tuple(_following(task, solution, tasks, turns, stages) for task in tasks)


def _following(
    task: Task,
    solution: SiteSolution,
    tasks: Sequence[Task],
    turns: Mapping[str, int],
    stages: Mapping[str, int],
) -> Following:
    what, to, how = _KINDS[task.kind]
    before = {stages[one] for one in task.after if one in stages and stages[one] != turns[task.key]}
    before |= {turns[one.key] for one in tasks if step_of(one) in NEEDS.get(step_of(task), ())}
    return Following(
        task=task,
        turn=turns[task.key],
        what=f"Give up: {what[:1].lower()}{what[1:]}" if gives_up(task) else what,
        to=to or task.system,
        how=how,
        about=_about(task, solution),
        after=tuple(sorted(before)),
    )


def _about(task: Task, solution: SiteSolution) -> str:
    if task.access is not None:
        quotes = {leg.access: leg.quote for leg in solution.legs}
        quote = quotes.get(task.access)
        return f"access {task.access}" + (f", quote {quote}" if quote else "")
    if task.kind == "reserve":
        return count(len(needed_by(solution)), "resource")
    if task.kind == "publish":
        return count(len(solution.objectives), "objective")
    if task.kind == "provide":
        pieces = sum(new_cpe(solution))
        cpe = [f"{pieces} x {solution.cpe}"] if pieces and not any("/" in part for part in task.parts) else []
        return joined([*cpe, *(part.replace("/", " ") for part in task.parts if "/" in part)])
    return f"service at {solution.place.name}"


def assignments(doc: Json) -> Section | None:
    """Everything that is held for the design, and how."""
    solution = solution_of(doc)
    if solution is None:
        return None
    suppliers = {leg.access: leg.supplier for leg in solution.legs}
    rows = tuple(
        (
            resource,
            sentence(category),
            f"{quantity:,}" + (" Mbit/s" if category == "link" else ""),
            suppliers.get(resource, "own"),
        )
        for (resource, category), quantity in needed_by(solution).items()
    )
    policy = (doc.get("requirement") or {}).get("holdPolicy") or "none"
    told = (
        "Nothing is held by this document: reservations and their ends stand on the check or order that refers to it."
    )
    blocks: list[Block] = [Paragraph(text=f"{told} Hold that the requester wants of a check: {policy}.")]
    if rows:
        blocks.append(Table(columns=columns("Resource", "Kind", "#Quantity", "Of"), rows=rows))
    blocks.append(_requests(doc, solution))
    return Section(id="assignments", title="Resource assignments", clauses=("C10", "C32"), blocks=tuple(blocks))


def _requests(doc: Json, solution: SiteSolution) -> Table:
    """What the resource domain was asked for, and what it will be asked for once the design is ordered."""
    read = ("Resources and accesses", "resource inventory", "TMF639 resource", f"snapshot {doc.get('snapshot')}")
    rows: list[tuple[Cell, ...]] = [(*read, f"read on {day(doc.get('computedAt'))}")]
    rows += [
        (one.what, one.to, one.how, one.about, "once it is ordered")
        for one in following(solution, solution.requirement.ref)
        if one.how in _RESOURCE_DOMAIN
    ]
    heads = columns("Request", "To", "By", "About", "When")
    return Table(columns=heads, rows=tuple(rows), caption="Requests to resource provisioning")


def order_set(doc: Json) -> Section | None:
    solution = solution_of(doc)
    if solution is None:
        return None
    follows = following(solution, solution.requirement.ref)
    rows = tuple(
        (str(one.turn), one.what, one.to, one.how, one.about, ", ".join(map(str, one.after)) or "at once")
        for one in follows
    )
    table = Table(columns=columns("#No.", "What", "To", "By", "About", "After"), rows=rows)
    told = "This goes out once the design is ordered; until then it is a preview."
    if solution.objectives:
        told += " Objectives are published where a system for service quality management is connected."
    note = Paragraph(text=told)
    parameters = Table(
        columns=columns("Parameter", "For", "#Values"),
        rows=_parameters(solution),
        caption="Parameters to allocate, first",
    )
    blocks: tuple[Block, ...] = (note, table, *((parameters,) if parameters.rows else ()))
    blocks += tuple(_payloads(solution, follows)) if shows_costs(doc) else (Paragraph(text=_UNTOLD),)
    return Section(id="orders", title="Order set and parameters", clauses=("C29", "C30"), blocks=blocks)


_PAYLOADS = (
    f"What each of them says follows, as far as it is known: {ORDER} stands for the id of the order, {REQUESTER} for "
    "who sends it where no customer is named, {No. 1} for the id that the system of number 1 gives. Parameters, the "
    "ends of holds and who keeps them are known then, too. A partner with words of its own is told in those, and what "
    "others have written into an entry of the inventory stays in it."
)
_UNTOLD = "What each of them says is shown to readers who may see costs."


def _payloads(solution: SiteSolution, follows: Sequence[Following]) -> Iterator[Block]:
    """The bodies of what follows, each with all that was done before it."""
    yield Paragraph(text=_PAYLOADS)
    ahead: dict[int, set[int]] = {}
    for one in follows:
        ahead[one.turn] = {*one.after, *(turn for before in one.after for turn in ahead[before])}
        done = {
            other.task.key: replace(other.task, remote_id=f"{{No. {other.turn}}}")
            for other in follows
            if other.turn in ahead[one.turn]
        }
        for body in previewed(one.task, solution.requirement.ref, solution, done):
            caption = f"No. {one.turn}, {one.how}: {one.to}"
            yield Code(text=json_text(body), caption=caption)


def _parameters(solution: SiteSolution) -> tuple[tuple[Cell, ...], ...]:
    """Of what is new; the allocating system gives them their names and values."""
    rows: list[tuple[Cell, ...]] = [
        (name, f"leg {leg.access} at {leg.pop}", "1")
        for leg in solution.legs
        if not leg.existing
        for name in ("VLAN and circuit identifier", "Addresses between CPE and PoP")
    ]
    if pieces := sum(new_cpe(solution)):
        rows.append(("Management address and identifier", solution.cpe, str(pieces)))
    if solution.before is None:
        rows.append(("Service identifier", solution.place.name, "1"))
    return tuple(rows)


def solution_of(doc: Json) -> SiteSolution | None:
    """Without the amounts that the document may lack: who looks at them asks `shows_costs` first."""
    return read_design(doc) if doc.get("legs") and doc.get("requirement") and doc.get("place") else None


def partners(doc: Json) -> Section | None:
    """All that were asked, those that stayed silent too."""
    asked = doc.get("asked") or ()
    if not asked:
        return None
    currency = str(doc.get("currency", ""))
    quotes = {(leg.get("supplier"), leg["quote"]) for leg in doc.get("legs") or () if leg.get("quote")}
    priced = any("oneTimeCostMinor" in (one.get("offer") or {}) for one in asked)
    prices = ("#Once", "#A month") if priced else ()
    heads = columns(
        "Partner", "Answer", *prices, "#Interval", "#Bandwidth", "#Availability", "#Valid until", "#Took", "Chosen"
    )
    rows = tuple(_answer(one, currency, quotes, priced=priced) for one in asked)
    chosen = sum(row[-1] != "" for row in rows)
    told = f"{count(len(rows), 'answer')} of partners compared, {chosen} chosen. Silence and failure are no refusal."
    blocks: list[Block] = [Paragraph(text=told), Table(columns=heads, rows=rows)]
    said = tuple((str(one["partner"]), in_words(one["text"])) for one in asked if one.get("text"))
    blocks += [Table(columns=columns("Partner", "In words"), rows=said)] if said else []
    return Section(id="partners", title="Partner comparison", clauses=("C33",), blocks=tuple(blocks))


def _answer(one: Json, currency: str, quotes: set[tuple[Json, Json]], *, priced: bool) -> tuple[Cell, ...]:
    offer = one.get("offer") or {}
    word, tone = _ANSWERS.get(one.get("asked"), (str(one.get("asked")), "plain"))
    is_chosen = bool(offer) and (one.get("partner"), offer.get("quote")) in quotes
    interval = f"{offer['leadDays']} {'calendar' if offer.get('calendar') else 'working'} days" if offer else ""
    prices = tuple(
        (UNKNOWN if word in (offer.get("unpriced") or ()) else money(offer.get(field), currency)) if offer else ""
        for word, field in (("nrc", "oneTimeCostMinor"), ("mrc", "recurringCostMinor"))
    )
    partner = f"{one.get('partner')}, backup" if one.get("role") == "backup" else str(one.get("partner"))
    return (
        partner,
        Mark(text=word, tone=tone),  # type: ignore[arg-type]
        *(prices if priced else ()),
        interval,
        f"{offer['bandwidthMbps']:,} Mbit/s" if offer else "",
        percent(offer["availability"]) if offer else "",
        day(one["validUntil"]) if one.get("validUntil") else "",
        f"{one['tookS']:.2f} s" if one.get("tookS") else "",
        Mark(text="chosen", tone="good") if is_chosen else "",
    )
