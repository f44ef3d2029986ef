"""Which options may answer which wishes of an item together, before any path is looked for."""

from collections.abc import Iterator, Sequence

from linkwright.design.choice.parts import Arrangement, Option, SiteCase
from linkwright.design.rules.apart import Apart
from linkwright.design.rules.screen import Shape
from linkwright.design.wishes import Wish


def arrangements(site: SiteCase) -> Iterator[Arrangement]:
    """Every choice of different options for the wishes of a shape that can stand together at all, in order of ids.

    Of wishes that ask the same, only one order of their options is tried.
    """
    for number, shape in enumerate(site.demand.shapes):
        same = _same_before([site.demand.wishes[wish] for wish in shape.wishes])
        for options in _choices(site, shape, same, ()):
            for end in range(len(site.ends)):
                yield Arrangement(number, end, options)


def _same_before(wishes: Sequence[Wish]) -> list[int | None]:
    """For each wish the last one before it that asks the same of a leg."""
    asked = [(wish.mbps, *_limits(wish), wish.technologies) for wish in wishes]
    return [
        next((before for before in range(number - 1, -1, -1) if asked[before] == own), None)
        for number, own in enumerate(asked)
    ]


def _limits(wish: Wish) -> tuple[float, ...]:
    return wish.max_latency_ms, wish.max_jitter_ms, wish.max_loss, wish.max_optical_db


def _choices(
    site: SiteCase, shape: Shape, same: Sequence[int | None], chosen: tuple[int, ...]
) -> Iterator[tuple[int, ...]]:
    leg = len(chosen)
    if leg == len(shape.wishes):
        yield chosen
        return
    wish, before = shape.wishes[leg], same[leg]
    first = 0 if before is None else chosen[before] + 1
    for number in range(first, len(site.options)):
        option = site.options[number]
        others = [site.options[other] for other in chosen]
        if number not in chosen and option.by_wish[wish] and _stands_with(shape.apart, option, others, site):
            yield from _choices(site, shape, same, (*chosen, number))


def _stands_with(apart: Apart, option: Option, others: Sequence[Option], site: SiteCase) -> bool:
    """Whether an access shares with none of the others what legs must not: the PoP, a group, a technology."""
    for other in others:
        if apart.by_node and option.pop == other.pop:
            return False
        if not apart.kinds.isdisjoint(option.undeclared | other.undeclared):
            return False
        if apart.kinds and not site.marks(option, apart.kinds).isdisjoint(site.marks(other, apart.kinds)):
            return False
    return True
