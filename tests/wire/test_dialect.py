"""A partner's own words for ours, out and back."""

from typing import Any

import pytest

from linkwright.wire.v4.dialect import OFFERED, Dialect

OURS = {"down": 100, "up": 20, "unit": "Mbit/s"}


@pytest.mark.parametrize(
    ("bandwidth", "written"),
    [
        ("object", OURS),
        ("mbps", 100),
        ("kbps", 100_000),
        ("text", "100 Mbps"),
        ("quantity", {"amount": 100, "units": "Mbps"}),
    ],
)
def test_a_bandwidth_is_written_as_the_partner_reads_it(bandwidth: Any, written: Any) -> None:
    assert Dialect(bandwidth=bandwidth).said({"bandwidth": OURS, "jitterMaxMs": 5}) == {
        "bandwidth": written,
        "jitterMaxMs": 5,
    }


@pytest.mark.parametrize(("dates", "written"), [("date", "2027-03-01"), ("date-time", "2027-03-01T00:00:00.000Z")])
def test_a_day_is_written_as_the_partner_reads_it(dates: Any, written: str) -> None:
    assert Dialect(dates=dates).said({"neededBy": "2027-03-01"}) == {"neededBy": written}


def test_names_are_translated_out_and_back() -> None:
    dialect = Dialect(names={"bandwidth": "speed", OFFERED: "offeredSpeed"})
    assert dialect.said({"bandwidth": OURS, "latencyMaxMs": 30}) == {"speed": OURS, "latencyMaxMs": 30}
    assert dialect.heard({"offeredSpeed": 50, "offer.technology": "fibre"}) == {
        OFFERED: 50,
        "offer.technology": "fibre",
    }


def test_an_offer_in_kilobits_is_read_as_such() -> None:
    assert Dialect(bandwidth="kbps").heard({OFFERED: 50_000}) == {OFFERED: {"value": 50_000, "unit": "kbit/s"}}


def test_two_words_cannot_have_one_name() -> None:
    with pytest.raises(ValueError, match="names"):
        Dialect(names={"bandwidth": "speed", "latencyMaxMs": "speed"})
