"""Our served contracts say what the published files say, but for the departures that allowed.py explains."""

from pathlib import Path

import pytest
from openapi_spec_validator import validate

from .allowed import SERVED, needless, unexplained
from .compare import Difference, differences
from .facts import (
    LICENSED,
    OPENAPI,
    TABLES,
    UNLICENSED,
    facts_of,
    generated_tables,
    origin_of,
    outward_contracts,
    read_document,
    read_table,
)
from .facts import SERVED as PUBLISHED_SERVED

OURS = sorted(OPENAPI.glob("*.yaml"))


def departures(contract: str) -> list[Difference]:
    return differences(read_table(origin_of(OPENAPI / contract)), facts_of(read_document(OPENAPI / contract)))


@pytest.mark.parametrize("contract", SERVED)
def test_a_served_contract_equals_the_published_file_but_for_allowed_departures(contract: str) -> None:
    assert unexplained(departures(contract), SERVED[contract]) == []


@pytest.mark.parametrize("contract", SERVED)
def test_every_allowed_departure_is_still_there(contract: str) -> None:
    assert needless(departures(contract), SERVED[contract]) == []


@pytest.mark.parametrize("contract", SERVED)
def test_every_allowed_departure_has_a_reason(contract: str) -> None:
    assert [pattern for pattern, reason in SERVED[contract].items() if not reason.strip()] == []


def test_the_stored_tables_are_what_the_generator_makes_of_the_published_files(published: Path) -> None:
    stored = {file.name: file.read_text(encoding="utf-8") for file in TABLES.glob("*.json")}
    generated = generated_tables(published)
    stale = sorted(name for name in stored.keys() | generated.keys() if stored.get(name) != generated.get(name))
    assert stale == [], "run: python -m tests.contract.facts ../shared/published tests/contract/tables"


def test_there_is_a_table_for_each_contract_whose_origin_has_a_licence_and_for_no_other() -> None:
    followed = {origin_of(contract) for contract in outward_contracts()}
    stored = {file.stem for file in TABLES.iterdir()}
    assert stored == PUBLISHED_SERVED.keys() | (followed & LICENSED.keys())
    assert stored & UNLICENSED.keys() == set()


@pytest.mark.parametrize("contract", OURS, ids=lambda file: file.name)
def test_a_contract_is_valid_openapi_of_the_version_that_it_names(contract: Path) -> None:
    document = read_document(contract)
    validate(document)
    assert document["openapi"] == "3.0.3"
