"""Whatever our contracts of other systems say, the published files of those systems say too."""

from copy import deepcopy
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from .allowed import OUTWARD, needless, unexplained
from .compare import Difference, subset_differences
from .facts import (
    UNLICENSED,
    Table,
    facts_of,
    origin_of,
    outward_contracts,
    read_document,
    read_table,
)

CONTRACTS = outward_contracts()
each_contract = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda file: file.name)


@pytest.fixture
def origin(contract: Path, request: pytest.FixtureRequest) -> Table:
    """The table of the published file; without a licence none is stored, so it is made where the file is at hand."""
    name = origin_of(contract)
    if name in UNLICENSED:
        return facts_of(read_document(request.getfixturevalue("published") / UNLICENSED[name]))
    return read_table(name)


@pytest.fixture
def found(contract: Path, origin: Table) -> list[Difference]:
    return subset_differences(origin, facts_of(read_document(contract)))


@each_contract
def test_an_outward_contract_is_valid_openapi(contract: Path) -> None:
    validate(read_document(contract))


@each_contract
def test_an_outward_contract_says_nothing_that_the_published_file_does_not(
    contract: Path, found: list[Difference]
) -> None:
    assert unexplained(found, OUTWARD.get(contract.name, {})) == []


@each_contract
def test_every_allowed_departure_of_an_outward_contract_is_still_there(contract: Path, found: list[Difference]) -> None:
    assert needless(found, OUTWARD.get(contract.name, {})) == []


@each_contract
def test_what_is_invented_or_restated_in_an_outward_contract_is_reported(contract: Path, origin: Table) -> None:
    changed = deepcopy(dict(read_document(contract)))
    name, attributes = next(
        (name, schema["properties"])
        for name, schema in changed["components"]["schemas"].items()
        if schema.get("properties", {}).get("id", {}).get("type") == "string"
    )
    attributes["invented"] = {"type": "string"}
    attributes["id"] = {"type": "integer"}
    found = [str(each) for each in subset_differences(origin, facts_of(changed))]
    assert f"+ {name} invented: string" in found
    assert [each for each in found if each.startswith(f"~ {name} id: string")] != []


def test_departures_are_allowed_only_to_contracts_that_exist() -> None:
    assert OUTWARD.keys() - {contract.name for contract in CONTRACTS} == set()
