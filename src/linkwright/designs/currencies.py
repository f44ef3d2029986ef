"""Money that a requester or the catalogue names: it counts only in the currency of all prices."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from linkwright.designs.parts_of_answers import Finding
from linkwright.designs.requirement import Requirement

_NAMED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "budget_currency": ("The budget is", ("budget_nrc_minor", "budget_mrc_minor")),
    "price_currency": ("The price is", ("price_nrc_minor", "price_mrc_minor")),
    "cost_currency": ("The costs of activities and components are", ()),
}
"""The fields of a currency: what is in it, and which amounts are not understood in another one."""


def in_currency(requirement: Requirement, currency: str) -> Requirement:
    """Money in another currency than that of all prices is not understood, since it cannot be compared with them."""
    for field, (what, amounts) in _NAMED.items():
        given = getattr(requirement, field)
        if given and currency and given.upper() != currency.upper():
            trouble = f"{what} in {given} and all prices are in {currency}; would be answered if both were in one."
            silent: dict[str, Any] = dict.fromkeys(amounts)
            requirement = replace(requirement, **silent, misread=(*requirement.misread, trouble))
    return requirement


def in_two_currencies(requirement: Requirement, defaults: Requirement) -> list[Finding]:
    """What a requester and the catalogue say of costs counts together."""
    ours, theirs = defaults.cost_currency, requirement.cost_currency
    if ours is None or theirs is None or ours.upper() == theirs.upper():
        return []
    label = f"The costs of activities are in {theirs} and in {ours}; would be answered if all were in one currency."
    return [Finding(code="SD-INF-01", label=label)]
