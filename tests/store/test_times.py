from datetime import UTC, datetime, timedelta, timezone

import pytest

from linkwright.store.times import moment, stamp


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000000Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC), "2026-01-02T03:04:05.000678Z"),
        (datetime(2026, 1, 2, 1, 0, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T23:00:00.000000Z"),
    ],
)
def test_a_moment_is_stored_in_utc_to_the_microsecond(given: datetime, stored: str) -> None:
    assert stamp(given) == stored
    assert moment(stored) == given


def test_stored_moments_sort_by_time() -> None:
    start = datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    later = [start + timedelta(microseconds=n) for n in (1, 10, 1_000_000, 99_999_999)]

    assert sorted(map(stamp, [*reversed(later), start])) == [stamp(one) for one in [start, *later]]
