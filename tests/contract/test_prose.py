"""The words of our contracts are our own, and nothing is left without a word."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .facts import METHODS, OPENAPI, TABLES, Document, read_document

OURS = sorted(OPENAPI.glob("*.yaml"))
ALL = sorted(OPENAPI.rglob("*.yaml"))
LONG = 5
each_of_ours = pytest.mark.parametrize("contract", OURS, ids=lambda file: file.name)


@each_of_ours
def test_every_schema_and_every_attribute_says_what_it_is_for(contract: Path) -> None:
    schemas = read_document(contract)["components"]["schemas"]
    assert [place for name, schema in schemas.items() for place in undescribed(name, schema)] == []


def undescribed(place: str, schema: Document) -> Iterator[str]:
    """A description beside a `$ref` counts: OpenAPI 3.0 tools pass over it, people who read the file do not."""
    if not schema.get("description"):
        yield place
    for name, attribute in schema.get("properties", {}).items():
        yield from undescribed(f"{place}.{name}", attribute)


@each_of_ours
def test_every_operation_with_its_inputs_and_answers_says_what_it_is_for(contract: Path) -> None:
    document = read_document(contract)
    operations = [
        (f"{method} {path}", item[method])
        for path, item in document["paths"].items()
        for method in METHODS & item.keys()
    ]
    unsaid = [place for place, operation in operations if not operation.get("summary")]
    for place, operation in operations:
        parts = [*operation.get("parameters", []), *operation["responses"].values()]
        unsaid += [place for part in parts if "$ref" not in part and not part.get("description")]
    for kind in ("parameters", "headers", "responses", "securitySchemes"):
        shared = document["components"].get(kind, {})
        unsaid += [f"{kind} {name}" for name, part in shared.items() if not part.get("description")]
    assert unsaid == []


@pytest.mark.parametrize("contract", ALL, ids=lambda file: file.name)
def test_no_sentence_is_copied_from_a_published_file(contract: Path, published: Path) -> None:
    theirs = {each for file in published.glob("*.json") for each in sentences(read_document(file))}
    assert sorted(set(sentences(read_document(contract))) & theirs) == []


@pytest.mark.parametrize("table", sorted(TABLES.glob("*.json")), ids=lambda file: file.name)
def test_no_sentence_of_a_published_file_stands_in_a_table(table: Path, published: Path) -> None:
    theirs = {each for file in published.glob("*.json") for each in sentences(read_document(file))}
    words = f" {plain(table.read_text(encoding='utf-8'))} "
    assert [sentence for sentence in theirs if f" {sentence} " in words] == []


def sentences(node: Any) -> Iterator[str]:
    """Every text for people of five words or more, whole and sentence by sentence, as plain words."""
    if isinstance(node, list):
        for each in node:
            yield from sentences(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in {"title", "description", "summary"} and isinstance(value, str):
                parts = [value, *re.split(r"(?<=[.!?;:])\s", value)]
                yield from (words for part in parts if len((words := plain(part)).split()) >= LONG)
            else:
                yield from sentences(value)


def plain(text: str) -> str:
    """The words in small letters, without the signs around them."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def test_copied_sentences_are_found_whatever_their_case_signs_and_spacing() -> None:
    theirs = {"paths": {"description": "First. Shows all of the open\n orders.", "summary": "Find an order"}}
    ours = [{"description": "shows *ALL* of the `open` orders;"}, {"description": "Find an order"}]
    assert set(sentences(theirs)) & set(sentences(ours)) == {"shows all of the open orders"}


def test_an_attribute_or_operation_without_a_word_is_found() -> None:
    schema = {"description": "A note.", "properties": {"text": {"type": "string"}, "author": {"description": "Who."}}}
    assert list(undescribed("Note", schema)) == ["Note.text"]
