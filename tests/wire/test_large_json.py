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
