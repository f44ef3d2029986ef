"""A BSS that never gives up, and what must be true in the end, whatever was done to the server meanwhile."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import requests
from sqlalchemy import text

from linkwright.orders.states import FINAL
from linkwright.store.database import Database
from tests.journeys.events import distinct, legal, states_told
from tests.journeys.processes import ORDERING, Json, Linkwright, Listener, holds, mock_calls, mock_state, until

ORDERS, CANCELS, HUB = f"{ORDERING}/serviceOrder", f"{ORDERING}/cancelServiceOrder", f"{ORDERING}/hub"
PARTNERS = ("partner-north", "partner-metro")
ORDER_SYSTEMS = ("pool", *PARTNERS, "resource-orders", "downstream", "services")
COLLECTIONS = ("reservation", "serviceOrder", "resourceOrder", "service")


@dataclass(kw_only=True)
class Bss:
    """`made` is what each wish became, by the key under which it is posted again and again."""

    server: Linkwright
    wishes: dict[str, tuple[str, Json]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    other_answers: list[str] = field(default_factory=list)

    def wish(self, key: str, path: str, body: Json, server: Linkwright | None = None) -> None:
        """Post it once, or once more. No answer, or one that says 'later', leaves the wish open."""
        self.wishes[key] = (path, body)
        try:
            answer = requests.post(
                f"{(server or self.server).url}{path}", json=body, headers={"Idempotency-Key": key}, timeout=15
            )
        except requests.RequestException:
            return
        if answer.status_code == 201:
            there = self.made.setdefault(key, answer.json()["id"])
            assert there == answer.json()["id"], f"{key} was made twice"
        elif answer.status_code < 500:
            self.other_answers.append(f"{key}: {answer.status_code} {answer.text}")

    def insist(self) -> None:
        """All wishes again, those too that were granted: none of them may make anything new."""
        for key, (path, body) in list(self.wishes.items()):
            self.wish(key, path, body)
        assert not self.other_answers
        assert set(self.made) == set(self.wishes)

    def orders(self) -> dict[str, str]:
        """Key → id."""
        return {key: self.made[key] for key, (path, _) in self.wishes.items() if path == ORDERS}

    def cancelled(self) -> dict[str, str]:
        """The id of each order that a cancel was made for → the id of the cancel."""
        wished = {key: body for key, (path, body) in self.wishes.items() if path == CANCELS}
        return {body["serviceOrder"]["id"]: self.made[key] for key, body in wished.items()}


def check_in_the_end(bss: Bss, world: Mapping[str, str], listener: Listener) -> None:
    """Waits until everything is over and delivered, and holds it against everything that was promised."""
    server, orders = bss.server, bss.orders()
    _wait_until_over(server)
    states = _states(server)
    stuck = {order_id for order_id, state in states.items() if state not in FINAL}
    until("nothing is held", lambda: {_order_of(hold) for hold in holds(world)} <= stuck)
    until("every event is delivered", lambda: not _rows(server, "SELECT seq FROM lw_outbox"))

    assert set(states) == set(orders.values()), "an order is there that nobody placed, or is lost"
    cancels = bss.cancelled()
    assert stuck <= set(cancels)
    for order_id, state in states.items():
        wanted = {"cancelled", "completed", "pendingCancellation"} if order_id in cancels else {"completed"}
        assert state in wanted, (order_id, state)
    for order_id, cancel in cancels.items():
        ended = server.get(f"{CANCELS}/{cancel}")["state"]
        assert ended == ("inProgress" if order_id in stuck else "done"), (order_id, ended)
    _check_nothing_twice(world, states)
    _check_events(server, listener, states)


def _wait_until_over(server: Linkwright) -> None:
    """An order is final, or somebody has to speak with those who delivered what was cancelled, and it says so."""

    def open_orders() -> dict[str, str]:
        found = server.get(f"{ORDERS}?fields=state,jeopardyAlert&limit=1000")
        return {order["id"]: order["state"] for order in found if not _is_over(order)}

    try:
        until("every order is over", lambda: not open_orders())
    except AssertionError as late:
        waiting = (
            "key || ' ' || state || ' ' || coalesce(remote_state, '') || ' ' || note || ' ' || coalesce(look_at, '')"
        )
        tasks = _rows(server, f"SELECT {waiting} FROM lw_task WHERE state IN ('sent', 'undoing', 'planned')")  # noqa: S608
        runs = _rows(server, "SELECT key || ' ' || coalesce(due_at, '') FROM lw_run WHERE due_at IS NOT NULL")
        raise AssertionError("\n".join([str(late), str(open_orders()), *tasks, *runs])) from late


def _is_over(order: Json) -> bool:
    if order["state"] == "pendingCancellation":
        return any("cannot be taken back" in alert["message"] for alert in order.get("jeopardyAlert", ()))
    return order["state"] in FINAL


def _order_of(hold: Json) -> str:
    keys = [entity["id"] for entity in hold["relatedEntity"] if entity["role"] == "externalId"]
    return str(keys[0].partition("/")[0])


def _states(server: Linkwright) -> dict[str, str]:
    return {order["id"]: order["state"] for order in server.get(f"{ORDERS}?fields=state&limit=1000")}


def _rows(server: Linkwright, sql: str) -> Sequence[str]:
    database = Database(server.database)
    try:
        return database.read(lambda connection: list(connection.execute(text(sql)).scalars()))
    finally:
        database.close()


def _check_nothing_twice(world: Mapping[str, str], states: Mapping[str, str]) -> None:
    of_key: dict[tuple[str, str], set[str]] = defaultdict(set)
    of_order: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for mock, key, made in _made(world):
        assert key, f"{mock} was told no key for {made}"
        of_key[mock, key].add(made)
    assert {key: made for key, made in of_key.items() if len(made) > 1} == {}
    for mock, key in of_key:
        of_order[key.partition("/")[0]][mock, key.split("/")[1]] += 1
    assert set(of_order) <= set(states)
    for order_id, made in of_order.items():
        assert set(made.values()) == {1}, (order_id, made)
        if states[order_id] == "completed":
            kinds = {kind for _, kind in made}
            assert kinds == {"reserve", "procure", "provide", "allocate", "implement", "register"}, (order_id, made)
    live = [order["externalId"] for mock in PARTNERS for order in mock_state(world, mock)["serviceOrder"]]
    assert len(live) == len(set(live))
    for mock in PARTNERS:
        for order in mock_state(world, mock)["serviceOrder"]:
            ours = states[order["externalId"].partition("/")[0]]
            assert order["state"] == ours or ours == "pendingCancellation", (order["externalId"], order["state"], ours)


def _made(world: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(mock, key, id) of everything that was made in the world and not lost there."""
    for mock in ORDER_SYSTEMS:
        for call in mock_calls(world, mock):
            collection = call["path"].rpartition("/")[2]
            if (
                call["method"] == "POST"
                and collection in COLLECTIONS
                and call.get("made")
                and not call.get("forgotten")
            ):
                yield mock, call["key"], call["made"]


def _check_events(server: Linkwright, listener: Listener, states: Mapping[str, str]) -> None:
    """Nothing is missing, and what happened to one resource is told in turn; transactions of several may overlap."""
    heard = distinct(listener.events)
    named = "resource_id || ' ' || event_id"
    happened = _rows(server, f"SELECT {named} FROM lw_event WHERE event_type LIKE '%Order%' ORDER BY seq")  # noqa: S608
    told = [f"{next(iter(event['event'].values()))['id']} {event['eventId']}" for event in heard]
    assert _by_resource(told) == _by_resource(happened)
    for order_id, state in states.items():
        assert legal(heard, order_id), states_told(heard, order_id)
        assert states_told(heard, order_id)[-1] == state


def _by_resource(events: Sequence[str]) -> list[str]:
    """Stable: those of one resource stay in their order."""
    return sorted(events, key=lambda event: event.partition(" ")[0])
