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

    made = new_key()
    typer.echo(f"X-API-Key: {made}\n", err=True)
    typer.echo(
        f"[api_keys.{json.dumps(name)}]\nsha256 = {json.dumps(digest_of(made))}\nscopes = {json.dumps(scope or [])}"
    )
