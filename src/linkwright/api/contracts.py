"""Finds the contracts and reads them: the YAML in `openapi/` is what is served, nothing is declared in code."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_IN_WHEEL = Path(__file__).parent.parent / "contracts"
_IN_CHECKOUT = Path(__file__).parents[3] / "openapi"
SERVED = ("tmf641-v4", "tmf645-v4", "partner-events-v4", "design-document-v1")
METHODS = frozenset({"get", "put", "post", "delete", "patch"})


@dataclass(frozen=True, kw_only=True)
class Contract:
    """One OpenAPI 3 document, without the paths that describe what a subscriber offers."""

    name: str
    document: dict[str, Any]

    @property
    def base_path(self) -> str:
        return str(self.document["servers"][0]["url"]).rstrip("/")

    @property
    def area(self) -> str:
        """What the scopes of this API are called: `<area>:read` and `<area>:write`."""
        return str(self.document["x-scope-area"])

    def operations(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each with its method, in lower case."""
        for path in self.document["paths"].values():
            yield from ((method, operation) for method, operation in path.items() if method in METHODS)

    def parameters_of(self, operation: dict[str, Any]) -> list[dict[str, Any]]:
        """As they are written, or where they are only named, as they are described among the components."""
        described = self.document["components"].get("parameters", {})
        given = operation.get("parameters", ())
        return [described[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in given]

    def methods_at(self, path: str) -> dict[str, dict[str, Any]]:
        """What is offered at the path of a request: upper case method → operation."""
        if path.startswith(f"{self.base_path}/"):
            rest = path[len(self.base_path) :]
            for template, item in self.document["paths"].items():
                if _fits(template, rest):
                    return {method.upper(): operation for method, operation in item.items() if method in METHODS}
        return {}

    def for_routing(self) -> dict[str, Any]:
        """The document without the schemas of bodies and answers.

        connexion checks and inlines all of a document at start-up, which takes a quarter of a second for each of ours;
        bodies are checked by our own validators, so it needs no schema but those of parameters.
        """
        components = self.document["components"]
        return {
            **self.document,
            "paths": {path: _routed(item) for path, item in self.document["paths"].items()},
            "components": {part: components[part] for part in ("parameters", "securitySchemes") if part in components},
        }


def _routed(path_item: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {**_without_schemas(value), "responses": {"default": {"description": "See the contract."}}}
        if key in METHODS
        else value
        for key, value in path_item.items()
    }


def _without_schemas(operation: dict[str, Any]) -> dict[str, Any]:
    """A body without any schema would not be given to a validator at all."""
    if "requestBody" not in operation:
        return operation
    media_types = operation["requestBody"]["content"]
    content = {media_type: {"schema": {"description": "See the contract."}} for media_type in media_types}
    return {**operation, "requestBody": {**operation["requestBody"], "content": content}}


def _fits(template: str, path: str) -> bool:
    wanted, given = template.strip("/").split("/"), path.strip("/").split("/")
    return len(wanted) == len(given) and all(w.startswith("{") or w == g for w, g in zip(wanted, given, strict=True))


def read_contract(name: str) -> Contract:
    """Read `<name>.yaml`. The listener paths of TMF641 and TMF645 stay in the file but are not ours to serve."""
    folder = _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CHECKOUT
    with (folder / f"{name}.yaml").open("rb") as file:
        document = yaml.load(file, Loader=yaml.CSafeLoader)
    if name.startswith("tmf"):
        paths = document["paths"]
        document["paths"] = {path: item for path, item in paths.items() if not path.startswith("/listener/")}
    return Contract(name=name, document=document)
