"""What an operator reads of large designs while they are being computed."""

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.testing import capture_logs

from linkwright.outbound import design_log
from linkwright.outbound.design_log import watched_in_log
from linkwright.outbound.design_worker import Progress
from linkwright.settings import Settings
from linkwright.wiring.application import register_runs
from linkwright.wiring.outside import Outside, outside_of

from .test_design_pool import ALL, a_solvable_problem

NOTHING_YET = Progress(elapsed_s=0.1, bound_minor=654321.0, cost_minor=None, gap=1.0)
A_DESIGN = Progress(elapsed_s=9.0, bound_minor=654321.0, cost_minor=765432, gap=0.14516)


def test_a_line_every_few_seconds_says_how_far_a_design_is_and_nothing_of_money() -> None:
    clock = [100.0]
    heard = [
        (1.0, None),
        (5.0, None),
        (6.0, NOTHING_YET),
        (10.0, None),
        (17.0, A_DESIGN),
        (17.5, None),
    ]
    with capture_logs() as lines:
        watch = watched_in_log(1_000, lambda: clock[0])
        for seconds, progress in heard:
            clock[0] = 100.0 + seconds
            watch(progress)
    told = [(line["seconds"], line["items"], line["gap"]) for line in lines]
    assert told == [(5.0, 1_000, None), (10.0, 1_000, None), (17.0, 1_000, 0.14516)]
    assert not any(amount in str(lines) for amount in ("654321", "765432"))


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = outside_of(Settings())
    yield made
    made.pool.close()
    made.market.close()


def test_the_server_logs_large_designs_with_the_resource_that_they_are_for(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(design_log, "EVERY_S", 0.0)
    with capture_logs(processors=[merge_contextvars]) as lines, bound_contextvars(kind="check", id="check-1"):
        outside.pool.solve(a_solvable_problem(31), ALL)
    assert {(line["kind"], line["id"], line["items"]) for line in lines} == {("check", "check-1", 31)}


class Runs:
    """An engine, questions and orders in one, which keeps under what names its runs would be logged."""

    def __init__(self) -> None:
        self.runs: dict[str, Callable[[str], None]] = {}
        self.named: list[dict[str, Any]] = []

    def register(self, kind: str, run: Callable[[str], None], **workers: int) -> None:
        self.runs[kind] = run

    def answer(self, _kind: str, _key: str) -> None:
        self.named.append(get_contextvars())

    def advance(self, _key: str) -> None:
        self.named.append(get_contextvars())


def test_whatever_a_run_logs_names_its_resource() -> None:
    runs = Runs()
    register_runs(*cast(Any, (runs, runs, runs, runs)))
    for kind in ("check", "query", "order"):
        runs.runs[kind](f"{kind}-1")
    assert runs.named == [{"kind": kind, "id": f"{kind}-1"} for kind in ("check", "query", "order")]
    assert get_contextvars() == {}
