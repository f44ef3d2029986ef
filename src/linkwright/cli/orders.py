"""`linkwright approve`, `reject` and `orders`: what people decide about orders that wait, straight in the store.

A server that runs on the same store notices within seconds.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkwright.cli.stores import opened

if TYPE_CHECKING:
    from linkwright.orders.model import Order
    from linkwright.orders.operator import OperatorDesk

orders = typer.Typer(no_args_is_help=True, help="Orders that wait for a person: list them, and settle what failed.")


class ApprovalKind(StrEnum):
    business = "business"
    engineering = "engineering"


class Outcome(StrEnum):
    done = "done"
    failed = "failed"


class Waiting(StrEnum):
    held = "held"
    pending = "pending"


OrderId = Annotated[str, typer.Argument(help="Id of the order.")]
Items = Annotated[list[str] | None, typer.Argument(help="Ids of the items that are meant; none means all that wait.")]
Kind = Annotated[ApprovalKind | None, typer.Option(help="Which approval; both if it is not said.")]
By = Annotated[str, typer.Option(help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Url = Annotated[str | None, typer.Option("--database", help="SQLAlchemy URL of the store.")]


def approve(
    order: OrderId,
    items: Items = None,
    kind: Kind = None,
    by: By = "operator",
    reason: Reason = "",
    database: Url = None,
) -> None:
    """Give the approvals that items of an order wait for; exit code 1 where none is waited for."""
    kinds: Any = () if kind is None else (kind.value,)
    _decide(database, by, order, lambda desk: desk.approve(order, items or (), kinds, by=by, reason=reason))


def reject(
    order: OrderId,
    reason: Annotated[str, typer.Option(help="Why: the requester is told.")],
    items: Items = None,
    kind: Kind = None,
    by: By = "operator",
    database: Url = None,
) -> None:
    """Refuse the approvals that items of an order wait for: the items are cancelled."""
    kinds: Any = () if kind is None else (kind.value,)
    _decide(database, by, order, lambda desk: desk.reject(order, items or (), kinds, by=by, reason=reason))


@orders.command()
def retry(order: OrderId, items: Items = None, by: By = "operator", reason: Reason = "", database: Url = None) -> None:
    """Order once more what one of our own systems has failed to do."""
    _decide(database, by, order, lambda desk: desk.retry(order, items or (), by=by, reason=reason))


@orders.command()
def resolve(
    order: OrderId,
    outcome: Annotated[
        Outcome, typer.Option("--as", help="done: somebody did it, or took it back; failed: the items fail.")
    ],
    reason: Annotated[str, typer.Option(help="How, or why.")],
    items: Items = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What was allocated by hand to the item; once for each."),
    ] = None,
    by: By = "operator",
    database: Url = None,
) -> None:
    """Settle by hand what has failed, what nobody can find out about, or what cannot be taken back."""
    given = dict(map(_parameter, parameter or ()))
    _decide(
        database,
        by,
        order,
        lambda desk: desk.resolve(order, items or (), outcome=outcome.value, by=by, reason=reason, parameters=given),
    )


@orders.command("list")
def list_orders(
    state: Annotated[Waiting | None, typer.Option(help="Only what waits for us, or for the requester.")] = None,
    database: Url = None,
) -> None:
    """Print the orders that wait for a person: since when, for what, and why."""
    from linkwright.store.standing import standing_orders

    states = [one.value for one in Waiting] if state is None else [state.value]
    with opened(database) as store:
        found = standing_orders(store, states)
    for order in found:
        for wait in order.waits:
            if wait.state in states:
                until = f" until {wait.until.isoformat()}" if wait.until else ""
                typer.echo(
                    f"{order.id}  {wait.state}  {wait.kind}  items {', '.join(wait.items)}  "
                    f"since {wait.since.isoformat()}{until}  {wait.text}"
                )
    if not found:
        typer.echo("No order waits for anybody.", err=True)


def _parameter(text: str) -> tuple[str, int | str]:
    """A whole number is one, as systems that allocate say it; one that begins with a zero is a word."""
    name, separator, value = text.partition("=")
    if not (name and separator and value):
        raise typer.BadParameter(f"NAME=VALUE expected, {text} given", param_hint="--parameter")
    return name, int(value) if value.isdecimal() and str(int(value)) == value else value


def _decide(database: str | None, by: str, order_id: str, decision: "Callable[[OperatorDesk], Order]") -> None:
    from linkwright.errors import LinkwrightError
    from linkwright.orders.operator import OperatorDesk
    from linkwright.store.books import SqlBooks
    from linkwright.store.standing import base_url_of
    from linkwright.wiring.sources import new_id, now

    with opened(database) as store:
        try:
            plain = SqlBooks(store, base_url="", new_id=new_id, now=now).orders
            base_url = base_url_of(plain.read(lambda tx: tx.order(order_id)))
            books = SqlBooks(store, base_url=base_url, new_id=new_id, now=now, actor=lambda: by).orders
            decided = decision(OperatorDesk(books=books, now=now))
        except LinkwrightError as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from None
    typer.echo(f"Order {decided.id} is {decided.state}.")
