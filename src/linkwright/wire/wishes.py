"""The characteristics that are understood: which field of a requirement each fills, and how it is read and written.

What cannot be understood never stops a request: it becomes a sentence in `Requirement.misread`, and the item is
answered as unqualified for want of information.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from linkwright.designs.requirement import Requirement
from linkwright.wire import quantities
from linkwright.wire.characteristics import unwrapped
from linkwright.wire.json import Json


def _minor(value: Json) -> int:
    return quantities.money_minor(value)[0]


@dataclass(frozen=True, kw_only=True)
class Word:
    """A characteristic that we understand: the field of `Requirement` that it fills, and how it is read."""

    field: str
    read: Callable[[Json], Json]


WORDS: Mapping[str, Word] = {
    "destination": Word(field="destinations", read=quantities.names),
    "bandwidth": Word(field="bandwidth_mbps", read=quantities.bandwidth_mbps),
    "availabilityTarget": Word(field="availability", read=quantities.probability),
    "latencyMaxMs": Word(field="round_trip_ms", read=quantities.milliseconds),
    "accessDiversity": Word(field="diversity", read=quantities.diversity),
    "accessLegs": Word(field="access_legs", read=quantities.legs),
    "cpePerLeg": Word(field="cpe_per_leg", read=quantities.yes_or_no),
    "cpeFeatures": Word(field="cpe_features", read=quantities.names),
    "termMonths": Word(field="term_months", read=quantities.whole_from_1),
    "neededBy": Word(field="needed_by", read=quantities.day),
    "budgetOneTime": Word(field="budget_nrc_minor", read=_minor),
    "budgetRecurring": Word(field="budget_mrc_minor", read=_minor),
    "technologyAllowed": Word(field="technology_allowed", read=quantities.names),
    "technologyForbidden": Word(field="technology_forbidden", read=quantities.names),
    "partnerPreferred": Word(field="partner_preferred", read=quantities.names),
    "partnerExcluded": Word(field="partner_excluded", read=quantities.names),
    "jitterMaxMs": Word(field="jitter_ms", read=quantities.milliseconds),
    "lossMaxPercent": Word(field="loss", read=quantities.share_of_percent),
    "differentialDelayMaxMs": Word(field="differential_round_trip_ms", read=quantities.from_0),
    "opticalBudgetDb": Word(field="optical_db", read=quantities.from_0),
    "backup": Word(field="backup", read=quantities.one_of(quantities.BACKUPS)),
    "backupBandwidth": Word(field="backup_mbps", read=quantities.bandwidth_mbps),
    "serviceStart": Word(field="service_start", read=quantities.day),
    "serviceEnd": Word(field="service_end", read=quantities.day),
    "designPattern": Word(field="pattern", read=quantities.one_of(quantities.PATTERNS)),
    "objective": Word(field="objective", read=quantities.one_of(quantities.OBJECTIVES)),
    "npvNrcFactor": Word(field="npv_nrc_factor", read=quantities.factor),
    "npvMrcFactor": Word(field="npv_mrc_factor", read=quantities.factor),
    "maxAlternatives": Word(field="max_alternatives", read=quantities.whole),
    "holdPolicy": Word(field="hold_policy", read=quantities.one_of(quantities.HOLD_POLICIES)),
}


NOT_DESIGNED = ("siteAccessCalendar", "changeFreeze")
"""Wishes that would bind a design, but that no design of this version respects: never passed over in silence."""


def understood(values: Mapping[str, Json]) -> tuple[dict[str, Json], list[str]]:
    """The fields of a requirement that values by name fill, and a sentence on each that is not understood."""
    filled: dict[str, Json] = {}
    misread: list[str] = []
    for name, value in values.items():
        word = WORDS.get(name)
        if word is None or value is None:
            continue
        try:
            filled[word.field] = word.read(unwrapped(value))
            if name == "bandwidth":
                filled |= _both_ways(unwrapped(value))
        except ValueError as error:
            misread.append(f"Characteristic {name} is not understood: {error}, {_short(value)} is given.")
    return filled, misread


def wishes(wanted: Requirement, only: Iterable[str] | None = None) -> dict[str, Json]:
    """The fields of a requirement as characteristics: those that are not silent, or those of them named in `only`.

    Budgets are left out: their currency is the requester's word (`Requirement.characteristics`). Holds are
    between the requester and us.
    """
    fields_wanted = set(only) if only is not None else {f.name for f in fields(wanted)}
    told = {}
    for name, word in WORDS.items():
        value = getattr(wanted, word.field)
        if value is None or word.field not in fields_wanted or word.field.startswith(_UNTOLD):
            continue
        told[name] = _WRITERS.get(word.field, _as_json)(value)
    if "bandwidth" in told and wanted.up_mbps is not None:
        told["bandwidth"] = quantities.write_bandwidth(wanted.bandwidth_mbps or 0, wanted.up_mbps)
    return told


def _both_ways(value: Json) -> dict[str, Json]:
    """Downstream, and upstream where that is not the same."""
    down, up = quantities.both_ways_mbps(value)
    return {"bandwidth_mbps": down} | ({"up_mbps": up} if up != down else {})


_UNTOLD = ("budget_", "hold_")


def _short(value: Json) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _iso(value: date) -> str:
    return value.isoformat()


def _as_json(value: Json) -> Json:
    return list(value) if isinstance(value, tuple) else value


_WRITERS: Mapping[str, Callable[[Json], Json]] = {
    "bandwidth_mbps": quantities.write_bandwidth,
    "diversity": quantities.write_diversity,
    "needed_by": _iso,
    "service_start": _iso,
    "service_end": _iso,
    "loss": quantities.write_percent,
    "backup_mbps": quantities.write_bandwidth,
}
