"""Our subscriptions at the hubs of other systems."""

from linkwright.outbound.http import Client, HttpRefused

NO_HUB: frozenset[int] = frozenset({404, 405, 501})
THERE_ALREADY = 409


def register(client: Client, base: str, callback: str) -> str | None:
    """Register `callback` at the hub below `base`; the id of the subscription, None where there is no hub.

    Safe to repeat: a hub that knows the callback already says so, and the callback itself then stands for the id.
    """
    try:
        answer = client.post(f"{base}/hub", {"callback": callback}, key=f"hub {callback}")
    except HttpRefused as refused:
        if refused.status == THERE_ALREADY:
            return callback
        if refused.status in NO_HUB:
            return None
        raise
    body = answer.body if isinstance(answer.body, dict) else {}
    return str(body.get("id") or callback)
