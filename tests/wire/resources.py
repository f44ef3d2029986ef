"""Resources of the inventory (TMF639) as they are served, complete: a test changes only what it is about."""

from typing import Any

Json = Any


def euro(value: float, unit: str = "EUR") -> Json:
    return {"unit": unit, "value": value}


def a_resource(category: str, name: str, relations: Json = (), attributes: Json = None, **facts: Json) -> Json:
    return {
        "id": name,
        "category": category,
        "resourceCharacteristic": [{"name": fact, "value": value} for fact, value in facts.items()],
        "resourceRelationship": [{"relationshipType": kind, "resource": {"id": other}} for kind, other in relations],
        **(attributes or {}),
    }


def a_pop(name: str, attributes: Json = None, **facts: Json) -> Json:
    plain = {"latitudeDeg": 50.0, "longitudeDeg": 8.0, "availability": 0.9999, "delayMs": 0.05}
    return a_resource("pop", name, attributes=attributes, **(plain | facts))


def a_link(name: str, relations: Json = (("endA", "a"), ("endZ", "z")), attributes: Json = None, **facts: Json) -> Json:
    plain = {"lengthKm": 10.0, "availability": 0.999, "freeCapacityMbps": 1000, "mrcPerMbps": euro(0.15)}
    return a_resource("link", name, relations, attributes, **(plain | facts))


def an_option(
    name: str = "acc-1", relations: Json = (("terminatesAt", "a"),), attributes: Json = None, **facts: Json
) -> Json:
    plain = {
        "technology": "fibre",
        "bandwidthMbps": 1000,
        "nrc": euro(900),
        "mrc": euro(310.5),
        "availability": 0.9995,
        "delayMs": 0.1,
        "leadTimeDays": 20,
    }
    plain = {fact: value for fact, value in (plain | facts).items() if value is not None}
    return a_resource(
        "accessOption", name, relations, {"place": {"id": "s1", "role": "x"}} | (attributes or {}), **plain
    )
