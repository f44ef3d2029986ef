"""Who shares with whom: known to all who live, whatever becomes of one of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import responses
import sqlalchemy as sa
from structlog.testing import capture_logs

from linkwright.engine import sharing
from linkwright.engine.sharing import SharedLock, Sharers, sharing_of
from linkwright.outbound.partners.share import LOOK_EVERY_S, Share
from linkwright.settings import Partner, Settings
from linkwright.wiring.outside import outside_of
from tests.journeys.cut_line import CutLine

FREE, BOUND = "http://93.184.215.14", "http://93.184.215.15"
HELD = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Watch:
    """A clock that a test moves."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def url(postgres_url: str) -> sa.URL:
    return sa.make_url(postgres_url)


@pytest.fixture
def two(url: sa.URL) -> Iterator[tuple[SharedLock, SharedLock]]:
    first, second = SharedLock(url), SharedLock(url)
    yield first, second
    first.leave()
    second.leave()


def seen_by(one: SharedLock) -> Sharers:
    found = one.look()
    assert found is not None
    return found


def test_two_that_live_see_each_other_in_the_same_order(two: tuple[SharedLock, SharedLock]) -> None:
    assert len(seen_by(two[0]).members) == 1
    second, first = seen_by(two[1]), seen_by(two[0])
    assert first.members == second.members
    assert {first.place, second.place} == {0, 1}
    assert 0 <= first.clock_s - second.clock_s < 60


def test_who_leaves_is_gone_and_does_not_come_back(two: tuple[SharedLock, SharedLock]) -> None:
    first, second = two
    assert len(seen_by(second).members) == 1
    assert len(seen_by(first).members) == 2
    first.leave()
    assert first.look() is None
    assert _soon_alone(second)


def test_who_has_lost_the_connection_is_told_that_nobody_knows_and_joins_again(
    two: tuple[SharedLock, SharedLock], url: sa.URL
) -> None:
    first, second = two
    before, _ = seen_by(first), seen_by(second)
    server = sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid, 60000)"), {"pid": before.members[before.place]})
    assert first.look() is None
    after = seen_by(first)
    assert len(after.members) == 2
    assert after.members != before.members


def test_two_instances_on_one_database_halve_what_a_partner_takes(two: tuple[SharedLock, SharedLock]) -> None:
    watch = Watch()
    first, second = (Share(5, 1.26, one.look, watch) for one in two)
    assert first.calls() == 5  # it is alone
    assert second.calls() == 0  # the first does not know of it yet
    watch.now_s += LOOK_EVERY_S
    assert (first.calls(), second.calls()) == (2, 0)
    watch.now_s += LOOK_EVERY_S
    assert (first.calls(), second.calls()) == (2, 2)
    two[1].leave()
    assert _soon_alone(two[0])
    watch.now_s += LOOK_EVERY_S
    assert first.calls() == 2
    watch.now_s += 2 * LOOK_EVERY_S
    assert first.calls() == 5


def test_an_instance_joins_the_others_with_its_first_call_to_a_partner_that_has_a_rate(postgres_url: str) -> None:
    partners = (Partner(name="free", url=FREE), Partner(name="bound", url=BOUND, max_per_s=5))
    outside = outside_of(Settings(database=postgres_url, partners=partners))
    other = SharedLock(sa.make_url(postgres_url))
    with responses.RequestsMock() as peer:
        peer.get(f"{FREE}/thing", json=[])
        peer.get(f"{BOUND}/thing", json=[])
        outside.partners["free"].get("thing")
        assert _members(postgres_url) == 0
        outside.partners["bound"].get("thing")
        assert _members(postgres_url) == 1
    assert len(seen_by(other).members) == 2
    outside.close()
    assert _soon_alone(other)
    other.leave()


def test_a_server_that_falls_silent_is_not_waited_for(url: sa.URL) -> None:
    with ThreadPoolExecutor(1) as threads, CutLine(url.render_as_string(hide_password=False)) as line:
        one = SharedLock(sa.make_url(line.url), hangs_up_after_s=0.1)
        assert seen_by(one)
        line.fall_silent()
        with capture_logs() as logs:
            assert threads.submit(one.look).result(30) is None
        assert [entry["log_level"] for entry in logs] == ["warning"]
        one.leave()


def test_whoever_does_not_get_the_lock_tries_again_anew(two: tuple[SharedLock, SharedLock], url: sa.URL) -> None:
    server = sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": sharing._KEY})
        assert two[0].look() is None
    assert any(two[0].look() is not None for _ in range(10_000))


def test_on_sqlite_nobody_shares() -> None:
    assert sharing_of("sqlite:///somewhere.db") is None
    assert isinstance(sharing_of("postgresql+psycopg://root@127.0.0.1:5432/any"), SharedLock)


def _members(url: str) -> int:
    """Seen by somebody who does not join."""
    server = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with server.connect() as connection:
        return int(connection.scalar(sa.text(HELD)) or 0)


def _soon_alone(one: SharedLock) -> bool:
    """The server takes a lock back once it has noticed the end of its connection."""
    return any(len(seen_by(one).members) == 1 for _ in range(10_000))
