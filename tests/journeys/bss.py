"""A BSS that never gives up, and what must be true in the end, whatever was done to the server meanwhile."""

from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

import requests
from sqlalchemy import text
from typer.testing import CliRunner

from linkwright.cli.orders import orders as orders_command
from linkwright.orders.states import FINAL
from linkwright.store.database import Database
from tests.journeys.events import distinct, legal, states_told
from tests.journeys.processes import (
    ORDERING,
    PARTNERS,
    Json,
    Linkwright,
    Listener,
    check_left_behind,
    everything_made,
    holds,
    mock_state,
    until,
)

ORDERS, CANCELS, HUB = f"{ORDERING}/serviceOrder", f"{ORDERING}/cancelServiceOrder", f"{ORDERING}/hub"


@dataclass(kw_only=True)
class Bss:
    """`made` is what each wish became, by the key under which it is posted again and again.

    `too_late` are cancels that nobody heard of before their orders had ended.
    """

    server: Linkwright
    wishes: dict[str, tuple[str, Json]] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    other_answers: list[str] = field(default_factory=list)
    too_late: set[str] = field(default_factory=set)

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
        elif answer.status_code == 409 and any(f"is {state}" in answer.text for state in FINAL) and path == CANCELS:
            self.too_late.add(key)
        elif answer.status_code < 500:
            self.other_answers.append(f"{key}: {answer.status_code} {answer.text}")

    def insist(self) -> None:
        """All wishes again, those too that were granted: none of them may make anything new."""
        for key, (path, body) in list(self.wishes.items()):
            self.wish(key, path, body)
        assert not self.other_answers
        assert set(self.made) | self.too_late == set(self.wishes)

    def orders(self) -> dict[str, str]:
        """Key → id."""
        return {key: self.made[key] for key, (path, _) in self.wishes.items() if path == ORDERS}

    def cancelled(self) -> dict[str, str]:
        """The id of each order that a cancel was made for → the id of the cancel."""
        wished = {key: body for key, (path, body) in self.wishes.items() if path == CANCELS}
        return {body["serviceOrder"]["id"]: self.made[key] for key, body in wished.items() if key not in self.too_late}


def check_in_the_end(bss: Bss, world: Mapping[str, str], listener: Listener) -> None:
    """Waits until everything is over and delivered, and holds it against everything that was promised."""
    server, orders, cancels = bss.server, bss.orders(), bss.cancelled()
    _wait_until_over(server)
    until("nothing is held", lambda: not holds(world))
    settled = _settled_by_hand(server)
    assert settled <= set(cancels)
    until("every order is final", lambda: set(_states(server).values()) <= FINAL)
    states = _states(server)
    until("every event is delivered", lambda: not _rows(server, "SELECT seq FROM lw_outbox"))

    assert set(states) == set(orders.values()), "an order is there that nobody placed, or is lost"
    for key, order_id in orders.items():
        wanted = {"cancelled", "completed"} if order_id in cancels else {"completed"}
        wanted = {"cancelled"} if order_id in settled else wanted
        assert states[order_id] in wanted, (key, server.get(f"{ORDERS}/{order_id}"))
    for order_id, cancel in cancels.items():
        ended = server.get(f"{CANCELS}/{cancel}")["state"]
        assert ended == "done", (order_id, ended)
    check_left_behind(world)
    _check_nothing_twice(world, states, settled)
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


def _settled_by_hand(server: Linkwright) -> set[str]:
    """What was delivered before it could be cancelled waits for an operator, who finds it and settles it."""
    stuck = {order_id for order_id, state in _states(server).items() if state not in FINAL}
    listed = CliRunner().invoke(orders_command, ["list", "--database", server.database])
    assert {line.partition(" ")[0] for line in listed.stdout.splitlines()} == stuck, listed.output
    for order_id in stuck:
        words = ["resolve", order_id, "--as", "done", "--reason", "it is used elsewhere", "--database", server.database]
        settled = CliRunner().invoke(orders_command, words)
        assert settled.exit_code == 0, settled.output
    return stuck


def _states(server: Linkwright) -> dict[str, str]:
    return {order["id"]: order["state"] for order in server.get(f"{ORDERS}?fields=state&limit=1000")}


def _rows(server: Linkwright, sql: str) -> Sequence[str]:
    database = Database(server.database)
    try:
        return database.read(lambda connection: list(connection.execute(text(sql)).scalars()))
    finally:
        database.close()


def _check_nothing_twice(world: Mapping[str, str], states: Mapping[str, str], settled: Container[str]) -> None:
    """Each step of an order was taken once, and a partner's order has ended like ours, unless that was settled.

    A reservation that the pool refused has held nothing, and another one may follow it.
    """
    of_order: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    refused = {("pool", one["id"]) for one in mock_state(world, "pool")["reservation"] if one["state"] == "rejected"}
    for mock, key in {(mock, key) for mock, key, made in everything_made(world) if (mock, made) not in refused}:
        order_id, kind, *name = key.split("/")
        of_order[order_id][mock, f"{kind}/release" if name[-1:] == ["release"] else kind] += 1
    assert set(of_order) <= set(states)
    for order_id, made in of_order.items():
        assert set(made.values()) == {1}, (order_id, made)
        if states[order_id] == "completed":
            kinds = {kind for _, kind in made}
            assert kinds == {"reserve", "procure", "provide", "allocate", "implement", "register"}, (order_id, made)
    for mock in PARTNERS:
        for order in mock_state(world, mock)["serviceOrder"]:
            ours = order["externalId"].partition("/")[0]
            assert order["state"] == states[ours] or ours in settled, (order, states[ours])


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
