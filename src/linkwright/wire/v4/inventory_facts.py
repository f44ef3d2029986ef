"""One TMF639 resource, read fact by fact. A reader raises ValueError, whose text says what is missing or wrong."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import TypeVar

from linkwright.errors import BadProblem
from linkwright.wire import quantities
from linkwright.wire.characteristics import read_characteristics
from linkwright.wire.json import Json, day_of

T = TypeVar("T")
SUPPLIER = "supplier"
IN_USE = frozenset({"active", "busy"})


class Currency:
    """The one currency of all facts: the first that is seen, or the one that is known already."""

    def __init__(self, known: str | None = None) -> None:
        self.unit = known

    def minor(self, value: Json, where: str) -> int:
        """Minor units. Raises BadProblem for a second currency: such facts contradict each other."""
        minor, unit = quantities.money_minor(value)
        if self.unit is None:
            self.unit = unit
        elif unit != self.unit:
            raise BadProblem(where, f"is priced in {unit}, others are in {self.unit}; one currency is expected")
        return minor


class Resource:
    """Reads what docs/words.md lists for its category."""

    def __init__(self, doc: Mapping[str, Json], currency: Currency) -> None:
        self.id = str(doc.get("id") or "")
        self.category = str(doc.get("category") or "")
        self._doc, self._currency = doc, currency
        self._facts = read_characteristics(doc.get("resourceCharacteristic"))

    @property
    def name(self) -> str:
        return str(self._doc.get("name") or self.id)

    @property
    def label(self) -> str:
        return f"{self.category} {self.id}"

    def has(self, name: str) -> bool:
        return self._facts.get(name) is not None

    def text(self, name: str) -> str:
        value = self._fact(name)
        if not isinstance(value, str) or not value:
            raise ValueError(f"{name} is no text")
        return value

    def number(self, name: str) -> float:
        """A number that is not negative."""
        value = self._read(name, quantities.number)
        if value < 0:
            raise ValueError(f"{name} is negative")
        return float(value)

    def degrees(self, name: str, limit: float) -> float:
        value = float(self._read(name, quantities.number))
        if abs(value) > limit:
            raise ValueError(f"{name} is outside ±{limit:g}")
        return value

    def availability(self, name: str = "availability") -> float:
        value = float(self._read(name, quantities.number))
        if not 0 < value <= 1:
            raise ValueError(f"{name} is no probability")
        return value

    def whole(self, name: str) -> int:
        """A whole number; what is left of a part of one does not count."""
        return int(self.number(name))

    def whole_or_none(self, name: str) -> int | None:
        return self.whole(name) if self.has(name) else None

    def number_or_none(self, name: str) -> float | None:
        return self.number(name) if self.has(name) else None

    def number_or(self, name: str, otherwise: float) -> float:
        return self.number(name) if self.has(name) else otherwise

    def percent_or_none(self, name: str) -> float | None:
        """A percentage as a probability."""
        return self._read(name, quantities.share_of_percent) if self.has(name) else None

    def text_or_none(self, name: str) -> str | None:
        return self.text(name) if self.has(name) else None

    def count(self, name: str) -> int:
        """A whole number from 1 on."""
        return self._read(name, quantities.whole_from_1)

    def months(self, name: str) -> tuple[int, ...]:
        """Numbers of months, in their order."""
        return self._read(name, quantities.months)

    def only(self, names: Collection[str]) -> dict[str, Json]:
        """Those of its facts that have one of these names, as they are written."""
        return {name: value for name, value in self._facts.items() if name in names}

    def days(self, name: str) -> int:
        return self._read(name, quantities.whole)

    def money(self, name: str) -> int:
        return self._read(name, self.minor)

    def minor(self, value: Json) -> int:
        """An amount in the one currency of all facts."""
        return self._currency.minor(value, self.label)

    def names(self, name: str) -> tuple[str, ...]:
        return self._read(name, quantities.names) if self.has(name) else ()

    def work(self, name: str = "crewDays") -> dict[str, int]:
        """Crew-days by skill."""
        value = self._facts.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            raise ValueError(f"{name} is no object of skill and days")
        try:
            return {str(skill): quantities.whole(days) for skill, days in value.items()}
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error

    def day(self, attribute: str) -> date | None:
        """A date that is an attribute of the resource itself."""
        written = self._doc.get(attribute)
        if not written:
            return None
        try:
            return day_of(str(written))
        except ValueError as error:
            raise ValueError(f"{attribute} is no date") from error

    def day_needed(self, attribute: str) -> date:
        found = self.day(attribute)
        if found is None:
            raise ValueError(f"{attribute} is missing")
        return found

    def is_gone(self, today: date) -> bool:
        """Out of service now, or since a date that has passed."""
        end = self.day("endOperatingDate")
        return str(self._doc.get("operationalState", "")).lower() == "disable" or (end is not None and end < today)

    @property
    def is_in_use(self) -> bool:
        return str(self._doc.get("usageState") or "").lower() in IN_USE

    def related(self, kind: str) -> tuple[str, ...]:
        """Ids of the resources to which it has this relation."""
        found = []
        for relation in self._doc.get("resourceRelationship") or ():
            other = relation.get("resource") or {}
            if str(relation.get("relationshipType", "")).lower() == kind.lower() and other.get("id"):
                found.append(str(other["id"]))
        return tuple(dict.fromkeys(found))

    def one_related(self, kind: str) -> str:
        found = self.related(kind)
        if len(found) != 1:
            raise ValueError(f"exactly one relation {kind} is needed, {len(found)} found")
        return found[0]

    def one_or_none_related(self, kind: str) -> str | None:
        return self.one_related(kind) if self.related(kind) else None

    def place(self) -> str:
        place = self._doc.get("place")
        named = place.get("id") if isinstance(place, Mapping) else None
        if not named:
            raise ValueError("place is missing")
        return str(named)

    def supplier(self) -> str | None:
        parties = self._doc.get("relatedParty") or ()
        return next((str(party["id"]) for party in parties if party.get("role") == SUPPLIER and party.get("id")), None)

    def _fact(self, name: str) -> Json:
        if not self.has(name):
            raise ValueError(f"{name} is missing")
        return self._facts[name]

    def _read(self, name: str, read: Callable[[Json], T]) -> T:
        value = self._fact(name)
        try:
            return read(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
