"""A design as a JSON document, and back without loss: the form that is stored and served.

Names of members are those of the model in camel case, with units; a latency is one way, money is in minor units.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from linkwright.designs.answers import Documented, SiteSolution, WholeSolution
from linkwright.designs.facts import PartnerAnswer
from linkwright.designs.parts_of_answers import Before
from linkwright.wire.json import Json

TYPE, WHOLE_TYPE = "ServiceDesign", "SolutionDesign"
SAID_BETTER: Mapping[str, str] = {
    "nrc_minor": "oneTimeCostMinor",
    "mrc_minor": "recurringCostMinor",
    "latency_ms": "latencyOneWayMs",
    "delay_ms": "delayOneWayMs",
    "round_trip_ms": "latencyRoundTripMs",
    "budget_nrc_minor": "budgetOneTimeMinor",
    "budget_mrc_minor": "budgetRecurringMinor",
    "price_nrc_minor": "priceOneTimeMinor",
    "price_mrc_minor": "priceRecurringMinor",
    "case": "businessCase",
    "gap": "optimalityGap",
}
"""Where the model's own name would not tell a reader enough."""


def write_design(solution: SiteSolution) -> Json:
    """What is None is left out, unless it would be read as something else."""
    return {"@type": TYPE, **_write(solution)}


def read_design(doc: Json) -> SiteSolution:
    """The solution from which `write_design` made the document."""
    found: SiteSolution = _reader(SiteSolution)(doc)
    return found


def write_whole(whole: WholeSolution) -> Json:
    """Likewise, for all items of a request as one solution."""
    return {"@type": WHOLE_TYPE, **_write(whole)}


def read_whole(doc: Json) -> WholeSolution:
    found: WholeSolution = _reader(WholeSolution)(doc)
    return found


def write_documented(design: Documented) -> Json:
    return write_whole(design) if isinstance(design, WholeSolution) else write_design(design)


def is_whole(doc: Json) -> bool:
    """Whether it is the document of all items together; those of former versions say nothing, and are of one item."""
    return bool(doc.get("@type") == WHOLE_TYPE)


def wanted_of(doc: Json) -> Json:
    """The requirement of an item's design, or that of the bundle of a whole one; empty where there is none."""
    return doc.get("requirement") or doc.get("wanted") or {}


def input_named_in(doc: Json) -> str | None:
    """The id of what this design was computed from, without reading all of it."""
    found: str | None = doc.get(_name("input_id"))
    return found


def write_partner_answer(answer: PartnerAnswer) -> Json:
    """In the words that a design has for it."""
    return _write(answer)


def read_partner_answer(doc: Json) -> PartnerAnswer:
    found: PartnerAnswer = _reader(PartnerAnswer)(doc)
    return found


def write_before(before: Before) -> Json:
    """The part of a design's document that is about the service before it: all that a release has."""
    return _write(before)


def read_before(doc: Json) -> Before:
    found: Before = _reader(Before)(doc)
    return found


def _write(value: Any) -> Json:
    kind = value.__class__
    if kind in _WRITTEN_AS_IT_IS:
        return value
    if is_dataclass(kind):
        told = [(name, getattr(value, field), stays) for field, name, stays in _members(value.__class__)]
        return {name: _write(part) for name, part, stays in told if stays or part is not None}
    if isinstance(value, Mapping):
        return {name: _write(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_write(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def _members(kind: Any) -> list[tuple[str, str, bool]]:
    """Fields with their names in the document, and whether None has to be written since it is not the default."""
    return [(field.name, _name(field.name), field.default not in (MISSING, None)) for field in _documented(kind)]


@cache
def _name(field: str) -> str:
    first, *rest = field.split("_")
    return SAID_BETTER.get(field) or first + "".join(part.capitalize() for part in rest)


@cache
def _reader(kind: Any) -> Callable[[Json], Any]:
    """How a value of this type is read; built once for each type."""
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _record_reader(kind)
    if origin in (Union, UnionType):
        (inner,) = (_reader(one) for one in get_args(kind) if one is not type(None))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        element = _reader(get_args(kind)[0])
        return lambda value: tuple(element(one) for one in value)
    return _PLAIN.get(kind, _as_it_is)


def _record_reader(kind: Any) -> Callable[[Json], Any]:
    hints = get_type_hints(kind)
    parts = [(f.name, _name(f.name), _reader(hints[f.name]), _has_default(f)) for f in _documented(kind)]

    def read(value: Json) -> Any:
        return kind(
            **{
                field: inner(value[name]) if name in value else None
                for field, name, inner, optional in parts
                if name in value or not optional
            }
        )

    return read


@cache
def _documented(kind: Any) -> tuple[Any, ...]:
    return tuple(f for f in fields(kind) if f.metadata.get("document", True))


def _has_default(field: Any) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _as_it_is(value: Json) -> Any:
    return value


_WRITTEN_AS_IT_IS = frozenset({str, int, float, bool})
_PLAIN: Mapping[Any, Callable[[Json], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    float: float,
}
