"""`linkwright demo`: the whole chain once, played by a BSS that only speaks TMF645 and TMF641."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkwright.cli.mock_world import PARTNER_PREFIX, mocks_running

if TYPE_CHECKING:
    from rich.console import Console

START_WITHIN_S = 30.0


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


@contextmanager
def server(folder: Path, toml: str, **variables: str) -> Iterator[str]:
    """linkwright on SQLite in a process of its own, as an operator would run it; gives its base URL."""
    port = _free_port()
    base_url = f"http://127.0.0.1:{port}"
    settings = folder / "linkwright.toml"
    settings.write_text(toml)
    command = [sys.executable, "-m", "linkwright", "serve", "--port", str(port)]
    command += ["--database", f"sqlite:///{folder / 'linkwright.db'}"]
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **variables})  # noqa: S603 - our own interpreter and module
    try:
        _wait_until_ready(process, base_url)
        yield base_url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _toml(urls: dict[str, str]) -> str:
    systems = [f'{name} = "{url}"' for name, url in urls.items() if not name.startswith(PARTNER_PREFIX)]
    partners = [f'[partners.{name}]\nurl = "{url}"' for name, url in urls.items() if name.startswith(PARTNER_PREFIX)]
    business = ["[business]", 'currency = "EUR"', "discount_rate = 0.09", "max_payback_months = 24"]
    return "\n".join([*business, "[systems]", *systems, *partners])


def _wait_until_ready(process: subprocess.Popen[bytes], base_url: str) -> None:
    import requests

    end = time.monotonic() + START_WITHIN_S
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(f"{base_url}/health/ready", timeout=1).status_code == 200:
                return
        except requests.ConnectionError:
            pass  # not listening yet: the loop ends at its deadline
        time.sleep(0.05)
    typer.echo("linkwright did not start.", err=True)
    raise typer.Exit(1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _stay(console: "Console") -> None:
    console.print("Everything keeps running until you press Ctrl-C.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print("Stopping.")
