"""What is built: why it is special, its topology and map, its equipment, and the service that was there before."""

from collections.abc import Iterator
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
from linkwright.documents.legs import capacity_of, lanes_of, near_legs, role_of, supplier_of
from linkwright.documents.svg_map import Spot, Way, draw_map
from linkwright.documents.svg_topology import draw_topology
from linkwright.documents.wanted import difference_ms
from linkwright.documents.words import UNKNOWN, component, count, day, downtime, joined, lost, ms, percent
from linkwright.documents.words import told as in_words
from linkwright.wire.json import Json

MOST_ROWS = 200
_FACTS = (("power_w", "Power", "W"), ("rack_u", "Height in the rack", "U"), ("ports", "Ports", ""))


def why_special(doc: Json) -> Section | None:
    arrangement, not_used = doc.get("arrangement"), doc.get("notUsed") or ()
    if not arrangement and not not_used:
        return None
    blocks: list[Block] = []
    if arrangement:
        special = arrangement.get("kind") == "special"
        told = (
            "Standard arrangements do not satisfy this requirement." if special else "A standard arrangement will do."
        )
        blocks.append(Paragraph(text=told))
        blocks += [Items(items=tuple(map(in_words, arrangement["why"])))] if arrangement.get("why") else []
    if not_used:
        rows = [(str(one.get("access")), str(one.get("technology")), in_words(one.get("why"))) for one in not_used]
        shown, rest = some(rows, MOST_ROWS, "ways")
        table = Table(columns=columns("Access", "Technology", "Why not"), rows=shown, caption="Ways that are not used")
        blocks += [table, *rest]
    return Section(id="arrangement", title="Why this arrangement", clauses=("C3",), blocks=tuple(blocks))


def topology(doc: Json) -> Section | None:
    legs = near_legs(doc)
    if not legs:
        return None
    place, far = name_of(doc), ((doc.get("place") or {}).get("far") or {}).get("name")
    shares_cpe = len(legs) > 1 and any(str(one).startswith("cpe:") for one in doc.get("sharedRisks") or ())
    cpe = f"{doc.get('cpeQuantity', 1)} x {doc.get('cpe')}"
    svg = draw_topology(place, cpe, far, lanes_of(doc), shares_cpe=shares_cpe)
    blocks: list[Block] = [Figure(svg=svg, caption=f"The service at {place} with {count(len(legs), 'leg')}.")]
    blocks.append(
        Table(
            columns=columns(
                "Leg",
                "Access",
                "Technology",
                "Supplier",
                "PoP",
                "Leads to",
                "#Capacity",
                "#Length",
                "#Latency one way",
                "Risk groups",
            ),
            rows=tuple(_leg_row(doc, number, leg) for number, leg in enumerate(legs)),
        )
    )
    blocks += [_services(doc, legs)]
    if shared := doc.get("sharedRisks"):
        blocks.append(Paragraph(text=f"What legs share counts once, in series: {joined(map(component, shared))}."))
    blocks += _map(doc)
    return Section(id="topology", title="Topology", clauses=("C7",), blocks=tuple(blocks))


def name_of(doc: Json) -> str:
    place = doc.get("place") or {}
    return str(place.get("name") or place.get("id") or "the site")


def _leg_row(doc: Json, number: int, leg: Json) -> tuple[Cell, ...]:
    nodes = leg.get("nodes") or ("",)
    return (
        f"{number + 1}, {role_of(doc, number)}",
        str(leg.get("access")),
        str(leg.get("technology")),
        supplier_of(leg),
        str(leg.get("pop")),
        str(nodes[-1]),
        capacity_of(leg) or UNKNOWN,
        f"{leg['lengthKm']:,.1f} km" if leg.get("lengthKm") else UNKNOWN,
        ms(leg.get("latencyOneWayMs")),
        joined(leg.get("srlgs")),
    )


