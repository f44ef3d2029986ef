"""Which of several forms a caller is answered in: by what it accepts, or by the word for it in the address."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from connexion.exceptions import ProblemException

from linkwright.errors import InvalidRequest

PARAMETER = "format"
_ANY = "*"


def chosen(forms: Mapping[str, str], query: str, accept: str | None) -> str:
    """The word of a form. `forms` are media types by it, the one that we would rather give first.

    Raises:
        InvalidRequest: the address names a form that there is not.
        ProblemException: 406, none of them is accepted.
    """
    named = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == PARAMETER]
    if named:
        if len(set(named)) > 1 or named[0] not in forms:
            raise InvalidRequest(f"one of {', '.join(forms)} is expected, {named[-1][:40]!r} is given", PARAMETER)
        return named[0]
    ranges = _ranges(accept)
    if not ranges:
        return next(iter(forms))
    weights = {form: _weight(media_type, ranges) for form, media_type in forms.items()}
    best = max(weights, key=weights.__getitem__)
    if not weights[best]:
        told = f"This is offered as {', '.join(forms.values())}, of which none is accepted."
        raise ProblemException(status=406, title="Not Acceptable", detail=told)
    return best


Range = tuple[str, str, float]
"""Type and subtype, each `*` for any, and how much it is wanted."""


def _ranges(accept: str | None) -> list[Range]:
    """What cannot be read is passed over; where nothing can, anything is accepted."""
    return [one for part in (accept or "").split(",") if (one := _range(part)) is not None]


def _range(text: str) -> Range | None:
    media_type, *parameters = (part.strip().lower() for part in text.split(";"))
    kind, _, sub_kind = media_type.partition("/")
    if not (kind and sub_kind):
        return None
    weights = [one.partition("=")[2].strip() for one in parameters if one.partition("=")[0].strip() == "q"]
    weight = _number(weights[0]) if weights else 1.0
    return None if weight is None else (kind, sub_kind, weight)


def _number(text: str) -> float | None:
    """RFC 9110: from 0 to 1, with three decimals at most."""
    whole, _, decimals = text.partition(".")
    if whole not in ("0", "1") or len(decimals) > 3 or not (decimals.isascii() and (decimals or "0").isdigit()):
        return None
    return min(float(text), 1.0)


def _weight(media_type: str, ranges: Sequence[Range]) -> float:
    """That of the range which names the media type most closely."""
    kind, _, sub_kind = media_type.partition("/")
    for wanted in ((kind, sub_kind), (kind, _ANY), (_ANY, _ANY)):
        weights = [weight for *named, weight in ranges if tuple(named) == wanted]
        if weights:
            return max(weights)
    return 0.0
