"""What a refused design teaches: one way of a leg that is too long by itself, or else all its ways together.

A programme knows limits only as near as its solver does, so a way may keep one there by less than nothing.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from linkwright.design.choice.arc_items import ItemOnArcs
from linkwright.design.choice.arc_space import Arc
from linkwright.design.choice.arcs import Frame, Mode
from linkwright.design.rules.figures import UNSOUND


class Refused(NamedTuple):
    """Variables of which not all arcs can be 1 beside any of these frames."""

    arcs: Sequence[int]
    frames: Sequence[int]


def refused(
    item: ItemOnArcs, mode: Mode, frame: Frame, ways: Sequence[Sequence[Arc]], able: Sequence[int]
) -> Iterator[Refused]:
    """Of a design of these ways that keeps the rules only with CPE models that are `able`, and not with its own."""
    is_told = False
    for number, way in enumerate(ways):
        pop = frame.options[number].pop
        if frame.variable in _too_long(item, mode, number, pop, way):
            is_told = True
            for other, leg in enumerate(mode.legs):
                frames = _too_long(item, mode, other, pop, way)
                if frames and leg.arcs.keys() >= set(way):
                    yield Refused([leg.arcs[arc] for arc in way], frames)
    if not is_told:
        arcs = [leg.arcs[arc] for leg, way in zip(mode.legs, ways, strict=True) for arc in way]
        yield Refused(arcs, [own.variable for own in mode.frames if own.place == frame.place and own.cpe not in able])


def _too_long(item: ItemOnArcs, mode: Mode, number: int, pop: int, way: Sequence[Arc]) -> list[int]:
    """The frames with which this way from a node breaks a limit of its own, were it that leg's."""
    case, site = item.case, item.site
    starting = [frame for frame in mode.frames if frame.options[number].pop == pop]
    sums = case.aim(mode.end, site.aim.closed).path(pop, tuple(link for link, _ in way)).sums
    boxes = 2 if mode.end.far else 1
    return [
        frame.variable
        for frame in starting
        if any(
            frame.options[number].sums[figure] + sums[figure] + boxes * site.cpes[frame.cpe].sums[figure] > most
            for figure, most in enumerate(site.demand.most[site.demand.shapes[frame.place.shape].wishes[number]])
            if figure != UNSOUND
        )
    ]
