"""What is sent to break us: it gets a clear error, nothing of it is stored by half, and the next one is served."""

import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from linkwright.store import searchable
from linkwright.wire.v4 import order_items, order_parts, order_rules, service_order
from linkwright.wire.wishes import WORDS
from tests.counting import lines_run
from tests.journeys.processes import until

from . import answers
from .answers import error
from .fakes import BASE, NOW
from .real import MAX_BODY, RealClient, real_client
from .world import CHECKS, ORDERS, a_check_body, an_item, an_order_body, in_chunks

Json = Any
LATER = "2037-01-01T00:00:00Z"
ORDER, CANCEL = f"{ORDERS}/serviceOrder", f"{ORDERS}/cancelServiceOrder"
CHECK, QUERY = f"{CHECKS}/checkServiceQualification", f"{CHECKS}/queryServiceQualification"
JSON = {"content-type": "application/json"}
ODD_TEXTS = (
    "' OR 1=1 --",
    "%' OR '%'='",
    "'; DROP TABLE document; --",
    "\\",
    "../../../etc/passwd",
    "${jndi:ldap://127.0.0.1/x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "a\r\nX-Injected: 1",
    "\u202e\ufeff\u200b.",
    "Z\u0351\u036b\u0343A",
    "😀" * 50,
    "\x7f\x01\x1f.",
    "NaN",
    "None",
    "1e999",
    "1" * 400,
    "a,b;c&d=e",
    "2037-01-01T00:00:00+99:99",
    "x" * 3000,
)
ODD_VALUES: tuple[Json, ...] = (
    *ODD_TEXTS,
    None,
    True,
    -1,
    0,
    -0.0,
    1e308,
    5e-324,
    2**63,
    [],
    {},
    [[]],
    [None, {}],
    {"value": {}},
    {"value": None, "unit": None},
    {"value": 1e308, "unit": "Gbit/s"},
    {"value": 1.005, "unit": "EUR"},
    {"unit": [], "down": []},
    "1" * 100_000 + "x",
)


# Served as it is in production; it is the client that holds every answer against the contract.
@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealClient]:
    with real_client(tmp_path_factory.mktemp("hostile"), validate_responses=False) as client:
        yield client


@pytest.fixture(autouse=True)
def _next_one_is_served(client: RealClient) -> Iterator[None]:
    yield
    created = client.post(ORDER, an_order(description="the next one"))
    assert created.status_code == 201, created.text
    assert client.delete(f"{ORDER}/{created.json()['id']}").status_code == 204


def an_order(*items: Json, **changes: Json) -> Json:
    """One that waits for its day, and that could be posted twice."""
    body = an_order_body(requestedStartDate=LATER, serviceOrderItem=list(items) or [an_item("1")], **changes)
    return {name: value for name, value in body.items() if name != "externalId"}


def refused(client: RealClient, status: int, *words: str, path: str = ORDER, method: str = "POST", **sent: Any) -> Json:
    """The error; nothing is stored that was not there before."""
    before = stored(client)
    told = error(client.ask(method, path, **sent), status, *words)
    assert stored(client) == before
    assert len(told["message"]) < 5000
    assert "Traceback" not in told["message"]
    return told


