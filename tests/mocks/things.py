"""A mock with a contract of its own, small enough to see all of it."""

from collections.abc import Mapping

from mocks.calls import Answer, Call, Handler, Json, created, not_found
from mocks.paging import paged, shown
from mocks.roles import Context, ids

CONTRACT = """
openapi: 3.0.3
info: {title: Things, version: '1'}
servers: [{url: /things/v1/}]
paths:
  /thing:
    get:
      operationId: listThing
      parameters: [{name: offset, in: query, schema: {type: integer}}]
      responses: {'200': {description: All of them.}}
    post:
      operationId: createThing
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
      responses:
        '201':
          description: It is there.
          content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
  /thing/{id}:
    get:
      operationId: retrieveThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: It.}}
    delete:
      operationId: deleteThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: Gone.}}
  /hub:
    post:
      operationId: registerListener
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [callback], properties: {callback: {type: string}}}
      responses: {'201': {description: Subscribed.}}
  /hub/{id}:
    delete:
      operationId: unregisterListener
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'204': {description: Not any more.}}
components:
  schemas:
    Thing:
      type: object
      required: [name, size]
      properties:
        name: {type: string}
        size: {type: integer}
        since: {type: string, format: date-time}
"""


class Things:
    """Tells its subscribers of every new thing. A thing called `bug` is one; `liar` gets an answer without size."""

    name = "things"
    contracts: tuple[str, ...] = ("things.yaml",)

    def __init__(self) -> None:
        self.stored: dict[str, Json] = {}
        self.calls: list[Call] = []
        self._next_id = ids("thing")
        self.handlers: dict[str, Handler] = {
            "listThing": lambda call: paged(self.stored.values(), call.query),
            "createThing": self._create,
            "retrieveThing": self._retrieve,
            "deleteThing": self._delete,
        }

    def on_start(self, context: Context) -> None:
        self._context = context

    def state(self) -> Mapping[str, Json]:
        return {"thing": list(self.stored.values())}

    def forget(self, resource_id: str) -> None:
        self.stored.pop(resource_id, None)

    def _create(self, call: Call) -> Answer:
        self.calls.append(call)
        if call.body["name"] == "bug":
            raise KeyError("a bug")
        thing_id = self._next_id()
        thing = {**call.body, "id": thing_id, "href": call.href("thing", thing_id)}
        self.stored[thing_id] = thing
        self._context.publish(call.contract, "ThingCreateEvent", "thing", thing)
        if thing["name"] == "liar":
            return created({"name": "liar", "href": "/"})
        return created(thing)

    def _retrieve(self, call: Call) -> Answer:
        found = self.stored.get(call.path["id"])
        return not_found(call.path["id"]) if found is None else shown(found, call.query)

    def _delete(self, call: Call) -> Answer:
        return not_found(call.path["id"]) if self.stored.pop(call.path["id"], None) is None else Answer(204)
