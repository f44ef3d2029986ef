"""A scenario on a stage of its own: its mocks and one linkwright, each a process, with one clock."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mocks.clock import set_clock_file
from mocks.scenario import Loaded, load
from mocks.scenario.expectations import Outcome
from mocks.scenario.player import Player
from mocks.scenario.settings import toml_of
from tests.journeys.processes import Linkwright, mock_world
from tests.journeys.warm import Forge


@dataclass(frozen=True, kw_only=True)
class Stage:
    loaded: Loaded
    player: Player
    server: Linkwright
    urls: Mapping[str, str]


@contextmanager
def stage(folder: Path, forge: Forge, scenario: str, twin: str | None = None) -> Iterator[Stage]:
    """Everything is running, and it is the moment at which the scenario begins."""
    loaded, clock = load(scenario, twin), folder / "clock.json"
    set_clock_file(clock, loaded.scenario.clock)
    told = ["--scenario", scenario, "--clock", str(clock), *(["--twin", twin] if twin else [])]
    with mock_world(folder, *told, forge=forge) as urls:
        server = Linkwright(folder, {}, forge=forge, first_look_s="0.2", tries="3", first_pause_s="0.1")
        (folder / "linkwright.toml").write_text(toml_of(loaded.scenario, urls, within={"clock_file": str(clock)}))
        try:
            server.start()
            yield Stage(loaded=loaded, player=Player(loaded, server.url, urls, clock), server=server, urls=urls)
        finally:
            server.stop()


def unmet(outcomes: Iterator[Outcome]) -> list[str]:
    """What was not as expected, a line each; there has to be something that was."""
    played = list(outcomes)
    assert played, "nothing was expected"
    return [f"{one.step}: {one.of} is {one.came}, expected {one.expected}" for one in played if not one.ok]
