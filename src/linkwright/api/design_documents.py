"""The designs behind the answers, as documents: JSON as they are stored, or rendered to be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import cast

import orjson

from linkwright.api.callers import accept_of, caller_of, if_none_match_of, query_string
from linkwright.api.identity import Caller
from linkwright.api.media import chosen
from linkwright.api.ports import Designs
from linkwright.api.replies import JSON, Reply, reply
from linkwright.documents.diff import changes
from linkwright.documents.render import Form, rendered, rendered_difference
from linkwright.errors import NotFound
from linkwright.wire.document_costs import document_without_costs
from linkwright.wire.json import Json

FORMS: Mapping[str, str] = {"json": JSON, "html": "text/html", "md": "text/markdown"}
"""By the word for them in an address."""
FRESH_S = 24 * 60 * 60
"""So long nobody asks again: a design never changes, but how it is drawn may, with a release."""
HEADERS: Mapping[str, str] = {
    "Cache-Control": f"private, immutable, max-age={FRESH_S}",
    "Vary": "Accept, Authorization, X-API-Key",
    "X-Content-Type-Options": "nosniff",
}
PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""What is on a page may do nothing, whatever somebody has got into it."""


@dataclass(frozen=True, kw_only=True)
class DesignDocumentApi:
    """Its handlers open and draw large documents, so they run in threads."""

    designs: Designs

    def retrieve_design_document(self, id: str) -> Reply:
        form = chosen(FORMS, query_string(), accept_of())
        caller = caller_of()
        stored = self._stored(id, caller)
        if form == "json":
            return _answer(stored if caller.sees_costs else orjson.dumps(_seen(stored, caller)), form)
        return _answer(rendered(_seen(stored, caller), cast(Form, form)).encode(), form)

    def retrieve_design_difference(self, id: str, other: str) -> Reply:
        """Who does not see one of both does not learn that there is the other."""
        form = chosen(FORMS, query_string(), accept_of())
        caller = caller_of()
        was, now = (_seen(self._stored(one, caller), caller) for one in (id, other))
        if form == "json":
            return _answer(orjson.dumps([change.as_json() for change in changes(was, now)]), form)
        return _answer(rendered_difference(was, now, cast(Form, form)).encode(), form)

    def _stored(self, design_id: str, caller: Caller) -> bytes:
        found = self.designs.document(design_id, caller.sees_only)
        if found is None:
            raise NotFound("design document", design_id)
        return found


def _seen(stored: bytes, caller: Caller) -> Json:
    document = orjson.loads(stored)
    return document if caller.sees_costs else document_without_costs(document)


def _answer(body: bytes, form: str) -> Reply:
    """With a tag of exactly these bytes: what is shown depends on who asks, and in which form."""
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {**HEADERS, "ETag": tag}
    if_none_match = if_none_match_of()
    if if_none_match is not None and _names(if_none_match, tag):
        return Reply(304, b"", headers)
    if form == "json":
        return reply(body, 200, headers)
    return Reply(200, body, {**headers, **PAGE_HEADERS}, f"{FORMS[form]}; charset=utf-8")


def _names(if_none_match: str, tag: str) -> bool:
    return not {"*", tag, f"W/{tag}"}.isdisjoint(one.strip() for one in if_none_match.split(","))
