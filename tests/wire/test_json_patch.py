"""RFC 6902: what each operation does, what is refused, and that nothing grows without end."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.errors import Conflict, InvalidRequest
from linkwright.wire.json_patch import MOST_COPIED, MOST_OPERATIONS, apply_json_patch

Json = Any


def op(name: str, path: str, **more: Json) -> Json:
    return {"op": name, "path": path, **more}


def moved(source: str, path: str) -> Json:
    return op("move", path, **{"from": source})


def copied(source: str, path: str) -> Json:
    return op("copy", path, **{"from": source})


# The examples of RFC 6902, appendix A, and what its text adds to them


@pytest.mark.parametrize(
    ("before", "operation", "after"),
    [
        ({"foo": "bar"}, op("add", "/baz", value="qux"), {"baz": "qux", "foo": "bar"}),
        ({"foo": ["bar", "baz"]}, op("add", "/foo/1", value="qux"), {"foo": ["bar", "qux", "baz"]}),
        ({"foo": ["bar"]}, op("add", "/foo/1", value="qux"), {"foo": ["bar", "qux"]}),
        ({"foo": ["bar"]}, op("add", "/foo/-", value=["abc"]), {"foo": ["bar", ["abc"]]}),
        ({"foo": "bar"}, op("add", "/foo", value=None), {"foo": None}),
        ({"foo": "bar"}, op("add", "/child", value={"a": {}}, xyz=123), {"foo": "bar", "child": {"a": {}}}),
        ({"foo": "bar"}, op("add", "", value=[1]), [1]),
        ({"foo": "bar", "baz": 1}, op("remove", "/baz"), {"foo": "bar"}),
        ({"foo": ["bar", "qux", "baz"]}, op("remove", "/foo/1"), {"foo": ["bar", "baz"]}),
        ({"baz": "qux"}, op("replace", "/baz", value={"a": 1}), {"baz": {"a": 1}}),
        ({"foo": [1, 2]}, op("replace", "/foo/1", value=3), {"foo": [1, 3]}),
        ({"foo": 1}, op("replace", "", value={"bar": 2}), {"bar": 2}),
        ({"foo": {"bar": 1}, "qux": {}}, moved("/foo/bar", "/qux/thud"), {"foo": {}, "qux": {"thud": 1}}),
        ({"foo": [1, 2, 3]}, moved("/foo/0", "/foo/2"), {"foo": [2, 3, 1]}),
        ({"foo": [1, 2, 3]}, moved("/foo/0", "/foo/-"), {"foo": [2, 3, 1]}),
        ({"foo": 1}, moved("/foo", "/foo"), {"foo": 1}),
        ({"foo": {"bar": 1}}, moved("/foo/bar", "/foo"), {"foo": 1}),
        ({"foo": [1]}, copied("/foo", "/bar"), {"foo": [1], "bar": [1]}),
        ({"foo": [1]}, copied("/foo/0", "/foo/0"), {"foo": [1, 1]}),
        ({"foo": {}}, copied("", "/foo/all"), {"foo": {"all": {"foo": {}}}}),
        ({"baz": "qux"}, op("test", "/baz", value="qux"), {"baz": "qux"}),
        ({"a": {"b": [1, None]}}, op("test", "", value={"a": {"b": [1.0, None]}}), {"a": {"b": [1, None]}}),
        ({"/": 9, "~1": 10}, op("test", "/~01", value=10), {"/": 9, "~1": 10}),
        ({"/": 9}, op("replace", "/~1", value=1), {"/": 1}),
        ({"": {"": 1}}, op("remove", "//"), {"": {}}),
        ({"a": {"1": 2}}, op("remove", "/a/1"), {"a": {}}),
    ],
)
def test_an_operation_does_what_the_standard_says(before: Json, operation: Json, after: Json) -> None:
    assert apply_json_patch(before, [operation]) == after


@pytest.mark.parametrize(
    "operation",
    [
        op("remove", "/none"),
        op("replace", "/none", value=1),
        op("remove", "/list/3"),
        op("remove", "/list/-"),
        op("replace", "/list/-", value=1),
        op("add", "/list/4", value=1),
        op("add", "/list/01", value=1),
        op("add", "/list/-1", value=1),
        op("add", "/list/1e0", value=1),
        op("add", "/list/²", value=1),
        op("add", "/list/" + "9" * 5000, value=1),
        op("add", "/none/deeper", value=1),
        op("add", "/text/deeper", value=1),
        op("add", "/text/0", value=1),
        op("remove", ""),
        op("test", "/none", value=1),
        op("add", "/a"),
        op("replace", "/text"),
        op("test", "/text"),
        op("add", "a", value=1),
        op("add", "/a~2", value=1),
        op("add", "/a~", value=1),
        op("add", 1, value=1),  # type: ignore[arg-type]
        {"op": "add", "value": 1},
        op("move", "/a"),
        op("copy", "/a", **{"from": 3}),
        moved("/none", "/a"),
        moved("/none", "/none"),
        copied("/none", "/a"),
        op("Add", "/a", value=1),
        op("append", "/a", value=1),
        {"path": "/a", "value": 1},
        {"op": ["add"], "path": "/a", "value": 1},
    ],
)
def test_an_operation_that_cannot_be_done_is_refused_by_its_position(operation: Json) -> None:
    before = {"list": [1, 2, 3], "text": "abc"}
    with pytest.raises(InvalidRequest) as caught:
        apply_json_patch(before, [op("test", "/text", value="abc"), operation])
    assert caught.value.attribute == "[1]"
    assert before == {"list": [1, 2, 3], "text": "abc"}


@pytest.mark.parametrize("patch", [{}, None, "[]", [1], [["add", "/a", 1]], {"op": "add"}])
def test_a_patch_is_a_list_of_operations(patch: Json) -> None:
    with pytest.raises(InvalidRequest, match="list of operations"):
        apply_json_patch({}, patch)


@pytest.mark.parametrize(
    ("there", "tested"), [("qux", "bar"), (1, True), (0, False), (1, "1"), ([1, 2], [2, 1]), ({"a": 1}, {}), (None, 0)]
)
def test_a_test_that_does_not_hold_is_a_conflict_and_nothing_is_changed(there: Json, tested: Json) -> None:
    before = {"baz": there}
    with pytest.raises(Conflict, match="/baz"):
        apply_json_patch(before, [op("add", "/new", value=1), op("test", "/baz", value=tested)])
    assert before == {"baz": there}


@pytest.mark.parametrize(("source", "target"), [("/a", "/a/b"), ("/a", "/a/b/c"), ("", "/a"), ("/list/0", "/list/0/x")])
def test_a_value_cannot_be_moved_into_itself(source: str, target: str) -> None:
    with pytest.raises(InvalidRequest, match="into itself"):
        apply_json_patch({"a": {"b": {}}, "list": [{}]}, [moved(source, target)])


def test_a_name_that_begins_alike_is_another_place() -> None:
    assert apply_json_patch({"a": 1, "ab": {}}, [moved("/a", "/ab/c")]) == {"ab": {"c": 1}}


def test_each_operation_sees_what_the_ones_before_it_made() -> None:
    patch = [op("add", "/a", value=[]), op("add", "/a/-", value=1), op("add", "/a/0", value=0), moved("/a/1", "/b")]
    assert apply_json_patch({}, patch) == {"a": [0], "b": 1}


def test_what_is_added_or_copied_is_not_changed_through_its_origin() -> None:
    value: Json = {"n": 1}
    patch = [
        op("add", "/a", value=value),
        copied("/a", "/b"),
        op("replace", "/b/n", value=2),
        op("add", "/a/m", value=3),
    ]
    assert apply_json_patch({}, patch) == {"a": {"n": 1, "m": 3}, "b": {"n": 2}}
    assert value == {"n": 1}


# Nothing grows without end


def test_a_patch_has_a_bounded_number_of_operations() -> None:
    patch = [op("add", "/a", value=1)] * MOST_OPERATIONS
    assert apply_json_patch({}, patch) == {"a": 1}
    with pytest.raises(InvalidRequest, match=str(MOST_OPERATIONS)):
        apply_json_patch({}, [*patch, op("remove", "/a")])


def test_copies_of_copies_come_to_an_end() -> None:
    doubled = [copied("", f"/a{number}") for number in range(64)]
    with pytest.raises(InvalidRequest, match="too large"):
        apply_json_patch({}, doubled)


@pytest.mark.parametrize("document", [{"a": "x" * 10_000}, {"a": {"x" * 10_000: 1}}, {"a": [0] * 10_000}])
def test_copies_count_their_text_and_names_too(document: Json) -> None:
    some = [copied("/a", f"/copy{number}") for number in range(MOST_COPIED // 10_000 - 1)]
    assert len(apply_json_patch(document, some)) == len(some) + 1
    with pytest.raises(InvalidRequest, match="too large"):
        apply_json_patch(document, [*some, copied("/a", "/more"), copied("/a", "/most")])


def test_what_is_copied_into_itself_does_not_become_endlessly_deep() -> None:
    with pytest.raises(InvalidRequest, match="too deep"):
        apply_json_patch({"a": {}}, [copied("/a", "/a/b")] * MOST_OPERATIONS)


# Any patch


POINTERS = st.lists(st.sampled_from(["a", "b", "0", "1", "-", ""]), max_size=3).map(
    lambda steps: "".join(f"/{step}" for step in steps)
)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", ""]), inner, max_size=2),
    max_leaves=6,
)
OPERATIONS = st.builds(
    lambda name, path, source, value: {"op": name, "path": path, "from": source, "value": value},
    st.sampled_from(["add", "remove", "replace", "move", "copy", "test"]),
    POINTERS,
    POINTERS,
    VALUES,
)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(VALUES, st.lists(OPERATIONS, max_size=4))
def test_any_patch_is_applied_or_refused_and_leaves_what_it_was_given_alone(before: Json, patch: Json) -> None:
    kept = deepcopy((before, patch))
    with suppress(InvalidRequest, Conflict):
        apply_json_patch(before, patch)
    assert repr((before, patch)) == repr(kept)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(VALUES, POINTERS, VALUES)
def test_what_was_added_stands_where_it_was_put(before: Json, path: str, value: Json) -> None:
    if path.endswith("-"):
        return
    try:
        after = apply_json_patch(before, [op("add", path, value=value)])
    except InvalidRequest:
        return
    assert apply_json_patch(after, [op("test", path, value=value)]) == after
