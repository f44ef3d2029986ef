"""Problems, designs and outcomes as JSON text, format `design-core/1` or `/2`: str → Problem, Outcome → str.

Opens no file. What the first version can say is written as the first version.
"""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from linkwright.design.files.problem import WITHOUT_DATE, members_of, problem_of
from linkwright.design.files.reading import Place, parse
from linkwright.design.files.records import NEWEST, Written
from linkwright.design.model import (
    Alternative,
    Combination,
    Design,
    Leg,
    Outcome,
    Problem,
    Reason,
    Relaxation,
    SiteDesign,
)

__all__ = [
    "FORMAT",
    "WITHOUT_DATE",
    "outcome_members",
    "problem_members",
    "read_design",
    "read_problem",
    "write_design",
    "write_outcome",
    "write_problem",
]

FORMATS = {version: f"design-core/{version}" for version in range(1, NEWEST + 1)}
FORMAT = FORMATS[1]
"""What a file has that does not say its format."""


def read_problem(text: str | bytes) -> Problem:
    """The problem in a text of either version.

    Raises:
        BadProblem: not JSON, a member missing or of the wrong kind, a duplicate, an unknown id, negative money.
    """
    root = parse(text)
    return problem_of(root, _version(root))


def read_design(text: str | bytes) -> Design:
    """The design in a text; whether it is true is the question of `design.check`.

    Raises:
        BadProblem: not JSON, or a member missing or of the wrong kind.
    """
    root = parse(text)
    sites = tuple(_site_design(place) for place in root.items("sites"))
    return Design(sites=sites, builds=root.texts("builds"), augments=root.texts("augments"))


def write_problem(problem: Problem) -> str:
    """The text that `read_problem` reads back as an equal problem."""
    return _text(problem_members(problem))


def problem_members(problem: Problem) -> dict[str, Any]:
    """What `write_problem` writes, as values of JSON."""
    written = Written()
    members = members_of(problem, written)
    return {"format": FORMATS[written.version], **members}


def write_design(design: Design) -> str:
    """The design alone, without the figures of the search."""
    written = Written()
    members = _design_members(design, written)
    return _text({"format": FORMATS[written.version], **members})


def write_outcome(outcome: Outcome) -> str:
    """The design with the members of the answer beside it; an infeasible outcome has `sites: []`.

    The same outcome gives the same bytes, and the same problem the same outcome but for `elapsed_s`.
    """
    return _text(outcome_members(outcome))


def outcome_members(outcome: Outcome) -> dict[str, Any]:
    """What `write_outcome` writes, as values of JSON."""
    written = Written()
    members = {
        **_design_members(outcome.design or Design(sites=()), written),
        "status": outcome.status,
        "cost": outcome.cost_minor,
        "bound": outcome.bound_minor,
        "gap": outcome.gap,
        "reasons": [_reason_members(reason) for reason in outcome.reasons],
        "relaxations": [_relaxation_members(relaxation) for relaxation in outcome.relaxations],
        "unserved": list(outcome.unserved),
        "guards": list(outcome.guards),
        "elapsed_s": round(outcome.elapsed_s, 6),
        **_later_members(outcome, written),
    }
    return {"format": FORMATS[written.version], **members}


def _version(root: Place) -> int:
    if not root.has("format"):
        return 1
    place = root.member("format")
    found = next((version for version, name in FORMATS.items() if place.value == name), None)
    if found is None:
        raise place.wrong(f"only {' and '.join(FORMATS.values())} can be read, not {place.value!r}")
    return found


def _site_design(place: Place) -> SiteDesign:
    return SiteDesign(
        site=place.member("site").text(),
        cpe=place.member("cpe").text(),
        legs=tuple(_leg(item) for item in place.items("legs")),
    )


def _leg(place: Place) -> Leg:
    return Leg(access=place.member("access").text(), path=place.texts("path"), far=place.maybe("far", Place.text))


def _design_members(design: Design, written: Written) -> dict[str, Any]:
    sites = [
        {"site": site.site, "cpe": site.cpe, "legs": [_leg_members(leg, written) for leg in site.legs]}
        for site in design.sites
    ]
    return {"sites": sites, "builds": list(design.builds), "augments": list(design.augments)}


def _leg_members(leg: Leg, written: Written) -> dict[str, Any]:
    members = {"access": leg.access, "path": list(leg.path)}
    if leg.far is None:
        return members
    written.needs(2)
    return members | {"far": leg.far}


def _later_members(outcome: Outcome, written: Written) -> dict[str, Any]:
    """What the first version does not know, where there is something to tell."""
    value = None if outcome.verdict is None else outcome.verdict.value
    members: dict[str, Any] = {}
    if value is not None and value != outcome.cost_minor:
        members["value"] = value
    if outcome.figure is not None:
        members["figure"] = {"name": outcome.figure.name, "value": outcome.figure.value}
    if len(outcome.conflicts) > 1:
        members["conflicts"] = [{"constraints": list(c.constraints), "sites": list(c.sites)} for c in outcome.conflicts]
    if outcome.combinations:
        members["combinations"] = [_combination_members(one) for one in outcome.combinations]
    if outcome.alternatives:
        members["alternatives"] = [_alternative_members(one, written) for one in outcome.alternatives]
    if members:
        written.needs(2)
    return members


def _combination_members(combination: Combination) -> dict[str, Any]:
    changes = [{"constraint": change.constraint, "value": change.value} for change in combination.changes]
    return {"changes": changes, "cost": combination.cost_minor, "gap": combination.gap}


def _alternative_members(alternative: Alternative, written: Written) -> dict[str, Any]:
    return {
        "roles": list(alternative.roles),
        "cost": alternative.cost_minor,
        "ready_day": alternative.ready_day,
        "availability": alternative.availability,
        "gap": alternative.gap,
        **_design_members(alternative.design, written),
    }


def _reason_members(reason: Reason) -> dict[str, Any]:
    members = {"constraint": reason.constraint, "limit": _finite(reason.limit), "needed": _finite(reason.needed)}
    return members if reason.option is None else members | {"option": reason.option}


def _relaxation_members(relaxation: Relaxation) -> dict[str, Any]:
    return {
        "constraint": relaxation.constraint,
        "value": relaxation.value,
        "cost": relaxation.cost_minor,
        "gap": relaxation.gap,
    }


def _finite(number: float | None) -> float | None:
    return number if number is not None and isfinite(number) else None


def _text(members: Mapping[str, Any]) -> str:
    return json.dumps(members, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
