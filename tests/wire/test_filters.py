"""The query grammar: what a raw query string asks for, and which documents that selects."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.errors import InvalidRequest
from linkwright.wire import filters
from linkwright.wire.filters import (
    DEFAULT_LIMIT,
    LONGEST_PATH,
    MOST,
    MOST_CONDITIONS,
    Condition,
    ListQuery,
    SortKey,
    canonical,
    instant,
    known_attributes,
    known_in_events,
    matches,
    parse_query,
    project,
    rank,
    wanted_events,
)
from tests.contract.facts import OPENAPI, read_document
from tests.counting import lines_run

Json = Any

ORDER: Json = {
    "id": "o-1",
    "href": "/serviceOrder/o-1",
    "@type": "ServiceOrder",
    "state": "held",
    "priority": "1",
    "description": "ring twice, then wait; thanks",
    "orderDate": "2026-03-01T10:00:00.000Z",
    "quantity": 12,
    "note": [{"id": "n1", "text": "first"}, {"id": "n2", "text": "second"}],
    "serviceOrderItem": [
        {"id": "1", "action": "add", "service": {"name": "north", "isBundle": True}},
        {"id": "2", "action": "delete", "service": {"name": "south", "place": [{"id": "p-7"}]}},
    ],
}


def anything(path: str) -> bool:
    """Every attribute, but no operator, is known."""
    return path.rpartition(".")[2] not in {"eq", "gt", "gte", "lt", "lte", "regex"}


def parsed(raw: str) -> ListQuery:
    return parse_query(raw, known=anything)


def selects(raw: str, document: Json = ORDER) -> bool:
    return matches(parsed(raw).filter, document)


# Which documents a filter selects


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "state=held",
        "state.eq=held",
        " state = held ".replace(" ", "%20"),
        "serviceOrderItem.service.name=south",
        "serviceOrderItem.service.place.id=p-7",
        "note.text=second",
        "serviceOrderItem.service.isBundle=true",
        "@type=ServiceOrder",
    ],
)
def test_equality_runs_through_objects_and_holds_for_any_element_of_a_list(raw: str) -> None:
    assert selects(raw)


@pytest.mark.parametrize(
    "raw", ["state=hel", "state=Held", "serviceOrderItem.service.name=west", "note=first", "absent=1", "description="]
)
def test_what_is_not_equal_is_not_selected(raw: str) -> None:
    assert not selects(raw)


@pytest.mark.parametrize(
    ("raw", "selected"),
    [
        ("quantity.gt=11", True),
        ("quantity.gt=12", False),
        ("quantity.gte=12", True),
        ("quantity.lt=12", False),
        ("quantity.lte=12.0", True),
        ("quantity%3E11", True),
        ("quantity%3E=12", True),
        ("quantity%3E%3D13", False),
        ("quantity%3C13", True),
        ("quantity%3C=11", False),
        ("quantity>11", True),
        ("orderDate%3E2026-01-01", True),
        ("orderDate.lt=2026-01-01", False),
    ],
)
def test_ranges_are_a_suffix_of_the_name_or_a_sign_encoded_or_not(raw: str, selected: bool) -> None:
    assert selects(raw) is selected


def test_a_range_takes_numbers_by_size_and_not_by_their_text() -> None:
    assert selects("quantity.gt=9")
    assert not selects("quantity.lt=9")


@pytest.mark.parametrize("raw", ["quantity.gt=abc", "quantity.lt=abc", "state.gt=5", "state.lte=5"])
def test_a_number_and_a_text_are_in_no_order(raw: str) -> None:
    assert not selects(raw)


@pytest.mark.parametrize(
    ("raw", "selected"),
    [
        ("state=held&priority=1", True),
        ("state=held&priority=2", False),
        ("orderDate.gte=2026-01-01&orderDate.lt=2027-01-01", True),
        ("orderDate.gte=2026-01-01&orderDate.lt=2026-02-01", False),
    ],
)
def test_parts_joined_by_an_ampersand_must_all_hold_two_ranges_of_one_name_too(raw: str, selected: bool) -> None:
    assert selects(raw) is selected


@pytest.mark.parametrize(
    "raw",
    [
        "state=completed,held",
        "state=completed%2Cheld",
        "state=completed;held",
        "state=completed;state=held",
        "state=completed%3Bstate%3Dheld",
        "state=completed;priority=1",
        "state=completed&state=held",
        "state=completed&state.eq=held",
        "orderDate.lt=2020-01-01;orderDate.gt=2026-01-01",
    ],
)
def test_commas_semicolons_and_a_repeated_name_say_or(raw: str) -> None:
    assert selects(raw)


def test_a_repeated_name_is_or_and_stays_and_with_the_others() -> None:
    assert not selects("state=completed&priority=2&state=held")
    assert selects("state=completed&priority=1&state=held")


@pytest.mark.parametrize(
    "raw",
    [
        'priority="1"',
        "priority=%221%22",
        'description="ring twice, then wait; thanks"',
        'description.eq="ring twice, then wait; thanks"',
        'state="a,b;c",held',
    ],
)
def test_one_pair_of_double_quotes_is_taken_off_and_protects_what_is_in_it(raw: str) -> None:
    assert selects(raw)


def test_an_encoded_ampersand_belongs_to_the_value() -> None:
    assert selects("name=Smith%20%26%20Sons", {"name": "Smith & Sons"})
    assert selects("name=Smith+%26+Sons", {"name": "Smith & Sons"})


def test_a_value_may_hold_signs_of_its_own() -> None:
    assert selects("externalId=a=b>c", {"externalId": "a=b>c"})


@pytest.mark.parametrize(
    "raw",
    [
        "orderDate=2026-03-01T10:00:00Z",
        "orderDate=2026-03-01T10:00:00.000Z",
        "orderDate=2026-03-01T12:00:00%2B02:00",
        "orderDate=2026-03-01T12:00:00+02:00",
        "orderDate=2026-03-01T12:00:00+0200",
        "orderDate.gte=2026-03-01T12:00:00+02:00",
        "orderDate=2020-01-01,2026-03-01T12:00:00+02:00",
        "orderDate=2026-03-01T05:00:00-05:00",
        "orderDate=2026-03-01T10:00",
    ],
)
def test_dates_are_instants_also_where_the_plus_of_the_offset_came_as_a_blank(raw: str) -> None:
    assert selects(raw)


def test_a_day_is_its_first_instant() -> None:
    assert selects("orderDate.gt=2026-03-01")
    assert not selects("orderDate=2026-03-01")


@pytest.mark.parametrize("value", ["12", "12.0", "1.2e1", "012", '"12"'])
def test_numbers_are_equal_however_they_are_written(value: str) -> None:
    assert selects(f"quantity={quote(value)}")


@pytest.mark.parametrize(
    ("raw", "selected"),
    [
        ("state.regex=^he", True),
        ("state.regex=^el", False),
        ("description.regex=wait,?", True),
        ("description.regex=wait,", False),
        ("description.regex=twice,.*wait", True),
        ('description.regex="wait; th"', True),
        ("serviceOrderItem.service.name.regex=%5E%28north%7Cwest%29%24", True),
        ("quantity.regex=1", False),
        ("state.regex=el;^held$", True),
    ],
)
def test_a_regular_expression_is_searched_for_in_texts(raw: str, selected: bool) -> None:
    assert selects(raw) is selected


def test_an_expression_that_is_not_taken_is_refused_with_the_name_of_the_attribute() -> None:
    with pytest.raises(InvalidRequest, match="regular expression") as caught:
        parsed("state.regex=(a)%5C1")
    assert caught.value.attribute == "state"


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


# project


def test_a_projection_always_keeps_what_identifies_the_resource() -> None:
    kept = project(ORDER, (("state",),))
    assert kept == {"id": "o-1", "href": "/serviceOrder/o-1", "@type": "ServiceOrder", "state": "held"}


def test_a_projection_goes_into_objects_and_lists() -> None:
    kept = project(ORDER, (("serviceOrderItem", "service", "name"), ("serviceOrderItem", "id")))
    assert kept["serviceOrderItem"] == [
        {"id": "1", "service": {"name": "north"}},
        {"id": "2", "service": {"name": "south"}},
    ]
    assert "note" not in kept


def test_whoever_asks_for_the_whole_and_a_part_of_it_gets_the_whole() -> None:
    assert project(ORDER, (("note", "text"), ("note",)))["note"] == ORDER["note"]


def test_many_fields_are_not_looked_through_for_each_element() -> None:
    order = {"serviceOrderItem": [{"id": str(number)} for number in range(500)]}
    wanted = [("serviceOrderItem", f"a{number}") for number in range(500)]

    assert project(order, [*wanted, ("serviceOrderItem", "id")]) == order
    assert lines_run(lambda: project(order, wanted), filters) < 20 * (500 + 500)


def test_without_fields_the_document_is_whole_and_an_unknown_field_selects_nothing() -> None:
    assert project(ORDER, None) is ORDER
    assert project(ORDER, (("none",),)).keys() == {"id", "href", "@type"}


# known_attributes


@pytest.fixture(scope="module")
def schemas() -> Json:
    return read_document(OPENAPI / "tmf641-v4.yaml")["components"]["schemas"]


@pytest.mark.parametrize(
    "path",
    [
        "state",
        "@type",
        "serviceOrderItem.state",
        "serviceOrderItem.service.serviceCharacteristic.name",
        "serviceOrderItem.serviceOrderItem.serviceOrderItem.id",
        "serviceOrderItem.service.supportingService.supportingService.serviceRelationship.service.name",
        "serviceOrderItem.service.serviceCharacteristic.value",
        "serviceOrderItem.service.serviceCharacteristic.value.down",
    ],
)
def test_paths_of_the_contract_exist_however_deep_its_types_recur(schemas: Json, path: str) -> None:
    assert known_attributes(schemas, "ServiceOrder")(path)


@pytest.mark.parametrize(
    "path", ["", "colour", "state.colour", "serviceOrderItem.colour", "serviceOrderItem.", "serviceOrderItem..id"]
)
def test_other_paths_do_not(schemas: Json, path: str) -> None:
    assert not known_attributes(schemas, "ServiceOrder")(path)


def test_below_an_attribute_of_any_type_operators_stay_operators(schemas: Json) -> None:
    path = "serviceOrderItem.service.serviceCharacteristic.value.down"
    query = parse_query(f"{path}.gte=5", known=known_attributes(schemas, "ServiceOrder"))
    assert query.filter == ((Condition(path, "gte", "5"),),)


@pytest.mark.parametrize("query", ["", "eventType=x", "event.serviceOrder.state=x&fieldPath.regex=^n", "eventId=sort"])
def test_a_listener_is_understood_as_his_events_are_filtered_later(schemas: Json, query: str) -> None:
    assert wanted_events(query, known=known_in_events(schemas)) == filters.event_filter(query)


@pytest.mark.parametrize(
    "query", ["event.serviceOrder.sate=x", "eventType.foo=1", "event=1&x=1", "x.gt=1", "fields.x=1"]
)
def test_a_listener_is_told_of_what_no_event_has(schemas: Json, query: str) -> None:
    with pytest.raises(InvalidRequest, match="There is no attribute"):
        wanted_events(query, known=known_in_events(schemas))


@pytest.mark.parametrize("name", ["fields", "sort", "offset", "limit"])
def test_a_listener_has_no_use_for_the_settings_of_lists(schemas: Json, name: str) -> None:
    with pytest.raises(InvalidRequest, match=f"'{name}' is for lists"):
        wanted_events(f"eventType=x&+{name} =1", known=known_in_events(schemas))


def test_a_path_without_end_is_not_followed(schemas: Json) -> None:
    path = "serviceOrderItem." * 5000 + "id"
    assert len(path) > LONGEST_PATH
    assert not known_attributes(schemas, "ServiceOrder")(path)


# canonical, rank, instant


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (False, "false"),
        (1, "1"),
        (1.0, "1"),
        ("1.50", "1.5"),
        ("1e3", "1000"),
        ("-0", "0"),
        (10**15, "1000000000000000"),
        (1e15, "1000000000000000"),
        (1e22, "1" + "0" * 22),
        ("12345678901234567890", "12345678901234567890"),
        ("0x10", "0x10"),
        ("١٢", "١٢"),
        ("2026-03-01", "2026-03-01T00:00:00.000000Z"),
        ("2026-03-01T01:00:00+02:00", "2026-02-28T23:00:00.000000Z"),
        ("2026-02-30", "2026-02-30"),
        ("0001-01-01T00:00:00+02:00", "0001-01-01T00:00:00+02:00"),
        ("acknowledged", "acknowledged"),
    ],
)
def test_equal_values_have_one_text(value: Json, text: str) -> None:
    assert canonical(value) == text


@pytest.mark.parametrize("text", ["", "20260301", "2026-W09-7", "2026-03-01T25:00", "today", "1"])
def test_what_is_no_date_is_no_instant(text: str) -> None:
    assert instant(text) is None


SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(SCALARS)
def test_the_text_of_a_value_is_its_own_text_and_orders_like_the_value(value: Json) -> None:
    assert canonical(canonical(value)) == canonical(value)
    assert type(rank(canonical(value))) is type(rank(value))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(st.text(max_size=12).filter(lambda text: '"' not in text))
def test_any_text_without_quotes_is_found_by_itself_once_it_is_quoted_and_encoded(text: str) -> None:
    assert selects(f"name={quote(chr(34) + text + chr(34))}", {"name": text})


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(alphabet="ab=<>;,&\"%.+- 15'\\()[]*", max_size=30))
def test_whatever_is_sent_is_read_or_refused(raw: str) -> None:
    try:
        query = parsed(raw)
    except InvalidRequest:
        return
    matches(query.filter, ORDER)
    assert query.limit >= 1
