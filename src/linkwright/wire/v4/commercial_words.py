"""What a design costs, in words. A sum in which a price is missing is told as what is known, under its own name."""

from collections.abc import Mapping, Sequence

from linkwright.designs.answers import Proposal, SiteSolution, Totals
from linkwright.designs.requirement import Requirement
from linkwright.wire.json import Json, present
from linkwright.wire.quantities import write_money, write_price

KNOWN = "Known"
"""How the name of a sum ends in which something is not counted, since nobody has stated its price."""
ONCE, MONTHLY = "oneTimeCost", "recurringCost"
SOLUTION = "design.solution."
"""How words begin that are about all items together, and stand on one of them."""


def commercial_words(solution: SiteSolution) -> dict[str, Json]:
    currency = solution.currency
    legs = [_part(leg.access, *_of_leg(leg.nrc_minor, leg.mrc_minor, leg.unpriced), currency) for leg in solution.legs]
    fixed = [_part(one.name, one.nrc_minor, one.mrc_minor, currency) for one in solution.fixed]
    once = solution.nrc_minor - sum(leg.nrc_minor for leg in solution.legs)
    monthly = solution.mrc_minor - sum(leg.mrc_minor for leg in solution.legs)
    once -= sum(one.nrc_minor or 0 for one in solution.fixed)
    monthly -= sum(one.mrc_minor or 0 for one in solution.fixed)
    no_nrc, no_mrc = bool(solution.without_nrc), bool(solution.without_mrc)
    told: dict[str, Json] = {
        **sums(solution.nrc_minor, solution.mrc_minor, currency, no_nrc=no_nrc, no_mrc=no_mrc),
        "commercial.costBreakdown": [*legs, *fixed, _part("CPE, builds and augments", once, monthly, currency)],
        **variances(
            solution.requirement, solution.nrc_minor, solution.mrc_minor, currency, no_nrc=no_nrc, no_mrc=no_mrc
        ),
    }
    if missing := [f"{name} {ONCE}" for name in solution.without_nrc] + [
        f"{name} {MONTHLY}" for name in solution.without_mrc
    ]:
        told["commercial.missingPrices"] = missing
    return told


def sums(nrc_minor: int, mrc_minor: int, currency: str, *, no_nrc: bool, no_mrc: bool) -> dict[str, Json]:
    return {
        f"commercial.{ONCE}{KNOWN if no_nrc else ''}": write_money(nrc_minor, currency),
        f"commercial.{MONTHLY}{KNOWN if no_mrc else ''}": write_money(mrc_minor, currency),
    }


def sums_of_all(totals: Totals, bundle: Requirement | None) -> dict[str, Json]:
    """Of all items of an answer; beside them what is left of the budget of a bundle."""
    whole, currency = totals.whole, totals.currency
    nrc_minor, mrc_minor = (totals.nrc_minor, totals.mrc_minor) if whole is None else (whole.nrc_minor, whole.mrc_minor)
    lines = () if whole is None or whole.case is None else whole.case.lines
    no_nrc = totals.missing_nrc or any(line.nrc_minor is None for line in lines)
    no_mrc = totals.missing_mrc or any(line.mrc_minor is None for line in lines)
    told = sums(nrc_minor, mrc_minor, currency, no_nrc=no_nrc, no_mrc=no_mrc)
    if bundle is None:
        return told
    return told | variances(bundle, nrc_minor, mrc_minor, currency, no_nrc=no_nrc, no_mrc=no_mrc)


def variances(
    wanted: Requirement, nrc_minor: int, mrc_minor: int, currency: str, *, no_nrc: bool, no_mrc: bool
) -> dict[str, Json]:
    """Cost minus budget: what is below zero is left over."""
    once, monthly = wanted.budget_nrc_minor, wanted.budget_mrc_minor
    return _variances(
        None if once is None else nrc_minor - once,
        None if monthly is None else mrc_minor - monthly,
        currency,
        no_nrc=no_nrc,
        no_mrc=no_mrc,
    )


def in_bundle_words(proposal: Proposal) -> dict[str, Json]:
    """What a proposal would make of the sums of its bundle, and of its budget."""
    solution = proposal.solution
    once, monthly = proposal.bundle_nrc_minor, proposal.bundle_mrc_minor
    if once is None or monthly is None:
        return {}
    no_nrc, no_mrc = "nrc" in proposal.bundle_unpriced, "mrc" in proposal.bundle_unpriced
    told = sums(once, monthly, solution.currency, no_nrc=no_nrc, no_mrc=no_mrc)
    return {name.replace("commercial.", SOLUTION, 1): value for name, value in told.items()} | _variances(
        proposal.over_nrc_minor,
        proposal.over_mrc_minor,
        solution.currency,
        no_nrc=no_nrc,
        no_mrc=no_mrc,
    )


def _variances(
    nrc_minor: int | None, mrc_minor: int | None, currency: str, *, no_nrc: bool, no_mrc: bool
) -> dict[str, Json]:
    told: dict[str, Json] = {}
    for name, minor, is_part in (("OneTime", nrc_minor, no_nrc), ("Recurring", mrc_minor, no_mrc)):
        if minor is not None:
            told[f"commercial.budget{name}Variance{KNOWN if is_part else ''}"] = write_money(minor, currency)
    return told


def _of_leg(nrc_minor: int, mrc_minor: int, unpriced: Sequence[str]) -> tuple[int | None, int | None]:
    return None if "nrc" in unpriced else nrc_minor, None if "mrc" in unpriced else mrc_minor


def _part(name: str, nrc_minor: int | None, mrc_minor: int | None, currency: str) -> Mapping[str, Json]:
    """A price that is not stated is left out."""
    return present(
        part=name,
        oneTimeCost=write_price(nrc_minor, currency),
        recurringCost=write_price(mrc_minor, currency),
    )
