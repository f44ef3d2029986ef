"""CPE that a changed item has already, as models of the problem: the core knows no CPE of one item alone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from linkwright.design.model import CpeModel, Stock

NEW = "kept:none"
"""The feature that every CPE model has but those that are kept: whoever has none to keep asks for it."""
KEPT = "kept:"


@dataclass(frozen=True, kw_only=True)
class KeptCpe:
    """The CPE that a changed item (`ref`) has: `pieces` of the `needed` that it is to have by `required_day`."""

    ref: str
    model: str
    pieces: int
    needed: int
    required_day: int

    @property
    def feature(self) -> str:
        return f"{KEPT}{self.ref}"

    @property
    def id(self) -> str:
        """What it is called in the problem."""
        return f"{self.model}@{self.ref}"

    @property
    def missing(self) -> int:
        """So many pieces are new."""
        return max(self.needed - self.pieces, 0)

    def rounded_up_minor(self, nrc_minor: int) -> int:
        """What the problem counts too much: there every piece costs the same, in whole minor units."""
        return self.needed * self.nrc_of_each(nrc_minor) - self.missing * nrc_minor

    def nrc_of_each(self, nrc_minor: int) -> int:
        """One time, of each piece of the problem, where a new one costs `nrc_minor`."""
        return -(-self.missing * nrc_minor // self.needed)


def with_kept_cpe(
    models: Sequence[CpeModel], all_models: Iterable[CpeModel], kept_cpe: Collection[KeptCpe], last_day: int
) -> tuple[CpeModel, ...]:
    """With each CPE that is there already as a model of its own, of which only what is missing costs something new.

    One item alone may have it, which is said by features: an item with a CPE to keep asks for its own, which all new
    models have, too; all others ask for one that only new models have. Where some are missing and so many more can be
    had in time, they are put by for the item: nobody else may take them, even if it gets others in the end.
    """
    if not kept_cpe:
        return tuple(models)
    wanted = (NEW, *(one.feature for one in kept_cpe))
    left = {model.id: model for model in models}
    there: list[CpeModel] = []
    known = {model.id: model for model in all_models}
    for one in kept_cpe:
        if one.missing:
            if (less := _without(left.get(one.model), one)) is None:
                continue
            left[one.model] = less
        there.append(
            replace(
                known[one.model],
                id=one.id,
                nrc_minor=one.nrc_of_each(known[one.model].nrc_minor),
                features=(*known[one.model].features, one.feature),
                stock=(Stock(by_day=last_day, pieces=max(one.pieces, one.needed)),),
            )
        )
    new = [replace(model, features=(*model.features, *wanted)) for model in left.values()]
    return (*new, *there)


def _without(model: CpeModel | None, taken: KeptCpe) -> CpeModel | None:
    """The model without the pieces that are missing; None where there are not so many in time."""
    if model is None:
        return None
    later = [line for line in model.stock if line.by_day >= taken.required_day]
    if any(line.pieces < taken.missing for line in later):
        return None
    stock = (replace(line, pieces=line.pieces - taken.missing) if line in later else line for line in model.stock)
    return replace(model, stock=tuple(stock))
