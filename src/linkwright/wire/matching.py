"""Which documents a filter selects: the plain in-memory reading of the rules.

The store, which asks an index for `equality` and `rank`, must answer the same.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

from linkwright.wire import patterns
from linkwright.wire.filters import Condition, Filter, Operator
from linkwright.wire.json import Json
from linkwright.wire.large_json import Made

CHARACTERISTIC = "haracteristic"
"""The last letters of every attribute that leads to characteristics; a `value` below is of any type."""
NUMBERS = frozenset({"quantity"})
"""The attributes that are numbers; a contract test keeps this true."""
_DATE = re.compile(r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|z|[+-]\d\d:?\d\d)?)?$", re.ASCII)
_NUMBER = re.compile(r"^-?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,4})?$", re.ASCII)


def matches(wanted: Filter, document: Json) -> bool:
    """The plain reading of the rules on one document."""
    return all(any(_holds(condition, document) for condition in clause) for clause in wanted)


def _holds(condition: Condition, document: Json) -> bool:
    return any(value_matches(condition, value) for value in values_at(document, condition.path.split(".")))


def values_at(value: Json, path: Sequence[str]) -> Iterator[Json]:
    """Every scalar at the end of a path that runs through objects and, on its way or at its end, lists."""
    level = _unpacked([value])
    for name in path:
        level = _unpacked([one[name] for one in level if isinstance(one, dict) and name in one])
    return (one for one in level if one is not None and not isinstance(one, dict))


def _unpacked(values: list[Json]) -> list[Json]:
    """Lists give way to what is in them, however deep."""
    while any(isinstance(value, list | Made) for value in values):
        values = [one for value in values for one in (value if isinstance(value, list | Made) else (value,))]
    return values


def value_matches(condition: Condition, value: Json) -> bool:
    """Numbers are ordered among numbers, texts among texts; a number and a text are in no order."""
    operator = condition.operator
    if operator == "regex":
        return isinstance(value, str) and patterns.found(condition.value, value)
    if operator == "eq":
        return equality(condition.path, value) == equality(condition.path, condition.value)
    mine, theirs = rank(value), rank(condition.value)
    if isinstance(mine, float) and isinstance(theirs, float):
        return _in_order(operator, (mine > theirs) - (mine < theirs))
    if isinstance(mine, str) and isinstance(theirs, str):
        return _in_order(operator, (mine > theirs) - (mine < theirs))
    return False


def _in_order(operator: Operator, difference: int) -> bool:
    wanted = {"gt": (1,), "gte": (0, 1), "lt": (-1,), "lte": (-1, 0)}
    return difference in wanted[operator]


def equality(path: str, value: Json) -> str:
    """What values at this path are equal by: only where the contract has numbers 007 is 7."""
    return canonical(value) if has_numbers(path) else written(value)


@lru_cache(maxsize=1024)
def has_numbers(path: str) -> bool:
    """Has the contract numbers at this path: by its type, or as any value of a characteristic?"""
    names = path.split(".")
    of_any_type = any(one.endswith(CHARACTERISTIC) and below == "value" for one, below in pairwise(names))
    return of_any_type or names[-1] in NUMBERS


def written(value: Json) -> str:
    """A text as it is, but for instants, which are in UTC; a number and a boolean as JSON writes them."""
    if isinstance(value, str):
        return instant(value) or value
    return canonical(value)


def canonical(value: Json) -> str:
    """The text of a number, an instant or a boolean however it is written; what reads like a number is one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value)
    text = str(value)
    if _NUMBER.match(text):
        return _number_text(float(text) if not text.lstrip("-").isdigit() else int(text))
    return instant(text) or text


def rank(value: Json) -> float | str:
    """What values are ordered by: a number, or text in which instants are canonical."""
    text = canonical(value)
    return float(text) if _NUMBER.match(text) else text


def instant(text: str) -> str | None:
    """A date or date-time as canonical UTC text, to the microsecond; None for anything else. No offset is UTC."""
    if not _DATE.match(text):
        return None
    try:
        moment = datetime.fromisoformat(text.replace("z", "Z"))
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return f"{aware.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
    except OverflowError:
        return None


def _number_text(value: float) -> str:
    """`1`, `1.0` and `1e0` are the same number; powers of ten are exact up to the 22nd."""
    if isinstance(value, int) or (abs(value) <= 1e22 and value.is_integer()):
        return str(int(value))
    return repr(float(value))
