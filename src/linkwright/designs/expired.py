"""What a design relied on that holds no longer."""

from datetime import datetime

from linkwright.designs.answers import SiteSolution
from linkwright.designs.parts_of_answers import Finding


def expired_answers(solution: SiteSolution, now: datetime) -> tuple[Finding, ...]:
    """The partners' answers among it."""
    quotes = {leg.quote for leg in solution.legs if leg.quote is not None}
    relied_on = [one for one in solution.asked if one.offer is not None and one.offer.quote in quotes]
    return tuple(
        Finding(
            code="SD-PTR-04",
            label=f"The answer of partner {one.partner} that the design relied on held until "
            f"{one.valid_until.isoformat(timespec='minutes')}; the partner was asked again.",
        )
        for one in relied_on
        if one.valid_until is not None and one.valid_until <= now
    )
