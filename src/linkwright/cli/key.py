"""`linkwright key`: a new API key, and what has to be configured for it."""

import json
from typing import Annotated

import typer


def key(
    name: Annotated[str, typer.Argument(help="Who will call with it: the requester of his resources, or a partner.")],
    scope: Annotated[list[str] | None, typer.Option(help="What it opens, such as serviceOrdering:write.")] = None,
) -> None:
    """Print a new API key once, and the table for linkwright.toml that holds its digest."""
    from linkwright.api.api_keys import digest_of, new_key
    from linkwright.api.contracts import SERVED, read_contract
    from linkwright.api.scopes import known_scopes, refuse_unknown
    from linkwright.errors import BadSetting

    try:
        refuse_unknown("--scope", scope or (), known_scopes(read_contract(served).area for served in SERVED))
    except BadSetting as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(2) from None
    made = new_key()
    typer.echo(f"X-API-Key: {made}\n", err=True)
    typer.echo(
        f"[api_keys.{json.dumps(name)}]\nsha256 = {json.dumps(digest_of(made))}\nscopes = {json.dumps(scope or [])}"
    )
