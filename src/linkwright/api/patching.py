"""PATCH for every resource: apply to what its caller sees, keep what is not his, store against that version."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

import orjson

from linkwright.api.callers import mended, refuse_much
from linkwright.api.collections import TRIES, Collection, refuse_other_version, visible
from linkwright.api.identity import SEE_COSTS, Caller
from linkwright.api.ports import Stored
from linkwright.api.replies import Reply, etag, reply
from linkwright.api.validation import Check
from linkwright.errors import Forbidden, InvalidRequest, StaleVersion
from linkwright.wire.costs import with_costs
from linkwright.wire.depth import too_deep
from linkwright.wire.merge_patch import apply_patch, changed_paths
from linkwright.wire.repairs import Repaired

Amended = tuple[int, bytes]
"""The version of a resource, and its document as JSON text."""


@dataclass(frozen=True, kw_only=True)
class Before:
    """What a patch was applied to; `document` is its body, parsed."""

    stored: Stored
    document: Any


@dataclass(frozen=True, kw_only=True)
class Patching:
    """`fixed` are the attributes that nobody but us sets; `check` validates what the patched resource would be.

    `amend(document, before, changed paths)` parses and stores, and returns the new version and its document as text.
    """

    resources: Collection
    fixed: Set[str]
    check: Check
    amend: Callable[[Any, Before, tuple[str, ...]], Amended]

    def patch(self, resource_id: str, media_type: str, body: Any, if_match: str | None, caller: Caller) -> Reply:
        """A lost race is tried again on the newer version, unless the caller named the version he means (412)."""
        for _ in range(TRIES):
            try:
                stored = self._patchable(resource_id, if_match, caller)
                version, text = self._patched(stored, media_type, body, caller)
            except StaleVersion:
                continue
            shown = text if caller.sees_costs else visible(orjson.loads(text), caller)
            return reply(shown, 200, {"ETag": etag(version)})
        raise StaleVersion(f"{self.resources.kind} {resource_id} is changing too fast; send the patch again.")

    def _patchable(self, resource_id: str, if_match: str | None, caller: Caller) -> Stored:
        """Whoever does not see all of another's resource cannot send it back whole."""
        stored = self.resources.stored(resource_id, caller)
        if not caller.sees_costs and stored.requester != caller.id:
            raise Forbidden(SEE_COSTS)
        refuse_other_version(stored.version, if_match)
        refuse_much(len(stored.body))
        return stored

    def _patched(self, stored: Stored, media_type: str, body: Any, caller: Caller) -> Amended:
        """What a caller does not see is neither patched nor checked: no answer to a patch tells of it."""
        document = orjson.loads(stored.body)
        seen = visible(document, caller)
        after = apply_patch(media_type, seen, body)
        if after == seen:
            return stored.version, stored.body
        if too_deep(after):
            raise InvalidRequest("The resource would be nested too deep.")
        found = self.check.read(after)
        before = self.check.read(seen) if found.notes else Repaired(body=seen, notes=())
        if not caller.sees_costs:
            found, before = _whole(found, seen, document), _whole(before, seen, document)
        paths = changed_paths(before.body, found.body)
        if touched := [path for path in paths if path.split(".")[0] in self.fixed]:
            raise InvalidRequest("not changed by its requester", ", ".join(touched))
        as_it_was = Before(stored=stored, document=document)
        amended = self.amend(found.body, as_it_was, paths) if paths else (stored.version, stored.body)
        mended(found)
        return amended


def _whole(found: Repaired, seen: Any, stored: Any) -> Repaired:
    whole = with_costs(found.body, seen, stored)
    return Repaired(body=whole.body, notes=found.notes + whole.notes)
