"""The hub of one API: who wants to be told of its events."""

from dataclasses import dataclass
from typing import Protocol

from linkwright.api.callers import body_of, caller_of
from linkwright.api.identity import SEE_COSTS
from linkwright.api.ports import Api, Subscriptions
from linkwright.api.replies import Reply, nothing, reply
from linkwright.errors import Forbidden, InvalidRequest, NotFound, Refused
from linkwright.wire.costs import leads_to_costs
from linkwright.wire.filters import event_filter


class CallbackGuard(Protocol):
    def check(self, url: str) -> None:
        """Raise `Refused` for an address that may not be called."""
        ...


@dataclass(frozen=True, kw_only=True)
class HubApi:
    """`api` is the name under which subscriptions and events are kept apart."""

    api: Api
    href: str
    subscriptions: Subscriptions
    guard: CallbackGuard

    def register_listener(self) -> Reply:
        """A listener hears of what its caller may see, no more."""
        body, caller = body_of(), caller_of()
        self._refuse_forbidden(body["callback"])
        query = body.get("query", "")
        if not caller.sees_costs and any(leads_to_costs(one.path) for clause in event_filter(query) for one in clause):
            raise Forbidden(SEE_COSTS)
        added = self.subscriptions.add(self.api, body["callback"], query, caller.sees_only, costs=caller.sees_costs)
        document = {"id": added.id, "callback": added.callback, "query": added.query}
        return reply(document, 201, {"Location": f"{self.href}/{added.id}"})

    def unregister_listener(self, id: str) -> Reply:
        if not self.subscriptions.remove(self.api, id, caller_of().sees_only):
            raise NotFound("subscription", id)
        return nothing()

    def _refuse_forbidden(self, callback: str) -> None:
        try:
            self.guard.check(callback)
        except Refused as error:
            raise InvalidRequest(error.detail, "callback") from error
