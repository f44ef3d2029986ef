"""A small language of paths that finds things in checks and orders: `item(branch-8).characteristic(plan.waves).count`.

Steps stand with dots between. A name is a member of what was found before, `[2]` the second element of a list. What is
not there is `MISSING`, and stays so whatever is looked for in it. All other steps are in `STEPS`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Json = Any
Fetch = Callable[[str], Json]
ITEMS = ("serviceQualificationItem", "serviceOrderItem")
OFFERED = ("service", "alternateService")
_CONDITION = re.compile(r"(?P<path>.*?)(?P<how>!=|=|~)(?P<value>.*)", re.DOTALL)


class Missing:
    """What is not there."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


class BadPath(ValueError):
    """A path that cannot be read."""


def look(found: Json, path: str, fetch: Fetch) -> Json:
    """What the path leads to. `fetch` gets the resource behind an address.

    Raises:
        BadPath: it cannot be read.
    """
    for name, argument, index in steps_of(path):
        if isinstance(found, Missing):
            return MISSING
        found = _step(found, name, argument, fetch)
        if index is not None:
            found = _member(found, index)
    return found


def steps_of(path: str) -> Iterator[tuple[str, str | None, int | None]]:
    """(name, what is in the brackets, number of the element) of each step."""
    for part in _parts(path):
        found = re.fullmatch(r"([@\w-]+)(?:\((.*)\))?(?:\[(\d+)\])?", part, re.DOTALL)
        if found is None:
            raise BadPath(f"{path!r} cannot be read at {part!r}")
        name, argument, index = found.groups()
        if argument is not None and name not in STEPS:
            raise BadPath(f"{path!r}: there is no step {name}(…); there are {', '.join(sorted(STEPS))}")
        yield name, argument, None if index is None else int(index)


def _parts(path: str) -> Iterator[str]:
    """Between dots that are in no brackets."""
    depth, part = 0, ""
    for letter in path:
        depth += (letter == "(") - (letter == ")")
        if letter == "." and depth == 0:
            yield part
            part = ""
        else:
            part += letter
    if depth:
        raise BadPath(f"{path!r}: a bracket is left open")
    yield part


def _step(found: Json, name: str, argument: str | None, fetch: Fetch) -> Json:
    if argument is not None:
        return STEPS[name](found, argument, fetch)
    if isinstance(found, Mapping) and name in found:
        return found[name]
    if name in NAMING:
        raise BadPath(f"{name} needs something in brackets, and is no member of what it is looked for in")
    return BARE[name](found, fetch) if name in BARE else MISSING


def _member(found: Json, index: int) -> Json:
    return found[index - 1] if isinstance(found, list) and 0 < index <= len(found) else MISSING


def _list(found: Json) -> list[Json]:
    return found if isinstance(found, list) else []


# Items and what they hold


def items_of(doc: Json) -> list[Json]:
    return next((_list(doc[name]) for name in ITEMS if name in doc), []) if isinstance(doc, Mapping) else []


def is_bundle(item: Json) -> bool:
    return bool(item.get("service", {}).get("isBundle"))


def service_of(item: Json) -> Json:
    """The service of an item, or the one that a proposal offers."""
    if not isinstance(item, Mapping):
        return MISSING
    return next((item[name] for name in OFFERED if name in item), item if "serviceCharacteristic" in item else MISSING)


def _first(listed: list[Json]) -> Json:
    return next(iter(listed), MISSING)


def _item(doc: Json, item_id: str, _: Fetch) -> Json:
    return _first([item for item in items_of(doc) if item.get("id") == item_id])


def _characteristic(item: Json, name: str, _: Fetch) -> Json:
    service = service_of(item)
    listed = _list(service.get("serviceCharacteristic")) if isinstance(service, Mapping) else []
    return _first([one.get("value", MISSING) for one in listed if one.get("name") == name])


