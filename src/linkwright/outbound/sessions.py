"""The sessions with which others are called."""

from typing import Any

import requests
from urllib3.exceptions import NewConnectionError


class _Unled(requests.Session):
    """Where a redirection leads is never looked at: to know it, the library reads all of the answer, however large."""

    def get_redirect_target(self, _resp: Any) -> None:
        return None


def plain_session() -> requests.Session:
    """A session that takes neither proxies nor credentials from the environment, and follows no redirection."""
    session = _Unled()
    session.trust_env = False
    return session


def never_connected(error: Exception) -> bool:
    """True when nothing of the request can have reached anybody."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
