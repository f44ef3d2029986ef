"""Every scenario that has a name, and each of its twins, comes out as its file says: over HTTP, on real processes."""

import os
from pathlib import Path

import pytest

from mocks.scenario import load, names
from tests.journeys.warm import Forge
from tests.scenarios.stage import stage, unmet

ELSEWHERE = {("s3", None), ("s3", "small"), ("s3", "ordered")}
"""Played where money is computed again, and where a server is killed meanwhile."""
LONG = set() if os.environ.get("LINKWRIGHT_LONG_SCENARIOS") else {("s3", "all-ordered")}
"""Half an hour; `ordered` is the same with a tenth of the stores."""
PLAYED = [
    (name, twin)
    for name in names()
    for twin in (None, *load(name).scenario.twins)
    if (name, twin) not in ELSEWHERE | LONG
]


@pytest.mark.parametrize(("name", "twin"), PLAYED, ids=[f"{name}-{twin or 'itself'}" for name, twin in PLAYED])
def test_comes_out_as_expected(name: str, twin: str | None, tmp_path: Path, forge: Forge) -> None:
    with stage(tmp_path, forge, name, twin) as played:
        assert unmet(played.player.play()) == []
