"""The query grammar: what a raw query string asks for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.errors import InvalidRequest
from linkwright.wire.filters import (
    DEFAULT_LIMIT,
    MOST,
    MOST_CONDITIONS,
    Condition,
    ListQuery,
    SortKey,
    parse_query,
)
from linkwright.wire.matching import matches

from .queries import ORDER, parsed


def test_an_attribute_whose_own_name_ends_like_an_operator_goes_first() -> None:
    query = parse_query("limits.lt=5", known={"limits.lt", "limits"}.__contains__)
    assert query.filter == ((Condition("limits.lt", "eq", "5"),),)


# What is refused


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ("colour=red", "colour"),
        ("state=held&colour.gt=1", "colour"),
        ("state=held;colour=red", "colour"),
        ("state.foo=1", "state.foo"),
        ("serviceOrderItem.colour=red", "serviceOrderItem.colour"),
        ("sort=-colour", "colour"),
    ],
)
def test_an_unknown_attribute_is_named(raw: str, named: str) -> None:
    known = {"state", "serviceOrderItem.id"}.__contains__
    with pytest.raises(InvalidRequest, match="There is no attribute") as caught:
        parse_query(raw, known=known)
    assert caught.value.attribute == named


def test_a_query_of_any_length_is_no_query() -> None:
    assert parsed(f"externalId={'x' * 60_000}").filter
    with pytest.raises(InvalidRequest, match="65536 characters"):
        parsed(f"externalId={'x' * 70_000}")


def test_a_long_list_is_sorted_by_few_attributes_and_by_each_once() -> None:
    assert parsed("sort=state,-state,state").sort == (SortKey("state", False),)
    with pytest.raises(InvalidRequest, match="10 attributes"):
        parsed("sort=" + ",".join(f"a{number}" for number in range(11)))


@pytest.mark.parametrize("raw", ["state", "%3E5", ";", "held;state=held"])
def test_what_is_no_filter_is_refused(raw: str) -> None:
    with pytest.raises(InvalidRequest, match="no filter"):
        parsed(raw)


def test_very_many_conditions_are_refused() -> None:
    values = ",".join(map(str, range(MOST_CONDITIONS)))
    assert len(parsed(f"id={values}").filter[0]) == MOST_CONDITIONS
    with pytest.raises(InvalidRequest, match=str(MOST_CONDITIONS)):
        parsed(f"id={values}&state=held")


# Paging, sort and fields


def test_without_a_query_everything_is_wanted_in_pages_of_the_usual_size() -> None:
    assert parsed("") == ListQuery(filter=(), fields=None, sort=(), offset=0, limit=DEFAULT_LIMIT)


def test_paging_is_read_and_a_page_has_an_upper_bound() -> None:
    assert (parsed("offset=20&limit=5").offset, parsed("offset=20&limit=5").limit) == (20, 5)
    assert (parsed('offset="20"').offset, parsed("limit=%205%20").limit) == (20, 5)
    assert parsed(f"limit={MOST + 1}").limit == MOST


@pytest.mark.parametrize("raw", ["offset=-1", "limit=0", "limit=-5", "limit=all", "offset=1.5", "offset=", "limit=²"])
def test_a_page_that_is_none_is_refused_by_name(raw: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parsed(raw)
    assert caught.value.attribute == raw.partition("=")[0]


def test_an_offset_of_thousands_of_digits_is_refused_and_not_counted() -> None:
    with pytest.raises(InvalidRequest, match="offset"):
        parsed(f"offset={'9' * 5000}")


def test_a_list_can_be_sorted_by_several_keys_each_in_its_own_direction() -> None:
    assert parsed("sort=-orderDate,%20state,+priority").sort == (
        SortKey("orderDate", descending=True),
        SortKey("state", descending=False),
        SortKey("priority", descending=False),
    )


def test_fields_may_be_nested_repeated_and_have_blanks_around_them() -> None:
    assert parsed("fields=state,%20note.text%20,state").fields == (("state",), ("note", "text"))
    assert parsed("fields=").fields is None


def test_fields_and_sorts_that_come_twice_are_joined() -> None:
    assert parsed("fields=state&limit=1&fields=note.text,state").fields == (("state",), ("note", "text"))
    assert parsed("sort=state&sort=-priority").sort == (SortKey("state", False), SortKey("priority", True))


def test_the_four_settings_are_no_filters() -> None:
    assert parsed("fields=state&sort=state&offset=1&limit=2").filter == ()


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(alphabet="ab=<>;,&\"%.+- 15'\\()[]*", max_size=30))
def test_whatever_is_sent_is_read_or_refused(raw: str) -> None:
    try:
        query = parsed(raw)
    except InvalidRequest:
        return
    matches(query.filter, ORDER)
    assert query.limit >= 1
