"""Regular expressions that others send: what is taken, what is refused, and why no text makes them slow."""

import re

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.errors import InvalidRequest
from linkwright.wire import patterns
from linkwright.wire.patterns import LOOKED_AT, MOST_LENGTH, compiled, found


@pytest.mark.parametrize(
    ("pattern", "value", "is_found"),
    [
        ("", "anything", True),
        ("held", "is held now", True),
        ("^held$", "is held now", False),
        ("^(held|pending)$", "pending", True),
        ("^(?:held|pending)$", "cancelled", False),
        (r"^\d{4}-\d\d-\d\d", "2026-03-01T00:00:00Z", True),
        (r"[A-Z]{2}-[0-9]+", "order DE-42", True),
        ("fib(re|er)?", "fib", True),
        ("colou?r", "color", True),
        ("a.c", "abc", True),
        (r"a\.c", "abc", False),
        ("(?i)HELD", "held", True),
        ("straße", "Hauptstraße 1", True),
        (r"\bhub\b", "hub-1", True),
    ],
)
def test_an_ordinary_expression_is_searched_for_anywhere_in_the_text(pattern: str, value: str, is_found: bool) -> None:
    assert found(pattern, value) is is_found


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", "(?P<x>a)(?P=x)", "(a)?(?(1)b|c)", "(?>a+)b"]
)
def test_what_can_only_be_matched_by_going_back_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidRequest, match="regular expression"):
        compiled(pattern)


@pytest.mark.parametrize("pattern", ["(", ")", "[", "a{2,1}", "*a", "\\", "[z-a]", r"\p{Nothing}", "(?z)a"])
def test_what_is_no_regular_expression_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidRequest, match="regular expression"):
        compiled(pattern)


@pytest.mark.parametrize("pattern", ["(((a{99}){99}){99}){99}", r"(\p{L}{99}){99}", "(.{500}){500}"])
def test_what_grows_too_large_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidRequest, match="regular expression"):
        compiled(pattern)


def test_a_long_expression_is_refused_unread() -> None:
    assert found("a" * MOST_LENGTH, "a" * MOST_LENGTH)
    with pytest.raises(InvalidRequest, match=str(MOST_LENGTH)):
        compiled("a" * (MOST_LENGTH + 1))


BACKTRACKING_NEVER_ENDS = [
    "(a+)+b",
    "(a*)*b",
    "(?:a*){10}b",
    "a?" * 80 + "b",
    "(a|a)" * 30 + "b",
    "(a|a){10}" * 15 + "b",
    "(a|aa)+b",
    "a{0,10}" * 20 + "b",
    "((a{0,9}){0,9}){0,9}b",
    "a*" * 60 + "b",
    "a*a*" + "a" * 180 + "b",
]


@pytest.mark.parametrize("pattern", BACKTRACKING_NEVER_ENDS)
def test_the_engine_goes_over_the_text_once_where_another_would_never_come_to_an_end(pattern: str) -> None:
    assert not found(pattern, "a" * LOOKED_AT)
    assert found(pattern, "a" * (LOOKED_AT - 1) + "b")


def test_every_expression_is_compiled_for_the_engine_that_never_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(patterns._LINEAR, jsonschema_rs.RegexOptions)
    used = []

    class Validator:
        def __init__(self, schema: object, *, pattern_options: object) -> None:
            used.append(pattern_options)

    monkeypatch.setattr(jsonschema_rs, "Draft202012Validator", Validator)
    compiled("only this test asks for this expression")
    assert used == [patterns._LINEAR]


def test_only_the_beginning_of_a_long_text_is_searched() -> None:
    assert found("b", "a" * (LOOKED_AT - 1) + "b")
    assert not found("b", "a" * LOOKED_AT + "b")


PIECES = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", "(ab)", "(a|bc)", "(?:c)"])
MARKS = st.sampled_from(["", "", "*", "+", "?", "{2}", "{0,2}", "*?"])
EXPRESSIONS = st.lists(st.tuples(PIECES, MARKS).map("".join), min_size=1, max_size=5).map("".join)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(EXPRESSIONS, st.text(alphabet="abc", max_size=8))
def test_what_is_taken_means_what_it_means_elsewhere(pattern: str, value: str) -> None:
    assert found(pattern, value) is (re.search(pattern, value) is not None)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(alphabet="ab()[]|*+?{}012,^$\\.-dwspPL:=!<&Ä\0", max_size=30), st.text(max_size=10))
def test_whatever_is_sent_is_searched_for_or_refused(pattern: str, value: str) -> None:
    try:
        found(pattern, value)
    except InvalidRequest:
        return
