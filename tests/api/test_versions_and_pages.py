"""Headers and parameters that come more than once, versions that are meant, and pages that are not all."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from linkwright.api.ports import Kind
from linkwright.settings import Settings

from .answers import contract, error
from .world import CHECKS, ORDERS, Client, World, a_check_body, a_query_body, an_order_body

ORDER = f"{ORDERS}/serviceOrder"
BODIES: dict[str, Any] = {
    ORDER: an_order_body(),
    f"{CHECKS}/checkServiceQualification": a_check_body(),
    f"{CHECKS}/queryServiceQualification": a_query_body(),
}
each_resource = pytest.mark.parametrize("path", BODIES)


def created(client: Client, path: str = ORDER, number: int = 1) -> str:
    body = BODIES[path] | {"externalId": f"e-{number}"}
    return f"{path}/{client.post(path, body).json()['id']}"


@each_resource
def test_what_is_deleted_is_the_version_that_was_meant(client: Client, path: str) -> None:
    address = created(client, path)
    tag = client.get(address).headers["etag"]
    error(client.ask("DELETE", address, headers={"if-match": '"999"'}), 412, "999")
    assert client.get(address).status_code == 200
    assert client.ask("DELETE", address, headers={"if-match": tag}).status_code == 204
    error(client.ask("DELETE", address, headers={"if-match": tag}), 404)


def test_any_version_is_meant_by_an_asterisk(client: Client) -> None:
    assert client.ask("DELETE", created(client), headers={"if-match": "*"}).status_code == 204


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_several_lines_of_if_match_are_one_list(client: Client, method: str) -> None:
    address = created(client)
    tag = client.get(address).headers["etag"]
    lines = [("content-type", "application/json"), ("if-match", '"998"'), ("if-match", '"999"')]
    error(client.ask(method, address, content=b'{"description": "x"}', headers=lines), 412, "998", "999")
    lines[2] = ("if-match", tag)
    assert client.ask(method, address, content=b'{"description": "x"}', headers=lines).is_success


def test_repeated_fields_and_sorts_are_joined(client: Client, world: World) -> None:
    created(client)
    (found,) = client.get(f"{ORDER}?fields=state&fields=orderDate").json()
    assert found.keys() == {"id", "href", "@type", "state", "orderDate"}
    client.get(f"{ORDER}?sort=-state&limit=1&sort=id")
    assert [(key.path, key.descending) for key in world.shelf.asked[-1].sort] == [("state", True), ("id", False)]


@pytest.mark.parametrize(
    "query", ["filter=$.x", "filter=%24%5B%3F%28%40.state%3D%3D%27held%27%29%5D", "state=x&filter=y"]
)
def test_a_filter_in_json_path_is_not_offered(client: Client, query: str) -> None:
    error(client.get(f"{ORDER}?{query}"), 501, "JSONPath")


def test_of_a_single_order_it_is_as_unknown_as_any_other_name(client: Client) -> None:
    error(client.get(f"{created(client)}?filter=$.x"), 400, "filter")


def test_a_page_may_have_so_many_bytes_as_it_is_set() -> None:
    assert Settings().max_page_bytes == 32 * 1024 * 1024
    assert Settings.load({"LINKWRIGHT_MAX_PAGE_BYTES": "1000"}).max_page_bytes == 1000


@dataclass
class Switched(World):
    """Pages that are not all are 206."""

    def _resources(self, served: Any, kind: Kind) -> Any:
        return replace(super()._resources(served, kind), partial_content=True)


@pytest.fixture
def switched() -> Iterator[Client]:
    world = Switched()
    with Client(world.app) as client:
        yield client
    world.close()


PAGES = [("", 200, 3), ("?limit=2", 206, 2), ("?offset=1", 206, 2), ("?offset=5", 206, 0), ("?limit=3", 200, 3)]


@pytest.mark.parametrize(("query", "status", "shown"), [*PAGES, ("?state=none", 200, 0)])
def test_a_page_that_is_not_all_is_206_where_that_is_switched_on(
    switched: Client, query: str, status: int, shown: int
) -> None:
    for number in range(3):
        created(switched, number=number)
    answer = switched.get(f"{ORDER}{query}")
    assert (answer.status_code, len(answer.json())) == (status, shown)
    assert 'rel="first"' in answer.headers["link"]


def test_a_page_that_was_cut_short_is_206_too() -> None:
    world = Switched()
    world.shelf.most_on_page = 2
    with Client(world.app) as client:
        for number in range(3):
            created(client, number=number)
        assert client.get(ORDER).status_code == 206
    world.close()


def test_every_page_is_200_unless_it_is_switched_on(client: Client) -> None:
    for number in range(3):
        created(client, number=number)
    assert client.get(f"{ORDER}?limit=2").status_code == 200
    assert not Settings().partial_content


@pytest.mark.parametrize(("text", "position"), [("true", True), ("False", False)])
@pytest.mark.parametrize("name", ["partial_content", "named_callbacks"])
def test_switches_are_read_from_the_environment(name: str, text: str, position: bool) -> None:
    assert getattr(Settings.load({f"LINKWRIGHT_{name.upper()}": text}), name) is position
    with pytest.raises(ValueError, match=f"LINKWRIGHT_{name.upper()}"):
        Settings.load({f"LINKWRIGHT_{name.upper()}": "maybe"})


@pytest.mark.parametrize("name", ["tmf641-v4", "tmf645-v4"])
def test_the_contracts_tell_of_these_answers(name: str) -> None:
    for method, operation in contract(name).operations():
        if operation["operationId"].startswith("list"):
            assert {"206", "501"} <= operation["responses"].keys()
        if method == "delete" and operation["operationId"] != "unregisterListener":
            assert "412" in operation["responses"]
