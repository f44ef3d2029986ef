"""Which options may answer which wishes of an item together, before any path is looked for."""

from collections.abc import Iterator, Sequence

from linkwright.design.choice.parts import Arrangement, End, Option, SiteCase
from linkwright.design.rules.apart import Apart
from linkwright.design.rules.screen import Demand, Shape
from linkwright.design.wishes import Wish


def arrangements(site: SiteCase) -> Iterator[Arrangement]:
    """Every choice of different options for the wishes of a shape that can stand together at all, in order of ids.

    Of wishes that ask the same, only one order of their options is tried.
    """
    for number, shape in enumerate(site.demand.shapes):
        same = _same_before(site.demand, shape)
        for options in _choices(site, shape, same, ()):
            for end in range(len(site.ends)):
                if _suits(site, shape, options, site.ends[end]):
                    yield Arrangement(number, end, options)


def _suits(site: SiteCase, shape: Shape, options: Sequence[int], end: End) -> bool:
    """Whether legs that may not mix technologies begin with those that are theirs at this end."""
    if end.of_backups is None or not shape.backups:
        return end.of_backups is None and not (shape.backups and end.far)
    return all(
        (site.technology(site.options[option]) <= end.of_backups) == (wish in shape.backups)
        for wish, option in zip(shape.wishes, options, strict=True)
    )


def _same_before(demand: Demand, shape: Shape) -> list[int | None]:
    """For each wish the last one before it that asks the same of a leg."""
    is_told_apart = bool(shape.backups) or demand.frees_backups
    wishes = [demand.wishes[wish] for wish in shape.wishes]
    asked = [(wish.role if is_told_apart else "", wish.mbps, *_limits(wish), wish.technologies) for wish in wishes]
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
        if (
            number not in chosen
            and option.by_wish[wish]
            and _stands_with(shape.apart, option, others, site)
            and _mixes_nothing(shape, option, others, site)
        ):
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


def _mixes_nothing(shape: Shape, option: Option, others: Sequence[Option], site: SiteCase) -> bool:
    """Whether it is of no technology of a backup that it is not, or of another leg where it is the backup."""
    if not shape.backups:
        return True
    is_backup = shape.wishes[len(others)] in shape.backups
    of_the_others = (
        other for wish, other in zip(shape.wishes, others, strict=False) if (wish in shape.backups) != is_backup
    )
    return all(site.technology(option) != site.technology(other) for other in of_the_others)
