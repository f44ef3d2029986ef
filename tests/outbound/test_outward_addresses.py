"""Systems and partners may live only where the operator says."""

import pytest
import responses

from linkwright.errors import Refused
from linkwright.outbound.address_guard import AddressGuard, guarded_session
from linkwright.settings import Partner, Settings
from linkwright.wiring.outside import outside_of

from .fakes import a_client

PRIVATE = "http://10.1.2.3:8080"


@pytest.mark.parametrize(
    "url",
    [
        PRIVATE,
        "http://169.254.169.254/latest",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://2130706433/",
        "ftp://inventory.example",
        "http://user:secret@inventory.example",
    ],
)
def test_an_address_that_may_not_be_called_stops_the_start_and_is_named(url: str) -> None:
    with pytest.raises(Refused, match="outward_networks"):
        outside_of(Settings(systems={"resources": url}))
    with pytest.raises(Refused, match="north"):
        outside_of(Settings(partners=(Partner(name="north", url=url),)))


def test_networks_that_the_operator_lists_may_be_called() -> None:
    outside_of(Settings(systems={"resources": PRIVATE}, outward_networks=("10.1.0.0/16",)))


def test_loopback_may_be_called_only_while_bound_to_it_or_listed() -> None:
    systems = {"resources": "http://127.0.0.1:1"}
    outside_of(Settings(systems=systems))
    with pytest.raises(Refused):
        outside_of(Settings(systems=systems, host="0.0.0.0"))  # noqa: S104 - that is what is refused
    outside_of(Settings(systems=systems, host="0.0.0.0", outward_networks=("127.0.0.0/8",)))  # noqa: S104


def test_a_name_that_turns_inward_is_not_called(peer: responses.RequestsMock) -> None:
    peer.stop(allow_assert=False)
    guard = AddressGuard(False, (), resolve=lambda _host, _port: ["10.0.0.1"])
    client = a_client(base_url="http://partner.test", session_factory=lambda: guarded_session(guard))
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        client.get("thing")
    peer.start()
