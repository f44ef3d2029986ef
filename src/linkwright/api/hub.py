"""The hub of one API: who wants to be told of its events."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from linkwright.api.callers import body_of, caller_of, idempotency_key
from linkwright.api.identity import SEE_COSTS, Caller
from linkwright.api.ports import Api, Subscription, Subscriptions
from linkwright.api.replies import Reply, nothing, reply
from linkwright.errors import Forbidden, InvalidRequest, NotFound, Refused
from linkwright.wire.costs import leads_to_costs
from linkwright.wire.filters import Filter, any_attribute, wanted_events


class CallbackGuard(Protocol):
    def check(self, url: str) -> None:
        """Raise `Refused` for an address that may not be called."""
        ...


@dataclass(frozen=True, kw_only=True)
class HubApi:
    """`api` is the name under which subscriptions and events are kept apart, `known` knows what its events have."""

    api: Api
    href: str
    subscriptions: Subscriptions
    guard: CallbackGuard
    known: Callable[[str], bool] = any_attribute

    def register_listener(self) -> Reply:
        """A listener hears of what its caller may see, no more."""
        body, caller = body_of(), caller_of()
        self._refuse_forbidden(body["callback"])
        query = body.get("query", "")
        wanted = self._wanted(query)
        if not caller.sees_costs and any(leads_to_costs(one.path) for clause in wanted for one in clause):
            raise Forbidden(SEE_COSTS)
        added = self._added(body["callback"], query, caller)
        document = {"id": added.id, "callback": added.callback, "query": added.query}
        return reply(document, 201, {"Location": f"{self.href}/{added.id}"})

    def unregister_listener(self, id: str) -> Reply:
        if not self.subscriptions.remove(self.api, id, caller_of().sees_only):
            raise NotFound("subscription", id)
        return nothing()

    def _wanted(self, query: str) -> Filter:
        try:
            return wanted_events(query, known=self.known)
        except InvalidRequest as error:
            raise InvalidRequest(str(error), "query") from error

    def _added(self, callback: str, query: str, caller: Caller) -> Subscription:
        """Twice the same is two listeners, unless the caller says by a key that it is one."""
        key, costs = idempotency_key(), caller.sees_costs
        if key is None:
            return self.subscriptions.add(self.api, callback, query, caller.sees_only, costs=costs)
        return self.subscriptions.add_once(
            self.api, callback, query, caller.sees_only, costs=costs, key=(caller.id, key)
        )

    def _refuse_forbidden(self, callback: str) -> None:
        try:
            self.guard.check(callback)
        except Refused as error:
            raise InvalidRequest(error.detail, "callback") from error
