"""Design documents in the form that the caller wants, with what he may see, and nothing that could do harm."""

import orjson
import pytest

from linkwright.api.brevity import is_brief
from linkwright.api.design_documents import DesignDocumentApi
from linkwright.api.identity import Caller
from linkwright.api.media import chosen
from linkwright.wire.design_document import write_design, write_whole
from tests.documents.samples import a_full_design, a_whole

from .answers import error
from .test_costs import ByTurns
from .world import Client, World

BASE = "/designDocument/v1/designDocument"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
READS, SEES_COSTS = "designDocument:read", "cost:read"


@pytest.fixture
def gate() -> ByTurns:
    return ByTurns(Caller("bss", frozenset({READS, SEES_COSTS})))


@pytest.fixture(autouse=True)
def designs(world: World) -> dict[str, bytes]:
    """Two designs of one requester and their whole, and one of somebody else."""
    kept = world.designs.documents
    kept["d1"] = orjson.dumps(write_design(a_full_design(design_id="d1")))
    kept["d2"] = orjson.dumps(write_design(a_full_design(design_id="d2", nrc_minor=123_400, cpe="cpe-2")))
    kept["whole"] = orjson.dumps(write_whole(a_whole(design_id="whole")))
    kept["theirs"] = orjson.dumps(write_design(a_full_design(design_id="theirs")))
    world.designs.owners |= {"d1": "bss", "d2": "bss", "whole": "bss", "theirs": "other"}
    return kept


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html", "text/html; charset=utf-8"),
        (FIREFOX, "text/html; charset=utf-8"),
        ("text/markdown", "text/markdown; charset=utf-8"),
        ("text/html;q=0.2, text/markdown;q=0.3", "text/markdown; charset=utf-8"),
        ("text/*", "text/html; charset=utf-8"),
        ("text/html;q=0, */*", "application/json"),
        ("application/json;q=0, */*;q=0.1", "text/html; charset=utf-8"),
        ("TEXT/HTML; charset=utf-8", "text/html; charset=utf-8"),
        ("nonsense", "application/json"),
        ("text/html;q=much, text/markdown;q=0.1", "text/markdown; charset=utf-8"),
    ],
)
def test_the_form_is_the_one_that_is_accepted_most(client: Client, accept: str | None, expected: str) -> None:
    answer = client.get(f"{BASE}/d1", headers={} if accept is None else {"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, expected)


@pytest.mark.parametrize("accept", ["application/xml", "image/*", "*/*;q=0", "text/html;q=0"])
def test_where_nothing_fits_it_is_said_what_is_offered(client: Client, accept: str) -> None:
    for path in ("d1", "d1/diff/d2"):
        error(client.get(f"{BASE}/{path}", headers={"Accept": accept}), 406, "application/json", "text/html")


def test_the_address_names_the_form_before_what_is_accepted(client: Client) -> None:
    for form, kind in (("json", "application/json"), ("md", "text/markdown"), ("html", "text/html")):
        answer = client.get(f"{BASE}/d1?format={form}", headers={"Accept": "application/xml"})
        assert answer.headers["content-type"].startswith(kind)
    error(client.get(f"{BASE}/d1?format=pdf"), 400, "json, html, md")
    error(client.get(f"{BASE}/d1?format=json&format=md"), 400, "format")


def test_the_bytes_that_are_stored_are_what_is_answered(client: Client, designs: dict[str, bytes]) -> None:
    assert client.get(f"{BASE}/d1").content == designs["d1"]
    assert client.get(f"{BASE}/whole").json()["@type"] == "SolutionDesign"


def test_a_page_may_do_nothing(client: Client) -> None:
    answer = client.get(f"{BASE}/whole?format=html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "<script" not in answer.text


@pytest.mark.parametrize("form", ["json", "html", "md"])
def test_what_the_caller_has_is_not_sent_again(client: Client, form: str) -> None:
    first = client.get(f"{BASE}/d1?format={form}")
    assert first.headers["cache-control"] == "private, immutable, max-age=86400"
    assert "Accept" in first.headers["vary"]
    tag = first.headers["etag"]
    for known in (tag, f'"x", W/{tag}', "*"):
        again = client.get(f"{BASE}/d1?format={form}", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"{BASE}/d1?format={form}", headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("form", ["json", "html", "md"])
def test_who_may_not_see_costs_sees_none_and_has_another_tag(client: Client, gate: ByTurns, form: str) -> None:
    whole = {name: client.get(f"{BASE}/{name}?format={form}") for name in ("d1", "whole", "d1/diff/d2")}
    gate.caller = Caller("bss", frozenset({READS}))
    for name, shown in whole.items():
        answer = client.get(f"{BASE}/{name}?format={form}")
        assert answer.status_code == 200
        assert answer.headers["etag"] != shown.headers["etag"]
        for amount in ("1,080.00", "108000", "123400", "1,234.00", "1,135,820", "612345", "6,123.45", "oneTimeCost"):
            assert amount not in answer.text


def test_a_difference_is_told_with_its_section(client: Client) -> None:
    answer = client.get(f"{BASE}/d1/diff/d2")
    assert answer.json() == [
        {"section": "Bill of materials", "path": "cpe", "was": "cpe-1", "is": "cpe-2"},
        {"section": "Cost", "path": "oneTimeCostMinor", "was": 108_000, "is": 123_400},
    ]
    assert client.get(f"{BASE}/d1/diff/d1").json() == []
    page = client.get(f"{BASE}/d1/diff/d2", headers={"Accept": "text/html"})
    assert "content-security-policy" in page.headers
    assert "2 differences between the two" in page.text


def test_both_designs_have_to_be_ones_own(client: Client, gate: ByTurns) -> None:
    for path in ("theirs", "theirs/diff/d1", "d1/diff/theirs", "d1/diff/none", "none/diff/d1"):
        told = error(client.get(f"{BASE}/{path}"), 404)
        assert "theirs" in told["message"] or "none" in told["message"]
    gate.caller = Caller("boss", frozenset({READS, "resources:all"}))
    assert client.get(f"{BASE}/d1/diff/theirs").status_code == 200


@pytest.mark.parametrize("design_id", ["%3Cscript%3E", "..%2F..", "javascript:alert(1)", "d1%0d%0aX-Y:1"])
def test_an_odd_id_is_not_found(client: Client, design_id: str) -> None:
    for address in (f"{BASE}/{design_id}", f"{BASE}/d1/diff/{design_id}"):
        answer = client.get(address, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/json"


FORMS: dict[str, str] = {"json": "application/json", "html": "text/html", "md": "text/markdown"}


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "json"),
        (",;,", "json"),
        ("text/html;level=1;q=0.5, application/json;q=0.4", "html"),
        ("text/html;q=1.0000", "json"),
    ],
)
def test_odd_headers_are_read_as_far_as_they_can_be(accept: str, expected: str) -> None:
    assert chosen(FORMS, "", accept) == expected


def test_other_parameters_do_not_count(client: Client) -> None:
    answer = client.get(f"{BASE}/d1?fields=designId")
    assert answer.headers["content-type"] == "application/json"


def test_a_document_is_drawn_in_a_thread_and_its_head_alone_can_be_asked_for(client: Client, world: World) -> None:
    api = DesignDocumentApi(designs=world.designs)
    assert not is_brief(api.retrieve_design_document)
    assert not is_brief(api.retrieve_design_difference)
    head = client.ask("HEAD", f"{BASE}/d1?format=html")
    assert (head.status_code, head.headers["etag"]) == (200, client.get(f"{BASE}/d1?format=html").headers["etag"])
