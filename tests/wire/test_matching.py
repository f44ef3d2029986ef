"""Which documents a filter selects, and by what values are equal and ordered."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.errors import InvalidRequest
from linkwright.wire.matching import canonical, equality, has_numbers, instant, rank
from tests.contract.facts import OPENAPI, read_document

from .queries import parsed, selects

Json = Any


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


@pytest.mark.parametrize("path", ["externalId", "priority", "serviceOrderItem.service.id", "terminationError.value"])
@pytest.mark.parametrize(("wanted", "is_equal"), [("7", True), ("007", False), ("7.0", False), ("7e0", False)])
def test_a_text_that_reads_like_a_number_is_a_text(path: str, wanted: str, is_equal: bool) -> None:
    document: Json = "7"
    for name in reversed(path.split(".")):
        document = {name: document}
    assert selects(f"{path}={wanted}", document) is is_equal
    assert selects(f"{path}.eq={wanted}", document) is is_equal
    assert selects(f"{path}.gte={wanted}", document)


@pytest.mark.parametrize("value", [10, "10", 10.0, "10.0", {"down": "010"}])
def test_the_value_of_a_characteristic_may_be_a_number(value: Json) -> None:
    document = {"service": {"serviceCharacteristic": [{"name": "bandwidth", "value": value}]}}
    path = "service.serviceCharacteristic.value" + (".down" if isinstance(value, dict) else "")
    assert selects(f"{path}=10", document)
    assert selects(f"{path}=1e1", document)
    assert not selects(f"{path}=11", document)


def test_a_date_in_a_text_is_an_instant_whatever_its_offset() -> None:
    assert selects("externalId=2026-03-01T10:00:00Z", {"externalId": "2026-03-01T12:00:00%2B02:00".replace("%2B", "+")})


@pytest.mark.parametrize("contract", ["tmf641-v4.yaml", "tmf645-v4.yaml"])
def test_the_contracts_have_numbers_just_where_they_are_compared_as_numbers(contract: str) -> None:
    schemas = read_document(OPENAPI / contract)["components"]["schemas"]
    named = [(name, schema) for one in schemas.values() for name, schema in one.get("properties", {}).items()]
    for name, schema in named:
        kind = schema.get("items", schema)
        assert has_numbers(f"x.{name}") is (kind.get("type") in ("integer", "number")), name
        if kind.get("$ref", "").endswith("/Characteristic"):
            assert has_numbers(f"{name}.value"), name
            assert has_numbers(f"{name}.value.any"), name
        elif "$ref" in kind or kind.get("type") == "object":
            assert not has_numbers(f"{name}.value"), name


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


@settings(max_examples=200, derandomize=True, deadline=None)
@given(SCALARS)
def test_what_a_value_is_equal_by_is_equal_to_it(value: Json) -> None:
    for path in ("externalId", "quantity"):
        assert equality(path, equality(path, value)) == equality(path, value)
