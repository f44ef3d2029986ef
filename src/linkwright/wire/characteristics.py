"""Characteristics as a list of names and values, and what we answer among them."""

from collections.abc import Mapping

from linkwright.wire.json import Json

ANSWERED = (
    "design.", "access.", "cpe.", "sla.", "commercial.", "plan.",
    "capacity.", "risk.", "ops.", "sqm.", "partner.", "hold.",
)  # fmt: skip
"""Prefixes of what we answer: nothing of it is ever read as a wish."""

PARAMETER = "AllocatedParameter"
"""`@type` of a characteristic that was allocated to the service: an answer under a name that is not ours."""


def read_characteristics(given: Json) -> dict[str, Json]:
    """Values by name, in the order given; an element without a name is left out, of two equal names the last counts."""
    named = (one for one in listed(given) if isinstance(one, dict) and isinstance(one.get("name"), str))
    return {one["name"]: one.get("value") for one in named}


def listed(given: Json) -> list[Json]:
    return given if isinstance(given, list) else []


def write_characteristics(values: Mapping[str, Json]) -> list[Json]:
    return [{"name": name, "value": value, "valueType": _value_type(value)} for name, value in values.items()]


def is_answered(name: str) -> bool:
    """True for the names that we answer with."""
    return name.startswith(ANSWERED)


def with_parameters(service: Mapping[str, Json], parameters: Mapping[str, Json]) -> dict[str, Json]:
    """The service with exactly these allocated parameters, as characteristics of a class of their own."""
    others = [one for one in listed(service.get("serviceCharacteristic")) if not is_parameter(one)]
    marked = [one | {"@type": PARAMETER, "@baseType": "Characteristic"} for one in write_characteristics(parameters)]
    return {**service, "serviceCharacteristic": others + marked} if others or marked else dict(service)


def read_parameters(service: Mapping[str, Json]) -> dict[str, Json]:
    return read_characteristics([one for one in listed(service.get("serviceCharacteristic")) if is_parameter(one)])


def is_parameter(characteristic: Json) -> bool:
    return isinstance(characteristic, dict) and characteristic.get("@type") == PARAMETER


def unwrapped(value: Json) -> Json:
    """Some write a plain value as an object of its own."""
    if isinstance(value, dict) and {name for name in value if not name.startswith("@")} == {"value"}:
        return value["value"]
    return value


_VALUE_TYPES: Mapping[type, str] = {
    bool: "boolean", int: "integer", float: "number", str: "string", list: "array", tuple: "array", dict: "object",
}  # fmt: skip


def _value_type(value: Json) -> str:
    return _VALUE_TYPES.get(type(value), "object")
