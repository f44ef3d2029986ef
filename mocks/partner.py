"""A partner operator: says what it can deliver at a place (TMF645) and delivers it when it is ordered (TMF641).

Its catalogue (TMF633) has the specifications that it can serve.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from functools import partial

from mocks.calls import Answer, Call, Json, created, not_found, wire_time
from mocks.fixed import read_only
from mocks.order_api import SERVICE_ORDERS, Rules
from mocks.order_book import OrderBook
from mocks.order_notes import noted
from mocks.paging import paged, shown
from mocks.partner_desk import Market, PartnerDesk
from mocks.roles import Context, Mock, ids
from mocks.steering import steer

CHECKS, CATALOGUE = "tmf645-partner-v4.yaml", "tmf633-v4.yaml"


def partner(
    name: str,
    market: Market,
    step_s: float,
    specifications: Sequence[Json] = (),
    *,
    holidays: Set[date] = frozenset(),
    by_clock: bool = False,
    offers_less: bool = False,
) -> Mock:
    """`by_clock`: what is ordered is delivered when the clock says that it is time, not at the next step.

    `offers_less`: what is slower than wanted is offered, too.
    """
    rules = Rules(milestones=("workStarted", "handedOver"), by_clock=by_clock)
    desk = PartnerDesk(name, market, holidays, offers_less=offers_less)
    return _Partner(name, desk, rules, step_s, specifications, holidays)


class _Partner:
    contracts = (CHECKS, SERVICE_ORDERS.contract, CATALOGUE)

    def __init__(
        self,
        name: str,
        desk: PartnerDesk,
        rules: Rules,
        step_s: float,
        specifications: Sequence[Json],
        holidays: Set[date],
    ) -> None:
        self.name = name
        self._desk = desk
        rules = replace(rules, refused=desk.refused, expected=desk.expected)
        self._book = OrderBook(api=SERVICE_ORDERS, rules=rules, step_s=step_s, holidays=holidays)
        self._step_s = step_s
        self._checks: dict[str, Json] = {}
        self._next_id = ids("check")
        self.handlers = {
            **self._book.handlers,
            **read_only("ServiceSpecification", specifications),
            "patchServiceOrder": lambda call: noted(self._book, call),
            "createCheckServiceQualification": self._create,
            "listCheckServiceQualification": lambda call: paged(self._checks.values(), call.query),
            "retrieveCheckServiceQualification": self._retrieve,
            "deleteCheckServiceQualification": self._delete,
        }

    def on_start(self, context: Context) -> None:
        self._context = context
        self._book.on_start(context)

    def state(self) -> Mapping[str, Json]:
        return {**self._book.state(), "checkServiceQualification": list(self._checks.values())}

    def steer(self, order_id: str, wish: Mapping[str, Json]) -> bool:
        return steer(self._book, order_id, wish)

    def load(self, state: Mapping[str, Json]) -> None:
        self._book.load(state)

    def forget(self, resource_id: str) -> None:
        self._checks.pop(resource_id, None)
        self._book.forget(resource_id)

    def _create(self, call: Call) -> Answer:
        check_id = self._next_id()
        check = {
            **call.body,
            "id": check_id,
            "href": call.href("checkServiceQualification", check_id),
            "@type": "CheckServiceQualification",
            "state": "accepted",
            "checkServiceQualificationDate": wire_time(call.now),
        }
        self._checks[check_id] = check
        self._publish("CheckServiceQualificationCreateEvent", check)
        if call.body.get("instantSyncQualification"):
            self._answer(check_id)
            return Answer(200, check)
        self._context.later(self._step_s, partial(self._answer, check_id))
        return created(check)

    def _retrieve(self, call: Call) -> Answer:
        found = self._checks.get(call.path["id"])
        return not_found(call.path["id"]) if found is None else shown(found, call.query)

    def _delete(self, call: Call) -> Answer:
        return not_found(call.path["id"]) if self._checks.pop(call.path["id"], None) is None else Answer(204)

    def _answer(self, check_id: str) -> None:
        if (check := self._checks.get(check_id)) is None:
            return
        check.update(self._desk.answered(check, self._context.now()))
        self._publish("CheckServiceQualificationStateChangeEvent", check)

    def _publish(self, event_type: str, check: Json) -> None:
        self._context.publish(CHECKS, event_type, "checkServiceQualification", check)
