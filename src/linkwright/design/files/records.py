"""A record of a file as a table of its members: one pair of functions reads and writes them all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from linkwright.design.files.reading import Place

T = TypeVar("T")
NEWEST = 2
_REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Known:
    """The version of the file that is read, and the ids by kind that its members may name."""

    version: int
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, kind: str) -> frozenset[str]:
        return self.ids[kind]

    def also(self, kind: str, ids: Iterable[str]) -> "Known":
        return Known(self.version, {**self.ids, kind: frozenset(ids)})


@dataclass(slots=True)
class Written:
    """The least version of the format that knows everything that has been written so far."""

    version: int = 1

    def needs(self, version: int) -> None:
        self.version = max(self.version, version)


Reader = Callable[[Place, Known], Any]
Writer = Callable[[Any, Written], Any]


def plain(value: Any, _written: Written) -> Any:
    return value


def listed(value: Iterable[Any], _written: Written) -> list[Any]:
    return list(value)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a record: its name in the file, the attribute that it fills, how it is read and written.

    A member without a default must be there. `since`: older files do not know it, and there it is passed over. A
    member that newer files alone know is left out where it has its default; None is never written.
    """

    name: str
    attr: str
    read: Reader
    write: Writer = plain
    default: Any = _REQUIRED
    since: int = 1


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """A class of the model with its members; `check` refuses what no member can know alone."""

    kind: type[T]
    members: tuple[Member, ...]
    check: Callable[[Place, T, Known], None] | None = None

    def read(self, place: Place, known: Known) -> T:
        record = self.kind(**{member.attr: _read(place, member, known) for member in self.members})
        if self.check is not None:
            self.check(place, record, known)
        return record

    def write(self, record: T, written: Written) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for member in self.members:
            value = getattr(record, member.attr)
            if value is None or (member.since > 1 and value == member.default):
                continue
            told = member.write(value, written)
            if told is not None:
                members[member.name] = told
                written.needs(member.since)
        return members

    def read_all(self, place: Place, known: Known) -> tuple[T, ...]:
        return tuple(self.read(item, known) for item in place.elements())

    def write_all(self, records: Iterable[T], written: Written) -> list[dict[str, Any]]:
        return [self.write(record, written) for record in records]


def _read(place: Place, member: Member, known: Known) -> Any:
    if member.since > known.version or (member.default is not _REQUIRED and not place.has(member.name)):
        return member.default
    return member.read(place.member(member.name), known)


def texts(place: Place, _known: Known) -> tuple[str, ...]:
    return tuple(item.text() for item in place.elements())


def simply(read: Callable[[Place], T]) -> Reader:
    """A reader that needs to know nothing."""
    return lambda place, _known: read(place)


def one_of(*words: str) -> Reader:
    return lambda place, _known: place.one_of(words)


def some_of(*words: str) -> Reader:
    return lambda place, _known: tuple(item.one_of(words) for item in place.elements())


def id_of(kind: str, word: str) -> Reader:
    return lambda place, known: place.among(known.of(kind), word)


def ids_of(kind: str, word: str) -> Reader:
    return lambda place, known: tuple(item.among(known.of(kind), word) for item in place.elements())


text, flag, number, amount = simply(Place.text), simply(Place.flag), simply(Place.number), simply(Place.amount)
measure = simply(Place.measure)
whole, positive, probability = simply(Place.whole), simply(Place.positive), simply(Place.probability)


def later(name: str, attr: str, read: Reader, default: Any = None, write: Writer = plain) -> Member:
    """A member that files of the first version do not know."""
    return Member(name, attr, read, write, default=default, since=2)


def in_order(first: str, last: str) -> Callable[[Place, Any, Known], None]:
    """A check that one member of a record is not before another."""

    def check(place: Place, record: Any, _known: Known) -> None:
        start, end = getattr(record, first), getattr(record, last)
        if end is not None and end < start:
            raise place.member(last).wrong(f"must not be before {first}, which is {start}")

    return check
