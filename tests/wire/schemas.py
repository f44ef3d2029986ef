"""What the published schemas and our contracts say to a body."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT.parent / "shared" / "published"


def assert_published(file: str, schema: str, body: Any) -> None:
    """The published Swagger definition holds, formats included; without the files the test is skipped."""
    path = PUBLISHED / f"{file}.swagger.json"
    if not path.is_file():
        pytest.skip("the published files do not lie in ../shared/published")
    _assert_valid(_published(path, schema), body)


def assert_contract(file: str, schema: str, body: Any) -> None:
    """Our own contract holds."""
    _assert_valid(_contract(ROOT / "openapi" / file, schema), body)


def _assert_valid(validator: Any, body: Any) -> None:
    said = [f"{'.'.join(map(str, e.instance_path))}: {e.message}" for e in validator.iter_errors(body)]
    assert said == []


@cache
def _published(path: Path, schema: str) -> Any:
    definitions = json.loads(path.read_text())["definitions"]
    root = {"$ref": f"#/definitions/{schema}", "definitions": definitions}
    return jsonschema_rs.Draft7Validator(root, validate_formats=True)


@cache
def _contract(path: Path, schema: str) -> Any:
    components = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)["components"]
    root = {"$ref": f"#/components/schemas/{schema}", "components": components}
    return jsonschema_rs.Draft7Validator(root, validate_formats=True)
