"""Characteristics of a service as a requirement, and back.

What cannot be understood never stops a request: it becomes a sentence in `Requirement.misread`, and the item is
answered as unqualified for want of information.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from linkwright.designs.model import Change, Requirement
from linkwright.wire import quantities
from linkwright.wire.json import Json
from linkwright.wire.naming import change_of, customer_of, service_id_of
from linkwright.wire.periods import dates, no_time
from linkwright.wire.places import FAR, NEAR, ends_wanted, write_place

ANSWERED = (
    "design.", "access.", "cpe.", "sla.", "commercial.", "plan.",
    "capacity.", "risk.", "ops.", "sqm.", "partner.", "hold.",
)  # fmt: skip
"""Prefixes of what we answer: nothing of it is ever read as a wish."""


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
}

PARAMETER = "AllocatedParameter"
"""`@type` of a characteristic that was allocated to the service: an answer under a name that is not ours."""

NOT_DESIGNED = ("siteAccessCalendar", "changeFreeze")
"""Wishes that would bind a design, but that no design of this version respects: never passed over in silence."""
DIVERSE_FROM, PROTECTS = "diversefrom", "protects"
"""Relationships to another item or service that bind both designs, in lower case."""


def read_characteristics(given: Json) -> dict[str, Json]:
    """Values by name, in the order given; an element without a name is left out, of two equal names the last counts."""
    named = (one for one in _listed(given) if isinstance(one, dict) and isinstance(one.get("name"), str))
    return {one["name"]: one.get("value") for one in named}


def _listed(given: Json) -> list[Json]:
    return given if isinstance(given, list) else []


def write_characteristics(values: Mapping[str, Json]) -> list[Json]:
    return [{"name": name, "value": value, "valueType": _value_type(value)} for name, value in values.items()]


def is_answered(name: str) -> bool:
    """True for the names that we answer with."""
    return name.startswith(ANSWERED)


def with_parameters(service: Mapping[str, Json], parameters: Mapping[str, Json]) -> dict[str, Json]:
    """The service with exactly these allocated parameters, as characteristics of a class of their own."""
    others = [one for one in _listed(service.get("serviceCharacteristic")) if not is_parameter(one)]
    marked = [one | {"@type": PARAMETER, "@baseType": "Characteristic"} for one in write_characteristics(parameters)]
    return {**service, "serviceCharacteristic": others + marked} if others or marked else dict(service)


def read_parameters(service: Mapping[str, Json]) -> dict[str, Json]:
    return read_characteristics([one for one in _listed(service.get("serviceCharacteristic")) if is_parameter(one)])


def is_parameter(characteristic: Json) -> bool:
    return isinstance(characteristic, dict) and characteristic.get("@type") == PARAMETER


def requirement(
    ref: str,
    service: Json,
    *,
    needed_by: date | None,
    bundles: tuple[str, ...] | None,
    relations: Json = None,
    change: Change | None = None,
    customer: str | None = None,
) -> Requirement:
    """What is wanted of one service, `relations` being those of its item to others.

    `change` is what becomes of it, where its item says so; `customer` counts where the service itself names none.

    `needed_by` counts where neither the characteristic of that name nor the start of a period is given; a period that
    ends has its own term.

    `Requirement.characteristics` keeps all that were given, understood or not; only what we answered is left out.
    """
    service = service if isinstance(service, dict) else {}
    given = [one for one in _listed(service.get("serviceCharacteristic")) if not is_parameter(one)]
    wanted = {name: value for name, value in read_characteristics(given).items() if not is_answered(name)}
    place, far_place, trouble = ends_wanted(service)
    filled, misread = _filled(wanted)
    filled |= dates(filled, needed_by)
    filled["budget_currency"] = next(iter(_currencies(wanted)), None)
    related = _listed(service.get("serviceRelationship")) + _listed(relations)
    troubles = (trouble, *misread, *_twice(given), _two_currencies(wanted), *_not_designed(wanted), no_time(filled))
    specification = service.get("serviceSpecification")
    named = specification.get("id") if isinstance(specification, dict) else None
    return Requirement(
        ref=ref,
        specification=str(named) if named else None,
        place=place,
        far_place=far_place,
        service=service_id_of(service),
        change=change or change_of(service),
        customer=customer_of(service) or customer,
        diverse_from=_others(related, DIVERSE_FROM),
        protects=_others(related, PROTECTS),
        bundles=bundles,
        characteristics=wanted,
        misread=tuple(trouble for trouble in troubles if trouble),
        **filled,
    )


def defaults_from(spec_characteristics: Json) -> tuple[Requirement, frozenset[str]]:
    """What a TMF633 specification designs where a requirement is silent, and the fields that must not be silent."""
    words = [one for one in spec_characteristics or () if isinstance(one, dict) and one.get("name") in WORDS]
    values = default_values(words)
    filled, misread = _filled(values)
    mandatory = {
        WORDS[one["name"]].field for one in words if one["name"] not in values and (one.get("minCardinality") or 0) >= 1
    }
    return Requirement(ref="", misread=tuple(misread), **filled), frozenset(mandatory)


def default_values(spec_characteristics: Json) -> dict[str, Json]:
    """The default of each characteristic of a TMF633 specification that has one, a word of ours or not."""
    found: dict[str, Json] = {}
    for one in spec_characteristics or ():
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            continue
        listed = one.get("characteristicValueSpecification") or one.get("serviceSpecCharacteristicValue") or ()
        chosen = [_with_unit(value) for value in listed if isinstance(value, dict) and value.get("isDefault")]
        if chosen:
            found[one["name"]] = chosen[0] if len(chosen) == 1 else chosen
    return found


def wishes(wanted: Requirement, only: Iterable[str] | None = None) -> dict[str, Json]:
    """The fields of a requirement as characteristics: those that are not silent, or those of them named in `only`.

    Budgets are left out: their currency is the requester's word (`Requirement.characteristics`).
    """
    fields_wanted = set(only) if only is not None else {f.name for f in fields(wanted)}
    told = {}
    for name, word in WORDS.items():
        value = getattr(wanted, word.field)
        if value is None or word.field not in fields_wanted or word.field.startswith("budget_"):
            continue
        told[name] = _WRITERS.get(word.field, _as_json)(value)
    return told


def write_service(wanted: Requirement) -> dict[str, Json]:
    """A service that says the same: what the requester wrote where that is known, else the words for the fields."""
    service: dict[str, Json] = {}
    if wanted.specification is not None:
        service["serviceSpecification"] = {"id": wanted.specification, "@type": "ServiceSpecificationRef"}
    if wanted.place is not None and wanted.far_place is not None:
        service["place"] = [write_place(wanted.place, NEAR), write_place(wanted.far_place, FAR)]
    elif wanted.place is not None:
        service["place"] = [write_place(wanted.place)]
    values = dict(wanted.characteristics) or wishes(wanted)
    return service | ({"serviceCharacteristic": write_characteristics(values)} if values else {})


def _filled(values: Mapping[str, Json]) -> tuple[dict[str, Json], list[str]]:
    filled: dict[str, Json] = {}
    misread: list[str] = []
    for name, value in values.items():
        word = WORDS.get(name)
        if word is None or value is None:
            continue
        try:
            filled[word.field] = word.read(unwrapped(value))
        except ValueError as error:
            misread.append(f"Characteristic {name} is not understood: {error}, {_short(value)} is given.")
    return filled, misread


def unwrapped(value: Json) -> Json:
    """Some write a plain value as an object of its own."""
    if isinstance(value, dict) and {name for name in value if not name.startswith("@")} == {"value"}:
        return value["value"]
    return value


def _with_unit(listed: Mapping[str, Json]) -> Json:
    """A catalogue may state the unit beside the value; for a bandwidth it matters."""
    value, unit = listed.get("value"), str(listed.get("unitOfMeasure", ""))
    if unit.lower() in quantities.MBPS_PER_UNIT and not isinstance(value, dict):
        return {"down": value, "up": value, "unit": unit}
    return value


def _twice(given: list[Json]) -> list[str]:
    """Two values for one word contradict each other unless they are the same."""
    seen: dict[str, Json] = {}
    told: dict[str, str] = {}
    for one in given:
        name = one.get("name") if isinstance(one, dict) else None
        if name in WORDS and name in seen and seen[name] != one.get("value"):
            told[name] = f"Characteristic {name} is given twice with different values."
        elif isinstance(name, str):
            seen[name] = one.get("value")
    return list(told.values())


def _two_currencies(wanted: Mapping[str, Json]) -> str | None:
    units = _currencies(wanted)
    return f"The budgets are in several currencies: {', '.join(units)}." if len(units) > 1 else None


def _currencies(wanted: Mapping[str, Json]) -> list[str]:
    """Those of the budgets, in the order of their letters."""
    budgets = (unwrapped(wanted.get(name)) for name in ("budgetOneTime", "budgetRecurring"))
    return sorted({str(one["unit"]) for one in budgets if isinstance(one, Mapping) and one.get("unit")})


def _not_designed(wanted: Mapping[str, Json]) -> list[str]:
    return [
        f"Characteristic {name} is not designed yet by this version; without it the item would be answered."
        for name in NOT_DESIGNED
        if wanted.get(name) not in (None, "none", [])
    ]


def _others(related: Sequence[Json], relationship: str) -> tuple[str, ...] | None:
    """The ids of the items or services to which there is this relationship, however they are named."""
    found: list[str] = []
    for one in related:
        if not isinstance(one, dict) or str(one.get("relationshipType")).lower() != relationship:
            continue
        other = next((one[name] for name in ("service", "orderItem") if isinstance(one.get(name), dict)), one)
        found.append(str(other.get("itemId") or other.get("id") or ""))
    return tuple(dict.fromkeys(found)) or None


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
_VALUE_TYPES: Mapping[type, str] = {
    bool: "boolean", int: "integer", float: "number", str: "string", list: "array", tuple: "array", dict: "object",
}  # fmt: skip


def _value_type(value: Json) -> str:
    return _VALUE_TYPES.get(type(value), "object")
