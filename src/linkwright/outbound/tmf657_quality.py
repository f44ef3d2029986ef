"""Service level objectives (TMF657): published for one service before it is implemented, and taken out again.

The API has no external ids, so that everything is found again by its name: `<key>/<n>` the objectives, and the list of
them, which is made last, by the key itself. Taken out is the list first, then the last objective before the others, so
that what is left can always be found by counting.
"""

from collections.abc import Callable, Mapping, Sequence

from linkwright.designs.requirement import Json
from linkwright.errors import OutboundError, Refused, Unavailable, Uncertain
from linkwright.orders.errands import Errand, Seen, Sent
from linkwright.outbound.http import Client, HttpRefused, segment
from linkwright.outbound.lookup import NOT_THERE, by_id, made_once, matching
from linkwright.wire.v4.outward import (
    listed_objectives,
    objectives_of,
    published_names,
    write_level_specification,
    write_objective,
)

BASE = "tmf-api/serviceQualityManagement/v4"
OBJECTIVES, SPECIFICATIONS = f"{BASE}/serviceLevelObjective", f"{BASE}/serviceLevelSpecification"
PUBLISHED = "published"


class QualityErrands:
    """Implements `orders.ports.Errands` for tasks of the kind `publish`, each about one item."""

    def __init__(self, system: str, client: Client) -> None:
        self._system, self._client = system, client

    def send(self, errand: Errand) -> Sent:
        """What is refused after a part of it was made is taken out again; Uncertain where that cannot be done."""
        key = errand.task.placed_as
        found = None if errand.first else self._named(SPECIFICATIONS, key)
        if found is None:
            made: list[Json] = []
            try:
                for number, objective in enumerate(objectives_of(errand), 1):
                    name = f"{key}/{number}"
                    made.append(self._made(errand, OBJECTIVES, name, write_objective(errand, objective, name)))
                found = self._made(errand, SPECIFICATIONS, key, write_level_specification(errand, made))
            except Refused as refused:
                self._taken_out_after(refused, made)
                raise
            except Unavailable as error:
                error.may_have_arrived |= bool(made)
                raise
        return Sent(remote_id=str(found["id"]), href=found.get("href"))

    def look(self, errand: Errand) -> Seen:
        """What is listed is published; reported are the ids of the objectives, by item."""
        found = self._list_of(errand)
        if found is None:
            return Seen(state="unknown", remote_state="", text="It is not known there.")
        ids = listed_objectives(found)
        mine = matching(self._client, OBJECTIVES, {"id": ",".join(ids)}, lambda one: str(one.get("id")) in ids)
        (item_id,) = errand.task.items
        reported = {item_id: {"objectives": published_names(list(mine) if ids else [])}}
        return Seen(state="done", remote_state=PUBLISHED, reported=reported)

    def undo(self, errand: Errand) -> Seen:
        found = self._list_of(errand)
        listed = [] if found is None else listed_objectives(found)
        if found is not None:
            self._removed(SPECIFICATIONS, str(found["id"]))
        left = list(self._counted(errand.task.placed_as))
        for identifier in [*reversed(left), *(one for one in listed if one not in left)]:
            self._removed(OBJECTIVES, identifier)
        if found is None and not left:
            return Seen(state="unknown", remote_state="", text="Nothing of it is there.")
        return Seen(state="done", remote_state="", text="Nothing is left of it there.")

    def subscribe(self, system: str, callback: str) -> str | None:  # noqa: ARG002
        """What is published is there at once: there is nothing to wait for."""
        return None

    def _made(self, errand: Errand, collection: str, name: str, body: Mapping[str, Json]) -> Json:
        find: Callable[[], Json] = lambda: self._named(collection, name)  # noqa: E731
        return made_once(self._client, collection, lambda: body, key=name, find=find, first=errand.first)

    def _list_of(self, errand: Errand) -> Json:
        if errand.task.remote_id is None:
            return self._named(SPECIFICATIONS, errand.task.placed_as)
        return by_id(self._client, SPECIFICATIONS, errand.task.remote_id)

    def _named(self, collection: str, name: str) -> Json:
        return next(matching(self._client, collection, {"name": name}, lambda one: one.get("name") == name), None)

    def _counted(self, key: str) -> Sequence[str]:
        """The ids of the objectives of this key that are there, whatever list names them."""
        found: list[str] = []
        while (one := self._named(OBJECTIVES, f"{key}/{len(found) + 1}")) is not None:
            found.append(str(one["id"]))
        return found

    def _taken_out_after(self, refused: Refused, made: Sequence[Json]) -> None:
        try:
            for one in reversed(made):
                self._removed(OBJECTIVES, str(one["id"]))
        except OutboundError as error:
            text = f"{refused.detail}; what was published before that is still there: {error.detail}"
            raise Uncertain(self._system, text) from error

    def _removed(self, collection: str, identifier: str) -> None:
        """What is gone is no harm."""
        try:
            self._client.delete(f"{collection}/{segment(identifier)}")
        except HttpRefused as refused:
            if refused.status != NOT_THERE:
                raise
