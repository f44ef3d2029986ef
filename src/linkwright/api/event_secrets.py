"""Does an event come from whom it says? A peer that shares a secret with us proves it with every event."""

import hmac
from collections.abc import Mapping

from linkwright.api.callers import header_of, raw_body
from linkwright.errors import Unauthorized

SIGNATURE, SECRET = "X-Hub-Signature-256", "X-Event-Secret"
SIGNED = "sha256="


def check_secret(peer: str, secrets: Mapping[str, str]) -> None:
    """Either header will do: the HMAC-SHA256 of the body as it was sent, or the secret itself.

    Raises:
        Unauthorized: this peer has a secret, and the request does not prove that it is known.
    """
    secret = secrets.get(peer)
    if secret is None:
        return
    signature, shown = header_of(SIGNATURE), header_of(SECRET)
    if signature is not None:
        expected = SIGNED + hmac.new(secret.encode(), raw_body(), "sha256").hexdigest()
        is_proved = _is_same(signature.lower(), expected)
    else:
        is_proved = shown is not None and _is_same(shown, secret)
    if not is_proved:
        raise Unauthorized(f"Events of {peer} are taken with its secret only: {SIGNATURE} or {SECRET}.")


def _is_same(shown: str, expected: str) -> bool:
    return hmac.compare_digest(shown.encode(), expected.encode())
