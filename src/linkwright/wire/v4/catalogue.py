"""Service specifications (TMF633) as what can be designed."""

from collections.abc import Iterable, Mapping

from linkwright.designs.requirement import Specification
from linkwright.wire import quantities
from linkwright.wire.characteristics import unwrapped
from linkwright.wire.json import Json
from linkwright.wire.requirements import default_values, defaults_from

PATTERNS = frozenset(quantities.PATTERNS)
ACTIVE = "active"


def read_specification(document: Json) -> Specification:
    """A specification with its defaults; one that cannot be designed says why not, as the end of a sentence."""
    listed = document.get("specCharacteristic")
    defaults, mandatory = defaults_from(listed)
    why_not = _why_not(document, unwrapped(default_values(listed).get("designPattern")), defaults.misread)
    specification_id = str(document["id"])
    return Specification(
        id=specification_id,
        name=str(document.get("name") or specification_id),
        designable=not why_not,
        defaults=defaults,
        mandatory=mandatory,
        why_not=why_not,
    )


def _why_not(document: Json, pattern: Json, misread: tuple[str, ...]) -> str:
    status = str(document.get("lifecycleStatus") or "")
    if status.casefold() != ACTIVE:
        return f"is {status or 'without a lifecycle status'} instead of Active"
    if not isinstance(pattern, str) or pattern not in PATTERNS:
        known = ", ".join(sorted(PATTERNS))
        return f"has no default for designPattern among those that can be designed ({known})"
    return f"has a default that is not understood ({misread[0]})" if misread else ""


def read_offered(listed: Iterable[Json]) -> frozenset[str]:
    """The ids of the specifications that are on sale; what does not say so is."""
    return frozenset(
        str(one["id"])
        for one in listed
        if isinstance(one, Mapping) and one.get("id") and str(one.get("lifecycleStatus") or ACTIVE).casefold() == ACTIVE
    )
