"""The totals of a whole answer and the way to its design document, on the item where they stand."""

from collections.abc import Mapping

from linkwright.designs.answers import Totals
from linkwright.designs.requirement import Requirement
from linkwright.wire.characteristics import write_characteristics
from linkwright.wire.json import Json
from linkwright.wire.v4.design_words import STATUS, STATUS_OF, Profile, totals_words, with_design, with_words


def with_totals(
    service: Mapping[str, Json], totals: Totals, bundle: Requirement | None, base_url: str, profile: Profile
) -> dict[str, Json]:
    """Of a bundle they are its own words, and the document is its own; another item has them beside its words."""
    words = totals_words(totals, bundle)
    if bundle is None:
        there = service.get("serviceCharacteristic") or []
        return {**service, "serviceCharacteristic": [*there, *write_characteristics(words)]}
    if totals.whole is None:
        return with_words(service, words)
    told = with_words(service, {**words, STATUS: STATUS_OF[profile]})
    return with_design(told, totals.whole.design_id, base_url)
