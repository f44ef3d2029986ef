"""PATCH for every resource: apply to what is stored, keep what is not the requester's, store against that version."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

import orjson
from connexion.exceptions import ProblemException

from linkwright.api.bodies import too_deep
from linkwright.api.callers import mended, refuse_much
from linkwright.api.collections import Collection, visible
from linkwright.api.identity import SEE_COSTS, Caller
from linkwright.api.ports import Stored
from linkwright.api.replies import Reply, etag, reply
from linkwright.api.validation import Check
from linkwright.errors import Forbidden, InvalidRequest, StaleVersion
from linkwright.wire.merge_patch import apply_patch, changed_paths

TRIES = 5
Amended = tuple[int, Any]


@dataclass(frozen=True, kw_only=True)
class Patching:
    """`fixed` are the attributes that nobody but us sets; `check` validates what the patched resource would be.

    `amend(document, version, changed paths)` parses and stores, and returns the new version and document.
    """

    resources: Collection
    fixed: Set[str]
    check: Check
    amend: Callable[[Any, int, tuple[str, ...]], Amended]

    def patch(self, resource_id: str, media_type: str, body: Any, if_match: str | None, caller: Caller) -> Reply:
        """A lost race is tried again on the newer version, unless the caller named the version he means (412)."""
        for _ in range(TRIES):
            try:
                stored = self._patchable(resource_id, if_match, caller)
                version, document = self._patched(stored, media_type, body)
            except StaleVersion:
                continue
            return reply(visible(document, caller), 200, {"ETag": etag(version)})
        raise StaleVersion(f"{self.resources.kind} {resource_id} is changing too fast; send the patch again.")

    def _patchable(self, resource_id: str, if_match: str | None, caller: Caller) -> Stored:
        """Whoever does not see all of another's resource cannot send it back whole."""
        stored = self.resources.stored(resource_id, caller)
        if not caller.sees_costs and stored.requester != caller.id:
            raise Forbidden(SEE_COSTS)
        _refuse_other_version(stored.version, if_match)
        refuse_much(len(stored.body))
        return stored

    def _patched(self, stored: Stored, media_type: str, body: Any) -> Amended:
        before = orjson.loads(stored.body)
        after = apply_patch(media_type, before, body)
        if after == before:
            return stored.version, before
        if too_deep(after):
            raise InvalidRequest("The resource would be nested too deep.")
        after = mended(self.check.read(after))
        paths = changed_paths(before, after)
        if touched := [path for path in paths if path.split(".")[0] in self.fixed]:
            raise InvalidRequest("not changed by its requester", ", ".join(touched))
        return self.amend(after, stored.version, paths) if paths else (stored.version, before)


def _refuse_other_version(version: int, if_match: str | None) -> None:
    if if_match is None or {"*", etag(version)} & {tag.strip() for tag in if_match.split(",")}:
        return
    told = f"The resource is at version {version}, not {if_match}."
    raise ProblemException(status=412, title="Precondition Failed", detail=told)
