"""`linkwright audit`: who did what to a resource."""

from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from linkwright.cli.stores import opened

if TYPE_CHECKING:
    from linkwright.store.exchanges import KeptExchange


def audit(
    resource_id: Annotated[str, typer.Argument(help="Id of an order, a cancel, a check or a query.")],
    database: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the store.")] = None,
    exchanges: Annotated[
        bool, typer.Option("--exchanges", help="What was said to other systems for it, too, in JSON lines.")
    ] = False,
) -> None:
    """Print the audit trail of one resource, oldest first; exit code 1 if there is none."""
    from linkwright.store.audit import trail
    from linkwright.store.exchanges import exchanges_of

    with opened(database) as store:
        entries = trail(store, resource_id)
        said = exchanges_of(store, resource_id) if exchanges else []
    for entry in entries:
        why = f"  {entry.reason}" if entry.reason else ""
        typer.echo(f"{entry.at.isoformat()}  {entry.actor}  {entry.action}  {entry.kind} version {entry.version}{why}")
    for one in said:
        typer.echo(_line(one))
    if not (entries or said):
        typer.echo(f"Nothing is known of {resource_id}.", err=True)
        raise typer.Exit(1)


def _line(one: "KeptExchange") -> str:
    """All of an exchange; a body that is not kept is named by its size and digest."""
    told = {
        "at": one.at.isoformat(),
        "call": f"{one.method} {one.path}",
        "system": one.system,
        "outcome": one.outcome,
        "status": one.status,
        "failure": one.failure or None,
        "ms": one.ms,
        "key": one.key,
        "request": _body(one.request, one.request_bytes, one.request_sha256),
        "answer": _body(one.answer, one.answer_bytes, one.answer_sha256),
    }
    return orjson.dumps({name: value for name, value in told.items() if value is not None}).decode()


def _body(text: bytes | None, size_bytes: int, sha256: str) -> Any:
    if text is not None:
        return orjson.loads(text)
    return {"bytes": size_bytes, "sha256": sha256} if size_bytes else None
