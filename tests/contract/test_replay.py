"""Conversations with the real application, in bodies made from the contracts: ours, and the published files.

Whatever a client may send by its contract is accepted and kept; whatever breaks it is refused with the place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest

from tests.api.answers import contract as served
from tests.api.answers import error
from tests.api.real import RealClient, real_client
from tests.api.world import CHECKS, ORDERS
from tests.journeys.processes import until

from .allowed import SERVED as DEPARTURES
from .bodies import MOMENT, UNKNOWN, Bodies, Broken
from .facts import OPENAPI, Document, read_document
from .facts import SERVED as PUBLISHED_FILES

Json = Any
TYPED = {"content-type": "application/json;charset=utf-8"}
"""As the published files write it."""
MERGE = {"content-type": "application/merge-patch+json"}
TOLD_BY_US = re.compile(
    r"cancellation(Date|Reason)|(serviceOrderItem\.)+(state|errorMessage)"
    r"|serviceQualificationItem\.(state|qualificationResult|alternateServiceProposal|eligibilityUnavailabilityReason"
    r"|terminationError|expirationDate)"
)
"""What a request may carry although only the server says it."""
ANSWERED = ("state", "qualificationResult", "effectiveQualificationDate", "estimatedResponseDate", "expirationDate")
RELAXED = re.compile(r"~ (\w+ [@\w]+): .*required -> (?!.*required).*")
"""An allowed departure that makes an attribute optional."""
MENDED = frozenset({("Feature featureCharacteristic", "too few")})
"""What breaks the contract and is taken all the same, see wire/repairs.py."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """`mandatory` is in every answer. `refused`: attributes of the update whose change is refused."""

    contract: str
    collection: str
    name: str
    mandatory: tuple[str, ...]
    updated: bool = True
    refused: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"{self.collection}/{self.name[0].lower()}{self.name[1:]}"


ORDER = Resource(
    contract="tmf641-v4",
    collection=ORDERS,
    name="ServiceOrder",
    mandatory=("id", "href", "state", "orderDate", "serviceOrderItem"),
)
CANCEL = Resource(
    contract="tmf641-v4",
    collection=ORDERS,
    name="CancelServiceOrder",
    mandatory=("id", "href", "state", "serviceOrder"),
    updated=False,
)
CHECK = Resource(
    contract="tmf645-v4",
    collection=CHECKS,
    name="CheckServiceQualification",
    mandatory=("id", "href", "state", "checkServiceQualificationDate", "serviceQualificationItem"),
    refused=frozenset({*ANSWERED, "serviceQualificationItem"}),
)
QUERY = Resource(
    contract="tmf645-v4",
    collection=CHECKS,
    name="QueryServiceQualification",
    mandatory=("id", "href", "state", "queryServiceQualificationDate", "searchCriteria", "serviceQualificationItem"),
    refused=frozenset({*ANSWERED, "serviceQualificationItem", "searchCriteria"}),
)
RESOURCES = (ORDER, CANCEL, CHECK, QUERY)
each_resource = pytest.mark.parametrize("resource", RESOURCES, ids=str)
each_updated = pytest.mark.parametrize("resource", [one for one in RESOURCES if one.updated], ids=str)


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """A client that was written from one set of files and knows nothing else of us."""

    client: RealClient
    contracts: Mapping[str, Document]

    def bodies(self, resource: Resource) -> Bodies:
        return Bodies(self.contracts[resource.contract])

    def minimal(self, resource: Resource) -> Json:
        return self.pointing(resource, self.bodies(resource).minimal(f"{resource.name}_Create"))

    def maximal(self, resource: Resource) -> Json:
        return self.pointing(resource, self.bodies(resource).maximal(f"{resource.name}_Create"))

    def pointing(self, resource: Resource, body: Json) -> Json:
        """A cancel that names an order has to name one that is there."""
        named = body.get("serviceOrder")
        if resource is not CANCEL or not isinstance(named, dict) or not isinstance(named.get("id"), str):
            return body
        order = self.create(ORDER, self.minimal(ORDER) | {"requestedStartDate": MOMENT})
        body["serviceOrder"]["id"] = order["id"]
        if UNKNOWN in body and "serviceOrderItem" in body:
            body["serviceOrderItem"] = [{"itemId": order["serviceOrderItem"][0]["id"]}]
        return body

    def create(self, resource: Resource, body: Json) -> Json:
        answer = self.post(resource, body)
        assert answer.status_code in ((201,) if resource.contract == "tmf641-v4" else (200, 201)), answer.text
        assert answer.headers["location"] == answer.json()["href"]
        return self.whole(resource, answer.json())

    def read(self, resource: Resource, resource_id: str) -> Json:
        answer = self.client.ask("GET", f"{resource.path}/{resource_id}")
        assert answer.status_code == 200, answer.text
        return self.whole(resource, answer.json())

    def find(self, resource: Resource, query: str) -> list[Json]:
        answer = self.client.ask("GET", f"{resource.path}?{query}")
        assert answer.status_code == 200, f"{query}: {answer.text}"
        assert answer.headers["x-result-count"] == str(len(answer.json()))
        return [self.whole(resource, one) for one in answer.json()]

    def change(self, resource: Resource, resource_id: str, patch: Json) -> Json:
        answer = self.patch(resource, resource_id, patch)
        assert answer.status_code == 200, answer.text
        return self.whole(resource, answer.json())

    def post(self, resource: Resource, body: Json) -> httpx.Response:
        return self.client.ask("POST", resource.path, json=body, headers=TYPED)

    def patch(
        self, resource: Resource, resource_id: str, patch: Json, headers: Mapping[str, str] = TYPED
    ) -> httpx.Response:
        return self.client.ask("PATCH", f"{resource.path}/{resource_id}", json=patch, headers=headers)

    def whole(self, resource: Resource, document: Json) -> Json:
        """The resource itself, which has whatever is mandatory and keeps to the stranger's own schema."""
        assert [name for name in resource.mandatory if document.get(name) is None] == []
        _compiled(self.contracts[resource.contract], resource.name).validate(document)
        return document


