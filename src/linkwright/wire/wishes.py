"""The characteristics that are understood: which field of a requirement each fills, and how it is read and written.

What cannot be understood never stops a request: it becomes a sentence in `Requirement.misread`, and the item is
answered as unqualified for want of information.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date

from linkwright.designs.requirement import Requirement
from linkwright.wire import arrangements, quantities
from linkwright.wire.activities import activities, write_activity
from linkwright.wire.characteristics import unwrapped
from linkwright.wire.json import Json
from linkwright.wire.members import MemberError, short


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
    "priceOneTime": Word(field="price_nrc_minor", read=_minor),
    "priceRecurring": Word(field="price_mrc_minor", read=_minor),
    "designScope": Word(field="design_scope", read=arrangements.design_scope),
    "siteAccessCalendar": Word(field="site_access", read=arrangements.spans("siteAccessCalendar")),
    "changeFreeze": Word(field="change_freeze", read=arrangements.spans("changeFreeze")),
    "bespokeActivities": Word(field="bespoke_activities", read=activities("bespokeActivities", bespoke=True)),
    "rollout": Word(field="rollout", read=arrangements.rollout),
    "activities": Word(field="activities", read=activities("activities", bespoke=False)),
    "costComponents": Word(field="cost_components", read=arrangements.cost_components("costComponents")),
}

OF_THE_CATALOGUE = frozenset({"activities", "costComponents"})
"""What the operator alone says: no requester changes it, and no service is told it."""
BETWEEN_US = frozenset({"priceOneTime", "priceRecurring", "designScope", "bespokeActivities", "rollout"})
"""Wishes that are between a requester and us: who builds a part, and the service inventory, are not told."""


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
        except MemberError as error:
            misread.append(f"Characteristic {name} is not understood: {error}.")
        except ValueError as error:
            misread.append(f"Characteristic {name} is not understood: {error}, {short(value)} is given.")
    return filled, misread


def wishes(wanted: Requirement, only: Iterable[str] | None = None) -> dict[str, Json]:
    """The fields of a requirement as characteristics: those that are not silent, or those of them named in `only`.

    Budgets are left out: their currency is the requester's word (`Requirement.characteristics`). Holds are
    between the requester and us, and what the catalogue alone says is found there.
    """
    fields_wanted = set(only) if only is not None else {f.name for f in fields(wanted)}
    told = {}
    for name, word in WORDS.items():
        value = getattr(wanted, word.field)
        if value is None or word.field not in fields_wanted or word.field.startswith(_UNTOLD):
            continue
        if word.field == "bespoke_activities":
            told[name] = [write_activity(one, wanted.cost_currency) for one in value]
        elif not word.field.startswith("price_"):
            told[name] = _WRITERS.get(word.field, _as_json)(value)
        elif wanted.price_currency is not None:
            told[name] = quantities.write_money(value, wanted.price_currency)
    if "bandwidth" in told and wanted.up_mbps is not None:
        told["bandwidth"] = quantities.write_bandwidth(wanted.bandwidth_mbps or 0, wanted.up_mbps)
    return told


def wishes_for_others(wanted: Requirement) -> dict[str, Json]:
    """What those are told who build the service or keep it in their inventory."""
    return {name: value for name, value in wishes(wanted).items() if name not in BETWEEN_US}


def _both_ways(value: Json) -> dict[str, Json]:
    """Downstream, and upstream where that is not the same."""
    down, up = quantities.both_ways_mbps(value)
    return {"bandwidth_mbps": down} | ({"up_mbps": up} if up != down else {})


_UNTOLD = ("budget_", "hold_", "activities", "cost_")


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
    "site_access": arrangements.write_spans,
    "change_freeze": arrangements.write_spans,
    "rollout": arrangements.write_rollout,
}