def _services(doc: Json, legs: list[Any]) -> Table:
    """From the service that the customer faces down to resources."""
    wanted = doc.get("requirement") or {}
    rows: list[tuple[Cell, ...]] = [
        ("Customer-facing service", str(wanted.get("specification") or "service"), name_of(doc))
    ]
    rows += [
        ("Resource-facing service", f"Access leg {number + 1}", f"{leg.get('technology')}, {supplier_of(leg)}")
        for number, leg in enumerate(legs)
    ]
    rows.append(
        ("Resource-facing service", "Customer premises equipment", f"{doc.get('cpeQuantity')} x {doc.get('cpe')}")
    )
    for number, leg in enumerate(legs):
        crossed = f"nodes {joined(leg.get('nodes'))}; links {joined(leg.get('links'))}"
        rows.append(("Resources", f"Access {leg.get('access')}, leg {number + 1}", crossed))
    return Table(columns=columns("Level", "What", "Made of"), rows=tuple(rows), caption="From service to resources")


def _map(doc: Json) -> Iterator[Block]:
    """None where all that is known stands at one point. What has no coordinates is said."""
    known = {one["id"]: one for one in doc.get("where") or ()}
    names = {one["id"]: _label(doc, one) for one in known.values()}
    here = [one["id"] for one in known.values() if one["role"] == "place"]
    there = [one["id"] for one in known.values() if one["role"] == "far"]
    spots = [
        Spot(name=names[key], lat_deg=one["latDeg"], lon_deg=one["lonDeg"], is_place=one["role"] != "node")
        for key, one in known.items()
    ]
    if len({(spot.lat_deg, spot.lon_deg) for spot in spots}) < 2:
        return
    ways = [
        Way(
            through=tuple(names[key] for key in (*here, *leg.get("nodes", ()), *there) if key in names),
            is_backup=role_of(doc, number) == "backup",
        )
        for number, leg in enumerate(near_legs(doc))
    ]
    passed = [node for leg in near_legs(doc) for node in leg.get("nodes", ())]
    unplaced = [*([] if here else [name_of(doc)]), *(node for node in dict.fromkeys(passed) if node not in known)]
    caption = "Places and nodes by their coordinates, straight lines between them."
    caption += f" Their coordinates are not known: {joined(unplaced)}." if unplaced else ""
    yield Figure(svg=draw_map(spots, ways), caption=caption)


def _label(doc: Json, one: Json) -> str:
    place = doc.get("place") or {}
    spot = place if one["role"] == "place" else (place.get("far") or {}) if one["role"] == "far" else {}
    return str(spot.get("name") or one["id"])


def equipment(doc: Json) -> Section | None:
    if doc.get("cpe") is None:
        return None
    quantity, kept, facts = doc.get("cpeQuantity", 0), doc.get("cpeKept", 0), doc.get("cpeFacts") or {}
    rows: tuple[tuple[Cell, ...], ...] = (
        (str(doc["cpe"]), f"{quantity:,}", f"{kept:,}", f"{max(quantity - kept, 0):,}"),
    )
    told: list[tuple[str, Cell]] = [
        (name, f"{facts[key]:g} {unit} each".replace("  ", " "))
        for key, name, unit in _FACTS
        if _is_number(facts.get(key))
    ]
    if facts.get("stock_location"):
        told.append(("Delivered from", str(facts["stock_location"])))
    wanted = (doc.get("requirement") or {}).get("cpeFeatures")
    told += [("Features that it has to have", joined(wanted))] if wanted else []
    bill = Table(columns=columns("Model", "#Pieces", "#There already", "#New"), rows=rows)
    blocks: tuple[Block, ...] = (bill, *((Facts(rows=tuple(told)),) if told else ()))
    return Section(id="equipment", title="Bill of materials", clauses=("C8",), blocks=blocks)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def existing(doc: Json) -> Section | None:
    """The service before, and what its change gives back; that there is none is said too."""
    before = doc.get("before")
    if not before and not any(leg.get("existing") for leg in doc.get("legs") or ()):
        told = Paragraph(text="This is a new service; it changes none that is there, and takes nothing of one over.")
        return Section(id="existing", title="Existing services", clauses=("C16",), blocks=(told,))
    blocks: list[Block] = []
    if before:
        blocks.append(Paragraph(text=f"This design changes service {before.get('service')}."))
        rows = [
            (
                str(one.get("resource")),
                str(one.get("category")),
                f"{one.get('quantity', 0):,}",
                str(one.get("supplier", "own")),
                what,
            )
            for what, given in (("given back", before.get("released")), ("added", before.get("added")))
            for one in given or ()
        ]
        shown, rest = some(rows, MOST_ROWS, "resources")
        heads = columns("Resource", "Kind", "#Quantity", "Supplier", "What becomes of it")
        blocks += [Table(columns=heads, rows=shown), *rest] if rows else [Paragraph(text="It gives nothing back.")]
    kept = [str(leg.get("access")) for leg in doc.get("legs") or () if leg.get("existing")]
    blocks += [Paragraph(text=f"Accesses that stay in use: {joined(kept)}.")] if kept else []
    return Section(id="existing", title="Existing services", clauses=("C16",), blocks=tuple(blocks))


