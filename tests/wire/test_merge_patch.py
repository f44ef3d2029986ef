"""Patches in their three media types, and what a patch has changed."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkwright.errors import InvalidRequest
from linkwright.wire.merge_patch import JSON_PATCH, MERGE_PATCH, PLAIN, apply_patch, changed_paths

Json = Any

BOTH = pytest.mark.parametrize("media_type", [PLAIN, MERGE_PATCH])


def an_order() -> Json:
    return {
        "description": "old",
        "serviceOrderItem": [
            {"id": "1", "action": "add", "service": {"name": "north", "note": [{"id": "n", "text": "a"}]}},
            {"id": "2", "action": "add", "service": {"name": "south"}},
        ],
        "note": [{"id": "n1", "text": "first"}, {"text": "without id"}],
        "relatedParty": [{"id": "p1"}, {"id": "p2"}],
    }


# The examples of RFC 7396, appendix A, that are objects on both sides


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({"a": "foo"}, {"a": {"b": "c"}}, {"a": {"b": "c"}}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": 1}, {}, {"a": 1}),
        ({"a": [None]}, {"a": [None, {"b": None}]}, {"a": [None, {"b": None}]}),
    ],
)
@BOTH
def test_a_merge_patch_changes_what_it_names_and_null_removes(
    media_type: str, before: Json, patch: Json, after: Json
) -> None:
    assert apply_patch(media_type, before, patch) == after


@pytest.mark.parametrize("name", ["serviceOrderItem", "note", "relatedParty"])
def test_under_merge_patch_a_list_replaces_a_list(name: str) -> None:
    assert apply_patch(MERGE_PATCH, an_order(), {name: [{"id": "9"}]})[name] == [{"id": "9"}]


def test_under_plain_json_one_item_is_changed_and_the_others_stay() -> None:
    after = apply_patch(
        PLAIN, an_order(), {"serviceOrderItem": [{"id": "2", "action": None, "service": {"name": "x"}}]}
    )
    assert after["serviceOrderItem"] == [an_order()["serviceOrderItem"][0], {"id": "2", "service": {"name": "x"}}]


def test_under_plain_json_an_unknown_id_and_none_at_all_are_added_at_the_end() -> None:
    after = apply_patch(
        PLAIN, an_order(), {"note": [{"text": "second"}, {"id": "n9", "text": "third", "author": None}]}
    )
    assert after["note"] == [*an_order()["note"], {"text": "second"}, {"id": "n9", "text": "third"}]


def test_an_element_without_id_that_is_sent_back_as_it_is_stays_the_only_one() -> None:
    twice = an_order() | {"note": [{"text": "a"}, {"id": "n1"}, {"text": "a"}]}
    for document in (an_order(), twice):
        assert apply_patch(PLAIN, document, deepcopy(document)) == document
    patch = {"note": [{"text": "without id"}, {"text": "without id"}, {"text": "new"}]}
    assert apply_patch(PLAIN, an_order(), patch)["note"][2:] == [{"text": "without id"}, {"text": "new"}]


def test_a_stored_element_whose_id_is_no_text_is_left_alone() -> None:
    own = {"ourOwn": {"note": [{"id": ["n1"]}, {"id": {}}, 5]}}
    after = apply_patch(PLAIN, own, {"ourOwn": {"note": [{"id": "n2"}]}})
    assert after["ourOwn"]["note"] == [{"id": ["n1"]}, {"id": {}}, 5, {"id": "n2"}]


def test_under_plain_json_notes_and_items_are_merged_by_id_at_every_depth() -> None:
    patch = {"serviceOrderItem": [{"id": "1", "service": {"note": [{"id": "n", "author": "me"}, {"id": "m"}]}}]}
    (first, _) = apply_patch(PLAIN, an_order(), patch)["serviceOrderItem"]
    assert first["service"] == {"name": "north", "note": [{"id": "n", "text": "a", "author": "me"}, {"id": "m"}]}


def test_under_plain_json_other_lists_are_replaced() -> None:
    assert apply_patch(PLAIN, an_order(), {"relatedParty": [{"id": "p2"}]})["relatedParty"] == [{"id": "p2"}]


@BOTH
def test_null_removes_a_whole_list(media_type: str) -> None:
    assert "note" not in apply_patch(media_type, an_order(), {"note": None})


def test_items_can_be_added_where_there_were_none() -> None:
    assert apply_patch(PLAIN, {}, {"note": [{"text": "first"}]}) == {"note": [{"text": "first"}]}
    assert apply_patch(PLAIN, {"note": None}, {"note": [{"id": "1"}]}) == {"note": [{"id": "1"}]}


@pytest.mark.parametrize("change", ["2", 2, None, ["2"]])
def test_an_element_that_is_merged_by_id_is_an_object(change: Json) -> None:
    with pytest.raises(InvalidRequest, match="object") as caught:
        apply_patch(PLAIN, an_order(), {"serviceOrderItem": [{"id": "1"}, change]})
    assert caught.value.attribute == "serviceOrderItem[1]"


def test_an_id_that_is_no_text_names_no_element() -> None:
    after = apply_patch(PLAIN, an_order(), {"note": [{"id": ["n1"], "text": "x"}]})
    assert after["note"][2:] == [{"id": ["n1"], "text": "x"}]


def test_operations_are_taken_under_json_patch() -> None:
    patch = [{"op": "remove", "path": "/serviceOrderItem/0"}]
    assert apply_patch(JSON_PATCH, an_order(), patch)["serviceOrderItem"] == an_order()["serviceOrderItem"][1:]


@pytest.mark.parametrize(
    "media_type", ["Application/Merge-Patch+JSON; charset=utf-8", " application/merge-patch+json "]
)
def test_a_media_type_counts_without_its_parameters_and_its_case(media_type: str) -> None:
    assert apply_patch(media_type, an_order(), {"note": [1]})["note"] == [1]


@pytest.mark.parametrize("media_type", ["text/json", "", "application/xml"])
def test_another_media_type_is_refused(media_type: str) -> None:
    with pytest.raises(InvalidRequest, match="patch"):
        apply_patch(media_type, an_order(), {})


@BOTH
@pytest.mark.parametrize("patch", [[], None, "x", 1, [{"op": "remove", "path": "/note"}]])
def test_a_patch_that_is_no_object_would_replace_the_whole_resource_and_is_refused(
    media_type: str, patch: Json
) -> None:
    with pytest.raises(InvalidRequest, match="object"):
        apply_patch(media_type, an_order(), patch)


@pytest.mark.parametrize(
    ("media_type", "patch"),
    [
        (PLAIN, {"serviceOrderItem": [{"id": "1", "service": {"name": None, "note": [{"id": "n", "text": "b"}]}}]}),
        (MERGE_PATCH, {"serviceOrderItem": None, "note": [{"id": "n1"}]}),
        (JSON_PATCH, [{"op": "replace", "path": "/serviceOrderItem/0/service/name", "value": "x"}]),
        (JSON_PATCH, [{"op": "move", "from": "/note/0", "path": "/note/-"}]),
    ],
)
def test_the_document_and_the_patch_that_are_given_stay_as_they_are(media_type: str, patch: Json) -> None:
    before, given_patch = an_order(), deepcopy(patch)
    assert apply_patch(media_type, before, patch) != before
    assert before == an_order()
    assert patch == given_patch


# changed_paths


def test_changed_attributes_are_named_by_dotted_paths_in_order() -> None:
    after = an_order() | {"description": "new", "category": "x", "ours": {"a": {"b": 2}, "c": 1}}
    del after["relatedParty"]
    before = an_order() | {"ours": {"a": {"b": 1}, "c": 1}}
    assert changed_paths(before, after) == ("category", "description", "ours.a.b", "relatedParty")


def test_a_list_counts_as_one_attribute() -> None:
    after = an_order()
    after["serviceOrderItem"][1]["service"]["name"] = "west"
    assert changed_paths(an_order(), after) == ("serviceOrderItem",)


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ({"a": 1}, {"a": True}, ("a",)),
        ({"a": 1}, {"a": 1.0}, ()),
        ({"a": None}, {}, ("a",)),
        ({"a": {}}, {"a": []}, ("a",)),
        ({"a": {"b": 1}}, {"a": 1}, ("a",)),
        ({}, {}, ()),
    ],
)
def test_values_are_compared_as_json(before: Json, after: Json, paths: tuple[str, ...]) -> None:
    assert changed_paths(before, after) == paths


SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2)
NAMES = st.sampled_from(["a", "b", "note", "id"])
VALUES: Any = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(OBJECTS, OBJECTS)
def test_a_merge_patch_that_is_applied_again_changes_nothing_more(before: Json, patch: Json) -> None:
    once = apply_patch(MERGE_PATCH, before, patch)
    assert changed_paths(once, apply_patch(MERGE_PATCH, once, patch)) == ()


@settings(max_examples=200, derandomize=True, deadline=None)
@given(OBJECTS, OBJECTS)
def test_what_a_patch_does_not_name_is_not_among_the_changes(before: Json, patch: Json) -> None:
    changed = changed_paths(before, apply_patch(MERGE_PATCH, before, patch))
    assert {path.partition(".")[0] for path in changed} <= patch.keys()


@settings(max_examples=200, derandomize=True, deadline=None)
@given(OBJECTS)
def test_the_empty_patch_changes_nothing(before: Json) -> None:
    for media_type, patch in ((PLAIN, {}), (MERGE_PATCH, {}), (JSON_PATCH, [])):
        assert changed_paths(before, apply_patch(media_type, before, patch)) == ()