def _compiled(document: Document, schema: str) -> Any:
    """`uri` apart, which is half of what breaks in the standard's own samples."""
    parts = {name: document[name] for name in ("definitions", "components") if name in document}
    where = "definitions" if "definitions" in parts else "components/schemas"
    return jsonschema_rs.Draft4Validator(
        {"allOf": [{"$ref": f"#/{where}/{schema}"}], **parts}, validate_formats=True, formats={"uri": lambda _: True}
    )


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealClient]:
    with real_client(tmp_path_factory.mktemp("replay")) as client:
        yield client


@pytest.fixture(scope="module", params=["our files", "published files"])
def stranger(client: RealClient, request: pytest.FixtureRequest) -> Stranger:
    if request.param == "our files":
        names = ("tmf641-v4", "tmf645-v4")
        return Stranger(client=client, contracts={name: read_document(OPENAPI / f"{name}.yaml") for name in names})
    published = request.getfixturevalue("published")
    files = {name.partition(".")[0]: file for name, file in PUBLISHED_FILES.items()}
    return Stranger(client=client, contracts={name: read_document(published / file) for name, file in files.items()})


@pytest.mark.parametrize("contract", ["tmf641-v4", "tmf645-v4"])
def test_every_operation_is_spoken_of_here(contract: str) -> None:
    ours = [resource for resource in RESOURCES if resource.contract == contract]
    verbs = {resource: ("list", "create", "retrieve", *(("patch", "delete") * resource.updated)) for resource in ours}
    spoken_of = {f"{verb}{resource.name}" for resource in ours for verb in verbs[resource]}
    assert {operation["operationId"] for _, operation in served(contract).operations()} == spoken_of | {
        "registerListener",
        "unregisterListener",
    }


@each_resource
def test_what_must_be_sent_is_enough(stranger: Stranger, resource: Resource) -> None:
    created = stranger.create(resource, stranger.minimal(resource))
    assert stranger.read(resource, created["id"])["href"] == created["href"]


@each_resource
def test_whatever_may_be_sent_is_kept(stranger: Stranger, resource: Resource) -> None:
    sent = stranger.maximal(resource)
    created = stranger.create(resource, sent)
    assert lost(sent, created) == []
    read = stranger.read(resource, created["id"])
    assert lost(sent, read) == []
    assert [lost(sent, one) for one in stranger.find(resource, f"id={created['id']}")] == [[]]
    assert read[UNKNOWN] == sent[UNKNOWN]


