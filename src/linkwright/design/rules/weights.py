"""What a minor unit counts towards what is to be least: whole numbers, so that sums stay exact."""

from dataclasses import dataclass

from linkwright.design.model import Problem, Site, Worth
from linkwright.design.units import THOUSANDTHS


@dataclass(frozen=True, slots=True)
class Weights:
    """For a unit that is paid once, and for one that is paid each month.

    >>> Weights(1, 36).of(100_00, 10_00)
    46000
    """

    nrc: int
    mrc: int

    def of(self, nrc_minor: int, mrc_minor: int) -> int:
        return self.nrc * nrc_minor + self.mrc * mrc_minor


def weights_of(problem: Problem, site: Site | None = None) -> Weights:
    """What counts for an item; without one, for what items share.

    A net present value counts in thousandths of a minor unit, everything else in minor units over the term.
    """
    term = term_of(problem, site)
    if problem.goal.kind != "npv":
        return Weights(1, term)
    own = None if site is None else site.npv
    worth = own or problem.goal.worth or Worth(nrc=1, mrc=term)
    return Weights(round(worth.nrc * THOUSANDTHS), round(worth.mrc * THOUSANDTHS))


def term_of(problem: Problem, site: Site | None = None) -> int:
    """The months for which the recurring cost of an item is paid."""
    if site is None or site.term_months is None:
        return problem.term_months
    return site.term_months
