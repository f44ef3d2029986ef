"""Patches: RFC 7396 merge patch, RFC 6902 JSON patch, and the merge by id that `application/json` means here."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from linkwright.errors import InvalidRequest
from linkwright.wire.json import Json, joined, same
from linkwright.wire.json_patch import apply_json_patch

MERGED_BY_ID = frozenset({"serviceOrderItem", "note"})
MERGE_PATCH, JSON_PATCH, PLAIN = "application/merge-patch+json", "application/json-patch+json", "application/json"


def apply_patch(media_type: str, document: Json, patch: Json) -> Json:
    """The patched document; the one that was given stays as it is.

    Under `application/json` the elements of `serviceOrderItem` and `note` are merged by their id, so that sending one
    item changes one item, and sending the whole resource back changes nothing; under merge patch a list replaces a
    list.

    Raises:
        InvalidRequest: the patch is none of this media type, or does not fit the document.
        Conflict: a `test` of a JSON patch does not hold.
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind == JSON_PATCH:
        return apply_json_patch(document, patch)
    if kind not in (MERGE_PATCH, PLAIN):
        raise InvalidRequest(f"{media_type!r} is no patch that is understood here")
    if not isinstance(patch, Mapping):
        raise InvalidRequest("an object with the attributes to change is expected")
    return _merged(document, patch, by_id=kind == PLAIN, path="")


def changed_paths(before: Json, after: Json) -> tuple[str, ...]:
    """Dotted paths of the attributes that differ, in the order of their names; a list counts as one attribute."""
    return tuple(_changed(before, after, ""))


def _merged(document: Json, patch: Json, *, by_id: bool, path: str) -> Json:
    if not isinstance(patch, Mapping):
        return patch
    merged = dict(document) if isinstance(document, Mapping) else {}
    for name, value in patch.items():
        here = joined(path, name)
        if value is None:
            merged.pop(name, None)
        elif by_id and name in MERGED_BY_ID and isinstance(value, list):
            merged[name] = _merged_by_id(merged.get(name) or [], value, here)
        else:
            merged[name] = _merged(merged.get(name), value, by_id=by_id, path=here)
    return merged


def _merged_by_id(stored: Json, changes: list[Json], path: str) -> list[Json]:
    """Known ids are changed where they stand, what has no id and stands there already stays, all else is added."""
    merged = list(stored)
    nameless = Counter(_text(one) for one in merged if not _is_named(one))
    places = {one["id"]: place for place, one in enumerate(merged) if _is_named(one)}
    for position, change in enumerate(changes):
        here = f"{path}[{position}]"
        if not isinstance(change, Mapping):
            raise InvalidRequest("an object is expected", here)
        place = places.get(change["id"]) if _is_named(change) else None
        if not _is_named(change) and nameless[written := _text(change)] > 0:
            nameless[written] -= 1
        elif place is None:
            merged.append(_merged(None, change, by_id=True, path=here))
        else:
            merged[place] = _merged(merged[place], change, by_id=True, path=here)
    return merged


def _is_named(element: Json) -> bool:
    named = element.get("id") if isinstance(element, Mapping) else None
    return isinstance(named, str) and named != ""


def _text(element: Json) -> str:
    """Equal for equal elements."""
    return json.dumps(element, sort_keys=True)


def _changed(before: Json, after: Json, path: str) -> Iterator[str]:
    if before is after:
        return
    if not isinstance(before, dict) or not isinstance(after, dict):
        if not same(before, after):
            yield path
        return
    for name in sorted(before.keys() | after.keys()):
        here = joined(path, name)
        if name in before and name in after:
            yield from _changed(before[name], after[name], here)
        else:
            yield here
