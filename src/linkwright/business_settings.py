"""What the operator says of money and risk: the tables `[business]` and `[risk.CODE]`, and the environment before them.

Variables are `LINKWRIGHT_BUSINESS_MIN_IRR`, `LINKWRIGHT_RISK_NEW_BUILD_SLIP` and their like.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from linkwright.business.risk_facts import BASE_RATES, Rate, RiskCode, rates_with
from linkwright.business.rules import BOUNDS, Finance
from linkwright.environment_settings import figures
from linkwright.setting_tables import made

_FINANCE: Mapping[str, type] = {"currency": str, **{name: kind for name, (kind, *_) in BOUNDS.items()}}
_RATE: Mapping[str, type] = {"probability": float, "slip": float}


def finance_of(table: Any, environment: Mapping[str, str]) -> Finance:
    """`table` is what the file says, an empty one where it says nothing.

    Raises:
        ValueError: a setting that there is not, or a value that it cannot have; the text names it.
    """
    told = figures(environment, "business", _FINANCE)
    return made("business", Finance, {**table, **told} if isinstance(table, Mapping) else table)


def rates_of(tables: Iterable[tuple[str, Mapping[str, Any]]], environment: Mapping[str, str]) -> dict[RiskCode, Rate]:
    """The rates of which anything is said, by the code of their risk; what is not said of one stays as it is.

    Raises:
        ValueError: like `finance_of`, or there is no such risk.
    """
    written = dict(tables)
    try:
        known = rates_with(dict.fromkeys(written, Rate(probability=0)))  # type: ignore[arg-type]
    except ValueError as error:
        raise ValueError(f"risk: {error}") from error
    told = {code: {**written.get(code, {}), **figures(environment, f"risk_{_snake(code)}", _RATE)} for code in known}
    return {code: _rate(code, said) for code, said in told.items() if said}


def _rate(code: RiskCode, said: Mapping[str, Any]) -> Rate:
    base = BASE_RATES[code]
    if "slip" in said and not base.slip:
        raise ValueError(f"risk.{code}: slip: this risk moves no date")
    return made(f"risk.{code}", Rate, {**asdict(base), **said})


def _snake(code: str) -> str:
    return re.sub("([A-Z])", r"_\1", code).lower()
