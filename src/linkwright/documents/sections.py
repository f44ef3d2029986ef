"""The JSON document of a design, read once, becomes one ordered list of sections."""

from collections.abc import Callable

from linkwright.documents import closing, whole
from linkwright.documents.amounts import business, costs
from linkwright.documents.blocks import Document, Section
from linkwright.documents.orders import assignments, order_set, partners
from linkwright.documents.risks import risk_register
from linkwright.documents.running import objectives, support
from linkwright.documents.schedule import plan, training
from linkwright.documents.solution import capacity, equipment, existing, expected, name_of, topology, why_special
from linkwright.documents.summary import identity, profile, site_summary, whole_summary
from linkwright.documents.wanted import compliance
from linkwright.wire.design_document import is_whole
from linkwright.wire.json import Json

Build = Callable[[Json], Section | None]
ALWAYS = ""
OF_A_SITE: tuple[tuple[str, Build], ...] = (
    (ALWAYS, site_summary),
    (ALWAYS, compliance),
    (ALWAYS, why_special),
    ("topology", topology),
    ("cpe", equipment),
    ("assignments", assignments),
    ("assignments", existing),
    ("assignments", partners),
    ("assignments", capacity),
    (ALWAYS, expected),
    ("plan", plan),
    ("training", training),
    ("support", support),
    ("quality", objectives),
    ("cost", costs),
    ("business", business),
    ("risk", risk_register),
    ("efficiency", closing.efficiency),
    ("orders", order_set),
)
OF_ALL: tuple[tuple[str, Build], ...] = (
    (ALWAYS, whole_summary),
    (ALWAYS, whole.compliance),
    (ALWAYS, whole.members),
    ("plan", plan),
    ("training", training),
    ("support", support),
    ("quality", objectives),
    ("cost", costs),
    ("business", business),
    ("risk", risk_register),
    ("efficiency", whole.reuse),
)
"""Each with the aspect that it is of, which a requester may leave out."""


def document_of(doc: Json) -> Document:
    """What is out of scope, and what the document has nothing of, has no section; the former is listed."""
    together = is_whole(doc)
    scope = doc.get("scope") if together else (doc.get("requirement") or {}).get("designScope")
    chosen = [build for aspect, build in (OF_ALL if together else OF_A_SITE) if aspect == ALWAYS or _in(scope, aspect)]
    sections = [section for build in chosen if (section := build(doc)) is not None]
    sections += [closing.sign_off(doc), closing.scope_section(scope), profile(doc)]
    return Document(
        title=title_of(doc),
        subtitle="Solution design" if together else "Service design",
        facts=tuple(identity(doc)),
        sections=(*sections, closing.trace(sections, closing.OF_SINGLE_ITEMS if together else ())),
    )


def _in(scope: list[str] | None, aspect: str) -> bool:
    return scope is None or aspect in scope


def title_of(doc: Json) -> str:
    if not is_whole(doc):
        return name_of(doc)
    members: list[Json] = doc.get("members") or []
    return f"All {len(members):,} items" if len(members) != 1 else str(members[0].get("place") or "One item")
