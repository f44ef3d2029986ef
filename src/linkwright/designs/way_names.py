"""What the ways to a place are called in a sentence, and what all of them have in common."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from linkwright.designs.facts import AccessFact

_WORD_OF = {"risk": "srlg", "entry": "entry"}
"""By the kind of group: the word of diversity for which it has to be declared."""


def names_of(ways: Mapping[str, AccessFact]) -> dict[str, str]:
    """By option, as short as tells them apart: technology; supplier and access point, too; its own id, too."""
    technologies, suppliers = (Counter(map(name, ways.values())) for name in (_technology, _with_supplier))
    return {key: _name(way, technologies, suppliers) for key, way in ways.items()}


def _name(way: AccessFact, technologies: Mapping[str, int], suppliers: Mapping[str, int]) -> str:
    if technologies[_technology(way)] == 1:
        return _technology(way)
    with_supplier = _with_supplier(way)
    return with_supplier if suppliers[with_supplier] == 1 else f"{with_supplier} ({way.id})"


def _technology(way: AccessFact) -> str:
    return way.technology


def _with_supplier(way: AccessFact) -> str:
    return f"{way.technology} of {way.partner} at {way.pop}" if way.partner else f"own {way.technology} at {way.pop}"


def in_common(ways: Sequence[AccessFact], kinds: Collection[str]) -> list[str]:
    """The groups of these kinds (see `design.apart`) that all the ways stand in."""
    return sorted({group for kind in kinds for group in set.intersection(*(_groups(way, kind) for way in ways))})


def hiding(ways: Sequence[AccessFact], kinds: Collection[str]) -> list[str]:
    """The suppliers who do not declare all groups of these kinds."""
    words = {_WORD_OF[kind] for kind in kinds if kind in _WORD_OF}
    return sorted({way.supplier for way in ways if not words.isdisjoint(way.undeclared)})


def _groups(way: AccessFact, kind: str) -> set[str]:
    groups: Mapping[str, Sequence[str]] = {
        "risk": way.srlgs,
        "entry": way.entries,
        "carrier": [f"the carrier {name}" for name in way.carried_by],
        "technology": [f"the technology {way.technology}"],
    }
    return set(groups[kind])
