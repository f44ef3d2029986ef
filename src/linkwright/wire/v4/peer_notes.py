"""Notes of ours on orders that others carry out."""

from collections.abc import Mapping
from itertools import takewhile

from linkwright.orders.replies import Reply
from linkwright.orders.standing import OURSELVES
from linkwright.wire.json import Json


def has_note(placed: Mapping[str, Json], reply: Reply) -> bool:
    """By its id, or by its words where the other side gives ids of its own.

    The same words before something that the other side has said were the answer to an older question.
    """
    notes = _notes(placed)
    latest = takewhile(lambda one: one.get("author") == OURSELVES, reversed(notes))
    return any(one.get("id") == reply.id for one in notes) or any(one.get("text") == reply.text for one in latest)


def write_noted(placed: Mapping[str, Json], reply: Reply) -> Json:
    """The change that adds it to the notes that are there."""
    note = {"id": reply.id, "author": OURSELVES, "text": reply.text, "@type": "Note"}
    return {"note": [*_notes(placed), note]}


def _notes(placed: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    notes = placed.get("note")
    return [note for note in notes if isinstance(note, Mapping)] if isinstance(notes, list) else []
