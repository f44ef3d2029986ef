"""The words of diversity: what two legs must not have in common, and which word says more than which."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

IMPLIED = {
    "link": frozenset[str](),
    "node": frozenset({"link"}),
    "srlg": frozenset({"node", "link"}),
    "entry": frozenset({"srlg", "node", "link"}),
    "carrier": frozenset({"link"}),
    "technology": frozenset[str](),
}
"""Each word with the words that it includes."""
KINDS = {"srlg": "risk", "entry": "entry", "carrier": "carrier", "technology": "technology"}
"""The kind of group that a word forbids two legs to share; access technologies count as groups, too."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two legs share no link, no node (but a common end), and no group of these kinds."""

    by_link: bool
    by_node: bool
    kinds: frozenset[str]


TOGETHER = Apart(False, False, frozenset())


@cache
def apart_of(diversity: str) -> Apart:
    words = _closed(_words(diversity))
    kinds = frozenset(KINDS[word] for word in words if word in KINDS)
    return Apart("link" in words, "node" in words, kinds)


def canonical(words: Iterable[str]) -> str:
    """As a problem writes it: without what is implied, in order.

    >>> canonical(["srlg", "carrier", "link"])
    'carrier+srlg'
    >>> canonical([])
    'none'

    Raises:
        KeyError: a word is not known.
    """
    said = set(words) - {"none"}
    implied = frozenset().union(*(IMPLIED[word] for word in said)) if said else frozenset[str]()
    return "+".join(sorted(said - implied)) or "none"


def weaker(diversity: str) -> tuple[str, ...]:
    """Every diversity that asks for less, the strongest first: those with more words of their closure.

    >>> weaker("srlg")
    ('node', 'link', 'none')
    """
    words = sorted(_closed(_words(diversity)))
    found: dict[str, int] = {}
    for mask in range(1 << len(words)):
        chosen = [word for place, word in enumerate(words) if mask >> place & 1]
        found.setdefault(canonical(chosen), len(_closed(chosen)))
    found.pop(canonical(words), None)
    return tuple(sorted(found, key=lambda one: (-found[one], one)))


def weakest(diversity: str) -> tuple[str, ...]:
    """Of itself and all that asks for less: `none`, and whatever asks for two legs and includes nothing that does, too.

    >>> weakest("srlg"), weakest("carrier+technology"), weakest("none")
    (('none', 'link'), ('none', 'link', 'technology'), ('none',))
    """
    words = _closed(_words(diversity))
    return ("none", *sorted(word for word in words if not IMPLIED[word]))


def mutually_apart(pairs: Mapping[str, set[frozenset[str]]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Three items or more of which every two are to be apart: what any one of them passes, no other may.

    That follows from the rules for two, but a linear programme does not see it.
    """
    for diversity, known in pairs.items():
        names = sorted(frozenset[str]().union(*known))
        groups: list[list[str]] = []
        for name in names:
            joined = [group for group in groups if all(frozenset((name, other)) in known for other in group)]
            for group in joined:
                group.append(name)
            if not joined:
                groups.append([name])
        yield from ((diversity, tuple(group)) for group in groups if len(group) > 2)


def _words(diversity: str) -> list[str]:
    return [] if diversity == "none" else diversity.split("+")


def _closed(words: Iterable[str]) -> frozenset[str]:
    said = frozenset(words)
    return said.union(*(IMPLIED[word] for word in said))
