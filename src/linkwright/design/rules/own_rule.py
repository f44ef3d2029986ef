"""What a rule of one item is: what it is asked of, its limit, and what another value of it means."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from linkwright.design.model import Problem, Site, SiteReport

Value = float | str
"""A number, words of diversity, or names that would have to be given up or allowed, separated by commas."""
Stage = Literal["option", "cpe", "legs"]
WHOLE = 1.0
"""Between two values nearer than this there is no third whole one."""


@dataclass(frozen=True, slots=True)
class OwnRule:
    """One dimension of `site:X/<dimension>`.

    `fits` is asked with what belongs to its stage: an `Offered` option, a CPE model, or `LegFacts`. `limit` is today's
    value, None where it is no number; `is_asked` whether an item has such a rule at all. `needs` is the value that an
    option has. Of what can be relaxed either the values to try are known (`values`, the least generous first;
    `by_halves` where each later one works if an earlier one does), or it is a figure that a design has `reached`,
    looked for as near as `close`.
    """

    dimension: str
    stage: Stage
    fits: Callable[[Any, Site], bool]
    with_value: Callable[[Site, Value], Site]
    limit: Callable[[Site], float | None] = lambda _: None
    is_asked: Callable[[Site], bool] = lambda _: True
    needs: Callable[[Any], float | None] = lambda _: None
    values: Callable[[Problem, Site], Sequence[Value]] | None = None
    by_halves: Callable[[Site], bool] = lambda _: True
    close: float = 0.0
    reached: Callable[[Problem, Site, SiteReport], float | None] = lambda _problem, _site, _report: None
    figure: int | None = None
    """Among the sums of a leg, where it limits one of them."""
    concerns: Callable[[Problem], frozenset[str]] | None = None
    """The items for which it can stand in the way at all, where it is not every one that has the rule."""