def capacity(doc: Json) -> Section | None:
    """What is there today, and what has to come first."""
    legs = doc.get("legs") or ()
    if not legs:
        return None
    rows = tuple(
        (
            str(leg.get("access")),
            Mark(text="planned", tone="warn") if leg.get("planned") else Mark(text="actual", tone="good"),
            str(leg.get("build") or "none"),
            joined([link for link in leg.get("links", ()) if link in (doc.get("augments") or ())]),
            day(leg.get("ready")),
        )
        for leg in legs
    )
    waits = sum(bool(leg.get("planned")) for leg in legs)
    told = "All capacity is in service today."
    if waits:
        told = f"{count(waits, 'leg counts', 'legs count')} on capacity that is planned."
    upgrades = [
        f"upgrade {one['id']} of link {one['link']}, {one['addsMbps']:,} Mbit/s from {day(one['inService'])} on"
        for one in doc.get("upgrades") or ()
    ]
    told += f" It stands on {joined(upgrades)}." if upgrades else ""
    table = Table(columns=columns("Access", "Basis", "Needs the build", "Needs the augments", "#Ready"), rows=rows)
    facts: list[tuple[str, Cell]] = [("Inventory snapshot", str(doc.get("snapshot")))]
    facts.append(("Confidence", confidence(doc)))
    if doc.get("headroomMbps") is not None:
        facts.append(("Left on the tightest link", f"{doc['headroomMbps']:,} Mbit/s"))
    if doc.get("confidenceReason"):
        facts.append(("Why", in_words(doc["confidenceReason"])))
    blocks = (Paragraph(text=told), table, Facts(rows=tuple(facts)))
    return Section(id="capacity", title="Capacity and build dependencies", clauses=("C17", "C18"), blocks=blocks)


def confidence(doc: Json) -> Mark:
    word = str(doc.get("confidence", "green"))
    return Mark(text=word, tone={"green": "good", "yellow": "warn", "red": "bad"}.get(word, "plain"))  # type: ignore[arg-type]


def expected(doc: Json) -> Section | None:
    """What the service will measure, and what limits it."""
    if doc.get("availability") is None:
        return None
    one_way, apart = doc.get("latencyOneWayMs"), difference_ms(doc)
    facts: list[tuple[str, Cell]] = [
        ("Availability", percent(doc["availability"])),
        ("Downtime", f"at most {downtime(doc['availability'])}"),
        ("Limiting component", component(doc.get("weakest") or UNKNOWN)),
        ("Latency, round trip", ms(None if one_way is None else 2 * one_way)),
        ("Jitter, one way", ms(doc.get("jitterMs"))),
        ("Packet loss", lost(doc.get("loss"))),
    ]
    facts += [("Difference of delay, round trip", ms(apart))] if apart is not None else []
    rows = tuple(
        (f"{number + 1}, {role_of(doc, number)}", percent(leg.get("availability")), ms(leg.get("latencyOneWayMs")))
        for number, leg in enumerate(near_legs(doc))
    )
    table = Table(columns=columns("Leg", "#Availability by itself", "#Latency one way"), rows=rows)
    note = "Series multiply; legs side by side fail only together; what they share counts once, in series."
    return Section(
        id="expected",
        title="Expected service levels",
        clauses=("C19",),
        blocks=(Facts(rows=tuple(facts)), table, Paragraph(text=note)),
    )
