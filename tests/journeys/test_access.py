"""Who calls, with a real server that asks: API keys from its configuration file, tokens from a provider over HTTP."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from linkwright.api.api_keys import digest_of, new_key
from tests.api.issuer import AUDIENCE, ISSUER, Issuer
from tests.journeys.processes import ORDERING, Linkwright
from tests.journeys.warm import Forge

ORDERS = f"{ORDERING}/serviceOrder"
KEY, OTHER_KEY = new_key(), new_key()
SCOPES = '["serviceOrdering:read", "serviceOrdering:write"]'
ORDER = {"serviceOrderItem": [{"id": "1", "action": "add", "service": {"serviceSpecification": {"id": "cfs"}}}]}


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer(datetime.now(UTC))


@pytest.fixture(scope="module")
def provider(issuer: Issuer) -> Iterator[str]:
    """The published keys of the issuer."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys = [key.as_dict(private=False) for key in issuer.published.values()]
            body = json.dumps({"keys": keys}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/keys"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory, provider: str, forge: Forge) -> Iterator[Linkwright]:
    tables = [
        f'[api_keys.{name}]\nsha256 = "{digest_of(key)}"\nscopes = {SCOPES}'
        for name, key in (("one", KEY), ("other", OTHER_KEY))
    ]
    tables.append(f'[tokens]\nissuer = "{ISSUER}"\naudience = "{AUDIENCE}"\njwks_url = "{provider}"')
    folder: Path = tmp_path_factory.mktemp("asking")
    server = Linkwright(folder, {}, *tables, forge=forge)
    yield server.start()
    server.stop()


def _call(server: Linkwright, method: str, path: str, headers: dict[str, str], body: Any = None) -> requests.Response:
    return requests.request(method, f"{server.url}{path}", headers=headers, json=body, timeout=10)


def test_nobody_gets_in_without_a_credential(asking: Linkwright) -> None:
    for headers in ({}, {"X-API-Key": new_key()}, {"Authorization": "Bearer nonsense"}):
        answer = _call(asking, "GET", ORDERS, headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_opens_its_callers_own_orders_and_no_others(asking: Linkwright) -> None:
    order = _call(asking, "POST", ORDERS, {"X-API-Key": KEY}, ORDER).json()
    path = f"{ORDERS}/{order['id']}"
    assert _call(asking, "GET", path, {"X-API-Key": KEY}).status_code == 200
    assert _call(asking, "GET", path, {"X-API-Key": OTHER_KEY}).status_code == 404


def test_a_token_of_the_provider_opens_what_its_scopes_say(asking: Linkwright, issuer: Issuer) -> None:
    reader = {"Authorization": f"Bearer {issuer.token(scope='serviceOrdering:read')}"}
    assert _call(asking, "GET", ORDERS, reader).status_code == 200
    assert _call(asking, "POST", ORDERS, reader, ORDER).status_code == 403
    writer = {"Authorization": f"Bearer {issuer.token()}"}
    assert _call(asking, "POST", ORDERS, writer, ORDER).status_code == 201


def test_a_token_of_another_issuer_is_refused_and_health_is_told_to_all(asking: Linkwright, issuer: Issuer) -> None:
    forged = issuer.token(iss="https://evil.example")
    assert _call(asking, "GET", ORDERS, {"Authorization": f"Bearer {forged}"}).status_code == 401
    assert _call(asking, "GET", "/health/ready", {}).status_code == 200
