"""The clock, real or moved by a file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from linkwright.errors import BadSetting
from linkwright.settings import Settings
from linkwright.wiring.application import build
from linkwright.wiring.sources import LOOKS_EVERY_S, MovedClock, follow_clock_file, now

REAL = datetime(2026, 7, 1, 12, tzinfo=UTC)
THERE = datetime(2027, 5, 3, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _real_again() -> Iterator[None]:
    yield
    follow_clock_file(None)


def said(file: Path, at: datetime) -> Path:
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({"at": at.isoformat(), "set": REAL.isoformat()}))
    draft.replace(file)
    return file


class Times:
    def __init__(self) -> None:
        self.real, self.monotonic_s = REAL, 0.0

    def clock(self, file: Path) -> MovedClock:
        return MovedClock(file, real=lambda: self.real, monotonic=lambda: self.monotonic_s)

    def pass_(self, seconds: float) -> None:
        self.real += timedelta(seconds=seconds)
        self.monotonic_s += seconds


def test_a_moved_clock_goes_on_from_where_it_was_put(tmp_path: Path) -> None:
    times = Times()
    clock = times.clock(said(tmp_path / "clock.json", THERE))
    assert clock() == THERE
    times.pass_(90)
    assert clock() == THERE + timedelta(seconds=90)


def test_it_notices_that_the_file_says_something_else_but_looks_seldom(tmp_path: Path) -> None:
    times, file = Times(), tmp_path / "clock.json"
    clock = times.clock(said(file, THERE))
    said(file, THERE + timedelta(days=7))
    assert clock() == THERE
    times.pass_(LOOKS_EVERY_S)
    assert clock() == THERE + timedelta(days=7, seconds=LOOKS_EVERY_S)


@pytest.mark.parametrize("nonsense", ["", "[]", "{}", '{"at": "2027-05-03T08:00:00", "set": "2026-07-01T12:00:00"}'])
def test_what_cannot_be_read_leaves_it_as_it_was_and_is_refused_at_the_start(nonsense: str, tmp_path: Path) -> None:
    times, file = Times(), tmp_path / "clock.json"
    clock = times.clock(said(file, THERE))
    file.unlink()
    file.write_text(nonsense)
    times.pass_(1)
    assert clock() == THERE + timedelta(seconds=1)
    with pytest.raises(BadSetting, match="clock_file"):
        times.clock(file)


def test_the_product_has_the_time_of_the_file_until_it_is_real_again(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    file.write_text(json.dumps({"at": THERE.isoformat(), "set": datetime.now(UTC).isoformat()}))
    follow_clock_file(str(file))
    assert timedelta() <= now() - THERE < timedelta(seconds=5)
    follow_clock_file(None)
    assert abs(now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_it_is_for_loopback_only(tmp_path: Path) -> None:
    file = said(tmp_path / "clock.json", THERE)
    with pytest.raises(BadSetting, match="loopback"):
        build(Settings(host="0.0.0.0", clock_file=str(file)))  # noqa: S104 - it is not bound


def test_it_is_a_setting_of_the_environment() -> None:
    assert Settings.load({"LINKWRIGHT_CLOCK_FILE": "clock.json"}).clock_file == "clock.json"