def _proposal(item: Json, wanted: str, fetch: Fetch) -> Json:
    """By its number, or the first of which a characteristic is (`=`) or holds (`~`) something."""
    listed = _list(item.get("alternateServiceProposal")) if isinstance(item, Mapping) else []
    if wanted.isdigit():
        return _member(listed, int(wanted))
    name, _, _ = _condition(wanted)
    rest = wanted.removeprefix(name)
    return _first([one for one in listed if _holds(one, f"characteristic({name}){rest}", fetch)])


def _reason(item: Json, code: str, _: Fetch) -> Json:
    """The labels of all reasons with this code, one after the other."""
    said = [one.get("label", "") for one in _reasons(item) if one.get("code") == code]
    return " ".join(said) if said else MISSING


def _reasons(item: Json) -> list[Json]:
    return _list(item.get("eligibilityUnavailabilityReason")) if isinstance(item, Mapping) else []


def _named(member: str) -> Callable[[Json, str, Fetch], Json]:
    def named(doc: Json, name: str, _: Fetch) -> Json:
        listed = _list(doc.get(member)) if isinstance(doc, Mapping) else []
        return _first([one for one in listed if one.get("name") == name])

    return named


def _document(item: Json, role: str, fetch: Fetch) -> Json:
    """The design document that an item or proposal refers to in this role."""
    service = service_of(item)
    listed = _list(service.get("relatedEntity")) if isinstance(service, Mapping) else []
    href = _first([one.get("href", MISSING) for one in listed if one.get("role") == role])
    return MISSING if isinstance(href, Missing) else fetch(href)


# Lists


def _condition(text: str) -> tuple[str, str, str]:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise BadPath(f"{text!r}: PATH=text, PATH!=text or PATH~text (which holds it) is expected")
    return found["path"], found["how"], found["value"]


def _holds(one: Json, condition: str, fetch: Fetch) -> bool:
    path, how, value = _condition(condition)
    found = look(one, path, fetch)
    if how == "~":
        return not isinstance(found, Missing) and value in _text(found)
    return (_text(found) == value) is (how == "=")


def _text(found: Json) -> str:
    if isinstance(found, bool):
        return str(found).lower()
    return "" if isinstance(found, Missing) else str(found)


def _where(found: Json, condition: str, fetch: Fetch) -> Json:
    return [one for one in _list(found) if _holds(one, condition, fetch)]


def _each(found: Json, path: str, fetch: Fetch) -> Json:
    """What is not there is left out."""
    return [one for one in (look(member, path, fetch) for member in _list(found)) if not isinstance(one, Missing)]


def _distinct(found: Json, _: Fetch) -> Json:
    kept: list[Json] = []
    for one in _list(found):
        if one not in kept:
            kept.append(one)
    return kept


def _sum(found: Json, _: Fetch) -> Json:
    return sum(one["value"] if isinstance(one, Mapping) else one for one in _list(found))


STEPS: Mapping[str, Callable[[Json, str, Fetch], Json]] = {
    "item": _item,
    "characteristic": _characteristic,
    "proposal": _proposal,
    "reason": _reason,
    "milestone": _named("milestone"),
    "jeopardy": _named("jeopardyAlert"),
    "document": _document,
    "find": lambda found, condition, fetch: _first(_where(found, condition, fetch)),
    "where": _where,
    "each": _each,
}
NAMING = STEPS.keys() - {"document", "milestone"}
"""These need something in brackets, unless a member of the same name is there."""
BARE: Mapping[str, Callable[[Json, Fetch], Json]] = {
    "items": lambda doc, _: [item for item in items_of(doc) if not is_bundle(item)],
    "bundle": lambda doc, _: _first([item for item in items_of(doc) if is_bundle(item)]),
    "proposals": lambda item, _: _list(item.get("alternateServiceProposal")) if isinstance(item, Mapping) else MISSING,
    "reasons": lambda item, _: [one.get("code") for one in _reasons(item)],
    "document": lambda item, fetch: _document(item, "serviceDesign", fetch),
    "count": lambda found, _: len(found) if isinstance(found, list | Mapping | str) else MISSING,
    "distinct": _distinct,
    "sum": _sum,
    "last": lambda found, _: _member(found, len(_list(found))),
}
"""Of these a member of the same name is meant first."""
