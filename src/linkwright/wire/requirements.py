"""A service as a requirement, and back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from linkwright.designs.requirement import Change, Requirement
from linkwright.wire import quantities
from linkwright.wire.arrangements import currencies_of_costs
from linkwright.wire.characteristics import (
    is_answered,
    is_parameter,
    listed,
    read_characteristics,
    unwrapped,
    write_characteristics,
)
from linkwright.wire.json import Json
from linkwright.wire.naming import change_of, customer_of, service_id_of
from linkwright.wire.periods import dates, no_time
from linkwright.wire.places import FAR, NEAR, ends_wanted, write_place
from linkwright.wire.wishes import OF_THE_CATALOGUE, WORDS, understood, wishes

BUDGETS, PRICES = ("budgetOneTime", "budgetRecurring"), ("priceOneTime", "priceRecurring")
WITH_COSTS = ("bespokeActivities", "activities", "costComponents")
DIVERSE_FROM, PROTECTS = "diversefrom", "protects"
"""Relationships to another item or service that bind both designs, in lower case."""


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
    given = [one for one in listed(service.get("serviceCharacteristic")) if not is_parameter(one)]
    wanted = {name: value for name, value in read_characteristics(given).items() if not is_answered(name)}
    place, far_place, trouble = ends_wanted(service)
    ours = {name: value for name, value in wanted.items() if name not in OF_THE_CATALOGUE}
    filled, misread = understood(ours)
    filled |= dates(filled, needed_by)
    filled |= _in_currencies(ours)
    related = listed(service.get("serviceRelationship")) + listed(relations)
    troubles = (trouble, *misread, *_twice(given), *_two_currencies(ours), no_time(filled))
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
    filled, misread = understood(values)
    mandatory = {
        WORDS[one["name"]].field for one in words if one["name"] not in values and (one.get("minCardinality") or 0) >= 1
    }
    filled |= _in_currencies(values)
    return Requirement(ref="", misread=(*misread, *_two_currencies(values)), **filled), frozenset(mandatory)


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


def _in_currencies(values: Mapping[str, Json]) -> dict[str, str | None]:
    return {
        field: next(iter(units), None)
        for field, units in (
            ("budget_currency", _currencies(values, BUDGETS)),
            ("price_currency", _currencies(values, PRICES)),
            ("cost_currency", _currencies_of_costs(values)),
        )
    }


def _two_currencies(values: Mapping[str, Json]) -> list[str]:
    named = {
        "budgets": _currencies(values, BUDGETS),
        "prices": _currencies(values, PRICES),
        "costs of activities and components": _currencies_of_costs(values),
    }
    return [f"The {what} are in several currencies: {', '.join(units)}." for what, units in named.items() if units[1:]]


def _currencies(values: Mapping[str, Json], names: Sequence[str]) -> list[str]:
    """Those of the amounts of these names, in the order of their letters."""
    amounts = (unwrapped(values.get(name)) for name in names)
    return sorted({str(one["unit"]) for one in amounts if isinstance(one, Mapping) and one.get("unit")})


def _currencies_of_costs(values: Mapping[str, Json]) -> list[str]:
    return sorted({unit for name in WITH_COSTS for unit in currencies_of_costs(unwrapped(values.get(name)))})


def without_ties(service: Mapping[str, Json], others: Collection[str]) -> dict[str, Json]:
    """The service, which is not said to be kept apart from these any more."""
    if "serviceRelationship" not in service:
        return dict(service)
    kinds = (DIVERSE_FROM, PROTECTS)
    kept = [
        one
        for one in listed(service["serviceRelationship"])
        if not any(name in others for kind in kinds for name in _others([one], kind) or ())
    ]
    return {**service, "serviceRelationship": kept}


def _others(related: Sequence[Json], relationship: str) -> tuple[str, ...] | None:
    """The ids of the items or services to which there is this relationship, however they are named."""
    found: list[str] = []
    for one in related:
        if not isinstance(one, dict) or str(one.get("relationshipType")).lower() != relationship:
            continue
        other = next((one[name] for name in ("service", "orderItem") if isinstance(one.get(name), dict)), one)
        found.append(str(other.get("itemId") or other.get("id") or ""))
    return tuple(dict.fromkeys(found)) or None
