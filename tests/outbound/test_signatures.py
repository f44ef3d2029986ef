"""What a listener checks: the example of docs/operations.md, on what we send."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace

from linkwright.outbound.signatures import EVENT_HEADER, HEADER, signature, signing

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ROW = SimpleNamespace(seq=1, event_id="event-1", body=b'{"eventId":"event-1"}', attempts=0, next_at=AT)


def is_from_linkwright(secret: str, headers: dict[str, str], body: bytes, now_s: float) -> bool:
    """As a listener does it."""
    parts = dict(part.split("=", 1) for part in headers["Linkwright-Signature"].split(","))
    signed = f"{parts['t']}.{headers['Linkwright-Event-Id']}.".encode() + body
    expected = hmac.new(secret.encode(), signed, sha256).hexdigest()
    return hmac.compare_digest(expected, parts["v1"]) and abs(now_s - int(parts["t"])) < 300


def test_a_listener_that_knows_the_secret_can_tell_ours_from_others() -> None:
    headers = dict(signing(lambda _id, _host: "s3cret")("sub-1", "http://listener.test/cb", ROW.event_id, ROW.body, AT))
    now_s = AT.timestamp() + 10
    assert is_from_linkwright("s3cret", headers, ROW.body, now_s)
    assert not is_from_linkwright("another", headers, ROW.body, now_s)
    assert not is_from_linkwright("s3cret", headers, ROW.body + b" ", now_s)
    assert not is_from_linkwright("s3cret", headers | {EVENT_HEADER: "event-2"}, ROW.body, now_s)
    assert not is_from_linkwright("s3cret", headers, ROW.body, now_s + 3600)


def test_the_form_of_a_signature_is_fixed() -> None:
    expected = hmac.new(b"key", b'1793610000.event-1.{"eventId":"event-1"}', sha256).hexdigest()
    assert signature("key", AT, "event-1", ROW.body) == f"t=1793610000,v1={expected}"


def test_without_a_secret_nothing_is_signed_and_the_secret_is_asked_for_by_id_and_host() -> None:
    asked: list[tuple[str, str]] = []
    sign = signing(lambda *of: asked.append(of))
    unsigned = sign("sub-1", "https://Listener.Test:8443/cb?x=1", ROW.event_id, ROW.body, AT)
    assert (dict(unsigned), asked) == ({}, [("sub-1", "listener.test")])
    assert HEADER == "Linkwright-Signature"
