"""The published keys of an identity provider (JWKS), read when they are needed and not more often than that."""

import threading
import time
from collections.abc import Callable

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, import_key

from linkwright.designs.requirement import Json
from linkwright.errors import OutboundError, Unavailable
from linkwright.outbound.http import Client

log = structlog.get_logger()

LEAST_AGE_S = 30.0
"""An unknown key is looked for so often at most, whoever sends tokens that name one."""
AGAIN_S = 1.0
"""Without any keys nothing works, so their reading is tried again soon."""
LONGEST_AGE_S = 3600.0


class PublishedKeys:
    """Implements `api.tokens.KeySource`. Keys that were read stay good while the provider does not answer."""

    def __init__(self, client: Client, path: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client, self._path, self._monotonic = client, path, monotonic
        self._lock = threading.Lock()
        self._set: KeySet | None = None
        self._read_at, self._tried_at = float("-inf"), float("-inf")

    def keys(self, kid: str | None) -> KeySet:
        with self._lock:
            now_s = self._monotonic()
            known = self._set is not None and (kid is None or any(key.kid == kid for key in self._set.keys))
            wanted = not known or now_s - self._read_at >= LONGEST_AGE_S
            if wanted and now_s - self._tried_at >= (AGAIN_S if self._set is None else LEAST_AGE_S):
                self._tried_at = now_s
                self._read()
            if self._set is None:
                raise Unavailable(self._client.system, "its keys cannot be read now")
            return self._set

    def _read(self) -> None:
        """A set that cannot be understood is as good as none; keys of a kind that we do not know are left out."""
        try:
            listed = self._client.get(self._path)["keys"]
            keys = [key for one in listed if (key := _key(one)) is not None]
        except (OutboundError, TypeError, KeyError) as error:
            log.warning("keys of the identity provider could not be read", error=str(error))
            return
        self._set, self._read_at = KeySet(keys), self._monotonic()


def _key(written: Json) -> Key | None:
    try:
        return import_key(written) if isinstance(written, dict) else None
    except (JoseError, ValueError, TypeError, KeyError):
        return None
