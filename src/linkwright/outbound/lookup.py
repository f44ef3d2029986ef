"""Finding what another system has, and making it only where it is not: the outward half of "never twice"."""

from collections.abc import Callable, Iterator, Mapping

from linkwright.designs.requirement import Json
from linkwright.errors import OutboundError, Unavailable, Uncertain
from linkwright.outbound.http import Client, HttpRefused, HttpUnavailable, segment

NOT_THERE, CONFLICT = 404, 409


def by_id(client: Client, collection: str, identifier: str) -> Json:
    """The resource with this id, None where it is not there."""
    try:
        return client.get(f"{collection}/{segment(identifier)}")
    except HttpRefused as refused:
        if refused.status == NOT_THERE:
            return None
        raise


def matching(
    client: Client, collection: str, params: Mapping[str, str], fits: Callable[[Json], bool]
) -> Iterator[Json]:
    """The elements of a list that fit. The filter in `params` only makes it short: a peer may well ignore it."""
    try:
        yield from (element for element in client.pages(collection, params) if fits(element))
    except HttpRefused as refused:
        if refused.status != NOT_THERE:  # which is how some say that a list is empty
            raise


def made_once(
    client: Client,
    collection: str,
    write: Callable[[], Json],
    *,
    key: str,
    find: Callable[[], Json],
    first: bool = False,
) -> Json:
    """What `find` finds, else what a post of `write()` makes. Safe to repeat: an earlier try is found again.

    A post whose answer is lost may have arrived, so the same look-up follows it; only then it is told as unavailable.
    A conflict is looked up too: the peer may know the key although it does not answer with what it made. `first`: there
    was no earlier try.
    """
    if not first and (there := _found_first(find)) is not None:
        return there
    try:
        made = client.post(collection, write(), key=key).body
    except HttpUnavailable as error:
        if first and not error.may_have_arrived:
            raise
        made = _after_all(find, error)
    except HttpRefused as refused:
        if refused.status != CONFLICT:
            raise
        made = _after_all(find, refused)
    if not isinstance(made, dict) or "id" not in made:
        made = find()
    if made is None:
        lost = Unavailable(client.system, f"POST /{collection}: the answer does not say what it made")
        lost.may_have_arrived = True
        raise lost
    return made


def made_blindly(
    client: Client, collection: str, write: Callable[[], Json], *, key: str, safe: bool, again: bool
) -> Json:
    """What a post of `write()` makes, at a system where nothing can be found again.

    `safe`: it makes nothing twice under one key, so that a post may be repeated. `again`: an earlier post may have
    arrived.

    Raises:
        Uncertain: a post that must not be repeated may have arrived.
    """
    if again and not safe:
        raise Uncertain(client.system, f"whether POST /{collection} has arrived cannot be found out there")
    try:
        made = client.post(collection, write(), key=key).body
    except HttpUnavailable as error:
        if safe or not error.may_have_arrived:
            raise
        raise Uncertain(client.system, f"{error.detail}; whether it has arrived cannot be found out there") from error
    if not isinstance(made, dict) or "id" not in made:
        raise Uncertain(client.system, f"POST /{collection}: the answer does not say what it made")
    return made


def _found_first(find: Callable[[], Json]) -> Json:
    """Where that fails nothing was sent."""
    try:
        return find()
    except Unavailable as error:
        error.may_have_arrived = False
        raise


def _after_all(find: Callable[[], Json], error: OutboundError) -> Json:
    try:
        found = find()
    except OutboundError:
        raise error from None
    if found is None:
        raise error
    return found
