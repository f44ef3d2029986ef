"""Characteristics as plain values by name, and values as characteristics."""

from collections.abc import Mapping
from typing import Any

from mocks.calls import Json


def values_of(service: Json) -> dict[str, Any]:
    """Name → value of a service's characteristics."""
    return {each["name"]: each["value"] for each in service.get("serviceCharacteristic", [])}


def with_values(service: Json, values: Mapping[str, Any]) -> Json:
    """The service with these characteristics in place of those of the same name."""
    kept = [each for each in service.get("serviceCharacteristic", []) if each["name"] not in values]
    new = [{"name": name, "value": value} for name, value in values.items()]
    return {**service, "serviceCharacteristic": [*kept, *new]}
