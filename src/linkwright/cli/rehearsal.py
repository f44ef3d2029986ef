"""`linkwright demo --scenario`: a scenario's steps, played over HTTP against mocks that serve its facts."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from linkwright.cli.mock_world import mocks_running
from linkwright.cli.server_process import server

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from mocks.scenario import Loaded
    from mocks.scenario.expectations import Outcome


def rehearse(scenario: str, twin: str | None, then: "Callable[[Console], None] | None" = None) -> None:
    """Play it, and show what was expected beside what came. `then` is called before everything is stopped.

    Raises:
        typer.Exit: with 1 where something is not as expected, with 2 where the scenario cannot be played.
    """
    from rich.console import Console

    from mocks.scenario import BadScenario, load

    console = Console()
    try:
        loaded = load(scenario, twin)
        failed = _played(loaded, scenario, twin, console, then)
    except BadScenario as wrong:
        typer.echo(f"Scenario: {wrong}", err=True)
        raise typer.Exit(2) from wrong
    if failed:
        raise typer.Exit(1)


def _played(
    loaded: "Loaded", scenario: str, twin: str | None, console: "Console", then: "Callable[[Console], None] | None"
) -> int:
    """How many expectations were not met."""
    from mocks.clock import set_clock_file
    from mocks.scenario.player import Player
    from mocks.scenario.settings import toml_of

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linkwright-scenario-")))
        clock = folder / "clock.json"
        set_clock_file(clock, loaded.scenario.clock)
        told = ["--scenario", scenario, "--clock", str(clock), *(["--twin", twin] if twin else [])]
        with console.status("Starting the systems and partners of the scenario, and linkwright …"):
            urls = dict(stack.enter_context(mocks_running(*told)))
            toml = toml_of(loaded.scenario, urls, within={"clock_file": str(clock)})
            base_url = stack.enter_context(server(folder, toml))
        console.print(f"[bold]{loaded.title}[/bold]. It is {loaded.scenario.clock:%Y-%m-%d %H:%M} there.")
        player = Player(loaded, base_url, urls, clock)
        outcomes: list[Outcome] = []
        with console.status("Playing …") as status:
            for one in player.play(before=lambda step: status.update(f"Playing: {step.name or step.action} …")):
                outcomes.append(one)
        failed = sum(not one.ok for one in outcomes)
        console.print(_table(outcomes))
        console.print(f"{len(outcomes) - failed} of {len(outcomes)} as expected.")
        if then is not None:
            console.print(f"linkwright: {base_url}")
            for name, url in urls.items():
                console.print(f"{name}: {url}")
            then(console)
    return failed


def _table(outcomes: "list[Outcome]") -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE)
    for name in ("step", "what", "expected", "came", ""):
        table.add_column(name, overflow="fold")
    last = ""
    for one in outcomes:
        mark = Text("ok", style="green") if one.ok else Text("NOT", style="bold red")
        step = "" if one.step == last else one.step
        table.add_row(step, Text(one.of), Text(one.expected), Text(one.came), mark)
        last = one.step
    return table
