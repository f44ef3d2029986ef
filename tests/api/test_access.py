"""The doors of the real application: which scope belongs to which path, and what is behind none of them."""

from collections.abc import Iterator

import pytest

from linkwright.api.contracts import SERVED
from linkwright.api.gate import areas_of
from linkwright.api.identity import scope_needed
from linkwright.api.scopes import known_scopes, refuse_unknown
from linkwright.errors import BadSetting

from .answers import contract, error
from .callers import an_api_key, showing
from .fakes import BASE
from .real import RealClient, real_client
from .world import CHECKS, ORDERS

KEY = showing("a key")
UNKNOWN = ("/", "/nothing", "/tmf-api", "/listener", "/designDocument/v2/x", f"{ORDERS}/nothing", "//listener/north")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealClient]:
    bss = an_api_key("bss", "a key", "serviceOrdering:read", "serviceOrdering:write")
    with real_client(tmp_path_factory.mktemp("access"), validate_responses=False, api_keys=(bss,)) as client:
        yield client


@pytest.mark.parametrize("path", UNKNOWN)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_path_is_404_to_whoever_is_known_and_401_to_others(
    client: RealClient, path: str, method: str
) -> None:
    error(client.ask(method, f"{BASE}{path}", headers=KEY), 404)
    error(client.ask(method, f"{BASE}{path}"), 401)


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", "/listener/north", "peerEvents:write"),
        ("POST", "/listener/north/someEvent", "peerEvents:write"),
        ("GET", "/designDocument/v1/designDocument/x", "designDocument:read"),
        ("GET", f"{CHECKS}/checkServiceQualification", "serviceQualificationManagement:read"),
    ],
)
def test_what_is_served_needs_its_scope(client: RealClient, method: str, path: str, scope: str) -> None:
    assert scope in client.ask(method, path, json={}, headers=KEY).json()["message"]


@pytest.mark.parametrize("name", SERVED)
def test_every_scope_that_is_asked_for_is_one_that_a_key_can_have(name: str) -> None:
    served = contract(name)
    known = known_scopes([served.area])
    refuse_unknown("bss", {scope_needed(served.area, method.upper()) for method, _ in served.operations()}, known)
    with pytest.raises(BadSetting, match="bss: 'serviceOrderin:read' is no scope"):
        refuse_unknown("bss", ["serviceOrderin:read"], known)


@pytest.mark.parametrize("name", SERVED)
def test_every_path_of_a_contract_lies_in_its_area(name: str) -> None:
    served = contract(name)
    areas = areas_of(served)
    assert {area for _, area in areas} == {served.area}
    for path in served.document["paths"]:
        assert any(f"{served.base_path}{path}".startswith(prefix) and prefix != "/" for prefix, _ in areas), path
