"""Answers against the contracts: every one that the tests get is looked up there, errors too."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import jsonschema_rs
import orjson

from linkwright.api.contracts import SERVED, read_contract

contract = cache(read_contract)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request and its answer, whatever library made them."""

    method: str
    path: str
    selective: bool
    status: int
    content_type: str | None
    content: bytes


def conforming(response: httpx.Response) -> httpx.Response:
    """The response itself."""
    request = response.request
    check_exchange(
        Exchange(
            method=request.method,
            path=request.url.path,
            selective="fields" in request.url.params,
            status=response.status_code,
            content_type=response.headers.get("content-type"),
            content=response.content,
        )
    )
    return response


def check_exchange(seen: Exchange) -> None:
    """What is answered to a method or path that no contract has is not looked at.

    A selection of attributes may lack mandatory ones, so its body is not looked at either.
    """
    offered = next(filter(None, (contract(name).methods_at(seen.path) for name in SERVED)), {})
    operation = offered.get(seen.method)
    if operation is None:
        return
    name = next(name for name in SERVED if operation in [one for _, one in contract(name).operations()])
    declared = _resolved(name, operation["responses"].get(str(seen.status)))
    assert declared is not None, f"{seen.status} is not declared: {seen.content[:500]!r}"
    if "content" not in declared:
        assert (seen.content, seen.content_type) == (b"", None)
    elif not seen.selective:
        media_type = (seen.content_type or "").partition(";")[0]
        assert media_type in declared["content"]
        if media_type == "application/json":
            _validator(name, operation["operationId"], seen.status).validate(orjson.loads(seen.content))


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


def error(response: httpx.Response, status: int, *words: str, code: str | None = None) -> Any:
    """The TMF error of a response, all of it as it has to be; its code is the status where it has none of its own."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    body = valid("tmf641-v4", "Error", response.json())
    assert (body["status"], body["code"]) == (str(status), code or str(status))
    assert body["@type"] == "Error"
    assert body["reason"]
    for word in words:
        assert word in body["message"], body["message"]
    return body
