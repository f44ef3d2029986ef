"""Requests that nobody thought of, made by schemathesis from our contracts: never a 5xx, always what is declared.

The server is a process of its own: what it does besides must not disturb how requests are drawn.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ensure_resource_availability,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    use_after_free,
)

from tests.journeys.processes import Linkwright

from .answers import contract
from .world import CHECKS, ORDERS, a_check_body, a_query_body, an_order_body

EXAMPLES = 12
AS_DECLARED = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
IN_TURN = (*AS_DECLARED, use_after_free, ensure_resource_availability)
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
LEFT_OUT = frozenset({"supportingService", "serviceRelationship", "feature", "@baseType", "@schemaLocation"})
"""Attributes that take long to draw and are of no further interest: they lie in themselves, or are only kept."""
NARROWED: Any = {
    ("ServiceOrderItem", "id"): {"type": "string", "minLength": 1},
    ("ServiceOrderItem", "action"): {"type": "string", "enum": ["add"]},
    ("ServiceOrderItem", "serviceOrderItem"): {},
    ("ServiceOrderItem", "serviceOrderItemRelationship"): {"type": "array", "maxItems": 0},
    ("CancelServiceOrder_Create", "serviceOrderItem"): {"type": "array", "maxItems": 0},
    ("EventSubscriptionInput", "callback"): {"type": "string", "enum": ["http://127.0.0.1:9/heard"]},
    ("EventSubscriptionInput", "query"): {"type": "string", "enum": ["", "eventType=NoSuchEvent"]},
}
"""So that not everything that is drawn is refused, each time for the same reason."""
PARAMETERS = {"Sort": ["state", "-id,state"], "IfMatch": ["*"]}
TO_PATCH = {
    "serviceOrder": an_order_body(requestedStartDate="2037-01-01T00:00:00Z"),
    "checkServiceQualification": a_check_body(),
    "queryServiceQualification": a_query_body(),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linkwright]:
    server = Linkwright(tmp_path_factory.mktemp("fuzz"), {}, tries="1", first_pause_s="0.01", sync_budget_s="1")
    yield server.start()
    server.stop()


@cache
def schema_of(name: str) -> Any:
    document = drawable(contract(name).document)
    for (schema, attribute), rule in NARROWED.items():
        if schema in document["components"]["schemas"]:
            document["components"]["schemas"][schema]["properties"][attribute] = rule
    for parameter, values in PARAMETERS.items():
        document["components"]["parameters"][parameter]["schema"] = {"type": "string", "enum": values}
    drawn_from = schemathesis.openapi.from_dict(document)
    drawn_from.config.generation.allow_x00 = False  # always refused, see test_failures.py
    return drawn_from


def drawable(node: Any) -> Any:
    """The contract with less in it; and any text is sent as an address, for any is taken."""
    if isinstance(node, dict):
        return {key: drawable(value) for key, value in node.items() if key not in LEFT_OUT and value != "uri"}
    return [drawable(one) for one in node] if isinstance(node, list) else node


def cases() -> Iterator[Any]:
    """Every operation with what it allows, and those with something to get wrong also with what it does not."""
    for name in ("tmf641-v4", "tmf645-v4"):
        for found in schema_of(name).get_all_operations():
            operation = found.ok()
            can_be_wrong = operation.body or (operation.method == "get" and "{id}" not in operation.path)
            for mode in [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if can_be_wrong else [])]:
                yield pytest.param(name, operation, mode, id=f"{name} {operation.label} {mode.value}")


@pytest.mark.parametrize(("name", "operation", "mode"), list(cases()))
def test_whatever_is_asked_is_answered_as_declared(
    server: Linkwright, name: str, operation: Any, mode: GenerationMode
) -> None:
    session, base_url = requests.Session(), f"{server.url}{contract(name).base_path}"
    requested = operation.as_strategy(generation_mode=mode, path_parameters=known_id(server, operation))

    @seed(641645)
    @BOUNDED
    @given(case=requested)
    def answered(case: Any) -> None:
        answer = case.call(base_url=base_url, session=session, timeout=30)
        case.validate_response(answer, checks=AS_DECLARED)

    with session:
        answered()


def known_id(server: Linkwright, operation: Any) -> dict[str, str] | None:
    """A patch of what is not there would prove little."""
    kind = operation.path.split("/")[1]
    if operation.method != "patch":
        return None
    base = ORDERS if kind == "serviceOrder" else CHECKS
    return {"id": server.post(f"{base}/{kind}", TO_PATCH[kind])["id"]}


@pytest.mark.parametrize("name", ["tmf641-v4", "tmf645-v4"])
def test_whatever_follows_the_links_is_answered_as_declared(server: Linkwright, name: str) -> None:
    """Created, read, changed, cancelled and deleted in any order."""

    class Client(schema_of(name).as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"base_url": f"{server.url}{contract(name).base_path}", "timeout": 30}

        def validate_response(self, response: Any, case: Any, **sent: Any) -> None:
            case.validate_response(response, checks=IN_TURN, transport_kwargs=sent, recorder=self.recorder)

    run_state_machine_as_test(seed(641645)(Client), settings=settings(BOUNDED, max_examples=8, stateful_step_count=12))
