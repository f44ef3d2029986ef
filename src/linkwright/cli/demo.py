"""`linkwright demo`: the whole chain once, played by a BSS that only speaks TMF645 and TMF641."""

import tempfile
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkwright.cli.mock_world import PARTNER_PREFIX, mocks_running
from linkwright.cli.server_process import server

if TYPE_CHECKING:
    from rich.console import Console


def demo(
    stay: Annotated[bool, typer.Option("--stay", help="Keep everything running afterwards, to look around.")] = False,
    topology: Annotated[str, typer.Option(help="Network of the mocks, a name that topohub knows.")] = "germany50",
    scenario: Annotated[str | None, typer.Option(help="Play a scenario instead: its name, or its path.")] = None,
    twin: Annotated[str | None, typer.Option(help="Twin of the scenario, where something is different.")] = None,
) -> None:
    """Check feasibility of three sites, order what can be done, and follow it to the end.

    With a scenario: play its steps, and say what was expected and what came. Ends with 1 where that is not the same.
    """
    if scenario is not None:
        from linkwright.cli.rehearsal import rehearse

        return rehearse(scenario, twin, then=_stay if stay else None)
    if twin is not None:
        raise typer.BadParameter("a twin is that of a scenario", param_hint="--twin")
    return _play(topology, stay=stay)


def _play(topology: str, *, stay: bool) -> None:
    from rich.console import Console

    from linkwright.cli.player import Player, order_from, site_requirements
    from linkwright.cli.show import show_check, show_links, show_order

    console = Console()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linkwright-demo-")))
        with console.status("Starting the operator's systems, two partners and linkwright …"):
            urls = dict(stack.enter_context(mocks_running("--topology", topology)))
            base_url = stack.enter_context(server(folder, _toml(urls)))
        console.print(
            f"A network of [bold]{topology}[/bold], two partners and an order system are played; prices are synthetic."
        )
        player = stack.enter_context(Player.listening(base_url))
        check = player.check(site_requirements(date.today()), console)  # noqa: DTZ011 - the customer's own day
        show_check(check, console)
        order = player.order(order_from(check), console)
        show_order(order, player.events, console)
        show_links(check, order, urls, console)
        if stay:
            _stay(console)


def _toml(urls: dict[str, str]) -> str:
    systems = [f'{name} = "{url}"' for name, url in urls.items() if not name.startswith(PARTNER_PREFIX)]
    partners = [f'[partners.{name}]\nurl = "{url}"' for name, url in urls.items() if name.startswith(PARTNER_PREFIX)]
    business = ["[business]", 'currency = "EUR"', "discount_rate = 0.09", "max_payback_months = 24"]
    return "\n".join([*business, "[systems]", *systems, *partners])


def _stay(console: "Console") -> None:
    console.print("Everything keeps running until you press Ctrl-C.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print("Stopping.")
