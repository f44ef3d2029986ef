"""`linkwright partners`: what the partners answered and how fast, and whether they kept their dates."""

import os
from datetime import datetime
from typing import Annotated

import typer

from linkwright.cli.stores import opened

ANSWERS = ("offered", "refused", "noCoverage", "silent", "failed")


def partners(
    database: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the store.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m"], metavar="MONTH", help="The first month that counts, such as 2026-11."),
    ] = None,
) -> None:
    """Print a scorecard of each partner; exit code 1 if nothing is known of any."""
    from rich.console import Console
    from rich.table import Table

    from linkwright.store.scorecards import scorecards

    with opened(database) as store:
        cards = scorecards(store, "" if since is None else since.strftime("%Y-%m"))
    if not cards:
        typer.echo("Nothing is known of any partner.", err=True)
        raise typer.Exit(1)
    table = Table("partner", "questions", *ANSWERS, "reused", "median s", "p95 s", "dates kept")
    for card in cards:
        table.add_row(
            card.partner,
            str(card.questions),
            *(str(card.answers.get(answer, 0)) for answer in ANSWERS),
            str(card.reused),
            _seconds(card.median_s),
            _seconds(card.p95_s),
            f"{card.kept} of {card.deliveries}",
        )
    Console(width=None if os.isatty(1) else 160).print(table)


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.2g}"
