"""The operator's service specifications: two that can be designed and one that is no longer sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mocks.world.words import SYNTHETIC, Json, moment

SPECIFICATIONS = "/tmf-api/serviceCatalogManagement/v4/serviceSpecification"


@dataclass(frozen=True, kw_only=True)
class _Word:
    """A characteristic: what it means, and the default if there is one. None and not mandatory: optional."""

    name: str
    kind: str
    meaning: str
    default: Any = None
    mandatory: bool = False
    unit: str | None = None


def service_specifications(hubs: Sequence[str], today: date) -> tuple[Json, ...]:
    """In the order of their ids. `hubs` are the PoPs at which the services end."""
    vpn = _words(hubs, availability_percent=99.5, latency_ms=50, term_months=36)
    internet = _words(hubs, availability_percent=99.0, latency_ms=80, term_months=24)
    leased = _words(hubs, availability_percent=99.9, latency_ms=40, term_months=60)
    return (
        _specification("cfs-internet-access", "Internet access for business", "2.1", "Active", internet, today),
        _specification("cfs-leased-line", "Leased line", "5.0", "Retired", leased, today),
        _specification("cfs-vpn-site", "Site of a virtual private network", "3.0", "Active", vpn, today),
    )


def _words(hubs: Sequence[str], availability_percent: float, latency_ms: int, term_months: int) -> tuple[_Word, ...]:
    return (
        _Word(name="designPattern", kind="string", meaning="How the service is designed.", default="siteToHub"),
        _Word(name="destination", kind="array", meaning="PoPs at which the service may end.", default=list(hubs)),
        _Word(name="bandwidth", kind="object", meaning="Wanted bandwidth, both directions.", mandatory=True),
        _Word(
            name="availabilityTarget", kind="number", meaning="Share of time in service.",
            default=availability_percent, unit="%",
        ),
        _Word(name="latencyMaxMs", kind="number", meaning="Longest round trip.", default=latency_ms, unit="ms"),
        _Word(name="accessDiversity", kind="string", meaning="What two legs must not share.", default="none"),
        _Word(name="cpePerLeg", kind="boolean", meaning="One CPE for each leg.", default=False),
        _Word(name="cpeFeatures", kind="array", meaning="Features that the CPE must have.", default=["routing"]),
        _Word(name="termMonths", kind="number", meaning="Contract term.", default=term_months, unit="month"),
    )  # fmt: skip


def _specification(
    specification_id: str, name: str, version: str, lifecycle: str, words: Sequence[_Word], today: date
) -> Json:
    return {
        "id": specification_id,
        "href": f"{SPECIFICATIONS}/{specification_id}",
        "@type": "CustomerFacingServiceSpecification",
        "@baseType": "ServiceSpecification",
        "name": name,
        "description": SYNTHETIC,
        "version": version,
        "lifecycleStatus": lifecycle,
        "lastUpdate": moment(today),
        "isBundle": False,
        "specCharacteristic": [_characteristic(word) for word in words],
    }


def _characteristic(word: _Word) -> Json:
    values = [] if word.default is None else [_default(word)]
    return {
        "name": word.name,
        "description": word.meaning,
        "valueType": word.kind,
        "configurable": word.name not in ("designPattern", "destination"),
        "minCardinality": int(word.mandatory),
        "maxCardinality": 1,
        "characteristicValueSpecification": values,
    }


def _default(word: _Word) -> Json:
    unit = {} if word.unit is None else {"unitOfMeasure": word.unit}
    return {"isDefault": True, "value": word.default, "valueType": word.kind, **unit}
