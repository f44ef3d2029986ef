"""Our served contracts say what the published files say, but for the departures that allowed.py explains."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from .allowed import SERVED, needless, unexplained
from .compare import Difference, differences, subset_differences
from .facts import (
    OPENAPI,
    TABLES,
    Document,
    facts_of,
    generated_tables,
    origin_of,
    read_document,
    read_table,
)

CONTRACTS = sorted(OPENAPI.rglob("*.yaml"))
SHORT_WORDS = 4


def departures(contract: str) -> list[Difference]:
    return differences(read_table(origin_of(OPENAPI / contract)), facts_of(read_document(OPENAPI / contract)))


@pytest.mark.parametrize("contract", SERVED)
def test_a_served_contract_equals_the_published_file_but_for_allowed_departures(contract: str) -> None:
    assert unexplained(departures(contract), SERVED[contract]) == []


@pytest.mark.parametrize("contract", SERVED)
def test_every_allowed_departure_is_still_there(contract: str) -> None:
    assert needless(departures(contract), SERVED[contract]) == []


def test_the_stored_tables_are_what_the_generator_makes_of_the_published_files(published: Path) -> None:
    stored = {file.name: file.read_text(encoding="utf-8") for file in TABLES.glob("*.json")}
    generated = generated_tables(published)
    stale = sorted(name for name in stored.keys() | generated.keys() if stored.get(name) != generated.get(name))
    assert stale == [], "run: python -m tests.contract.facts ../shared/published tests/contract/tables"


@pytest.mark.parametrize("contract", ["tmf641-v4.yaml", "tmf645-v4.yaml", "partner-events-v4.yaml"])
def test_a_contract_is_valid_openapi(contract: str) -> None:
    validate(read_document(OPENAPI / contract))


@pytest.mark.parametrize("contract", ["tmf641-v4.yaml", "tmf645-v4.yaml", "partner-events-v4.yaml"])
def test_every_schema_and_every_attribute_says_what_it_is_for(contract: str) -> None:
    schemas = read_document(OPENAPI / contract)["components"]["schemas"]
    assert [place for name, schema in schemas.items() for place in undescribed(name, schema)] == []


def undescribed(place: str, schema: Document) -> Iterator[str]:
    """A description beside a `$ref` counts: OpenAPI 3.0 tools pass over it, people who read the file do not."""
    if not schema.get("description"):
        yield place
    for name, attribute in schema.get("properties", {}).items():
        yield from undescribed(f"{place}.{name}", attribute)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda file: file.name)
def test_no_sentence_is_copied_from_a_published_file(contract: Path, published: Path) -> None:
    theirs = {each for file in published.glob("*.json") for each in sentences(read_document(file))}
    assert sorted(set(sentences(read_document(contract))) & theirs) == []


def sentences(node: Any) -> Iterator[str]:
    """Every description and summary of more than a few words, whole and sentence by sentence, in small letters."""
    if isinstance(node, list):
        for each in node:
            yield from sentences(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key in {"description", "summary"} and isinstance(value, str):
                parts = [value, *re.split(r"(?<=[.!?;])\s", value)]
                words = [part.casefold().rstrip(" .").split() for part in parts]
                yield from (" ".join(each) for each in words if len(each) > SHORT_WORDS)
            else:
                yield from sentences(value)


def test_copied_sentences_are_found_whatever_their_case_and_spacing() -> None:
    theirs = {"paths": {"description": "First. Shows all of the open\n orders.", "summary": "Find an order"}}
    ours = [{"description": "shows ALL of the open orders"}, {"description": "Find an order"}]
    assert set(sentences(theirs)) & set(sentences(ours)) == {"shows all of the open orders"}


# The comparison itself


def drop_an_attribute(document: Any) -> None:
    del document["components"]["schemas"]["Error"]["properties"]["status"]


def change_an_enumeration(document: Any) -> None:
    document["components"]["schemas"]["TaskStateType"]["enum"].append("acknowledged")


def require_an_attribute(document: Any) -> None:
    document["components"]["schemas"]["EventSubscriptionInput"]["required"].append("query")


def loosen_a_list(document: Any) -> None:
    del document["components"]["schemas"]["Feature"]["properties"]["featureCharacteristic"]["minItems"]


def answer_one_instead_of_a_list(document: Any) -> None:
    content = document["paths"]["/serviceOrder"]["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"] = {"$ref": "#/components/schemas/ServiceOrder"}


def rename_an_operation(document: Any) -> None:
    document["paths"]["/hub"]["post"]["operationId"] = "subscribe"


def forget_an_error(document: Any) -> None:
    del document["paths"]["/serviceOrder/{id}"]["delete"]["responses"]["409"]


def reword_a_description(document: Any) -> None:
    document["components"]["schemas"]["Error"]["properties"]["status"]["description"] = "Another wording."


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        (drop_an_attribute, ["- Error status: string"]),
        (
            change_an_enumeration,
            [
                "~ TaskStateType (schema): string enum=accepted|done|inProgress|terminatedWithError"
                " -> string enum=accepted|acknowledged|done|inProgress|terminatedWithError"
            ],
        ),
        (require_an_attribute, ["~ EventSubscriptionInput query: string -> string required"]),
        (
            loosen_a_list,
            ["~ Feature featureCharacteristic: [Characteristic] minItems=1 required -> [Characteristic]"],
        ),
        (answer_one_instead_of_a_list, ["~ GET /serviceOrder 200 application/json: [ServiceOrder] -> ServiceOrder"]),
        (rename_an_operation, ["~ POST /hub operationId: registerListener -> subscribe"]),
        (forget_an_error, ["- DELETE /serviceOrder/{id} 409 application/json: Error"]),
        (reword_a_description, []),
    ],
)
def test_a_change_of_our_contract_is_reported_and_nothing_else(
    change: Callable[[Any], None], reported: list[str]
) -> None:
    changed = deepcopy(dict(read_document(OPENAPI / "tmf641-v4.yaml")))
    change(changed)
    found = differences(read_table("tmf641-v4.1.0"), facts_of(changed))
    assert unexplained(found, SERVED["tmf641-v4.yaml"]) == reported


def test_a_subset_may_leave_out_whatever_is_not_required() -> None:
    whole = {"Note": {"text": "string required", "author": "string"}, "Place": {"id": "string"}}
    assert subset_differences(whole, {"Note": {"text": "string required"}}) == []


def test_a_subset_may_neither_add_nor_restate_nor_leave_out_what_is_required() -> None:
    whole = {"Note": {"text": "string required", "author": "string"}}
    ours = {"Note": {"author": "integer", "mood": "string"}, "Mood": {"name": "string"}}
    assert [str(each) for each in subset_differences(whole, ours)] == [
        "+ Mood name: string",
        "+ Note mood: string",
        "- Note text: string required",
        "~ Note author: string -> integer",
    ]


def test_inheritance_by_all_of_and_written_out_attributes_are_the_same_facts() -> None:
    text = {"type": "string"}
    base = {"type": "object", "required": ["id"], "properties": {"id": text}}
    written_out = {"type": "object", "required": ["id"], "properties": {"id": text, "name": text}}
    inherited = {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {"name": text}}]}
    assert facts_of(a_contract(Base=base, Site=inherited)) == facts_of(a_contract(Base=base, Site=written_out))


def a_contract(**schemas: Document) -> Document:
    return {"openapi": "3.0.3", "servers": [{"url": "/"}], "paths": {}, "components": {"schemas": schemas}}
