"""`linkwright hub`: the listeners at our hub, and deliveries that are made once more."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from linkwright.cli.stores import opened

if TYPE_CHECKING:
    from linkwright.store.replays import Listener, Replayed

DatabaseUrl = Annotated[str | None, typer.Option("--database", help="SQLAlchemy URL of the store.")]

hub = typer.Typer(no_args_is_help=True, help="Listeners at our hub, and deliveries that are made once more.")


@hub.command("list")
def list_(database: DatabaseUrl = None) -> None:
    """Print every subscription with its state, what waits for it, what was given up, and the age of the oldest."""
    from linkwright.store.replays import SqlReplays

    now = datetime.now(UTC)
    with opened(database) as store:
        listeners = SqlReplays(store, now=lambda: now).listeners()
    for listener in listeners:
        typer.echo(_told(listener, now))
    if not listeners:
        typer.echo("Nobody has subscribed.", err=True)


@hub.command()
def replay(
    subscription: Annotated[str, typer.Argument(help="Id of the subscription.")],
    dead: Annotated[bool, typer.Option("--dead", help="What was given up waits again, too.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
            help="What happened since then is delivered once more, as far as it is stored; UTC without an offset.",
        ),
    ] = None,
    database: DatabaseUrl = None,
) -> None:
    """Make a subscription active again, with what it missed meanwhile; a running server notices. Safe to repeat."""
    from linkwright.store.replays import SqlReplays

    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    with opened(database) as store:
        done = SqlReplays(store, now=lambda: datetime.now(UTC)).replay(subscription, dead=dead, since=since)
    if done is None:
        typer.echo(f"No subscription has the id {subscription}.", err=True)
        raise typer.Exit(1)
    typer.echo(_said(done))


def _told(listener: "Listener", now: datetime) -> str:
    state = f"suspended ({listener.reason})" if listener.state == "suspended" else listener.state
    age = f", the oldest for {(now - listener.oldest_at).total_seconds():.0f} s" if listener.oldest_at else ""
    return (
        f"{listener.id}  {listener.api}  {listener.callback}  {state}  "
        f"{listener.waiting} waiting{age}  {listener.dead} given up"
    )


def _said(done: "Replayed") -> str:
    state = "Active again." if done.activated else "Active."
    return f"{state} {done.revived} given up before wait again, {done.again} events are delivered once more."
