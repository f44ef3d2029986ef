"""Values of characteristics: what is read as which quantity, and what is told where it is none."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.designs.sentences import DIVERSITY_WORD
from linkwright.wire import quantities
from linkwright.wire.quantities import (
    BACKUPS,
    DIVERSITIES,
    bandwidth_mbps,
    day,
    diversity,
    milliseconds,
    money_minor,
    names,
    number,
    one_of,
    probability,
    share_of_percent,
    whole,
    whole_from_1,
    write_bandwidth,
    write_diversity,
    write_money,
    write_percent,
    yes_or_no,
)

Json = Any


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (5, "5"),
        (0.1, "0.1"),
        ("0.1", "0.1"),
        (" 12.50 ", "12.50"),
        ("+5", "5"),
        ("-5", "-5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1.5e3", "1500"),
        (1e12, "1e12"),
        (Decimal("99.999"), "99.999"),
        (0, "0"),
        ("0.000", "0"),
    ],
)
def test_a_number_is_read_exactly_as_it_is_written(value: Json, read: str) -> None:
    assert number(value) == Decimal(read)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "five",
        "1,5",
        "1 000",
        "1_000",
        "٣",
        "0x10",
        "1e",
        "--1",
        "nan",
        float("nan"),
        "inf",
        float("-inf"),
        None,
        True,
        False,
        [],
        {},
        [1],
        b"1",
    ],
)
def test_what_is_no_number_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="a number is expected"):
        number(value)


@pytest.mark.parametrize("value", [1e13, "1e9999", "-1e13", 10**300, "1e-16", "1e-999", 5e-324, "1." + "0" * 30 + "1"])
def test_a_number_that_no_calculation_would_keep_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="sensible size"):
        number(value)


READERS = [number, bandwidth_mbps, probability, milliseconds, whole, whole_from_1, money_minor, day, names, yes_or_no]
JUNK: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=8)
    | st.from_regex(r"-?\d{1,3}[.,eE/]\d*"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["down", "up", "unit", "value", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("text", ["1" * 1_000_000 + "x", "." + "1" * 1_000_000 + "x", "1" * 1_000_000 + "e"])
def test_a_very_long_text_is_refused_without_trying_every_way_to_read_it(text: str) -> None:
    with pytest.raises(ValueError, match="a number is expected"):
        number(text)


@pytest.mark.parametrize("read", [*READERS, diversity], ids=lambda read: read.__name__)
@settings(max_examples=150, derandomize=True, deadline=None)
@given(value=JUNK)
def test_every_reader_reads_a_value_or_refuses_it_by_a_value_error(read: Any, value: Json) -> None:
    with suppress(ValueError):
        read(value)


@pytest.mark.parametrize(("value", "read"), [(30, 30.0), ("12.5", 12.5), (0.001, 0.001)])
def test_milliseconds_are_a_positive_number(value: Json, read: float) -> None:
    assert milliseconds(value) == read


@pytest.mark.parametrize("value", [0, "0", -1, "30 ms", None])
def test_milliseconds_that_are_none_are_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="expected"):
        milliseconds(value)


@pytest.mark.parametrize("value", [-0.01, "-1", 100.01, "100.1 %", "101%", "half", "%", None])
def test_a_share_outside_nothing_and_everything_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="expected"):
        probability(value)


def test_a_text_with_a_percent_sign_is_a_percentage_also_below_one() -> None:
    assert (probability("0.5%"), probability(0.5), probability("1 %")) == (0.005, 0.5, 0.01)


@pytest.mark.parametrize(("value", "read"), [(0, 0), ("36", 36), (36.0, 36), ("5.0", 5), ("1e2", 100)])
def test_a_whole_number_may_be_written_with_a_point(value: Json, read: int) -> None:
    found = whole(value)
    assert (found, type(found)) == (read, int)


@pytest.mark.parametrize("value", [-1, 0.5, "1.5"])
def test_a_part_of_one_is_no_whole_number(value: Json) -> None:
    with pytest.raises(ValueError, match="whole number"):
        whole(value)


def test_some_whole_numbers_begin_at_one() -> None:
    assert whole_from_1("1") == 1
    with pytest.raises(ValueError, match="from 1 on"):
        whole_from_1(0)


@pytest.mark.parametrize(
    ("value", "minor"),
    [(123.45, 12345), ("123.45", 12345), (0, 0), (0.1, 10), (19.99, 1999), (1e12, 10**14), ("1.10", 110)],
)
def test_money_is_exact_in_minor_units(value: Json, minor: int) -> None:
    assert money_minor({"unit": "EUR", "value": value}) == (minor, "EUR")


@pytest.mark.parametrize(
    "value",
    [None, 5, "5 EUR", {}, {"unit": "EUR"}, {"unit": "EUR", "value": None}, {"unit": None, "value": 5}, {"value": 5}]
    + [{"unit": "EUR", "value": value} for value in (-0.01, "0.001", "much", True, "1e-999", "1." + "0" * 30 + "1")],
)
def test_money_that_cannot_be_told_exactly_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="expected"):
        money_minor(value)


def test_money_is_written_in_its_currency() -> None:
    assert write_money(12345, "EUR") == {"unit": "EUR", "value": 123.45}
    assert write_money(-5, "CHF") == {"unit": "CHF", "value": -0.05}


@pytest.mark.parametrize(
    "value", ["2027-03-01", "2027-03-01T00:00:00Z", "2027-03-01T23:59:59.999-08:00", "2027-03-01T00:30:00+02:00"]
)
def test_a_day_is_the_one_that_is_written_whatever_its_offset(value: str) -> None:
    assert day(value) == date(2027, 3, 1)


@pytest.mark.parametrize("value", ["", "soon", "2027-02-30", "01.03.2027", 20270301, None, "9999-12-31T23:59-10:00"])
def test_a_day_that_is_none_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="2027-03-01"):
        day(value)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (["fibre", "5g"], ("fibre", "5g")),
        (["fibre", "fibre"], ("fibre",)),
        ("fibre", ("fibre",)),
        (" fibre , 5g,, fibre", ("fibre", "5g")),
        ("", ()),
        ([], ()),
    ],
)
def test_names_come_as_a_list_or_with_commas_and_each_once(value: Json, read: tuple[str, ...]) -> None:
    assert names(value) == read


@pytest.mark.parametrize("value", [None, 5, {"a": 1}, ["fibre", 5], ["fibre", ""], [["fibre"]], True])
def test_names_that_are_none_are_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="names"):
        names(value)


@pytest.mark.parametrize(("value", "read"), [(True, True), (False, False), ("true", True), ("False", False)])
def test_yes_or_no_may_come_as_a_text(value: Json, read: bool) -> None:
    assert yes_or_no(value) is read


@pytest.mark.parametrize("value", [1, 0, "yes", "", None, [], [True]])
def test_anything_else_is_neither_yes_nor_no(value: Json) -> None:
    with pytest.raises(ValueError, match="true or false"):
        yes_or_no(value)


def test_every_diversity_is_read_back_from_its_own_word() -> None:
    assert {kind: diversity(word) for kind, word in DIVERSITY_WORD.items()} == {kind: kind for kind in DIVERSITY_WORD}
    assert set(DIVERSITIES.values()) == DIVERSITY_WORD.keys()


def test_a_diversity_counts_without_its_case_and_the_blanks_around_it() -> None:
    assert diversity(" Duct ") == "srlg"


@pytest.mark.parametrize("value", ["full", "", None, True, [], ["duct", "full"], [None]])
def test_another_diversity_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="none, link, node, duct, entry, carrier and technology"):
        diversity(value)


@pytest.mark.parametrize("unit", sorted(quantities.MBPS_PER_UNIT))
def test_a_unit_of_bandwidth_counts_in_any_case(unit: str) -> None:
    assert bandwidth_mbps(f"2000 {unit.upper()}") == bandwidth_mbps({"down": 2000, "unit": f" {unit.title()} "})


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.integers(1, 10**9))
def test_a_bandwidth_comes_back_as_it_was_written(mbps: int) -> None:
    assert bandwidth_mbps(write_bandwidth(mbps)) == mbps


def test_a_diversity_of_several_words_is_written_as_a_list() -> None:
    assert write_diversity("carrier+srlg") == ["carrier", "duct"]
    assert diversity(write_diversity("carrier+srlg")) == "carrier+srlg"
    assert write_diversity("srlg") == "duct"


@pytest.mark.parametrize(("value", "share"), [(0.1, 0.001), ("0.1 %", 0.001), (100, 1.0), (0, 0.0)])
def test_a_percentage_becomes_a_share(value: Json, share: float) -> None:
    assert share_of_percent(value) == share
    assert share_of_percent(write_percent(share)) == share


@pytest.mark.parametrize("value", [-1, 101, "much", True])
def test_what_is_no_percentage_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="expected"):
        share_of_percent(value)


@pytest.mark.parametrize("value", ["pigeon", "", 7, None])
def test_a_word_that_is_not_among_those_expected_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match="none, any, mobile, satellite, fibre"):
        one_of(BACKUPS)(value)


@pytest.mark.parametrize(
    ("written", "mbps"),
    [
        ({"amount": 100, "units": "Mbps"}, 100),
        ({"amount": "1.5", "units": "Gbit/s"}, 1500),
        ({"amount": 100.2}, 101),
        ({"down": 100, "up": 20, "units": "Mbps"}, 100),
        ({"down": 20, "up": 100, "unit": "Mbit/s"}, 100),
        ("100 Mbit/s", 100),
        ("100Mbps", 100),
    ],
)
def test_a_bandwidth_is_read_however_it_is_written(written: Json, mbps: int) -> None:
    assert bandwidth_mbps(written) == mbps


@pytest.mark.parametrize(
    ("written", "down", "up"),
    [
        ({"amount": 100, "units": "Mbps"}, 100, 100),
        ({"down": 100, "up": 20, "unit": "Mbit/s"}, 100, 20),
        ({"down": 512, "unit": "kbit/s"}, 0.512, 0.512),
        ("1 Gbps", 1000, 1000),
        (50, 50, 50),
    ],
)
def test_the_same_bandwidth_has_one_form(written: Json, down: float, up: float) -> None:
    assert quantities.same_bandwidth(written) == {"down": down, "up": up, "unit": "Mbit/s"}


def test_what_is_offered_in_both_directions_is_rounded_down() -> None:
    assert quantities.offered_both_ways_mbps({"down": 100, "up": 20.9}) == (100, 20)
    assert quantities.offered_both_ways_mbps({"amount": 99_900, "units": "kbps"}) == (99, 99)


@pytest.mark.parametrize(
    "written", [{}, {"units": "Mbps"}, {"amount": 0, "units": "Mbps"}, {"amount": 1, "units": "m"}]
)
def test_what_is_no_bandwidth_is_refused(written: Json) -> None:
    with pytest.raises(ValueError, match=r"expected|not among"):
        bandwidth_mbps(written)