@each_resource
def test_it_is_found_by_whatever_was_sent(stranger: Stranger, resource: Resource) -> None:
    sent = stranger.maximal(resource)
    created = stranger.create(resource, sent)
    paths = dict(texts(without_unknown(sent), ""))
    assert len(paths) > 5
    for path, text in paths.items():
        for value, total in ((text, "1"), ("other", "0")):
            query = f"id={created['id']}&{path}={quote(written(value))}&fields=id"
            assert stranger.client.ask("GET", f"{resource.path}?{query}").headers["x-total-count"] == total, query


@each_updated
def test_each_attribute_of_the_update_can_be_changed_or_is_refused(stranger: Stranger, resource: Resource) -> None:
    known = stranger.create(resource, stranger.minimal(resource) | later(resource))
    patch = stranger.bodies(resource).maximal(f"{resource.name}_Update")
    settled(stranger, resource, known["id"])
    for name, value in patch.items():
        answer = stranger.patch(resource, known["id"], {name: value})
        if name in resource.refused:
            assert answer.status_code in (400, 403, 409), answer.text
            error(answer, answer.status_code)
        else:
            assert answer.status_code == 200, f"{name}: {answer.text}"
            assert lost({name: value}, stranger.whole(resource, answer.json())) == [], name
    kept = {name: value for name, value in patch.items() if name not in resource.refused}
    assert lost(kept, stranger.read(resource, known["id"])) == []


@each_updated
def test_a_whole_resource_can_be_sent_back_with_one_change(stranger: Stranger, resource: Resource) -> None:
    known = stranger.create(resource, stranger.maximal(resource) | later(resource))
    read = settled(stranger, resource, known["id"])
    assert stranger.change(resource, known["id"], read) == read
    changed = stranger.change(resource, known["id"], {**read, "description": "another"})
    assert changed["description"] == "another"


