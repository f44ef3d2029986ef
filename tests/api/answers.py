"""Answers against the contracts: every one that the tests get is looked up there, errors too."""

from functools import cache
from typing import Any

import httpx
import jsonschema_rs

from linkwright.api.contracts import read_contract

NAMES = ("tmf641-v4", "tmf645-v4", "design-document-v1", "partner-events-v4")
contract = cache(read_contract)


def conforming(response: httpx.Response) -> httpx.Response:
    """The response itself. What is answered to a method or path that no contract has is not looked at.

    A selection of attributes may lack mandatory ones, so its body is not looked at either.
    """
    offered = next(filter(None, (contract(name).methods_at(response.request.url.path) for name in NAMES)), {})
    operation = offered.get(response.request.method)
    if operation is None:
        return response
    name = next(name for name in NAMES if operation in [one for _, one in contract(name).operations()])
    declared = _resolved(name, operation["responses"].get(str(response.status_code)))
    assert declared is not None, f"{response.status_code} is not declared: {response.text}"
    if "content" not in declared:
        assert response.content == b""
        assert "content-type" not in response.headers
    elif "fields" not in response.request.url.params:
        assert response.headers["content-type"] == "application/json"
        _validator(name, operation["operationId"], response.status_code).validate(response.json())
    return response


def _resolved(name: str, declared: Any) -> Any:
    reference = (declared or {}).get("$ref")
    return contract(name).document["components"]["responses"][reference.rsplit("/", 1)[-1]] if reference else declared


@cache
def _validator(name: str, operation_id: str, status: int) -> Any:
    (operation,) = (one for _, one in contract(name).operations() if one["operationId"] == operation_id)
    schema = _resolved(name, operation["responses"][str(status)])["content"]["application/json"]["schema"]
    return _compiled(name, schema)


def valid(name: str, schema: str, document: Any) -> Any:
    """The document itself."""
    _compiled(name, {"$ref": f"#/components/schemas/{schema}"}).validate(document)
    return document


def _compiled(name: str, schema: Any) -> Any:
    whole = {"allOf": [schema], "components": contract(name).document["components"]}
    return jsonschema_rs.Draft4Validator(whole, validate_formats=True, formats={"uri": lambda _: True})


def error(response: httpx.Response, status: int, *words: str) -> Any:
    """The TMF error of a response, all of it as it has to be."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    body = valid("tmf641-v4", "Error", response.json())
    assert body["status"] == body["code"] == str(status)
    assert body["@type"] == "Error"
    assert body["reason"]
    for word in words:
        assert word in body["message"], body["message"]
    return body
