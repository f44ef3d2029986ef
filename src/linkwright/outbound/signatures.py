"""Proof for a listener that a notification is ours, unchanged and fresh: an HMAC over time, event and body."""

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

HEADER = "Linkwright-Signature"
EVENT_HEADER = "Linkwright-Event-Id"
Signed = Callable[[str, str, str, bytes, datetime], Mapping[str, str]]
"""The headers that prove where a notification comes from: of a subscription, its callback, an event, its body, now."""


def signature(secret: str, at: datetime, event_id: str, body: bytes) -> str:
    """`t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.event id.body" in hexadecimal>`."""
    seconds = int(at.timestamp())
    signed = b".".join((str(seconds).encode(), event_id.encode(), body))
    return f"t={seconds},v1={hmac.new(secret.encode(), signed, sha256).hexdigest()}"


def unsigned(_subscription_id: str, _callback: str, _event_id: str, _body: bytes, _at: datetime) -> Mapping[str, str]:
    return {}


def signing(secret_of: Callable[[str, str], str | None]) -> Signed:
    """`secret_of` gives the secret that is shared with a subscription, by its id and its callback's host."""

    def signed(subscription_id: str, callback: str, event_id: str, body: bytes, at: datetime) -> Mapping[str, str]:
        secret = secret_of(subscription_id, (urlsplit(callback).hostname or "").lower())
        if not secret:
            return {}
        return {EVENT_HEADER: event_id, HEADER: signature(secret, at, event_id, body)}

    return signed
