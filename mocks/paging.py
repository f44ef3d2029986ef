"""Lists as TMF APIs give them: filtered by any attribute, in pages, cut down to the fields that are wanted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mocks.calls import Answer, Json, Query, tmf_error

MOST_PER_PAGE = 100
NOT_FILTERS = frozenset({"fields", "offset", "limit", "sort"})
ALWAYS_SHOWN = ("id", "href", "@type")


def paged(items: Iterable[Json], query: Query) -> Answer:
    """One page of the items that pass all filters of the query.

    Filters are equalities on dotted paths, which look into every element of a list; values joined by commas, and a name
    that is repeated, are alternatives. A page has at most `MOST_PER_PAGE` items, whatever is asked for; the headers say
    how many there are in all.
    """
    options = dict(query)
    try:
        offset, limit = int(options.get("offset", 0)), int(options.get("limit", MOST_PER_PAGE))
    except ValueError:
        return tmf_error(400, "badPage", "offset and limit are whole numbers")
    if offset < 0 or limit < 0:
        return tmf_error(400, "badPage", "offset and limit are not negative")
    wanted = wanted_values(query)
    found = [item for item in items if passes(item, wanted)]
    page = found[offset : offset + min(limit, MOST_PER_PAGE)]
    counts = {"X-Total-Count": str(len(found)), "X-Result-Count": str(len(page))}
    return Answer(200, [cut_down(item, options.get("fields")) for item in page], counts)


def shown(resource: Mapping[str, Json], query: Query) -> Answer:
    """One resource with the fields that are wanted."""
    return Answer(200, cut_down(resource, dict(query).get("fields")))


def wanted_values(query: Query) -> dict[str, set[str]]:
    """Dotted path → the values of which one must be there."""
    wanted: dict[str, set[str]] = {}
    for name, value in query:
        if name not in NOT_FILTERS:
            wanted.setdefault(name, set()).update(part.strip().strip('"') for part in value.split(","))
    return wanted


def passes(item: Json, wanted: Mapping[str, set[str]]) -> bool:
    return all(values & set(values_at(item, path.split("."))) for path, values in wanted.items())


def values_at(item: Json, path: Sequence[str]) -> Iterator[str]:
    """Every plain value at the path, as text."""
    if isinstance(item, list):
        for element in item:
            yield from values_at(element, path)
    elif path:
        if isinstance(item, Mapping) and path[0] in item:
            yield from values_at(item[path[0]], path[1:])
    elif isinstance(item, bool):
        yield str(item).lower()
    elif not isinstance(item, Mapping):
        yield str(item)


def cut_down(resource: Mapping[str, Json], fields: str | None) -> Json:
    if not fields:
        return resource
    names = {name.strip() for name in fields.split(",")}.union(ALWAYS_SHOWN)
    return {name: value for name, value in resource.items() if name in names}
