"""The members of objects that stand in a value, read one by one; what is wrong is told with its place."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from linkwright.wire.characteristics import unwrapped
from linkwright.wire.json import Json

T = TypeVar("T")
LONGEST_TEXT = 200
_MONEY = frozenset({"cost", "oneTimeCost", "recurringCost"})
"""Members whose value is never quoted: whoever reads the sentence may not see costs."""


class MemberError(ValueError):
    """What is wrong with a part of a value, with its place and what is given there."""


class Members:
    """One object; `where` is its place in the characteristic, such as `bespokeActivities[2]`."""

    def __init__(self, value: Json, where: str, known: Collection[str]) -> None:
        self.where = where
        value = unwrapped(value)
        if not isinstance(value, Mapping):
            raise MemberError(f"{where}: an object is expected, {short(value)} is given")
        self._value = value
        unknown = next((name for name in value if name not in known and not str(name).startswith("@")), None)
        if unknown is not None:
            raise MemberError(f"{where}: {short(unknown)} is none of its members, which are {', '.join(known)}")

    def has(self, name: str) -> bool:
        """Also where it is null."""
        return name in self._value

    def get(self, name: str, read: Callable[[Json], T]) -> T | None:
        """None where it is not said."""
        value = unwrapped(self._value.get(name))
        if value is None:
            return None
        try:
            return read(value)
        except ValueError as error:
            given = "" if name in _MONEY else f", {short(value)} is given"
            raise MemberError(f"{self.where}.{name}: {error}{given}") from error

    def needed(self, name: str, read: Callable[[Json], T]) -> T:
        found = self.get(name, read)
        if found is None:
            raise MemberError(f"{self.where}.{name} is missing")
        return found


def elements(value: Json, where: str) -> list[Json]:
    """A list of objects; one alone is a list of one, and lists in a list are put together."""
    if isinstance(value, Mapping):
        return [value]
    if not isinstance(value, list):
        raise MemberError(f"{where}: a list of objects is expected, {short(value)} is given")
    return [part for one in value for part in (one if isinstance(one, list) else [one])]


def text(value: Json) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise ValueError(f"a text of at most {LONGEST_TEXT} characters is expected")
    return value


def short(value: Json) -> str:
    """A value as it may be quoted in a sentence."""
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
