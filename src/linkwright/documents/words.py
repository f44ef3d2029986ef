"""Amounts, dates and shares as a document tells them; what is not known is said, never left blank or taken as zero."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from linkwright.designs.amounts import downtime_min_per_year, loss_up, up
from linkwright.wire.json import Json
from linkwright.wording import counted

UNKNOWN = "not stated"
MINUS = "\N{MINUS SIGN}"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHORT = {"cpe": "CPE", "pop": "PoP", "srlg": "SRLG", "sla": "SLA", "npv": "NPV"}
_LONGEST = 600
_DATE = re.compile(r"(?<![\w-])\d{4}-\d\d-\d\d(?![\w-])")
_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
count = counted
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def shown(value: object) -> str:
    """A text of somebody else without what no page can show, or what turns its direction."""
    text = _UNSHOWN.sub("", str(value))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def json_text(body: Json) -> str:
    """JSON in lines, with an escape for all that no page can show."""
    text = json.dumps(body, indent=2, ensure_ascii=False)
    return _UNSHOWN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def money(minor: Json, currency: str) -> str:
    """`EUR 1,234.50`."""
    if minor is None:
        return UNKNOWN
    return f"{currency} {signed(f'{int(minor) / 100:,.2f}')}".strip()


def variance(minor: Json, currency: str) -> str:
    """With its sign: what is below zero is left over."""
    return f"{currency} {'+' if minor > 0 else ''}{signed(f'{minor / 100:,.2f}')}".strip()


def signed(text: str) -> str:
    return text.replace("-", MINUS) if text.startswith("-") else text


def day(value: Json) -> str:
    """`15 Mar 2027`; of a moment its day."""
    if value is None:
        return UNKNOWN
    on = date.fromisoformat(str(value)[:10])
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def day_of_year(value: Json) -> str:
    """`15 Mar`."""
    return day(value).rpartition(" ")[0]


def told(sentence: Json) -> str:
    """A sentence with its dates as all others of the document are written."""
    return _DATE.sub(_readable_date, str(sentence))


def _readable_date(found: re.Match[str]) -> str:
    try:
        return day(found[0])
    except ValueError:
        return found[0]


def period(value: Json) -> str:
    """`5 minutes` of `PT5M`; what is no such period stays as it is."""
    text = str(value or "")
    found = _PERIOD.fullmatch(text)
    if found is None or not any(found.groups()):
        return text
    parts = zip(found.groups(), _UNITS, strict=True)
    return ", ".join(count(int(many), unit) for many, unit in parts if many is not None)


def component(name: Json) -> str:
    """`node core` of `node:core`, a part that may fail."""
    kind, colon, bare = str(name).partition(":")
    return f"{amid(kind)} {bare}" if colon else kind


def local_time(value: Json, time_zone: Json) -> str:
    """`15 Mar 2027 06:00 (Europe/Berlin)` of a moment, as a clock at the place shows it; of a day alone the day."""
    text = str(value)
    if "T" not in text:
        return day(value)
    try:
        moment, zone = datetime.fromisoformat(text), ZoneInfo(str(time_zone)) if time_zone else None
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return day(value)
    if moment.tzinfo is None:
        there = f" ({time_zone})" if time_zone else ""
    else:
        moment = moment.astimezone(zone or UTC)
        there = f" ({time_zone or 'UTC'})"
    return f"{day(moment.date().isoformat())} {moment:%H:%M}{there}"


def month(on: date) -> str:
    return f"{_MONTHS[on.month - 1]} {on.year}"


def day_of(value: Json) -> date:
    return date.fromisoformat(str(value)[:10])


def percent(probability: Json) -> str:
    """With every digit that was verified, and none more."""
    return UNKNOWN if probability is None else f"{_digits(Decimal(repr(probability)) * 100)} %"


def lost(probability: Json) -> str:
    """A loss of packets, never told smaller than it is, and without the noise of its computation."""
    return UNKNOWN if probability is None else percent(loss_up(probability))


def points(probability: float, other: float) -> str:
    """How far the one is above the other, in points of a percent."""
    difference = (Decimal(repr(probability)) - Decimal(repr(other))) * 100
    return f"{'+' if difference > 0 else ''}{signed(_digits(difference))} %"


def rate(value: Json) -> str:
    """A rate of interest, which is an estimate: two decimals."""
    return UNKNOWN if value is None else f"{signed(f'{value * 100:,.2f}')} %"


def share(value: Json) -> str:
    """A probability that somebody estimated."""
    return f"{value * 100:.3g} %"


def ms(value: Json) -> str:
    return UNKNOWN if value is None else f"{up(value):g} ms"


def downtime(availability: float) -> str:
    return f"{downtime_min_per_year(availability):,.2f} min a year"


def days(many: Json) -> str:
    return UNKNOWN if many is None else signed(f"{many} d")


def joined(names: Json) -> str:
    return ", ".join(map(str, names or ())) or "none"


def sentence(word: str) -> str:
    """`notAssessed` as words of a sentence."""
    words = amid(word)
    return words[:1].upper() + words[1:]


def amid(word: str) -> str:
    """The same amid a sentence."""
    return " ".join(_SHORT.get(one, one) for one in re.sub("(?<=[a-z])(?=[A-Z])", " ", word).lower().split())


def _digits(value: Decimal) -> str:
    text = f"{value.normalize():f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"
