"""A request and its answer as a mock's handlers see them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

Json = Any
Query = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request, its body already valid by the contract.

    Attributes:
        path: the parameters of the path, by name.
        query: all parameters of the query in their order, repeated names included.
        headers: names in lower case.
        base_url: scheme, host and port under which the caller found us, without a slash at the end.
        now: the time of the clock that the mocks share.
        contract: file name of the contract that the operation belongs to.
        base_path: that contract's base path, without a slash at the end.
    """

    path: Mapping[str, str]
    query: Query
    body: Json
    headers: Mapping[str, str]
    base_url: str
    now: datetime
    contract: str
    base_path: str

    def href(self, collection: str, resource_id: str) -> str:
        """Where a resource of this API is found."""
        return f"{self.base_url}{self.base_path}/{collection}/{resource_id}"


@dataclass(frozen=True)
class Answer:
    """`body` None is an answer without content."""

    status: int
    body: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Answer]


def created(resource: Json) -> Answer:
    """201 with the resource and its place."""
    return Answer(201, resource, {"Location": resource["href"]})


def tmf_error(status: int, code: str, reason: str, message: str | None = None) -> Answer:
    """An answer with the body that all TMF APIs use for errors."""
    body = {"@type": "Error", "code": code, "reason": reason, "status": str(status)}
    return Answer(status, body if message is None else {**body, "message": message})


def not_found(resource_id: str) -> Answer:
    return tmf_error(404, "notFound", HTTPStatus.NOT_FOUND.phrase, f"nothing is known under {resource_id!r}")


def wire_time(moment: datetime) -> str:
    """UTC with milliseconds and `Z`, as all dates go out."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
