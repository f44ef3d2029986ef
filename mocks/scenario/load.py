"""Scenarios by name or folder, one of their twins where it is asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from mocks.faults import FaultSettings
from mocks.scenario.actions import Step
from mocks.scenario.facts import world_of
from mocks.scenario.format import Scenario
from mocks.scenario.tree import FILES, BadScenario, Tree, changed, read_tree, repeated

SCENARIOS = "mocks.scenarios"
"""The package whose folders are the scenarios that have a name."""
SYSTEM_NAMES = frozenset(
    {"resources", "catalogue", "services", "places", "pool", "resource-orders", "downstream", "service-quality"}
)


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A scenario as it is played: with the changes and the steps of its twin. `folder` is where its files are."""

    scenario: Scenario
    folder: Path
    twin: str | None = None

    @property
    def steps(self) -> list[Step]:
        if self.twin is None:
            return self.scenario.steps
        return [self._step(one) for one in self.scenario.twins[self.twin].steps]

    @property
    def title(self) -> str:
        return self.scenario.title if self.twin is None else self.scenario.twins[self.twin].title

    def _step(self, one: str | Step) -> Step:
        if isinstance(one, Step):
            return one
        found = self.scenario.step(one)
        if found is None:
            raise BadScenario(f"twins.{self.twin}: there is no step {one}")
        return found

    def faults(self) -> Mapping[str, FaultSettings]:
        """What each mock is told to have of them."""
        faults = {name: FaultSettings.read(given) for name, given in self.scenario.faults.items()}
        for name, partner in self.scenario.partners.items():
            if given := partner.faults:
                faults[name] = FaultSettings.read(given)
        return faults


def names() -> list[str]:
    """All scenarios that have a name."""
    root = files(SCENARIOS)
    return sorted(
        folder.name for folder in root.iterdir() if folder.is_dir() and any((folder / name).is_file() for name in FILES)
    )


def folder_of(wanted: str) -> Path:
    """The folder of a scenario by its name, or a folder (or file) by its path."""
    if wanted in names():
        return Path(str(files(SCENARIOS) / wanted))
    if Path(wanted).exists():
        return Path(wanted)
    raise BadScenario(f"{wanted} is neither a folder nor one of {', '.join(names())}")


def load(wanted: str, twin: str | None = None) -> Loaded:
    """Read it, or its twin.

    Raises:
        BadScenario: it cannot be used; the text says where and why.
    """
    folder = folder_of(wanted)
    tree = repeated(read_tree(folder))
    if twin is None:
        return _tried(Loaded(scenario=_scenario(tree, f"{folder}"), folder=folder), f"{folder}")
    return _twin(tree, folder, twin)


def load_all(wanted: str) -> list[Loaded]:
    """The scenario and all of its twins; raises as `load` does."""
    folder = folder_of(wanted)
    tree = repeated(read_tree(folder))
    whole = _tried(Loaded(scenario=_scenario(tree, f"{folder}"), folder=folder), f"{folder}")
    return [whole, *(_twin(tree, folder, name) for name in whole.scenario.twins)]


def _twin(tree: Tree, folder: Path, name: str) -> Loaded:
    where = f"{folder}, twin {name}"
    try:
        twins = tree.get("twins", {}) if isinstance(tree, dict) else {}
        changes = [one for changes in _changes(name, twins) for one in changes]
        scenario = _scenario(changed(tree, changes), where)
    except BadScenario as error:
        raise BadScenario(f"{where}: {error}") from error
    return _tried(Loaded(scenario=scenario, folder=folder, twin=name), where)


def _changes(name: str, twins: Mapping[str, Tree], seen: tuple[str, ...] = ()) -> Iterator[list[Tree]]:
    """Those of the twin that it is like first."""
    if name in seen or not isinstance(twins.get(name), dict):
        raise BadScenario(f"no twin is called {name}, or it is like itself; there are {', '.join(twins) or 'none'}")
    twin = twins[name]
    if (like := twin.get("like")) is not None:
        yield from _changes(str(like), twins, (*seen, name))
    yield twin.get("changes") or []


def _tried(loaded: Loaded, where: str) -> Loaded:
    """The same, if everything can be made of it that will be."""
    try:
        world_of(loaded.scenario)
        loaded.faults()
        if taken := SYSTEM_NAMES & loaded.scenario.partners.keys():
            raise ValueError(f"partners: {min(taken)} is the name of a system")
        _ = loaded.steps
    except (ValueError, TypeError) as error:
        raise BadScenario(f"{where}: {error}") from error
    return loaded


def _scenario(tree: Tree, where: str) -> Scenario:
    try:
        return Scenario.model_validate(tree)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in error.errors()[:5])
        raise BadScenario(f"{where}: {wrong}") from error
