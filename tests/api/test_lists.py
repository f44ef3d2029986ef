"""Filters, pages and their neighbours."""

import re

import pytest

from linkwright.api.callers import SCOPE, query_string

from .answers import error
from .world import ORDERS, Client, World, an_order_body

LIST = f"{ORDERS}/serviceOrder"


@pytest.fixture(autouse=True)
def _seven_orders(client: Client) -> None:
    for number in range(7):
        client.post(LIST, an_order_body(externalId=f"bss-{number}", priority=str(number % 2)))


def links(header: str) -> dict[str, str]:
    return {relation: address for address, relation in re.findall(r'<([^>]*)>; rel="(\w+)"', header)}


def test_an_empty_list_is_a_list(client: Client) -> None:
    answer = client.get(f"{LIST}?state=held")
    assert (answer.status_code, answer.json()) == (200, [])
    assert (answer.headers["x-total-count"], answer.headers["x-result-count"]) == ("0", "0")


def test_a_page_links_to_its_neighbours(client: Client) -> None:
    answer = client.get(f"{LIST}?priority=0&offset=2&limit=1")
    assert answer.headers["x-total-count"] == "4"
    found = links(answer.headers["link"])
    base = f"http://lw.test{LIST}?priority=0&"
    assert found == {
        "self": f"{base}offset=2&limit=1",
        "first": f"{base}offset=0&limit=1",
        "prev": f"{base}offset=1&limit=1",
        "next": f"{base}offset=3&limit=1",
        "last": f"{base}offset=3&limit=1",
    }


def test_following_next_leads_through_all(client: Client) -> None:
    seen, address = [], f"{LIST}?limit=3"
    while address:
        answer = client.get(address)
        seen += [order["externalId"] for order in answer.json()]
        address = links(answer.headers["link"]).get("next", "")
    assert seen == [f"bss-{number}" for number in range(7)]


def test_a_page_that_was_cut_short_goes_on_where_it_ends(client: Client, world: World) -> None:
    world.shelf.most_on_page = 2
    seen, address = [], f"{LIST}?limit=3"
    while address:
        answer = client.get(address)
        assert answer.headers["x-total-count"] == "7"
        assert answer.headers["x-result-count"] == str(len(answer.json()))
        seen.append([order["externalId"] for order in answer.json()])
        address = links(answer.headers["link"]).get("next", "")
    assert seen == [["bss-0", "bss-1"], ["bss-2", "bss-3"], ["bss-4", "bss-5"], ["bss-6"]]


@pytest.mark.parametrize("query", ["orderDate%3E2020-01-01", "orderDate.gt=2020-01-01", 'externalId="bss-1"'])
def test_a_link_keeps_a_filter_as_it_was_written(client: Client, query: str) -> None:
    answer = client.get(f"{LIST}?{query}")
    assert answer.json()
    again = client.get(links(answer.headers["link"])["self"])
    assert again.json() == answer.json()


@pytest.mark.parametrize("text", ["a%3E%22b", "%C3%A4", 'x">, <http://evil', "caf\xe9"])
def test_no_filter_breaks_out_of_a_link(client: Client, text: str) -> None:
    answer = client.get(f"{LIST}?description={text}")
    assert answer.status_code == 200
    assert set(links(answer.headers["link"])) == {"self", "first", "last"}


def test_a_very_long_filter_has_no_links(client: Client) -> None:
    answer = client.get(f"{LIST}?externalId={'x' * 2000},bss-1")
    assert (answer.status_code, answer.headers["x-total-count"]) == (200, "1")
    assert "link" not in answer.headers


def test_repeated_names_reach_the_store_as_they_were_sent(client: Client, world: World) -> None:
    answer = client.get(f"{LIST}?externalId=bss-1&externalId=bss-2&serviceOrderItem.id=1")
    assert answer.headers["x-total-count"] == "2"
    assert len(world.shelf.asked[-1].filter) == 2


@pytest.mark.parametrize("name", ["colour", "serviceOrderItem.colour", "fields.x"])
def test_an_unknown_filter_attribute_is_named(client: Client, name: str) -> None:
    error(client.get(f"{LIST}?{name}=1"), 400, name)


def test_an_unknown_attribute_is_not_sorted_by(client: Client) -> None:
    error(client.get(f"{LIST}?sort=-colour"), 400, "colour")


@pytest.mark.parametrize(
    "query",
    [
        "offset=-1",
        "offset=x",
        "offset=",
        "offset=1.5",
        "limit=0",
        "limit=1001",
        "limit=abc",
        "limit=99999999999999999999",
    ],
)
def test_a_page_that_cannot_be_is_refused(client: Client, query: str) -> None:
    error(client.get(f"{LIST}?{query}"), 400, query.split("=")[0])


def test_an_offset_beyond_the_end_is_an_empty_page(client: Client) -> None:
    answer = client.get(f"{LIST}?offset=100&limit=5")
    assert (answer.status_code, answer.json(), answer.headers["x-total-count"]) == (200, [], "7")
    assert links(answer.headers["link"])["prev"].endswith("offset=5&limit=5")


def test_a_slash_at_the_end_changes_nothing(client: Client) -> None:
    assert client.get(f"{LIST}/").json() == client.get(LIST).json()


@pytest.mark.parametrize(("sent", "read"), [("ü".encode(), "ü"), (b"\xfc", "ü"), (b"%C3%BC", "%C3%BC")])
def test_a_query_that_is_not_encoded_is_read_as_utf_8_where_it_can_be(sent: bytes, read: str) -> None:
    token = SCOPE.set({"query_string": b"externalId=Z" + sent + b"rich"})
    assert query_string() == f"externalId=Z{read}rich"
    SCOPE.reset(token)


def test_letters_beyond_ascii_are_quoted_in_links(client: Client) -> None:
    client.post(LIST, an_order_body(externalId="Zürich"))
    answer = client.get(f"{LIST}?externalId=Zürich")
    assert [order["externalId"] for order in answer.json()] == ["Zürich"]
    assert "externalId=Z%C3%BCrich&" in answer.headers["Link"]
