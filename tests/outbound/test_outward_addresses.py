"""Systems and partners may live only where the operator says."""

import pytest
import responses

from linkwright.errors import Refused
from linkwright.outbound.address_guard import AddressGuard, guarded_session
from linkwright.partner_settings import Partner
from linkwright.settings import Settings
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


def test_what_a_partner_repeats_of_our_credentials_is_taken_out(peer: responses.RequestsMock) -> None:
    partner = Partner(
        name="north",
        url="http://93.184.215.14",
        token="hush-hush",  # noqa: S106 - this is the test
        headers={"X-Api-Key": "also-hush", "X-Tenant": "tenant-1"},
    )
    outside = outside_of(Settings(partners=(partner,)))
    client = outside.partners["north"]
    peer.get("http://93.184.215.14/thing", json=["hush-hush", "also-hush", "tenant-1"])
    assert client.get("thing") == ["***", "***", "tenant-1"]
    outside.market.close()
    outside.pool.close()


def test_the_password_of_an_address_is_not_told() -> None:
    with pytest.raises(Refused, match="north") as refused:
        outside_of(Settings(partners=(Partner(name="north", url="http://user:hush-hush@partner.example"),)))
    assert "hush" not in str(refused.value)
