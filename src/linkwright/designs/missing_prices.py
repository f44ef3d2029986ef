"""Prices that nobody has stated: never taken as nothing, but said."""

from collections.abc import Iterable, Mapping, Sequence

from linkwright.designs.answers import SiteSolution
from linkwright.designs.facts import AccessFact
from linkwright.designs.fixed_costs import costs_in_common
from linkwright.designs.parts_of_answers import Finding, FixedCost

PRICES: Mapping[str, str] = {"nrc": "one-time price", "mrc": "monthly price"}


def missing_price(accesses: Iterable[AccessFact]) -> tuple[Finding, ...]:
    """Of ways that somebody offers without saying what they cost: one for each who says the same of several."""
    alike: dict[tuple[str | None, ...], list[AccessFact]] = {}
    for one in accesses:
        alike.setdefault((one.partner, one.stated_in, one.wanted_in, *one.unpriced), []).append(one)
    return tuple(
        Finding(
            code="SD-INF-01",
            label=f"Information missing: {missing_price_text(*some)}; would be considered like the others if it were.",
        )
        for some in alike.values()
    )


def missing_price_text(access: AccessFact, *others: AccessFact) -> str:
    """Which price of it nobody has stated; `others` are of the same partner, and lack the same."""
    whose = f" of partner {access.partner}" if access.partner else ""
    named = ", ".join(dict.fromkeys(f"{one.id} ({one.technology})" for one in (access, *others)))
    of = f"{'accesses' if others else 'access'} {named}{whose}"
    prices = [PRICES[price] for price in access.unpriced]
    if access.stated_in is None:
        return _text(prices, of)
    return f"{_text(prices, of)} in {access.wanted_in}: price in {access.stated_in}, {access.wanted_in} wanted"


def missing_component(solution: SiteSolution) -> tuple[Finding, ...]:
    """What a design costs beside what it is made of, or is done for it together with others, without a price."""
    return missing_costs((*solution.fixed, *costs_in_common(solution.requirement)))


def missing_costs(costs: Sequence[FixedCost]) -> tuple[Finding, ...]:
    said = missing_component_texts(costs)
    return tuple(Finding(code="SD-INF-01", label=f"Information missing: {text}.") for text in said)


def missing_component_texts(costs: Sequence[FixedCost]) -> tuple[str, ...]:
    return tuple(
        _text(prices, f"{one.name} ({one.component})")
        for one in costs
        if (
            prices := [
                PRICES[name] for name, minor in (("nrc", one.nrc_minor), ("mrc", one.mrc_minor)) if minor is None
            ]
        )
    )


def _text(prices: Sequence[str], of: str) -> str:
    return f"the {' and the '.join(prices)} of {of} {'is' if len(prices) == 1 else 'are'} not stated"
