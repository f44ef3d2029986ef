"""What a contract says, without its prose: a table of facts, made from Swagger 2.0 or OpenAPI 3.0.

A table maps each place (an operation such as `GET /serviceOrder`, or a schema such as `Note`) to its facts, all short
texts: `"query limit": "integer minimum=1"`, `"201 application/json": "ServiceOrder"`, `"text": "string required"`.

    python -m tests.contract.facts ../shared/published tests/contract/tables

writes the tables again: those of the served contracts in full, those of the outward contracts cut down to the places
that our own file has.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Document = Mapping[str, Any]
Facts = dict[str, str]
Table = dict[str, Facts]

REPOSITORY = Path(__file__).resolve().parents[2]
OPENAPI = REPOSITORY / "openapi"
OUTWARD = OPENAPI / "outward"
TABLES = Path(__file__).parent / "tables"
PUBLISHED = REPOSITORY.parent / "shared" / "published"

SERVED = {
    "tmf641-v4.1.0": "TMF641-ServiceOrdering-v4.1.0.swagger.json",
    "tmf645-v4.0.1": "TMF645-ServiceQualification-v4.0.1.swagger.json",
}
LICENSED = {
    "tmf633-v4.0.0": "TMF633-ServiceCatalog-v4.0.0.swagger.json",
    "tmf638-v4.0.0": "TMF638-ServiceInventory-v4.0.0.swagger.json",
    "tmf639-v4.0.0": "TMF639-ResourceInventory-v4.0.0.swagger.json",
    "tmf640-v4.0.0": "TMF640-ServiceActivation-v4.0.0.swagger.json",
    "tmf652-v4.0.0": "TMF652-ResourceOrder-v4.0.0.swagger.json",
    "tmf657-v4.0.0": "TMF657-ServiceQuality-v4.0.0.swagger.json",
    "tmf674-v4.0.0": "TMF674-GeographicSite-v4.0.0.swagger.json",
}
UNLICENSED = {  # no table may be derived from these; they are compared where the published file lies beside us
    "tmf673-v4.1.0": "TMF673-GeographicAddress-v4.1.0.swagger.json",
    "tmf685-v4.0.0": "TMF685-ResourcePool-v4.0.0.swagger.json",
}

API = "(api)"
SCHEMA = "(schema)"
PROSE = frozenset({"title", "description", "summary", "example", "examples", "externalDocs"})
STRUCTURE = frozenset({"$ref", "type", "properties", "required", "items", "allOf"})
METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
DEFAULT_MEDIA_TYPE = ("application/json",)


def read_document(file: Path) -> Document:
    """A contract as it lies on disk, YAML or JSON."""
    text = file.read_text(encoding="utf-8")
    document: Document = json.loads(text) if file.suffix == ".json" else yaml.load(text, Loader=yaml.CSafeLoader)
    return document


# A document → its table


def facts_of(document: Document) -> Table:
    """The table of a whole document. A trailing slash of the base path and parameters of media types do not count."""
    is_swagger = "swagger" in document
    base_path = document["basePath"] if is_swagger else document["servers"][0]["url"]
    table = {API: {"base path": base_path.rstrip("/") or "/"} | dict(_security(document))}
    responses_of = _swagger_responses if is_swagger else _openapi_responses
    inputs_of = _swagger_inputs if is_swagger else _openapi_inputs
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            operation = item[method]
            parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
            table[f"{method.upper()} {path}"] = {
                "operationId": operation["operationId"],
                **dict(inputs_of(document, parameters, operation)),
                **dict(responses_of(document, operation)),
            }
    schemas = _schemas(document)
    return table | {name: _schema_facts(schema, schemas) for name, schema in schemas.items()}


def _schemas(document: Document) -> Mapping[str, Document]:
    schemas: Mapping[str, Document] = document.get("definitions") or document.get("components", {}).get("schemas", {})
    return schemas


def _security(document: Document) -> Iterator[tuple[str, str]]:
    schemes = document.get("securityDefinitions") or document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        words = [str(scheme[key]) for key in ("type", "scheme", "in", "name") if key in scheme]
        yield f"security {name}", " ".join(words)


def _followed(document: Document, node: Document) -> Document:
    """The parameter, header, response or body that `node` is, or refers to."""
    while "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def _swagger_inputs(document: Document, parameters: list[Document], operation: Document) -> Iterator[tuple[str, str]]:
    for parameter in (_followed(document, given) for given in parameters):
        must = " required" if parameter.get("required") else ""
        if parameter["in"] == "body":
            for media_type in _media_types(document, operation, "consumes"):
                yield f"body {media_type}", _described(parameter["schema"]) + must
        else:
            bare = {key: value for key, value in parameter.items() if key not in {"name", "in", "required"}}
            yield f"{parameter['in']} {parameter['name']}", _described(bare) + must


def _openapi_inputs(document: Document, parameters: list[Document], operation: Document) -> Iterator[tuple[str, str]]:
    for parameter in (_followed(document, given) for given in parameters):
        must = " required" if parameter.get("required") else ""
        yield f"{parameter['in']} {parameter['name']}", _described(parameter["schema"]) + must
    body = _followed(document, operation.get("requestBody", {}))
    must = " required" if body.get("required") else ""
    for media_type, content in body.get("content", {}).items():
        yield f"body {media_type}", _described(content["schema"]) + must


def _swagger_responses(document: Document, operation: Document) -> Iterator[tuple[str, str]]:
    for status, given in operation["responses"].items():
        response = _followed(document, given)
        if "schema" not in response:
            yield status, "no content"
            continue
        for media_type in _media_types(document, operation, "produces"):
            yield f"{status} {media_type}", _described(response["schema"])
        for name, header in response.get("headers", {}).items():
            yield f"{status} header {name}", _described(header)


def _openapi_responses(document: Document, operation: Document) -> Iterator[tuple[str, str]]:
    for status, given in operation["responses"].items():
        response = _followed(document, given)
        if not response.get("content"):
            yield status, "no content"
        for media_type, content in response.get("content", {}).items():
            yield f"{status} {media_type}", _described(content["schema"])
        for name, header in response.get("headers", {}).items():
            yield f"{status} header {name}", _described(_followed(document, header)["schema"])
        for name, given_link in response.get("links", {}).items():
            link = _followed(document, given_link)
            where = json.dumps([link.get("parameters"), link.get("requestBody")], sort_keys=True)
            yield f"{status} link {name}", f"{link['operationId']} {where}"


def _media_types(document: Document, operation: Document, direction: str) -> set[str]:
    declared = operation.get(direction) or document.get(direction) or DEFAULT_MEDIA_TYPE
    return {media_type.partition(";")[0].strip() for media_type in declared}


def _schema_facts(schema: Document, schemas: Mapping[str, Document]) -> Facts:
    flat = _flattened(schema, schemas)
    facts = {SCHEMA: _described({key: value for key, value in flat.items() if key not in {"properties", "required"}})}
    required = flat.get("required", [])
    for name, attribute in flat.get("properties", {}).items():
        facts[name] = _described(attribute) + (" required" if name in required else "")
    return facts | {name: "undeclared required" for name in required if name not in facts}


def _flattened(schema: Document, schemas: Mapping[str, Document]) -> dict[str, Any]:
    """The schema with what it inherits through allOf written into it, so that both ways of writing it are equal."""
    flat: dict[str, Any] = {}
    for part in schema.get("allOf", []):
        parent = schemas[_name(part)] if "$ref" in part else part
        _merge(flat, _flattened(parent, schemas))
    _merge(flat, {key: value for key, value in schema.items() if key != "allOf"})
    return flat


def _merge(flat: dict[str, Any], part: Document) -> None:
    properties = flat.get("properties", {}) | part.get("properties", {})
    required = [*flat.get("required", []), *part.get("required", [])]
    flat.update(part)
    flat.update({"properties": properties, "required": required})


def _described(schema: Document) -> str:
    """A schema in one line: its kind, then every other keyword that is not prose, in alphabetical order."""
    if "$ref" in schema:
        return _name(schema)
    words = [_kind(schema)]
    for key in sorted(schema.keys() - PROSE - STRUCTURE):
        words.append(f"{key}={_plain(schema[key])}")
    return " ".join(words)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "|".join(sorted(map(str, value))) if isinstance(value, list) else json.dumps(value, sort_keys=True)


def _kind(schema: Document) -> str:
    if "allOf" in schema:
        return " & ".join(_described(part) for part in schema["allOf"])
    kind = str(schema.get("type", "any"))
    if "items" in schema:
        return ("" if kind == "array" else f"{kind} ") + f"[{_described(schema['items'])}]"
    if "properties" in schema:
        inner = _schema_facts(schema, {})
        del inner[SCHEMA]
        written = ", ".join(f"{name}: {fact}" for name, fact in sorted(inner.items()))
        return ("" if kind == "object" else f"{kind} ") + "{" + written + "}"
    return kind


def _name(reference: Document) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


# Tables on disk


def as_text(table: Table) -> str:
    """Sorted JSON with one line for each place, so that a change shows where it is."""
    lines = (f"{json.dumps(place)}: {json.dumps(table[place], sort_keys=True)}" for place in sorted(table))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def cut_down(table: Table, ours: Table) -> Table:
    """The places of `table` that ours has too."""
    return {place: facts for place, facts in table.items() if place in ours}


def read_table(name: str) -> Table:
    table: Table = json.loads((TABLES / f"{name}.json").read_text(encoding="utf-8"))
    return table


def generated_tables(published: Path) -> dict[str, str]:
    """File name → text of every table that belongs to the contracts of this repository."""
    texts = {f"{name}.json": as_text(facts_of(read_document(published / file))) for name, file in SERVED.items()}
    for contract in outward_contracts():
        name = origin_of(contract)
        if name in LICENSED:
            whole = facts_of(read_document(published / LICENSED[name]))
            texts[f"{name}.json"] = as_text(cut_down(whole, facts_of(read_document(contract))))
    return texts


def outward_contracts() -> list[Path]:
    return sorted(OUTWARD.glob("*.yaml"))


def origin_of(contract: Path) -> str:
    """Name of the published file that a contract of ours follows, by the number that its file name begins with."""
    number = contract.name.partition("-")[0]
    (name,) = [name for name in (*SERVED, *LICENSED, *UNLICENSED) if name.startswith(f"{number}-")]
    return name


def main(published: str, tables: str) -> None:
    for name, text in generated_tables(Path(published)).items():
        (Path(tables) / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
