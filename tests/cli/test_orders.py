"""`approve`, `reject` and `orders`: decisions straight in the store, which a running server finds by the due row."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from linkwright.cli.orders import approve, orders, reject
from linkwright.orders.errands import Task, TaskKind
from linkwright.orders.model import Order, State
from linkwright.orders.standing import with_standing
from linkwright.orders.waits import Wait, WaitKind
from linkwright.store.audit import trail
from linkwright.store.database import Database
from tests.builders import NOW, an_item, an_order
from tests.store.worlds import BASE_URL, World

app = typer.Typer()
app.command()(approve)
app.command()(reject)
app.add_typer(orders, name="orders")


class Store:
    """An order of which an item waits."""

    def __init__(self, url: str) -> None:
        self.url = url

    def holds(self, kind: WaitKind, task: TaskKind = "provide") -> None:
        database = Database(self.url)
        database.migrate()
        wait = Wait(kind=kind, items=("1",), since=NOW, text=f"{task} failed: no", task=f"order-9/{task}")
        order = an_order(id="order-9", state="inProgress", items=(an_item(state="inProgress"),), waits=(wait,))
        held = with_standing(order)
        failed = Task(
            key=f"order-9/{task}",
            order_id="order-9",
            kind=task,
            system="resource-orders",
            items=("1",),
            state="failed",
        )

        def change(tx: Any) -> None:
            tx.add(replace(held, state="held" if kind != "information" else "pending"))
            tx.put_task(failed)

        World(database).orders.write(change)
        database.close()

    def cannot_be_taken_back(self, state: State) -> None:
        """An order of which a part was delivered before it could be cancelled."""
        database = Database(self.url)
        database.migrate()
        wait = Wait(kind="undo", items=("1",), since=NOW, text="too late", task="order-9/provide")
        order = an_order(id="order-9", state=state, items=(an_item(state=state),), waits=(wait,))
        left = Task(
            key="order-9/provide",
            order_id="order-9",
            kind="provide",
            system="resource-orders",
            items=("1",),
            state="undoing",
        )

        def change(tx: Any) -> None:
            tx.add(order)
            tx.put_task(left)

        World(database).orders.write(change)
        database.close()

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--database", self.url])

    def read(self, look: Any) -> Any:
        database = Database(self.url)
        try:
            return World(database).orders.read(look)
        finally:
            database.close()

    @property
    def order(self) -> Order:
        found: Order = self.read(lambda tx: tx.order("order-9"))
        return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'lw.db'}")


def test_an_approval_is_stored_with_who_and_why_and_wakes_the_order(store: Store) -> None:
    store.holds("business")
    result = store.run("approve", "order-9", "--by", "Ann", "--reason", "a good customer")
    assert (result.exit_code, result.stdout) == (0, "Order order-9 is inProgress.\n")
    assert store.order.items[0].state == "inProgress"
    assert store.order.decisions[0].by == "Ann"
    assert store.read(lambda tx: tx.attempts("order", "order-9")) == (1, 0)
    database = Database(store.url)
    last = trail(database, "order-9")[-1]
    database.close()
    assert (last.actor, last.action, last.reason) == ("Ann", "approved", "a good customer")
    assert str(store.order.body["href"]).startswith(BASE_URL)
    assert store.order.body["note"][-1]["author"] == "Ann"


def test_a_refusal_cancels_and_the_contrary_is_refused(store: Store) -> None:
    store.holds("engineering")
    result = store.run("reject", "order-9", "1", "--kind", "engineering", "--reason", "too risky", "--by", "Eve")
    assert result.exit_code == 0, result.output
    assert store.order.state == "cancelled"
    again = store.run("reject", "order-9", "--reason", "too risky")
    assert again.exit_code == 0, again.output
    contrary = store.run("approve", "order-9")
    assert contrary.exit_code == 1
    assert "refused (engineering) by Eve" in contrary.stderr


def test_a_kind_that_is_not_waited_for_is_told(store: Store) -> None:
    store.holds("business")
    result = store.run("approve", "order-9", "--kind", "engineering")
    assert result.exit_code == 1
    assert "engineering" in result.stderr
    assert store.order.state == "held"


def test_what_failed_is_tried_again(store: Store) -> None:
    store.holds("fallout")
    assert store.run("orders", "retry", "order-9").exit_code == 0
    tasks = store.read(lambda tx: tx.tasks("order-9"))
    assert [(task.key, task.state) for task in tasks] == [
        ("order-9/provide", "failed"),
        ("order-9/provide/2", "planned"),
    ]


@pytest.mark.parametrize(("outcome", "state", "task"), [("done", "inProgress", "done"), ("failed", "failed", "failed")])
def test_what_failed_is_settled_by_hand(store: Store, outcome: str, state: str, task: str) -> None:
    store.holds("fallout")
    result = store.run("orders", "resolve", "order-9", "--as", outcome, "--reason", "seen to")
    assert result.exit_code == 0, result.output
    assert store.order.state == state
    assert [one.state for one in store.read(lambda tx: tx.tasks("order-9"))] == [task]


def test_what_was_allocated_by_hand_is_stored_with_the_decision_and_for_the_item(store: Store) -> None:
    store.holds("fallout", "allocate")
    named = ("--parameter", "vlanId=7", "--parameter", "ipv4Prefix=10.0.0.0/30", "--parameter", "pin=007")
    result = store.run("orders", "resolve", "order-9", "1", "--as", "done", "--reason", "by hand", *named)
    assert result.exit_code == 0, result.output
    given = {"vlanId": 7, "ipv4Prefix": "10.0.0.0/30", "pin": "007"}
    assert store.order.decisions[-1].parameters == given
    (task,) = store.read(lambda tx: tx.tasks("order-9"))
    assert (task.state, task.parameters) == ("done", {"1": given})


@pytest.mark.parametrize("word", ["vlanId", "=7", "vlanId="])
def test_a_parameter_without_name_or_value_is_refused(store: Store, word: str) -> None:
    store.holds("fallout", "allocate")
    result = store.run("orders", "resolve", "order-9", "--as", "done", "--reason", "", "--parameter", word)
    assert result.exit_code == 2
    assert store.order.state == "held"


@pytest.mark.parametrize("state", ["pendingCancellation", "failed"])
def test_what_cannot_be_taken_back_is_listed_and_settled_by_hand(store: Store, state: State) -> None:
    store.cannot_be_taken_back(state)
    listed = store.run("orders", "list").stdout
    assert "order-9  held  undo  items 1  since 2026" in listed
    assert "too late" in listed
    assert store.run("orders", "resolve", "order-9", "--as", "failed", "--reason", "no").exit_code == 1
    for _ in range(2):
        result = store.run("orders", "resolve", "order-9", "--as", "done", "--reason", "they pay", "--by", "Ann")
        assert (result.exit_code, result.stdout) == (0, f"Order order-9 is {state}.\n")
    decision = store.order.decisions[-1]
    assert (decision.task, decision.by, store.order.waits) == ("order-9/provide", "Ann", ())
    assert store.read(lambda tx: tx.attempts("order", "order-9")) == (1, 0)
    assert "No order waits" in store.run("orders", "list").stderr


def test_who_waits_is_listed_with_the_reason(store: Store) -> None:
    store.holds("fallout")
    listed = store.run("orders", "list", "--state", "held")
    assert listed.exit_code == 0
    assert "order-9  held  fallout  items 1  since 2026" in listed.stdout
    assert "provide failed: no" in listed.stdout
    assert "No order waits" in store.run("orders", "list", "--state", "pending").stderr


def test_a_question_to_the_requester_is_listed_as_pending(store: Store) -> None:
    store.holds("information")
    assert "pending  information" in store.run("orders", "list").stdout
    assert store.run("orders", "list", "--state", "held").stdout == ""


@pytest.mark.parametrize("command", [("approve", "order-8"), ("orders", "retry", "order-8")])
def test_an_order_that_is_not_there_is_told(store: Store, command: tuple[str, ...]) -> None:
    store.holds("business")
    result = store.run(*command)
    assert result.exit_code == 1
    assert "order-8" in result.stderr


def test_a_store_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "none.db").touch()
    result = CliRunner().invoke(app, ["approve", "order-9", "--database", f"sqlite:///{tmp_path / 'none.db'}"])
    assert result.exit_code == 1
    assert "no store of this release" in result.stderr
