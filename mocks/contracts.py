"""The contracts of a mock: which operations there are, and what their bodies look like."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

METHODS = frozenset({"get", "put", "post", "patch", "delete"})
JSON_TYPE = "application/json"
MOST_ERRORS = 20


@dataclass(frozen=True, kw_only=True)
class Operation:
    """`path` is a template below the contract's base path."""

    contract: str
    base_path: str
    operation_id: str
    method: str
    path: str

    @property
    def path_parameters(self) -> list[str]:
        return re.findall(r"\{([^}]+)\}", self.path)

    def matches(self, path: str) -> bool:
        return re.fullmatch(_pattern(self.base_path + self.path), path) is not None


@cache
def _pattern(template: str) -> str:
    return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]+\})", template))


class Contract:
    """One OpenAPI file. Schemas are compiled when they are used for the first time."""

    def __init__(self, file: Path) -> None:
        self.name = file.name
        self.document: dict[str, Any] = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
        self.base_path: str = self.document["servers"][0]["url"].rstrip("/")
        self._raw = dict(self._operations())
        self._compiled: dict[tuple[str, str], jsonschema_rs.Validator | None] = {}

    @property
    def operations(self) -> list[Operation]:
        return [operation for operation, _ in self._raw.values()]

    def body_faults(self, operation_id: str, body: Any) -> str | None:
        """What is wrong with the body of a request, or None."""
        return self._faults((operation_id, "request"), body)

    def answer_faults(self, operation_id: str, status: int, body: Any) -> str | None:
        """What is wrong with the body of an answer, or None; an answer of an undeclared status has no schema."""
        return self._faults((operation_id, str(status)), body)

    def _operations(self) -> Iterator[tuple[str, tuple[Operation, Mapping[str, Any]]]]:
        for path, item in self.document["paths"].items():
            for method in METHODS & item.keys():
                operation = Operation(
                    contract=self.name,
                    base_path=self.base_path,
                    operation_id=item[method]["operationId"],
                    method=method.upper(),
                    path=path,
                )
                yield operation.operation_id, (operation, item[method])

    def _faults(self, key: tuple[str, str], body: Any) -> str | None:
        if key not in self._compiled:
            self._compiled[key] = self._compile(*key)
        validator = self._compiled[key]
        if validator is None or validator.is_valid(body):
            return None
        errors = [error for error, _ in zip(validator.iter_errors(body), range(MOST_ERRORS), strict=False)]
        return "; ".join(f"{'.'.join(map(str, error.instance_path)) or 'body'}: {error.message}" for error in errors)

    def _compile(self, operation_id: str, part: str) -> jsonschema_rs.Validator | None:
        raw = self._raw[operation_id][1]
        described = raw.get("requestBody", {}) if part == "request" else raw["responses"].get(part, {})
        content = self._followed(described).get("content", {})
        if JSON_TYPE not in content:
            return None
        whole = {"allOf": [content[JSON_TYPE]["schema"]], "components": self.document["components"]}
        # A relative or unusual address is legal in practice, also in the standard's own samples.
        return jsonschema_rs.Draft4Validator(whole, validate_formats=True, formats={"uri": lambda _: True})

    def _followed(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node
