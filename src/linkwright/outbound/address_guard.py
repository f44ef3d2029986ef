"""Keeps calls to addresses that others name (callbacks, partners) away from our own network.

A name is looked up once for each connection, every address it has is checked, and the connection goes to the address
that was checked: a name that changes its mind in between gains nothing.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from linkwright.errors import Refused
from linkwright.outbound.deadlines import TIMED_POOLS
from linkwright.outbound.sessions import never_connected, plain_session

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Ways to write an IPv4 address, maybe a private one, as an IPv6 address that looks public.
DISGUISES = tuple(
    ipaddress.ip_network(network)
    for network in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.88.99.0/24")
)
# Addresses of the nearest gateway, and of documents: not every version of `ipaddress` knows them.
NOT_PUBLIC = tuple(ipaddress.ip_network(network) for network in ("192.0.0.0/24", "2001:1::/32", "3fff::/20"))
PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2000
LONGEST_TRYING_S = 5.0
"""After that no further address of a name is tried, however many it has: each of them may be silent."""


def look_up(host: str, port: int) -> list[str]:
    """Every address of a host, in the order in which the system would try them.

    Raises:
        OSError: the name is not known, or nobody answers.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class AddressGuard:
    """Says where calls may go. `allowed_networks` are CIDR blocks that the operator opens, private or not."""

    def __init__(
        self,
        allow_loopback: bool,
        allowed_networks: Sequence[str],
        *,
        resolve: Callable[[str, int], list[str]] = look_up,
    ) -> None:
        self._allow_loopback = allow_loopback
        self._allowed: tuple[Network, ...] = tuple(ipaddress.ip_network(network) for network in allowed_networks)
        self._resolve = resolve

    def check(self, url: str) -> None:
        """Raise `Refused` when calls to `url` may not be made; the text says why.

        A name that nobody knows yet passes: it is looked up and checked again for every connection.
        """
        if len(url) > LONGEST_URL:
            raise Refused(url, f"is longer than {LONGEST_URL} characters")
        if " " in url or not url.isprintable():
            raise Refused(url, "has blanks or control characters in it")
        try:
            parts = parse_url(url)
        except (LocationParseError, ValueError) as error:
            raise Refused(url, "is not a URL") from error
        host = _host_of(url, parts)
        try:
            self.addresses(host, parts.port or PORTS[str(parts.scheme)])
        except OSError:
            return

    def allows(self, url: str) -> bool:
        """`check` as a question."""
        try:
            self.check(url)
        except Refused:
            return False
        return True

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host, all of them checked.

        Raises:
            Refused: at least one of them may not be called.
            OSError: the name could not be looked up.
        """
        bare = host.strip("[]")
        if _is_number(bare):
            raise Refused(host, "a number is not a host name")
        try:
            found = self._resolve(bare, port)
        except UnicodeError as error:  # an empty label, or one of more than 63 characters
            raise Refused(host, "is no host name") from error
        for text in found:
            self._check_address(host, ipaddress.ip_address(text))
        return found

    def _check_address(self, host: str, address: Address) -> None:
        if _is_among(address, self._allowed):
            return
        if address.is_loopback and self._allow_loopback:
            return
        if why := _objection(address):
            raise Refused(host, f"{address} is {why}")


def _host_of(url: str, parts: Url) -> str:
    if parts.scheme not in PORTS:
        raise Refused(url, "the scheme must be http or https")
    if parts.auth is not None:
        raise Refused(url, "a user name in a URL is not allowed")
    if not parts.host:
        raise Refused(url, "has no host")
    return parts.host


def _is_number(host: str) -> bool:
    """True for `2130706433`, `0x7f.1`, `127.1` and their like: forms that the system would read as an IPv4 address."""
    last = host.rstrip(".").rpartition(".")[2].lower()
    if not (last.isdigit() or last.startswith("0x")):
        return False
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _is_among(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _objection(address: Address) -> str:
    """Why an address is not a public one, or nothing. `is_global` alone lets disguises and multicast pass."""
    if _is_among(address, DISGUISES):
        return "an IPv4 address in disguise"
    if address.is_loopback:
        return "a loopback address"
    if address.is_multicast:
        return "a multicast address"
    if address.is_link_local or getattr(address, "is_site_local", False):
        return "a link-local address"
    if address.is_reserved or not address.is_global or _is_among(address, NOT_PUBLIC):
        return "a private or reserved address"
    return ""


class GuardedAdapter(HTTPAdapter):
    """Connects only to addresses that the guard has checked; host header and certificate check keep the name.

    A time-out for reading is one for the whole answer.

    Raises `Refused` instead of connecting. Needs direct connections: a proxy would look names up itself.
    """

    def __init__(self, guard: AddressGuard, *, monotonic: Callable[[], float] = time.monotonic, **options: Any) -> None:
        self._guard, self._monotonic = guard, monotonic
        self._turn = threading.local()
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = TIMED_POOLS

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send; where a host has several addresses, try the next one when nobody listens at the first."""
        self._turn.left = None
        until_s = self._monotonic() + LONGEST_TRYING_S
        while True:
            try:
                return super().send(request, *args, **options)
            except requests.ConnectionError as error:
                if not (self._turn.left and never_connected(error)) or self._monotonic() > until_s:
                    raise

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        attributes: Any = super().build_connection_pool_key_attributes(request, verify, cert)
        host_params, pool_kwargs = attributes
        host, scheme = str(host_params["host"]), str(host_params["scheme"])
        host_params["host"] = self._next_address(request, host, int(host_params["port"] or PORTS[scheme]))
        if scheme == "https":
            pool_kwargs |= {"server_hostname": host.strip("[]"), "assert_hostname": host.strip("[]")}
        request.headers.setdefault("Host", parse_url(str(request.url)).netloc or host)
        return host_params, pool_kwargs

    def _next_address(self, request: requests.PreparedRequest, host: str, port: int) -> str:
        if self._turn.left is None:
            try:
                self._turn.left = self._guard.addresses(host, port)
            except OSError as error:
                raise requests.ConnectionError(f"{host} could not be looked up", request=request) from error
        return str(self._turn.left.pop(0))


def guarded_session(guard: AddressGuard) -> requests.Session:
    """A plain session whose every connection is checked."""
    session = plain_session()
    for prefix in ("http://", "https://"):
        session.mount(prefix, GuardedAdapter(guard, pool_connections=100, pool_maxsize=16))
    return session
