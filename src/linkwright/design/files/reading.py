"""Typed access to JSON members that knows its own path, so that every complaint names the place."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from linkwright.errors import BadProblem

T = TypeVar("T")
MOST = 10**12
"""Of whatever is counted; what is more than this could not be added up exactly."""
MOST_MEASURED = 10**5
"""Of the ms, dB and km of one part of a way: figures of more of these could not be compared as closely as they are."""


@dataclass(frozen=True)
class Place:
    """One JSON value and the path that leads to it, such as `sites[2].destinations`."""

    path: str
    value: Any

    def wrong(self, text: str) -> BadProblem:
        return BadProblem(self.path or "the file", text)

    def has(self, name: str) -> bool:
        return self._members().get(name) is not None

    def member(self, name: str) -> "Place":
        members = self._members()
        if members.get(name) is None:
            raise self.wrong(f"the member {name!r} is missing")
        return Place(f"{self.path}.{name}" if self.path else name, members[name])

    def items(self, name: str) -> Iterator["Place"]:
        """The elements of an array member; none where it is missing."""
        if self.has(name):
            yield from self.member(name).elements()

    def elements(self) -> Iterator["Place"]:
        if not isinstance(self.value, list):
            raise self.wrong("an array is expected")
        for position, value in enumerate(self.value):
            yield Place(f"{self.path}[{position}]", value)

    def maybe(self, name: str, read: Callable[["Place"], T]) -> T | None:
        return read(self.member(name)) if self.has(name) else None

    def text(self) -> str:
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("a text is expected")
        if not self.value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in self.value):
            raise self.wrong(f"a text without halves of letters is expected, not {self.value!r}")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false is expected")
        return self.value

    def number(self) -> float:
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.wrong(f"a number is expected, not {self.value!r}")
        if not abs(self.value) <= MOST:
            raise self.wrong(f"must not be larger than {MOST:,}")
        return float(self.value)

    def amount(self) -> float:
        """A number that is not negative."""
        number = self.number()
        if number < 0:
            raise self.wrong(f"must not be negative, is {self.value}")
        return number

    def measure(self) -> float:
        """What one part of a way adds to a figure."""
        amount = self.amount()
        if amount > MOST_MEASURED:
            raise self.wrong(f"must not be larger than {MOST_MEASURED:,}")
        return amount

    def probability(self) -> float:
        number = self.number()
        if not 0 <= number <= 1:
            raise self.wrong(f"a probability between 0 and 1 is expected, not {self.value}")
        return number

    def whole(self) -> int:
        """A whole number that is not negative: money in minor units, days, Mbit/s, counts."""
        number = self.amount()
        if number != int(number):
            raise self.wrong(f"a whole number is expected, not {self.value}")
        return self.value if isinstance(self.value, int) else int(number)

    def positive(self) -> int:
        whole = self.whole()
        if whole == 0:
            raise self.wrong("must be greater than zero")
        return whole

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items(name))

    def one_of(self, words: Sequence[str]) -> str:
        for word in words:
            if self.value == word:
                return word
        raise self.wrong(f"one of {', '.join(words)} is expected, not {self.value!r}")

    def among(self, ids: Collection[str], word: str) -> str:
        """A text that must be one of `ids`, which are those of a `word`."""
        value = self.text()
        if value not in ids:
            raise self.wrong(f"there is no {word} {value!r}")
        return value

    def _members(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.wrong("an object is expected")
        return self.value


def unique(places: Iterable[Place], read: Callable[[Place], T], key: Callable[[T], str]) -> tuple[T, ...]:
    """Reads every place; two records with one key are refused."""
    seen: dict[str, str] = {}
    records = []
    for place in places:
        record = read(place)
        if key(record) in seen:
            raise place.wrong(f"{key(record)!r} is there already, as {seen[key(record)]}")
        seen[key(record)] = place.path
        records.append(record)
    return tuple(records)


def parse(text: str | bytes) -> Place:
    """The root of a JSON text; what is no JSON, or holds NaN or Infinity, is refused."""
    try:
        return Place("", json.loads(text, parse_constant=_refuse_constant))
    except (ValueError, RecursionError) as error:
        raise BadProblem("the file", f"not a JSON text: {error}") from error


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number of JSON")
