"""Values of characteristics as quantities of ours. Every reader raises ValueError with what would be understood."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

from linkwright.design.model import Diversity, GoalKind
from linkwright.design.rules.apart import canonical
from linkwright.design.wishes import MOST_LEGS
from linkwright.designs.requirement import Backup, HoldPolicy, Pattern
from linkwright.designs.sentences import DIVERSITY_WORD
from linkwright.wire.json import Json, day_of

T = TypeVar("T")
MBPS_PER_UNIT: Mapping[str, Decimal] = {
    "kbit/s": Decimal("0.001"),
    "kbps": Decimal("0.001"),
    "mbit/s": Decimal(1),
    "mbps": Decimal(1),
    "gbit/s": Decimal(1000),
    "gbps": Decimal(1000),
}
DIVERSITIES: Mapping[str, Diversity] = {
    "none": "none",
    "link": "link",
    "node": "node",
    "duct": "srlg",
    "srlg": "srlg",
    "entry": "entry",
    "carrier": "carrier",
    "technology": "technology",
}
BACKUPS: tuple[Backup, ...] = ("none", "any", "mobile", "satellite", "fibre")
PATTERNS: tuple[Pattern, ...] = ("siteToHub", "pointToPoint", "anyToAny")
HOLD_POLICIES: tuple[HoldPolicy, ...] = ("none", "soft", "firm")
OBJECTIVES: tuple[GoalKind, ...] = ("cost", "date", "availability", "npv")
BANDWIDTH_TEXT = re.compile(r"\s*([0-9]+(?:[.,][0-9]+)?)\s*([A-Za-z/]+)\s*")
NUMBER_TEXT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
LARGEST, SMALLEST = 12, -15
"""Powers of ten between which a number is sensible."""
MOST_DIGITS = 28
"""So many digits a calculation keeps exactly."""


def number(value: Json) -> Decimal:
    """A number of a sensible size, exactly as it is written; a string that holds one will do."""
    if type(value) is int and abs(value) < 10**LARGEST:  # most are, and nothing can be wrong with them
        return Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("a number is expected")
    written = str(value).strip()
    if not NUMBER_TEXT.fullmatch(written):
        raise ValueError("a number is expected")
    read = Decimal(written)
    if read and not (SMALLEST <= read.adjusted() <= LARGEST and len(read.as_tuple().digits) <= MOST_DIGITS):
        raise ValueError("a number of a sensible size is expected")
    return read


def bandwidth_mbps(value: Json) -> int:
    """Whole Mbit/s, rounded up: the larger of down and up."""
    return math.ceil(max(_directions_mbps(value)))


def both_ways_mbps(value: Json) -> tuple[int, int]:
    """Whole Mbit/s down and up, rounded up."""
    down, up = map(math.ceil, _directions_mbps(value))
    return down, up


def offered_both_ways_mbps(value: Json) -> tuple[int, int]:
    """Whole Mbit/s down and up that are there."""
    down, up = map(math.floor, _directions_mbps(value))
    return down, up


def same_bandwidth(value: Json) -> Json:
    """In Mbit/s for each direction, however it is written."""
    down, up = (int(mbps) if mbps == int(mbps) else float(mbps) for mbps in _directions_mbps(value))
    return {"down": down, "up": up, "unit": "Mbit/s"}


def _directions_mbps(value: Json) -> tuple[Decimal, Decimal]:
    """Down and up: as such, both as one (a plain number of Mbit/s, or a TMF Quantity), or a text like `2 Gbit/s`."""
    if isinstance(value, dict):
        unit = value.get("unit", value.get("units", "Mbit/s"))
        both = next((value[name] for name in ("amount", "value") if value.get(name) is not None), None)
        down, up = (value[way] if value.get(way) is not None else both for way in ("down", "up"))
        ways = [_mbps(way, unit) for way in (down, up) if way is not None]
        if not ways:
            raise ValueError("down or up is expected")
        return ways[0], ways[-1]
    if isinstance(value, str) and (written := BANDWIDTH_TEXT.fullmatch(value)):
        value, unit = written[1].replace(",", "."), written[2]
    else:
        unit = "Mbit/s"
    mbps = _mbps(value, unit)
    return mbps, mbps


def _mbps(value: Json, unit: Json) -> Decimal:
    factor = MBPS_PER_UNIT.get(str(unit).strip().lower())
    if factor is None:
        raise ValueError(f"the unit {unit!r} is not among kbit/s, Mbit/s and Gbit/s")
    amount = number(value) * factor
    if amount <= 0:
        raise ValueError("more than nothing is expected")
    return amount


def probability(value: Json) -> float:
    """A share of time: percent where it is greater than 1 (also a text with `%`), else a probability."""
    is_text = isinstance(value, str)
    stated = is_text and value.rstrip().endswith("%")
    amount = number(value.rstrip().rstrip("%") if is_text else value)
    share = amount / 100 if stated or amount > 1 else amount
    if not 0 <= share <= 1:
        raise ValueError("a percentage up to 100 or a probability is expected")
    return float(share)


def milliseconds(value: Json) -> float:
    amount = number(value)
    if amount <= 0:
        raise ValueError("a positive number of milliseconds is expected")
    return float(amount)


def whole(value: Json) -> int:
    """A whole number from 0 on."""
    amount = number(value)
    if amount < 0 or amount != amount.to_integral_value():
        raise ValueError("a whole number is expected")
    return int(amount)


def whole_from_1(value: Json) -> int:
    amount = whole(value)
    if amount == 0:
        raise ValueError("a whole number from 1 on is expected")
    return amount


def months(value: Json) -> tuple[int, ...]:
    """Numbers of months of the year, in their order; a text of several joined by commas will do."""
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed:
        raise ValueError("a list of months from 1 to 12 is expected")
    found = {whole_from_1(one) for one in listed}
    if max(found) > 12:
        raise ValueError("months from 1 to 12 are expected")
    return tuple(sorted(found))


def legs(value: Json) -> int:
    amount = whole(value)
    if not 1 <= amount <= MOST_LEGS:
        raise ValueError(f"a whole number from 1 to {MOST_LEGS} is expected")
    return amount


def money_minor(value: Json) -> tuple[int, str]:
    """`{unit, value}` as (minor units, currency); exact, so more than two decimals are refused."""
    if not isinstance(value, dict) or value.get("value") is None or not isinstance(value.get("unit"), str):
        raise ValueError('money such as {"unit": "EUR", "value": 123.45} is expected')
    amount = number(value["value"]) * 100
    if amount < 0 or amount != amount.to_integral_value():
        raise ValueError("an amount of money with at most two decimals, not below zero, is expected")
    return int(amount), value["unit"]


def write_money(minor: int, currency: str) -> Json:
    """Exact for every amount below 2**53 minor units."""
    return {"unit": currency, "value": minor / 100}


def write_price(minor: int | None, currency: str) -> Json:
    """None where nobody has stated it."""
    return None if minor is None else write_money(minor, currency)


def day(value: Json) -> date:
    if not isinstance(value, str):
        raise ValueError("a date such as 2027-03-01 is expected")
    return day_of(value)


def names(value: Json) -> tuple[str, ...]:
    """A list of names; one name alone, or several joined by commas, will do."""
    if isinstance(value, str):
        value = [part for part in (piece.strip() for piece in value.split(",")) if part]
    if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
        raise ValueError("a list of names is expected")
    return tuple(dict.fromkeys(value))


def yes_or_no(value: Json) -> bool:
    known: Mapping[Json, bool] = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise ValueError("true or false is expected")


def diversity(value: Json) -> Diversity:
    """One word, several joined by commas, or a list of words; what one includes is not said beside it."""
    listed = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else [None]
    words = [word.strip().lower() if isinstance(word, str) else "" for word in listed]
    if not words or any(word not in DIVERSITIES for word in words):
        raise ValueError("one or more of none, link, node, duct, entry, carrier and technology are expected")
    return canonical(DIVERSITIES[word] for word in words)


def diversity_words(diversity: Diversity) -> list[str]:
    """`duct` and `carrier` of `carrier+srlg`."""
    return [DIVERSITY_WORD[word] for word in diversity.split("+")]


def write_diversity(diversity: Diversity) -> str | list[str]:
    words = diversity_words(diversity)
    return words if len(words) > 1 else words[0]


def one_of(words: Sequence[T]) -> Callable[[Json], T]:
    """A reader of one of these words, whatever its case."""

    def read(value: Json) -> T:
        said = value.strip().lower() if isinstance(value, str) else None
        found = next((word for word in words if str(word).lower() == said), None)
        if found is None:
            raise ValueError(f"one of {', '.join(str(word) for word in words)} is expected")
        return found

    return read


def share_of_percent(value: Json) -> float:
    """A percentage from 0 to 100, also a text with `%`, as a probability."""
    amount = number(value.rstrip().rstrip("%") if isinstance(value, str) else value)
    if not 0 <= amount <= 100:
        raise ValueError("a percentage from 0 to 100 is expected")
    return float(amount / 100)


def write_percent(share: float) -> float:
    return float(Decimal(repr(share)) * 100)


def from_0(value: Json) -> float:
    amount = number(value)
    if amount < 0:
        raise ValueError("a number that is not negative is expected")
    return float(amount)


def factor(value: Json) -> float:
    """A discounted coefficient, with as many decimals as the core takes."""
    return round(from_0(value), 3)


def write_bandwidth(mbps: int, up_mbps: int | None = None) -> Json:
    return {"down": mbps, "up": mbps if up_mbps is None else up_mbps, "unit": "Mbit/s"}
