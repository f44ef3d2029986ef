"""Reading one kind of stored resource: by id, or a page of those that a TMF630 query selects."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import orjson
from connexion.lifecycle import ConnexionResponse

from linkwright.api.ports import Documents, Kind, Page
from linkwright.api.replies import etag, json_list, reply
from linkwright.errors import NotFound
from linkwright.wire.filters import ListQuery, parse_query, project

LONGEST_LINK = 4000
_PAGING = ("offset=", "limit=")


@dataclass(frozen=True, kw_only=True)
class Collection:
    """`href` is the absolute address of the collection, `known` tells whether its schema has an attribute path."""

    kind: Kind
    href: str
    documents: Documents
    known: Callable[[str], bool]

    def one(self, resource_id: str, query_string: str) -> ConnexionResponse:
        query = parse_query(query_string, known=self.known)
        stored = self.documents.get(self.kind, resource_id)
        if stored is None:
            raise NotFound(self.kind, resource_id)
        return reply(_projected(stored.body, query), 200, {"ETag": etag(stored.version)})

    def page(self, query_string: str) -> ConnexionResponse:
        query = parse_query(query_string, known=self.known)
        page = self.documents.page(self.kind, query)
        bodies = [_projected(body, query) for body in page.bodies]
        headers = {"X-Total-Count": str(page.total), "X-Result-Count": str(len(bodies))}
        link = self._links(query_string, query, page)
        if len(link) <= LONGEST_LINK:  # proxies drop answers with longer headers
            headers["Link"] = link
        return reply(json_list(bodies), 200, headers)

    def _links(self, query_string: str, query: ListQuery, page: Page) -> str:
        """RFC 8288: self, first, last, and next and prev where they exist. Filters stay as they were written."""
        last = max((page.total - 1) // query.limit, 0) * query.limit
        places = {"self": query.offset, "first": 0, "last": last}
        if query.offset + query.limit < page.total:
            places["next"] = query.offset + query.limit
        if query.offset > 0:
            places["prev"] = min(max(query.offset - query.limit, 0), last)
        kept = [part for part in query_string.split("&") if part and not part.startswith(_PAGING)]
        filters = "".join(f"{_ascii(part)}&" for part in kept)
        return ", ".join(
            f'<{self.href}?{filters}offset={offset}&limit={query.limit}>; rel="{relation}"'
            for relation, offset in places.items()
        )


def _projected(body: bytes, query: ListQuery) -> bytes:
    return body if query.fields is None else orjson.dumps(project(orjson.loads(body), query.fields))


def _ascii(part: str) -> str:
    """What may not stand in an address is quoted, what is quoted already stays."""
    return quote(part.encode("latin-1"), safe="%=.,;:+-*!'()/?@$~")
