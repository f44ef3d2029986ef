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
PATIENCE_S = 2.0
"""Who needs an unknown key waits so long while another reads them: a slow provider must not use up our threads."""


class PublishedKeys:
    """Implements `api.tokens.KeySource`. Keys that were read stay good while the provider does not answer.

    One thread reads at a time; nobody who needs a key that is known waits for it.
    """

    def __init__(
        self,
        client: Client,
        path: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._client, self._path, self._monotonic, self._patience_s = client, path, monotonic, patience_s
        self._reading = threading.Lock()
        self._set: KeySet | None = None
        self._read_at, self._tried_at = float("-inf"), float("-inf")

    def keys(self, kid: str | None) -> KeySet:
        if not self._reading.acquire(timeout=0.0 if self._is_known(kid) else self._patience_s):
            return self._known(kid)
        try:
            now_s = self._monotonic()
            wanted = not self._is_known(kid) or now_s - self._read_at >= LONGEST_AGE_S
            if wanted and now_s - self._tried_at >= (AGAIN_S if self._set is None else LEAST_AGE_S):
                self._tried_at = now_s
                self._read()
        finally:
            self._reading.release()
        if self._set is None:
            raise Unavailable(self._client.system, "its keys cannot be read now")
        return self._set

    def _known(self, kid: str | None) -> KeySet:
        if self._set is None or not self._is_known(kid):
            raise Unavailable(self._client.system, "its keys are being read")
        return self._set

    def _is_known(self, kid: str | None) -> bool:
        return self._set is not None and (kid is None or any(key.kid == kid for key in self._set.keys))

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
