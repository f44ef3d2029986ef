"""Lets a request in: who is calling, and may he? Nothing of the body has been read by then."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import anyio.to_thread

from linkwright.api.api_keys import ApiKeys
from linkwright.api.contracts import Contract
from linkwright.api.identity import ANONYMOUS, Caller, scope_needed
from linkwright.errors import Forbidden, Unauthorized

if TYPE_CHECKING:
    from linkwright.api.tokens import Tokens

BEARER = "bearer "


def areas_of(contract: Contract) -> list[tuple[str, str]]:
    """(path prefix, name in scopes) of all that a contract serves; one at the root has only what its paths begin with.

    What nothing is served at belongs to nobody, and is 404 to whoever is known.
    """
    if contract.base_path:
        return [(f"{contract.base_path}/", contract.area)]
    prefixes = {path.partition("{")[0] for path in contract.document["paths"]}
    return [(prefix, contract.area) for prefix in sorted(prefixes)]


class Gate(Protocol):
    async def admit(self, scope: Mapping[str, Any]) -> Caller:
        """The caller of a request.

        Raises:
            Unauthorized: no credential, or one that is not believed.
            Forbidden: the caller lacks the scope of this API and verb.
            Unavailable: it cannot be told now.
        """
        ...


class OpenGate:
    """Nobody is asked: for a server that only its own machine can reach."""

    async def admit(self, scope: Mapping[str, Any]) -> Caller:  # noqa: ARG002 (whoever it is)
        return ANONYMOUS


class GuardedGate:
    """`areas` are (path prefix, name in scopes); a path under none of them needs a known caller, but no scope."""

    def __init__(self, areas: Sequence[tuple[str, str]], *, tokens: "Tokens | None", api_keys: ApiKeys | None) -> None:
        self._areas = sorted(areas, key=lambda area: len(area[0]), reverse=True)
        self._tokens, self._api_keys = tokens, api_keys

    async def admit(self, scope: Mapping[str, Any]) -> Caller:
        caller = await self._caller(scope)
        path = scope["path"]
        area = next((name for prefix, name in self._areas if path.startswith(prefix)), None)
        if area is not None and not caller.may(needed := scope_needed(area, scope["method"])):
            raise Forbidden(needed)
        return caller

    async def _caller(self, scope: Mapping[str, Any]) -> Caller:
        token, key = _credentials(scope)
        if token is not None and self._tokens is not None:
            known = self._tokens.remembered(token)
            return known if known is not None else await anyio.to_thread.run_sync(self._tokens.caller, token)
        if key is not None and self._api_keys is not None:
            return self._api_keys.caller(key)
        raise Unauthorized("A credential is needed: " + self._wanted() + ".")

    def _wanted(self) -> str:
        wanted = ["a bearer token in Authorization"] if self._tokens else []
        return " or ".join([*wanted, *(["a key in X-API-Key"] if self._api_keys else [])])


def _credentials(scope: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """(bearer token, API key), each None where it is not given; given twice it is not believed."""
    found: dict[bytes, list[str]] = {b"authorization": [], b"x-api-key": []}
    for name, value in scope["headers"]:
        if name in found:
            found[name].append(value.decode("latin-1").strip())
    if any(len(values) > 1 for values in found.values()):
        raise Unauthorized("A credential is given twice.")
    authorization = next(iter(found[b"authorization"]), None)
    key = next(iter(found[b"x-api-key"]), None)
    if authorization is not None and not authorization.lower().startswith(BEARER):
        raise Unauthorized("The scheme of Authorization must be Bearer.")
    return (None if authorization is None else authorization[len(BEARER) :].strip()), key
