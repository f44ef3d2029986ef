"""`linkwright hub` and what `linkwright audit` tells of exchanges."""

from datetime import timedelta
from pathlib import Path

import orjson
import pytest
import typer
from typer.testing import CliRunner, Result

from linkwright.cli.audit import audit
from linkwright.cli.hub import hub
from linkwright.exchanges import Exchange
from linkwright.outbound.redaction import said
from linkwright.store.database import Database
from linkwright.store.exchanges import SqlExchanges
from tests.builders import NOW, an_order
from tests.store.worlds import World


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'lw.db'}"


def stored(url: str) -> World:
    database = Database(url)
    database.migrate()
    return World(database)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(hub, list(arguments))


def test_listeners_are_listed_with_what_waits_for_them(url: str) -> None:
    world = stored(url)
    one = world.subscriptions.add("serviceOrdering", "http://one/cb", "").id
    world.orders.write(lambda tx: tx.add(an_order()))
    world.orders.write(lambda tx: tx.add(an_order(id="order-2")))
    world.outbox.dead(world.outbox.head(one, 1)[0].seq, "answered 400")
    world.outbox.suspend(one, "nothing was taken for a day", NOW)
    world.database.close()

    result = run("list", "--database", url)

    assert result.exit_code == 0
    assert f"{one}  serviceOrdering  http://one/cb  suspended (nothing was taken for a day)" in result.stdout
    assert "1 waiting, the oldest for " in result.stdout
    assert "1 given up" in result.stdout


def test_nobody_to_list(url: str) -> None:
    stored(url).database.close()
    assert "Nobody" in run("list", "--database", url).stderr


def test_a_replay_queues_for_a_running_server_and_says_what(url: str) -> None:
    world = stored(url)
    one = world.subscriptions.add("serviceOrdering", "http://one/cb", "").id
    world.orders.write(lambda tx: tx.add(an_order()))
    world.outbox.delivered([row.seq for row in world.outbox.head(one, 9)])
    world.outbox.suspend(one, "nothing was taken for a day", NOW + timedelta(days=1))

    result = run("replay", one, "--dead", "--since", f"{NOW:%Y-%m-%dT%H:%M:%SZ}", "--database", url)

    assert (result.exit_code, result.stdout) == (
        0,
        "Active again. 0 given up before wait again, 1 events are delivered once more.\n",
    )
    assert len(world.outbox.head(one, 9)) == 1
    assert world.outbox.callback(one) == "http://one/cb"
    world.database.close()


def test_who_is_unknown_cannot_be_replayed(url: str) -> None:
    stored(url).database.close()
    result = run("replay", "nobody", "--database", url)
    assert (result.exit_code, "nobody" in result.stderr) == (1, True)


def test_the_exchanges_of_an_order_are_told_with_its_trail(url: str) -> None:
    world = stored(url)
    world.orders.write(lambda tx: tx.add(an_order(id="order-9")))
    trail = SqlExchanges(world.database)
    exchange = Exchange(
        at=NOW,
        system="pool",
        method="POST",
        path="/reservation",
        key="order-9/reserve/1",
        kind="order",
        id="order-9",
        outcome="answered",
        status=201,
        ms=12,
        request=said(b'{"token":"abc"}'),
        answer=said(orjson.dumps("x" * 70_000)),
    )
    trail.closed(trail.opened(exchange), exchange)
    world.database.close()
    app = typer.Typer()
    app.command()(audit)

    plain = CliRunner().invoke(app, ["order-9", "--database", url])
    told = CliRunner().invoke(app, ["order-9", "--exchanges", "--database", url])

    assert told.stdout.startswith(plain.stdout)
    (line,) = [orjson.loads(line) for line in told.stdout.removeprefix(plain.stdout).splitlines()]
    assert (line["call"], line["outcome"], line["request"]) == ("POST /reservation", "answered", {"token": "***"})
    assert line["answer"]["bytes"] == 70_002
