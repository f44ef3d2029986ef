"""The comparison itself: whatever changes in a contract is reported, and nothing else is."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from .allowed import SERVED, needless, unexplained
from .compare import Difference, differences, subset_differences
from .facts import OPENAPI, PROSE, Document, facts_of, origin_of, read_document, read_table

ORDERING, QUALIFICATION = "tmf641-v4.yaml", "tmf645-v4.yaml"
Change = Callable[[Any], None]


def reported(contract: str, change: Change) -> list[str]:
    """What the comparison says of the contract once it is changed in memory."""
    changed = deepcopy(dict(read_document(OPENAPI / contract)))
    change(changed)
    return unexplained(differences(read_table(origin_of(OPENAPI / contract)), facts_of(changed)), SERVED[contract])


def drop_an_attribute(document: Any) -> None:
    del document["components"]["schemas"]["Error"]["properties"]["status"]


def add_an_attribute(document: Any) -> None:
    document["components"]["schemas"]["Error"]["properties"]["hint"] = {"type": "string"}


def change_a_type(document: Any) -> None:
    document["components"]["schemas"]["ServiceOrderItem"]["properties"]["quantity"]["type"] = "string"


def change_a_format(document: Any) -> None:
    del document["components"]["schemas"]["ServiceOrder"]["properties"]["orderDate"]["format"]


def change_a_reference(document: Any) -> None:
    state = document["components"]["schemas"]["ServiceOrder"]["properties"]["state"]
    state["$ref"] = "#/components/schemas/TaskStateType"


def make_one_of_a_list(document: Any) -> None:
    document["components"]["schemas"]["ServiceOrder"]["properties"]["note"] = {"$ref": "#/components/schemas/Note"}


def break_a_list(document: Any) -> None:
    document["components"]["schemas"]["ServiceOrder"]["properties"]["note"]["type"] = "string"


def widen_an_enumeration(document: Any) -> None:
    document["components"]["schemas"]["TaskStateType"]["enum"].append("acknowledged")


def narrow_an_enumeration(document: Any) -> None:
    document["components"]["schemas"]["ServiceStateType"]["enum"].remove("reserved")


def reorder_an_enumeration(document: Any) -> None:
    document["components"]["schemas"]["ServiceStateType"]["enum"].reverse()


def require_an_attribute(document: Any) -> None:
    document["components"]["schemas"]["EventSubscriptionInput"]["required"].append("query")


def no_longer_require_an_attribute(document: Any) -> None:
    document["components"]["schemas"]["ServiceOrder_Create"]["required"].remove("serviceOrderItem")


def loosen_a_list(document: Any) -> None:
    del document["components"]["schemas"]["Feature"]["properties"]["featureCharacteristic"]["minItems"]


def forget_a_default(document: Any) -> None:
    del document["components"]["schemas"]["CheckServiceQualification"]["properties"]["provideAlternative"]["default"]


def forget_a_schema(document: Any) -> None:
    del document["components"]["schemas"]["Extensible"]


def forget_a_path(document: Any) -> None:
    del document["paths"]["/listener/serviceOrderMilestoneEvent"]


def forget_an_operation(document: Any) -> None:
    del document["paths"]["/queryServiceQualification/{id}"]["delete"]


def rename_an_operation(document: Any) -> None:
    document["paths"]["/hub"]["post"]["operationId"] = "subscribe"


def add_an_operation(document: Any) -> None:
    document["paths"]["/hub"]["get"] = {"operationId": "listHub", "responses": {"204": {"description": "None."}}}


def forget_a_parameter(document: Any) -> None:
    document["paths"]["/serviceOrder/{id}"]["get"]["parameters"].pop()


def answer_one_instead_of_a_list(document: Any) -> None:
    content = document["paths"]["/serviceOrder"]["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"] = {"$ref": "#/components/schemas/ServiceOrder"}


def take_another_body(document: Any) -> None:
    content = document["paths"]["/hub"]["post"]["requestBody"]["content"]["application/json"]
    content["schema"] = {"$ref": "#/components/schemas/EventSubscription"}


def take_no_body(document: Any) -> None:
    document["paths"]["/hub"]["post"]["requestBody"]["required"] = False


def forget_an_error(document: Any) -> None:
    del document["paths"]["/serviceOrder/{id}"]["delete"]["responses"]["409"]


def forget_a_header(document: Any) -> None:
    del document["paths"]["/serviceOrder"]["get"]["responses"]["200"]["headers"]["X-Total-Count"]


def move_the_api(document: Any) -> None:
    document["servers"][0]["url"] = "/tmf-api/serviceOrdering/v5"


def reword_a_description(document: Any) -> None:
    document["components"]["schemas"]["Error"]["properties"]["status"]["description"] = "Another wording."


LISTENER = "POST /listener/serviceOrderMilestoneEvent"
QUERY = "DELETE /queryServiceQualification/{id}"


@pytest.mark.parametrize(
    ("contract", "change", "expected"),
    [
        (ORDERING, drop_an_attribute, ["- Error status: string"]),
        (ORDERING, add_an_attribute, ["+ Error hint: string"]),
        (ORDERING, change_a_type, ["~ ServiceOrderItem quantity: integer -> string"]),
        (ORDERING, change_a_format, ["~ ServiceOrder orderDate: string format=date-time -> string"]),
        (ORDERING, change_a_reference, ["~ ServiceOrder state: ServiceOrderStateType -> TaskStateType"]),
        (ORDERING, make_one_of_a_list, ["~ ServiceOrder note: [Note] -> Note"]),
        (ORDERING, break_a_list, ["~ ServiceOrder note: [Note] -> string [Note]"]),
        (
            ORDERING,
            widen_an_enumeration,
            [
                "~ TaskStateType (schema): string enum=accepted|done|inProgress|terminatedWithError"
                " -> string enum=accepted|acknowledged|done|inProgress|terminatedWithError"
            ],
        ),
        (
            QUALIFICATION,
            narrow_an_enumeration,
            [
                "~ ServiceStateType (schema):"
                " string enum=active|designed|feasibilityChecked|inactive|reserved|terminated"
                " -> string enum=active|designed|feasibilityChecked|inactive|terminated"
            ],
        ),
        (ORDERING, reorder_an_enumeration, []),
        (ORDERING, require_an_attribute, ["~ EventSubscriptionInput query: string -> string required"]),
        (
            ORDERING,
            no_longer_require_an_attribute,
            [
                "~ ServiceOrder_Create serviceOrderItem: [ServiceOrderItem] minItems=1 required"
                " -> [ServiceOrderItem] minItems=1"
            ],
        ),
        (
            ORDERING,
            loosen_a_list,
            ["~ Feature featureCharacteristic: [Characteristic] minItems=1 required -> [Characteristic]"],
        ),
        (
            QUALIFICATION,
            forget_a_default,
            ["~ CheckServiceQualification provideAlternative: boolean default=false -> boolean"],
        ),
        (
            QUALIFICATION,
            forget_a_schema,
            [
                "- Extensible (schema): object",
                "- Extensible @baseType: string",
                "- Extensible @schemaLocation: string format=uri",
                "- Extensible @type: string",
            ],
        ),
        (
            ORDERING,
            forget_a_path,
            [
                f"- {LISTENER} 201 application/json: EventSubscription",
                *(f"- {LISTENER} {status} application/json: Error" for status in (400, 401, 403, 404, 405, 409, 500)),
                f"- {LISTENER} body application/json: ServiceOrderMilestoneEvent required",
                f"- {LISTENER} operationId: listenToServiceOrderMilestoneEvent",
            ],
        ),
        (
            QUALIFICATION,
            forget_an_operation,
            [
                f"- {QUERY} 204: no content",
                *(f"- {QUERY} {status} application/json: Error" for status in (400, 401, 403, 404, 405, 409, 500)),
                f"- {QUERY} operationId: deleteQueryServiceQualification",
                f"- {QUERY} path id: string required",
            ],
        ),
        (ORDERING, rename_an_operation, ["~ POST /hub operationId: registerListener -> subscribe"]),
        (ORDERING, add_an_operation, ["+ GET /hub 204: no content", "+ GET /hub operationId: listHub"]),
        (ORDERING, forget_a_parameter, ["- GET /serviceOrder/{id} query fields: string"]),
        (
            ORDERING,
            answer_one_instead_of_a_list,
            ["~ GET /serviceOrder 200 application/json: [ServiceOrder] -> ServiceOrder"],
        ),
        (
            ORDERING,
            take_another_body,
            ["~ POST /hub body application/json: EventSubscriptionInput required -> EventSubscription required"],
        ),
        (
            ORDERING,
            take_no_body,
            ["~ POST /hub body application/json: EventSubscriptionInput required -> EventSubscriptionInput"],
        ),
        (ORDERING, forget_an_error, ["- DELETE /serviceOrder/{id} 409 application/json: Error"]),
        (ORDERING, forget_a_header, ["- GET /serviceOrder 200 header X-Total-Count: integer"]),
        (ORDERING, move_the_api, ["~ (api) base path: /tmf-api/serviceOrdering/v4 -> /tmf-api/serviceOrdering/v5"]),
        (ORDERING, reword_a_description, []),
    ],
)
def test_a_change_of_our_contract_is_reported_and_nothing_else(
    contract: str, change: Change, expected: list[str]
) -> None:
    assert reported(contract, change) == expected


# Every place of a contract, one after the other


Path = tuple[Any, ...]


def pieces(document: Document) -> Iterator[tuple[Document, Path]]:
    """Documents with the place below which they are to be changed: small ones, so that each change is read fast."""
    head = {"openapi": document["openapi"], "servers": document["servers"]}
    shared = {name: parts for name, parts in document["components"].items() if name != "schemas"}
    for path, item in document["paths"].items():
        yield {**head, "paths": {path: item}, "components": shared}, ("paths",)
    for name, schema in document["components"]["schemas"].items():
        yield {**head, "paths": {}, "components": {"schemas": {name: schema}}}, ("components", "schemas")
    for kind in ("parameters", "headers", "responses"):
        yield {**head, "paths": document["paths"], "components": shared}, ("components", kind)


def places(node: Any, path: Path) -> Iterator[Path]:
    """Every key and position below a node that is not prose."""
    named = path[-1:] in {("properties",), ("schemas",), ("responses",), ("headers",)}
    for key in range(len(node)) if isinstance(node, list) else [*node] if isinstance(node, dict) else []:
        if named or key not in {*PROSE, "tags"}:
            yield (*path, key)
            yield from places(node[key], (*path, key))


def changed_at(node: Any, path: Path, change: Callable[[Any, Any], None]) -> Any:
    """A copy that differs at one place."""
    copied = node.copy()
    if path[1:]:
        copied[path[0]] = changed_at(node[path[0]], path[1:], change)
    else:
        change(copied, path[0])
    return copied


def unnoticed(piece: Document, root: Path, change: Callable[[Any, Any], None]) -> Iterator[str]:
    """The places at which a change leaves the facts as they were. A piece that can no longer be read is noticed."""
    before, below = facts_of(piece), piece
    for key in root:
        below = below[key]
    for path in places(below, root):
        try:
            same = facts_of(changed_at(piece, path, change)) == before
        except (KeyError, TypeError, AttributeError, ValueError):
            continue
        if same:
            yield "/".join(map(str, path))


def take_away(node: Any, key: Any) -> None:
    del node[key]


def alter(node: Any, key: Any) -> None:
    """Another text, number or truth; another reference too. What has parts is changed through its parts."""
    value = node[key]
    if isinstance(value, bool):
        node[key] = not value
    elif isinstance(value, str | int):
        node[key] = f"{value}x" if isinstance(value, str) else value + 1
    else:
        del node[key]


@pytest.mark.parametrize("change", [take_away, alter])
@pytest.mark.parametrize("contract", SERVED)
def test_nothing_of_a_contract_can_be_taken_away_or_altered_unnoticed(
    contract: str, change: Callable[[Any, Any], None]
) -> None:
    document = read_document(OPENAPI / contract)
    assert [place for piece, root in pieces(document) for place in unnoticed(piece, root, change)] == []


@pytest.mark.parametrize("contract", SERVED)
def test_the_facts_are_the_same_without_any_prose(contract: str) -> None:
    document = read_document(OPENAPI / contract)
    assert facts_of(without_prose(document)) == facts_of(document)


def without_prose(node: Any, names_are_free: bool = False) -> Any:
    if isinstance(node, list):
        return [without_prose(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = node if names_are_free else {key: value for key, value in node.items() if key not in PROSE}
    return {key: without_prose(value, key in {"properties", "schemas"}) for key, value in kept.items()}


# The allow-list


def test_a_departure_that_no_pattern_covers_and_a_pattern_that_covers_none_are_told() -> None:
    found = [Difference(kind="+", place="Note", fact="mood", ours="string")]
    assert unexplained(found, {"+ Note text*": "another"}) == ["+ Note mood: string"]
    assert needless(found, {"+ Note text*": "another", "+ Note *: string": "it helps"}) == ["+ Note text*"]


def test_a_pattern_is_plain_text_but_for_its_stars() -> None:
    found = [Difference(kind="~", place="Note", fact="text", published="[string] minItems=1", ours="string")]
    assert unexplained(found, {"~ Note text: [string] minItems=1 -> string": "plain"}) == []
    assert unexplained(found, {"~ Note t.xt: *": "a point is a point"}) == [str(found[0])]


# Subsets


def test_a_subset_may_leave_out_whatever_is_not_required() -> None:
    whole = {"Note": {"text": "string required", "author": "string"}, "Place": {"id": "string"}}
    assert subset_differences(whole, {"Note": {"text": "string required"}}) == []


def test_a_subset_may_neither_add_nor_restate_nor_leave_out_what_is_required() -> None:
    whole = {"Note": {"text": "string required", "author": "string"}}
    ours = {"Note": {"author": "integer", "mood": "string"}, "Mood": {"name": "string"}}
    assert [str(each) for each in subset_differences(whole, ours)] == [
        "+ Mood name: string",
        "+ Note mood: string",
        "- Note text: string required",
        "~ Note author: string -> integer",
    ]


# Ways of writing the same


def test_inheritance_by_all_of_and_written_out_attributes_are_the_same_facts() -> None:
    text = {"type": "string"}
    base = {"type": "object", "required": ["id"], "properties": {"id": text}}
    written_out = {"type": "object", "required": ["id"], "properties": {"id": text, "name": text}}
    inherited = {"allOf": [{"$ref": "#/components/schemas/Base"}, {"type": "object", "properties": {"name": text}}]}
    assert facts_of(a_contract(Base=base, Site=inherited)) == facts_of(a_contract(Base=base, Site=written_out))


def a_contract(**schemas: Document) -> Document:
    return {"openapi": "3.0.3", "servers": [{"url": "/"}], "paths": {}, "components": {"schemas": schemas}}
