"""Service quality management (TMF657): objectives, and the lists that name them."""

from collections.abc import Callable, Mapping

from mocks.calls import Answer, Call, Handler, Json, created, not_found, tmf_error
from mocks.paging import paged, shown
from mocks.roles import Mock, ids

OBJECTIVE, SPECIFICATION = "serviceLevelObjective", "serviceLevelSpecification"
NAMED = "relatedServiceLevelObjective"


def quality() -> Mock:
    """Empty at first. A list names objectives that there are, and they stay as long as it does."""
    return _Quality()


class _Quality:
    name = "service-quality"
    contracts = ("tmf657-v4.yaml",)

    def __init__(self) -> None:
        self._stored: dict[str, dict[str, Json]] = {OBJECTIVE: {}, SPECIFICATION: {}}
        self._next_id = {OBJECTIVE: ids("objective"), SPECIFICATION: ids("levels")}
        self.handlers: Mapping[str, Handler] = {
            name: handler for collection in self._stored for name, handler in self._handlers(collection)
        }

    def state(self) -> Mapping[str, Json]:
        return {collection: list(stored.values()) for collection, stored in self._stored.items()}

    def load(self, state: Mapping[str, Json]) -> None:
        for collection, stored in self._stored.items():
            stored.update({one["id"]: one for one in state.get(collection, [])})
            prefix = "objective" if collection == OBJECTIVE else "levels"
            self._next_id[collection] = ids(prefix, after=stored)

    def forget(self, resource_id: str) -> None:
        for stored in self._stored.values():
            stored.pop(resource_id, None)

    def _handlers(self, collection: str) -> list[tuple[str, Handler]]:
        upper = collection[0].upper() + collection[1:]
        stored = self._stored[collection]

        def one(answer: Callable[[Json, Call], Answer]) -> Handler:
            def handler(call: Call) -> Answer:
                found = stored.get(call.path["id"])
                return not_found(call.path["id"]) if found is None else answer(found, call)

            return handler

        return [
            (f"list{upper}", lambda call: paged(stored.values(), call.query)),
            (f"create{upper}", lambda call: self._create(collection, call)),
            (f"retrieve{upper}", one(lambda found, call: shown(found, call.query))),
            (f"delete{upper}", one(lambda found, _: self._delete(collection, found))),
        ]

    def _create(self, collection: str, call: Call) -> Answer:
        unknown = {each["id"] for each in call.body.get(NAMED, [])} - self._stored[OBJECTIVE].keys()
        if unknown:
            return tmf_error(400, "unknownObjective", f"there is no objective {', '.join(sorted(unknown))}")
        new_id = self._next_id[collection]()
        made = {**call.body, "id": new_id, "href": call.href(collection, new_id)}
        self._stored[collection][new_id] = made
        return created(made)

    def _delete(self, collection: str, found: Json) -> Answer:
        if collection == OBJECTIVE and self._is_named(found["id"]):
            return tmf_error(409, "inUse", f"objective {found['id']} is named by a specification")
        del self._stored[collection][found["id"]]
        return Answer(204)

    def _is_named(self, objective_id: str) -> bool:
        lists = self._stored[SPECIFICATION].values()
        return any(each["id"] == objective_id for one in lists for each in one.get(NAMED, []))
