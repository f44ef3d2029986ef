"""`linkwright holds`: what is held in the pool now, for whom, and how long."""

from typing import Annotated

import typer

from linkwright.cli.stores import opened


def holds(database: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the store.")] = None) -> None:
    """List the open holds: when each ends, its state, purpose, owner, requester and id in the pool."""
    from linkwright.store.holds import HoldLedger

    with opened(database) as store:
        entries = list(HoldLedger(store).entries())
    for entry in entries:
        ends = entry.expires_at.isoformat(timespec="seconds") if entry.expires_at is not None else "no end known"
        owner = f"{entry.owner_kind} {entry.owner_id} item {', '.join(entry.items)}"
        there = f"{entry.system} {entry.remote_id or '-'}"
        typer.echo(
            "  ".join([ends, entry.state, entry.purpose, owner, entry.requester or "-", there, entry.note]).rstrip()
        )
    if not entries:
        typer.echo("Nothing is held.")
