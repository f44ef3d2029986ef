"""What a service costs beyond its accesses, CPE, builds and augments: known before any design of it is chosen.

How many legs and CPE pieces there are follows from the requirement, so the sums are constants of its item.
"""

from collections.abc import Iterable, Sequence

from linkwright.designs.parts_of_answers import FixedCost
from linkwright.designs.requirement import Requirement, Work
from linkwright.designs.whole.activities import works_of


def fixed_costs(
    requirement: Requirement,
    *,
    legs: int,
    pieces: int,
    legs_before: int = 0,
    pieces_before: int = 0,
    stays: bool = False,
) -> tuple[FixedCost, ...]:
    """One for each cost component of the requirement; a price that nobody has stated stays None.

    Of a changed service that `stays` at its place only what comes to it is paid once; all of it is paid each month.
    """
    counts = {
        "site": (1, 0 if stays else 1),
        "cpe": (pieces, max(pieces - pieces_before, 0) if stays else pieces),
        "leg": (legs, max(legs - legs_before, 0) if stays else legs),
    }
    return tuple(
        FixedCost(
            name=one.name,
            component=one.component,
            layer=one.layer,
            nrc_minor=_times(counts[one.per][1], one.nrc_minor),
            mrc_minor=_times(counts[one.per][0], one.mrc_minor),
        )
        for one in requirement.cost_components or ()
    )


def costs_of_works(works: Iterable[Work]) -> tuple[FixedCost, ...]:
    """One for each activity that has a price, or needs one: bespoke work of a requester is in no other charge."""
    return tuple(
        FixedCost(
            name=work.name or work.id, component="bespoke", layer="service", nrc_minor=work.nrc_minor, mrc_minor=0
        )
        for work in works
        if work.nrc_minor is not None or (work.bespoke and work.kind == "bespoke")
    )


def costs_in_common(requirement: Requirement) -> tuple[FixedCost, ...]:
    """Of the activities that are done once for all items that name them."""
    return costs_of_works(work for work in works_of(requirement) if not work.each)


def _times(count: int, minor: int | None) -> int | None:
    """None of something costs nothing, whatever its price."""
    return 0 if count == 0 else None if minor is None else count * minor


def known_sums(costs: Sequence[FixedCost]) -> tuple[int, int]:
    """NRC and MRC of what is known, in minor units."""
    return sum(one.nrc_minor or 0 for one in costs), sum(one.mrc_minor or 0 for one in costs)
