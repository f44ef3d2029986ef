"""Notes of ours on orders that others carry out."""

from collections.abc import Mapping

from linkwright.orders.replies import Reply
from linkwright.orders.standing import OURSELVES
from linkwright.wire.json import Json


def has_note(placed: Mapping[str, Json], reply: Reply) -> bool:
    """By its id, or by its words where the other side gives ids of its own."""
    words = (OURSELVES, reply.text)
    return any(one.get("id") == reply.id or (one.get("author"), one.get("text")) == words for one in _notes(placed))


def write_noted(placed: Mapping[str, Json], reply: Reply) -> Json:
    """The change that adds it to the notes that are there."""
    note = {"id": reply.id, "author": OURSELVES, "text": reply.text, "@type": "Note"}
    return {"note": [*_notes(placed), note]}


def _notes(placed: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    return [note for note in placed.get("note") or () if isinstance(note, Mapping)]
