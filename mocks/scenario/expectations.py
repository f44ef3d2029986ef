"""What has to be found somewhere, and whether it was."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mocks.scenario.look import MISSING, Missing

Json = Any
OneOrMore = str | list[str]
STRICT = ConfigDict(extra="forbid", populate_by_name=True)
"""Of every part of a scenario's file: a name that nobody knows is refused."""
DAY = len("2026-11-02")
COMPARISONS = (
    "is_",
    "is_not",
    "approximately",
    "percent",
    "contains",
    "lacks",
    "absent",
    "at_least",
    "at_most",
    "one_of",
)


class Expectation(BaseModel):
    """`of` is a path (look.py); one comparison says what has to be there, `why` is for who reads it.

    `is`: the same; a number is compared with the `value` of money and other quantities, a day with the day of a
    date-time, a list without its order where it is a list of texts. `percent`: a probability, in percent, to the digits
    that are written. `approximately`: a number, up to `within`. `contains`: a part of a text, or an element of a list
    of which that is a part; of a list of them each. `lacks`: the opposite.
    """

    model_config = STRICT

    of: str
    why: str = ""
    is_: Json = Field(default=None, alias="is")
    is_not: Json = Field(default=None, alias="isNot")
    approximately: float | None = None
    within: float | None = None
    percent: str | None = None
    contains: OneOrMore | None = None
    lacks: OneOrMore | None = None
    absent: bool | None = None
    at_least: Json = Field(default=None, alias="atLeast")
    at_most: Json = Field(default=None, alias="atMost")
    one_of: list[Json] | None = Field(default=None, alias="oneOf")

    @model_validator(mode="after")
    def _compares_once(self) -> Self:
        given = [name for name in COMPARISONS if name in self.model_fields_set]
        if not given or (len(given) > 1 and set(given) != {"at_least", "at_most"}):
            raise ValueError(f"{self.of}: one comparison is needed, not {', '.join(given) or 'none'}")
        if (self.approximately is None) is not (self.within is None):
            raise ValueError(f"{self.of}: `approximately` and `within` belong together")
        if self.percent is not None:
            _decimal(self.percent)
        return self

    @property
    def said(self) -> str:
        """What is expected, in words."""
        given = [name for name in COMPARISONS if name in self.model_fields_set]
        return ", ".join(f"{_WORDS[name]} {self._wanted(name)}".strip() for name in given)

    def _wanted(self, name: str) -> str:
        if name == "absent":
            return ""
        more = {"approximately": f" ± {self.within}", "percent": " %"}.get(name, "")
        return f"{shown(getattr(self, name))}{more}"

    def holds(self, found: Json) -> bool:
        return all(self._holds(name, found) for name in COMPARISONS if name in self.model_fields_set)

    def _holds(self, name: str, found: Json) -> bool:
        wanted = getattr(self, name)
        if name == "absent":
            return isinstance(found, Missing) is bool(wanted)
        if isinstance(found, Missing):
            return name in ("is_not", "lacks")
        match name:
            case "is_":
                return same(found, wanted)
            case "is_not":
                return not same(found, wanted)
            case "one_of":
                return any(same(found, one) for one in wanted)
            case "contains":
                return all(_contains(found, one) for one in several(wanted))
            case "lacks":
                return not any(_contains(found, one) for one in several(wanted))
        number = plain(found)
        if name in ("at_least", "at_most") and isinstance(wanted, str):
            return isinstance(number, str) and _in_order(number[: len(wanted)], wanted, name)
        if isinstance(number, bool) or not isinstance(number, int | float):
            return False
        return self._compares(name, number, wanted)

    def _compares(self, name: str, number: float, wanted: Json) -> bool:
        match name:
            case "at_least":
                return bool(number >= wanted)
            case "at_most":
                return bool(number <= wanted)
            case "percent":
                digits = _decimal(str(self.percent))
                return (Decimal(repr(float(number))) * 100).quantize(digits, ROUND_HALF_EVEN) == digits
        return bool(abs(number - wanted) <= (self.within or 0.0))


_WORDS: Mapping[str, str] = {
    "is_": "",
    "is_not": "not",
    "approximately": "about",
    "percent": "",
    "contains": "with",
    "lacks": "without",
    "absent": "absent",
    "at_least": "at least",
    "at_most": "at most",
    "one_of": "one of",
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One expectation of a step, and what came."""

    step: str
    of: str
    expected: str
    came: str
    ok: bool
    why: str = ""


def outcome(step: str, expectation: Expectation, found: Json) -> Outcome:
    return Outcome(
        step=step,
        of=expectation.of,
        expected=expectation.said,
        came=shown(found),
        ok=expectation.holds(found),
        why=expectation.why,
    )


def _in_order(found: str, wanted: str, name: str) -> bool:
    """Days and date-times as they are written."""
    return bool(found >= wanted if name == "at_least" else found <= wanted)


def plain(found: Json) -> Json:
    """The number in money and other quantities, else the thing itself."""
    if isinstance(found, Mapping) and "value" in found and not isinstance(found["value"], Mapping | list):
        return found["value"]
    return found


def same(found: Json, wanted: Json) -> bool:
    if isinstance(wanted, Mapping | bool) or wanted is None:
        return bool(found == wanted)
    if isinstance(wanted, list):
        return isinstance(found, list) and _same_lists(found, wanted)
    one = plain(found)
    if isinstance(wanted, int | float):
        return (
            isinstance(one, int | float) and not isinstance(one, bool) and abs(one - wanted) < 1e-9 * max(1, abs(one))
        )
    if _is_day(wanted) and isinstance(one, str):
        return bool(one[:DAY] == wanted)
    if isinstance(one, list) and len(one) == 1:
        return same(one[0], wanted)
    return bool(one == wanted)


def _same_lists(found: list[Json], wanted: list[Json]) -> bool:
    if all(isinstance(one, str) for one in (*found, *wanted)):
        return sorted(found) == sorted(wanted)
    return len(found) == len(wanted) and all(same(one, other) for one, other in zip(found, wanted, strict=True))


def _is_day(text: Json) -> bool:
    return isinstance(text, str) and len(text) == DAY and text[4] == text[7] == "-" and text.replace("-", "").isdigit()


def several(named: OneOrMore) -> list[str]:
    return [named] if isinstance(named, str) else named


def _contains(found: Json, part: str) -> bool:
    if isinstance(found, list):
        return any(_contains(one, part) for one in found)
    return part in (found if isinstance(found, str) else str(found))


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no number") from error


def shown(value: Json, most: int = 160) -> str:
    """Short enough for a table."""
    text = "nothing" if value is MISSING else str(plain(value))
    return text if len(text) <= most else f"{text[: most - 1]}…"
