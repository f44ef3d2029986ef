"""What a partner has declared: where it is, and what it offers. Only within it he is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import asin, cos, radians, sin, sqrt

from linkwright.designs.facts import Asked
from linkwright.designs.requirement import Requirement, Spot

EARTH_KM = 6371.0
PREFIX = "*"
OUTSIDE: tuple[Asked, str] = ("noCoverage", "not asked: the place is outside of its declared area")

Test = Callable[[Spot], bool | None]
Circle = tuple[float, float, float]
"""Latitude, longitude, kilometres."""
Box = tuple[float, float, float, float]
"""South, west, north, east."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """A place is in it that fits every kind of words that is given, in any word of that kind.

    `postcodes` may end with `*`; `places` are ids of sites or addresses.
    """

    places: tuple[str, ...] = ()
    postcodes: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    circles: tuple[Circle, ...] = ()
    boxes: tuple[Box, ...] = ()

    def has(self, spot: Spot) -> bool | None:
        """None: what is known of the place does not decide it."""
        found = [test(spot) for given, test in self._tests if given]
        if False in found:
            return False
        return None if None in found else True

    @cached_property
    def _tests(self) -> Sequence[tuple[object, Test]]:
        return (
            (self.places, _Ids(frozenset(self.places))),
            (self.postcodes, _Postcodes.of(self.postcodes)),
            (self.cities, _Words("city", frozenset(map(_plain, self.cities)))),
            (self.countries, _Words("country", frozenset(map(_plain, self.countries)))),
            ((*self.circles, *self.boxes), _Shapes(self.circles, self.boxes)),
        )


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """Nothing declared is everything. `areas` are added to each other."""

    areas: tuple[Area, ...] = ()
    specifications: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()

    def why_not(self, requirement: Requirement, spot: Spot) -> tuple[Asked, str] | None:
        """Why the partner need not be asked about it; what cannot be decided is asked."""
        if self.areas and all(area.has(spot) is False for area in self.areas):
            return OUTSIDE
        wanted = requirement.specification
        if self.specifications and wanted is not None and wanted not in self.specifications:
            return "notAsked", f"not asked: {wanted} is not among its specifications"
        if self.technologies and not self._offers_what_is_allowed(requirement):
            return "notAsked", f"not asked: it offers {', '.join(sorted(self.technologies))} only"
        return None

    @property
    def needs_addresses(self) -> bool:
        """Whether ids of places are not enough to decide."""
        return any(one.postcodes or one.cities or one.countries or one.circles or one.boxes for one in self.areas)

    def _offers_what_is_allowed(self, requirement: Requirement) -> bool:
        allowed = self.technologies - set(requirement.technology_forbidden or ())
        return bool(allowed & set(requirement.technology_allowed) if requirement.technology_allowed else allowed)


@dataclass(frozen=True)
class _Ids:
    ids: frozenset[str]

    def __call__(self, spot: Spot) -> bool | None:
        return not self.ids.isdisjoint(spot.ids)


@dataclass(frozen=True)
class _Postcodes:
    whole: frozenset[str]
    prefixes: tuple[str, ...]

    @classmethod
    def of(cls, given: Sequence[str]) -> "_Postcodes":
        codes = [_without_blanks(one) for one in given]
        return cls(
            frozenset(one for one in codes if not one.endswith(PREFIX)),
            tuple(one.removesuffix(PREFIX) for one in codes if one.endswith(PREFIX)),
        )

    def __call__(self, spot: Spot) -> bool | None:
        if spot.at is None or spot.at.postcode is None:
            return None
        code = _without_blanks(spot.at.postcode)
        return code in self.whole or code.startswith(self.prefixes)


@dataclass(frozen=True)
class _Words:
    name: str
    words: frozenset[str]

    def __call__(self, spot: Spot) -> bool | None:
        said = None if spot.at is None else getattr(spot.at, self.name)
        return None if said is None else _plain(said) in self.words


@dataclass(frozen=True)
class _Shapes:
    circles: tuple[Circle, ...]
    boxes: tuple[Box, ...]

    def __call__(self, spot: Spot) -> bool | None:
        if spot.at is None or spot.at.lat_deg is None or spot.at.lon_deg is None:
            return None
        lat, lon = spot.at.lat_deg, spot.at.lon_deg
        return any(
            south <= lat <= north and (west <= lon <= east if west <= east else not east < lon < west)
            for south, west, north, east in self.boxes
        ) or any(_distance_km(lat, lon, *centre) <= km for *centre, km in self.circles)


def _distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Along the surface of the earth."""
    half_lat, half_lon = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lon) ** 2
    return 2 * EARTH_KM * asin(min(sqrt(chord), 1.0))


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _without_blanks(text: str) -> str:
    return "".join(text.casefold().split())
