"""Reading one kind of stored resource: by id, or a page of those that a TMF630 query selects.

A caller finds his own resources, or those of all where his scope says so; costs are left out where he may not see them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from connexion.exceptions import ProblemException

from linkwright.api.callers import if_match_of, refuse_long, refuse_much
from linkwright.api.identity import SEE_COSTS, Caller
from linkwright.api.ports import Documents, Kind, Page, Stored
from linkwright.api.replies import Reply, etag, json_list, nothing, reply
from linkwright.errors import Forbidden, InvalidRequest, NotFound, StaleVersion
from linkwright.remembered import let_go
from linkwright.wire import large_json
from linkwright.wire.attributes import outermost, project
from linkwright.wire.costs import leads_to_costs, without_costs
from linkwright.wire.filters import ListQuery, parse_query
from linkwright.wire.json import Json

LONGEST_LINK = 4000
TRIES = 5
"""So often a change is worked out anew when somebody else wrote first."""
JSON_PATH = "filter"
"""The parameter that other conventions filter by."""
_PAGING = ("offset=", "limit=")


@dataclass(frozen=True, kw_only=True)
class Collection:
    """`href` is the absolute address of the collection, `known` tells whether its schema has an attribute path.

    `partial_content`: a page that does not show all matches is answered with 206.
    """

    kind: Kind
    href: str
    documents: Documents
    known: Callable[[str], bool]
    partial_content: bool = False

    def one(self, resource_id: str, query_string: str, caller: Caller) -> Reply:
        query = parse_query(query_string, known=self.known)
        stored = self.stored(resource_id, caller)
        if query.fields is not None or not caller.sees_costs:
            refuse_much(len(stored.body))
        body = _shown(stored.body, query, caller, own=stored.requester == caller.id)
        return reply(body, 200, {"ETag": etag(stored.version)})

    def stored(self, resource_id: str, caller: Caller) -> Stored:
        """Raises NotFound, also for what belongs to somebody else: that it exists is not told."""
        found = self.documents.get(self.kind, resource_id)
        if found is None or caller.sees_only not in (None, found.requester):
            raise NotFound(self.kind, resource_id)
        return found

    def removed(self, resource_id: str, caller: Caller, remove: Callable[[int | None], None]) -> Reply:
        """`remove` takes the version that has to be there, None for any; a version in If-Match is removed or none."""
        if_match = if_match_of()
        for _ in range(TRIES):
            version = self.stored(resource_id, caller).version
            refuse_other_version(version, if_match)
            try:
                remove(version if if_match else None)
            except StaleVersion:
                continue
            return nothing()
        raise StaleVersion(f"{self.kind} {resource_id} is changing too fast; send the request again.")

    def page(self, query_string: str, caller: Caller) -> Reply:
        query = self._query(query_string)
        _refuse_guessing(query, caller)
        page = self._found(query, caller)
        bodies = [_shown(body, query, caller, own=caller.sees_only is not None) for body in page.bodies]
        headers = {"X-Total-Count": str(page.total), "X-Result-Count": str(len(bodies))}
        link = self._links(query_string, query, page)
        if len(link) <= LONGEST_LINK:  # proxies drop answers with longer headers
            headers["Link"] = link
        status = 206 if self.partial_content and len(bodies) < page.total else 200
        return reply(json_list(bodies), status, headers)

    def _query(self, query_string: str) -> ListQuery:
        try:
            return parse_query(query_string, known=self.known)
        except InvalidRequest as error:
            if error.attribute != JSON_PATH:
                raise
            told = "Filters in JSONPath are not offered here: name the attributes, as in state=held."
            raise ProblemException(status=501, title="Not Implemented", detail=told) from error

    def _found(self, query: ListQuery, caller: Caller) -> Page:
        """On the event loop only what takes as long as a read by key, and is not large where it must be opened."""
        page = self.documents.brief_page(self.kind, query, caller.sees_only)
        if page is None:
            refuse_long()
            return self.documents.page(self.kind, query, caller.sees_only)
        if query.fields is not None or not caller.sees_costs:
            refuse_much(sum(map(len, page.bodies)))
        return page

    def _links(self, query_string: str, query: ListQuery, page: Page) -> str:
        """RFC 8288: self, first, last, and next and prev where they exist. Filters stay as they were written.

        The next page begins where this one ends, be it cut short.
        """
        last = max((page.total - 1) // query.limit, 0) * query.limit
        places = {"self": query.offset, "first": 0, "last": last}
        end = query.offset + len(page.bodies)
        if query.offset < end < page.total:
            places["next"] = end
        if query.offset > 0:
            places["prev"] = min(max(query.offset - query.limit, 0), last)
        kept = [part for part in query_string.split("&") if part and not part.startswith(_PAGING)]
        filters = "".join(f"{_ascii(part)}&" for part in kept)
        return ", ".join(
            f'<{self.href}?{filters}offset={offset}&limit={query.limit}>; rel="{relation}"'
            for relation, offset in places.items()
        )


def visible(document: Json, caller: Caller) -> Json:
    """A resource of his own as a caller may see it."""
    return document if caller.sees_costs else without_costs(document, own=True)


def _shown(body: bytes, query: ListQuery, caller: Caller, *, own: bool) -> bytes:
    """Stored bytes go out as they are unless something is left out."""
    if query.fields is None and caller.sees_costs:
        return body
    document = large_json.loads(body, None if query.fields is None else outermost(query.fields))
    if not caller.sees_costs:
        document = without_costs(document, own=own)
    shown = large_json.dumps(project(document, query.fields))
    if isinstance(document, dict):
        for part in document.values():
            if isinstance(part, list):
                let_go(part)
    return shown


def refuse_other_version(version: int, if_match: str | None) -> None:
    """Raises 412 where the caller names versions, and not this one."""
    if if_match is None or {"*", etag(version)} & {tag.strip() for tag in if_match.split(",")}:
        return
    told = f"The resource is at version {version}, not {if_match}."
    raise ProblemException(status=412, title="Precondition Failed", detail=told)


def _refuse_guessing(query: ListQuery, caller: Caller) -> None:
    """What is not shown must not be found out by filters and orders either."""
    paths = [condition.path for clause in query.filter for condition in clause] + [key.path for key in query.sort]
    if not caller.sees_costs and any(map(leads_to_costs, paths)):
        raise Forbidden(SEE_COSTS)


def _ascii(part: str) -> str:
    """What may not stand in an address is quoted, what is quoted already stays."""
    return quote(part, safe="%=.,;:+-*!'()/?@$~")
