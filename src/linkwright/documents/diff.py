"""What is different between two designs, member by member, with the section that each difference belongs to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkwright.wire.json import Json, joined

OF_THE_DOCUMENT = frozenset({"@type", "designId", "version", "computedAt"})
"""These tell documents apart, not designs."""
KEYS = (
    ("id",),
    ("ref",),
    ("number",),
    ("code", "item"),
    ("partner", "role"),
    ("access", "end"),
    ("name", "item", "component"),
)
_MISSING = object()
SECTIONS: Mapping[str, str] = {
    "requirement": "Requirement and evidence",
    "wanted": "Requirement and evidence",
    "arrangement": "Why this arrangement",
    "notUsed": "Why this arrangement",
    "place": "Topology",
    "legs": "Topology",
    "where": "Topology",
    "diverseIn": "Topology",
    "sharedRisks": "Topology",
    "members": "Items",
    "cpe": "Bill of materials",
    "cpeQuantity": "Bill of materials",
    "cpeFacts": "Bill of materials",
    "cpeExisting": "Bill of materials",
    "cpeKept": "Bill of materials",
    "before": "Existing services",
    "asked": "Partner comparison",
    "snapshot": "Capacity and build dependencies",
    "augments": "Capacity and build dependencies",
    "confidence": "Capacity and build dependencies",
    "confidenceReason": "Capacity and build dependencies",
    "availability": "Expected service levels",
    "weakest": "Expected service levels",
    "latencyOneWayMs": "Expected service levels",
    "jitterMs": "Expected service levels",
    "loss": "Expected service levels",
    "plan": "Implementation plan",
    "ready": "Implementation plan",
    "neededBy": "Implementation plan",
    "operations": "Operational support",
    "objectives": "Service quality parameters",
    "oneTimeCostMinor": "Cost",
    "recurringCostMinor": "Cost",
    "currency": "Cost",
    "businessCase": "Business assessment",
    "risks": "Risk register",
    "optimalityGap": "Efficiency",
    "roles": "Efficiency",
    "rank": "Efficiency",
    "reusedFrom": "Efficiency",
    "scope": "Scope",
}
OTHER = "About this document"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One difference; a value that is on one side only is None on the other."""

    section: str
    path: str
    was: Json
    now: Json

    def as_json(self) -> Json:
        return {"section": self.section, "path": self.path, "was": self.was, "is": self.now}


def changes(was: Json, now: Json) -> list[Change]:
    """In the order of the members of the first document."""
    names = [name for name in dict.fromkeys((*was, *now)) if name not in OF_THE_DOCUMENT]
    return [
        Change(section=SECTIONS.get(name, OTHER), path=path, was=before, now=after)
        for name in names
        for path, before, after in _differences(name, was.get(name, _MISSING), now.get(name, _MISSING))
    ]


def _differences(path: str, was: Any, now: Any) -> Iterator[tuple[str, Json, Json]]:
    if was == now:
        return
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys((*was, *now)):
            yield from _differences(joined(path, name), was.get(name, _MISSING), now.get(name, _MISSING))
    elif isinstance(was, list) and isinstance(now, list):
        before, after = _by_key(was, now)
        for key in dict.fromkeys((*before, *after)):
            yield from _differences(f"{path}[{key}]", before.get(key, _MISSING), after.get(key, _MISSING))
    else:
        yield path, None if was is _MISSING else was, None if now is _MISSING else now


def _by_key(was: Sequence[Any], now: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Elements by what names them, where that is clear on both sides, and else by their place."""
    for key in KEYS:
        named = [[_named(one, key) for one in side] for side in (was, now)]
        if all(None not in names and len(set(names)) == len(names) for names in named):
            return dict(zip(map(str, named[0]), was, strict=True)), dict(zip(map(str, named[1]), now, strict=True))
    if all(isinstance(one, str) for one in (*was, *now)):
        return {one: one for one in was}, {one: one for one in now}
    return {str(place): one for place, one in enumerate(was)}, {str(place): one for place, one in enumerate(now)}


def _named(one: Any, key: tuple[str, ...]) -> str | None:
    if not isinstance(one, Mapping) or key[0] not in one:
        return None
    return "/".join(str(one[name]) for name in key if name in one)
