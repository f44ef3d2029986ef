"""What is read and written in turns is what it would be at once."""

import json
from typing import Any

import orjson
import pytest

from linkwright.wire import large_json

DOCUMENTS: list[Any] = [
    {},
    {"a": 1, "b": [], "c": None, "d": True, "e": -1.5e-7, "f": {"g": []}},
    {"text": 'ü "quoted" \\ \n ]},{', "list": ["]", "}", ",", ":"], "deep": [[[1], []], {"x": [{}]}]},
    {"items": [{"id": str(n), "words": ["ä", n / 7, {"n": None}]} for n in range(500)], "after": "end"},
    [1, 2],
    "word",
]


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_a_document_is_the_same_in_turns(document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_json, "LARGE_BYTES", 0)
    written = large_json.dumps(document)
    assert written == orjson.dumps(document)
    assert large_json.loads(written) == document


@pytest.mark.parametrize("document", DOCUMENTS, ids=range(len(DOCUMENTS)))
def test_what_somebody_else_wrote_is_read_too(document: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_json, "LARGE_BYTES", 0)
    assert large_json.loads(json.dumps(document, indent=1).encode()) == document


@pytest.mark.parametrize("broken", [b"{", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,}', b'{"a":[1,]}', b'{"a" 1}', b"{} "])
def test_what_is_no_document_is_none_in_turns_either(broken: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_json, "LARGE_BYTES", 0)
    try:
        expected = orjson.loads(broken)
    except orjson.JSONDecodeError:
        with pytest.raises(orjson.JSONDecodeError):
            large_json.loads(broken)
    else:
        assert large_json.loads(broken) == expected


def test_members_that_nobody_wants_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_json, "LARGE_BYTES", 0)
    document = {"items": [{"text": '"]},{'}] * 3, "state": "done", "place": {"id": "1"}, "tags": ["a", {"b": []}]}
    assert large_json.loads(orjson.dumps(document), {"state", "tags", "other"}) == {
        "state": "done",
        "tags": ["a", {"b": []}],
    }


@pytest.mark.parametrize("levels", [large_json.DEEP - 1, large_json.DEEP, large_json.DEEP + 1, 90])
def test_what_is_nested_too_deep_to_be_read_in_turns_is_read(levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_json, "LARGE_BYTES", 0)
    written = b'{"a":%b1%b,"b":2}' % (b'[{"c":' * levels, b"}]" * levels)
    assert large_json.loads(written) == orjson.loads(written)


@pytest.mark.parametrize("items", [[], [1], [{"id": str(n)} for n in range(500)]], ids=len)
def test_a_list_that_is_made_while_it_is_written_is_written_like_any_other(items: list[Any]) -> None:
    made = large_json.Made(lambda: (item for item in items))
    for _ in range(2):
        assert large_json.dumps({"a": 1, "items": made, "b": [2]}) == orjson.dumps({"a": 1, "items": items, "b": [2]})
