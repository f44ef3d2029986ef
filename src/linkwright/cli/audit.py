"""`linkwright audit`: who did what to a resource."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from linkwright.settings import Settings

SETTINGS_FILE = Path("linkwright.toml")


def audit(
    resource_id: Annotated[str, typer.Argument(help="Id of an order, a cancel, a check or a query.")],
    database: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the store.")] = None,
) -> None:
    """Print the audit trail of one resource, oldest first; exit code 1 if there is none."""
    from linkwright.store.audit import trail
    from linkwright.store.database import Database

    settings = Settings.load(os.environ, SETTINGS_FILE)
    settings = replace(settings, database=database or settings.database)
    store = Database(settings.database)
    entries = trail(store, resource_id) if store.ready() else []
    store.close()
    for entry in entries:
        why = f"  {entry.reason}" if entry.reason else ""
        typer.echo(f"{entry.at.isoformat()}  {entry.actor}  {entry.action}  {entry.kind} version {entry.version}{why}")
    if not entries:
        typer.echo(f"Nothing is known of {resource_id}.", err=True)
        raise typer.Exit(1)