def test_every_answer_to_this_client_is_held_against_the_contract(
    client: RealClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[answers.Exchange] = []
    monkeypatch.setattr(answers, "check_exchange", seen.append)
    client.get(f"{ORDER}?limit=x")
    client.delete(f"{ORDERS}/hub/none")
    assert [(one.method, one.status) for one in seen] == [("GET", 400), ("DELETE", 404)]


def stored(client: RealClient) -> list[str]:
    return [client.get(f"{path}?limit=1").headers["x-total-count"] for path in (ORDER, CANCEL, CHECK, QUERY)]


def raw_order(number: str) -> bytes:
    """With a number that no JSON library of ours would write."""
    return orjson.dumps(an_order(an_item("1", quantity=4711))).replace(b"4711", number.encode())


# Too much


@pytest.mark.parametrize("path", [ORDER, CANCEL, CHECK, QUERY, f"{ORDERS}/hub", f"{CHECKS}/hub"])
@pytest.mark.parametrize("length", [str(MAX_BODY + 1), "9" * 15, "9" * 5000])
def test_a_body_that_is_declared_too_large_is_refused_unread(client: RealClient, path: str, length: str) -> None:
    async def unread() -> Any:
        raise AssertionError("nothing is to be read")
        yield b""

    refused(client, 413, str(MAX_BODY), path=path, content=unread(), headers={**JSON, "content-length": length})


def test_a_body_in_chunks_is_read_no_further_than_the_limit(client: RealClient) -> None:
    read = 0

    def chunks() -> Iterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b" " * 1_000_000

    refused(client, 413, str(MAX_BODY), content=in_chunks(chunks()), headers=JSON)
    assert read <= MAX_BODY // 1_000_000 + 1


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"serviceOrderItem":[', b'{"service":{"supportingService":['])
def test_a_body_of_brackets_is_refused(client: RealClient, opening: bytes) -> None:
    refused(client, 400, content=opening * (MAX_BODY // len(opening) - 1), headers=JSON)


@pytest.mark.parametrize("nested", ["serviceOrderItem", "ourOwn"])
def test_a_body_that_is_deep_and_well_formed_is_refused(client: RealClient, nested: str) -> None:
    item = an_item("0")
    for level in range(1, 150):
        item = an_item(str(level), **{nested: [item]})
    refused(client, 400, json=an_order(item))


def test_services_that_hold_services_are_kept_up_to_the_depth_of_any_body(client: RealClient) -> None:
    service: Json = {"name": "innermost"}
    for _ in range(40):
        service = {"supportingService": [service]}
    assert client.post(ORDER, an_order(an_item("1", service=service))).status_code == 201
    for _ in range(40):
        service = {"supportingService": [service]}
    refused(client, 400, "deep", json=an_order(an_item("1", service=service)))


def test_one_item_more_than_allowed_is_refused(client: RealClient) -> None:
    items = [{"id": str(number), "action": "add", "service": {}} for number in range(10_001)]
    refused(client, 400, "10000", "10001", json=an_order(*items))
    refused(client, 400, "10000", "10001", path=CHECK, json={"serviceQualificationItem": [{}] * 10_001})


def test_very_long_texts_are_kept_wherever_they_stand(client: RealClient) -> None:
    long = Random(1).randbytes(50_000).hex() + "é" * 1000  # in no order that an index could shorten
    service = {
        "name": long,
        "serviceCharacteristic": [{"name": long, "value": long}],
        "serviceSpecification": {"id": long},
    }
    sent = an_order(an_item(long, service=service), description=long, externalId=long, category=long, priority=long)
    created = client.post(ORDER, sent | {"externalId": long, "relatedParty": [{"id": long, "@type": long}]})
    assert created.status_code == 201, created.text[:1000]
    read = client.get(f"{ORDER}/{created.json()['id']}").json()
    assert read["serviceOrderItem"][0]["id"] == read["description"] == read["externalId"] == long
    assert client.patch(f"{ORDER}/{read['id']}", {"description": long[1:]}).status_code == 200
    assert client.delete(f"{ORDER}/{read['id']}").status_code == 204


@pytest.mark.parametrize(
    "own",
    [
        {"description": "é" * 1_000_001},
        {"own": [{"deep": ["x" * 1_000_001]}]},
        {"x" * 1_000_001: 1},
        {"serviceOrderItem": [an_item("x" * 1_000_001)]},
    ],
)
def test_no_text_may_be_endless(client: RealClient, own: Json) -> None:
    refused(client, 400, "1000000 characters", json=an_order() | own)
    assert client.post(ORDER, an_order(description="é" * 1_000_000)).status_code == 201


def test_very_many_attributes_of_the_senders_own_are_kept(client: RealClient) -> None:
    own = {f"own{number}": number for number in range(50_000)}
    created = client.post(ORDER, an_order(**own))
    assert created.status_code == 201
    assert created.json()["own49999"] == 49999


@pytest.mark.parametrize(
    "body",
    [
        {"serviceOrderItem": [{"id": "x" * 1_000_000}]},
        {"serviceOrderItem": ["x" * 1_000_000]},
        {"serviceOrderItem": [{}] * 5_000},
        {"state": 1, "priority": ["x" * 1_000_000], "serviceOrderItem": []},
        {"serviceOrderItem": [an_item("x" * 500_000), an_item("x" * 500_000)]},
        {"serviceOrderItem": [an_item("1", action="x" * 1_000_000)]},
    ],
)
def test_a_complaint_is_short_however_long_the_mistake(client: RealClient, body: Json) -> None:
    refused(client, 400, json=body)


# Numbers


@pytest.mark.parametrize(
    "number",
    [
        "1e400",
        "-1e400",
        "1" + "0" * 400,
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "01",
        "+1",
        "1.",
        ".5",
        "1e",
        "--1",
        "1.5",
    ],
)
def test_what_is_no_whole_number_is_refused(client: RealClient, number: str) -> None:
    refused(client, 400, content=raw_order(number), headers=JSON)


@pytest.mark.parametrize(
    ("number", "read"), [("-0", 0), ("9223372036854775807", 2**63 - 1), ("18446744073709551615", 2**64 - 1)]
)
def test_odd_whole_numbers_are_kept(client: RealClient, number: str, read: int) -> None:
    created = client.send("POST", ORDER, raw_order(number))
    assert created.status_code == 201, created.text
    assert created.json()["serviceOrderItem"][0]["quantity"] == read


def test_odd_values_of_our_own_words_stop_no_request(client: RealClient) -> None:
    """In several requests: all of them are more than a body may have."""
    names = (*WORDS, "ourOwn")
    for first in range(0, len(names), 20):
        of_odd_values(client, names[first : first + 20])


def of_odd_values(client: RealClient, names: Sequence[str]) -> None:
    asked = [(name, value) for name in names for value in ODD_VALUES]
    services = [{"serviceCharacteristic": [{"name": name, "value": value}]} for name, value in asked]
    order = client.post(ORDER, an_order(*(an_item(str(n), service=one) for n, one in enumerate(services))))
    assert order.status_code == 201, order.text[:1000]
    check = client.post(CHECK, a_check_body(serviceQualificationItem=[{"service": one} for one in services]))
    assert check.status_code == 201, check.text[:1000]
    ended = until("the check is final", lambda: final(client, CHECK, check.json()["id"]))
    assert len(ended["serviceQualificationItem"]) == len(services)
    assert all("internal error" not in str(item.get("terminationError")) for item in ended["serviceQualificationItem"])


def final(client: RealClient, path: str, resource_id: str) -> Json:
    found = client.get(f"{path}/{resource_id}").json()
    return found if found["state"] in ("done", "terminatedWithError") else None


# Items that do not go together


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([an_item("a"), an_item("b"), an_item("a")], ["serviceOrderItem[0].id", "2 times"]),
        ([an_item("a", serviceOrderItem=[an_item("b", serviceOrderItem=[an_item("a")])])], ["'a'"]),
        ([an_item("")], ["serviceOrderItem[0].id"]),
    ],
)
def test_items_are_told_apart_by_their_ids(client: RealClient, items: list[Json], words: list[str]) -> None:
    refused(client, 400, *words, json=an_order(*items))


def after(name: str, *others: str, **changes: Json) -> Json:
    relations = [{"relationshipType": "dependency", "orderItem": {"itemId": other}} for other in others]
    return an_item(name, serviceOrderItemRelationship=relations, **changes)


@pytest.mark.parametrize(
    ("items", "word"),
    [
        ([after("a", "a")], "a → a"),
        ([after("a", "b"), after("b", "a")], "a → b → a"),
        ([after("a", serviceOrderItem=[after("b", "c")]), after("c", "d"), after("d", "b")], "b → c → d → b"),
        ([after(str(n), str((n + 1) % 5000)) for n in range(5000)], "0 → 1 →"),
        ([after(str(n), *map(str, range(n + 1, 300))) for n in range(299)] + [after("299", "0")], "0 →"),
        ([after("a", "nobody")], "nobody"),
    ],
)
def test_items_that_can_never_be_begun_are_refused(client: RealClient, items: list[Json], word: str) -> None:
    refused(client, 400, word, json=an_order(*items))


def test_the_work_for_an_order_grows_with_its_items_and_no_faster() -> None:
    def work(length: int) -> int:
        items = [an_item("0"), *(after(str(n), str(n - 1), service={"id": str(n)}) for n in range(1, length))]

        def through() -> None:
            order = service_order.read_order(an_order(*items), id="o", now=NOW, requester="bss")
            document = service_order.write_order(order, BASE)
            searchable.index_entries("serviceOrder", document)
            internals = service_order.order_internals(order)
            service_order.read_stored_order(document, version=1, requester="bss", internals=internals)

        return lines_run(through, service_order, order_items, order_parts, order_rules, searchable)

    assert work(2000) < 4.5 * work(500)


def test_an_order_of_five_thousand_items_is_no_attack(client: RealClient) -> None:
    items = [an_item("0"), *(after(str(n), str(n - 1)) for n in range(1, 5000))]
    created = client.post(ORDER, an_order(*items))
    assert created.status_code == 201, created.text[:1000]
    address = f"{ORDER}/{created.json()['id']}"
    assert len(client.get(address).json()["serviceOrderItem"]) == 5000
    changed = client.patch(address, {"serviceOrderItem": [{"id": "4999", "quantity": 2}]})
    assert [item.get("quantity") for item in changed.json()["serviceOrderItem"]] == [*[None] * 4999, 2]
    assert client.delete(address).status_code == 204


# Characters


@pytest.mark.parametrize(
    "text",
    [
        rb"\u0000",
        rb"a\u0000",
        rb"\ud800",
        rb"\udc00\ud800",
        rb"\ud83d",
        b"\x00",
        b"\xff",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\x0a",
        rb"\x41",
        rb"\u12",
    ],
)
@pytest.mark.parametrize("place", [b'"description": "%s"', b'"%s": 1', b'"ourOwn": [{"deep": "%s"}]'])
def test_text_that_is_no_text_is_refused(client: RealClient, text: bytes, place: bytes) -> None:
    raw = orjson.dumps(an_order(ourOwn=1)).replace(b'"ourOwn":1', place % text)
    refused(client, 400, content=raw, headers=JSON)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig", "latin-1", "utf-7"])
@pytest.mark.parametrize("declared", [True, False])
def test_another_encoding_is_refused(client: RealClient, encoding: str, declared: bool) -> None:
    text = orjson.dumps(an_order(description="Zürich")).decode()
    raw = text.replace('"', "“").encode(encoding) if encoding == "utf-7" else text.encode(encoding)
    media_type = f"application/json; charset={encoding}" if declared else "application/json"
    refused(client, 400, "JSON", content=raw, headers={"content-type": media_type})


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_are_kept_and_found_and_nothing_else_is(client: RealClient, text: str) -> None:
    known = client.post(ORDER, an_order(description=text, category=text) | {"externalId": text}).json()
    for name in ("description", "category", "externalId"):
        assert known[name] == text
        answer = client.get(f'{ORDER}?{name}="{quote(text)}"&fields=id')
        assert [one["id"] for one in answer.json()] == [known["id"]], name
        assert "x-injected" not in answer.headers
    assert client.delete(f"{ORDER}/{known['id']}").status_code == 204


@pytest.mark.parametrize("text", [*ODD_TEXTS, "x" * 50_000, "..x", "a/../b", "*", "?", "#", "%", "%00", "%zz"])
@pytest.mark.parametrize("path", [ORDER, CANCEL, CHECK, QUERY])
def test_odd_ids_name_nothing(client: RealClient, path: str, text: str) -> None:
    error(client.get(f"{path}/{quote(text, safe='')}"), 404)


@pytest.mark.parametrize("text", [*ODD_TEXTS, "x" * 50_000])
@pytest.mark.parametrize(
    "query",
    ["state={}", "{}=1", "{}", "id={}", "sort={}", "offset={}", "limit={}", "orderDate.gt={}", "state.regex={}"],
)
def test_odd_queries_are_answered_or_refused(client: RealClient, query: str, text: str) -> None:
    answer = client.get(f"{ORDER}?{query.format(quote(text, safe=''))}")
    if answer.status_code == 200:
        assert len(answer.json()) == int(answer.headers["x-total-count"])
    else:
        error(answer, 400)


@pytest.mark.parametrize(
    "query",
    [
        "state=%00",
        "state%00=held",
        "fields=%00",
        "offset=%00",
        "&".join(f"state=s{n}" for n in range(201)),
        "state=" + ",".join(f"s{n}" for n in range(201)),
        "state=" + ";".join(f"s{n}" for n in range(201)),
        "sort="
        + ",".join(["state", "id", "href", "category", "priority", "orderDate", "description", "externalId"] * 9)
        + ",startDate,completionDate,requestedStartDate",
        "serviceOrderItem." * 1000 + "id=1",
        "&".join(f"description.gt={n}" for n in range(300)),
        "offset=99999999999",
        "limit=-1",
        "limit=1e3",
        "offset=٣",
    ],
)
def test_too_much_of_a_query_is_refused(client: RealClient, query: str) -> None:
    refused(client, 400, method="GET", path=f"{ORDER}?{query}")


def test_very_many_fields_are_selected(client: RealClient) -> None:
    names = ",".join(f"serviceOrderItem.a{number}" for number in range(2000))
    assert client.get(f"{ORDER}?fields={names}").status_code == 200


@pytest.mark.parametrize(
    "expression",
    [
        "(a+)+$",
        "(a*)*b",
        "(a|a)*b",
        "(a|aa)+$",
        "(.*a){20}$",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "a{1000}{1000}",
        "((a{100}){100}){100}",
        "(?=a)a",
        r"(a)\1",
        "(?<!a)b",
        "(",
        "[",
        "*",
        "(?P<x>",
        "\\",
        "a" * 201,
        "(?#",
    ],
)
def test_no_regular_expression_runs_away(client: RealClient, expression: str) -> None:
    known = client.post(ORDER, an_order(description="a" * 30_000 + "!")).json()
    answer = client.get(f"{ORDER}?description.regex={quote(expression, safe='')}")
    if answer.status_code != 200:
        error(answer, 400, "description")
    assert client.delete(f"{ORDER}/{known['id']}").status_code == 204


# What is said about a body


@pytest.mark.parametrize(
    "media_type",
    [
        "text/json",
        "text/plain",
        "application/*",
        "*/*",
        "json",
        "application/xml",
        "application/jsonx",
        "application/merge-patch+json",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json, text/plain",
        "application/ json",
        "/",
        "ä",
        "x" * 60_000,
        "application/json/" * 1000,
    ],
)
def test_another_media_type_is_refused(client: RealClient, media_type: str) -> None:
    headers = {"content-type": media_type.encode()}
    told = refused(client, 415, "application/json", content=orjson.dumps(an_order()), headers=headers)
    assert len(told["message"]) < 200


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json ; charset=UTF-8",
        "application/json;",
        "application/json; charset=latin-1",
        'application/json; charset="utf-8"; profile="x"',
        "application/json; " + "x" * 50_000,
        "",
        ";",
    ],
)
def test_what_stands_beside_the_media_type_does_not_matter(client: RealClient, media_type: str) -> None:
    answer = client.ask("POST", ORDER, content=orjson.dumps(an_order()), headers={"content-type": media_type})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("types", [("application/json", "text/plain"), ("text/plain", "application/json")])
def test_two_media_types_are_one_too_many(client: RealClient, types: tuple[str, str]) -> None:
    headers = [("content-type", media_type) for media_type in types]
    refused(client, 415, "application/json", content=orjson.dumps(an_order()), headers=headers)


def test_the_same_media_type_twice_is_one(client: RealClient) -> None:
    headers = [("content-type", "application/json"), ("content-type", "application/json; charset=utf-8")]
    assert client.ask("POST", ORDER, content=orjson.dumps(an_order()), headers=headers).status_code == 201


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "x"])
def test_a_packed_body_is_refused_with_a_word_on_it(client: RealClient, encoding: str) -> None:
    headers = {**JSON, "content-encoding": encoding}
    refused(client, 415, "Content-Encoding", content=orjson.dumps(an_order()), headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": "text/html"},
        {"accept": "application/xml;q=1, */*;q=0"},
        {"accept-encoding": "gzip"},
        {"accept-language": "x" * 60_000},
        {"if-match": '"' * 1000},
        {"if-none-match": "*"},
        {"range": "bytes=0-1"},
        {"x-http-method-override": "DELETE"},
        {"x-forwarded-host": "evil.test", "forwarded": "host=evil.test", "host": "evil.test"},
        {"cookie": "a=b; " * 1000},
        {"expect": "the unexpected"},
        {"authorization": "Basic x"},
    ],
)
def test_other_headers_change_nothing(client: RealClient, headers: dict[str, str]) -> None:
    answer = client.ask("POST", ORDER, content=orjson.dumps(an_order()), headers={**JSON, **headers})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"].startswith(f"{BASE}{ORDER}/")
    assert client.get(ORDER, headers=headers).headers["content-type"] == "application/json"


