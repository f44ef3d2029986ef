"""A design document, or the difference of two, in a form that somebody reads. Pure: JSON in, text out."""

from collections.abc import Callable, Mapping
from typing import Literal

from linkwright.documents.blocks import Document
from linkwright.documents.diff import changes
from linkwright.documents.diff_page import difference_document
from linkwright.documents.html import write_html
from linkwright.documents.markdown import write_markdown
from linkwright.documents.sections import document_of
from linkwright.wire.json import Json

Form = Literal["html", "md"]
_WRITERS: Mapping[Form, Callable[[Document], str]] = {"html": write_html, "md": write_markdown}


def rendered(doc: Json, form: Form) -> str:
    return _WRITERS[form](document_of(doc))


def rendered_difference(was: Json, now: Json, form: Form) -> str:
    return _WRITERS[form](difference_document(was, now, changes(was, now)))
