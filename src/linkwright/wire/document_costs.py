"""A design document as a caller without `cost:read` sees it: no amount of money is left, in figures or in sentences."""

import re
from collections.abc import Mapping

from linkwright.wire.costs import SENT, UNTOLD, without_costs
from linkwright.wire.design_document import wanted_of
from linkwright.wire.json import Json

CURRENCY = re.compile("[A-Z]{3}")
_AMOUNT = r"\d[.,]\d\d\s?[A-Z]{3}\b|\b[A-Z]{3}\s?-?\d[\d,. ]*[.,]\d\d\b"
"""Written with cents, whatever the currency is."""
_HINT = re.compile("[A-Z]{3}|OneTime|Recurring")
"""Every amount, and every name of one, has something of this: most texts have nothing of it."""
_DROPPED = object()


def document_without_costs(doc: Json) -> Json:
    """What its requester has sent of budgets and prices goes too: it stands in his own request.

    A sentence that holds an amount is replaced as a whole, since it says how much where it says why.
    """
    codes = sorted({str(code) for code in _currencies(doc) if CURRENCY.fullmatch(str(code))})
    known = [rf"\d\s?{code}\b|\b{code}\s?-?\d" for code in codes]
    return _told(without_costs(doc, own=False), re.compile("|".join((_AMOUNT, *known, *sorted(SENT)))))


def _currencies(doc: Json) -> list[Json]:
    wanted = wanted_of(doc)
    return [doc.get("currency"), wanted.get("budgetCurrency"), wanted.get("priceCurrency")]


def _told(value: Json, amount: re.Pattern[str]) -> Json:
    if value.__class__ is str:
        return UNTOLD if _HINT.search(value) and amount.search(value) else value
    if value.__class__ is list:
        return [part for one in value if (part := _told(one, amount)) is not _DROPPED]
    if value.__class__ is dict:
        if "unit" in value and _is_money(value):
            return _DROPPED
        told = {name: _told(part, amount) for name, part in value.items()}
        return {name: part for name, part in told.items() if part is not _DROPPED}
    return value


def _is_money(value: Mapping[str, Json]) -> bool:
    """As TMF writes it, among what a requester has sent."""
    unit = value["unit"]
    return isinstance(unit, str) and bool(CURRENCY.fullmatch(unit)) and not {"value", "amount"}.isdisjoint(value)
