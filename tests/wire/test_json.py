"""Reading JSON that others wrote: complaints name the place, and moments keep their meaning."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.errors import InvalidRequest
from linkwright.wire.json import (
    a_list,
    an_object,
    day,
    day_of,
    flag,
    joined,
    moment,
    moment_of,
    objects,
    present,
    same,
    text,
    to_ms,
    write_day,
    write_moment,
)

Json = Any


def complaint(read: Callable[[], object]) -> tuple[str, str | None]:
    with pytest.raises(InvalidRequest) as caught:
        read()
    return str(caught.value), caught.value.attribute


# Shapes


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ([1], "a list"),
        ("x", "a string"),
        (1, "a number"),
        (1.5, "a number"),
        (True, "true or false"),
        (False, "true or"),
    ],
)
def test_what_is_no_object_is_told_as_what_it_is(value: Json, kind: str) -> None:
    said, where = complaint(lambda: an_object(value, "service"))
    assert said.startswith(f"an object is expected, {kind}")
    assert where == "service"


@pytest.mark.parametrize(("value", "kind"), [({}, "an object"), ("x", "a string"), (0, "a number")])
def test_what_is_no_list_is_told_as_what_it_is(value: Json, kind: str) -> None:
    assert complaint(lambda: a_list(value, "note")) == (f"a list is expected, {kind} is given", "note")


def test_what_is_missing_reads_as_empty() -> None:
    assert (an_object(None, ""), a_list(None, ""), list(objects({}, "note", ""))) == ({}, [], [])


def test_every_element_of_a_list_has_its_own_path() -> None:
    parent = {"note": [{"text": "a"}, {}]}
    assert list(objects(parent, "note", "")) == [("note[0]", {"text": "a"}), ("note[1]", {})]
    assert [path for path, _ in objects(parent, "note", "serviceOrderItem[3]")] == [
        "serviceOrderItem[3].note[0]",
        "serviceOrderItem[3].note[1]",
    ]
    assert complaint(lambda: list(objects({"note": [{}, 5]}, "note", "x")))[1] == "x.note[1]"
    assert complaint(lambda: list(objects({"note": {}}, "note", "x")))[1] == "x.note"


def test_a_path_grows_by_a_point_but_does_not_begin_with_one() -> None:
    assert (joined("", "id"), joined("a", "id")) == ("id", "a.id")


# Scalars


@pytest.mark.parametrize(("value", "read"), [("x", "x"), (" ", " "), ("", None), (None, None), (7, "7"), (1.5, "1.5")])
def test_an_empty_text_counts_as_missing_and_a_number_as_it_is_written(value: Json, read: str | None) -> None:
    assert text({"id": value}, "id") == read


@pytest.mark.parametrize("value", [True, False, [], {}, ["x"]])
def test_what_is_no_text_is_refused(value: Json) -> None:
    assert complaint(lambda: text({"id": value}, "id", "item[2]"))[1] == "item[2].id"


def test_a_flag_is_false_where_it_is_missing() -> None:
    given_as: list[Json] = [True, False, None]
    assert [flag({"a": value}, "a") for value in given_as] == [True, False, False]


@pytest.mark.parametrize("value", ["true", 1, 0, [], ""])
def test_a_flag_that_is_none_is_refused(value: Json) -> None:
    assert complaint(lambda: flag({"a": value}, "a", "item[2]"))[1] == "item[2].a"


def test_what_is_none_is_not_present() -> None:
    assert present(a=1, b=None, c=False, d="", e=[]) == {"a": 1, "c": False, "d": "", "e": []}


# Moments and days


@pytest.mark.parametrize(
    "written",
    [
        "2027-03-01T00:00:00Z",
        "2027-03-01T00:00:00.000Z",
        "2027-03-01T02:00:00+02:00",
        "2027-02-28T19:00:00-05:00",
        "2027-03-01T00:00:00",
        "2027-03-01",
    ],
)
def test_a_moment_is_in_utc_and_counts_as_utc_without_an_offset(written: str) -> None:
    assert moment({"at": written}, "at") == datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("written", ["soon", "2027-02-30", "2027-03-01T25:00Z", "0001-01-01T00:00+14:00", " ", "١٢"])
@pytest.mark.parametrize("read", [moment, day])
def test_a_moment_that_is_none_is_refused_with_an_example(read: Callable[..., object], written: str) -> None:
    said, where = complaint(lambda: read({"at": written}, "at", "item[0]"))
    assert "2027-03-01T00:00:00.000Z" in said
    assert where == "item[0].at"


def test_an_empty_or_missing_date_is_none() -> None:
    assert [moment({"at": value}, "at") for value in ("", None)] == [None, None]
    assert day({}, "at") is None


def test_a_day_is_the_one_of_the_offset_in_which_it_was_written() -> None:
    assert day({"at": "2027-03-01T00:30:00+02:00"}, "at") == date(2027, 3, 1)
    assert day_of("2027-03-01T23:30:00-08:00") == date(2027, 3, 1)


def test_a_moment_goes_out_in_utc_with_milliseconds() -> None:
    at = datetime(2027, 3, 1, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=2)))
    assert write_moment(at) == "2027-02-28T23:02:03.456Z"
    assert write_moment(datetime(2027, 3, 1, tzinfo=UTC)) == "2027-03-01T00:00:00.000Z"
    assert write_day(date(2027, 3, 1)) == "2027-03-01T00:00:00.000Z"


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES)  # noqa: DTZ001 the zone is drawn


@settings(max_examples=200, derandomize=True, deadline=None)
@given(MOMENTS)
def test_what_is_stored_to_the_millisecond_is_read_back_as_it_was(at: datetime) -> None:
    assert moment_of(write_moment(at)) == to_ms(at)
    assert day_of(write_day(at.date())) == at.date()


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text(max_size=20) | st.from_regex(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?(Z|\+\d\d:\d\d)?", fullmatch=True))
def test_any_text_is_a_moment_or_refused(written: str) -> None:
    with suppress(ValueError):
        assert moment_of(written).tzinfo is UTC


# same


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        (None, None, True),
        (None, False, False),
        (None, {}, False),
        ("1", 1, False),
        ([1, 2], [1, 2.0], True),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ([1], [True], False),
        ({"a": 1, "b": [True]}, {"b": [True], "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ({"a": [1]}, {"a": [True]}, False),
        ({}, [], False),
    ],
)
def test_values_are_the_same_as_json_says(one: Json, other: Json, equal: bool) -> None:
    assert same(one, other) is equal
    assert same(other, one) is equal