# Methods


@pytest.mark.parametrize("path", [ORDER, f"{ORDER}/1", CANCEL, f"{CANCEL}/1", CHECK, f"{QUERY}/1", f"{ORDERS}/hub/1"])
@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "PROPFIND", "LINK", "X"])
def test_other_methods_are_told_what_is_offered(client: RealClient, method: str, path: str) -> None:
    answer = client.ask(method, path, content=b'{"a": 1}', headers=JSON)
    told = error(answer, 405)
    for name in answer.headers["allow"].split(", "):
        assert name in told["message"]


@pytest.mark.parametrize("path", [ORDER, f"{ORDER}/none", f"{ORDER}?colour=1", f"{ORDERS}/nothing"])
def test_head_says_what_get_says_without_its_body(client: RealClient, path: str) -> None:
    head, get = client.ask("HEAD", path), client.get(path)
    assert head.status_code == get.status_code
    assert head.headers["content-type"] == get.headers["content-type"] == "application/json"


@pytest.mark.parametrize("query", ["?colour=red", "?fields=id", "?limit=x", "?" + "x" * 50_000])
def test_a_query_where_none_belongs_changes_nothing(client: RealClient, query: str) -> None:
    created = client.post(f"{ORDER}{query}", an_order())
    assert created.status_code == 201, created.text
    address = f"{ORDER}/{created.json()['id']}{query}"
    assert client.patch(address, {"description": "x"}).status_code == 200
    assert client.delete(address).status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        "//",
        "/%2e%2e/",
        f"{ORDERS}/serviceOrder;x=1",
        f"{ORDERS}//serviceOrder",
        f"/x/..{ORDERS}/serviceOrder",
        f"{ORDERS}/SERVICEORDER",
        f"{ORDERS}/serviceOrder%2F1",
        "/" + "a/" * 10_000,
        "/" + "%F0%9F%98%80" * 1000,
    ],
)
def test_odd_paths_lead_nowhere(client: RealClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (200, 404)
    if answer.status_code == 404:
        error(answer, 404)


# Patches


@pytest.mark.parametrize(
    ("media_type", "patch"),
    [
        ("application/json-patch+json", [{"op": "copy", "from": "", "path": f"/own{n}"} for n in range(40)]),
        ("application/json-patch+json", [{"op": "add", "path": "/serviceOrderItem/-1", "value": {}}]),
        ("application/json-patch+json", [{"op": "add", "path": "/own" + "/x" * 10_000, "value": 1}]),
        ("application/json-patch+json", [{"op": "replace", "path": "", "value": 5}]),
        ("application/json-patch+json", [{"op": "remove", "path": "/serviceOrderItem"}]),
        ("application/json-patch+json", [{"op": "test", "path": "/id", "value": 1}] * 1001),
        ("application/json-patch+json", {"op": "remove"}),
        ("application/merge-patch+json", {"serviceOrderItem": None}),
        ("application/merge-patch+json", {"id": "another"}),
        ("application/merge-patch+json", []),
        ("application/merge-patch+json", None),
        ("application/json", "text"),
        ("application/json", {"serviceOrderItem": [{"id": "1", "serviceOrderItem": [{"id": "1"}]}]}),
        ("application/json", {"serviceOrderItem": [{}]}),
        ("application/json", {"note": 5}),
        ("application/json", {"requestedStartDate": "9999-12-31T23:59:59-14:00"}),
        ("application/json", {"requestedStartDate": "0000-01-01T00:00:00Z"}),
    ],
)
def test_a_patch_that_breaks_the_order_leaves_it_as_it_was(client: RealClient, media_type: str, patch: Json) -> None:
    known = client.post(ORDER, an_order(description="as it was")).json()
    address = f"{ORDER}/{known['id']}"
    error(client.ask("PATCH", address, content=orjson.dumps(patch), headers={"content-type": media_type}), 400)
    assert client.get(address).json() == known


@pytest.mark.parametrize(
    "changes",
    [
        {"requestedStartDate": "9999-12-31T23:59:59-14:00"},
        {"requestedStartDate": "0001-01-01T00:00:00+14:00"},
        {"requestedCompletionDate": "9999-12-31T23:59:59.999999999-23:59"},
        {"requestedStartDate": "0000-01-01T00:00:00Z"},
        {"requestedStartDate": "2037-01-01T24:00:00Z"},
        {"requestedStartDate": "2037-01-01T00:00:00+25:00"},
        {"requestedStartDate": "2037-01-01T00:00:00" + "." + "9" * 100_000 + "Z"},
        {"requestedStartDate": "\uff12037-01-01T00:00:00Z"},
        {"requestedStartDate": "2016-12-31T23:59:60Z"},
    ],
)
def test_a_moment_that_no_calendar_has_is_refused_or_kept(client: RealClient, changes: Json) -> None:
    answer = client.post(ORDER, an_order() | changes)
    if answer.status_code != 201:
        (name,) = changes
        error(answer, 400, name)


@pytest.mark.parametrize(
    "body",
    [
        {"callback": "file:///etc/passwd"},
        {"callback": "http://169.254.169.254/latest/meta-data"},
        {"callback": "http://[::ffff:10.0.0.1]/"},
        {"callback": "http://127.0.0.1:9/\r\nX: 1"},
        {"callback": "http://user:secret@127.0.0.1:99999/"},
        {"callback": "http://" + "x" * 100_000},
        {"callback": f"http://{'x' * 64}.test/"},
        {"callback": "http://127.0.0.1:9/", "query": "a=b&" * 50_000},
        {"callback": "http://127.0.0.1:9/", "query": "=;=;="},
        {"callback": "http://127.0.0.1:9/", "query": "state.regex=(("},
        {"callback": ["http://127.0.0.1:9/"]},
        {"query": "eventType=x"},
    ],
)
@pytest.mark.parametrize("hub", [f"{ORDERS}/hub", f"{CHECKS}/hub"])
def test_a_listener_that_cannot_be_is_refused(client: RealClient, hub: str, body: Json) -> None:
    told = refused(client, 400, path=hub, json=body)
    assert not re.search(r"secret|Traceback", told["message"])
