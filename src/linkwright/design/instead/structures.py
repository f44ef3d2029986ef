"""Designs of one item that are built differently: other technologies, partners or ends of their accesses.

What differs from a design in that does without one of its kinds of access. So each design found leaves smaller
problems behind, one for each kind that is given up, and the cheapest of their designs is the next (Lawler 1972).
"""

import heapq
from collections.abc import Sequence
from dataclasses import replace

from linkwright.design.choice.case import Case
from linkwright.design.choice.cheapest import cheapest
from linkwright.design.instead.alternatives import alternative
from linkwright.design.instead.front import Found, Front
from linkwright.design.model import AccessOption, Alternative, Design, Problem

Kind = tuple[str, str, str]
"""Technology, partner and PoP of an access."""
Structure = tuple[Kind, ...]
DIFFERENT = "different"


def different(front: Front, count: int, known: Sequence[Design]) -> tuple[Alternative, ...]:
    """Up to `count` designs, cheapest first, of which none is built like another or like a known one."""
    kinds = {option.id: _kind(option) for option in front.problem.access_options}
    seen = {_structure(kinds, design) for design in known}
    found: list[Alternative] = []
    waiting: list[tuple[int, tuple[Kind, ...], Found]] = []
    tried: set[tuple[Kind, ...]] = {()}
    first = front.best()
    if first is not None:
        heapq.heappush(waiting, (first.value, (), first))
    while waiting and len(found) < count and not front.search.is_over():
        _, without, one = heapq.heappop(waiting)
        structure = _structure(kinds, one.design)
        if structure not in seen:
            seen.add(structure)
            found.append(alternative(one, (DIFFERENT,)))
        for kind in dict.fromkeys(structure):
            fewer = tuple(sorted({*without, kind}))
            if fewer not in tried:
                tried.add(fewer)
                other = _cheapest_without(front, fewer)
                if other is not None:
                    heapq.heappush(waiting, (other.value, fewer, other))
    return tuple(found)


def _cheapest_without(front: Front, kinds: Sequence[Kind]) -> Found | None:
    problem = _without(front.problem, kinds)
    case = Case(problem, front.graph)
    optimum = cheapest(case, front.search)
    return None if optimum.choice is None else front.add(problem, case, optimum.choice, optimum)


def _without(problem: Problem, kinds: Sequence[Kind]) -> Problem:
    options = tuple(option for option in problem.access_options if _kind(option) not in kinds)
    return replace(problem, access_options=options)


def _structure(kinds: dict[str, Kind], design: Design) -> Structure:
    used = [name for site in design.sites for leg in site.legs for name in (leg.access, leg.far) if name is not None]
    return tuple(sorted(kinds[name] for name in used))


def _kind(option: AccessOption) -> Kind:
    return option.kind, option.partner or "", option.pop