@each_updated
def test_what_is_deleted_is_gone(stranger: Stranger, resource: Resource) -> None:
    known = stranger.create(resource, stranger.minimal(resource) | later(resource))
    answer = stranger.client.ask("DELETE", f"{resource.path}/{known['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    for method in ("GET", "DELETE"):
        error(stranger.client.ask(method, f"{resource.path}/{known['id']}"), 404, known["id"])
    assert stranger.find(resource, f"id={known['id']}") == []


@pytest.mark.parametrize("status", [200, 201])
def test_the_test_kit_of_the_forum_may_send_an_empty_item(client: RealClient, status: int) -> None:
    body = {"serviceQualificationItem": [{}], "instantSyncQualification": status == 200}
    answer = client.post(CHECK.path, body)
    assert answer.status_code == status, answer.text
    (item,) = answer.json()["serviceQualificationItem"]
    assert item["id"] == "1"


def test_the_test_kit_of_the_forum_may_send_empty_criteria(client: RealClient) -> None:
    answer = client.post(QUERY.path, {"searchCriteria": {}})
    assert answer.status_code == 201, answer.text
    assert answer.json()["serviceQualificationItem"] == []
    assert answer.json()["searchCriteria"] == {}


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_items_of_a_query_are_a_list_whether_there_is_an_answer_or_not(client: RealClient, method: str) -> None:
    created = client.post(QUERY.path, {"searchCriteria": {}, "instantSyncQualification": True})
    whole = created if method == "POST" else client.get(f"{QUERY.path}/{created.json()['id']}")
    assert whole.json()["serviceQualificationItem"] == []


@each_resource
def test_attributes_are_selected_with_blanks_between_their_names(stranger: Stranger, resource: Resource) -> None:
    created = stranger.create(resource, stranger.maximal(resource))
    for path in (f"{resource.path}/{created['id']}?", f"{resource.path}?id={created['id']}&"):
        answer = stranger.client.get(f"{path}fields=state,%20href, @type , nothing").json()
        (selected,) = answer if isinstance(answer, list) else [answer]
        assert selected.keys() == {"id", "href", "@type", "state"}


@pytest.mark.parametrize("collection", [ORDERS, CHECKS])
def test_a_listener_comes_and_goes(stranger: Stranger, collection: str) -> None:
    bodies = Bodies(stranger.contracts["tmf641-v4"])
    for sent in (bodies.minimal("EventSubscriptionInput"), bodies.maximal("EventSubscriptionInput")):
        sent["callback"] = "http://127.0.0.1:9/heard"
        if "query" in sent:
            sent["query"] = "eventType=NoSuchEvent"
        added = stranger.client.ask("POST", f"{collection}/hub", json=sent, headers=TYPED)
        assert added.status_code == 201, added.text
        known = added.json()
        assert {name: known[name] for name in ("callback", "query") if name in sent} == {
            name: sent[name] for name in ("callback", "query") if name in sent
        }
        assert added.headers["location"].endswith(f"{collection}/hub/{known['id']}")
        assert stranger.client.ask("DELETE", f"{collection}/hub/{known['id']}").status_code == 204
        error(stranger.client.ask("DELETE", f"{collection}/hub/{known['id']}"), 404, known["id"])


@each_resource
def test_each_broken_constraint_of_a_new_resource_is_named(stranger: Stranger, resource: Resource) -> None:
    assert_each_is_refused(stranger, resource, f"{resource.name}_Create", lambda body: stranger.post(resource, body))


@each_updated
def test_each_broken_constraint_of_a_change_is_named(stranger: Stranger, resource: Resource) -> None:
    known = stranger.create(resource, stranger.minimal(resource) | later(resource))
    before = settled(stranger, resource, known["id"])

    def send(body: Json) -> httpx.Response:
        return stranger.patch(resource, known["id"], body, MERGE)

    assert_each_is_refused(stranger, resource, f"{resource.name}_Update", send, accepted=(200, 409))
    assert stranger.client.get(f"{resource.path}/{known['id']}").json()["href"] == before["href"]


def assert_each_is_refused(
    stranger: Stranger, resource: Resource, schema: str, send: Any, accepted: tuple[int, ...] = (200, 201)
) -> None:
    relaxed = {found[1] for pattern in DEPARTURES[f"{resource.contract}.yaml"] if (found := RELAXED.match(pattern))}
    for broken in stranger.bodies(resource).broken(schema):
        answer = send(stranger.pointing(resource, broken.body))
        is_optional = broken.mistake == "missing" and broken.place in relaxed
        if is_optional or (broken.place, broken.mistake) in MENDED:
            assert answer.status_code in accepted, f"{broken}: {answer.text}"
        else:
            assert_refused(answer, broken)


def assert_refused(answer: httpx.Response, broken: Broken) -> None:
    assert answer.status_code == 400, f"{broken}: {answer.status_code} {answer.text}"
    told = error(answer, 400)["message"]
    for word in (broken.path or "body", *broken.words):
        assert word in told, f"{broken}: {told}"


def later(resource: Resource) -> Json:
    """An order that need not be started yet stays as it is."""
    return {"requestedStartDate": MOMENT} if resource is ORDER else {}


def settled(stranger: Stranger, resource: Resource, resource_id: str) -> Json:
    """As it is once nothing of ours changes it any more: a question has its answer, an order waits for its day."""
    if resource is ORDER:
        return stranger.read(resource, resource_id)
    return until("the answer", lambda: final(stranger.read(resource, resource_id)))


def final(document: Json) -> Json:
    return document if document["state"] in ("done", "terminatedWithError") else None


def lost(sent: Json, got: Json, path: str = "") -> list[str]:
    """Paths of what was sent and does not come back as it was, but for what is ours to say."""
    if TOLD_BY_US.fullmatch(path):
        return []
    if isinstance(sent, dict) and isinstance(got, dict):
        return [
            place
            for name, value in sent.items()
            for place in lost(value, got.get(name), f"{path}.{name}" if path else name)
        ]
    if isinstance(sent, list) and isinstance(got, list) and len(got) >= len(sent):
        return [place for one, other in zip(sent, got[-len(sent) :], strict=True) for place in lost(one, other, path)]
    return [] if sent == got else [f"{path}: {sent!r} -> {got!r}"]


def texts(body: Json, path: str) -> Iterator[tuple[str, Any]]:
    """Scalars by dotted path, down to the fourth name: those below are of the same types."""
    if TOLD_BY_US.fullmatch(path) or path.count(".") > 3:
        return
    if isinstance(body, dict):
        for name, value in body.items():
            yield from texts(value, f"{path}.{name}" if path else name)
    elif isinstance(body, list):
        for one in body:
            yield from texts(one, path)
    else:
        yield path, body


def without_unknown(body: Json) -> Json:
    if isinstance(body, list):
        return [without_unknown(one) for one in body]
    if isinstance(body, dict):
        return {name: without_unknown(value) for name, value in body.items() if name not in (UNKNOWN, "any")}
    return body


def written(value: Json) -> str:
    """As the test kit of TM Forum writes it: in quotes."""
    return f'"{str(value).lower() if isinstance(value, bool) else value}"'
